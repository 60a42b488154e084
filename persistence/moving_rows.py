"""The rows of a case that are moved, and how they leave the store."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from duban.engine.model.archive import Movable
from duban.engine.model.case import Case
from duban.persistence.archive_files import ArchiveDatabase
from duban.persistence.archive_reader import may_move
from duban.persistence.statements import locked
from duban.persistence.tables import archived_keys, cases, definitions, ended, history, moving, outbox

_KEYS: Final = ("case_id", "seq", "key", "actor")

COPIED: Final = [column for column in definitions.c if column.name != "number"]
"""The columns of definitions that are copied into an archive: those there are numbered anew."""


def parts(case_ids: Sequence[int]) -> list[tuple[Any, str, str | None]]:
    """What is moved: tables, conditions, and the columns that are numbered anew."""
    listed = ", ".join(map(str, case_ids)) or "NULL"
    messages = f"case_id IN ({listed}) AND state IN ('done', 'dead', 'discarded')"
    return [(cases, f"id IN ({listed})", None), (history, f"case_id IN ({listed})", None), (outbox, messages, "number")]


def still(store: Connection, whole: Sequence[Case], wanted: Movable) -> list[Case]:
    """Those of the cases that have not changed since and may still be moved; locked."""
    found = select(cases.c.id, cases.c.version, cases.c.head).where(cases.c.id.in_([case.id for case in whole]))
    told = {(row[0], row[1], row[2]) for row in store.execute(locked(found.where(may_move(wanted))))}
    return [case for case in whole if (case.id, case.version, case.head) in told]


def dropped(store: Connection, name: str, case_ids: Sequence[int], dialect: str) -> tuple[int, int]:
    """Take the rows of these cases out of the store and note where they are; how many rows and messages it were."""
    if not case_ids:
        return 0, 0
    if dialect == "sqlite":
        # What may be erased in the archive one day must not lie on in free pages here.
        store.exec_driver_sql("PRAGMA secure_delete = ON")
    keyed = select(*(history.c[column] for column in _KEYS))
    keyed = keyed.where(history.c.case_id.in_(case_ids), history.c.key.is_not(None))
    store.execute(insert(archived_keys).from_select(list(_KEYS), keyed))
    rows = store.execute(delete(history).where(history.c.case_id.in_(case_ids))).rowcount
    messages = store.execute(delete(outbox).where(outbox.c.case_id.in_(case_ids), ended(outbox))).rowcount
    store.execute(update(cases).where(cases.c.id.in_(case_ids)).values(archive=name))
    store.execute(delete(moving).where(moving.c.archive == name, moving.c.case_id.in_(case_ids)))
    return rows, messages


def counted(file: ArchiveDatabase, target: Connection, case_ids: Sequence[int]) -> int:
    """How many messages of these cases an archive holds."""
    with file.faults.translated():
        return len(target.execute(select(outbox.c.number).where(outbox.c.case_id.in_(case_ids))).all())
