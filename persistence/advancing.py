"""How a case is advanced: only columns that have changed are written, and so only their indexes.

SQLite writes to every index that has a column among those set, whatever the values; and where a reference to the table
itself is set, to every index of the table. Each is a page more for the commit to carry to the disk.
"""

from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Update, bindparam, update

from duban.persistence.rows import CHANGING, values_of
from duban.persistence.tables import cases

if TYPE_CHECKING:
    from duban.engine.model.case import Case

_GROUPS: Final = (
    ("state",),
    ("data",),
    ("unit",),
    ("due_at", "closed_at"),
    ("definition", "audience", "parent", "parent_id", "follow"),
)
"""Columns that are left out when all of their group have stayed. The others change with every event."""
_GET: Final = tuple((1 << place, attrgetter(*group)) for place, group in enumerate(_GROUPS))


def advancing(after: "Case", before: "Case") -> tuple[Update, dict[str, Any]]:
    """The statement that makes ``after`` of ``before`` where it still has that version, and its values."""
    changed = 0
    for bit, get in _GET:
        if get(after) != get(before):
            changed |= bit
    statement, values_of_case = _written(changed)
    values = values_of_case(after)
    values["wanted"], values["expected"] = after.id, before.version
    return statement, values


@lru_cache(maxsize=1 << len(_GROUPS))
def _written(changed: int) -> tuple[Update, Any]:
    stayed = {name for place, group in enumerate(_GROUPS) if not changed & 1 << place for name in group}
    names = tuple(name for name in CHANGING if name not in stayed)
    statement = (
        update(cases)
        .where(cases.c.id == bindparam("wanted"), cases.c.version == bindparam("expected"))
        .values({name: bindparam(name) for name in names})
    )
    return statement, values_of(names)
