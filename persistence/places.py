"""Where stores are, by their URLs: told apart without opening any, and made independent of the working folder."""

from pathlib import Path

from sqlalchemy import URL

from duban.engine.model.office import StorePlace
from duban.persistence.addresses import file_of, has_password, parsed, secrets_of
from duban.persistence.database import is_in_memory
from duban.persistence.evidence import default_evidence_folder
from duban.persistence.namespaces import namespace_of


class UrlAddresses:
    """Fulfils the port for the URLs of duban's stores."""

    def place(self, url: str, folder: Path) -> StorePlace:
        """Where the URL leads; a file with a relative path lies in ``folder``.

        Two names of one file, such as a link, are one place. Two names of one server are not found to be.

        Raises:
            StoreError: it is not understood.
        """
        address = parsed(url)
        secret = has_password(url) or bool(secrets_of(address))
        if address.get_backend_name() == "postgresql":
            return StorePlace("postgresql", _served(address), namespace_of(address), secret, True, None)
        if is_in_memory(address):
            return StorePlace("sqlite", ":memory:", None, secret, False, None)
        placed = absolute(url, folder)
        file = file_of(parsed(placed))
        assert file is not None
        return StorePlace("sqlite", _filed(file), None, secret, True, default_evidence_folder(placed))

    def archives(self, evidence: Path) -> Path:
        """The folder of the archives of a store whose evidence lies in ``evidence``."""
        from duban.persistence.archive_files import default_archive_folder

        return default_archive_folder("", evidence)


def absolute(url: str, folder: Path) -> str:
    """The URL with the file of an SQLite store, where it is relative, in ``folder``.

    Raises:
        StoreError: it is not understood.
    """
    address = parsed(url)
    file = file_of(address)
    if file is None:
        return url
    return address.set(database=str(folder.absolute() / file)).render_as_string(hide_password=False)


def with_password(url: str, password: str) -> str:
    """The URL with the password of its role.

    Raises:
        StoreError: it is not understood.
    """
    return parsed(url).set(password=password).render_as_string(hide_password=False)


def _served(address: URL) -> str:
    def told(name: str, plain: object) -> str:
        found = address.query.get(name, plain)
        return ",".join(found) if isinstance(found, tuple) else str(found or "")

    user = told("user", address.username)
    named = (told("service", ""), told("hostaddr", told("host", address.host)), told("port", address.port or 5432))
    return "/".join([*named, told("dbname", address.database) or user])


def _filed(file: Path) -> str:
    try:
        known = file.stat()
    except OSError:
        return str(file.resolve())
    return f"{known.st_dev}:{known.st_ino}"
