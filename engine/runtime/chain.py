"""The hash chain of a case's history.

``hash(row) = SHA-256(hash(row before) + canonical JSON of every column)``. Data enter as
``data_digest = SHA-256(salt + canonical JSON of data)``. The first row also covers the case's workflow, parent and
follow code. Where a later row says that it erased values, its digest of what is left counts instead.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from duban.engine.model.canonical import canonical
from duban.engine.model.case import Broken, Case, HistoryRow

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def new_salt() -> str:
    """A fresh salt, 32 hex digits."""
    return os.urandom(16).hex()


def digest_data(salt: str, data: Mapping[str, Any]) -> str:
    """The salted digest under which data enter the chain."""
    return hashlib.sha256((salt + (canonical(data) if data else "{}")).encode()).hexdigest()


def hash_row(row: HistoryRow, before: str, case: Case) -> str:
    """The hash of a row that follows the row with hash ``before`` (empty for the first)."""
    columns: list[Any] = [
        row.ref, row.seq, row.kind, row.event, row.from_state, row.to_state, row.actor, row.post, row.unit,
        micros(row.at), row.level, row.data_digest, row.key, row.request, row.definition,
    ]  # fmt: skip
    if row.seq == 1:
        columns += [case.workflow, case.parent, case.follow]
    if row.erased is not None:
        columns.append(row.erased)
    return hashlib.sha256((before + canonical(columns)).encode()).hexdigest()


def asked(salt: str, fingerprint: str) -> str:
    """What a row keeps of the request behind its key: salted, for a fingerprint alone could be found by trying."""
    return hashlib.sha256((salt + fingerprint).encode()).hexdigest()


def micros(at: datetime) -> int:
    """Microseconds since 1970 in UTC, exact."""
    delta = at - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def broken_links(case: Case, rows: Iterable[HistoryRow]) -> list[Broken]:
    """Every place where a case and its history do not fit together."""
    found: list[Broken] = []
    before, state, level, seq = "", None, 0, 0
    data: dict[str, Any] = {}
    rows = list(rows)
    left = {told["seq"]: told["digest"] for row in rows for told in row.erased or () if told["seq"] < row.seq}
    for row in rows:
        seq += 1
        if row.seq != seq:
            found.append(Broken(case.ref, seq, "row-missing"))
            seq = row.seq
        if row.kind != "start" and row.from_state != state:
            found.append(Broken(case.ref, row.seq, "states-do-not-join"))
        if left.get(row.seq, row.data_digest) != digest_data(row.salt, row.data):
            found.append(Broken(case.ref, row.seq, "data-changed"))
        if row.hash != hash_row(row, before, case):
            found.append(Broken(case.ref, row.seq, "row-changed"))
        before, state, level = row.hash, row.to_state, row.level
        data = {**data, **row.data}
    if seq == 0:
        return [Broken(case.ref, None, "history-missing")]
    checks = (
        (case.version != seq, "version-differs"),
        (case.head != before, "head-differs"),
        (case.state != state, "state-differs"),
        (case.level != level, "level-differs"),
        (canonical(case.data) != canonical(data), "data-differs"),
    )
    return found + [Broken(case.ref, None, what) for failed, what in checks if failed]


def is_sound(case: Case, rows: Sequence[HistoryRow]) -> bool:
    """Whether a case and its history fit together."""
    try:
        return not broken_links(case, rows)
    except (LookupError, TypeError, ValueError, OverflowError):
        return False
