"""Where a webhook may go: to declared hosts at public addresses, and to none of the tricks that lead elsewhere."""

import pytest

from duban.actions.channels.places import is_public, place_of, resolved
from duban.engine.definition.addresses import WebAddress, web_address
from duban.engine.errors import ChannelError
from duban.engine.model.channel import Host

GOOD = "hooks.street.example"
LISTED = (Host(GOOD, (443,)),)
# Whatever could be named is named, so that only the form of the URL or the address behind it refuses.
EVERYTHING = tuple(
    Host(name, (443, 80, 8080), plain=True)
    for name in (
        GOOD, "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "255.255.255.255", "224.0.0.1", "198.18.0.1", "192.0.0.8", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "localhost",
        "localhost.", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "metadata.internal",
    )
)  # fmt: skip
HOSTILE = [
    "https://evil.example/", "https://hooks.street.example.evil.example/", "https://evilhooks.street.example/",
    "https://hooks.street.example@evil.example/", "https://user:word@hooks.street.example/",
    "https://evil.example#@hooks.street.example/", "https://hooks.street.example#.evil.example/",
    "https://hooks.street.example\\@evil.example/", "https:\\\\evil.example/", "https:/hooks.street.example/",
    "https:///hooks.street.example/", "//hooks.street.example/", "hooks.street.example", "", "https://",
    "https://hooks.street.example:22/", "https://hooks.street.example:0/", "https://hooks.street.example:65536/",
    "https://hooks.street.example:443443/", "https://HOOKS.street.example/", "https://hooks.street.example./",
    "https://hooks..street.example/", "https://hooks.street.example/\r\nHost: evil.example",
    "https://hooks.street.example/a b", "https://hooks.street.example/\t", " https://hooks.street.example/",
    "https://hooks.street.example/\x00", "https://hooks\u3002street\u3002example/", "https://ｈooks.street.example/",
    "https://hóoks.street.example/", "https://%68ooks.street.example/", "http://hooks.street.example/",
    "ftp://hooks.street.example/", "file:///etc/passwd", "gopher://hooks.street.example/", "javascript:alert(1)",
    "data:text/plain,x", "https://hooks.street.example/" + "x" * 3_000, "https://[::1]/", "https://127.0.0.1/",
    "https://[fe80::1%25eth0]/", "https://[::ffff:127.0.0.1]/",
]  # fmt: skip
INSIDE = [
    "http://127.0.0.1/", "http://127.0.0.1:8080/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://0.0.0.0/", "http://255.255.255.255/",
    "http://224.0.0.1/", "http://198.18.0.1/", "http://192.0.0.8/", "http://[::1]/", "http://[::]/",
    "http://[fe80::1]/", "http://[fc00::1]/", "http://[ff02::1]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/",
    "http://localhost/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/",
    "http://0x7f.1/",
]  # fmt: skip


def test_there_are_more_than_forty_of_each_hostile_kind_together() -> None:
    assert len(set(HOSTILE)) > 40
    assert len(set(INSIDE)) > 25


@pytest.mark.parametrize("url", HOSTILE)
@pytest.mark.asvs("12.6.1")
def test_a_url_that_leaves_the_declared_hosts_is_refused_before_anything_is_resolved(url: str) -> None:
    with pytest.raises(ChannelError) as caught:
        place_of(url, LISTED)
    assert caught.value.key in ("url", "host-unlisted", "plain")


@pytest.mark.parametrize("url", INSIDE)
@pytest.mark.asvs("5.2.6")
def test_an_address_that_leads_inside_is_refused_even_where_its_host_is_declared(url: str) -> None:
    with pytest.raises(ChannelError) as caught:
        resolved(*place_of(url, EVERYTHING))
    assert caught.value.key in ("url", "address-refused", "host-unlisted")


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["2606:2800:220:1::1", "::ffff:10.0.0.1"], ["fe80::1%eth0"], ["x"]],
)
def test_a_name_with_one_address_inside_is_refused_whatever_its_others_are(addresses: list[str]) -> None:
    address, host = place_of(f"https://{GOOD}/", LISTED)
    with pytest.raises(ChannelError, match="no address of the public internet"):
        resolved(address, host, lambda _host, _port: addresses)


@pytest.mark.asvs("5.2.6")
def test_a_name_is_resolved_once_and_what_is_connected_to_is_what_was_looked_at() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    address, host = place_of(f"https://{GOOD}/path?x=1", LISTED)
    assert resolved(address, host, lambda _host, _port: next(answers)) == "93.184.216.34"
    assert next(answers) == ["127.0.0.1"]


def test_a_name_without_an_address_is_tried_again_later() -> None:
    def none(_host: str, _port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(ChannelError) as caught:
        resolved(*place_of(f"https://{GOOD}/", LISTED), none)
    assert caught.value.pause is not None


def test_a_private_address_is_taken_where_it_was_declared_so() -> None:
    host = Host("127.0.0.1", (8025,), plain=True, private=True)
    assert resolved(*place_of("http://127.0.0.1:8025/", (host,))) == "127.0.0.1"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example", WebAddress("https", "a.example", 443, "/")),
        ("http://a.example:81/x?y=%41&z=1", WebAddress("http", "a.example", 81, "/x?y=%41&z=1")),
        ("https://[2606:2800:220:1::1]/", WebAddress("https", "2606:2800:220:1::1", 443, "/")),
    ],
)
def test_what_is_taken_means_one_thing(url: str, expected: WebAddress) -> None:
    assert web_address(url) == expected


def test_the_header_names_the_host_as_the_url_does() -> None:
    found = [web_address(url) for url in ("https://a.example/", "https://a.example:444/", "https://[2606:2800::1]/")]
    assert [one.authority for one in found if one] == ["a.example", "a.example:444", "[2606:2800::1]"]


@pytest.mark.parametrize("numbers", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses_are_public(numbers: str) -> None:
    assert is_public(numbers)
