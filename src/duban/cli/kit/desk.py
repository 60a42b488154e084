"""The desk at which one command works: where the cases are, who asks, in which language, and how it is answered."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from duban.cli.kit.help import NARROWEST, WIDEST
from duban.cli.kit.shared import glimpsed, language
from duban.engine.errors import UsageError
from duban.engine.inert import inert_lines
from duban.engine.messages import text

if TYPE_CHECKING:
    from duban.app import Engine
    from duban.cli.kit.answer import Answer
    from duban.cli.kit.telling import Teller
    from duban.engine.ports.observer import Observer

DEFAULT_URL: Final = "sqlite:///duban.db"


class Desk:
    """Made for one call of the command line. Nothing is opened before it is asked for."""

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        first = glimpsed(arguments)
        self.environ = environ
        self.url = first.get("db") or environ.get("DUBAN_DB") or DEFAULT_URL
        self.who = first.get("who") or environ.get("DUBAN_AS") or None
        self.lang = language(first.get("lang"), environ)
        self.json = "json" in first
        self.verbose = False
        self.observers: Sequence[Observer] = ()
        self._noted: dict[str, Any] = {}
        self._listens = False

    def note(self, name: str | None, value: Any) -> None:
        """Keep what a shared option was given; the last one holds."""
        self._noted[str(name)] = value
        if name == "lang":
            self.lang = language(value, self.environ)

    def settle(self) -> None:
        """Take what was parsed instead of what the first look showed, and begin to log."""
        noted = self._noted
        if noted.get("db", self.url) != self.url:
            self.__dict__.pop("engine", None)
        self.url = noted.get("db") or self.environ.get("DUBAN_DB") or DEFAULT_URL
        self.who = noted.get("who") or self.environ.get("DUBAN_AS") or None
        self.json = bool(noted.get("json"))
        self.verbose = bool(noted.get("verbose"))
        from duban.cli.kit.logs import listen

        self._listens = True
        listen(verbose=self.verbose, environ=self.environ)

    @cached_property
    def engine(self) -> "Engine":
        """The engine of the store, with the pack that the store names.

        Raises:
            UsageError: the store names no pack yet.
            StoreError, DefinitionError: as of the engine.
        """
        from duban.app import Engine

        return Engine(self.url, observers=self.observers)

    @cached_property
    def teller(self) -> "Teller":
        """Tells times, units, states and values in the reader's language."""
        from duban.cli.kit.telling import Teller

        return Teller(self.engine, self.lang)

    @property
    def by(self) -> str:
        """Who acts or asks.

        Raises:
            UsageError: nobody was named, or one of the actors that the engine itself is.
        """
        from duban.engine.model.organization import BUILT_IN_ROLES

        if self.who is None:
            raise UsageError("no-actor")
        if self.who in BUILT_IN_ROLES:
            raise UsageError("built-in-actor", actor=self.who)
        return self.who

    @property
    def told_to(self) -> str | None:
        """Who is told what is said of the store as a whole; None when nobody was named.

        Raises:
            UsageError: one of the actors that the engine itself is.
        """
        return self.by if self.who is not None else None

    @property
    def asked_lang(self) -> str | None:
        """The language that was asked for on this command line, if any was."""
        return self._noted.get("lang")

    @property
    def typed_db(self) -> str | None:
        """The store as it was named on this command line, if it was."""
        return self._noted.get("db")

    @property
    def shown_url(self) -> str:
        """Where the cases are, without a password: what may be printed."""
        from duban.persistence.addresses import shown

        return shown(self.url)

    @property
    def is_elsewhere(self) -> bool:
        """Whether the store was named on this command line, so that the next one has to name it again."""
        return self.url != (self.environ.get("DUBAN_DB") or DEFAULT_URL)

    @property
    def width(self) -> int:
        """Columns of the terminal, within what reads well."""
        return min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)

    @property
    def is_person(self) -> bool:
        """Whether a person looks at the output."""
        return sys.stdout.isatty()

    def say(self, key: str, **data: Any) -> str:
        """A sentence of the catalogue's ``say``."""
        return text(f"say.{key}", self.lang, **data)

    def head(self, *names: str) -> dict[str, str]:
        """Columns by name, with their headings in the reader's language."""
        return {name: text(f"head.{name}", self.lang) for name in names}

    def hand_over(self, answer: "Answer") -> None:
        """Write the answer as the reader wants it."""
        from duban.cli.kit.paper import write

        write(self, answer)

    def show_help(self, command: str, page: str) -> None:
        """Write a page of help; with ``--json`` as a document."""
        self.json = self.json or bool(self._noted.get("json"))
        if self.json:
            from duban.cli.kit.paper import write_document

            write_document({"command": command, "help": page})
        else:
            # The same for people and pipes, and asked for by every shell that completes.
            sys.stdout.write(inert_lines(page) + "\n")
            sys.stdout.flush()

    def show_version(self) -> None:
        """Write which duban this is; with ``--json`` as a document."""
        from duban import __version__

        if self.json or self._noted.get("json"):
            from duban.cli.kit.paper import write_document

            write_document({"duban": __version__})
        else:
            sys.stdout.write(f"duban {__version__}\n")
            sys.stdout.flush()

    def show_missing(self, command: str, page: str) -> int:
        """Tell that a word is missing after ``command``: the help, as a wrong use.

        Raises:
            UsageError: with ``--json``.
        """
        self.settle()
        if self.json:
            raise UsageError("missing-command", command=command)
        sys.stderr.write(page + "\n")
        return 2

    def close(self) -> None:
        """Give back what was opened, and log no more."""
        engine = self.__dict__.pop("engine", None)
        if engine is not None:
            engine.close()
        if self._listens:
            from duban.cli.kit.logs import stop_listening

            stop_listening()
