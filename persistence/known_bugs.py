"""Versions of SQLite that are known to damage or lose data, by what their makers published."""

from typing import Final

Version = tuple[int, ...]

_BUGS: Final[dict[str, tuple[tuple[Version, Version], ...]]] = {
    # https://www.sqlite.org/wal.html#walresetbug: fixed in 3.51.3, and in 3.50.7 and 3.44.6 of the older branches.
    "wal-reset": (((3, 7, 0), (3, 44, 6)), ((3, 45, 0), (3, 50, 7)), ((3, 51, 0), (3, 51, 3))),
    # https://www.sqlite.org/releaselog/3_37_2.html: a savepoint rolled back could damage the file.
    "savepoint": (((3, 35, 0), (3, 37, 2)),),
}


def known_bugs(version: tuple[int, ...]) -> tuple[str, ...]:
    """The bugs that a version has, each by its name in the catalogue (``say.bug-NAME``); from (first) to (fixed in)."""
    return tuple(name for name, spans in _BUGS.items() if any(first <= version < fixed for first, fixed in spans))
