"""Figures with their expressions compiled, over the workflows of the pack in force."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duban.engine.figures.evaluate import Gauge
    from duban.engine.model.figure import Figure
    from duban.engine.model.pack import Pack
    from duban.engine.ports.guards import Condition, GuardCompiler


class Gauges:
    """Compiles each figure of a pack once, when it is first asked for."""

    def __init__(self, pack: "Pack", compiler: "GuardCompiler") -> None:
        self._pack = pack
        self._compiler = compiler
        self._made: dict[str, Gauge] = {}

    def gauge(self, name: str) -> "Gauge":
        """The figure of this name.

        Raises:
            KeyError: there is none.
        """
        if name not in self._made:
            self._made[name] = self._gauge(self._pack.figures.figures[name])
        return self._made[name]

    def condition(self, expression: str, workflow: str) -> "Condition":
        """A condition over the cases of a workflow."""
        from duban.engine.guards.figure_variables import figure_variables

        return self._compiler.compile(expression, figure_variables(self._pack.workflows[workflow].workflow))

    def _gauge(self, figure: "Figure") -> "Gauge":
        # An engine has gauges whether or not anybody asks for a figure.
        from duban.engine.figures.evaluate import Gauge
        from duban.engine.guards.figure_variables import figure_variables

        variables = figure_variables(self._pack.workflows[figure.of].workflow)
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
