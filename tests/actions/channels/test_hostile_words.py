"""Words that somebody wrote to do harm come out as words: in mail, in chats, in webhooks."""

import json
import re
import time
from collections.abc import Callable

import pytest
from tests.actions.channels.conftest import Office
from tests.actions.channels.parcels import HERE, channel, here, item, parcel
from tests.actions.channels.servers import Listener, mail_server
from tests.actions.channels.test_mail import VALUES, post

from duban.engine.model.channel import Kind

HOSTILE = {
    "formula": '=HYPERLINK("http://evil.example","x")',
    "command": "=cmd|' /C calc'!A0",
    "header": "Hello\r\nBcc: victim@evil.example\r\nContent-Type: text/html\r\n\r\n<b>html</b>",
    "lone newlines": "a\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h",
    "dots": "\r\n.\r\nMAIL FROM:<x@evil.example>\r\n",
    "ansi": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]8;;http://evil.example\x07link\x1b]8;;\x07 \x9b2J",
    "controls": "".join(map(chr, range(32))) + "\x7f" + "".join(map(chr, range(128, 160))),
    "direction": "\u202egpj.exe\u202c \u2066x\u2069 \u200f \u061c",
    "invisible": "a\u200bb\u2060c\ufeffd\u00ade\U000e0041f",
    "mentions": '@all @所有人 <@all> <@userid> <at user_id="all">所有人</at> <at id=all></at> @13800000000',
    "markdown": "# big\n**bold** `code` ~~gone~~ [link](http://evil.example) ![x](http://evil.example/x.png)",
    "html": '<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt; <font color="warning">',
    "template": "{{ 7*7 }} {% import os %} ${7*7} #{7*7} {0.__class__} %s %(x)s {count}",
    "json": '"}, "msgtype": "markdown", "x": {"y": "',
    "half": "\ud800 \udfff",
    "nul": "a\x00b",
}
_BAD = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
Sent = Callable[[str], str]


@pytest.fixture(params=["wecom", "dingtalk", "feishu"])
def in_chat(request: pytest.FixtureRequest, office: Office) -> Sent:
    """What a robot is told where this is the text of a notice."""
    kind: Kind = request.param

    def sent(words: str) -> str:
        with Listener() as listener:
            out = channel(kind, here(listener.port), language="en")
            office(url=f"http://{HERE}:{listener.port}/").send(out, parcel(item(words, "")))
        [taken] = listener.taken
        told = json.loads(taken.body)
        assert set(told) <= {"msgtype", "msg_type", "text", "content", "at"}
        assert (told.get("msgtype") or told["msg_type"]) == "text"
        return str(told["content"]["text"] if kind == "feishu" else told["text"]["content"])

    return sent


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.asvs("5.2.8")
def test_in_a_chat_nothing_of_it_works(in_chat: Sent, name: str) -> None:
    words = in_chat(HOSTILE[name])
    assert words.startswith("Notices from duban\n- 2020-11-23 12:00  ")
    assert words.count("\n") == 2
    assert _BAD.search(words) is None
    assert re.search(r"[@<>*`~\[\]]", words) is None


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.asvs("5.2.3")
def test_in_a_mail_it_is_neither_a_header_nor_markup(office: Office, name: str) -> None:
    with mail_server() as box:
        out = post(box.port, language="en")
        office(**VALUES).send(out, parcel(item(HOSTILE[name], ""), recipient="desk"))
    [(_, to, letter)] = box.letters
    assert to == ["desk@street.example"]
    assert sorted(letter.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding",
         "MIME-Version"]
    )  # fmt: skip
    assert letter.get_content_type() == "text/plain"
    words = letter.get_content().replace("\r\n", "\n")
    assert words.count("\n") == 2
    assert _BAD.search(words + letter["Subject"]) is None
    head = box.raw[0].partition(b"\r\n\r\n")[0]
    assert not re.search(rb"^(bcc|cc|content-type: text/html)", head, re.IGNORECASE | re.MULTILINE)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.asvs("5.3.6")
def test_in_a_webhook_it_is_a_text_in_one_line(office: Office, name: str) -> None:
    with Listener() as listener:
        out = channel("webhook", here(listener.port), env=("url", "secret"))
        office(url=f"http://{HERE}:{listener.port}/", secret="s").send(out, parcel(item(HOSTILE[name], "ISS-1")))
    told = json.loads(listener.taken[0].body)
    assert sorted(told) == ["channel", "format", "key", "notices"]
    [notice] = told["notices"]
    assert sorted(notice) == ["at", "posts", "ref", "text"]
    assert _BAD.search(notice["text"]["en"]) is None
    assert "\n" not in notice["text"]["en"]


@pytest.mark.parametrize("letter", ["x", "堆", "@", "\u202e", "\x1b[31m", "\r\nBcc: a@b.example"])
@pytest.mark.parametrize("in_chat", ["wecom"], indirect=True)
def test_ten_million_characters_are_cut_at_once(office: Office, in_chat: Sent, letter: str) -> None:
    endless = (letter * 10_000_000)[:10_000_000]
    began = time.process_time()
    chat = in_chat(endless)
    with mail_server() as box:
        office(**VALUES).send(post(box.port), parcel(item(endless, ""), recipient="desk"))
    assert time.process_time() - began < 5
    assert len(chat) < 1_200
    assert len(box.raw[0]) < 20_000
    assert chat.rstrip("\n").partition(" (for")[0].endswith("…")
