"""Rows as values, and values as rows. Columns are selected in the order of the fields, so a row is the arguments."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Row

from duban.engine.model.case import Case, HistoryRow, Message, Notice, Reading, Stopwatch
from duban.engine.model.changing import made, made_of
from duban.engine.model.label import Label
from duban.engine.ports.records import DueStep, Refusal
from duban.persistence.tables import cases, history, notices, outbox, readings, refusals, stopwatches

AnyRow = Row[*tuple[Any, ...]] | Sequence[Any]


def names_of(kind: type, *left_out: str) -> tuple[str, ...]:
    """The fields of a kind of value, in order."""
    return tuple(field.name for field in fields(kind) if field.name not in left_out)


CASE: Final[list[ColumnElement[Any]]] = [cases.c[name] for name in names_of(Case)]
HISTORY: Final[list[ColumnElement[Any]]] = [cases.c.ref, *(history.c[name] for name in names_of(HistoryRow, "ref"))]
STOPWATCH: Final[list[ColumnElement[Any]]] = [stopwatches.c[name] for name in names_of(Stopwatch)]
DUE_STEP: Final[list[ColumnElement[Any]]] = [
    cases.c.id, cases.c.ref, *(stopwatches.c[name] for name in names_of(DueStep, "case_id", "ref")),
]  # fmt: skip
MESSAGE: Final[list[ColumnElement[Any]]] = [
    (cases if name in ("ref", "audience") else outbox).c[name] for name in names_of(Message)
]
NOTICE: Final[list[ColumnElement[Any]]] = [
    notices.c.number, notices.c.post, cases.c.ref, notices.c.en, notices.c.zh, notices.c.at, notices.c.read_at,
    cases.c.audience,
]  # fmt: skip
READING: Final[list[ColumnElement[Any]]] = [cases.c.ref, *(readings.c[name] for name in names_of(Reading, "ref"))]
REFUSAL: Final[list[ColumnElement[Any]]] = [refusals.c[name] for name in names_of(Refusal)]

CASE_NAMES: Final = names_of(Case, "id", "archive")
CHANGING: Final = names_of(Case, "id", "ref", "workflow", "opened_by", "opened_at", "archive")
"""The columns of a case that an event may change."""
ROW_NAMES: Final = names_of(HistoryRow, "ref")
STOPWATCH_NAMES: Final = names_of(Stopwatch)
REFUSAL_NAMES: Final = names_of(Refusal)


def values_of(names: tuple[str, ...]) -> Callable[[Any], dict[str, Any]]:
    """A function that takes these attributes of an object as a mapping."""
    get = attrgetter(*names)
    return lambda source: dict(zip(names, get(source), strict=True))


def case_of(row: AnyRow) -> Case:
    """A case from columns ``CASE``."""
    return made_of(Case, row)


def cases_of(found: Sequence[AnyRow]) -> list[Case]:
    """Cases from columns ``CASE``."""
    return made(Case, found)


def row_of(row: AnyRow) -> HistoryRow:
    """A history row from columns ``HISTORY``."""
    read = made_of(HistoryRow, row)
    return read if read.erased is None else replace(read, erased=tuple(read.erased))


def stopwatch_of(row: AnyRow) -> Stopwatch:
    """A stopwatch from columns ``STOPWATCH``."""
    return made_of(Stopwatch, row)


def due_step_of(row: AnyRow) -> DueStep:
    """A due step from columns ``DUE_STEP``."""
    return DueStep(*row)


def message_of(row: AnyRow) -> Message:
    """A message from columns ``MESSAGE``."""
    return made_of(Message, row)


def notice_of(row: AnyRow) -> Notice:
    """A notice from columns ``NOTICE``."""
    number, post, ref, en, zh, at, read_at, audience = row
    return Notice(number, post, ref, Label(en, zh), at, read_at, audience)


def reading_of(row: AnyRow) -> Reading:
    """A reading from columns ``READING``."""
    return Reading(*row)


def refusal_of(row: AnyRow) -> Refusal:
    """A refusal from columns ``REFUSAL``, and one more where the audience of its case was asked for."""
    values = dict(zip(REFUSAL_NAMES, row, strict=False))
    audience = values["audience"] or (row[len(REFUSAL_NAMES)] if len(row) > len(REFUSAL_NAMES) else ())
    labels = tuple(Label(en, zh) for en, zh in values["labels"])
    return Refusal(**{**values, "labels": labels, "audience": audience or ()})


def storable(text: str) -> bool:
    """Whether a text could be in the database at all: PostgreSQL takes no NUL, and no database half a character."""
    try:
        return 0 not in text.encode()
    except UnicodeEncodeError:
        return False


def cleaned(text: str) -> str:
    """A text with a mark in place of each character that no database takes."""
    return text if storable(text) else text.replace("\0", "\ufffd").encode(errors="replace").decode()
