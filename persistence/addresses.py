"""Database URLs: which are understood, and how they are told without a password."""

from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from duban.engine.errors import StoreError
from duban.engine.model.label import Label

_SECRETS: Final = ("password", "sslpassword", "passfile")
_SHAPE: Final = Label(
    "it is not a database URL; write sqlite:///file.db or postgresql://host/database",
    "不是数据库地址；请写作 sqlite:///file.db 或 postgresql://主机/数据库",
)
_PLAIN: Final = Label(
    "an SQLite database is named by its plain path, such as sqlite:///file.db",
    "SQLite 数据库只用普通路径表示，例如 sqlite:///file.db",
)
_KINDS: Final = Label("duban keeps cases in SQLite or PostgreSQL", "duban 只支持 SQLite 和 PostgreSQL")


def parsed(text: str) -> URL:
    """Read a database URL; ``postgres://`` and ``postgresql://`` both mean psycopg 3.

    Raises:
        StoreError: it is no URL, or names another kind of database.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # What cannot be parsed may still hold a password, so it is not repeated.
        raise StoreError(url=text if ":" not in text else "…", why=_SHAPE) from None
    kind = url.get_backend_name()
    if kind in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise StoreError(url=told(url), why=_KINDS)
    if url.host or url.username or url.query:
        raise StoreError(url=told(url), why=_PLAIN)
    return url.set(drivername="sqlite")


def told(url: URL) -> str:
    """The URL as it may be shown: no password, the plain name of the database."""
    shown = url._replace(password=None, drivername=url.get_backend_name())
    return shown.difference_update_query(_SECRETS).render_as_string(hide_password=False)


def file_of(url: URL) -> Path | None:
    """The file of an SQLite URL; None for one in memory and for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))
