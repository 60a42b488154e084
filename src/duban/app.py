"""The composition root: puts store, pack, clock, actions and guards together into an engine."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from duban.actions.channels.couriers import PostOffice
from duban.actions.registry import Registry
from duban.engine.deadlines.plan import working_hours
from duban.engine.definition.caching.packs import opened_pack
from duban.engine.definition.places import find_pack, is_built_in
from duban.engine.errors import UsageError
from duban.engine.figures.compiled import Gauges
from duban.engine.guards.cel import CelGuards
from duban.engine.organization.directory import Directory
from duban.engine.ports.clock import Clock, SystemClock
from duban.engine.runtime.definitions import Definitions
from duban.engine.runtime.given import as_path, require_address, require_lists, require_texts, require_texts_or_none
from duban.engine.runtime.service import Service
from duban.engine.runtime.surveys import SurveyOperations
from duban.engine.runtime.world import World
from duban.persistence.archive_files import default_archive_folder
from duban.persistence.evidence import evidence_of
from duban.persistence.examining.examiner import FileExaminer
from duban.persistence.store import SqlStore

if TYPE_CHECKING:
    from duban.engine.model.document import Printed
    from duban.engine.model.pack import Pack
    from duban.engine.ports.documents import Printer
    from duban.engine.ports.observer import Observer
    from duban.engine.ports.store import Reader, Store, Writer

T = TypeVar("T")

PACK = "pack"


class Engine(Service):
    """Cases of one pack in one store. Safe to share between threads.

    ``url`` is a database URL. ``pack`` is a built-in pack or a folder; without it, the pack that ``migrate`` noted in
    the store. Without ``clock`` it goes by the machine's, and on PostgreSQL by the server's, so that machines whose
    clocks differ agree on what is due. ``evidence`` is the folder for files, by default beside an SQLite database.
    ``archives`` is the folder of what is moved out of the store (``archive.yaml``), by default beside the evidence.
    ``durable`` false is for what can be made again, such as a demonstration: it gives up SQLite's ``synchronous=FULL``.
    ``observers`` hear of work while it is done (:mod:`duban.observing`). ``office`` is the office of a deployment
    (``duban.Offices``) that the store has to belong to, ``environment`` where its channels find their secrets instead
    of the variables of the process. Opening an engine reads the pack and nothing else; ``migrate`` creates or upgrades
    the tables.

    Raises:
        DefinitionError: the pack does not hold, with file, line and column of everything that is wrong.
        UsageError: neither ``pack`` nor the store names one; or what is given is no text, or no path.
        StoreNotReady: without ``pack``: there is no store yet to name one.
        StoreError: the URL is not understood.
    """

    def __init__(
        self, url: str, pack: str | Path | None = None, *, clock: Clock | None = None,
        evidence: str | Path | None = None,
        durable: bool = True, observers: Sequence["Observer"] = (),
        office: str | None = None, environment: Mapping[str, str] | None = None,
        archives: str | Path | None = None,
    ) -> None:  # fmt: skip
        require_address(url=url)
        require_texts_or_none(office=office)
        if pack is not None and not isinstance(pack, str):
            as_path("pack", pack)
        files = as_path("evidence", evidence) if evidence is not None else None
        beside = as_path("archives", archives) if archives is not None else None
        if beside is None and files is not None:
            beside = default_archive_folder(url, files)
        store: Store = SqlStore(url, durable=durable, owner=office, archives=beside)
        with ExitStack() as in_vain:
            in_vain.callback(store.close)  # where there is no pack, or none that loads
            chosen = pack if pack is not None else _noted_pack(store)
            folder = find_pack(chosen)
            self._pack_name = str(chosen) if is_built_in(chosen, folder) else str(folder.resolve())
            self._evidence = evidence_of(url, files)
            compiler, registry = CelGuards(), Registry()
            loaded = opened_pack(folder, compiler, registry)
            world = World(
                pack=loaded,
                directory=Directory(loaded.organization),
                hours=working_hours(loaded.calendar, loaded.organization.zone),
                definitions=Definitions(loaded, compiler),
                clock=clock or store.clock(SystemClock()),
                registry=registry,
                evidence=self._evidence,
                examiner=FileExaminer(),
                gauges=Gauges(loaded, compiler),
                couriers=PostOffice() if environment is None else PostOffice(environment),
                observers=tuple(observers),
            )
            in_vain.pop_all()
        super().__init__(world, store)

    @property
    def pack(self) -> "Pack":
        """The pack in force."""
        return self._world.pack

    @property
    def world(self) -> World:
        """The parts that the engine was put together from, for those who build on it."""
        return self._world

    @property
    def store(self) -> "Store":
        """The store behind its port."""
        return self._store

    def migrate(self) -> None:
        """Create or upgrade the tables, and note the pack. Safe to run at any time.

        Raises:
            StoreError: the store is out of reach or of a later version.
        """
        self._store.migrate()
        self._store.transact(self._begun, keyed=True)

    def _begun(self, writer: "Writer") -> None:
        from duban.engine.runtime.recalculation import note_first

        writer.put_setting(PACK, self._pack_name)
        note_first(self._world, writer)

    def bind(self, session: Any) -> SurveyOperations:
        """The same verbs inside the host's transaction on a SQLAlchemy session or connection.

        Never commits, never flushes the host's objects. What the host rolls back never was, refusals included.

        Raises:
            StoreError: it is neither, it is closed, it leads to another database, or it commits by itself.
        """
        return _Bound(self._world, _HostTransaction(self._store.join(session)))

    @contextmanager
    def batch(self) -> Iterator[SurveyOperations]:
        """The same verbs in one transaction, for many at once: it commits when the block ends.

        A verb that raises is undone alone; the block may catch its error and go on. Other writers wait meanwhile.
        """
        with self._store.write() as writer:
            yield _Bound(self._world, _HostTransaction(writer))

    def document(
        self, ref: str, name: str | None = None, *, by: str, formats: Sequence[str] = (), lang: str = "zh"
    ) -> "Printed":
        """A paper of the case, as documents.yaml of the pack declares it: file names and contents.

        ``name`` may be left out where the case's workflow has one paper; without ``formats`` (``docx``, ``pdf``,
        ``xlsx``, ``md``) it is printed in all that it has. Who has a confidential case printed has read it, and
        ``confidential`` of what is returned is true: keep such files closed to others. The same case in the same state
        gives the same bytes on the same machine.

        Raises:
            UnknownActor, UnknownCase, UnknownDocument.
            DocumentError: the case lacks what the paper needs, packages or fonts are missing, a template does not work.
        """
        from duban.actions.documents.printer import Papers  # nobody else waits for what prints
        from duban.engine.model.document import Printed as Files
        from duban.engine.runtime.papers import gathered

        require_texts_or_none(name=name)
        require_lists(formats=formats)
        require_texts(lang=lang)
        printer: Printer = Papers()
        material = self._told(by, "document", lambda telling: gathered(telling, self._world, ref, name))
        return Files(printer.printed(material, formats, lang), confidential=bool(material.case.audience))

    def close(self) -> None:
        """Give back all connections. A store in memory is forgotten, and with it the files that were kept for it."""
        self._store.close()
        self._evidence.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Bound(SurveyOperations):
    """The verbs that work in a transaction of somebody else."""

    if not TYPE_CHECKING:  # whoever is checked is told by the checker

        def __getattr__(self, name: str) -> Any:
            if not name.startswith("_") and hasattr(Engine, name):
                raise UsageError("not-in-a-transaction", verb=name)
            raise AttributeError(name)


class _HostTransaction:
    """The host's transaction as a source of transactions: what fails is undone to where it began."""

    def __init__(self, writer: "Writer") -> None:
        self._writer = writer

    @contextmanager
    def read(self) -> Iterator["Reader"]:
        yield self._writer

    @contextmanager
    def write(self) -> Iterator["Writer"]:
        with self._writer.part():
            yield self._writer

    def consult(self, work: Callable[["Reader"], T]) -> T:
        return work(self._writer)

    def transact(self, work: Callable[["Writer"], T], *, keyed: bool = False) -> T:
        # Once: what the database undoes, it undoes with all that the host did before.
        with self.write() as writer:
            return work(writer)

    def stand_aside(self) -> None:
        """Nobody is let in before the host commits."""


def _noted_pack(store: "Store") -> str:
    with store.read() as reader:
        noted = reader.setting(PACK)
    if noted is None:
        raise UsageError("no-pack", url=store.url)
    return noted
