"""Statements that reach a PostgreSQL server together: one write, and one wait for all their answers.

psycopg has a pipeline of its own that writes and looks for answers with each statement, thirty calls of the system in
a step. Here statements are laid in a queue and sent at once, by the same functions of the driver.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from psycopg import errors, generators, pq
from psycopg.adapt import PyFormat, Transformer

_BAD: Final = {pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED, pq.ExecStatus.BAD_RESPONSE}
_TEXT: Final = PyFormat.TEXT
_NAMES_DIFFER: Final = {"26000", "42P05"}
"""The server knows no statement of this name, or has one already: somebody in between uses several."""


class Pipeline:
    """The queue of one connection of psycopg that is in autocommit.

    ``names`` are the names under which the server has prepared statements on this connection already, by their text; to
    be kept for as long as the connection is.
    """

    def __init__(self, driver: Any, names: dict[str, bytes]) -> None:
        self._driver = driver
        self._server: Any = driver.pgconn
        self._names = names
        self._values = Transformer(driver)
        self._queue: list[tuple[str, Sequence[Any] | None]] = []

    @property
    def is_idle(self) -> bool:
        """Whether no transaction is open on the server."""
        return bool(self._server.transaction_status == pq.TransactionStatus.IDLE)

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, sql: str, bound: tuple[Any, ...] | None = None) -> None:
        """Lay a statement into the queue, with values for ``$1``, ``$2``, …; without values it is a plain command.

        Raises:
            psycopg.Error: a value cannot be sent; the queue is as it was.
        """
        self._queue.append((sql, None if bound is None else self._dumped(bound)))

    def drop(self, left: int = 0) -> None:
        """Forget what lies in the queue, but for the first ``left``."""
        del self._queue[left:]

    def send(self) -> list[Any]:
        """Send what lies in the queue and wait for all of its answers: a result of libpq for each statement.

        Raises:
            psycopg.Error: of the first statement that failed; those behind it were not carried out.
        """
        queue, self._queue = self._queue, []
        commands: deque[Callable[[], None]] = deque()
        new: dict[int, str] = {}
        names = dict(self._names) if any(sql not in self._names for sql, _values in queue) else self._names
        for sql, values in queue:
            if values is None:
                commands.append(partial(self._server.send_query_params, sql.encode(), None))
                continue
            if sql not in names:
                names[sql] = _name(sql)
                new[len(commands)] = sql
                commands.append(partial(self._server.send_prepare, names[sql], sql.encode()))
            commands.append(partial(self._server.send_query_prepared, names[sql], values))
        try:
            found, fault = self._judged(self._exchanged(commands), new, names)
        except BaseException:
            # Nobody knows what it would answer next.
            self._driver.close()
            raise
        if fault is not None:
            raise fault
        return found

    def _judged(
        self, answers: list[Any], new: Mapping[int, str], names: Mapping[str, bytes]
    ) -> tuple[list[Any], Exception | None]:
        """The answers of the statements themselves, as far as none failed; notes which of the ``new`` are prepared."""
        found: list[Any] = []
        for place, answer in enumerate(answers):
            if answer.status in _BAD:
                error = errors.error_from_result(answer, encoding="utf-8")
                if error.sqlstate in _NAMES_DIFFER:
                    self._driver.close()
                return found, error
            if place in new:
                self._names[new[place]] = names[new[place]]
            else:
                found.append(answer)
        return found, None

    def rows(self, answer: Any) -> list[tuple[Any, ...]]:
        """The rows of an answer."""
        self._values.set_pgresult(answer)
        return list(self._values.load_rows(0, answer.ntuples, tuple))

    def _dumped(self, bound: Sequence[Any]) -> Sequence[Any]:
        return self._values.dump_sequence(bound, [_TEXT] * len(bound))

    def _exchanged(self, commands: deque[Callable[[], None]]) -> list[Any]:
        wanted = len(commands)
        self._server.enter_pipeline_mode()
        commands.append(self._server.pipeline_sync)
        answers: list[Any] = self._driver.wait(_trip(self._server, commands, wanted + 1))
        self._server.exit_pipeline_mode()
        return answers[:wanted]


def _name(sql: str) -> bytes:
    """The name of a statement: of its text, so that one name is never two texts, whoever prepared it."""
    return b"duban_" + hashlib.sha256(sql.encode()).hexdigest()[:32].encode()


def _trip(server: Any, commands: deque[Callable[[], None]], wanted: int) -> Generator[Any, Any, list[Any]]:
    found = yield from generators.pipeline_communicate(server, commands)
    while len(found) < wanted:
        found.append((yield from generators.fetch_many(server)))
    return [results[-1] for results in found]
