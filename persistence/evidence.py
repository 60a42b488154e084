"""Evidence files in a folder, each under the SHA-256 of its content."""

import hashlib
import io
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from duban.engine.errors import StoreError
from duban.persistence.addresses import file_of, parsed
from duban.persistence.folder_faults import told_of

CHUNK: Final = 1 << 20
"""How many bytes are in memory at a time."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ARRIVING: Final = "arriving"


class FolderEvidence:
    """Files in ``folder``, spread over subfolders by the first two digits of their digest (``ab/ab12…``).

    A file is complete and on the disk before its name appears. The folder is made with the first file; only the user
    who runs duban may read it. ``passing`` files are gone with ``close``, as the store in memory that they belong to.
    """

    def __init__(self, folder: Path, *, passing: bool = False) -> None:
        self.folder = folder
        self._passing = passing

    def close(self) -> None:
        """Forget what is passing; all else stays."""
        if self._passing:
            shutil.rmtree(self.folder, ignore_errors=True)

    def put(self, source: Path | bytes, *, max_bytes: int) -> tuple[str, int]:
        """Keep the content durably and return its SHA-256 (64 hex digits) and size in bytes. Same content, same file.

        Only a regular file is taken as a path: no link, folder, device or pipe.

        Raises:
            OSError: the source cannot be read.
            StoreError: the folder cannot be written, and why. Nothing is kept then.
            ValueError: the content is larger than ``max_bytes`` or empty.
        """
        with io.BytesIO(source) if isinstance(source, bytes) else _opened(source) as content:
            with told_of(self.folder):
                handle, name = tempfile.mkstemp(dir=self._made(self.folder / _ARRIVING))
            try:
                digest, size = self._copied(content, handle, max_bytes)
                with told_of(self.folder):
                    shelf = self._made(self._shelf(digest))
                    # Also where it is kept already: a damaged file is healed, and its new age keeps it from being
                    # collected before the case that refers to it is committed.
                    os.replace(name, shelf / digest)
                    _settle(shelf)
            except BaseException:
                # What cannot be removed now is collected with the orphans; why it failed matters more.
                with suppress(OSError):
                    Path(name).unlink(missing_ok=True)
                raise
        return digest, size

    def open(self, digest: str) -> BinaryIO:
        """Open kept content for reading.

        Raises:
            KeyError: nothing is kept under this digest.
            StoreError: it cannot be read, and why.
        """
        with told_of(self.folder):
            try:
                return open(self._file(digest), "rb")
            except FileNotFoundError:
                raise KeyError(digest) from None

    def matches(self, digest: str) -> bool:
        """Whether the kept content is there and still has this digest."""
        try:
            with self.open(digest) as content:
                found = hashlib.sha256()
                while chunk := content.read(CHUNK):
                    found.update(chunk)
                return found.hexdigest() == digest
        except (KeyError, OSError, StoreError):
            return False

    def digests(self) -> Iterator[tuple[str, float]]:
        """Every kept digest with the time it was written (seconds since the epoch)."""
        for file in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            if _DIGEST.fullmatch(file.name) and file.parent.name == file.name[:2]:
                try:
                    yield file.name, file.stat().st_mtime
                except FileNotFoundError:
                    continue

    def remove(self, digest: str) -> None:
        """Delete kept content; quiet when there is none."""
        if _DIGEST.fullmatch(digest):
            with told_of(self.folder):
                self._file(digest).unlink(missing_ok=True)

    def collect_orphans(self, referred: Collection[str], older_than: datetime) -> list[str]:
        """Remove what no case refers to and was written before ``older_than``; tell which digests.

        A file is written before the transaction that refers to it commits. So ``older_than`` has to lie further back
        than any transaction lasts, and ``referred`` has to be read after that instant.

        Raises:
            StoreError: the folder cannot be written, and why. What was removed until then is gone.
        """
        bound = older_than.timestamp()
        with told_of(self.folder):
            gone = [
                digest
                for digest, written in self.digests()
                if digest not in referred and written < bound and self._remove_older(digest, bound)
            ]
            for left in (self.folder / _ARRIVING).glob("*"):
                if left.stat().st_mtime < bound:
                    left.unlink(missing_ok=True)
        return gone

    def _copied(self, content: BinaryIO, handle: int, max_bytes: int) -> tuple[str, int]:
        """Copy it to the disk; its digest and its size. Only writing is the folder's fault, reading is the source's."""
        found, size = hashlib.sha256(), 0
        # Without a buffer of its own, or closing it would write once more, outside of what is told.
        with open(handle, "wb", buffering=0) as kept:
            while chunk := content.read(CHUNK):
                size += len(chunk)
                if size > max_bytes:
                    raise ValueError(f"larger than {max_bytes} bytes")
                found.update(chunk)
                with told_of(self.folder):
                    _written(chunk, kept)
            if size == 0:
                raise ValueError("empty")
            with told_of(self.folder):
                os.fsync(handle)
        return found.hexdigest(), size

    def _remove_older(self, digest: str, bound: float) -> bool:
        # Moved aside before the last look: whoever keeps the same content now puts a new file, which is not touched.
        aside = self._made(self.folder / _ARRIVING) / f"leaving-{digest}"
        try:
            os.replace(self._file(digest), aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime >= bound:
            os.replace(aside, self._file(digest))
            return False
        aside.unlink()
        return True

    def _file(self, digest: str) -> Path:
        # A digest is all that may name a file here: anything else could lead out of the folder.
        if not _DIGEST.fullmatch(digest):
            raise KeyError(digest)
        return self._shelf(digest) / digest

    def _shelf(self, digest: str) -> Path:
        return self.folder / digest[:2]

    def _made(self, folder: Path) -> Path:
        if not folder.is_dir():
            if folder != self.folder:
                self._made(self.folder)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _settle(folder.parent)
        return folder


def default_evidence_folder(url: str) -> Path:
    """Where evidence lies when nobody says: beside an SQLite file (``street.db.evidence``), in a new temporary folder
    for a database in memory, in ``duban-evidence`` of the current folder for PostgreSQL.

    Raises:
        StoreError: the URL is not understood.
    """
    address = parsed(url)
    file = file_of(address)
    if file is not None:
        return file.with_name(f"{file.name}.evidence")
    if address.get_backend_name() == "sqlite":
        # Only named: most such stores keep no file, and nobody would take their empty folders away.
        return Path(tempfile.gettempdir()) / f"duban-evidence-{secrets.token_hex(8)}"
    return Path("duban-evidence")


def evidence_of(url: str, folder: Path | None) -> FolderEvidence:
    """The evidence of a store, in ``folder`` or where it lies when nobody says.

    Raises:
        StoreError: the URL is not understood.
    """
    in_memory = parsed(url).get_backend_name() == "sqlite" and file_of(parsed(url)) is None
    return FolderEvidence(folder or default_evidence_folder(url), passing=in_memory and folder is None)


def content_of(source: Path, max_bytes: int) -> bytes:
    """The content of a regular file, up to one byte more than ``max_bytes``, so that a larger one is known for it.

    Raises:
        OSError: it cannot be read, or is a link, a folder, a device or a pipe.
    """
    with _opened(source) as content:
        return content.read(max_bytes + 1)


def _opened(source: Path) -> BinaryIO:
    # Not blocking, or a pipe without a writer would hold us up before it can be refused.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(source, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(f"{source} is not a regular file")
    return open(handle, "rb")


def _written(chunk: bytes, kept: io.RawIOBase) -> None:
    """Write all of it: a disk that is nearly full takes a part."""
    left = memoryview(chunk)
    while left:
        left = left[kept.write(left) :]


def _settle(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system has a way to."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
