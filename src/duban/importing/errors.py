"""What can be wrong with a table as a whole, and with one of its rows."""

from collections.abc import Mapping
from typing import Any

from duban.engine.errors import DubanError, InvalidData, KeyReused
from duban.engine.messages import text
from duban.engine.model.label import Label


class BrokenTable(InvalidData):
    """The table cannot be read, so nothing of it is imported; ``key`` names the sentence under ``table.``."""

    code = "broken-table"

    def __init__(self, key: str, table: str, **data: Any) -> None:
        super().__init__(problems={}, table=table)
        self.key = key
        self.details: Mapping[str, Any] = data

    def message(self, lang: str = "en") -> str:
        why = text(f"table.{self.key}", lang, **self.details)
        return text(f"error.{self.code}", lang, why=why, **self.data)


class RowRejected(Exception):
    """One row does not become a case; ``reason`` tells why in both languages."""

    def __init__(self, reason: Label) -> None:
        super().__init__(reason.en)
        self.reason = reason


def rejected(key: str, **data: Any) -> RowRejected:
    """The rejection that the catalogue tells under ``row.<key>``."""
    return RowRejected(told(f"row.{key}", **data))


def told(key: str, **data: Any) -> Label:
    """A sentence of the catalogue in both languages."""
    return Label(text(key, "en", **data), text(key, "zh", **data))


def why(fault: DubanError) -> Label:
    """What an error says of a row, in both languages."""
    if isinstance(fault, KeyReused):
        return told("row.changed")
    return Label(fault.message("en"), fault.message("zh"))
