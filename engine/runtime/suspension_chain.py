"""The chain of the log of suspensions: who takes a row out, or writes another in its place, is found out."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from duban.engine.model.canonical import canonical
from duban.engine.model.case import Broken
from duban.engine.model.suspension import SUSPENSIONS, Suspension
from duban.engine.runtime.chain import micros

if TYPE_CHECKING:
    from duban.engine.ports.store import Reader


def hash_suspension(row: Suspension, before: str) -> str:
    """The hash of a row that follows the one with hash ``before`` (empty for the first)."""
    columns = [row.number, row.kind, row.who, row.role, row.by, micros(row.at), row.reason]
    return hashlib.sha256((before + canonical(columns)).encode()).hexdigest()


def head_of(rows: Sequence[Suspension]) -> str:
    """The last row as the store's settings keep it, so that a log without its end is found out."""
    return f"{rows[-1].number}:{rows[-1].hash}" if rows else ""


def broken_suspensions(reader: "Reader", published: tuple[int, str] | None) -> Iterator[Broken]:
    """What does not hold of the log, also against the head of it that a checkpoint ``published``."""
    try:
        rows = reader.suspensions()
        before = ""
        for number, row in enumerate(rows, 1):
            if row.number != number:
                yield Broken(SUSPENSIONS, number, "row-missing")
                break
            if row.hash != hash_suspension(row, before):
                yield Broken(SUSPENSIONS, number, "row-changed")
            before = row.hash
    except (LookupError, TypeError, ValueError, OverflowError):
        yield Broken(SUSPENSIONS, None, "unreadable")
        return
    if (reader.setting(SUSPENSIONS) or "") != head_of(rows):
        yield Broken(SUSPENSIONS, None, "head-differs")
    if published is not None and not any((row.number, row.hash) == tuple(published) for row in rows):
        yield Broken(SUSPENSIONS, published[0], "published-head-differs")
