"""Values of fields: what each type takes, and the one form in which it is kept.

Kept forms are plain JSON: text, number, boolean, list; dates as ``YYYY-MM-DD``; evidence as a list of
``{hash, name, size}``.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from duban.engine.guards.patterns import fits
from duban.engine.model.definition import Field
from duban.engine.model.hint import nearest
from duban.engine.model.label import Label
from duban.engine.model.organization import Organization

MAX_TEXT: Final = 10_000
MAX_ITEMS: Final = 1_000
LARGEST: Final = 10**15
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Blanks, signs that only join or turn others, and what is drawn as nothing, such as fillers of Hangul or empty Braille.
_SEEN: Final = re.compile(
    r"[^\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BREAKS: Final = {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}


class FieldFault(Exception):
    """A value does not fit its field: the text ``field.<key>`` of the catalogue with ``data`` says why."""

    def __init__(self, key: str, **data: Any) -> None:
        super().__init__(key)
        self.key = key
        self.data = data


class ValueChecker:
    """Checks values against fields, with the organisation at hand.

    ``case_exists`` answers for references of cases: whether there is one of this workflow, as far as may be told. None
    is a case that fewer may see than the one which is to hold the reference.
    """

    def __init__(
        self, organization: Organization | None, case_exists: Callable[[str, str | None], bool | None]
    ) -> None:  # fmt: skip
        self._organization = organization
        self._case_exists = case_exists

    def check(self, field: Field, value: Any) -> Any:
        """Return the kept form of ``value``.

        Raises:
            FieldFault: it does not fit.
        """
        if isinstance(value, str):
            _refuse_control_characters(value)
        method: Callable[[Field, Any], Any] = getattr(self, f"_{field.kind}")
        return method(field, value)

    def _text(self, field: Field, value: Any) -> str:
        if not isinstance(value, str):
            raise FieldFault("text", found=_shown(value))
        if not _SEEN.search(value):
            signs = dict.fromkeys(f"U+{ord(sign):04X}" for sign in value if not sign.isspace())
            raise FieldFault("invisible", found=_some(signs)) if signs else FieldFault("empty")
        limit = int(field.max or MAX_TEXT)
        if len(value) > limit:
            raise FieldFault("long", found=len(value), limit=limit)
        if field.pattern and not fits(field.pattern, value):
            raise FieldFault("pattern", found=_shown(value), pattern=field.pattern)
        return value

    def _number(self, field: Field, value: Any) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not _is_finite(value):
            raise FieldFault("number", found=_shown(value))
        if not -LARGEST <= value <= LARGEST:
            key, limit = ("large", "10^15") if value > 0 else ("small", "-10^15")
            raise FieldFault(key, found=_shown(value), limit=limit)
        if isinstance(value, Decimal):
            value = int(value) if value == value.to_integral_value() else float(value)
        if field.whole and value != int(value):
            raise FieldFault("whole", found=_shown(value))
        if field.min is not None and value < field.min:
            raise FieldFault("small", found=_shown(value), limit=_shown(field.min))
        if field.max is not None and value > field.max:
            raise FieldFault("large", found=_shown(value), limit=_shown(field.max))
        return int(value) if value == int(value) else float(value)

    def _boolean(self, field: Field, value: Any) -> bool:
        if not isinstance(value, bool):
            raise FieldFault("boolean", found=_shown(value))
        return value

    def _date(self, field: Field, value: Any) -> str:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise FieldFault("date", found=_shown(value))
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise FieldFault("date", found=_shown(value)) from None

    def _choice(self, field: Field, value: Any) -> str:
        choices = field.choices or {}
        if not isinstance(value, str) or value not in choices:
            raise FieldFault("choice", found=_shown(value), known=_some(choices), hint=_hint(value, choices))
        return value

    def _list(self, field: Field, value: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise FieldFault("list", found=_shown(value))
        if len(value) > MAX_ITEMS:
            raise FieldFault("many", found=len(value), limit=MAX_ITEMS)
        if field.item is None:
            raise FieldFault("list", found=_shown(value))
        items = [self.check(field.item, item) for item in value]
        if len({repr(item) for item in items}) < len(items):
            raise FieldFault("twice", found=_shown(next(item for item in items if items.count(item) > 1)))
        return items

    def _unit(self, field: Field, value: Any) -> str:
        return self._declared(value, "unit", self._organization.units if self._organization else None)

    def _post(self, field: Field, value: Any) -> str:
        return self._declared(value, "post", self._organization.posts if self._organization else None)

    def _declared(self, value: Any, key: str, names: Mapping[str, Any] | None) -> str:
        if not isinstance(value, str) or (names is not None and value not in names):
            raise FieldFault(key, found=_shown(value), hint=_hint(value, names or {}))
        return value

    def _case(self, field: Field, value: Any) -> str:
        exists = self._case_exists(value, field.workflow) if isinstance(value, str) else False
        if exists is None:
            raise FieldFault("case-hidden", found=_shown(value))
        if not isinstance(value, str) or not exists:
            raise FieldFault("case", found=_shown(value), workflow=field.workflow or Label("any", "任意"))
        return value

    def _evidence(self, field: Field, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, _Kept):
            raise FieldFault("evidence", found=_shown(value))
        return list(value)


class _Kept(list[dict[str, Any]]):
    """Evidence that the engine itself has stored; nothing else is taken for an evidence field."""


def kept_evidence(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mark items as stored by the engine, so that the checker takes them."""
    return _Kept(items)


def parse_text(field: Field, words: str) -> Any:
    """Turn text, as a command line or a table gives it, into the value that ``check`` takes.

    Raises:
        FieldFault: the text cannot be read as the field's type.
    """
    if field.kind == "number":
        try:
            number = Decimal(words)
        except InvalidOperation:
            raise FieldFault("number", found=_shown(words)) from None
        if not number.is_finite():
            raise FieldFault("number", found=_shown(words))
        return int(number) if number == number.to_integral_value() else float(number)
    if field.kind == "boolean":
        known = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}
        if words.lower() not in known:
            raise FieldFault("boolean", found=_shown(words))
        return known[words.lower()]
    if field.kind == "list" and field.item is not None:
        return [parse_text(field.item, part.strip()) for part in words.split(",") if part.strip()]
    return words


def _refuse_control_characters(value: str) -> None:
    found = _CONTROL.search(value)
    if found:
        raise FieldFault("control", found=f"U+{ord(found.group()):04X}")


def _is_finite(value: int | float | Decimal) -> bool:
    if isinstance(value, int):
        return True  # and perhaps too large for a float to be asked
    return value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)


def _shown(value: Any) -> str:
    try:
        words = _CONTROL.sub("�", str(value))
    except ValueError:
        words = "a number of thousands of digits"  # which Python does not write out
    words = words.translate(_BREAKS)
    return words if len(words) <= 40 else words[:37] + "…"


def _some(choices: Mapping[str, Any]) -> list[str]:
    names = list(choices)
    return names if len(names) <= 12 else [*names[:12], "…"]


def _hint(value: Any, candidates: Mapping[str, Any]) -> Label:
    close = nearest(value, candidates) if isinstance(value, str) else None
    return Label(f"; the nearest is {close}", f"；最接近的是 {close}") if close else Label("", "")
