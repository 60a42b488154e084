"""Every step that a process takes outside of itself, counted: statements, and what it does to files.

SQLite tells of each statement as it begins, and so of each commit; psycopg is asked for each, and so is the pipeline:
before its process is killed, all that stood before the step has reached the server. Files are those below one folder:
opened, synced, renamed, removed.
"""

import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event

import duban
from duban.persistence.pipeline import Pipeline

_FILES = {"open": "open file", "os.mkdir": "make folder", "os.rename": "rename file", "os.remove": "remove file"}


class Steps:
    """Counts steps from 0 on and kills this process before step ``last``, if there is one."""

    def __init__(self, last: int | None) -> None:
        self.names: list[str] = []
        self._last = last

    @property
    def is_near(self) -> bool:
        """Whether the next step is the one before which this process is killed."""
        return len(self.names) == self._last

    def take(self, name: str) -> None:
        """A step is about to be taken."""
        if self.is_near:
            os.kill(os.getpid(), signal.SIGKILL)
        self.names.append(name)

    def watch(self, engine: duban.Engine, folder: Path) -> None:
        """Count the steps of an engine that has no connection yet, and those on files below the folder."""
        database = engine.store._database.engine  # type: ignore[attr-defined]
        if database.dialect.name == "sqlite":
            event.listen(database, "connect", self._connected, insert=True)
        else:
            self._count_in_psycopg()
        self._count_files(str(folder))

    def _connected(self, connection: Any, _record: Any) -> None:
        self.take("connect")
        connection.set_trace_callback(lambda statement: self.take(_short(statement)))

    def _count_in_psycopg(self) -> None:
        def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
            def before(*given: Any, **named: Any) -> Any:
                self.take(name or _short(given[1]))
                return call(*given, **named)

            return before

        send = Pipeline.send

        def sent(pipeline: Pipeline) -> Any:
            for place, (sql, _bound) in enumerate(list(pipeline._queue)):
                if place and self.is_near:
                    pipeline.drop(place)
                    send(pipeline)
                self.take(_short(sql))
            return send(pipeline)

        Pipeline.send = sent  # type: ignore[method-assign]
        psycopg.Cursor.execute = counted("", psycopg.Cursor.execute)  # type: ignore[method-assign]
        psycopg.Cursor.executemany = counted("", psycopg.Cursor.executemany)  # type: ignore[method-assign]
        psycopg.Connection.commit = counted("COMMIT", psycopg.Connection.commit)  # type: ignore[method-assign]
        psycopg.Connection.rollback = counted("ROLLBACK", psycopg.Connection.rollback)  # type: ignore[method-assign]

    def _count_files(self, folder: str) -> None:
        def heard(what: str, given: tuple[Any, ...]) -> None:
            if what in _FILES and str(given[0]).startswith(folder):
                self.take(_FILES[what])

        sync = os.fsync

        def synced(handle: int) -> None:
            self.take("sync file")
            sync(handle)

        sys.addaudithook(heard)
        os.fsync = synced


def _short(statement: Any) -> str:
    """What a statement does, and to which table."""
    words, table = str(statement).split(), re.search(r"duban_[a-z_]+", str(statement))
    return f"{words[0]} {table[0]}" if table else " ".join(words[:2])
