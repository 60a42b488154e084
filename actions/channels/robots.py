"""The chat robots of groups: 企业微信 (wecom), 钉钉 (dingtalk) and 飞书 (feishu).

Each takes a POST of JSON and answers HTTP 200 also where it refuses: what counts is the code in the body. None of them
knows keys, so a message that is sent a second time is seen a second time.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote_plus

from duban.actions.channels.transport import post
from duban.actions.channels.words import body, plain
from duban.engine.errors import ChannelError
from duban.engine.model.channel import Channel
from duban.engine.model.dispatch import Parcel
from duban.engine.ports.pauses import TOO_FAST

FITS: Final[Mapping[str, int]] = {"wecom": 2_048, "dingtalk": 15_000, "feishu": 15_000}
"""Bytes of text that each takes. DingTalk and Feishu bound the whole request, 20,000 bytes, in which text grows."""
_TOO_FAST: Final[Mapping[str, frozenset[int]]] = {
    "wecom": frozenset({45_009}),
    "dingtalk": frozenset({130_101, 130_102, 410_100, 90_018}),
    "feishu": frozenset({9_499_101, 11_232, 99_991_400}),
}
_CODE: Final[Mapping[str, tuple[str, str]]] = {
    "wecom": ("errcode", "errmsg"),
    "dingtalk": ("errcode", "errmsg"),
    "feishu": ("code", "msg"),
}


def send(channel: Channel, parcel: Parcel, url: str, secret: str | None, now: datetime) -> str:
    """Send to the group, and return what the robot said.

    Raises:
        ChannelError: it could not be reached, or refused.
    """
    words = body(parcel, channel.language, fits=FITS[channel.kind], in_chat=True)
    message = _message(channel.kind, words)
    if secret is not None and channel.kind == "dingtalk":
        url = signed_url(url, secret, now)
    if secret is not None and channel.kind == "feishu":
        message = {**signature(secret, now), **message}
    reply = post(url, channel.hosts, json.dumps(message, ensure_ascii=False).encode(), {})
    return _judged(channel.kind, reply.body, [url, secret or url])


def signed_url(url: str, secret: str, now: datetime) -> str:
    """DingTalk: milliseconds and secret, signed with the secret, at the end of the URL."""
    stamp = str(round(now.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"


def signature(secret: str, now: datetime) -> dict[str, str]:
    """Feishu: seconds and secret are the key with which nothing is signed, in the body."""
    stamp = str(int(now.timestamp()))
    digest = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}


def _message(kind: str, words: str) -> dict[str, Any]:
    """Plain text, in which no robot looks for markup, and which calls nobody."""
    if kind == "feishu":
        return {"msg_type": "text", "content": {"text": words}}
    if kind == "dingtalk":
        return {"msgtype": "text", "text": {"content": words}, "at": {"atMobiles": [], "isAtAll": False}}
    return {"msgtype": "text", "text": {"content": words, "mentioned_list": []}}


def _judged(kind: str, answer: bytes, secrets: list[str]) -> str:
    code_name, words_name = _CODE[kind]
    try:
        said = json.loads(answer)
        code = said[code_name]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ChannelError("robot-unclear", kind=kind) from None
    if code == 0 and not isinstance(code, bool):
        return f"{code_name} 0"
    why = str(said.get(words_name, ""))
    for secret in secrets:
        why = why.replace(secret, "…")
    if code in _TOO_FAST[kind]:
        raise ChannelError("robot-too-fast", kind=kind, code=plain(str(code), 20), pause=TOO_FAST)
    raise ChannelError("robot", kind=kind, code=plain(str(code), 20), why=plain(why, 120))
