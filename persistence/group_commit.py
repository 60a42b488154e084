"""Group commit: threads that write to one SQLite file take turns in one transaction and share its commit.

SQLite has one writer, and its commit waits for the disk. While one thread commits, others come to wait; they then write
one after the other into one transaction, each in a savepoint of its own, and the last commits for all. None goes on
before that commit, so each answer is as durable as if it had been alone. What fails is undone alone.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from duban.engine.errors import DubanError, StoreError
from duban.persistence.faults import Faults

MOST: Final = 100
"""The most writes that share a commit."""

HOLD: Final = 0.1
"""Seconds after which a transaction is committed although more threads wait to join it."""


class _Group:
    """The writes that share one commit, on ``connection``; ``driver`` is what lies below it.

    ``is_spent`` tells that the connection turned out to be for reading only, so that it is not used again.
    """

    def __init__(self, connection: Connection, driver: Any) -> None:
        self.connection = connection
        self.driver = driver
        self.since = time.monotonic()
        self.members = 0
        self.is_over = False
        self.is_spent = False
        self.fault: DubanError | None = None


class GroupCommit:
    """Turns of threads on the one writing connection of an engine."""

    def __init__(self, engine: Engine, faults: Faults) -> None:
        self._engine = engine
        self._faults = faults
        lock = threading.Lock()
        self._turns = threading.Condition(lock)
        self._ends = threading.Condition(lock)
        self._waiting = 0
        self._is_taken = False
        self._group: _Group | None = None
        self._connection: Connection | None = None

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @contextmanager
    def turn(self) -> Iterator[Connection]:
        """Write on the connection that it gives; what was written is durable when the block has ended.

        Raises:
            StoreBusy: no turn within the time that the store waits for a lock.
            StoreError, StoreBusy: the commit failed, and nothing of the group is kept; or this is a child that was
                forked meanwhile, which cannot end what its parent began.
        """
        self._take_turn()
        try:
            group = self._group or self._begun()
        except BaseException:
            self._give_turn()
            raise
        alone, process = group.members == 0, os.getpid()
        try:
            if not alone:
                self._tell(group, "SAVEPOINT duban_turn")
            yield group.connection
            self._faults.require_process(process)
            self._faults.require_open(group.driver)
            if not alone:
                self._tell(group, "RELEASE duban_turn")
        except BaseException as fault:
            if os.getpid() == process:
                group.is_spent |= self._faults.is_read_only(fault)
                self._undo(group, alone)
            raise
        group.members += 1
        if self._is_last(group):
            self._end(group)
        if group.fault is not None:
            raise group.fault

    def _take_turn(self) -> None:
        with self._turns:
            self._waiting += 1
            try:
                if not self._turns.wait_for(lambda: not self._is_taken, self._faults.seconds):
                    raise self._faults.busy()
                self._is_taken = True
            finally:
                self._waiting -= 1
                if not self._is_taken or not self._waiting:
                    # Nobody else comes: one of those who wait for the end has to commit.
                    self._ends.notify_all()

    def _give_turn(self) -> None:
        with self._turns:
            self._is_taken = False
            self._turns.notify()
            self._ends.notify_all()

    def _begun(self) -> _Group:
        """Begin on the connection, which is kept from one group to the next: to fetch it costs a tenth of a step."""
        try:
            with self._faults.translated():
                if self._connection is None:
                    self._connection = self._engine.connect()
                driver: Any = self._connection.connection.driver_connection
                driver.execute("BEGIN IMMEDIATE")
        except StoreError as fault:
            if self._faults.is_read_only(fault):
                self._open_anew()
            raise
        self._group = _Group(self._connection, driver)
        return self._group

    def _is_last(self, group: _Group) -> bool:
        """Hand the turn on where somebody waits, and wait for the end; whether it is up to this thread to commit."""
        with self._turns:
            if not self._waiting or group.members >= MOST or time.monotonic() - group.since >= HOLD:
                return True
            self._is_taken = False
            self._turns.notify()
            while not group.is_over and (self._is_taken or self._waiting):
                self._ends.wait()
            if group.is_over:
                return False
            self._is_taken = True
            return True

    def _undo(self, group: _Group, alone: bool) -> None:
        """Undo one write of the group; the group itself where it has no other."""
        if alone:
            self._end(group, undone=True)
            return
        try:
            self._faults.require_open(group.driver)
            self._tell(group, "ROLLBACK TO duban_turn")
            self._tell(group, "RELEASE duban_turn")
        except DubanError as error:
            group.fault = error
            self._end(group, undone=True)
        else:
            # Whoever has the turn hands it on to one who waits for it, or ends the group: none is left without an end.
            if not self._is_handed_on():
                self._end(group)

    def _is_handed_on(self) -> bool:
        with self._turns:
            if self._waiting:
                self._is_taken = False
                self._turns.notify()
            return not self._is_taken

    def _tell(self, group: _Group, command: str) -> None:
        with self._faults.translated():
            group.driver.execute(command)

    def _end(self, group: _Group, *, undone: bool = False) -> None:
        """Commit the group, or give it up; everybody in it learns what came of it."""
        try:
            if not undone:
                with self._faults.translated():
                    group.driver.commit()
        except DubanError as error:
            group.fault, undone = error, True
        finally:
            self._tidy(group, undone)
            with self._turns:
                self._group = None
                group.is_over = True
                self._is_taken = False
                self._turns.notify()
                self._ends.notify_all()

    def _tidy(self, group: _Group, undone: bool) -> None:
        """Undo what was not committed. What ran through SQLAlchemy made it begin a transaction of its own account."""
        try:
            if undone:
                group.driver.rollback()
            if group.connection.in_transaction():
                group.connection.rollback()
            if group.is_spent:
                self._open_anew()
        except (sqlite3.Error, SQLAlchemyError):
            self._let_go()

    def _open_anew(self) -> None:
        """A file that was opened when it could not be written stays as it was opened, in the whole pool."""
        self._let_go()
        self._engine.dispose()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
