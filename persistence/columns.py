"""Column types: how an instant, a document and an audience lie in the database."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Dialect, Integer, Text, TypeDecorator

from duban.engine.model.canonical import canonical

_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""An escaped NUL, and not an escaped backslash before the letters u0000."""

_DECODER: Final = json.JSONDecoder()

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_EXACT: Final = 2**33 * 1_000_000
"""Microseconds from the epoch, until 2242, to which the nearest number of seconds in floating point is that of no other
microsecond: from 2**33 seconds on, neighbouring numbers lie more than a microsecond apart."""

Number = BigInteger().with_variant(Integer(), "sqlite")
"""A row number. SQLite hands out numbers only in a column declared INTEGER."""


def to_microseconds(at: datetime) -> int:
    """Microseconds since the epoch, exact.

    Raises:
        ValueError: ``at`` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone; every instant that is stored has one")
    span = at - EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def from_microseconds(stored: int) -> datetime:
    """The instant, in UTC, exact."""
    if -_EXACT < stored < _EXACT:
        return datetime.fromtimestamp(stored / 1_000_000, UTC)  # in two thirds of the time
    return EPOCH + timedelta(0, 0, stored)


def to_document(value: Any) -> str:
    """Canonical JSON: sorted keys, no blanks, characters as they are, no NaN.

    Raises:
        TypeError: a value has no place in JSON.
        ValueError: a number is not finite, or a text holds a NUL, on which PostgreSQL would fail with every search.
    """
    document = canonical(value)
    if "\\u0000" in document and _NUL.search(document):
        raise ValueError("a text holds the character U+0000, which cannot be stored")
    return document


def quoted_role(role: str) -> str:
    """A role as it stands inside an audience, between two bars."""
    return "|" + role.replace("%", "%25").replace("|", "%7C") + "|"


def to_audience(roles: Iterable[str]) -> str:
    """``|role1|role2|``, and the empty text for everybody."""
    return "".join(quoted_role(role)[:-1] for role in roles) + "|" if roles else ""


def _read(document: str) -> Any:
    """What ``json.loads`` reads, in less time where no blank stands before or after it: in none of ours."""
    try:
        found, end = _DECODER.raw_decode(document)
    except ValueError:
        end = -1
    return found if end == len(document) else json.loads(document)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as microseconds since the epoch; comes back in UTC."""

    impl = BigInteger
    cache_ok = True

    @staticmethod
    def write(value: datetime | None) -> int | None:
        """The value as it is stored."""
        return None if value is None else to_microseconds(value)

    @staticmethod
    def read(value: int | None) -> datetime | None:
        """What is stored as a value."""
        if value is None:
            return None
        # As ``from_microseconds``, which would be a call more for each of the instants of a step.
        return datetime.fromtimestamp(value / 1_000_000, UTC) if -_EXACT < value < _EXACT else from_microseconds(value)

    @staticmethod
    def read_all(column: Sequence[int | None]) -> Sequence[datetime | None]:
        """The same of many, without a call for each."""
        return [None if value is None else from_microseconds(value) for value in column]

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return self.write(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return self.read(value)


class Document(TypeDecorator[Any]):
    """A JSON value as canonical text, the same characters on every database."""

    impl = Text
    cache_ok = True

    @staticmethod
    def write(value: Any) -> str | None:
        """The value as it is stored."""
        return None if value is None else to_document(value)

    @staticmethod
    def read(value: str | None) -> Any:
        """What is stored as a value."""
        return None if value is None else _read(value)

    @staticmethod
    def read_all(column: Sequence[str | None]) -> Sequence[Any]:
        """The same of many."""
        return [None if value is None else _read(value) for value in column]

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return self.write(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return self.read(value)


class Audience(TypeDecorator[tuple[str, ...]]):
    """A tuple of roles as text that one function call can search for a role."""

    impl = Text
    cache_ok = True

    @staticmethod
    def write(value: tuple[str, ...] | None) -> str:
        """The value as it is stored."""
        return to_audience(value or ())

    @staticmethod
    def read(value: str | None) -> tuple[str, ...]:
        """What is stored as a value."""
        if not value:
            return ()
        return tuple(role.replace("%7C", "|").replace("%25", "%") for role in value[1:-1].split("|"))

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        return self.write(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return self.read(value)
