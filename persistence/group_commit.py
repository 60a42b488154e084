"""Group commit: threads that write to one SQLite file have one of them do the work of all, and share its commit.

SQLite has one writer, and its commit waits for the disk. Whoever finds nobody at work leads: it does its own work, then
that of those who came meanwhile, each in a savepoint of its own, in one transaction, and commits for all. None is
answered before that commit, so each answer is as durable as if it had been alone. What fails is undone alone. So a
thread is woken once for its work, and not once to begin and once more to hear of the end.

The main thread does nobody else's work: it is the one that is interrupted by signals, at any place.
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

from duban.engine.errors import DubanError, StoreError
from duban.persistence.driving import Direct
from duban.persistence.faults import Faults
from duban.persistence.sqlite_writing import SqliteWriting

T = TypeVar("T")

MOST: Final = 100
"""The most works that share a commit."""

HOLD: Final = 0.1
"""Seconds after which a transaction is committed although more work waits to join it."""

LOOK: Final = 0.5
"""Seconds after which a thread that was not woken looks for itself whether it leads or its work is over."""


class _Job:
    """The work of one thread, which waits at ``gate``; without ``work``, it only wants its turn.

    Once ``is_over``, it has its ``answer`` or its ``fault``.
    """

    __slots__ = ("answer", "context", "fault", "gate", "is_over", "work")

    def __init__(self, work: Callable[[Connection, Direct], Any] | None) -> None:
        self.work = work
        self.context: contextvars.Context | None = None
        self.gate: threading.Lock | None = None
        self.is_over = False
        self.answer: Any = None
        self.fault: BaseException | None = None


class GroupCommit:
    """The turns of threads on the one writing connection of an engine."""

    def __init__(self, writing: SqliteWriting, faults: Faults) -> None:
        self._writing = writing
        self._faults = faults
        self._mutex = threading.Lock()
        self._queue: deque[_Job] = deque()
        self._leader: _Job | None = None
        self._process = os.getpid()

    def close(self) -> None:
        """Give the connection back."""
        self._writing.close()

    def run(self, work: Callable[[Connection, Direct], T]) -> T:
        """What the work comes to, which writes on the connection that it is given; durable once it is returned.

        It may be done by another thread than the one that asks, in the context of the one that asks: it must not need
        a lock that the one that asks holds.

        Raises:
            StoreBusy: no turn within the time that the store waits for a lock.
            StoreError, StoreBusy: the commit failed, and nothing of the group is kept; or this is a child that was
                forked meanwhile, which cannot end what its parent began.
        """
        job = _Job(work)
        try:
            if self._has_turn(job):
                self._lead(job)
        finally:
            try:
                self._hand_on(job)
            finally:
                self._hand_on(job)  # the first may have been interrupted, and the turn has to be somebody's
        if job.fault is not None:
            raise job.fault
        answer: T = job.answer
        return answer

    @contextmanager
    def turn(self) -> Iterator[Connection]:
        """Write on the connection that it gives, alone; what was written is durable when the block has ended.

        Raises:
            StoreBusy, StoreError: as of ``run``.
        """
        job, process = _Job(None), self._process
        try:
            self._has_turn(job)
            try:
                yield self._writing.begin()
                self._faults.require_process(process)
                self._writing.require_open()
                self._writing.commit()
            except BaseException as fault:
                if os.getpid() == process:
                    self._writing.noted(fault)
                raise
            finally:
                if os.getpid() == process:
                    self._undo()
        finally:
            try:
                self._hand_on(job)
            finally:
                self._hand_on(job)  # as above

    def _undo(self) -> None:
        try:
            self._writing.undo()
        finally:
            self._writing.undo()  # the first may have been interrupted, and nobody else could write meanwhile

    def _has_turn(self, job: _Job) -> bool:
        """Wait until the job leads, or is over; whether it leads."""
        with self._mutex:
            if self._leader is None:
                self._leader = job
                return True
            job.context = contextvars.copy_context()
            job.gate = threading.Lock()
            job.gate.acquire()
            self._queue.append(job)
        until = time.monotonic() + self._faults.seconds
        try:
            while not job.is_over and self._leader is not job:
                left = until - time.monotonic()
                job.gate.acquire(timeout=min(LOOK, left) if left > 0 else LOOK)
                if time.monotonic() >= until and self._is_withdrawn(job):
                    raise self._faults.busy()
        except BaseException:
            self._is_withdrawn(job)
            raise
        return not job.is_over

    def _is_withdrawn(self, job: _Job) -> bool:
        """Take the job out of the queue; not where somebody is at it already, or it leads."""
        with self._mutex:
            if job not in self._queue or self._leader is job:
                return False
            self._queue.remove(job)
            return True

    def _hand_on(self, job: _Job) -> None:
        """End the turn of the job, if it has it: the next in the queue leads."""
        if self._leader is not job or os.getpid() != self._process:
            return
        with self._mutex:
            if self._leader is not job:
                return
            following = self._queue[0] if self._queue else None
            self._leader = following
            if following is not None:
                self._queue.popleft()
        if following is not None and following.gate is not None:
            following.gate.release()

    def _lead(self, own: _Job) -> None:
        """Do the own work and that of others, commit, and let them know."""
        members: list[_Job] = []
        process = self._process
        own.gate = own.context = None
        fault: BaseException | None = None
        try:
            try:
                self._gather(own, members, self._writing.begin())
                if any(job.fault is None for job in members):
                    self._writing.commit()
            finally:
                if os.getpid() == process:
                    self._undo()  # nothing where all is committed
        except DubanError as error:
            own.fault = fault = error
        except BaseException as error:
            fault = error
            raise
        finally:
            if os.getpid() == process:
                for job in members:
                    if job is not own:
                        self._end(job, fault)

    def _end(self, job: _Job, fault: BaseException | None) -> None:
        """Let the thread of a job go on; ``fault`` is what became of the whole group."""
        if fault is not None and not isinstance(job.fault, StoreError):
            # One of its own: a fault that several threads raise would tell of all of their calls.
            job.fault = type(fault)(**fault.data) if isinstance(fault, DubanError) else fault
        job.is_over = True
        if job.gate is not None:
            job.gate.release()

    def _gather(self, own: _Job, members: list[_Job], connection: Connection) -> None:
        since, is_alone = time.monotonic(), threading.current_thread() is threading.main_thread()
        members.append(own)
        self._do(own, connection, in_part=False)
        while own.fault is None and not is_alone and len(members) < MOST and time.monotonic() - since < HOLD:
            with self._mutex:
                if not self._queue or self._queue[0].work is None:
                    return
                job = self._queue[0]
                if job is not own:
                    members.append(job)
                self._queue.popleft()
            if job is not own:
                self._do(job, connection, in_part=True)

    def _do(self, job: _Job, connection: Connection, *, in_part: bool) -> None:
        """Bring the job to its answer, or to its fault with nothing left of it.

        Raises:
            StoreError: the database has undone the whole transaction.
        """
        process = self._process
        assert job.work is not None
        try:
            if in_part:
                self._writing.tell("SAVEPOINT duban_turn")
            direct, context = self._writing.direct(), job.context
            job.answer = job.work(connection, direct) if context is None else context.run(job.work, connection, direct)
            self._faults.require_process(process)
            self._writing.require_open()
            if in_part:
                self._writing.tell("RELEASE duban_turn")
        except BaseException as fault:
            if os.getpid() != process:
                raise
            job.fault = fault
            self._writing.noted(fault)
            if in_part:
                self._writing.require_open()
                self._writing.tell("ROLLBACK TO duban_turn")
                self._writing.tell("RELEASE duban_turn")
