"""What the CEL library says is wrong, told in duban's own words and both languages."""

import re
from collections.abc import Iterable
from typing import Any, Final

from duban.engine.guards.words import chain_at
from duban.engine.messages import text
from duban.engine.model.hint import nearest
from duban.engine.model.label import Label
from duban.engine.ports.guards import GuardFault

FUNCTIONS: Final = (
    "all", "bool", "bytes", "contains", "double", "duration", "dyn", "endsWith", "exists", "exists_one", "filter",
    "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear", "getHours", "getMilliseconds",
    "getMinutes", "getMonth", "getSeconds", "int", "map", "matches", "size", "startsWith", "string", "timestamp",
    "type", "uint",
)  # fmt: skip

_PLACE: Final = re.compile(r"<input>:(\d+):(\d+): (.*)")
_UNDECLARED: Final = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD: Final = re.compile(r"found no matching overload for '([^']+)' applied to '(.*)'")
_SELECT: Final = re.compile(r"expression of type '([^']+)' cannot be the operand of a select operation")
_NO_VALUE: Final = re.compile(r'No value with name "([^"]+)" found in Activation')
_NO_KEY: Final = re.compile(r'Key not found in map : "?([^"]*)"?')
_WRONG_TYPE: Final = re.compile(r"Unexpected value type for '([^']+)': (\w+)\. \(Expected (\w+)\)")
_REGEX: Final = re.compile(r"invalid regular expression: (.*)")
_INSTEAD: Final = {
    "=": "==", "and": "&&", "&": "&&", "or": "||", "|": "||", "not": "!", "<>": "!=", "“": '"', "”": '"',
    "‘": "'", "’": "'", "＝": "==", "（": "(", "）": ")", "，": ",", "≥": ">=", "≤": "<=", "≠": "!=",
}  # fmt: skip
_BETTER: Final = {"True": "true", "False": "false", "None": "given.FIELD", "TRUE": "true", "FALSE": "false"}
_SIMPLE: Final = (
    ("Iteration budget exceeded", "budget"),
    ("recursion limit exceeded", "deep"),
    ("max recursion depth", "deep"),
    ("divide by zero", "zero"),
    ("modulus by zero", "zero"),
    ("overflow", "overflow"),
    ("out of int64 range", "overflow"),
)


def told(key: str, **data: Any) -> Label:
    """The text ``guard.<key>`` in both languages."""
    return Label(text(f"guard.{key}", "en", **data), text(f"guard.{key}", "zh", **data))


def compile_fault(message: str, expression: str, variables: Iterable[str]) -> GuardFault:
    """What is wrong with an expression that does not compile, and where."""
    found = _PLACE.search(message)
    if found is None:
        return run_fault(message)
    lines = expression.split("\n")
    row = min(int(found[1]), len(lines)) - 1
    index = sum(len(line) + 1 for line in lines[:row]) + int(found[2]) - 1
    what = found[3].removesuffix(" [INVALID_ARGUMENT]")
    if undeclared := _UNDECLARED.match(what):
        return _undeclared(undeclared[1], expression, index, list(variables))
    if overload := _OVERLOAD.match(what):
        return GuardFault(_overload(overload[1], overload[2]), index + 1)
    if select := _SELECT.match(what):
        return GuardFault(told("no-parts", kind=type_label(select[1])), index + 1)
    if "Syntax error" in what:
        return _syntax(expression, index)
    return GuardFault(told("other", what=what), index + 1)


def run_fault(message: str) -> GuardFault:
    """What is wrong with an expression that cannot be evaluated."""
    for pattern, key in ((_NO_VALUE, "no-value"), (_NO_KEY, "no-key")):
        if found := pattern.search(message):
            return GuardFault(told(key, name=found[1]))
    if wrong := _WRONG_TYPE.search(message):
        return GuardFault(told("wrong-type", name=wrong[1], expected=type_label(wrong[3])))
    if regex := _REGEX.search(message):
        return GuardFault(told("regex", why=regex[1].partition(":")[0].removesuffix(" [INVALID_ARGUMENT]")))
    for fragment, key in _SIMPLE:
        if fragment in message:
            return GuardFault(told(key))
    first = message.split("\n", 1)[0]
    return GuardFault(told("other", what=re.sub(r"^[A-Z_]{5,}: | \[[A-Z_]+\]$", "", first).strip() or "-"))


def type_label(kind: str) -> Label:
    """A type of CEL in plain words."""
    name = kind.lower().removeprefix("google.protobuf.").removesuffix("_type")
    if name.startswith("list"):
        return told("type.list")
    if name.startswith("map"):
        return told("type.map")
    known = {"string", "int", "uint", "double", "bool", "timestamp", "duration", "null", "dyn"}
    return told(f"type.{name}") if name in known else Label(kind, kind)


def _undeclared(name: str, expression: str, index: int, variables: list[str]) -> GuardFault:
    # A function is told at its bracket, a variable at its last point or its beginning.
    chain = chain_at(expression, len(expression[:index].rstrip()) if expression[index : index + 1] == "(" else index)
    if chain is not None and name.lower() in _INSTEAD:
        return GuardFault(told("instead", found=name, instead=_INSTEAD[name.lower()]), chain.start + 1)
    if name in _BETTER:
        return GuardFault(told("instead", found=name, instead=_BETTER[name]), index + 1)
    called = chain is not None and expression[chain.end :].lstrip().startswith("(") and chain.name.endswith(name)
    if chain is not None and called:
        start = chain.end - len(name) if "`" not in expression else chain.start
        return GuardFault(told("unknown-function", name=name, hint=_offer(name, FUNCTIONS)), start + 1)
    shown = chain.name if chain is not None else name
    first, _, rest = shown.partition(".")
    group = sorted(v for v in variables if rest and v.startswith(f"{first}.")) or sorted(variables)
    place = chain.start if chain is not None else index
    return GuardFault(told("unknown-variable", name=shown, hint=_offer(shown, group)), place + 1)


def _offer(name: str, candidates: Iterable[str]) -> Label:
    close = nearest(name, candidates)
    return told("nearest", close=close) if close else Label("", "")


def _overload(function: str, arguments: str) -> Label:
    kinds = [kind.strip() for kind in re.split(r",\s*(?![^(]*\))", arguments[1:-1]) if kind.strip()]
    shown = {"@in": "in", "_?_:_": "? :", "_[_]": "[ ]"}.get(function, function.strip("_"))
    labels = [type_label(kind) for kind in kinds]
    together = Label(_and([x.en for x in labels], ", ", " and "), _and([x.zh for x in labels], "、", "和"))
    remedy = Label("", "")
    if set(kinds) == {"double", "int"}:
        remedy = told("mix")
    elif "null_type" in kinds:
        remedy = told("null")
    elif set(kinds) == {"string", "google.protobuf.Timestamp"}:
        remedy = told("dates")
    return told("types", operator=shown, types=together, remedy=remedy)


def _and(words: list[str], comma: str, last: str) -> str:
    return last.join([comma.join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _syntax(expression: str, index: int) -> GuardFault:
    rest = expression[index:]
    if not rest.strip():
        return GuardFault(told("ends"), index + 1)
    before = re.search(r"(\w+)\s*$", expression[:index])
    if before is not None and before[1].lower() == "not":
        return GuardFault(told("instead", found=before[1], instead="!"), before.start() + 1)
    word = re.match(r"\w+|<>|.", rest, re.DOTALL)
    found = word[0] if word else rest[:1]
    instead = _INSTEAD.get(found.lower())
    if instead is not None:
        return GuardFault(told("instead", found=found, instead=instead), index + 1)
    if found in "'\"":
        return GuardFault(told("quote", found=rest[:24]), index + 1)
    return GuardFault(told("syntax", found=rest.split("\n", 1)[0][:24].strip()), index + 1)
