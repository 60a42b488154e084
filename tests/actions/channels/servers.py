"""Receivers on ports of this machine: an HTTP listener that answers as it is told to, and a mail server."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PEM = Path(__file__).with_name("localhost.pem")


@dataclass
class Request:
    """What was sent."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Listener:
    """Takes every POST, and answers with ``status``, ``headers`` and ``body``, or as ``answers`` does."""

    status: int = 200
    body: bytes = b'{"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"}'
    headers: dict[str, str] = field(default_factory=dict)
    secure: bool = False
    answers: Callable[[BaseHTTPRequestHandler], None] | None = None
    taken: list[Request] = field(default_factory=list)

    def __enter__(self) -> Self:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            """One request."""

            def do_POST(self) -> None:
                """Take it and answer."""
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                listener.taken.append(Request(self.path, dict(self.headers.items()), sent))
                if listener.answers is not None:
                    listener.answers(self)
                    return
                self.send_response(listener.status)
                for name, value in listener.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(listener.body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if self.secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(PEM)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Postbox:
    """What a mail server took: from whom, to whom, and what."""

    port: int = 0
    letters: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the server calls it so
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Take a recipient, or not."""
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        """Take a letter."""
        self.raw.append(envelope.content)
        letter = BytesParser(policy=default).parsebytes(envelope.content.replace(b"\r\n", b"\n"))
        self.letters.append((envelope.mail_from, envelope.rcpt_tos, letter))  # type: ignore[arg-type]
        return "250 OK"


class _Controller(Controller):
    """Takes whatever port is free."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(user: str = "", password: str = "", *, secure: bool = True) -> Iterator[Postbox]:
    """A mail server that asks for STARTTLS, and for a user and a password where they are given."""
    box = Postbox()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)

    def signs_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (user.encode(), password.encode()), handled=False)

    controller = _Controller(
        box, hostname="127.0.0.1", port=0, tls_context=context if secure else None, require_starttls=secure,
        auth_required=bool(user), authenticator=signs_in if user else None, auth_require_tls=secure,
    )  # fmt: skip
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()
