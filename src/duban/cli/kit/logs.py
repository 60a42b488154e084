"""Where the lines of the log go: to standard error, as JSON or, in a terminal, as people read them."""

import json
import logging
import sys
from collections.abc import Mapping
from typing import Any

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def listen(*, verbose: bool, environ: Mapping[str, str], usual: int = logging.WARNING) -> None:
    """Write what duban logs from ``usual`` on; with ``verbose`` or ``DUBAN_LOG=info`` from INFO on."""
    level = _LEVELS.get(environ.get("DUBAN_LOG", "").lower(), usual)
    if verbose:
        level = min(level, logging.INFO)
    logger = logging.getLogger("duban")
    for handler in [one for one in logger.handlers if isinstance(one, _Lines)]:
        logger.removeHandler(handler)
    logger.addHandler(_Lines())
    logger.setLevel(level)
    logger.propagate = False


def stop_listening() -> None:
    """Leave the logger as a host would find it."""
    logger = logging.getLogger("duban")
    for handler in [one for one in logger.handlers if isinstance(one, _Lines)]:
        logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)
    logger.propagate = True


class _Lines(logging.Handler):
    """Writes to standard error as it is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; whatever becomes of it, the work goes on."""
        try:
            words = record.getMessage()
            sys.stderr.write((_for_people(words) if sys.stderr.isatty() else words) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """Nothing: whoever closed standard error does not want to read."""


def _for_people(words: str) -> str:
    from duban.cli.kit.inert import inert

    try:
        line: dict[str, Any] = json.loads(words)
    except ValueError:
        return inert(words)
    at, level, event = (str(line.pop(name, "")) for name in ("timestamp", "level", "event"))
    data = " ".join(f"{name}={value}" for name, value in line.items() if value is not None)
    return inert(f"{at[11:19]}Z {level:<7} {event} {data}".rstrip())
