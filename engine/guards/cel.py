"""CEL through the reference implementation: typed when compiled, bounded when run.

A dotted name such as ``data.unit`` is one declared variable, so that a misspelt field or a comparison of text
with a number is found when the workflow is loaded. Comprehensions share a budget of iterations that the
library enforces; regular expressions run in linear time (RE2).
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from duban.engine.ports.guards import Condition, GuardFault, VariableType

MAX_LENGTH: Final = 2_000
_PLACE = re.compile(r"<input>:\d+:(\d+): (.*)")
_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


class CelCondition:
    """A compiled expression with the names that it reads."""

    __slots__ = ("_expression", "names")

    def __init__(self, expression: Any, names: frozenset[str]) -> None:
        self._expression = expression
        self.names = names

    def value(self, values: Mapping[str, Any]) -> Any:
        """Evaluate over dotted values; see :class:`duban.engine.ports.guards.Condition`."""
        try:
            result = self._expression.eval(data={name: values[name] for name in self.names if name in values})
        except (RuntimeError, ValueError, TypeError, OverflowError) as fault:
            raise GuardFault(_plain(str(fault))) from None
        if result.type().name() in ("ERROR", "UNKNOWN"):
            raise GuardFault(_plain(str(result.value())))
        return result.plain_value()


class CelGuards:
    """Compiles expressions; see :class:`duban.engine.ports.guards.GuardCompiler`."""

    def compile(self, expression: str, variables: Mapping[str, VariableType], *, boolean: bool = True) -> Condition:
        """Compile and type an expression.

        Raises:
            GuardFault: too long, not CEL, an unknown variable, types that do not fit, or not true/false.
        """
        if len(expression) > MAX_LENGTH:
            raise GuardFault(f"the expression has {len(expression)} characters; at most {MAX_LENGTH} are allowed")
        try:
            compiled = _environment(tuple(sorted(variables.items()))).compile(expression)
        except (RuntimeError, ValueError, TypeError) as fault:
            raise _compile_fault(str(fault)) from None
        kind = compiled.return_type().name()
        if boolean and kind not in ("BOOL", "DYN"):
            raise GuardFault(f"the expression yields {_type_name(kind)}; a check must yield true or false")
        bare = _LITERAL.sub("", expression)
        names = frozenset(name for name in variables if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", bare))
        return CelCondition(compiled, names)


@cache
def _environment(variables: tuple[tuple[str, VariableType], ...]) -> Any:
    from cel_expr_python import cel

    types: dict[VariableType, Any] = {
        "text": cel.Type.STRING,
        "number": cel.Type.DOUBLE,
        "integer": cel.Type.INT,
        "boolean": cel.Type.BOOL,
        "time": cel.Type.TIMESTAMP,
        "texts": cel.Type.List(cel.Type.STRING),
        "any": cel.Type.DYN,
    }
    return cel.NewEnv(variables={name: types[kind] for name, kind in variables})


def _compile_fault(message: str) -> GuardFault:
    found = _PLACE.search(message)
    if not found:
        return GuardFault(_plain(message))
    what = _plain(found.group(2))
    if "(double, int)" in what or "(int, double)" in what:
        what += "; write whole numbers beside a number field with a point, such as 3.0"
    return GuardFault(what, int(found.group(1)))


def _plain(message: str) -> str:
    """The library's message without its status words and pictures of the source."""
    first = message.split("\n", 1)[0]
    first = re.sub(r"^[A-Z_]{5,}: ", "", first)
    first = re.sub(r" \[[A-Z_]+\]$| \(in container ''\)$", "", first).strip()
    return re.sub(r'No value with name "([^"]+)" found in Activation', r"there is no value of \1 yet", first)


def _type_name(kind: str) -> str:
    return {"STRING": "text", "INT": "a whole number", "DOUBLE": "a number"}.get(kind, kind.lower())
