"""CEL through the reference implementation: typed when compiled, bounded when run.

A dotted name such as ``data.unit`` is one declared variable, so that a misspelt field or a comparison of text
with a number is found when the workflow is loaded. Comprehensions share a budget of iterations that the
library enforces; regular expressions run in linear time (RE2). What the rest may cost is worked out before it runs
(:mod:`duban.engine.guards.growth`).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from duban.engine.guards.environment import environment
from duban.engine.guards.faults import compile_fault, run_fault, told, type_label
from duban.engine.guards.growth import MOST_STEPS, MOST_WRITTEN, Growth
from duban.engine.guards.patterns import check_pattern
from duban.engine.guards.sizes import ITEM, TEXT, of_variable, weight_of
from duban.engine.guards.tree import Constant, Tree, calls_in, tree_of
from duban.engine.guards.words import chains, names_in
from duban.engine.ports.guards import Condition, GuardFault, VariableType

MAX_LENGTH: Final = 2_000
_UNREADABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_YIELDS: Final[dict[str, VariableType]] = {
    "STRING": "text", "INT": "integer", "UINT": "integer", "DOUBLE": "number", "BOOL": "boolean", "TIMESTAMP": "time",
    "LIST<STRING>": "texts", "DYN": "any",
}  # fmt: skip


class CelCondition:
    """A compiled expression with the names that it reads."""

    __slots__ = ("_expression", "_weighs", "names", "yields")

    def __init__(self, expression: Any, names: frozenset[str], yields: VariableType | None, weighs: bool) -> None:
        self._expression = expression
        self._weighs = weighs
        self.names = names
        self.yields = yields

    def value(self, values: Mapping[str, Any]) -> Any:
        """Evaluate over dotted values; see :class:`duban.engine.ports.guards.Condition`."""
        data = {name: values[name] for name in self.names if name in values}
        if self._weighs and (found := max(map(weight_of, data.values()), default=0)) > ITEM:
            raise GuardFault(told("heavy", found=found, limit=ITEM))
        try:
            result = self._expression.eval(data=data)
            plain = result.plain_value()
            if plain is True or plain is False:
                return plain  # as most are; to ask for the type takes as long again
            kind = result.type().name()
        except Exception as fault:  # whatever the library trips over: a guard that cannot be evaluated refuses
            raise run_fault(str(fault)) from None
        if kind in ("ERROR", "UNKNOWN"):
            raise run_fault(str(plain))
        return plain


class CelGuards:
    """Compiles expressions; see :class:`duban.engine.ports.guards.GuardCompiler`."""

    def compile(self, expression: str, variables: Mapping[str, VariableType], *, boolean: bool = True) -> Condition:
        """Compile and type an expression.

        Raises:
            GuardFault: too long, not CEL, an unknown variable, types that do not fit, or not true/false.
        """
        _check_text(expression)
        try:
            compiled = environment(tuple(sorted(variables.items()))).compile(expression)
            kind = compiled.return_type().name()
            tree = tree_of(compiled.serialize())
        except Exception as fault:  # whatever the library trips over is a fault of the expression
            raise compile_fault(str(fault), expression, variables) from None
        _check_patterns(tree)
        if boolean and kind not in ("BOOL", "DYN"):
            raise GuardFault(told("not-boolean", kind=type_label(kind)))
        return CelCondition(compiled, names_in(expression, variables), _YIELDS.get(kind), _weighs(tree, variables))


def _check_text(expression: str) -> None:
    if len(expression) > MAX_LENGTH:
        raise GuardFault(told("too-long", found=len(expression), limit=MAX_LENGTH))
    unreadable = _UNREADABLE.search(expression)
    if unreadable is not None:
        raise GuardFault(told("control", found=f"U+{ord(unreadable[0]):04X}"), unreadable.start() + 1)
    for chain in chains(expression):
        # A dotted name is one variable, so the macro has() would give its value instead of telling whether it is set.
        if chain.name == "has" and expression[chain.end :].lstrip().startswith("("):
            raise GuardFault(told("has"), chain.start + 1)


def _check_patterns(tree: Tree) -> None:
    """A regular expression is looked at only when it runs, so it has to be written out, and is tried here."""
    for call in calls_in(tree):
        if call.function != "matches":
            continue
        pattern = call.arguments[1]
        if not isinstance(pattern, Constant) or pattern.text is None:
            raise GuardFault(told("pattern-written"), pattern.at + 1)
        try:
            check_pattern(pattern.text)
        except GuardFault as fault:
            raise GuardFault(fault.what, pattern.at + 1) from None


def _weighs(tree: Tree, variables: Mapping[str, VariableType]) -> bool:
    """Whether lists have to be weighed before the expression runs over them.

    Raises:
        GuardFault: it may cost too much even over small ones.
    """
    for item in (TEXT, ITEM):
        growth = Growth.of(tree, {name: of_variable(kind, item) for name, kind in variables.items()})
        if growth.fault is None:
            return item == ITEM
    limit, found = (MOST_WRITTEN, growth.written) if growth.fault == "written" else (MOST_STEPS, growth.steps)
    raise GuardFault(
        told(f"much-{growth.fault}", found=f"{float(f'{found:.1g}'):,.0f}", limit=f"{limit:,}"), growth.place + 1
    )
