"""The one logger. Imported early, so structlog itself comes only with the first line that is written.

Events, and what they carry (references and posts only; never titles, words or names). What goes
well with a confidential case is not written:

==================  ==========================================
``case.started``    ref, workflow, what, actor
``event.fired``     ref, what, actor, version
``event.refused``   what, code, actor
``events.fired``    what, actor, fired, refused: so many cases in one transaction
``step.climbed``    ref, step, case_level
``step.failed``     ref, deadline, code
``cadence.carried`` / ``cadence.passed``  cadence, day
``cadence.failed``  cadence, code
``message.delivered``  key, action
``message.failed``  key, action, attempts
``dispatch.sent``   key, channel
``dispatch.failed``  key, channel, attempts
``import.row``      row, outcome
``observer.failed``  kind
``metrics.listening``  address
``survey.drawn``    ref, actor, households, replaced; of answer sheets there is no line
``account.suspended`` / ``account.restored``  who, role, actor
``account.waiting``  who, actor
``archive.away``      archive, cases, code: they wait until it is put back
``archive.moved``     archive, cases (those without an audience)
``archive.unclean``   archive, code: what came back from it lies there as well, until it can be written
``archive.unsound``   ref
``archive.failed``    code
``retention.erased``  ref, rule
``retention.failed``  rule, code
``retention.left``    rule, cases (those without an audience): in archives, which another role of the database moves
``scheduler.started`` / ``scheduler.stopped`` / ``scheduler.tick``
==================  ==========================================

Where one process serves several offices, each line of work for one carries ``office``, too.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

EVENTS: Final = frozenset(
    {
        "account.restored",
        "account.suspended",
        "account.waiting",
        "archive.away",
        "archive.failed",
        "archive.moved",
        "archive.unclean",
        "archive.unsound",
        "case.started",
        "event.fired",
        "event.refused",
        "events.fired",
        "retention.erased",
        "retention.failed",
        "retention.left",
        "step.climbed",
        "step.failed",
        "cadence.carried",
        "cadence.passed",
        "cadence.failed",
        "message.delivered",
        "message.failed",
        "dispatch.sent",
        "dispatch.failed",
        "import.row",
        "observer.failed",
        "metrics.listening",
        "survey.drawn",
        "scheduler.started",
        "scheduler.stopped",
        "scheduler.tick",
        "scheduler.failed",
    }
)
_LOGGER: Final = logging.getLogger("duban")
_ABOUT: Final[ContextVar[dict[str, Any] | None]] = ContextVar("duban_log_about", default=None)


class Log:
    """Writes events through structlog on the standard logger ``duban``; silent until the host or the CLI listens."""

    def info(self, event: str, **data: Any) -> None:
        """Something happened as it should."""
        self._write(logging.INFO, event, data)

    def warning(self, event: str, **data: Any) -> None:
        """Something happened that somebody should know of."""
        self._write(logging.WARNING, event, data)

    @contextmanager
    def about(self, **data: Any) -> Iterator[None]:
        """Within the block every line of this thread carries ``data``, too, such as the office that it is about."""
        before = _ABOUT.set({**(_ABOUT.get() or {}), **data})
        try:
            yield
        finally:
            _ABOUT.reset(before)

    def _write(self, level: int, event: str, data: dict[str, Any]) -> None:
        if event not in EVENTS:
            raise KeyError(event)
        if _LOGGER.isEnabledFor(level):
            _structlog().log(level, event, **{**(_ABOUT.get() or {}), **data})


@cache
def _structlog() -> Any:
    import structlog

    return structlog.wrap_logger(
        _LOGGER,
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )


log: Final = Log()
_LOGGER.addHandler(logging.NullHandler())
