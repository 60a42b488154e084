"""Moves the histories of finished cases into archives, and back.

A batch is written into the archive and committed there, read back, and only then taken out of the store. Which cases
are on their way stands in the store (``duban_moving``) before the first of their rows is in the archive, and until
none of them is there that the store does not know of. So whoever is killed leaves at most rows too many in an archive,
never rows too few anywhere; and the next one takes those out, by :meth:`FileArchives.settle`.

Everything that changes an archive, or what the store says of it, is done under the archive's write lock, which is
taken before any lock of the store.
"""

import secrets
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from sqlalchemy import Connection, delete, select, update

from duban.engine.errors import ArchiveBroken, ArchiveForeign, ArchivesNotGranted, StoreError
from duban.engine.model.archive import Movable
from duban.engine.model.case import Case
from duban.engine.ports.archives import Moved, Sound
from duban.persistence.archive_faults import of_archives
from duban.persistence.archive_files import ArchiveDatabase, ArchiveFiles
from duban.persistence.archive_holdings import IDENTITY, OWNER, holding, is_known
from duban.persistence.copying import put_raw, raw_rows
from duban.persistence.database import Database
from duban.persistence.moving_rights import MovingRights
from duban.persistence.moving_rows import COPIED, counted, dropped, parts, still
from duban.persistence.reader import SqlReader
from duban.persistence.statements import inserting, locked
from duban.persistence.tables import archived_keys, cases, definitions, history, moving, outbox, settings

_TRIED: Final = "tried"
"""The setting of an archive that is written to see whether it can be."""


class _Undone(Exception):
    """Ends the attempt to write: nothing of it is kept."""


class FileArchives:
    """The port of archives: each a file of :class:`ArchiveFiles`."""

    def __init__(self, database: Database, files: ArchiveFiles) -> None:
        self._database = database
        self._files = files
        self._rights = MovingRights(database)

    def migrate(self) -> None:
        """Bring the archives that are at hand up to the tables of this code."""
        named = select(cases.c.archive).where(cases.c.archive.is_not(None)).distinct()
        with self._database.reading() as store, self._database.faults.translated():
            names = list(store.execute(named).scalars())
        for name in names:
            # One that is elsewhere or damaged is told to whoever asks for it, and keeps nobody from the others.
            with of_archives():
                self._files.upgraded(name)

    def not_granted(self) -> ArchivesNotGranted | None:
        """What keeps this role of the database from moving anything; asked once."""
        return self._rights.fault()

    def name_for(self, year: int) -> str:
        """The name of the archive of cases that ended in this year."""
        return f"closed-{year:04}-{self._identity()}.db"

    def adopt(self, name: str) -> None:
        """From here on an archive belongs to this store: one that came here with a backup of another."""
        file = self._files.database(name)
        with file.writing() as target, file.faults.translated():
            note = inserting("sqlite", settings).values(name=IDENTITY, value=self._identity())
            target.execute(note.on_conflict_do_update(index_elements=["name"], set_={"value": note.excluded.value}))

    def part_from_others(self) -> None:
        """From here on this store is another than the one that it is a copy of, whose archives it only reads."""
        with self._database.writing() as store, self._database.faults.translated():
            store.execute(update(settings).where(settings.c.name == IDENTITY).values(value=secrets.token_hex(4)))

    def move(self, name: str, cases: Sequence[Case], wanted: Movable, sound: Sound) -> Moved:
        """Move the histories and messages of these cases to an archive, which is made with the first of them."""
        self._rights.require()
        self._prepare(name)
        file = self._own(name)
        with file.writing() as target:
            self._require_whole(name, file, target)
            # Under the lock nobody else moves them: what lies here already is not touched.
            case_ids = self._in_store([case.id for case in cases])
            if not case_ids:
                return Moved()
            self._wipe(name, file, target, case_ids)
            with self._database.writing() as store, self._database.faults.translated():
                self._note(store, name, case_ids)
            self._copy(file, target, case_ids)
        return self._taken_out(name, file, case_ids, wanted, sound)

    def bring_back(self, cases: Sequence[Case], sound: Sound) -> Moved:
        """Put the histories and messages of these cases back into the store, then take them out of their archives."""
        self._rights.require()
        back: list[Case] = []
        unsound: list[Case] = []
        unclean: list[tuple[str, StoreError]] = []
        gone = [case for case in cases if case.archive is not None]
        for name, own in groupby(sorted(gone, key=attrgetter("archive")), attrgetter("archive")):
            moved = self._brought_back(name, list(own), sound)
            back += moved.moved
            unsound += moved.unsound
            unclean += moved.unclean
        return Moved(tuple(back), tuple(unsound), tuple(unclean))

    def unwritable(self, name: str) -> StoreError | None:
        """What keeps anybody from writing to an archive; found out by doing it. Nothing of it is kept."""
        try:
            file = self._files.database(name)
            with file.reading() as target:
                self._require_whole(name, file, target)
            self._own(name)
            with file.writing() as target:
                self._try(file, target)
                raise _Undone
        except _Undone:
            return None
        except StoreError as fault:
            if fault.archive is None:
                raise
            return fault

    def settle(self) -> None:
        """Take out of the archives at hand what was left there when somebody was killed at moving."""
        if self._rights.fault() is not None:
            return
        with self._database.reading() as store, self._database.faults.translated():
            names = list(store.execute(select(moving.c.archive).distinct()).scalars())
        for name in names:
            with of_archives():
                self._settle(name)

    def _identity(self) -> str:
        """What tells this store's archives from those of others; made at its first use."""
        with self._database.reading() as store, self._database.faults.translated():
            identity = store.execute(OWNER).scalar()
        if identity is None:
            made = inserting(self._database.dialect, settings).values(name=IDENTITY, value=secrets.token_hex(4))
            with self._database.writing() as store, self._database.faults.translated():
                # Who comes second waits for the first, and then finds what that one wrote.
                store.execute(made.on_conflict_do_nothing())
                identity = store.execute(OWNER).scalar()
        return str(identity)

    def _prepare(self, name: str) -> None:
        """Make an archive in which nothing lies yet. Never another in the place of one that was carried away: that
        would be lost, or this one, when it comes back."""
        with self._database.reading() as store, self._database.faults.translated():
            known = is_known(store, name)
        if known:
            self._files.upgraded(name)
            return
        made = self._files.made(name)
        with made.writing() as target, made.faults.translated():
            note = inserting("sqlite", settings).values(name=IDENTITY, value=self._identity())
            target.execute(note.on_conflict_do_nothing())

    def _require_whole(self, name: str, file: ArchiveDatabase, target: Connection) -> None:
        """Go on only where an archive, whose lock is held, holds what the store says of it."""
        with self._database.reading() as store, self._database.faults.translated():
            wanted = holding(store, name)
        with file.faults.translated():
            if not wanted.is_in(target):
                raise file.damaged()

    def _own(self, name: str) -> ArchiveDatabase:
        """An archive, to be written.

        Raises:
            ArchiveNotAtHand: its file is not there.
            ArchiveForeign: it belongs to another store, which would miss what is taken out of it.
        """
        file = self._files.database(name)
        with file.reading() as target, file.faults.translated():
            found = target.execute(OWNER).scalar()
        if found != self._identity():
            raise ArchiveForeign(archive=name)
        return file

    def _note(self, store: Connection, name: str, case_ids: Sequence[int]) -> None:
        statement = inserting(self._database.dialect, moving).on_conflict_do_nothing()
        store.execute(statement, [{"case_id": case_id, "archive": name} for case_id in case_ids])

    def _copy(self, file: ArchiveDatabase, target: Connection, case_ids: Sequence[int]) -> None:
        faults = self._database.faults
        with self._database.reading() as store:
            with faults.translated():
                digests = select(cases.c.definition).where(cases.c.id.in_(case_ids))
                found = store.execute(select(*COPIED).where(definitions.c.digest.in_(digests))).mappings().all()
            with file.faults.translated():
                kept = inserting("sqlite", definitions).on_conflict_do_nothing()
                for definition in found:
                    target.execute(kept, dict(definition))
            for table, where, without in parts(case_ids):
                for batch in raw_rows(store, table, faults, where, without):
                    with file.faults.translated():
                        put_raw(target, table, batch, without)

    def _taken_out(
        self, name: str, file: ArchiveDatabase, case_ids: Sequence[int], wanted: Movable, sound: Sound
    ) -> Moved:
        """Take what is whole in the archive out of the store, and what has stayed there out of the archive."""
        with file.writing() as target:
            reader = SqlReader(target, file.faults)
            rows = reader.history_of(case_ids)
            # As they were copied: whoever changed in the meantime has another version in the store.
            found = [case for case_id in case_ids if case_id in rows and (case := reader.case_by_id(case_id))]
            is_whole = {case.id: sound(case, rows[case.id]) for case in found}
            whole = [case for case in found if is_whole[case.id]]
            with self._database.writing() as store, self._database.faults.translated():
                moved = still(store, whole, wanted)
                counts = dropped(store, name, [case.id for case in moved], self._database.dialect)
                messages = counted(file, target, [case.id for case in moved])
                if moved and counts != (sum(len(rows[case.id]) for case in moved), messages):
                    raise ArchiveBroken(archive=name, ref=moved[0].ref)
            stayed = sorted({*case_ids} - {case.id for case in moved})
            self._wipe(name, file, target, stayed)
        if stayed:
            self._settle(name)
        return Moved(tuple(moved), tuple(case for case in found if not is_whole[case.id]))

    def _brought_back(self, name: str, found: Sequence[Case], sound: Sound) -> Moved:
        file = self._own(name)
        self._require_writable(file)
        with file.writing() as target:
            rows = SqlReader(target, file.faults).history_of([case.id for case in found])
            whole = [case for case in found if case.id in rows and sound(case, rows[case.id])]
            with self._database.writing() as store, self._database.faults.translated():
                lies = select(cases.c.id).where(cases.c.id.in_([case.id for case in whole]), cases.c.archive == name)
                case_ids = list(store.execute(locked(lies)).scalars())
                store.execute(delete(archived_keys).where(archived_keys.c.case_id.in_(case_ids)))
                for table, where, without in parts(case_ids):
                    if table is not cases:
                        for batch in raw_rows(target, table, file.faults, where, without):
                            put_raw(store, table, batch, without)
                store.execute(update(cases).where(cases.c.id.in_(case_ids)).values(archive=None))
                if case_ids:
                    self._note(store, name, case_ids)
        # They are back, whatever becomes of the archive: what is noted is taken out of it now, or by the next one.
        unclean: tuple[tuple[str, StoreError], ...] = ()
        try:
            self._settle(name)
        except StoreError as fault:
            unclean = ((name, fault),)
        moved = tuple(case for case in whole if case.id in case_ids)
        return Moved(moved, tuple(case for case in found if case not in whole), unclean)

    def _require_writable(self, file: ArchiveDatabase) -> None:
        """Go on only where an archive can be written: something is, and committed."""
        with file.writing() as target:
            self._try(file, target)

    def _try(self, file: ArchiveDatabase, target: Connection) -> None:
        with file.faults.translated():
            note = inserting("sqlite", settings).values(name=_TRIED, value=secrets.token_hex(4))
            target.execute(note.on_conflict_do_update(index_elements=["name"], set_={"value": note.excluded.value}))

    def _settle(self, name: str) -> None:
        """Take out of one archive what is noted as on its way and lies in the store; then forget the notes."""
        file = self._own(name)
        with file.writing() as target:
            self._require_whole(name, file, target)
            self._wipe(name, file, target, self._noted(name, lying_here=False))
        # On the disk now. Under the lock again nobody can be writing what is forgotten.
        with file.writing() as target:
            away = set(self._noted(name, lying_here=False))
            with file.faults.translated():
                left = set(target.execute(select(cases.c.id).where(cases.c.id.in_(away))).scalars())
            done = [*self._noted(name, lying_here=True), *(away - left)]
            with self._database.writing() as store, self._database.faults.translated():
                store.execute(delete(moving).where(moving.c.archive == name, moving.c.case_id.in_(done)))

    def _in_store(self, case_ids: Sequence[int]) -> list[int]:
        found = select(cases.c.id).where(cases.c.id.in_(case_ids), cases.c.archive.is_(None)).order_by(cases.c.id)
        with self._database.reading() as store, self._database.faults.translated():
            return list(store.execute(found).scalars())

    def _wipe(self, name: str, file: ArchiveDatabase, target: Connection, case_ids: Sequence[int]) -> None:
        """Take cases out of an archive, whose lock is held; never one of which the store says that it lies there."""
        if not case_ids:
            return
        lying = select(cases.c.id).where(cases.c.id.in_(case_ids), cases.c.archive == name)
        with self._database.reading() as store, self._database.faults.translated():
            kept = set(store.execute(lying).scalars())
        gone = [case_id for case_id in case_ids if case_id not in kept]
        with file.faults.translated():
            for table, column in ((history, history.c.case_id), (outbox, outbox.c.case_id), (cases, cases.c.id)):
                target.execute(delete(table).where(column.in_(gone)))

    def _noted(self, name: str, *, lying_here: bool) -> list[int]:
        found = select(moving.c.case_id).join(cases, cases.c.id == moving.c.case_id).where(moving.c.archive == name)
        here = cases.c.archive.is_not_distinct_from(name)
        with self._database.reading() as store, self._database.faults.translated():
            return list(store.execute(found.where(here if lying_here else ~here)).scalars())
