"""Figures with their expressions compiled, over the workflows of the pack in force."""

from collections.abc import Mapping

from duban.engine.figures.evaluate import Gauge
from duban.engine.guards.figure_variables import figure_variables
from duban.engine.model.definition import Workflow
from duban.engine.model.figure import Figure
from duban.engine.ports.guards import Condition, GuardCompiler


class Gauges:
    """Compiles each figure once, when it is first asked for."""

    def __init__(
        self, figures: Mapping[str, Figure], workflows: Mapping[str, Workflow], compiler: GuardCompiler
    ) -> None:
        self._figures = figures
        self._workflows = workflows
        self._compiler = compiler
        self._made: dict[str, Gauge] = {}

    def gauge(self, name: str) -> Gauge:
        """The figure of this name.

        Raises:
            KeyError: there is none.
        """
        if name not in self._made:
            self._made[name] = self._gauge(self._figures[name])
        return self._made[name]

    def condition(self, expression: str, workflow: str) -> Condition:
        """A condition over the cases of a workflow."""
        return self._compiler.compile(expression, figure_variables(self._workflows[workflow]))

    def _gauge(self, figure: Figure) -> Gauge:
        variables = figure_variables(self._workflows[figure.of])
        subjects = {
            name: self._compiler.compile(words, variables, boolean=False) for name, words in figure.subjects.items()
        }
        return Gauge(
            figure,
            self._compiler.compile(figure.counts, variables),
            self._compiler.compile(figure.holds, variables) if figure.holds is not None else None,
            self._compiler.compile(figure.value, variables, boolean=False) if figure.value is not None else None,
            subjects,
        )
