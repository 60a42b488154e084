"""The heartbeat of a scheduler: a file that is touched while all that it serves is swept."""

import threading
from collections.abc import Collection
from pathlib import Path


class Heart:
    """Touches ``file`` once each of ``names`` has been swept since it last was; does nothing without a file."""

    def __init__(self, file: Path | None, names: Collection[str]) -> None:
        self._file = file
        self._names = frozenset(names)
        self._swept: set[str] = set()
        self._turn = threading.Lock()

    def swept(self, name: str) -> None:
        """A sweep came to its end.

        Raises:
            OSError: the file cannot be touched.
        """
        if self._file is None:
            return
        with self._turn:
            self._swept.add(name)
            if self._swept == self._names:
                self._file.touch()
                self._swept.clear()
