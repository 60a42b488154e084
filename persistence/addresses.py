"""Database URLs: which are understood, and how they are told without a password."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from duban.engine.errors import StoreError
from duban.engine.model.saying import Saying
from duban.persistence import hosts
from duban.persistence.namespaces import PARAMETER, is_blank, is_namespace

_SHOWN: Final = frozenset(
    "host hostaddr port dbname user sslmode sslrootcert sslcert sslkey connect_timeout application_name options "
    "service target_session_attrs load_balance_hosts client_encoding gssencmode channel_binding schema "
    "keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout".split()
)
"""The parameters that may be shown. Any other may hold a secret, such as a password whose name is misspelt."""
HIDDEN: Final = "…"
"""What stands in place of what may hold a secret."""
_HOLDS: Final = re.compile(r"[\s=@#?:;,]")
"""Signs at which a URL that was typed wrongly may have been cut apart, so that a password lies in another part."""
_HOLDS_IN_HOST: Final = re.compile(r"[\s=#?;]|.@")
_HOLDS_IN_FILE: Final = re.compile(r"pass(?:word|wd)?\s*=|://", re.IGNORECASE)
_STRAY: Final = re.compile(r"[\s=@]")
_SEARCHED: Final = re.compile(r"(?:\s*(?:-c\s*|--)(?:search_path|\w+_timeout|timezone)=[\w.,$/-]+)+\s*", re.IGNORECASE)
"""The options for a server that hold no secret."""
_SHAPE: Final = Saying("store.shape")
_PLAIN: Final = Saying("store.plain")
_KINDS: Final = Saying("store.kinds")
_SCHEMA: Final = Saying("store.schema-name")
_HOSTS: Final = Saying("store.hosts")
_ESCAPED: Final = re.compile("(?:%[89A-F][0-9A-F])+")
_SESSIONS: Final = "target_session_attrs"


def parsed(text: str) -> URL:
    """Read a database URL; ``postgres://`` and ``postgresql://`` both mean psycopg 3.

    Of several hosts the one that can be written is looked for, unless the URL says otherwise.

    Raises:
        StoreError: it is no URL, or names another kind of database, or a schema that cannot be one.
    """
    try:
        rest, places = hosts.taken_out(text)
        url = make_url(rest)
    except (ArgumentError, ValueError):
        # What cannot be parsed may hold a password, or be one, so nothing of it is repeated.
        raise StoreError(url=HIDDEN, why=_SHAPE) from None
    kind = url.get_backend_name()
    if kind in ("postgres", "postgresql"):
        if is_blank(text) or not is_namespace(url.query.get(PARAMETER, "public")):
            raise StoreError(url=told(url), why=_SCHEMA)
        return _on_hosts(url.set(drivername="postgresql+psycopg"), places)
    if kind != "sqlite":
        # Where another kind of address keeps its secrets is not known: that of a robot is its path.
        raise StoreError(url=f"{kind}://{HIDDEN}", why=_KINDS)
    if places or url.host or url.username or url.query or "://" in (url.database or ""):
        raise StoreError(url=told(url), why=_PLAIN)
    return url.set(drivername="sqlite")


def told(url: URL) -> str:
    """The URL as it may be shown: no password, the plain name of the database; ``…`` for a part that may hold one."""
    plain = url._replace(password=None, drivername=url.get_backend_name()).difference_update_query(secrets_of(url))
    plain = _masked(plain)
    places = hosts.places_of(plain) if "host" in plain.query else []
    words = hosts.told(plain, places) if len(places) > 1 else plain.render_as_string(hide_password=False)
    if url.get_backend_name() == "sqlite":
        words = words.replace("%3A", ":")
    return _ESCAPED.sub(_readable, words)


def _masked(url: URL) -> URL:
    """The same without what a password may have strayed into."""
    in_file = url.get_backend_name() == "sqlite"
    parts = {"username": _HOLDS, "host": _HOLDS_IN_HOST, "database": _HOLDS_IN_FILE if in_file else _HOLDS}
    strayed = {name: HIDDEN for name, signs in parts.items() if signs.search(getattr(url, name) or "")}
    return url._replace(**strayed).difference_update_query(  # type: ignore[arg-type]
        [name for name, value in url.query.items() if not _is_harmless(name, value)]
    )


def _is_harmless(name: str, value: str | tuple[str, ...]) -> bool:
    words = [value] if isinstance(value, str) else value
    if name == "options":
        return all(_SEARCHED.fullmatch(one) for one in words)
    return not any((_HOLDS_IN_HOST if name == "host" else _STRAY).search(one) for one in words)


def _readable(escaped: re.Match[str]) -> str:
    """Signs of other scripts as they are, which SQLAlchemy writes as bytes; typed so, they mean the same."""
    try:
        plain = unquote(escaped[0], errors="strict")
    except UnicodeDecodeError:
        return escaped[0]
    return plain if plain.isprintable() and " " not in plain else escaped[0]


def secrets_of(url: URL) -> list[str]:
    """The names of the parameters that may hold a secret."""
    return [name for name in url.query if name not in _SHOWN]


def shown(text: str) -> str:
    """The same of what was typed or set, whatever it is; ``…`` where it cannot be read, as it may hold a password."""
    try:
        return told(parsed(text))
    except StoreError:
        return HIDDEN


def has_several_hosts(url: URL) -> bool:
    """Whether a URL that was read names several servers, one of which is the right one."""
    return "host" in url.query and len(hosts.places_of(url)) > 1


def has_password(text: str) -> bool:
    """Whether a password stands in the URL."""
    try:
        url = make_url(hosts.taken_out(text)[0])
    except (ArgumentError, ValueError):
        return False
    return bool(url.password) or any(name in url.query for name in ("password", "sslpassword"))


def file_of(url: URL) -> Path | None:
    """The file of an SQLite URL; None for one in memory and for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def _on_hosts(url: URL, places: list[hosts.Place]) -> URL:
    try:
        places = places or (hosts.places_of(url) if "host" in url.query else [])
    except ValueError:
        raise StoreError(url=HIDDEN, why=_HOSTS) from None
    if len(places) < 2:
        return url
    url = hosts.with_places(url, places)
    return url if _SESSIONS in url.query else url.update_query_dict({_SESSIONS: "read-write"})
