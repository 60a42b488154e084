"""Patterns of text fields: RE2, which takes linear time whatever the pattern and the text are."""

from functools import lru_cache
from typing import Any, Final

from duban.engine.guards.environment import environment
from duban.engine.guards.faults import run_fault
from duban.engine.ports.guards import VariableType

_VARIABLES: Final[tuple[tuple[str, VariableType], ...]] = (("pattern", "text"), ("value", "text"))


@lru_cache(1)
def _expression() -> Any:
    return environment(_VARIABLES).compile("value.matches(pattern)")


def fits(pattern: str, value: str) -> bool:
    """Whether all of ``value`` fits the pattern.

    Raises:
        GuardFault: the pattern is none.
    """
    try:
        result = _expression().eval(data={"pattern": f"^(?:{pattern})$", "value": value})
        kind, plain = result.type().name(), result.plain_value()
    except Exception as fault:  # whatever the library trips over is a fault of the pattern
        raise run_fault(str(fault)) from None
    if kind != "BOOL":
        raise run_fault(str(plain))
    return bool(plain)
