"""The verbs about what the store keeps, and for how long: retention, archives, files that nothing refers to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from duban.engine.errors import ArchiveBroken, UsageError
from duban.engine.log import log
from duban.engine.model.organization import SYSTEM
from duban.engine.model.scope import Scope
from duban.engine.runtime.administration import Administration
from duban.engine.runtime.chain import is_sound
from duban.engine.runtime.queries import seen
from duban.engine.runtime.rights import entitled

# What only one verb needs is imported by that verb: a command line calls one of them, and waits for all imports.
if TYPE_CHECKING:
    from duban.engine.model.archive import Archive
    from duban.engine.model.case import Case
    from duban.engine.runtime.archives import ArchiveReport, DueArchive
    from duban.engine.runtime.retention import DueRetention
    from duban.engine.runtime.telling import Telling

ORPHANS_AFTER: Final = timedelta(days=1)


class Keeping(Administration):
    """What is told of the store as a whole is told as to somebody: see ``room``."""

    def room(self, by: str | None) -> Scope:
        """What is told of the store as a whole: cases without an audience, and those in whose audience ``by`` is.

        Raises:
            UnknownActor, ActorSuspended.
        """
        if by is None:
            return Scope.of_nobody()
        actor = self._world.directory.actor(by)
        if actor.kind != "built-in":
            with self._store.read() as reader:
                actor = entitled(self._world, reader, actor)
        return replace(self._world.directory.scope(actor), sees="all")

    def retention(self, *, by: str | None = SYSTEM) -> "list[DueRetention]":
        """The rules of retention, and on how many cases each is to be carried out today.

        Told as to ``by``: rules of confidential workflows, and cases with an audience, only where it may see them.

        Raises:
            UnknownActor, ActorSuspended.
        """
        from duban.engine.runtime.retention import due_retention

        room = self.room(by)
        with self._store.read() as reader:
            return due_retention(self._world, reader, room)

    def archivable(self, *, by: str | None = SYSTEM) -> "list[DueArchive]":
        """The rules of archive.yaml, how many cases each would move today, and how many are held back.

        Told as to ``by``, as of ``retention``.

        Raises:
            UnknownActor, ActorSuspended.
        """
        from duban.engine.runtime.archives import due_archive

        room = self.room(by)
        with self._store.read() as reader:
            return due_archive(self._world, reader, room)

    def archive(
        self, progress: Callable[[int], None] = lambda _count: None, stopped: Callable[[], bool] = lambda: False,
        *, by: str | None = SYSTEM,
    ) -> "ArchiveReport":  # fmt: skip
        """Move the histories of finished cases to archives, as archive.yaml says, all that may be moved today.

        What retention.yaml reaches in archives is erased first. Safe to run anywhere, any number of times; a sweep does
        a part of it each time, where its role of the database may. Told as to ``by``. ``progress`` is told the count of
        cases so far; ``stopped`` is asked between batches.

        Raises:
            ArchivesNotGranted: this role of the database may not. StoreError: the store, or the folder of archives,
            cannot be written. What was moved until then is moved.
        """
        from duban.engine.runtime.archives import archive
        from duban.engine.runtime.retention import retain_archived

        if self._store.archives.not_granted() is None:
            retain_archived(self._store, self._world, stopped)
        return archive(self._store, self._world, progress, stopped, self.room(by))

    def archives(self, *, by: str | None = SYSTEM) -> "list[Archive]":
        """The archives, how many cases lie in each, and whether its file is at hand; told as to ``by``.

        Raises:
            UnknownActor, ActorSuspended.
        """
        room = self.room(by)
        with self._store.read() as reader:
            return reader.archived(room)

    def unsettled(self, *, by: str | None = SYSTEM) -> dict[str, int]:
        """The archives in which rows of cases may still lie that are in the store again, and of how many cases, of
        those that ``by`` may know of. The next ``archive`` or sweep takes them out, once the archive can be written.

        Raises:
            UnknownActor, ActorSuspended.
        """
        room = self.room(by)
        with self._store.read() as reader:
            return reader.unsettled(room)

    def bring_back(self, ref: str, *, by: str) -> str:
        """Put the history of a case that was moved back into the store; the archive that it lay in.

        ``unsettled`` names this archive afterwards where it could not be cleaned of what is back.

        Raises:
            UnknownActor, UnknownCase. UsageError: it lies in the store. ArchiveNotAtHand: the archive is not there.
            ArchiveBroken: it does not hold the case as it was moved. ArchiveForeign: it belongs to another store.
            ArchivesNotGranted: this role of the database may not.
        """

        def read(telling: "Telling") -> "Case":
            case = seen(telling, ref)
            telling.note(case.ref, case.audience)
            return case

        case = self._told(by, "archive", read)
        if case.archive is None:
            raise UsageError("not-archived", ref=ref)
        came_to = self._store.archives.bring_back([case], is_sound)
        if not came_to.moved:
            raise ArchiveBroken(archive=case.archive, ref=ref)
        if not case.audience:
            for name, fault in came_to.unclean:
                log.warning("archive.unclean", archive=name, code=fault.code)
        return case.archive

    def adopt_archive(self, name: str, *, by: str | None = SYSTEM) -> None:
        """From here on an archive belongs to this store, which was restored from a backup of the one that made it.

        That one has to be gone: it would miss what is taken out of the archive from here on.

        Raises:
            UnknownActor, ActorSuspended. UsageError: no case lies in such an archive that ``by`` may know of.
            ArchiveNotAtHand: its file is not there.
        """
        known = [one.name for one in self.archives(by=by)]
        if name not in known:
            raise UsageError("no-such-archive", name=name, known=known or None)
        self._store.archives.adopt(name)

    def collect(self) -> int:
        """Remove evidence files that no case refers to and that are older than a day; how many there were."""
        older_than = self._world.clock.now() - ORPHANS_AFTER
        with self._store.read() as reader:
            referred = reader.evidence_digests()
        return len(self._world.evidence.collect_orphans(referred, older_than))
