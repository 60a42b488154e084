"""The language of conditions, behind one small port."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

VariableType = Literal["text", "number", "integer", "boolean", "time", "texts", "any"]
"""Types of guard variables: ``texts`` is a list of text, ``number`` a double, ``any`` is checked when it runs."""


class Condition(Protocol):
    """A compiled expression."""

    @property
    def names(self) -> frozenset[str]:
        """The variables that it reads, dotted as declared, such as ``last.rectify.actor``."""
        ...

    def value(self, values: Mapping[str, Any]) -> Any:
        """Evaluate; ``values`` maps dotted names to values, absent where there is none.

        Returns plain Python data.

        Raises:
            GuardFault: it cannot be evaluated: an absent value, a wrong type, the budget is spent.
        """
        ...


class GuardFault(Exception):
    """An expression does not compile or cannot be evaluated. ``column`` counts from 1 in the expression."""

    def __init__(self, what: str, column: int = 1) -> None:
        super().__init__(what)
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
