"""The port of archives: which finished cases may be moved out of the store, moving them, and bringing them back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from duban.engine.errors import StoreError
from duban.engine.model.archive import Archive, ArchiveStanding, Movable
from duban.engine.model.case import Case, HistoryRow
from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope

Sound = Callable[[Case, Sequence[HistoryRow]], bool]
"""Whether a case and the rows of its history, as they were read back, fit together."""

Place = tuple[datetime, int]
"""When a case ended, and its internal number: the order in which cases are moved."""


class ArchiveReader(Protocol):
    """The reading half."""

    def movable(self, wanted: Movable, after: Place | None, limit: int) -> list[Case]:
        """Cases that may be moved, by when they ended, those after the place: all of them, for the engine itself."""

    def count_movable(self, wanted: Movable, scope: Scope) -> tuple[int, int]:
        """How many of them are visible; and how many visible ones ended as long ago and are held back."""

    def archived(self, scope: Scope) -> list[Archive]:
        """The archives that visible cases lie in, by name."""

    def archive_names(self, scope: Scope) -> list[str]:
        """The names of these archives, in order; found at once, however many cases lie there."""

    def archive_standings(self, scope: Scope) -> dict[str, ArchiveStanding]:
        """How the file of each of them stands, by name, for those who ask often: looked for are two of its cases, where
        ``archived`` counts them all."""

    def unsettled(self, scope: Scope) -> dict[str, int]:
        """In which archives rows of visible cases may still lie that are in the store again, and of how many cases.

        That is after somebody was killed at moving, or where an archive could not be written when a case came back;
        ``Archives.settle`` takes them out. While cases are being moved those count as well.
        """

    def unsettled_cases(self, case_ids: Sequence[int]) -> set[int]:
        """Those of the cases of which rows may still lie in an archive, though they are in the store again."""

    def history_lies_here(self, case_id: int) -> bool:
        """Whether rows of a case lie in the store itself, whatever is noted of where they are."""


@frozen
class Moved:
    """What became of cases that were to be moved.

    ``unsound`` are those that stayed because their histories do not hold. Any others stayed because they changed, or
    somebody else moved them. ``unclean`` are the archives that could not be written after cases were back in the
    store, and why: the rows of those lie there as well until somebody settles it.
    """

    moved: tuple[Case, ...] = ()
    unsound: tuple[Case, ...] = ()
    unclean: tuple[tuple[str, StoreError], ...] = ()


class Archives(Protocol):
    """The archives of a store."""

    def not_granted(self) -> StoreError | None:
        """What keeps this role of the database from moving anything, an ``ArchivesNotGranted``; None where it may.

        It is asked of the store once: who is granted more is heard of by the next process.

        Raises:
            StoreError: the store is out of reach.
        """

    def name_for(self, year: int) -> str:
        """The name of the archive of cases that ended in this year.

        Raises:
            StoreError: the store is out of reach.
        """

    def move(self, name: str, cases: Sequence[Case], wanted: Movable, sound: Sound) -> Moved:
        """Move the histories and messages of these cases to an archive, which is made where nothing lies in it yet.

        They are written there, committed and read back; only then are they taken out of the store, in one transaction
        that notes with each case where its history is. Whenever this is killed, each is whole in one of the two.

        Raises:
            ArchiveNotAtHand: others lie in it already, and its file is not there; ArchiveDamaged: or holds them not.
            ArchivesNotGranted: this role of the database may not. No file was touched.
            StoreError: the store or the archive cannot be written. What was not moved is in the store as before.
        """

    def bring_back(self, cases: Sequence[Case], sound: Sound) -> Moved:
        """Put the histories and messages of these cases back into the store, then take them out of their archives.

        Nothing is put back from an archive that cannot be written. One that cannot be any more when they are back is
        told as unclean, which is no error.

        Raises:
            ArchiveNotAtHand: an archive is not there.
            ArchiveForeign: it belongs to the store that this one was restored from a backup of.
            ArchivesNotGranted: this role of the database may not.
            StoreError: as of ``move``.
        """

    def adopt(self, name: str) -> None:
        """From here on an archive belongs to this store, and no more to the one that this is a restored copy of.

        Raises:
            ArchiveNotAtHand: its file is not there.
        """

    def unwritable(self, name: str) -> StoreError | None:
        """What keeps anybody from moving cases to this archive or out of it; None where nothing does.

        It is found out by writing there, and waits for whoever does so now. Nothing of it is kept.

        Raises:
            StoreError: the store is out of reach.
        """

    def settle(self) -> None:
        """Take out of the archives at hand what was left there when somebody was killed at moving.

        Nothing is done where this role of the database may not.
        """
