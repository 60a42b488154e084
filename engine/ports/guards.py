"""The language of conditions, behind one small port."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from duban.engine.model.label import Label

VariableType = Literal["text", "number", "integer", "boolean", "time", "texts", "any"]
"""Types of guard variables: ``texts`` is a list of text, ``number`` a double, ``any`` is checked when it runs."""


class Condition(Protocol):
    """A compiled expression."""

    @property
    def names(self) -> frozenset[str]:
        """The variables that it reads, dotted as declared, such as ``last.rectify.actor``."""
        ...

    @property
    def yields(self) -> VariableType | None:
        """The type of its value as far as it is known: ``any`` when it shows only as it runs, None for another one."""
        ...

    def value(self, values: Mapping[str, Any]) -> Any:
        """Evaluate; ``values`` maps dotted names to values, absent where there is none.

        Returns plain Python data.

        Raises:
            GuardFault: it cannot be evaluated: an absent value, a wrong type, the budget is spent.
        """
        ...


class GuardFault(Exception):
    """An expression does not compile or cannot be evaluated; ``what`` tells why, in both languages.

    ``column`` counts characters of the expression from 1, line ends included.
    """

    def __init__(self, what: Label, column: int = 1) -> None:
        super().__init__(what.en)
        self.what = what
        self.column = column


class GuardCompiler(Protocol):
    """Compiles and types expressions when a workflow is loaded."""

    def compile(self, expression: str, variables: Mapping[str, VariableType], *, boolean: bool = True) -> Condition:
        """Compile an expression over typed variables; ``boolean`` insists that it yields true or false.

        Raises:
            GuardFault: what is wrong and in which column.
        """
        ...
