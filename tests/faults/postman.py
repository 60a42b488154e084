"""A worker of the outbox: ``python postman.py URL PACK PORT``; delivers until it is told to stop, with a short lease.

It knows one more action, ``ring``, which tells the receiver on PORT of its message, under the message's key.
"""

import json
import signal
import sys
import threading
from collections.abc import Mapping
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import duban
import duban.app
from duban.actions.registry import Registry
from duban.engine.model.case import Message
from duban.engine.runtime import delivery

LEASE = 1.0
"""Seconds; a worker that is stopped for longer has lost what it had claimed."""


class Ring:
    """ring: tells a receiver."""

    name = "ring"
    port = 0

    def problems(self, params: Mapping[str, Any]) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        """Nothing is declared."""
        return {name: ("unknown-parameter", {"known": []}) for name in params}

    def recipients(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """Nobody."""
        return ()

    def carry_out(self, message: Message, toolbox: Any) -> None:
        """Tell it, and raise where it does not answer with success."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            body = json.dumps({"workflow": message.params["case"]["workflow"]})
            connection.request("POST", "/", body, {"Idempotency-Key": message.key})
            status = connection.getresponse().status
        finally:
            connection.close()
        if status != 204:
            raise RuntimeError(f"the receiver answered {status}")


def registry(port: int) -> Registry:
    """The actions, with ``ring`` among them."""
    known, ring = Registry(), Ring()
    ring.port = port
    known._loaded[ring.name] = ring
    return known


def hurry() -> None:
    """Leases and pauses of fractions of a second, so that a test of minutes holds what else takes days."""
    delivery.LEASE = timedelta(seconds=LEASE)  # type: ignore[misc]
    delivery.FIRST_WAIT = timedelta(milliseconds=20)  # type: ignore[misc]
    delivery.LONGEST_WAIT = timedelta(milliseconds=200)  # type: ignore[misc]


def work(url: str, pack: str, port: str) -> None:
    """Deliver until SIGTERM."""
    duban.app.Registry = lambda: registry(int(port))  # type: ignore[assignment,misc]
    hurry()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    with duban.Engine(url, pack=Path(pack)) as engine:
        sys.stdout.write('{"event": "ready"}\n')
        sys.stdout.flush()
        while not stop.is_set():
            report = engine.deliver(limit=50)
            if not report.delivered + report.sent:
                stop.wait(0.02)


if __name__ == "__main__":
    work(*sys.argv[1:])
