"""Checks what figures name, and compiles every condition over the cases that it is asked of."""

from collections.abc import Mapping

from duban.engine.definition.findings import Findings, Loc
from duban.engine.guards.figure_variables import figure_variables
from duban.engine.model.definition import Workflow
from duban.engine.model.figure import Dimension, Figure, Restatement, Score, Strike
from duban.engine.ports.guards import Condition, GuardCompiler, GuardFault, VariableType

_NEEDS = {"share": ("holds",), "count": (), "quantile": ("value", "quantile"), "mean": ("value",)}


class FigureChecks:
    """The checks of one file over the sound workflows of its pack."""

    def __init__(self, workflows: Mapping[str, Workflow], compiler: GuardCompiler, findings: Findings) -> None:
        self._workflows = workflows
        self._compiler = compiler
        self._findings = findings

    def figure(self, figure: Figure, dimensions: Mapping[str, Dimension]) -> None:
        """It has what its measure needs, and every expression compiles to what it is for."""
        loc: Loc = ("figures", figure.name)
        needed = _NEEDS[figure.measure]
        for part in ("holds", "value", "quantile"):
            if (getattr(figure, part) is not None) != (part in needed):
                key = "figure-needs" if part in needed else "figure-needless"
                place = loc if part in needed else (*loc, part)
                self._findings.add(place, key, at_key=True, name=figure.name, measure=figure.measure, part=part)
        workflow = self._workflow(figure.of, (*loc, "of"))
        if workflow is None:
            return
        if workflow.confidential:
            self._findings.add((*loc, "of"), "figure-confidential", name=workflow.name)
            return
        variables = figure_variables(workflow)
        self._compile(figure.counts, variables, (*loc, "counts"))
        if figure.holds is not None:
            self._compile(figure.holds, variables, (*loc, "holds"))
        if figure.value is not None:
            self._yields(figure.value, "integer", variables, (*loc, "value"))
        for name, expression in figure.subjects.items():
            if name not in dimensions:
                self._findings.unknown((*loc, "per", name), "dimension", name, list(dimensions), at_key=True)
            self._yields(expression, "text", variables, (*loc, "per", name))

    def score(self, score: Score, figures: Mapping[str, Figure], dimensions: Mapping[str, Dimension]) -> None:
        """Its parts are shares that can be told per its dimension, and weigh something."""
        loc: Loc = ("scores", score.name)
        if score.dimension not in dimensions:
            self._findings.unknown((*loc, "per"), "dimension", score.dimension, list(dimensions))
        for name, weight in score.parts:
            place: Loc = (*loc, "parts", name)
            if weight < 1:
                self._findings.add(place, "figure-weight", name=name, found=weight)
            figure = figures.get(name)
            if figure is None:
                self._findings.unknown(place, "figure", name, list(figures), at_key=True)
                continue
            if figure.measure != "share":
                self._findings.add(place, "figure-no-share", at_key=True, name=name, measure=figure.measure)
            dimension = dimensions.get(score.dimension)
            told = dimension is None or figure.of in dimension.fields or dimension.name in figure.subjects
            if not told and figure.of in self._workflows:
                self._findings.add(
                    place, "figure-no-field", at_key=True, name=name, workflow=figure.of, dimension=score.dimension
                )

    def restatement(self, restatement: Restatement, loc: Loc) -> None:
        """Its fields and facts are there, and its condition compiles."""
        workflow = self._workflow(restatement.workflow, (*loc, "workflow"))
        if workflow is None:
            return
        self._compile(restatement.when, figure_variables(workflow), (*loc, "when"))
        cases = [field.name for field in workflow.fields.values() if field.kind == "case"]
        if restatement.case not in cases:
            self._findings.unknown((*loc, "case"), "case-field", restatement.case, cases)
        choices = {field.name: field.choices for field in workflow.fields.values() if field.choices is not None}
        if restatement.fact not in choices:
            self._findings.unknown((*loc, "fact"), "choice-field", restatement.fact, list(choices))
        for name, strike in restatement.strikes.items():
            place: Loc = (*loc, "facts", name)
            known = list(choices.get(restatement.fact) or ())
            if known and name not in known:
                self._findings.unknown(place, "choice", name, known, at_key=True)
            self._strike(strike, place)

    def _strike(self, strike: Strike, loc: Loc) -> None:
        if not strike.events and not strike.overdue:
            self._findings.add(loc, "figure-strike", at_key=True)
        workflow = self._workflow(strike.of, (*loc, "of"))
        if workflow is None:
            return
        for event in sorted(strike.events - workflow.events.keys()):
            self._findings.unknown(self._findings.entry((*loc, "events"), event), "event", event, list(workflow.events))
        for name in sorted(strike.overdue - workflow.deadlines.keys()):
            place = self._findings.entry((*loc, "overdue"), name)
            self._findings.unknown(place, "deadline", name, list(workflow.deadlines))

    def _workflow(self, name: str, loc: Loc) -> Workflow | None:
        if name not in self._workflows:
            self._findings.unknown(loc, "workflow", name, sorted(self._workflows))
        return self._workflows.get(name)

    def _yields(
        self, expression: str, wants: VariableType, variables: Mapping[str, VariableType], loc: Loc
    ) -> None:  # fmt: skip
        condition = self._compile(expression, variables, loc, boolean=False)
        if condition is not None and condition.yields not in (wants, "any"):
            key = "figure-whole" if wants == "integer" else "figure-text"
            self._findings.add(loc, key, check=" ".join(expression.split()))

    def _compile(
        self, expression: str, variables: Mapping[str, VariableType], loc: Loc, boolean: bool = True
    ) -> Condition | None:  # fmt: skip
        try:
            return self._compiler.compile(expression, variables, boolean=boolean)
        except GuardFault as fault:
            shift = self._findings.shift(loc, fault.column)
            self._findings.add(loc, "guard", shift=shift, check=" ".join(expression.split()), why=fault.what)
            return None
