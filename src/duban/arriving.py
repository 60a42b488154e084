"""A hidden folder beside a file that is being made, until it is whole; and what is left of those that were killed."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from duban.engine.errors import UsageError
from duban.engine.model.saying import why_not_regular, why_of

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows; there a folder that was left stays
    fcntl = None  # type: ignore[assignment]

_OWNED: Final = "owned"
"""A file in the folder that is locked for as long as somebody works there: a lock ends with its process."""


@contextmanager
def replacing(place: Path, is_earlier: Callable[[Path], bool]) -> Iterator[Path]:
    """The path of a file that the block makes, in a hidden folder; it is moved to ``place`` once it is whole.

    An earlier one in that place, as ``is_earlier`` tells, is never lost to half of a new one. Anything else that lies
    there, such as a store, a folder or a pipe, is not replaced.

    Raises:
        UsageError: the place is taken, or cannot be written.
    """
    strange = why_not_regular(place)
    if strange is not None:
        raise UsageError("file-unwritable", file=str(place), why=strange)
    if not _is_free(place, is_earlier):
        raise UsageError("file-taken", file=str(place))
    try:
        with arriving(place) as folder:
            whole = folder / "whole"
            yield whole
            os.replace(whole, place)
    except OSError as fault:
        raise UsageError("file-unwritable", file=str(place), why=why_of(fault)) from None


@contextmanager
def private(file: Path, mode: str, **how: Any) -> Iterator[IO[Any]]:
    """A new file that its owner alone reads, open for writing; after the block it is on the disk."""
    handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with open(handle, mode, **how) as opened:
        yield opened
        opened.flush()
        os.fsync(opened.fileno())


def _is_free(place: Path, is_earlier: Callable[[Path], bool]) -> bool:
    try:
        if place.stat().st_size == 0:
            return True
    except OSError:
        return True  # whoever writes there is told what is wrong
    return is_earlier(place)


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
