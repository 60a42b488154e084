"""A text of the catalogue with its data, told when somebody reads it."""

from typing import Any

from duban.engine.messages import text
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
