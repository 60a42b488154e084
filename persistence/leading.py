"""Refuses database URLs that lead elsewhere than they say: to a device, a pipe, or a file that names another server."""

from typing import Final

from sqlalchemy import URL

from duban.engine.errors import StoreError
from duban.engine.model.saying import Saying
from duban.persistence.addresses import file_of, told

_LEADING: Final = frozenset({"service", "servicefile", "passfile", "sslkeylogfile", "gsslib", "krbsrvname"})
"""Parameters of PostgreSQL by which a file, or another program, decides what is connected to, or is written to."""


def plainly(url: URL) -> URL:
    """The URL itself. Nothing is opened and no name is looked up.

    Raises:
        StoreError: it names a file that is none, or gives a parameter that leads elsewhere.
    """
    if url.get_backend_name() == "sqlite":
        if url.password or url.port:
            raise StoreError(url="…", why=Saying("store.plain"))
        if url.database is not None and ("\0" in url.database or url.database.startswith("file:")):
            raise StoreError(url="…" if "\0" in url.database else told(url), why=Saying("store.plain"))
        file = file_of(url)
        try:
            strange = file is not None and file.exists() and not file.is_file()
        except PermissionError:
            raise StoreError(url=told(url), why=Saying("store.closed-folder")) from None
        except OSError:  # a path longer than any
            strange = True
        if strange:
            raise StoreError(url=told(url), why=Saying("store.strange-file"))
    leading = sorted(_LEADING.intersection(url.query))
    if leading:
        raise StoreError(url=told(url), why=Saying("store.leading", names=leading))
    return url
