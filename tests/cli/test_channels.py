"""duban channel, what goes out in duban outbox, and what the doctor says of it; never a secret."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.actions.channels.servers import Listener
from tests.cli.conftest import PACK, Street

from duban.testing import FrozenClock

CHANNELS = """
hosts:
  127.0.0.1: {{ports: [{port}], plain: true, private: true}}
channels:
  register:
    kind: webhook
    label: {{en: Register, zh: 登记系统}}
    to: [unit-head, city-management]
    digest: {{minutes: 0, most: 1}}
    url: http://127.0.0.1:{port}/duban
    secret: {{env: DUBAN_REGISTER_SECRET}}
  group: {{kind: dingtalk, to: office, url: {{env: DUBAN_GROUP_URL}}, secret: {{env: DUBAN_GROUP_SECRET}}}}
"""
SECRET = {"DUBAN_REGISTER_SECRET": "S3CRET"}


@pytest.fixture
def listener():
    """A receiver of webhooks."""
    with Listener(status=200) as listener:
        yield listener


@pytest.fixture
def sending(bare: Street, listener: Listener) -> Street:
    """A street whose pack declares channels, with an assigned issue."""
    pack = shutil.copytree(PACK, bare.folder / "pack")
    (pack / "channels.yaml").write_text(CHANNELS.format(port=listener.port), encoding="utf-8")
    assert bare.types("init", "--pack", str(pack)).code == 0
    bare.assigns(bare.reports())
    return bare


def test_channels_are_listed_with_what_they_miss_and_without_what_they_hold(sending: Street) -> None:
    found = {one["channel"]: one for one in sending.types("channel", "list", "--json", **SECRET).document}
    assert (found["register"]["configured"], found["register"]["missing"]) == (True, [])
    assert found["group"]["missing"] == ["DUBAN_GROUP_URL", "DUBAN_GROUP_SECRET"]
    assert found["group"]["kind"] == "dingtalk"
    said = sending.types("channel", "list", "--verbose", **SECRET)
    assert "S3CRET" not in said.out + said.err


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "Group: not set: DUBAN_GROUP_URL, DUBAN_GROUP_SECRET"),
        ("zh", "缺少环境变量 DUBAN_GROUP_URL、DUBAN_GROUP_SECRET"),
    ],
)
def test_people_read_what_a_channel_is_and_how_it_stands(
    sending: Street, person: Callable[[], None], lang: str, words: str
) -> None:
    person()
    shown = sending.types("channel", "list", "--lang", lang, **SECRET).out
    assert words in " ".join(shown.split())
    assert ("登记系统" if lang == "zh" else "Register") in shown


def test_a_pack_without_channels_says_where_they_would_stand(street: Street, person: Callable[[], None]) -> None:
    assert street.types("channel", "list", "--json").document == []
    person()
    assert "channels.yaml" in street.types("channel", "list").out


def test_a_trial_tells_what_came_back(sending: Street, listener: Listener) -> None:
    said = sending.types("channel", "test", "register", "--json", **SECRET)
    assert (said.code, said.document) == (0, {"channel": "register", "to": None, "answer": "HTTP 200"})
    assert "A trial" in listener.taken[0].body.decode()


def test_a_trial_that_fails_leaves_with_its_reason_and_without_a_secret(sending: Street, listener: Listener) -> None:
    listener.status = 500
    failed = sending.types("channel", "test", "register", "--json", **SECRET)
    unset = sending.types("channel", "test", "group", "--json")
    unknown = sending.types("channel", "test", "gruop", "--json")
    nobody = sending.types("channel", "test", "register", "--to", "office", "--json", **SECRET)
    assert [one.code for one in (failed, unset, unknown, nobody)] == [1, 1, 4, 2]
    assert failed.document["error"]["code"] == "channel-error"
    assert "answered 500" in failed.document["error"]["message"]
    assert "DUBAN_GROUP_URL" in unset.document["error"]["message"]
    assert "did you mean `group`" in unknown.document["error"]["message"]
    bad = {"DUBAN_GROUP_URL": "https://T0KEN@evil.example", "DUBAN_GROUP_SECRET": "S3CRET"}
    refused = sending.types("channel", "test", "group", "--verbose", **bad)
    assert refused.code == 1
    assert not any(secret in refused.out + refused.err for secret in ("T0KEN", "S3CRET", "evil"))


def test_what_goes_out_is_delivered_listed_retried_and_discarded(
    sending: Street, listener: Listener, clock: FrozenClock
) -> None:
    listener.status = 500
    sent = sending.types("deliver", "--json", **SECRET).document
    assert sent == {"delivered": 1, "postponed": 2, "dead": 0, "sent": 0}
    [one, other] = sending.types("outbox", "list", "--channel", "register", "--as", "office", "--json").document
    assert (one["state"], one["attempts"], one["recipient"]) == ("waiting", 1, None)
    assert one["last_error"] == "127.0.0.1 answered 500; expected a status of success. It is tried again later."
    assert sending.types("outbox", "discard", one["key"], "--as", "office", "--json").code == 0
    listener.status = 200
    clock.advance("1 working day")
    assert sending.types("deliver", "--json", **SECRET).document["sent"] == 1
    assert sending.types("outbox", "retry", one["key"], "--as", "office").code == 0
    assert sending.types("deliver", "--json", **SECRET).document["sent"] == 1
    states = sending.types("outbox", "list", "--channel", "all", "--as", "office", "--json").document
    assert [(found["key"], found["state"]) for found in states] == [(one["key"], "done"), (other["key"], "done")]
    keys = [taken.headers["Idempotency-Key"] for taken in listener.taken]
    assert sorted(set(keys)) == sorted([one["key"], other["key"]])
    unknown = sending.types("outbox", "list", "--channel", "mail", "--as", "office")
    assert unknown.code == 4


def test_the_doctor_tells_of_channels_that_are_not_configured_and_warns_of_what_is_dead(
    sending: Street, listener: Listener, clock: FrozenClock
) -> None:
    listener.status = 500
    sending.types("sweep")
    well = sending.types("doctor", "--json", **SECRET)
    assert (well.code, well.document["channels"]) == (0, {"configured": "register", "not_configured": "group"})
    for _ in range(10):
        sending.types("deliver", **SECRET)
        clock.advance("1 working day")
    sending.types("sweep")
    ill = sending.types("doctor", "--json", "--as", "office", **SECRET)
    assert ill.document["channels"]["dead"] == 2
    assert any("could not be sent on channels" in words for words in ill.document["warnings"])
    assert "S3CRET" not in ill.out


def test_no_secret_stands_in_the_store(sending: Street, listener: Listener) -> None:
    listener.status = 500
    sending.types("deliver", **SECRET)
    held = b"".join(file.read_bytes() for file in Path(sending.folder).glob("street.db*"))
    assert b"S3CRET" not in held
