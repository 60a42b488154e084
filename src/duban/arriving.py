"""A hidden folder beside a file that is being made, until it is whole; and what is left of those that were killed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows; there a folder that was left stays
    fcntl = None  # type: ignore[assignment]

_OWNED: Final = "owned"
"""A file in the folder that is locked for as long as somebody works there: a lock ends with its process."""


@contextmanager
def arriving(place: Path) -> Iterator[Path]:
    """A new hidden folder beside ``place``, taken away at the end of the block.

    Folders for the same place whose process was killed are taken away first; one in which somebody works is not.

    Raises:
        OSError: nothing can be made there.
    """
    prefix = f".{place.name}."
    for left in place.parent.glob(f"{_literal(prefix)}*"):
        if _is_abandoned(left):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=prefix) as name:
        folder = Path(name)
        # Locked before it has its name: nobody ever sees it without its lock.
        with (folder / f"{_OWNED}.new").open("wb") as lock:
            if fcntl is not None:
                with suppress(OSError):  # a file system without locks
                    fcntl.flock(lock, fcntl.LOCK_EX)
                os.rename(folder / f"{_OWNED}.new", folder / _OWNED)
            yield folder


def _literal(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _is_abandoned(folder: Path) -> bool:
    if fcntl is None:
        return False
    try:
        with (folder / _OWNED).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
