"""Where evidence files are kept, and who looks into them before."""

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from duban.engine.model.frozen import frozen


class Unfit(Exception):
    """A file is not taken: the text ``field.<key>`` of the catalogue with ``data`` says why."""

    def __init__(self, key: str, **data: Any) -> None:
        super().__init__(key)
        self.key = key
        self.data = data


@frozen
class Examined:
    """A file as it is kept: its content, its media type, and what was taken out of it before.

    ``taken_out`` names: ``position``, ``owner``, ``camera``, ``thumbnail``, ``exif``, ``xmp``, ``comment``,
    ``appended``, ``other``.
    """

    content: bytes
    media: str
    taken_out: tuple[str, ...] = ()


class Examiner(Protocol):
    """Tells what a file is by its content."""

    def examined(
        self, source: Path | bytes, name: str, *, accept: Collection[str], keep_metadata: bool = False
    ) -> Examined:
        """What of the file is kept. ``accept`` holds ``photo``, ``document`` or both.

        With ``keep_metadata`` nothing is taken out.

        Raises:
            OSError: it cannot be read.
            Unfit: it is empty, too large, none of what is accepted, or not what its name says.
        """
        ...


class EvidenceStore(Protocol):
    """Files by the SHA-256 of their content. Written before the transaction commits; orphans are collected later."""

    def put(self, source: Path | bytes, *, max_bytes: int) -> tuple[str, int]:
        """Keep the content durably and return its SHA-256 (64 hex digits) and size in bytes. Same content, same file.

        Raises:
            OSError: the source cannot be read.
            StoreError: the place cannot be written, and why. Nothing is kept then.
            ValueError: the content is larger than ``max_bytes`` or empty.
        """
        ...

    def open(self, digest: str) -> BinaryIO:
        """Open kept content for reading.

        Raises:
            KeyError: nothing is kept under this digest.
            StoreError: it cannot be read, and why.
        """
        ...

    def matches(self, digest: str) -> bool:
        """Whether the kept content is there and still has this digest."""
        ...

    def digests(self) -> Iterator[tuple[str, float]]:
        """Every kept digest with the time it was written (seconds since the epoch)."""
        ...

    def remove(self, digest: str) -> None:
        """Delete kept content; quiet when there is none."""
        ...

    def collect_orphans(self, referred: Collection[str], older_than: datetime) -> list[str]:
        """Remove what no case refers to and was written before ``older_than``; tell which digests."""
        ...
