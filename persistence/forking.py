"""What a forked child inherits of its parent: open connections, which it must neither use, nor end, nor close.

Closing one would say goodbye to the server in the parent's name, or write into the log of the parent's transaction.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import Any, Final, Protocol
from weakref import WeakSet

from sqlalchemy import Engine, event


class Heir(Protocol):
    """What has to begin anew in a forked child."""

    def after_fork(self) -> None:
        """Called in the child before anything else runs there."""
        ...


@cache
def _heirs() -> "WeakSet[Heir]":
    """Those who live in this process; made with the first one."""
    heirs: WeakSet[Heir] = WeakSet()

    def begin_anew() -> None:
        for heir in list(heirs):
            heir.after_fork()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=begin_anew)
    return heirs


class Inheritance:
    """The open connections of an engine. ``begin_anew`` is called in a forked child, once they were left alone."""

    def __init__(self, engine: Engine, begin_anew: Callable[[], None]) -> None:
        self._engine = engine
        self._begin_anew: Final = begin_anew
        self._records: dict[int, Any] = {}
        event.listen(engine, "connect", self._opened)
        event.listen(engine, "close", self._closed)
        _heirs().add(self)

    def after_fork(self) -> None:
        """Leave the connections to the parent, and begin with none."""
        for record in self._records.values():
            never_collected(record)
            lent = record.fairy_ref() if record.fairy_ref is not None else None
            if lent is not None:
                never_collected(lent)
        self._records = {}
        self._engine.dispose(close=False)
        self._begin_anew()

    def _opened(self, connection: Any, record: Any) -> None:
        self._records[id(connection)] = record

    def _closed(self, connection: Any, _record: Any) -> None:
        self._records.pop(id(connection), None)


def never_collected(inherited: Any) -> None:
    """Keep it until the process is gone.

    What is collected is closed, at the latest when the interpreter ends; so it must not be collected even then.
    """
    import ctypes  # a child that was forked, and nobody else

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(inherited))
