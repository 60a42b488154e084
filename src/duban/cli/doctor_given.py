"""What the doctor tells of what was installed and given: versions, and which secrets are set; never a secret."""

import platform
import sqlite3
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import duban
from duban.cli.checkpoint import KEY
from duban.cli.kit.desk import Desk
from duban.engine.model.channel import Channel
from duban.persistence.addresses import has_password

_PACKAGES: Final = ("sqlalchemy", "apscheduler", "cel-expr-python", "transitions", "pydantic", "click", "rich")
_OF_DATABASES: Final = ("PGPASSWORD", "PGPASSFILE")


def versions() -> dict[str, str]:
    """What is installed: duban, Python, the packages below it and the drivers."""
    found = {"duban": duban.__version__, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for name in (*_PACKAGES, "psycopg"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def secrets(desk: Desk, channels: Iterable[Channel]) -> dict[str, Any]:
    """Which variables that may hold a secret are set, and which of those that channels need are not."""
    environ = desk.environ
    named = list(dict.fromkeys(name for channel in channels for name in channel.variables))
    office = desk.offices.office(desk.place.office) if desk.place.office is not None else None
    # An office finds nothing but what it declares as its own, whatever else is set.
    lacking = [name for name in named if office is not None and name not in office.renamed]
    if office is not None:
        named = [*office.variables, *(office.renamed[name] for name in named if name in office.renamed)]
    known = [*named, KEY, *(name for name in _OF_DATABASES if name in environ)]
    if office is None and has_password(environ.get("DUBAN_DB", "")):
        known.append("DUBAN_DB")
    return {
        "set": " ".join(name for name in known if _is_set(name, environ)) or None,
        "not_set": " ".join([*lacking, *(name for name in known if not _is_set(name, environ))]) or None,
    }


def advice(desk: Desk) -> list[str]:
    """A password on the command line can be read by everybody on the machine."""
    typed = desk.typed_db
    return [desk.say("password-typed")] if typed is not None and has_password(typed) else []


def _is_set(name: str, environ: Mapping[str, str]) -> bool:
    return bool(environ.get(name, "").strip())
