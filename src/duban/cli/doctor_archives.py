"""What the doctor tells of archives: which cannot be read or written, what still lies in them, and what to do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duban.app import Engine
from duban.cli.kit.desk import Desk
from duban.engine.errors import ArchiveForeign, ArchiveNotAtHand, StoreError
from duban.engine.model.archive import Archive, ArchiveStanding
from duban.engine.model.scope import Scope


@dataclass(frozen=True, slots=True)
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
