"""What a channel needs stands in the environment; without it the channel is not configured, and nothing is sent."""

import builtins
from typing import Any

import pytest
from tests.actions.channels.conftest import Office
from tests.actions.channels.parcels import channel, parcel

from duban.engine.errors import ChannelError

# Its own imports are old on some versions of Python.
_OLD = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_what_is_missing_is_named_and_an_empty_variable_is_missing_too(office: Office) -> None:
    out = channel("webhook", env=("url", "secret"))
    assert office().missing(out) == ("DUBAN_URL", "DUBAN_SECRET")
    assert office(url="https://a.example/", secret="  ").missing(out) == ("DUBAN_SECRET",)
    assert office(url="https://a.example/", secret="s").missing(out) == ()
    with pytest.raises(ChannelError, match="DUBAN_SECRET not set"):
        office(url="https://a.example/").send(out, parcel())


def test_a_url_that_is_none_is_not_repeated(office: Office) -> None:
    with pytest.raises(ChannelError) as caught:
        office(url="https://T0KEN@evil.example/", secret="s").send(channel("webhook", env=("url", "secret")), parcel())
    assert "T0KEN" not in str(caught.value) + caught.value.message("zh") + repr(caught.value.data)


@_OLD
def test_apprise_sends_where_it_is_installed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    import apprise

    told: list[dict[str, Any]] = []

    def notify(_self: Any, **given: Any) -> bool:
        told.append(given)
        return len(told) == 1

    monkeypatch.setattr(apprise.Apprise, "notify", notify)
    send = office(url="json://127.0.0.1:9/").send
    assert send(channel("apprise", language="en"), parcel()) == "apprise"
    assert told[0]["title"] == "ISS-000001: Assign (Assigned)"
    assert told[0]["body"].startswith("Notices from duban\n")
    with pytest.raises(ChannelError) as caught:
        send(channel("apprise"), parcel())
    assert caught.value.key == "apprise-failed"


@_OLD
def test_a_url_that_apprise_does_not_know_is_told_without_it(office: Office, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ChannelError) as caught:
        office(url="nonsense://T0KEN/").send(channel("apprise"), parcel())
    assert caught.value.key == "apprise-url"
    assert "T0KEN" not in str(caught.value) + "".join(capfd.readouterr())


def test_without_apprise_it_says_what_to_install(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    imports = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "apprise":
            raise ImportError(name)
        return imports(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ChannelError, match="Install duban with the extra `apprise`"):
        office(url="json://127.0.0.1:9/").send(channel("apprise"), parcel())
