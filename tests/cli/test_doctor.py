"""What the doctor tells of the service: ages, clocks, secrets by their names, in the language of the reader."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from tests.cli.conftest import Street
from tests.postgres import new_database, running_server

from duban.actions.notify import Notify
from duban.engine.messages import has_text


def test_the_oldest_message_that_is_not_delivered_is_told_with_its_age(street: Street) -> None:
    street.assigns(street.reports())
    street.clock.advance(timedelta(hours=3))
    waits = street.types("doctor", "--json").document["outbox"]
    street.types("deliver")
    after = street.types("doctor", "--json").document["outbox"]

    assert (waits["undelivered_at"], waits["undelivered_seconds"]) == ("2020-11-23T01:30:00Z", 3 * 3600)
    assert after == {"done": 1}


def test_messages_that_nobody_delivers_are_a_warning_with_what_to_type(street: Street) -> None:
    street.assigns(street.reports())
    street.clock.advance(timedelta(minutes=14))
    soon = street.types("doctor", "--json")
    street.clock.advance(timedelta(minutes=2))
    late, zh = street.types("doctor", "--json"), street.types("doctor", "--json", "--lang", "zh")
    street.types("deliver")
    after = street.types("doctor", "--json")

    assert (soon.code, soon.document["warnings"]) == (0, [])
    assert (late.code, len(late.document["warnings"])) == (1, 1)
    (words,) = late.document["warnings"]
    assert "1 messages wait, the oldest since 2020-11-23 09:30, and nobody delivers them" in words
    assert "`duban deliver`" in words
    assert "有 1 条消息无人投递，最早自 2020-11-23 09:30" in zh.document["warnings"][0]
    assert (after.code, after.document["warnings"]) == (0, [])


def test_messages_that_are_tried_again_and_again_are_another_warning(street: Street, monkeypatch) -> None:
    def refuses(*_given: object) -> None:
        raise OSError("the door is shut")

    street.assigns(street.reports())
    monkeypatch.setattr(Notify, "carry_out", refuses)
    for _ in range(9):
        street.types("deliver")
        street.clock.advance(timedelta(minutes=10))
        street.types("deliver")
    ill = street.types("doctor", "--json")

    assert ill.code == 1
    assert "waits since 2020-11-23 09:30: it was tried, failed, and will be tried again" in ill.document["warnings"][0]


@pytest.mark.asvs("7.3.4")
def test_rows_from_the_future_are_a_warning_with_how_far_ahead_they_are(street: Street) -> None:
    street.reports()
    street.clock.move_to("2020-11-23T08:00:00+08:00")
    said = street.types("doctor", "--json")

    assert said.code == 1
    assert "2020-11-23 09:30, 1 h 30 min after this machine's clock" in said.document["warnings"][0]


def test_clocks_that_are_a_few_seconds_apart_are_no_warning(street: Street) -> None:
    street.reports()
    street.clock.advance(timedelta(seconds=-20))

    assert street.types("doctor", "--json").document["warnings"] == []


def test_the_store_of_a_demonstration_is_looked_at_as_of_where_its_clock_stands(street: Street) -> None:
    street.assigns(street.reports())
    street.types("sweep")
    with closing(sqlite3.connect(street.folder / "street.db")) as connection, connection:
        row = ("stands_at", "2020-11-23T01:30:00+00:00")
        connection.execute("INSERT INTO duban_settings (name, value) VALUES (?, ?)", row)
    connection.close()
    street.clock.advance(timedelta(days=400))
    stands = street.types("doctor", "--json")
    street.types("sweep")
    street.types("deliver")
    swept = street.types("doctor", "--json")
    street.clock.advance(timedelta(days=1))
    later = street.types("doctor", "--json")

    assert (stands.code, stands.document["warnings"], stands.document["sweep"]["age_seconds"]) == (0, [], 0)
    assert "demonstration, whose clock stands at 2020-11-23 09:30" in stands.document["advice"][-1]
    # Who sweeps by the clock of the machine has taken the store into use.
    assert (swept.code, swept.document["clock"]["stands_at"]) == (0, None)
    assert later.document["sweep"]["age_seconds"] == 86_400


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_name_that_a_person_reads_is_in_the_language_of_the_reader(
    street: Street, person: Callable[[], None], lang: str
) -> None:
    street.assigns(street.reports())
    street.types("sweep")
    street.clock.advance("4 working days")
    document = street.types("doctor", "--json").document
    person()
    said = street.types("doctor", "--lang", lang).out

    names = {
        name for part, facts in document.items() if part != "versions" and isinstance(facts, dict) for name in facts
    }
    assert {name for name in names if not has_text(f"doctor.{name}")} == set()
    told = [line for line in said.splitlines() if " · " in line and not line.startswith(("version ·", "版本 ·"))]
    headings = [re.split(r" {2,}", line)[0] for line in told]
    assert len(headings) > 15
    assert not any("_" in heading for heading in headings)
    assert lang == "en" or not any(re.search(r"[a-z]{3}", heading) for heading in headings)
    assert ("FULL" in said, "yes" in said) == (True, lang == "en")


def test_secrets_are_told_by_their_names_and_never_by_their_values(street: Street) -> None:
    env = {"DUBAN_CHECKPOINT_KEY": "k3y-0f-th3-s34l", "PGPASSWORD": "p4ssw0rd"}
    plain = street.types("doctor", "--json")
    given = street.types("doctor", "--verbose", "--json", **env)

    assert plain.document["secrets"] == {"set": None, "not_set": "DUBAN_CHECKPOINT_KEY"}
    assert given.document["secrets"] == {"set": "DUBAN_CHECKPOINT_KEY PGPASSWORD", "not_set": None}
    assert not any(secret in given.out + given.err for secret in env.values())


def test_a_password_that_was_typed_is_told_to_stand_in_the_list_of_processes(bare: Street) -> None:
    url = "postgresql://duban:hunter2@127.0.0.1:9/street?sslpassword=hunter3"
    typed = bare.types("doctor", "--json", "--db", url)
    given = bare.types("doctor", "--json", DUBAN_DB=url)

    assert "list of processes" in typed.document["advice"][-1]
    assert not any("list of processes" in words for words in given.document.get("advice", []))
    assert typed.document["store"]["url"] == given.document["store"]["url"] == "postgresql://duban@127.0.0.1:9/street"
    assert "hunter" not in typed.out + typed.err + given.out + given.err


@pytest.mark.xdist_group("postgresql")
@pytest.mark.asvs("7.3.4")
def test_the_clock_of_postgresql_is_compared_with_that_of_this_machine(bare: Street, clock, monkeypatch) -> None:
    from duban import app
    from duban.engine.ports.clock import SystemClock

    with running_server() as server, new_database(server) as url:
        env = {"DUBAN_DB": url}
        monkeypatch.setattr(app, "SystemClock", SystemClock)
        assert bare.types("init", "--pack", "civility", **env).code == 0
        fits = bare.types("doctor", "--json", **env)
        monkeypatch.setattr(app, "SystemClock", lambda: clock)
        behind = bare.types("doctor", "--json", **env)

    assert (fits.code, abs(fits.document["clock"]["database_skew_seconds"]) < 30) == (0, True)
    assert fits.document["store"]["kind"] == "postgresql"
    assert behind.code == 1
    assert "The clock of the database is" in behind.document["warnings"][0]
