"""A webhook against a listener: what is sent, that it is signed, and what becomes of every kind of answer."""

import hashlib
import hmac
import json
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from tests.actions.channels.conftest import Office
from tests.actions.channels.parcels import HERE, NOON, channel, here, item, parcel
from tests.actions.channels.servers import Listener

from duban.actions.channels import transport
from duban.engine.errors import ChannelError
from duban.engine.model.channel import Channel, Host

SECRET = "the signing key of a test"


def hook(port: int, **settings: bool) -> Channel:
    return channel("webhook", here(port, **settings), env=("url", "secret"))


@pytest.mark.asvs("13.2.6")
def test_the_key_stands_in_header_and_body_and_the_body_is_signed(office: Office) -> None:
    with Listener(status=204, body=b"") as listener:
        answer = office(url=f"http://{HERE}:{listener.port}/in?x=1", secret=SECRET).send(
            hook(listener.port), parcel(item(), item("ISS-000002: Rework", "ISS-000002"))
        )
    assert answer == "HTTP 204"
    [taken] = listener.taken
    assert (taken.path, taken.headers["Idempotency-Key"]) == ("/in?x=1", "out-0123")
    assert taken.headers["Host"] == f"{HERE}:{listener.port}"
    told = json.loads(taken.body)
    assert (told["format"], told["key"], told["channel"]) == ("duban-notices/1", "out-0123", "out")
    assert [(one["ref"], one["at"], one["posts"]) for one in told["notices"]] == [
        ("ISS-000001", "2020-11-23T04:00:00Z", ["desk"]),
        ("ISS-000002", "2020-11-23T04:00:00Z", ["desk"]),
    ]
    stamp, signed = (part.partition("=")[2] for part in taken.headers["Duban-Signature"].split(","))
    assert stamp == str(int(NOON.timestamp()))
    expected = hmac.new(SECRET.encode(), stamp.encode() + b"." + taken.body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(signed, expected)


def test_a_second_delivery_has_the_same_bytes_under_the_same_key(office: Office) -> None:
    with Listener() as listener:
        values = {"url": f"http://{HERE}:{listener.port}/", "secret": SECRET}
        for minutes in (0, 5):
            office(NOON + timedelta(minutes=minutes), **values).send(hook(listener.port), parcel())
    first, second = listener.taken
    assert first.body == second.body
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.headers["Duban-Signature"] != second.headers["Duban-Signature"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.asvs("5.1.5")
def test_no_redirect_is_followed(office: Office, status: int) -> None:
    with Listener() as inside, Listener(status=status, headers={"Location": f"http://{HERE}:{inside.port}/"}) as outer:
        with pytest.raises(ChannelError) as caught:
            office(url=f"http://{HERE}:{outer.port}/", secret=SECRET).send(hook(outer.port), parcel())
        assert (caught.value.key, inside.taken, len(outer.taken)) == ("redirect", [], 1)


@pytest.mark.parametrize(
    ("status", "key", "pause"),
    [(400, "status", None), (500, "status", None), (429, "too-fast", 7), (503, "too-fast", 7)],
)
def test_what_is_no_success_is_not_taken_for_one(office: Office, status: int, key: str, pause: int | None) -> None:
    with Listener(status=status, headers={"Retry-After": "7"}) as listener, pytest.raises(ChannelError) as caught:
        office(url=f"http://{HERE}:{listener.port}/", secret=SECRET).send(hook(listener.port), parcel())
    assert caught.value.key == key
    assert caught.value.pause == (None if pause is None else timedelta(seconds=pause))


@pytest.mark.parametrize(
    ("asked", "seconds"), [("999999999", 3600), ("0", 1), ("Wed, 21 Oct 2020 07:28:00 GMT", 60), ("-5", 60), ("２", 60)]
)
def test_a_receiver_is_left_alone_within_bounds(office: Office, asked: str, seconds: int) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(f"HTTP/1.0 429 Slow\r\nRetry-After: {asked}\r\n\r\n".encode())

    with Listener(answers=answer) as listener, pytest.raises(ChannelError) as caught:
        office(url=f"http://{HERE}:{listener.port}/", secret=SECRET).send(hook(listener.port), parcel())
    assert caught.value.pause == timedelta(seconds=seconds)


def test_of_a_large_answer_only_the_beginning_is_read(office: Office) -> None:
    with Listener(body=b"x" * 5_000_000) as listener:
        reply = transport.post(f"http://{HERE}:{listener.port}/", here(listener.port), b"{}", {})
    assert len(reply.body) == transport.LARGEST


@pytest.mark.parametrize("beginning", [b"HTTP/", b"HTTP/1.0 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_receiver_that_never_ends_is_given_up_in_time(
    office: Office, monkeypatch: pytest.MonkeyPatch, beginning: bytes
) -> None:
    monkeypatch.setattr(transport, "WHOLE", 0.3)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(beginning)
        for _ in range(400):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            # A blocking read until the other side hangs up, or a twentieth of a second: no test sleeps.
            handler.connection.settimeout(0.05)
            try:
                if not handler.connection.recv(1):
                    return
            except TimeoutError:
                continue

    began = time.monotonic()
    with Listener(answers=drip) as listener:
        send = office(url=f"http://{HERE}:{listener.port}/", secret=SECRET).send
        if beginning.endswith(b"\r\n\r\n"):
            # It has said that it took the message; the rest is not waited for.
            assert send(hook(listener.port), parcel()) == "HTTP 200"
        else:
            with pytest.raises(ChannelError) as caught:
                send(hook(listener.port), parcel())
            assert (caught.value.key, caught.value.pause is not None) == ("no-answer", True)
    assert time.monotonic() - began < 10


def test_a_receiver_that_says_nothing_is_given_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "READING", 0.2)

    def silent(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.settimeout(10)
        handler.connection.recv(1)

    with Listener(answers=silent) as listener, pytest.raises(ChannelError, match="does not answer"):
        office(url=f"http://{HERE}:{listener.port}/", secret=SECRET).send(hook(listener.port), parcel())


def test_nobody_at_the_port_is_no_answer(office: Office) -> None:
    with Listener() as listener:
        port = listener.port
    with pytest.raises(ChannelError) as caught:
        office(url=f"http://{HERE}:{port}/", secret=SECRET).send(hook(port), parcel())
    assert (caught.value.key, caught.value.pause is not None) == ("no-answer", True)


@pytest.mark.asvs("9.2.1")
def test_over_https_the_certificate_has_to_be_that_of_the_host(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with Listener(secure=True, status=200) as listener:
        for host in ("localhost", HERE):
            values = {"url": f"https://{host}:{listener.port}/", "secret": SECRET}
            assert office(**values).send(hook(listener.port), parcel()) == "HTTP 200"
        monkeypatch.setattr("duban.actions.channels.transport.resolved", lambda _address, _host: HERE)
        other = channel("webhook", (Host("other.example", (listener.port,)),), env=("url", "secret"))
        with pytest.raises(ChannelError) as caught:
            office(url=f"https://other.example:{listener.port}/", secret=SECRET).send(other, parcel())
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(ChannelError) as unknown:
            office(url=f"https://localhost:{listener.port}/", secret=SECRET).send(hook(listener.port), parcel())
    assert (caught.value.key, unknown.value.key, len(listener.taken)) == ("tls", "tls", 2)


@pytest.mark.asvs("9.2.2")
def test_plain_http_is_refused_where_it_was_not_declared(office: Office) -> None:
    with Listener() as listener, pytest.raises(ChannelError, match="plain: true"):
        office(url=f"http://{HERE}:{listener.port}/", secret=SECRET).send(hook(listener.port, plain=False), parcel())
    assert listener.taken == []
