"""The desk at which one command works: where the cases are, who asks, in which language, and how it is answered."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

from duban.cli.kit.help import NARROWEST, WIDEST
from duban.cli.kit.place import DEFAULT_URL, Given, Place
from duban.cli.kit.shared import glimpsed, language
from duban.engine.errors import UsageError
from duban.engine.inert import inert_lines
from duban.engine.messages import text

if TYPE_CHECKING:
    from duban.app import Engine
    from duban.cli.kit.answer import Answer
    from duban.cli.kit.telling import Teller
    from duban.engine.ports.observer import Observer
    from duban.offices import Offices


class Desk:
    """Made for one call of the command line. Nothing is opened before it is asked for."""

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        first = glimpsed(arguments)
        self.environ = environ
        named = first.get("office")
        self.given = Given(first.get("db"), (named,) if named else (), first.get("offices"), environ)
        self.who = first.get("who") or environ.get("DUBAN_AS") or None
        self.lang = language(first.get("lang"), environ)
        self.json = "json" in first
        self.verbose = False
        self.observers: Sequence[Observer] = ()
        self._noted: dict[str, Any] = {}
        self._listens = False

    def note(self, name: str | None, value: Any) -> None:
        """Keep what a shared option was given; the last one holds. Offices are kept together."""
        self._noted[str(name)] = [*self._noted.get("office", ()), *value] if name == "office" else value
        if name == "lang":
            self.lang = language(value, self.environ)

    def settle(self) -> None:
        """Take what was parsed instead of what the first look showed, and begin to log."""
        noted = self._noted
        given = Given(noted.get("db"), tuple(noted.get("office", ())), noted.get("offices"), self.environ)
        if given != self.given:
            for name in ("place", "offices", "engine", "teller"):
                self.__dict__.pop(name, None)
        self.given = given
        self.who = noted.get("who") or self.environ.get("DUBAN_AS") or None
        self.json = bool(noted.get("json"))
        self.verbose = bool(noted.get("verbose"))
        from duban.cli.kit.logs import listen

        self._listens = True
        listen(verbose=self.verbose, environ=self.environ)

    @cached_property
    def offices(self) -> "Offices":
        """The offices of the deployment.

        Raises:
            UsageError: nothing says where they are declared.
            DefinitionError: that does not hold.
        """
        from duban.offices import Offices

        return Offices(self.given.file(), environ=self.environ)

    @property
    def office_names(self) -> list[str]:
        """The offices that were named, else all of them.

        Raises:
            UnknownOffice: one of them is not declared.
        """
        return [self.offices.office(name).name for name in self.given.names or self.offices]

    @cached_property
    def place(self) -> Place:
        """The one store at which the command works.

        Raises:
            UsageError: there are offices, and none or several were named; or a store was named besides.
            UnknownOffice, DefinitionError, StoreError: as of the offices.
        """
        if not self.given.is_office:
            return Place(self.given.url)
        offices, names = self.offices, self.given.names
        if len(names) != 1:
            key = "several-offices" if names else "no-office"
            raise UsageError(key, path=str(offices.path), known=list(offices), found=list(names))
        (name,) = names
        evidence, environment = offices.office(name).evidence, offices.environment(name)
        return Place(offices.url(name), offices.pack(name), evidence, name, environment)

    @contextmanager
    def at(self, office: str) -> Iterator["Desk"]:
        """A desk at one office of the deployment, for as long as the block lasts."""
        one = copy(self)
        for name in ("place", "engine", "teller"):
            one.__dict__.pop(name, None)
        one.given = self.given._replace(db=None, office=(office,))
        one.offices = self.offices
        try:
            yield one
        finally:
            engine = one.__dict__.pop("engine", None)
            if engine is not None:
                engine.close()

    @property
    def url(self) -> str:
        """Where the cases are. A password may stand in it."""
        return self.place.url

    @cached_property
    def engine(self) -> "Engine":
        """The engine of the store, with the pack that the store names, or the office.

        Raises:
            UsageError: the store names no pack yet; and as of ``place``.
            StoreError, DefinitionError: as of the engine.
        """
        return self.place.opened(observers=self.observers)

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
        if self.who is None:
            raise UsageError("no-actor")
        from duban.engine.model.organization import BUILT_IN_ROLES

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
        return self.given.db

    @property
    def shown_url(self) -> str:
        """Where the cases are, without a password: what may be printed."""
        from duban.persistence.addresses import shown

        return shown(self.url)

    @property
    def there(self) -> str:
        """What the next command line has to say to work at the same place, with a blank before it; without a password.

        Nothing where the environment says it.
        """
        given = self.given
        if given.db is not None and given.db == (self.environ.get("DUBAN_DB") or DEFAULT_URL):
            return ""
        words = ("--db", self.shown_url) if given.db is not None else given.typed
        import shlex

        return "".join(f" {shlex.quote(word)}" for word in words)

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
        self._write({"command": command, "help": page}, page)

    def show_version(self) -> None:
        """Write which duban this is; with ``--json`` as a document."""
        from duban import __version__

        self._write({"duban": __version__}, f"duban {__version__}")

    def _write(self, document: dict[str, str], words: str) -> None:
        """Write what is the same for people and pipes, without what writes tables."""
        self.json = self.json or bool(self._noted.get("json"))
        if self.json:
            from duban.cli.kit.paper import write_document

            write_document(document)
        else:
            sys.stdout.write(inert_lines(words) + "\n")
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
        offices = self.__dict__.pop("offices", None)
        if offices is not None:
            offices.close()
        if self._listens:
            from duban.cli.kit.logs import stop_listening

            stop_listening()
