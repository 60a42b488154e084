"""Where a command works: at one store by its URL, or at the store of an office of a deployment."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from duban.engine.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from duban.app import Engine
    from duban.engine.ports.clock import Clock
    from duban.engine.ports.observer import Observer
    from duban.persistence.store import SqlStore

DEFAULT_URL: Final = "sqlite:///duban.db"
DEFAULT_OFFICES: Final = "offices.yaml"


class Given(NamedTuple):
    """What was typed and what the environment holds of where to work."""

    db: str | None
    office: tuple[str, ...]
    offices: str | None
    environ: Mapping[str, str]

    @property
    def typed(self) -> tuple[str, ...]:
        """The words that name the same place on the next command line, as far as they were typed on this one."""
        words = [("--db", self.db)] if self.db else [("--office", name) for name in self.office]
        words += [("--offices", self.offices)] if self.offices else []
        return tuple(word for name, value in words for word in (name, str(value)))

    @property
    def is_office(self) -> bool:
        """Whether the command works for offices.

        Raises:
            UsageError: it is told of a store as well, and both in the same way.
        """
        if self.office or self.offices:
            if self.db:
                raise UsageError("db-and-office")
            return True
        if self.db:
            return False
        set_ = [name for name in ("DUBAN_OFFICE", "DUBAN_OFFICES") if self.environ.get(name)]
        if self.environ.get("DUBAN_DB"):
            if set_:
                raise UsageError("db-and-office-set", names=set_)
            return False
        # Where offices are declared nobody means the store of the usual name beside them.
        return bool(set_) or os.path.exists(DEFAULT_OFFICES)

    @property
    def names(self) -> tuple[str, ...]:
        """The offices that were named, each once, in order; none where none was."""
        set_ = self.environ.get("DUBAN_OFFICE")
        return tuple(dict.fromkeys(self.office or ((set_,) if set_ else ())))

    @property
    def url(self) -> str:
        """The store, where the command does not work for an office."""
        return self.db or self.environ.get("DUBAN_DB") or DEFAULT_URL

    def file(self) -> "Path":
        """Where the offices are declared.

        Raises:
            UsageError: nothing says where, and there is no file of the usual name.
        """
        from pathlib import Path

        named = self.offices or self.environ.get("DUBAN_OFFICES")
        if not named and not Path(DEFAULT_OFFICES).exists():
            raise UsageError("offices-where", file=DEFAULT_OFFICES)
        return Path(named or DEFAULT_OFFICES)


class Place(NamedTuple):
    """One store with what belongs to it. ``pack`` is None where the store itself names it."""

    url: str
    pack: "Path | str | None" = None
    evidence: "Path | None" = None
    office: str | None = None
    environment: Mapping[str, str] | None = None

    @property
    def evidence_folder(self) -> "Path":
        """Where its evidence lies."""
        from duban.persistence.evidence import default_evidence_folder

        return self.evidence or default_evidence_folder(self.url)

    @property
    def archive_folder(self) -> "Path":
        """Where its archives lie."""
        from duban.persistence.archive_files import default_archive_folder

        return default_archive_folder(self.url, self.evidence)

    def opened(
        self, pack: str | None = None, *, clock: "Clock | None" = None, observers: "Sequence[Observer]" = ()
    ) -> "Engine":
        """An engine of its own, to be closed by whoever asked for it; with ``pack``, where it declares none.

        Raises:
            UsageError, StoreError, DefinitionError: as of the engine.
        """
        from duban.app import Engine

        return Engine(
            self.url, self.pack if self.pack is not None else pack, clock=clock, evidence=self.evidence,
            observers=observers, office=self.office, environment=self.environment,
        )  # fmt: skip

    def store(self) -> "SqlStore":
        """The store alone, without its pack."""
        from duban.persistence.store import SqlStore

        return SqlStore(self.url, owner=self.office, archives=self.archive_folder)
