"""The composition root: puts store, pack, clock, actions and guards together into an engine."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from duban.actions.channels.couriers import PostOffice
from duban.actions.registry import Registry
from duban.engine.deadlines.plan import working_hours
from duban.engine.definition.pack import find_pack, load_pack
from duban.engine.errors import UnknownMessage, UsageError
from duban.engine.figures.compiled import Gauges
from duban.engine.guards.cel import CelGuards
from duban.engine.model.case import Broken, Message
from duban.engine.model.dispatch import Dispatch
from duban.engine.model.organization import SYSTEM
from duban.engine.model.pack import Pack
from duban.engine.model.scope import Scope
from duban.engine.organization.directory import Directory
from duban.engine.ports.clock import Clock, SystemClock
from duban.engine.ports.dispatches import Dispatches
from duban.engine.ports.documents import Printer
from duban.engine.ports.outbox import Outbox
from duban.engine.ports.store import Reader, Store, Writer
from duban.engine.runtime.checkpoints import written
from duban.engine.runtime.definitions import Definitions
from duban.engine.runtime.delivery import DeliveryReport, deliver
from duban.engine.runtime.dispatching import dispatch, tried
from duban.engine.runtime.papers import gathered
from duban.engine.runtime.sealing import broken_seals
from duban.engine.runtime.surveys import SurveyOperations
from duban.engine.runtime.sweep import SweepReport, sweep
from duban.engine.runtime.telling import Telling
from duban.engine.runtime.verification import Heads, each_head, verify
from duban.engine.runtime.world import World
from duban.persistence.evidence import FolderEvidence, default_evidence_folder
from duban.persistence.examining.examiner import FileExaminer
from duban.persistence.store import SqlStore

PACK = "pack"
ORPHANS_AFTER = timedelta(days=1)


class Engine(SurveyOperations):
    """Cases of one pack in one store. Safe to share between threads.

    ``url`` is a database URL. ``pack`` is a built-in pack or a folder; without it, the pack that ``migrate`` noted in
    the store. ``evidence`` is the folder for files, by default beside an SQLite database. ``durable`` false is
    for what can be made again, such as a demonstration: it gives up SQLite's ``synchronous=FULL``. Opening an engine
    reads the pack and nothing else; ``migrate`` creates or upgrades the tables.

    Raises:
        DefinitionError: the pack does not hold, with file, line and column of everything that is wrong.
        UsageError: neither ``pack`` nor the store names one.
        StoreNotReady: without ``pack``: there is no store yet to name one.
        StoreError: the URL is not understood.
    """

    def __init__(
        self, url: str, pack: str | Path | None = None, *, clock: Clock | None = None, evidence: Path | None = None,
        durable: bool = True,
    ) -> None:  # fmt: skip
        self._store: Store = SqlStore(url, durable=durable)
        chosen = pack if pack is not None else self._noted_pack()
        self._pack_name = str(find_pack(chosen).resolve()) if Path(chosen).is_dir() else str(chosen)
        compiler, registry = CelGuards(), Registry()
        loaded = load_pack(find_pack(chosen), compiler, registry)
        workflows = {name: one.workflow for name, one in loaded.workflows.items()}
        world = World(
            pack=loaded,
            directory=Directory(loaded.organization),
            hours=working_hours(loaded.calendar, loaded.organization.zone),
            definitions=Definitions(loaded.workflows, compiler),
            clock=clock or SystemClock(),
            registry=registry,
            evidence=FolderEvidence(evidence or default_evidence_folder(url)),
            examiner=FileExaminer(),
            gauges=Gauges(loaded.figures.figures, workflows, compiler),
            couriers=PostOffice(),
        )
        super().__init__(world, self._store)

    def _noted_pack(self) -> str:
        with self._store.read() as reader:
            noted = reader.setting(PACK)
        if noted is None:
            raise UsageError("no-pack", url=self._store.url)
        return noted

    @property
    def pack(self) -> Pack:
        """The pack in force."""
        return self._world.pack

    @property
    def world(self) -> World:
        """The parts that the engine was put together from, for those who build on it."""
        return self._world

    @property
    def store(self) -> Store:
        """The store behind its port."""
        return self._store

    def migrate(self) -> None:
        """Create or upgrade the tables, and note the pack. Safe to run at any time.

        Raises:
            StoreError: the store is out of reach or of a later version.
        """
        self._store.migrate()
        with self._store.write() as writer:
            writer.put_setting(PACK, self._pack_name)

    def bind(self, session: Any) -> SurveyOperations:
        """The same verbs inside the host's transaction on a SQLAlchemy session or connection.

        Never commits, never flushes the host's objects. What the host rolls back never was, refusals included.

        Raises:
            StoreError: it is neither, or it commits by itself.
        """
        return SurveyOperations(self._world, _HostTransaction(self._store.join(session)))

    @contextmanager
    def batch(self) -> Iterator[SurveyOperations]:
        """The same verbs in one transaction, for many at once: it commits when the block ends.

        A verb that raises is undone alone; the block may catch its error and go on. Other writers wait meanwhile.
        """
        with self._store.write() as writer:
            yield SurveyOperations(self._world, _HostTransaction(writer))

    def room(self, by: str | None) -> Scope:
        """What is told of the store as a whole: cases without an audience, and those in whose audience ``by`` is.

        Raises:
            UnknownActor.
        """
        if by is None:
            return Scope.of_nobody()
        scope = self._world.directory.scope(self._world.directory.actor(by))
        return replace(scope, sees="all")

    def sweep(
        self, progress: Callable[[int], None] = lambda _count: None, stopped: Callable[[], bool] = lambda: False,
        *, by: str | None = SYSTEM,
    ) -> SweepReport:  # fmt: skip
        """Climb every ladder step and carry out every cadence that is due; safe to run anywhere, any number of times.

        It is told as to ``by``: the engine itself unless somebody else is named; None is nobody, and hears of no
        confidential case. ``progress`` is told the count of steps climbed so far. ``stopped`` is asked between
        transactions; when it says so, the rest is left for the next sweep.

        Raises:
            StoreError: the store is out of reach or stays locked. What was climbed until then is kept.
        """
        return sweep(self._store, self._world, progress, stopped, self.room(by))

    def deliver(self, limit: int | None = None, *, by: str | None = SYSTEM) -> DeliveryReport:
        """Carry out the actions that wait in the outbox, then send what is due on channels.

        Each at least once, with a stable key. ``limit`` bounds each of the two.

        Told as to ``by``, as a sweep is.
        """
        return deliver(self._store, self._world, limit, self.room(by)) + dispatch(self._store, self._world, limit)

    def try_channel(self, name: str, post: str | None = None) -> str:
        """Send a message that says that it is a trial, to ``post`` where each has an address; what came back.

        Raises:
            UnknownChannel, UsageError: it has no such recipient. ChannelError: not configured, or not taken.
        """
        return tried(self._world, name, post)

    def dispatches(
        self, *, by: str, channel: str | None = None, state: str | None = None, limit: int = 50
    ) -> list[Dispatch]:
        """What goes out on channels about cases that the actor can see, oldest first, without its notices.

        Raises:
            UnknownActor.
        """

        def read(telling: Telling) -> list[Dispatch]:
            found = telling.reader.dispatches(telling.scope, channel, state, limit)
            return [replace(one, number=0) for one in found]

        return self._told(by, "dispatches", read)

    def verify(
        self, progress: Callable[[int], None] = lambda _count: None, published: Heads | None = None,
        *, by: str | None = SYSTEM,
    ) -> list[Broken]:  # fmt: skip
        """Check every history chain, state, definition and evidence file; what does not hold, nothing if all does.

        Confidential cases are checked for ``by`` who may see them: the engine itself may see all, nobody (None) none.

        ``published`` is an earlier ``checkpoint`` that was kept outside the database.
        """
        with self._store.read() as reader:
            world, scope = self._world, self.room(by)
            broken = list(verify(reader, world.definitions, world.evidence, progress, published, scope))
            return [*broken, *broken_seals(reader, world.pack.surveys, scope)]

    def checkpoint(self, *, by: str | None = SYSTEM) -> dict[str, tuple[int, str]]:
        """The version and the head of every case, by reference: plain JSON, to be published outside the database.

        Confidential cases are in it for ``by`` who may see them, and then it is as confidential as they are. With None,
        they are left out.

        Who changes a whole history, its head included, is found out by ``verify(published=...)``.
        """
        with self._store.read() as reader:
            return dict(each_head(reader, self.room(by)))

    def write_checkpoint(
        self, write: Callable[[str], object], key: bytes | None = None, *, by: str | None = SYSTEM
    ) -> None:
        """The same as lines of a file for :func:`duban.engine.runtime.checkpoints.read`, in bounded memory.

        With ``key``, which is kept outside the database, the file is sealed: nobody else can make another like it.
        """
        with self._store.read() as reader:
            heads = each_head(reader, self.room(by))
            for line in written(heads, self.pack.name, self._world.clock.now(), key):
                write(line)

    def messages(self, *, by: str, state: str | None = None, limit: int = 50) -> list[Message]:
        """Messages of the outbox about cases that the actor can see, oldest first.

        Raises:
            UnknownActor.
        """

        def read(telling: Telling) -> list[Message]:
            found = telling.reader.messages(telling.scope, state, limit)
            for message in found:
                telling.note(message.ref, message.audience)
            return [replace(message, number=0) for message in found]

        return self._told(by, "messages", read)

    def retry(self, key: str, *, by: str) -> None:
        """Put a dead or discarded message, of the outbox or on a channel, back among the waiting; ``key`` names it.

        Raises:
            UnknownActor, UnknownMessage.
        """
        lies, number = self._place(key, by)
        if not lies.retry(number, self._world.clock.now()):
            raise UnknownMessage(key=key)

    def discard(self, key: str, *, by: str) -> None:
        """Set a waiting or dead message, of the outbox or on a channel, aside for good; ``key`` names it.

        Raises:
            UnknownActor, UnknownMessage.
        """
        lies, number = self._place(key, by)
        if not lies.discard(number):
            raise UnknownMessage(key=key)

    def _place(self, key: str, by: str) -> tuple[Outbox | Dispatches, int]:
        """Where a message lies that the actor can see, and the store's number of it."""
        found = self._told(by, "messages", lambda telling: telling.reader.message_by_key(key, telling.scope))
        if found is not None:
            return self._store.outbox, found.number
        sent = self._told(by, "dispatches", lambda telling: telling.reader.dispatch_by_key(key, telling.scope))
        if sent is not None:
            return self._store.dispatches, sent.number
        raise UnknownMessage(key=key)

    def document(
        self, ref: str, name: str | None = None, *, by: str, formats: Sequence[str] = (), lang: str = "zh"
    ) -> list[tuple[str, bytes]]:
        """A paper of the case, as documents.yaml of the pack declares it: file names and contents.

        ``name`` may be left out where the case's workflow has one paper; without ``formats`` (``docx``, ``pdf``,
        ``xlsx``, ``md``) it is printed in all that it has. Who has a confidential case printed has read it. The same
        case in the same state gives the same bytes on the same machine.

        Raises:
            UnknownActor, UnknownCase, UnknownDocument.
            DocumentError: the case lacks what the paper needs, packages or fonts are missing, a template does not work.
        """
        from duban.actions.documents.printer import Papers  # nobody else waits for what prints

        printer: Printer = Papers()
        material = self._told(by, "document", lambda telling: gathered(telling, self._world, ref, name))
        return printer.printed(material, formats, lang)

    def collect(self) -> int:
        """Remove evidence files that no case refers to and that are older than a day; how many there were."""
        older_than = self._world.clock.now() - ORPHANS_AFTER
        with self._store.read() as reader:
            referred = reader.evidence_digests()
        return len(self._world.evidence.collect_orphans(referred, older_than))

    def close(self) -> None:
        """Give back all connections."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _HostTransaction:
    """The host's transaction as a source of transactions: what fails is undone to where it began."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    @contextmanager
    def read(self) -> Iterator[Reader]:
        yield self._writer

    @contextmanager
    def write(self) -> Iterator[Writer]:
        with self._writer.part():
            yield self._writer
