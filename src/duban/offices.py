"""Several offices in one deployment, as offices.yaml declares them: an engine for each, and nothing between them.

::

    with duban.Offices("offices.yaml") as offices:
        for engine in offices.values():
            engine.migrate()
        offices["north-street"].start("issue", by="grid-worker", data={...})

An office has a store, an evidence folder, a pack and a calendar of its own. A case of one is, to every other, what a
case that never was is.
"""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from duban.app import Engine
from duban.engine.definition.offices import load_offices
from duban.engine.errors import StoreError, UnknownOffice
from duban.engine.model.channel import Setting
from duban.engine.model.hint import hint
from duban.engine.model.office import Office
from duban.engine.model.saying import Saying
from duban.engine.ports.clock import Clock
from duban.engine.ports.observer import Observer
from duban.engine.runtime.given import as_path
from duban.persistence.places import UrlAddresses, absolute, with_password

Watching = Callable[[str], Sequence[Observer]]
"""The observers of an office, by its name."""


class Offices(Mapping[str, Engine]):
    """The offices by name, in the order of the file, each with the engine of its store. Safe to share between threads.

    An engine is opened when it is first asked for; ``close`` gives back all that were. Engines are the same objects
    from then on. ``observers`` gives each office observers of its own. ``environ`` is where secrets are, by default
    the variables of the process.

    Raises:
        DefinitionError: the file does not hold, with the place of everything that is wrong.
        UsageError: ``path`` is none.
    """

    def __init__(
        self, path: str | Path = "offices.yaml", *, clock: Clock | None = None, durable: bool = True,
        observers: Watching = lambda _name: (), environ: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.path: Final = as_path("path", path)
        self._environ = os.environ if environ is None else environ
        self.declared: Final[Mapping[str, Office]] = load_offices(self.path, UrlAddresses(), self._environ)
        self._clock = clock
        self._durable = durable
        self._observers = observers
        self._open: dict[str, Engine] = {}
        self._turns = {name: threading.Lock() for name in self.declared}

    def __getitem__(self, name: str) -> Engine:
        """The engine of an office.

        Raises:
            UnknownOffice: there is none of this name; it is a KeyError, too.
            DefinitionError, StoreError: the office cannot be opened; the others can.
        """
        office = self.office(name)
        # A turn for each: an office whose pack is slow to load holds up nobody else.
        with self._turns[name]:
            found = self._open.get(name)
            if found is None:
                found = self._open[name] = Engine(
                    self.url(name), self.pack(name), clock=self._clock, evidence=office.evidence,
                    durable=self._durable, observers=self._observers(name), office=name,
                    environment=self.environment(name),
                )  # fmt: skip
            return found

    def __contains__(self, name: object) -> bool:
        """Whether an office of this name is declared; opens nothing."""
        return name in self.declared

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of the file."""
        return iter(self.declared)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.declared)

    def office(self, name: str) -> Office:
        """An office as it is declared.

        Raises:
            UnknownOffice: there is none of this name.
        """
        try:
            return self.declared[name]
        except KeyError:
            known = list(self.declared)
            raise UnknownOffice(office=name, path=str(self.path), known=known, hint=hint(name, known)) from None

    def url(self, name: str) -> str:
        """The whole URL of an office's store, its password in it: to open it, never to be shown.

        Raises:
            UnknownOffice: there is none of this name.
            StoreError: a variable that it stands in is not set, or what is there is not understood.
        """
        office = self.office(name)
        url = self.address(name)
        return url if office.password is None else with_password(url, self._value(office, office.password))

    def address(self, name: str) -> str:
        """The same without a password that stands apart. Errors as of ``url``."""
        office = self.office(name)
        return absolute(self._value(office, office.store), office.folder)

    def pack(self, name: str) -> Path | str:
        """The folder of an office's pack, or the name of a built-in one.

        Raises:
            UnknownOffice: there is none of this name.
        """
        office = self.office(name)
        folder = office.folder / Path(office.pack).expanduser()
        is_path = Path(office.pack).name != office.pack or office.pack.startswith((".", "~"))
        return folder if is_path or folder.is_dir() else office.pack

    def environment(self, name: str) -> Mapping[str, str]:
        """What the channels of an office find in the environment: what it declares as its own, and nothing else.

        Raises:
            UnknownOffice: there is none of this name.
        """
        return _Renamed(self.office(name).renamed, self._environ)

    def close(self) -> None:
        """Give back all connections of all offices."""
        for name, turn in self._turns.items():
            with turn:
                engine = self._open.pop(name, None)
            if engine is not None:
                engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _value(self, office: Office, setting: Setting) -> str:
        if setting.text is not None:
            return setting.text
        name = str(setting.env)
        value = self._environ.get(name, "").strip()
        if not value:
            raise StoreError(url=office.name, why=Saying("store.unset-variable", name=name))
        return value


class _Renamed(Mapping[str, str]):
    """Variables under the names of a pack, as they stand in the environment at the moment when they are asked for."""

    def __init__(self, names: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._names = names
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        return self._environ[self._names[name]]

    def __iter__(self) -> Iterator[str]:
        return (name for name, own in self._names.items() if own in self._environ)

    def __len__(self) -> int:
        return sum(1 for _ in self)
