"""Schemas of a PostgreSQL database: a store that lives in one of its own, and touches nothing beside it.

``postgresql://…/district?schema=north_street`` keeps everything in the schema ``north_street``, the version of its
tables and its counters with them. It is the whole search path of every connection, so what lies in another schema has
no name there.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import URL, Connection, text

from duban.engine.model.saying import Saying
from duban.persistence.faults import Faults

PARAMETER: Final = "schema"
"""The parameter of a URL that names the schema."""

_NAME: Final = re.compile(r"(?!pg_|information_schema$)[a-z_][a-z0-9_]{0,62}")
_STANDING: Final = text(
    "SELECT has_schema_privilege(oid, 'USAGE'), has_schema_privilege(oid, 'CREATE') FROM pg_namespace"
    " WHERE nspname = :name"
)
_HERE: Final = text("SELECT current_schema()")


_BLANK: Final = re.compile(rf"[?&]{PARAMETER}=?(?:[&#]|$)")


def is_blank(url: str) -> bool:
    """Whether a URL holds the parameter without a name, which a parser passes over as if it were not there."""
    return _BLANK.search(url) is not None


def is_namespace(name: object) -> bool:
    """Whether a store may live in a schema of this name; PostgreSQL's own are not for that."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def namespace_of(url: URL) -> str | None:
    """The schema that a URL names, checked before by ``parsed``; None where it leaves that to the server."""
    name = url.query.get(PARAMETER)
    return name if isinstance(name, str) else None


def confined(url: URL) -> tuple[URL, Mapping[str, Any]]:
    """The URL as the driver knows it, and the options that keep each of its connections in the schema.

    They come last, so that neither ``options`` of the URL nor a setting of the role leads elsewhere.
    """
    name = namespace_of(url)
    if name is None:
        return url, {}
    given = url.query.get("options", "")
    before = " ".join(given) if isinstance(given, tuple) else given
    bare = url.difference_update_query([PARAMETER, "options"])
    return bare, {"options": f"{before} -c search_path={name}".strip()}


def require_path(connection: Any, name: str, faults: Faults) -> None:
    """Go on where a connection of the driver was opened in the schema; a pooler in between may have dropped that.

    Raises:
        StoreError: it was not. The connection is closed then.
    """
    (found,) = connection.execute("SHOW search_path").fetchone()
    if found != name:
        connection.close()
        raise faults.unusable(Saying("store.schema-dropped", schema=name, found=found))


def create_namespace(connection: Connection, name: str) -> None:
    """Create the schema where it is not there yet; who may not create any can still use one that was created."""
    if connection.execute(_STANDING, {"name": name}).first() is None:
        connection.execute(text(f"CREATE SCHEMA {name}"))


def require_access(connection: Connection, name: str, faults: Faults, *, creating: bool = False) -> None:
    """Go on unless the schema is there and closed to us: to PostgreSQL it would only seem to be empty.

    Raises:
        StoreError: it is closed; with ``creating`` also where no tables may be made in it.
    """
    standing = connection.execute(_STANDING, {"name": name}).first()
    if standing is not None and not (standing[0] and (standing[1] or not creating)):
        raise faults.unusable(Saying("store.schema-closed", schema=name))


def require_inside(connection: Connection, name: str, faults: Faults) -> None:
    """Go on where a connection that a host lent works in the schema.

    Raises:
        StoreError: it works elsewhere, where its statements would meet the tables of somebody else.
    """
    here = connection.execute(_HERE).scalar() if connection.dialect.name == "postgresql" else None
    if here != name:
        raise faults.unusable(Saying("store.schema-elsewhere", schema=name, found=here))
