"""Group commit: threads that write to one SQLite file have one of them do the work of all, and share its commit.

SQLite has one writer, and its commit waits for the disk. Whoever finds nobody at work leads: it does its own work, then
that of those who came meanwhile, each in a savepoint of its own, in one transaction, and commits for all. None goes on
before that commit, so each answer is as durable as if it had been alone. What fails is undone alone. So a thread is
woken once for its work, and not once to begin and once more to hear of the end.
"""

import contextvars
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from duban.engine.errors import DubanError
from duban.persistence.faults import Faults
from duban.persistence.sqlite_writing import SqliteWriting

T = TypeVar("T")

MOST: Final = 100
"""The most works that share a commit."""

HOLD: Final = 0.1
"""Seconds after which a transaction is committed although more work waits to join it."""


class _Job:
    """The work of one thread, which waits at ``gate``; without ``work``, it only wants its turn.

    Let through, it ``leads``, or its work is over: it has its ``answer`` or its ``fault``, or was ``undone`` for no
    fault of its own and has to be done once more.
    """

    __slots__ = ("answer", "context", "fault", "gate", "is_undone", "leads", "work")

    def __init__(self, work: Callable[[Connection], Any] | None) -> None:
        self.work = work
        self.context: contextvars.Context | None = None
        self.gate: threading.Lock | None = None
        self.leads = self.is_undone = False
        self.answer: Any = None
        self.fault: BaseException | None = None


class GroupCommit:
    """The turns of threads on the one writing connection of an engine."""

    def __init__(self, writing: SqliteWriting, faults: Faults) -> None:
        self._writing = writing
        self._faults = faults
        self._mutex = threading.Lock()
        self._queue: deque[_Job] = deque()
        self._is_led = False

    def close(self) -> None:
        """Give the connection back."""
        self._writing.close()

    def run(self, work: Callable[[Connection], T]) -> T:
        """What the work comes to, which writes on the connection that it is given; durable once it is returned.

        It may be done by another thread than the one that asks, in the context of the one that asks.

        Raises:
            StoreBusy: no turn within the time that the store waits for a lock.
            StoreError, StoreBusy: the commit failed, and nothing of the group is kept; or this is a child that was
                forked meanwhile, which cannot end what its parent began.
        """
        job = _Job(work)
        while True:
            if self._has_turn(job):
                self._lead(job)
            if job.fault is not None:
                raise job.fault
            if not job.is_undone:
                answer: T = job.answer
                return answer
            job.is_undone = False

    @contextmanager
    def turn(self) -> Iterator[Connection]:
        """Write on the connection that it gives, alone; what was written is durable when the block has ended.

        Raises:
            StoreBusy, StoreError: as of ``run``.
        """
        job, process = _Job(None), os.getpid()
        self._has_turn(job)
        try:
            connection = self._writing.begin()
            try:
                yield connection
                self._faults.require_process(process)
                self._writing.require_open()
            except BaseException as fault:
                if os.getpid() == process:
                    self._writing.noted(fault)
                    self._writing.undo()
                raise
            self._writing.commit()
        finally:
            if os.getpid() == process:
                self._hand_on(job)

    def _has_turn(self, job: _Job) -> bool:
        """Wait until the job leads, or is over; whether it leads."""
        with self._mutex:
            if not self._is_led:
                self._is_led = job.leads = True
                return True
            job.context = contextvars.copy_context()
            job.gate = threading.Lock()
            job.gate.acquire()
            self._queue.append(job)
        try:
            if not job.gate.acquire(timeout=self._faults.seconds):
                if self._withdrawn(job):
                    raise self._faults.busy()
                job.gate.acquire()  # it is being done: its end is near
        except BaseException:
            if not self._withdrawn(job) and job.leads:
                self._hand_on(job)
            raise
        return job.leads

    def _withdrawn(self, job: _Job) -> bool:
        with self._mutex:
            if job not in self._queue:
                return False
            self._queue.remove(job)
            return True

    def _lead(self, own: _Job) -> None:
        """Do the own work and that of others, commit, and let them know."""
        done: list[_Job] = []
        process, own.gate, own.context = os.getpid(), None, None
        try:
            connection = self._writing.begin()
            try:
                self._gather(own, done, connection)
            except BaseException:
                if os.getpid() == process:
                    self._writing.undo()
                raise
            if done:
                self._writing.commit()
        except DubanError as fault:
            for job in done or [own]:
                job.fault = fault
        except BaseException:
            for job in done:
                job.is_undone = True
            raise
        finally:
            if os.getpid() == process:
                for job in done:
                    self._let_through(job)
                self._hand_on(own)

    def _gather(self, own: _Job, done: list[_Job], connection: Connection) -> None:
        since, job = time.monotonic(), own
        while True:
            if self._is_done(job, connection, alone=not done):
                done.append(job)
            else:
                self._let_through(job)
            if not done or len(done) >= MOST or time.monotonic() - since >= HOLD:
                return
            with self._mutex:
                if not self._queue or self._queue[0].work is None:
                    return
                job = self._queue.popleft()

    def _is_done(self, job: _Job, connection: Connection, *, alone: bool) -> bool:
        """Whether the work came to an answer; else it has its fault, and nothing of it is left.

        Raises:
            StoreError: the database has undone the whole transaction. BaseException: this thread is to end.
        """
        process = os.getpid()
        assert job.work is not None
        try:
            if not alone:
                self._writing.tell("SAVEPOINT duban_turn")
            job.answer = job.work(connection) if job.context is None else job.context.run(job.work, connection)
            self._faults.require_process(process)
            self._writing.require_open()
            if not alone:
                self._writing.tell("RELEASE duban_turn")
        except BaseException as fault:
            if os.getpid() != process:
                raise
            job.fault = fault
            self._writing.noted(fault)
            if alone:
                self._writing.undo()
            else:
                self._undo_part(job)
            if not isinstance(fault, Exception):
                if job.gate is not None:
                    # This thread is to end, and not the one whose work it was at.
                    job.fault, job.is_undone = None, True
                    self._let_through(job)
                raise
            return False
        return True

    def _undo_part(self, job: _Job) -> None:
        try:
            self._writing.require_open()
            self._writing.tell("ROLLBACK TO duban_turn")
            self._writing.tell("RELEASE duban_turn")
        except DubanError:
            self._let_through(job)  # it is over for all of them; this one knows why
            raise

    def _let_through(self, job: _Job) -> None:
        """Its thread goes on; whoever leads has no gate to wait at."""
        if job.gate is not None:
            job.gate.release()

    def _hand_on(self, job: _Job) -> None:
        """End the turn of the job: the next in the queue leads."""
        with self._mutex:
            job.leads = False
            if not self._queue:
                self._is_led = False
                return
            following = self._queue.popleft()
            following.leads = True
            assert following.gate is not None
            following.gate.release()
