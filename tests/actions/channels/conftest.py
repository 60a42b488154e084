"""The environment of a channel, and trust in the certificate of the tests."""

from collections.abc import Callable
from datetime import datetime

import pytest
from tests.actions.channels.parcels import NOON
from tests.actions.channels.servers import PEM

from duban.actions.channels.couriers import PostOffice

Office = Callable[..., PostOffice]


@pytest.fixture(autouse=True)
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of the tests is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))


@pytest.fixture
def office() -> Office:
    """A post office with these variables, by their names without DUBAN_."""

    def made(now: datetime = NOON, **values: str) -> PostOffice:
        return PostOffice({f"DUBAN_{name.upper()}": value for name, value in values.items()}, lambda: now)

    return made
