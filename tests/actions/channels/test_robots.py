"""The three chat robots against a listener: the code decides, they are signed, and told no more than they take."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.actions.channels.conftest import Office
from tests.actions.channels.parcels import HERE, NOON, channel, here, item, parcel
from tests.actions.channels.servers import Listener

from duban.actions.channels.robots import FITS
from duban.engine.errors import ChannelError
from duban.engine.model.channel import Channel, Kind

ROBOTS: tuple[Kind, ...] = ("wecom", "dingtalk", "feishu")
SECRET = "SEC0123456789"


def robot(kind: Kind, port: int, *env: str) -> Channel:
    return channel(kind, here(port), env=("url", *env))


def words_of(kind: Kind, body: bytes) -> str:
    said: dict[str, Any] = json.loads(body)
    return str(said["content"]["text"] if kind == "feishu" else said["text"]["content"])


def answered(office: Office, kind: Kind, body: bytes, *env: str, **values: str) -> Listener:
    with Listener(body=body) as listener:
        url = f"http://{HERE}:{listener.port}/robot?access_token=T0KEN"
        office(url=url, **values).send(robot(kind, listener.port, *env), parcel())
    return listener


@pytest.mark.parametrize("kind", ROBOTS)
def test_a_robot_gets_plain_text_that_calls_nobody(office: Office, kind: Kind) -> None:
    body = b'{"errcode": 0, "code": 0}'
    [taken] = answered(office, kind, body).taken
    told = json.loads(taken.body)
    assert words_of(kind, taken.body) == (
        "督办通知\n- 2020-11-23 12:00  ISS-000001: Assign (Assigned)（通知：值班室）\n\n"
        "Notices from duban\n- 2020-11-23 12:00  ISS-000001: Assign (Assigned) (for: Desk)\n"
    )
    assert (told.get("msgtype") or told["msg_type"]) == "text"
    assert told.get("at", {}).get("isAtAll", False) is False
    assert told.get("text", {}).get("mentioned_list", []) == []


@pytest.mark.parametrize("kind", ROBOTS)
@pytest.mark.parametrize(
    "body", [b'{"errcode": 93000, "errmsg": "invalid webhook url"}', b'{"errcode": "0"}', b'{"errcode": null}']
)
def test_a_robot_that_answers_200_with_a_code_has_not_taken_it(office: Office, kind: Kind, body: bytes) -> None:
    if kind == "feishu":
        body = body.replace(b"errcode", b"code").replace(b"errmsg", b"msg")
    with pytest.raises(ChannelError) as caught:
        answered(office, kind, body)
    assert (caught.value.key, caught.value.pause) == ("robot", None)


@pytest.mark.parametrize("kind", ROBOTS)
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'"ok"', b"null", b"[" * 60_000])
def test_what_answers_without_a_code_is_no_robot(office: Office, kind: Kind, body: bytes) -> None:
    with pytest.raises(ChannelError) as caught:
        answered(office, kind, body)
    assert caught.value.key == "robot-unclear"


@pytest.mark.parametrize(
    ("kind", "code"), [("wecom", 45009), ("dingtalk", 130101), ("dingtalk", 410100), ("feishu", 11232)]
)
def test_a_robot_that_gets_too_many_is_left_alone_for_a_minute(office: Office, kind: Kind, code: int) -> None:
    with pytest.raises(ChannelError) as caught:
        answered(office, kind, json.dumps({"errcode": code, "code": code}).encode())
    assert (caught.value.key, caught.value.pause) == ("robot-too-fast", timedelta(minutes=1))


def test_dingtalk_is_signed_in_the_url_with_milliseconds_and_secret(office: Office) -> None:
    [taken] = answered(office, "dingtalk", b'{"errcode": 0}', "secret", secret=SECRET).taken
    query = parse_qs(urlsplit(taken.path).query)
    stamp = str(int(NOON.timestamp() * 1000))
    expected = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert query == {"access_token": ["T0KEN"], "timestamp": [stamp], "sign": [base64.b64encode(expected).decode()]}
    assert json.loads(taken.body)["msgtype"] == "text"


def test_feishu_is_signed_in_the_body_with_seconds_and_secret(office: Office) -> None:
    [taken] = answered(office, "feishu", b'{"code": 0}', "secret", secret=SECRET).taken
    told, stamp = json.loads(taken.body), str(int(NOON.timestamp()))
    expected = hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    assert (told["timestamp"], told["sign"]) == (stamp, base64.b64encode(expected).decode())
    assert taken.path == "/robot?access_token=T0KEN"


@pytest.mark.parametrize("kind", ROBOTS)
@pytest.mark.parametrize("count", [1, 30, 400])
def test_a_robot_gets_no_more_bytes_than_it_takes_and_is_told_that_it_was_cut(
    office: Office, kind: Kind, count: int
) -> None:
    items = [item(f"ISS-{number:06}：" + "垃圾堆放" * 80, f"ISS-{number:06}") for number in range(count)]
    with Listener() as listener:
        office(url=f"http://{HERE}:{listener.port}/").send(robot(kind, listener.port), parcel(*items))
    [taken] = listener.taken
    words = words_of(kind, taken.body)
    assert len(words.encode()) <= FITS[kind]
    assert len(taken.body) <= 20_000
    if count > 1:
        told = words.count("ISS-") // 2
        assert f"另有 {count - told} 条" in words or words.endswith("…")


@pytest.mark.parametrize("kind", ROBOTS)
def test_no_error_of_a_robot_repeats_its_secrets(office: Office, kind: Kind) -> None:
    with Listener() as listener:
        url = f"http://{HERE}:{listener.port}/robot?access_token=T0KEN"
        listener.body = json.dumps({"errcode": 1, "code": 1, "errmsg": f"no {url}", "msg": f"no {url}"}).encode()
        with pytest.raises(ChannelError) as caught:
            office(url=url).send(robot(kind, listener.port), parcel())
    told = str(caught.value) + caught.value.message("zh") + repr(caught.value.data)
    assert "T0KEN" not in told
    assert "no …" in told
