"""Mail against a mail server: to the post's address, over a secret connection, recognisable when it comes twice."""

from typing import Any

import pytest
from tests.actions.channels.conftest import Office
from tests.actions.channels.parcels import HERE, channel, item, parcel
from tests.actions.channels.servers import mail_server

from duban.actions.channels import mail
from duban.engine.errors import ChannelError
from duban.engine.model.channel import Channel, Security, Setting

FROM, TO = "duban@street.example", "desk@street.example"
VALUES = {"server": "localhost", "sender": FROM, "desk": TO}


def post(port: int, *env: str, security: Security = "starttls", **more: Any) -> Channel:
    addresses = {"desk": Setting(env="DUBAN_DESK")}
    return channel("mail", env=("server", "sender", *env), addresses=addresses, port=port, security=security, **more)


def test_a_letter_goes_to_the_post_in_both_languages_and_says_that_a_program_wrote_it(office: Office) -> None:
    with mail_server() as box:
        answer = office(**VALUES).send(post(box.port), parcel(recipient="desk"))
    [(sender, to, letter)] = box.letters
    assert (answer, sender, to) == ("SMTP 250", FROM, [TO])
    assert (letter["From"], letter["To"], letter["Auto-Submitted"]) == (FROM, TO, "auto-generated")
    assert letter["Subject"] == "ISS-000001: Assign (Assigned)"
    assert letter["Date"].datetime.isoformat() == "2020-11-23T04:00:00+00:00"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content() == (
        "督办通知\n- 2020-11-23 12:00  ISS-000001: Assign (Assigned)\n\n"
        "Notices from duban\n- 2020-11-23 12:00  ISS-000001: Assign (Assigned)\n"
    )


def test_a_digest_is_one_letter_in_the_language_of_the_channel(office: Office) -> None:
    with mail_server() as box:
        for language in ("zh", "en"):
            items = [item(f"ISS-00000{number}: words", f"ISS-00000{number}") for number in range(3)]
            office(**VALUES).send(post(box.port, language=language), parcel(*items, recipient="desk"))
    chinese, english = (letter for _, _, letter in box.letters)
    assert (chinese["Subject"], english["Subject"]) == ("督办通知 3 条", "3 notices from duban")
    assert chinese.get_content().startswith("督办通知\n- 2020-11-23 12:00  ISS-000000: words\n")
    assert english.get_content().count("\n") == 4


def test_a_second_delivery_has_the_same_message_id_and_another_key_another(office: Office) -> None:
    with mail_server() as box:
        for key in ("one", "one", "two"):
            office(**VALUES).send(post(box.port), parcel(key=key, recipient="desk"))
    first, second, third = (letter["Message-ID"] for _, _, letter in box.letters)
    assert first == second != third
    assert first.endswith("@street.example>")


def test_it_signs_in_where_the_server_wants_that(office: Office) -> None:
    signing = {"user": "duban", "password": "a pass word"}
    with mail_server(**signing) as box:
        office(**VALUES, **signing).send(post(box.port, "user", "password"), parcel(recipient="desk"))
        assert len(box.letters) == 1
        wrong = {**signing, "password": "WR0NG"}
        with pytest.raises(ChannelError) as caught:
            office(**VALUES, **wrong).send(post(box.port, "user", "password"), parcel(recipient="desk"))
        assert (caught.value.key, len(box.letters)) == ("mail-login", 1)
        assert "WR0NG" not in str(caught.value)


@pytest.mark.asvs("9.2.2")
def test_without_starttls_nothing_is_sent_unless_that_was_declared(office: Office) -> None:
    with mail_server(secure=False) as box:
        with pytest.raises(ChannelError) as caught:
            office(**VALUES).send(post(box.port), parcel(recipient="desk"))
        assert (caught.value.key, box.letters) == ("mail-not-supported", [])
        office(**VALUES).send(post(box.port, security="none"), parcel(recipient="desk"))
        assert len(box.letters) == 1


@pytest.mark.asvs("9.2.1")
def test_a_server_whose_certificate_is_not_trusted_gets_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with mail_server() as box, pytest.raises(ChannelError) as caught:
        office(**VALUES).send(post(box.port), parcel(recipient="desk"))
    assert (caught.value.key, box.letters) == ("tls", [])


@pytest.mark.parametrize(("answer", "key"), [("550 no such box", "mail-refused"), ("451 later", "mail-refused")])
def test_what_the_server_does_not_take_is_not_sent(office: Office, answer: str, key: str) -> None:
    with mail_server() as box:
        box.answer = answer
        with pytest.raises(ChannelError, match=answer[:3]) as caught:
            office(**VALUES).send(post(box.port), parcel(recipient="desk"))
    assert (caught.value.key, box.letters) == (key, [])


def test_nobody_at_the_port_is_tried_again_later(office: Office) -> None:
    with mail_server() as box:
        port = box.port
    with pytest.raises(ChannelError) as caught:
        office(**VALUES).send(post(port), parcel(recipient="desk"))
    assert (caught.value.key, caught.value.pause is not None) == ("no-answer", True)


@pytest.mark.parametrize("name", ["sender", "desk"])
@pytest.mark.parametrize(
    "hostile",
    [
        "a@b.example\r\nBcc: c@d.example", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example",
        "Desk <a@b.example>", "a@b.example>", "<a@b.example", '"a b"@b.example', "a@b@c.example", "@b.example", "a@",
        "a b@c.example", "ａ@b.example", "a@b.example\x00", "a" * 300 + "@b.example",
    ],
)  # fmt: skip
@pytest.mark.asvs("5.2.3")
def test_an_address_is_one_plain_address_or_nothing_is_sent(office: Office, name: str, hostile: str) -> None:
    with mail_server() as box, pytest.raises(ChannelError) as caught:
        office(**{**VALUES, name: hostile}).send(post(box.port), parcel(recipient="desk"))
    assert (caught.value.key, box.letters) == ("mail-address", [])


@pytest.mark.parametrize(
    "strange",
    [
        "smtp://u:MAIL-SEKRET@h:25", "u:MAIL-SEKRET@h", "MAIL-SEKRET@h", "h/MAIL-SEKRET", "h:25", "mail.example:99999",
        "h MAIL-SEKRET", "[::1]:25", "mail..example", "127.1", "0x7f000001", "h?MAIL-SEKRET", "h\r\nMAIL-SEKRET",
        "MAIL-SEKRET!", "邮件.example",
    ],
)  # fmt: skip
def test_a_server_is_one_host_or_nothing_is_tried_and_nothing_of_it_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch, strange: str
) -> None:
    monkeypatch.setattr(mail, "_connected", lambda *_given: pytest.fail("it was connected to"))
    with pytest.raises(ChannelError) as caught:
        office(**{**VALUES, "server": strange}).send(post(25), parcel(recipient="desk"))
    told = str(caught.value) + caught.value.message("zh") + str(caught.value.data)
    assert (caught.value.key, strange in told, "MAIL-SEKRET" in told) == ("mail-server", False, False)
    assert "DUBAN_SERVER" in told
    assert "`port`" in told


@pytest.mark.parametrize("host", ["localhost", "Mail.Street.example", "mail_relay", "127.0.0.1", "::1"])
def test_a_host_name_and_an_address_are_taken(office: Office, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    def silent(_channel: Channel, server: str) -> None:
        raise ConnectionRefusedError(server)

    monkeypatch.setattr(mail, "_connected", silent)
    with pytest.raises(ChannelError) as caught:
        office(**{**VALUES, "server": host}).send(post(25), parcel(recipient="desk"))
    # A secret that was set in the wrong variable may read as a host: the variable is told, not what it holds.
    assert (caught.value.key, caught.value.data["host"]) == ("no-answer", "DUBAN_SERVER")


def test_a_recipient_without_an_address_is_told(office: Office) -> None:
    with pytest.raises(ChannelError, match="no address for chief"):
        office(**VALUES).send(post(25), parcel(recipient="chief"))


def test_nothing_waits_longer_for_a_server_than_its_timeout() -> None:
    assert mail.TIMEOUT <= 30
    assert HERE == "127.0.0.1"
