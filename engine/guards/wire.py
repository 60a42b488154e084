"""Reads protocol buffers as they lie on the wire: numbered fields, no schema, no package for it."""

from collections.abc import Iterator
from typing import Final

_VARINT: Final = 0
_FIXED64: Final = 1
_BYTES: Final = 2
_FIXED32: Final = 5


class Message:
    """One message; a field that is absent is zero, empty, or a message without fields."""

    __slots__ = ("_fields",)

    def __init__(self, data: bytes) -> None:
        self._fields: dict[int, list[int | bytes]] = {}
        for number, value in _fields(data):
            self._fields.setdefault(number, []).append(value)

    def has(self, number: int) -> bool:
        """Whether the field is there."""
        return number in self._fields

    def number(self, number: int) -> int:
        """The last whole number of a field, as it was written: without a sign."""
        value = self._fields.get(number, [0])[-1]
        return value if isinstance(value, int) else 0

    def bytes(self, number: int) -> bytes:
        """The last bytes of a field."""
        value = self._fields.get(number, [b""])[-1]
        return value if isinstance(value, bytes) else b""

    def text(self, number: int) -> str:
        """The last text of a field."""
        return self.bytes(number).decode("utf-8", "replace")

    def message(self, number: int) -> "Message":
        """The last message of a field."""
        return Message(self.bytes(number))

    def messages(self, number: int) -> list["Message"]:
        """All messages of a repeated field, in order."""
        return [Message(value) for value in self._fields.get(number, []) if isinstance(value, bytes)]

    def texts(self, number: int) -> list[str]:
        """All texts of a repeated field, in order."""
        return [value.decode("utf-8", "replace") for value in self._fields.get(number, []) if isinstance(value, bytes)]


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield tag >> 3, value
            continue
        if kind == _BYTES:
            length, at = _varint(data, at)
        elif kind in (_FIXED64, _FIXED32):
            length = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {kind}")
        yield tag >> 3, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
