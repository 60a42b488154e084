"""What a read pack depends on: the files of the pack, the code that read them, and the packages that it used."""

import hashlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from duban.engine.definition.places import MAX_BYTES
from duban.engine.model.pack import Pack

_ENGINE: Final = Path(__file__).parents[2]
_CODE: Final = tuple(
    str(_ENGINE / name)
    for name in (
        "definition", "definition/caching", "model", "guards", "deadlines", "organization", "../actions",
    )
)  # fmt: skip
"""Folders whose modules decide what a pack comes to."""

Stamp = tuple[str, int, int]
"""A file by name, its size in bytes and when it was changed (nanoseconds since 1970)."""


def name_of(folder: Path) -> str | None:
    """Under which name the pack of a folder is kept, as its files are now; None where they cannot be read.

    The content of every YAML file counts. The code counts by the stamps of its modules, which tells versions apart and
    the edits of those who work on duban; packages by when their folder changed, as it does when one is installed.
    """
    try:
        digest = hashlib.sha256(repr((_code(), str(folder), str(folder.resolve()))).encode())
        for name in sorted(name for name in os.listdir(folder) if name.endswith((".yaml", ".yml"))):
            content = _content(folder / name)
            digest.update(repr((name, len(content))).encode() + content)
    except (OSError, ValueError):
        return None
    return f"pack-{digest.hexdigest()[:40]}"


def templates_of(pack: Pack) -> list[Stamp]:
    """The templates of a pack's papers: their words were checked with it, though they are read when it prints."""
    places = {place for paper in pack.documents.values() for place in paper.templates.values()}
    return _stamps(pack.folder, sorted(places))


def are_unchanged(folder: Path, stamps: Iterable[Iterable[object]]) -> bool:
    """Whether these files below the folder are as they were.

    Raises:
        OSError: one of them is gone.
    """
    noted = [tuple(stamp) for stamp in stamps]
    return _stamps(folder, [str(stamp[0]) for stamp in noted]) == noted


def _stamps(folder: Path, places: Iterable[str]) -> list[Stamp]:
    found = []
    for place in places:
        status = os.stat(folder / place)
        found.append((place, status.st_size, status.st_mtime_ns))
    return found


def _content(file: Path) -> bytes:
    """All of a file.

    Raises:
        ValueError: it is none, or larger than what is read at all; whoever loads it tells.
    """
    # Looked at before it is opened: to open a pipe would be to wait for whoever writes to it.
    status = os.stat(file)
    if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
        raise ValueError(str(file))
    return file.read_bytes()


@cache
def _code() -> tuple[object, ...]:
    return (sys.version, *_modules(), *_packages())


def _modules() -> Iterator[Stamp]:
    for folder in _CODE:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    yield f"{folder}/{entry.name}", status.st_size, status.st_mtime_ns


def _packages() -> Iterator[Stamp]:
    for place in sys.path:
        if place.rstrip("/\\").endswith(("site-packages", "dist-packages")) and os.path.isdir(place):
            yield place, 0, os.stat(place).st_mtime_ns
