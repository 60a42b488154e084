"""A text of the catalogue with its data, told when somebody reads it."""

import errno
import stat
from pathlib import Path
from typing import Any

from duban.engine.messages import has_text, text
from duban.engine.model.label import Label


class Saying:
    """The text under ``key`` of the catalogue, filled with ``data``; compared by both."""

    __slots__ = ("data", "key")

    def __init__(self, key: str, **data: Any) -> None:
        self.key = key
        self.data = data

    def text(self, lang: str = "en") -> str:
        """The words in ``lang``."""
        return text(self.key, lang, **self.data)

    def label(self) -> Label:
        """The words in both languages, as they stand now."""
        return Label(self.text("en"), self.text("zh"))

    def __str__(self) -> str:
        return self.text()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Saying) and (self.key, self.data) == (other.key, other.data)

    def __hash__(self) -> int:
        return hash((self.key, str(self.data)))


def why_of(fault: Exception) -> "Saying | str":
    """Why the system refuses something, without the name of it; in the system's own words where there are no others."""
    key = f"system.{errno.errorcode.get(getattr(fault, 'errno', None) or 0, '')}"
    return Saying(key) if has_text(key) else getattr(fault, "strerror", None) or str(fault)


def why_not_regular(place: Path) -> "Saying | None":
    """Why something cannot be read to its end or replaced, before it is opened: to open a pipe would be to wait.

    None where a regular file lies, or nothing, or where the system itself will tell what is wrong.
    """
    try:
        mode = place.stat().st_mode
    except (OSError, ValueError):
        return None
    if stat.S_ISREG(mode):
        return None
    return Saying("system.EISDIR" if stat.S_ISDIR(mode) else "system.not-regular")
