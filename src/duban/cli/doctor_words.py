"""How the doctor's facts read: their names and values in the reader's language."""

from datetime import datetime
from typing import Any, Final

from duban.cli.kit.answer import Cell, cell
from duban.cli.kit.desk import Desk
from duban.engine.messages import has_text, text

_PARTS: Final = (
    "versions", "store", "pack", "cases", "clock", "sweep", "cadences", "outbox", "channels", "evidence", "archives",
    "secrets",
)  # fmt: skip
_SYNCHRONOUS: Final = {"0": "OFF", "1": "NORMAL", "2": "FULL", "3": "EXTRA"}
"""SQLite answers with a number what was set by a word."""
_UNITS: Final = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))


def rows(desk: Desk, document: dict[str, Any]) -> list[tuple[str, str, Cell | str]]:
    """Every fact with its heading."""
    found: list[tuple[str, str, Cell | str]] = []
    for part in _PARTS:
        for name, value in document.get(part, {}).items():
            if value is not None:
                heading = f"{desk.say(f'doctor-{part}')} · {_name(part, name, desk.lang)}"
                found.append((f"{part}.{name}", heading, cell(value, _shown(desk, part, name, value))))
    return found


def span(seconds: float, lang: str) -> str:
    """Time by the clock in words, by its two largest units."""
    left = max(round(seconds), 0)
    told: list[tuple[str, int]] = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count or told or unit == "seconds":
            told.append((unit, count))
    words = [text(f"doctor.span-{unit}", lang, count=count) for unit, count in told[:2] if count or len(told) == 1]
    return (" " if lang == "en" else "").join(words)


def _name(part: str, name: str, lang: str) -> str:
    """A name in words; those of packages are what they are."""
    if part == "versions":
        return name
    return text(f"doctor.{name}", lang) if has_text(f"doctor.{name}") else name


def _shown(desk: Desk, part: str, name: str, value: Any) -> str | None:
    """What a person reads of a value; None where that is the value itself."""
    if name.endswith("_at"):
        # A store that cannot be opened has no time zone to tell a time in, and tells none.
        return desk.teller.moment(datetime.fromisoformat(value)).shown
    if name.endswith("_seconds"):
        return span(abs(value), desk.lang) if value >= 0 else "-" + span(-value, desk.lang)
    if (part, name) == ("store", "synchronous"):
        return _SYNCHRONOUS.get(str(value), str(value))
    if (part, name) == ("store", "foreign_keys"):
        return desk.say("yes" if value == "1" else "no")
    return None
