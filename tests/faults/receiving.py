"""A receiver on a port of this machine that fails half the time, and drops keys that it knows."""

import json
import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

POISON = "poison"


class Receiver:
    """Answers 500 to every other request by chance, before or after it has taken what was sent; poison always."""

    def __init__(self, seed: int) -> None:
        self.taken: Counter[str] = Counter()
        """How often each key was taken; a receiver that drops keys it knows has done each of them once."""
        self.refused = 0
        self._chance, self._lock = random.Random(seed), threading.Lock()
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

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever)

    def _judged(self, key: str, body: str) -> int:
        with self._lock:
            if POISON in json.dumps(json.loads(body)):
                return 500
            throw = self._chance.random()
            # A quarter of all requests are taken, and the sender is told that they failed.
            if throw >= 0.25:
                self.taken[key] += throw >= 0.5 or throw < 0.5
            if throw < 0.5:
                self.refused += 1
                return 500
            return 204

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
