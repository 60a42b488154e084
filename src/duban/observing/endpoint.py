"""A small HTTP endpoint: ``/metrics`` for Prometheus, ``/health`` for whoever asks whether sweeps still end."""

import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Final, NamedTuple

from duban.engine.errors import StoreError, UsageError
from duban.engine.model.saying import why_of
from duban.engine.ports.clock import Clock
from duban.engine.ports.store import Store
from duban.observing.standing import standing

LOCAL: Final = "127.0.0.1"
_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_JSON: Final = "application/json"
_PATIENCE: Final = 10.0
"""Seconds that a client may take over a request, so that none holds a thread for ever."""


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int

    @classmethod
    def parsed(cls, words: str) -> "Address":
        """Read ``HOST:PORT``, ``[HOST]:PORT`` or ``PORT``; without a host, this machine only. Port 0 takes any.

        Raises:
            UsageError: it is neither.
        """
        host, _, port = words.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        is_port = port.isascii() and port.isdecimal() and int(port) <= 65_535
        if not is_port or (":" in host and not words.startswith("[")):
            raise UsageError("metrics-address", found=words)
        return cls(host or LOCAL, int(port))


class Page(NamedTuple):
    """An answer of the endpoint."""

    status: HTTPStatus
    kind: str
    body: bytes


def health(store: Store, clock: Clock) -> Page:
    """Whether a sweep ended within the last two ticks, by whichever scheduler: 200, else 503."""
    return page_of(told_health(store, clock))


def told_health(store: Store, clock: Clock) -> dict[str, Any]:
    """The same as it stands in the answer."""
    try:
        found = standing(store, clock.now())
    except StoreError as fault:
        return {"healthy": False, "code": fault.code}
    at = found.swept_at
    return {
        "healthy": found.is_healthy,
        "last_sweep_at": at.isoformat().replace("+00:00", "Z") if at else None,
        "age_seconds": round((found.now - at).total_seconds(), 1) if at else None,
        "late_after_seconds": found.late.total_seconds(),
    }


def page_of(told: Mapping[str, Any]) -> Page:
    """An answer that says in ``healthy`` whether all is well: 200, else 503."""
    status = HTTPStatus.OK if told["healthy"] else HTTPStatus.SERVICE_UNAVAILABLE
    return Page(status, _JSON, json.dumps(told).encode())


@contextmanager
def listening(
    address: Address, metrics: Callable[[], bytes], health: Callable[[], Page],
    others: Mapping[str, Callable[[], Page]] | None = None,
) -> Iterator[Address]:  # fmt: skip
    """Answer in threads of its own until the block ends; where it listens, with the port that was taken for 0.

    ``others`` are further pages, by their paths.

    Raises:
        UsageError: the port is taken, or nobody may listen there.
    """

    class Handler(_Handler):
        pages: ClassVar[dict[str, Callable[[], Page]]] = {
            "/metrics": lambda: Page(HTTPStatus.OK, _TEXT, metrics()),
            "/health": health,
            **(others or {}),
        }

    try:
        server = _Server.at(address, Handler)
    except OSError as fault:
        shown = f"{address.host}:{address.port}"
        raise UsageError("metrics-taken", address=shown, why=why_of(fault)) from None
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="duban-metrics", daemon=True)
    thread.start()
    try:
        yield Address(address.host, server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # A second scheduler on the same port is to be told so, also where the system would let it share.
    allow_reuse_port = False

    @classmethod
    def at(cls, address: Address, handler: type[BaseHTTPRequestHandler]) -> "_Server":
        kind = type("_Server6", (cls,), {"address_family": socket.AF_INET6}) if ":" in address.host else cls
        server: _Server = kind(tuple(address), handler)
        return server

    def server_bind(self) -> None:
        """Bind without asking who this machine is: http.server would wait for a name server here."""
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that hangs up is no fault, and no trace reaches anybody."""


class _Handler(BaseHTTPRequestHandler):
    pages: ClassVar[dict[str, Callable[[], Page]]] = {}
    timeout = _PATIENCE
    server_version = "duban"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer with the page, or with 404; what goes wrong in making it is told by kind only."""
        make = self.pages.get(self.path.partition("?")[0])
        try:
            page = make() if make is not None else Page(HTTPStatus.NOT_FOUND, _TEXT, b"/metrics /health\n")
        except Exception as fault:  # whatever it is, the scheduler goes on
            page = Page(HTTPStatus.INTERNAL_SERVER_ERROR, _TEXT, f"{type(fault).__name__}\n".encode())
        self.send_response(page.status)
        self.send_header("Content-Type", page.kind)
        self.send_header("Content-Length", str(len(page.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page.body)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: each scrape would be a line."""
