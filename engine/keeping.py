"""Keeps what can be made again, in the user's own folder of caches: read packs, the catalogue of texts.

``DUBAN_CACHE`` names another folder, or ``off`` for none. Whoever could write there could change the rules of a pack,
so a folder or a file is used only if it belongs to the user and nobody else may enter it; else it is as if there were
none. What is kept is data, never code. Nothing here raises: without a cache everything takes longer, and no more.
"""

import os
import stat
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

LARGEST: Final = 64 * 1024 * 1024
MOST: Final = 32
"""How many packs and texts are kept; those that were not used for longest go."""

_FORMAT: Final = "duban 1"
_USED: Final = 60
"""Seconds after which a use is noted again."""


def cache_folder(environ: Mapping[str, str] = os.environ) -> str | None:
    """Where it is kept: ``duban`` in ``DUBAN_CACHE``, else in ``XDG_CACHE_HOME``, else in ``~/.cache``."""
    chosen = environ.get("DUBAN_CACHE", "").strip()
    if chosen.lower() == "off":
        return None
    usual = environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", "")
    above = os.path.expanduser(chosen or (usual if os.path.isabs(usual) else "~/.cache"))
    # Of a user without a home nothing is expanded.
    return None if above.startswith("~") else os.path.join(above, "duban")


def kept(name: str) -> bytes | None:
    """What was kept under this name; None where nothing was, or not all of it, or not only by the user."""
    folder = cache_folder()
    try:
        if folder is None or not _is_private(os.lstat(folder), stat.S_ISDIR):
            return None
        # Neither a link is followed, nor is a pipe waited for.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        place = os.path.join(folder, name)
        with open(os.open(place, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not _is_private(status, stat.S_ISREG) or status.st_size > LARGEST:
                return None
            head, content = file.readline(64), file.read()
        if head != _head(content):
            return None
        _note_use(place, status)
    except (OSError, ValueError):
        return None
    return content


def keep(name: str, content: bytes) -> None:
    """Keep it under this name, whole or not at all; of two who do so at once, one wins."""
    folder = cache_folder()
    if folder is None:
        return
    import tempfile  # not for those who only read

    try:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        if not _is_private(os.lstat(folder), stat.S_ISDIR):
            return
        handle, part = tempfile.mkstemp(prefix=name, suffix=".part", dir=folder)
        try:
            with open(handle, "wb") as file:
                file.write(_head(content) + content)
            os.replace(part, os.path.join(folder, name))
        except BaseException:
            os.unlink(part)
            raise
        _tidy(folder)
    except (OSError, ValueError):
        return


def _head(content: bytes) -> bytes:
    return f"{_FORMAT} {len(content)} {zlib.crc32(content):08x}\n".encode()


def _is_private(status: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Whether it is of this kind, the user's own, and closed to everybody else. Windows sees to that by itself."""
    return is_kind(status.st_mode) and (
        os.name == "nt" or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)
    )


def _note_use(file: str, status: os.stat_result) -> None:
    import time

    if time.time() - status.st_mtime > _USED:
        os.utime(file)


def _tidy(folder: str) -> None:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # somebody else finished it, or tidied up
                found.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.path))
    for _, path in sorted(found, reverse=True)[MOST:]:
        with suppress(FileNotFoundError):
            os.unlink(path)
