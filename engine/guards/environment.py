"""The CEL environment that expressions are compiled in: typed variables, and numbers that compare with one another.

CEL's checker does not compare a double with a whole number, although the library does it well when it runs. People
write ``data.households > 3``, so the comparisons are declared once more, each with the mixed forms, under the
library's own names: what runs is the library's, nothing is implemented here.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Final

from duban.engine.ports.guards import VariableType

_ORDERS: Final = {"_<_": "less", "_<=_": "less_equals", "_>_": "greater", "_>=_": "greater_equals"}
_EQUALITIES: Final = {"_==_": "equals", "_!=_": "not_equals"}
_ORDERED: Final = {
    "bool": "bool", "int": "int64", "uint": "uint64", "double": "double", "string": "string", "bytes": "bytes",
    "timestamp": "timestamp", "duration": "duration",
}  # fmt: skip
_ANY: Final = "type_name: A, is_type_param: true"
_MIXED: Final = (("int", "double"), ("double", "int"))


@lru_cache(64)
def environment(variables: tuple[tuple[str, VariableType], ...]) -> Any:
    """The environment over sorted pairs of a dotted name and its type; made once for the same variables,
    as long as no sixty-four others came since."""
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
    return cel.NewEnv(config=_comparisons(), variables={name: types[kind] for name, kind in variables})


@cache
def _comparisons() -> Any:
    from cel_expr_python import cel

    names = [*_ORDERS, *_EQUALITIES, "@in"]
    lines = ["name: duban", "extensions:", "  - name: strings", "stdlib:", "  exclude_functions:"]
    lines += [f"    - name: '{name}'" for name in names]
    lines.append("functions:")
    for name in names:
        lines += [f"  - name: '{name}'", "    overloads:", *_overloads(name)]
    return cel.NewEnvConfigFromYaml("\n".join(lines))


def _overloads(name: str) -> Iterator[str]:
    if name == "@in":
        yield _overload("in_list", _ANY, f"type_name: list, params: [{{{_ANY}}}]")
        yield _overload("in_map", _ANY, f"type_name: map, params: [{{{_ANY}}}, {{type_name: B, is_type_param: true}}]")
        for left, right in _MIXED:
            suffix = f"in_list_{_ORDERED[left]}_{_ORDERED[right]}"
            yield _overload(suffix, f"type_name: {left}", f"type_name: list, params: [{{type_name: {right}}}]")
        return
    verb = _ORDERS.get(name) or _EQUALITIES[name]
    if name in _ORDERS:
        for kind, suffix in _ORDERED.items():
            yield _overload(f"{verb}_{suffix}", f"type_name: {kind}", f"type_name: {kind}")
    else:
        yield _overload(verb, _ANY, _ANY)
    for left, right in _MIXED:
        yield _overload(f"{verb}_{_ORDERED[left]}_{_ORDERED[right]}", f"type_name: {left}", f"type_name: {right}")


def _overload(name: str, left: str, right: str) -> str:
    return f"      - {{id: {name}, args: [{{{left}}}, {{{right}}}], return: {{type_name: bool}}}}"
