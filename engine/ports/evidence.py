"""Where evidence files are kept."""

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol


class EvidenceStore(Protocol):
    """Files by the SHA-256 of their content. Written before the transaction commits; orphans are collected later."""

    def put(self, source: Path | bytes, *, max_bytes: int) -> tuple[str, int]:
        """Keep the content durably and return its SHA-256 (64 hex digits) and size in bytes. Same content, same file.

        Raises:
            OSError: the source cannot be read.
            ValueError: the content is larger than ``max_bytes`` or empty.
        """
        ...

    def open(self, digest: str) -> BinaryIO:
        """Open kept content for reading.

        Raises:
            KeyError: nothing is kept under this digest.
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
