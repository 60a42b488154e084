"""A receiver on a port of this machine that fails half the time, and drops keys that it knows."""

import random
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

POISON = "poison"


class Receiver:
    """Answers 500 to half of all requests by chance, to half of these after it took what was sent; to poison always."""

    def __init__(self, seed: int) -> None:
        self.done: list[str] = []
        """The keys in the order in which they were taken, each once: a key that is known is dropped."""
        self.requests = self.dropped = self.refused = self.poisoned = 0
        self._known: set[str] = set()
        self._chance, self._changed = random.Random(seed), threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            """One request."""

            def do_POST(self) -> None:
                """Take it, or fail."""
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(receiver._judged(self.headers["Idempotency-Key"], body))
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def _judged(self, key: str, body: str) -> int:
        with self._changed:
            self.requests += 1
            self._changed.notify_all()
            if POISON in body:
                self.poisoned += 1
                return 500
            throw = self._chance.random()
            if throw >= 0.25:
                self.dropped += key in self._known
                if key not in self._known:
                    self._known.add(key)
                    self.done.append(key)
            self.refused += throw < 0.5
            return 500 if throw < 0.5 else 204

    def until(self, reached: Callable[["Receiver"], bool], seconds: float = 120.0) -> bool:
        """Wait until it has come to something; whether it has, within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: reached(self), seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever was killed in mid-request has hung up; nobody needs to read of it."""
