"""Whether a role may move histories out of the store and back. On SQLite whoever writes may; on PostgreSQL it takes
rights that a role which only works should not have, such as to take rows out of histories."""

from functools import cached_property
from typing import Any, Final

from sqlalchemy import text

from duban.engine.errors import ArchivesNotGranted
from duban.persistence.database import Database
from duban.persistence.tables import archived_keys, cases, history, moving, outbox

_NEEDED: Final = ", ".join(
    f"('{table.name}', '{may}')" for table in (history, outbox, archived_keys, moving) for may in ("DELETE", "INSERT")
)
_LACKING: Final = text(
    "SELECT needed.may || ' ' || needed.name, current_user, pg_get_userbyid(pg_class.relowner)"
    f" FROM (VALUES {_NEEDED}) AS needed (name, may)"
    " JOIN pg_class ON pg_class.oid = to_regclass(needed.name)"
    " WHERE NOT has_table_privilege(pg_class.oid, needed.may)"
    f" UNION ALL SELECT 'UPDATE {cases.name}', current_user, pg_get_userbyid(relowner) FROM pg_class"
    f" WHERE oid = to_regclass('{cases.name}') AND NOT has_column_privilege(oid, 'archive', 'UPDATE')"
)


class MovingRights:
    """What the role lacks by which a database is reached; asked once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def fault(self) -> ArchivesNotGranted | None:
        """What keeps it from moving histories; None where nothing does."""
        return None if self._lacking is None else ArchivesNotGranted(**self._lacking)

    def require(self) -> None:
        """Go on only where nothing is lacking.

        Raises:
            ArchivesNotGranted: something is.
        """
        if (fault := self.fault()) is not None:
            raise fault

    @cached_property
    def _lacking(self) -> dict[str, str] | None:
        if self._database.dialect == "sqlite":
            return None
        faults = self._database.faults
        with self._database.reading() as store, faults.translated():
            found: list[Any] = list(store.execute(_LACKING))
        if not found:
            return None
        lacks = ", ".join(sorted(row[0] for row in found))
        return {"url": faults.url, "role": found[0][1], "owner": found[0][2], "lacks": lacks}
