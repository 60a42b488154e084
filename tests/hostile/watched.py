"""Listens to what Python itself is asked to do: files opened, names looked up, programs started, text run as code."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any, Final

_NEVER: Final = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "os.startfile", "pty.",
    "ctypes.dlopen", "compile", "exec", "import", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link",
    "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.putenv", "os.unsetenv", "os.kill", "shutil.",
    "code.__new__", "marshal.loads", "pickle.find_class", "webbrowser.", "urllib.Request", "ftplib.", "smtplib.",
)  # fmt: skip
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PROJECT: Final = Path(__file__).resolve().parents[2]
_READABLE: Final = tuple(
    os.path.realpath(place)
    for place in (sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), _PROJECT, "/usr/share/zoneinfo")
)
"""What belongs to Python, to its packages and to the product."""


class Watch:
    """What was seen while it listened. ``folders`` may be read, those in ``writable`` also written."""

    def __init__(self, folders: tuple[Path, ...], writable: tuple[Path, ...] = (), but: tuple[str, ...] = ()) -> None:
        self._folders = (*_READABLE, *(os.path.realpath(folder) for folder in (*folders, *writable)))
        self._writable = tuple(os.path.realpath(folder) for folder in writable)
        self._but = but
        self.seen: list[str] = []

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """Note an event that is not to be."""
        if event == "open":
            self._opened(*args)
        elif event.startswith(_NEVER) and not self._inside(event, args) and not _is_of_fields(event, args):
            said = f"{event} {' '.join(str(arg)[:80] for arg in args)}"
            if not said.startswith(self._but):
                self.seen.append(said)

    def _opened(self, path: Any, mode: str | None, flags: int) -> None:
        if isinstance(path, int):
            return
        place = os.path.abspath(os.fsdecode(path).replace("\0", "_"))
        if not flags & getattr(os, "O_NOFOLLOW", 0):  # with it, a link is not followed but refused
            place = os.path.realpath(place)
        writes = bool(flags & _WRITING)
        allowed = self._writable if writes else self._folders
        if not any(place == folder or place.startswith(folder + os.sep) for folder in allowed):
            self.seen.append(f"{'write' if writes else 'read'} {place}")

    def _inside(self, event: str, args: tuple[Any, ...]) -> bool:
        """Whether a change of the file system stays in the writable folders."""
        if not event.startswith(("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.chmod", "shutil.")):
            return False
        places = [os.path.realpath(os.fsdecode(arg)) for arg in args if isinstance(arg, str | bytes | os.PathLike)]
        return all(place.startswith(tuple(folder for folder in self._writable)) for place in places) and bool(places)


def _is_of_fields(event: str, args: tuple[Any, ...]) -> bool:
    """Whether Python makes the function that fills in a dataclass: of the names of its fields, with the first value."""
    if event == "compile":
        return isinstance(args[0], bytes) and args[0].startswith(b"def __create_fn__(")
    code = args[0] if event == "exec" else None
    return isinstance(code, CodeType) and any(getattr(one, "co_name", "") == "__create_fn__" for one in code.co_consts)


_listening: list[Watch] = []
_installed: list[bool] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _listening:
        watch = _listening.pop()  # so that what the watch itself does is not heard
        try:
            watch.hear(event, args)
        finally:
            _listening.append(watch)


@contextmanager
def watching(*folders: Path, writable: tuple[Path, ...] = (), but: tuple[str, ...] = ()) -> Iterator[Watch]:
    """Listen; an audit hook cannot be taken away again, so this belongs into a process of its own.

    ``but`` are beginnings of events that are right here.
    """
    if not _installed:
        sys.addaudithook(_hook)
        _installed.append(True)
    watch = Watch(folders, writable, but)
    _listening.append(watch)
    try:
        yield watch
    finally:
        _listening.remove(watch)
