"""What the doctor tells of archives: which cannot be read or written, what still lies in them, and what to do."""

from collections import Counter
from collections.abc import Mapping, Sequence

from duban.app import Engine
from duban.cli.kit.desk import Desk
from duban.engine.errors import ArchiveForeign, ArchiveNotAtHand, StoreError
from duban.engine.model.archive import Archive, ArchiveStanding
from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope
from duban.engine.runtime.archives import FAILED, count_late, due_archive
from duban.engine.runtime.retention import due_retention


@frozen
class Moving:
    """Whether histories are moved as the pack says: what keeps this role of the database from it; how many cases, of
    those that somebody may know of, have waited for days to be moved, or hold in archives what was to be erased; and
    why the last sweep that tried moved nothing."""

    refused: StoreError | None = None
    late: int = 0
    unerased: int = 0
    failed: str | None = None

    @classmethod
    def read(cls, engine: Engine, room: Scope) -> "Moving":
        """What stands in the store, as far as ``room`` may know."""
        if not engine.pack.archive:
            return cls()
        world, refused = engine.world, engine.store.archives.not_granted()
        with engine.store.read() as reader:
            if refused is not None:
                erasures = due_retention(world, reader, room, archived_only=True)
                return cls(refused, count_late(world, reader, room), sum(one.count for one in erasures))
            failed = reader.setting(FAILED)
            # Where all that waits is hidden, nothing is told of it.
            if not failed or not any(one.count for one in due_archive(world, reader, room)):
                return cls()
            return cls(failed=failed)

    def warnings(self, desk: Desk) -> list[str]:
        """What is wrong, in words."""
        return [desk.say("archive-failing", code=self.failed)] if self.failed else []

    def advice(self, desk: Desk) -> list[str]:
        """Whose work it is, and whether that is done."""
        if self.refused is None:
            return []
        who = {name: self.refused.data[name] for name in ("role", "owner")}
        found = [desk.say("archive-not-granted", **who)]
        if self.late:
            found.append(desk.say("archive-late", count=self.late, **who))
        if self.unerased:
            found.append(desk.say("archive-unerased", count=self.unerased, **who))
        return found


@frozen
class Shelf:
    """The archives that somebody may know of: how each stands, in which of them rows of cases still lie that are in the
    store again, and of how many; and what keeps anybody from writing to them."""

    archives: Sequence[Archive]
    unsettled: Mapping[str, int]
    faults: Mapping[str, StoreError]

    @classmethod
    def read(cls, engine: Engine, room: Scope) -> "Shelf":
        """What stands in the store and in the files, as far as ``room`` may know; no other file is opened."""
        with engine.store.read() as reader:
            archives, unsettled = reader.archived(room), reader.unsettled(room)
        names = sorted({one.name for one in archives} | unsettled.keys())
        tried = {name: engine.store.archives.unwritable(name) for name in names}
        return cls(archives, unsettled, {name: fault for name, fault in tried.items() if fault is not None})

    def facts(self) -> dict[str, int]:
        """As they stand in the document: how many archives stand how, and how many cases are not settled."""
        found = Counter(one.standing.replace("-", "_") for one in self.archives)
        left = sum(self.unsettled.values())
        return {**found, **({"unsettled": left} if left else {})}

    def warnings(self, desk: Desk) -> list[str]:
        """What is wrong, in words: histories that nobody can read, and what nobody can take out of an archive."""
        found = []
        for name, fault in self.faults.items():
            if name in self.unsettled or self._standing(name) != "at-hand":
                found.append(self._why(desk, name, fault))
            if name in self.unsettled:
                found.append(self._left(desk, name))
        return found

    def advice(self, desk: Desk) -> list[str]:
        """What may be meant, such as an archive that can only be read, or is seen to by the next run."""
        closed = [
            self._why(desk, name, fault)
            for name, fault in self.faults.items()
            if name not in self.unsettled and self._standing(name) == "at-hand"
        ]
        return closed + [self._left(desk, name) for name in self.unsettled if name not in self.faults]

    def _standing(self, name: str) -> ArchiveStanding | None:
        """How its file stands; None where no case lies in it, of those that may be told."""
        return next((one.standing for one in self.archives if one.name == name), None)

    def _why(self, desk: Desk, name: str, fault: StoreError) -> str:
        why = fault.message(desk.lang)
        if isinstance(fault, ArchiveNotAtHand | ArchiveForeign):
            return why
        is_closed = self._standing(name) == "unreadable"
        return desk.say("archive-unreadable" if is_closed else "archive-unwritable", archive=name, why=why)

    def _left(self, desk: Desk, name: str) -> str:
        return desk.say("archive-unsettled", archive=name, count=self.unsettled[name])
