"""Database URLs: which are understood, and how they are told without a password."""

from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from duban.engine.errors import StoreError
from duban.engine.model.saying import Saying
from duban.persistence.namespaces import PARAMETER, is_blank, is_namespace

_SHOWN: Final = frozenset(
    "host hostaddr port dbname user sslmode sslrootcert sslcert sslkey connect_timeout application_name options "
    "service target_session_attrs client_encoding keepalives gssencmode channel_binding schema".split()
)
"""The parameters that may be shown. Any other may hold a secret, such as a password whose name is misspelt."""
_SHAPE: Final = Saying("store.shape")
_PLAIN: Final = Saying("store.plain")
_KINDS: Final = Saying("store.kinds")
_SCHEMA: Final = Saying("store.schema-name")


def parsed(text: str) -> URL:
    """Read a database URL; ``postgres://`` and ``postgresql://`` both mean psycopg 3.

    Raises:
        StoreError: it is no URL, or names another kind of database, or a schema that cannot be one.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # What cannot be parsed may still hold a password, so it is not repeated.
        raise StoreError(url=text if ":" not in text else "…", why=_SHAPE) from None
    kind = url.get_backend_name()
    if kind in ("postgres", "postgresql"):
        if is_blank(text) or not is_namespace(url.query.get(PARAMETER, "public")):
            raise StoreError(url=told(url), why=_SCHEMA)
        return url.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise StoreError(url=told(url), why=_KINDS)
    if url.host or url.username or url.query:
        raise StoreError(url=told(url), why=_PLAIN)
    return url.set(drivername="sqlite")


def told(url: URL) -> str:
    """The URL as it may be shown: no password, the plain name of the database."""
    shown = url._replace(password=None, drivername=url.get_backend_name())
    return shown.difference_update_query(secrets_of(url)).render_as_string(hide_password=False)


def secrets_of(url: URL) -> list[str]:
    """The names of the parameters that may hold a secret."""
    return [name for name in url.query if name not in _SHOWN]


def shown(text: str) -> str:
    """The same of what was typed or set, whatever it is; ``…`` where it cannot be read, as it may hold a password."""
    try:
        return told(parsed(text))
    except StoreError:
        return "…"


def has_password(text: str) -> bool:
    """Whether a password stands in the URL."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        return False
    return bool(url.password) or any(name in url.query for name in ("password", "sslpassword"))


def file_of(url: URL) -> Path | None:
    """The file of an SQLite URL; None for one in memory and for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))
