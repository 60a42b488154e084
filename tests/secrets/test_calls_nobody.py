"""Without channels duban speaks to nobody: no program, no server, no resolver is asked for anything."""

import socket
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Street, clock, made_store, street

__all__ = ["clock", "made_store", "street"]


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever tries to reach anybody fails the test."""

    def reached(*given: Any, **named: Any) -> None:
        raise AssertionError(f"somebody was asked: {given} {named}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, reached)
    for name in ("getaddrinfo", "gethostbyname", "create_connection", "getfqdn"):
        monkeypatch.setattr(socket, name, reached)


@pytest.mark.asvs("10.2.1")
def test_a_working_day_asks_nobody(street: Street, silent: None, tmp_path: Path) -> None:
    street.assigns(street.reports())
    street.clock.advance("4 working days")
    for words in (
        "sweep", "deliver", "verify", "metrics", "list --as office", "history ISS-000001 --as office",
        "stats --as office", f"checkpoint --out {tmp_path}/c", f"backup --out {tmp_path}/b", "workflow check",
    ):  # fmt: skip
        assert street.types(*words.split()).code == 0, words
    assert street.types("doctor").code == 0


def test_whoever_did_would_be_found(silent: None) -> None:
    with pytest.raises(AssertionError, match="somebody was asked"):
        socket.create_connection(("127.0.0.1", 9))
