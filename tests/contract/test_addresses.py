"""Several hosts in a URL: every form that libpq and SQLAlchemy know reaches the driver, and is told without secrets."""

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql.psycopg import dialect

from duban.engine.errors import StoreError
from duban.persistence.addresses import has_password, has_several_hosts, parsed, shown, told
from duban.persistence.store import SqlStore

TWO = "postgresql://u@h1:5432,h2:5433/db"
WRITING = "target_session_attrs=read-write"


def given(url: str) -> dict[str, Any]:
    """What the driver is given."""
    found: dict[str, Any] = dialect().create_connect_args(parsed(url))[1]  # type: ignore[no-untyped-call]
    return found


@pytest.mark.parametrize(
    ("url", "hosts", "ports"),
    [
        (TWO, "h1,h2", "5432,5433"),
        ("postgres://u:s3cret@h1:5432,h2:5433/db", "h1,h2", "5432,5433"),
        ("postgresql+psycopg://u@/db?host=h1:5432&host=h2:5433", "h1,h2", "5432,5433"),
        ("postgresql://u@/db?host=h1,h2&port=5432,5433", "h1,h2", "5432,5433"),
        ("postgresql://u@/db?host=h1,h2&port=6000", "h1,h2", "6000,6000"),
        ("postgresql://u@h1,h2,h3/db", "h1,h2,h3", ",,"),
        ("postgresql://h1:5432,h2:5433", "h1,h2", "5432,5433"),
        ("postgresql://u@[::1]:5432,[fe80::2]/db", "::1,fe80::2", "5432,"),
        ("postgresql://u@/db?host=::1&host=[::2]:6000", "::1,::2", ",6000"),
        ("postgresql:///db?host=/run/a,/run/b&port=1,2", "/run/a,/run/b", "1,2"),
        ("postgresql://u:p,w@h1:1,h2:2/db", "h1,h2", "1,2"),
    ],
)
def test_several_hosts_reach_the_driver_and_the_one_that_can_be_written_is_asked_for(
    url: str, hosts: str, ports: str
) -> None:
    found = given(url)
    assert (found["host"], found["port"], found["target_session_attrs"]) == (hosts, ports, "read-write")
    assert told(parsed(told(parsed(url)))) == told(parsed(url))
    assert given(told(parsed(url))).items() >= {"host": hosts, "port": ports}.items()
    assert has_several_hosts(parsed(url))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (TWO, f"{TWO}?{WRITING}"),
        (f"{TWO}?target_session_attrs=any", f"{TWO}?target_session_attrs=any"),
        ("postgresql://u:s3cret@h1:5432,h2:5433/db", f"{TWO}?{WRITING}"),
        ("postgresql://u@h1:5432,h2:5433/db?passwd=s3cret", f"{TWO}?{WRITING}"),
        ("postgresql://u:s3cret@/db?host=h1:5432&host=h2:5433", f"{TWO}?{WRITING}"),
        ("postgresql://u@[::1]:1,[::2]/db", f"postgresql://u@[::1]:1,[::2]/db?{WRITING}"),
        ("postgresql:///db?host=/run/a,/run/b", f"postgresql:///db?host=%2Frun%2Fa%2C%2Frun%2Fb&{WRITING}"),
        ("postgresql://u:s3cret@[::1]:7/db", "postgresql://u@[::1]:7/db"),
        ("postgresql://u:a@s3cret@h1/db", "postgresql://u@…/db"),
        ("postgresql://u@h1/db?options=-c%20s3cret%3Ds3cret", "postgresql://u@h1/db"),
        ("postgresql://u@h1/db?options=-csearch_path%3Dsouth", "postgresql://u@h1/db?options=-csearch_path%3Dsouth"),
    ],
)
def test_several_hosts_are_told_as_they_are_written_and_without_secrets(url: str, expected: str) -> None:
    assert shown(url) == expected
    with closing(SqlStore(url)) as store:
        assert store.url == expected


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://u:s3cret@h1:5432,h2:port/db", "not a database URL"),
        ("postgresql://u:s3cret@h1:5432,h2:99999/db", "not a database URL"),
        ("postgresql://u:a@s3cret,b@h1/db", "not a database URL"),
        ("postgresql://u:s3cret@/db?host=h1,h2,h3&port=1,2", "brackets"),
        ("postgresql://u:s3cret@/db?host=h1:x&host=h2", "brackets"),
        ("sqlite://u:s3cret@h1,h2/street.db", "plain path"),
        ("mysql://u:s3cret@h1,h2/db", "SQLite or PostgreSQL"),
    ],
)
def test_hosts_that_cannot_be_read_are_told_without_a_part_of_the_password(url: str, why: str) -> None:
    with pytest.raises(StoreError, match=why) as caught:
        SqlStore(url)
    assert "s3cret" not in str(caught.value) + caught.value.message("zh")


def test_a_password_is_noticed_beside_several_hosts() -> None:
    assert has_password("postgresql://u:s3cret@h1:1,h2:2/db")
    assert has_password("postgresql://u@h1:1,h2:2/db?password=s3cret")
    assert not has_password(TWO)


def test_one_host_is_left_as_it_is() -> None:
    for url in ("postgresql://u@h1:5432/db", "postgresql://u@/db?host=%2Frun%2Fa", "postgresql:///db"):
        assert shown(url) == url
        assert not has_several_hosts(parsed(url))
        assert "target_session_attrs" not in given(url)


def test_that_none_of_several_servers_answers_is_told() -> None:
    with closing(SqlStore("postgresql://u:s3cret@127.0.0.1:1,127.0.0.1:2/none")) as store:
        with pytest.raises(StoreError, match="no server answers") as caught, store.read():
            raise AssertionError("there was something to read")
        assert "s3cret" not in str(caught.value)
        assert "127.0.0.1:1,127.0.0.1:2" in str(caught.value)
