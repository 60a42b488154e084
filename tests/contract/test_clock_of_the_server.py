"""Machines whose clocks differ go by the clock of the server that they share."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.contract.conftest import POSTGRESQL
from tests.contract.samples import started

import duban
import duban.testing
from duban.engine.ports.clock import SystemClock
from duban.engine.runtime.delivery import LEASE
from duban.persistence.store import SqlStore
from duban.persistence.timing import FRESH, DatabaseClock, Offset

ON_POSTGRESQL = pytest.mark.parametrize("kind", [POSTGRESQL])
HOUR = timedelta(hours=1)
NEAR = timedelta(seconds=30)


class Wrong(SystemClock):
    """The clock of a machine that is ahead by so much."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        """The wrong time."""
        return super().now() + self.ahead


def on_a_wrong_machine(store: SqlStore, ahead: timedelta) -> tuple[Wrong, Any]:
    """The clock of a machine that is ahead, and that by which duban goes there."""
    machine = Wrong(ahead)
    store._database.offset.here = lambda: time.time() + ahead.total_seconds()
    return machine, store.clock(machine)


@ON_POSTGRESQL
@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_a_machine_whose_clock_is_wrong_goes_by_the_servers(
    kind: str, ahead: timedelta, url_of: Callable[[str], str]
) -> None:
    with closing(SqlStore(url_of(kind))) as store:
        machine, clock = on_a_wrong_machine(store, ahead)
        assert abs(clock.now() - datetime.now(UTC)) < NEAR
        assert abs(machine.now() - datetime.now(UTC)) > NEAR


@ON_POSTGRESQL
def test_a_worker_on_a_fast_clock_takes_no_lease_that_another_holds(kind: str, url_of: Callable[[str], str]) -> None:
    url = url_of(kind)
    with closing(SqlStore(url)) as first, closing(SqlStore(url)) as second:
        started(first, messages=1)
        now = first.clock(SystemClock()).now()
        assert len(first.outbox.claim(now, now + LEASE, "first", 9)) == 1
        machine, clock = on_a_wrong_machine(second, HOUR)
        assert second.outbox.claim(clock.now(), clock.now() + LEASE, "second", 9) == []
        # By its own clock it would have.
        assert len(second.outbox.claim(machine.now(), machine.now() + LEASE, "second", 9)) == 1


@ON_POSTGRESQL
def test_what_is_due_on_a_slow_machine_is_what_is_due_on_the_server(
    kind: str, url_of: Callable[[str], str], tmp_path: Path
) -> None:
    with duban.Engine(url_of(kind), pack="civility", evidence=tmp_path) as engine:
        assert isinstance(engine.world.clock, DatabaseClock)
        assert isinstance(engine.store, SqlStore)
        engine.store._database.offset.here = lambda: time.time() - HOUR.total_seconds()
        engine.world.clock.machine = Wrong(-HOUR)  # type: ignore[misc]
        engine.migrate()
        engine.sweep(by="system")
        with engine.store.read() as reader:
            swept = reader.setting("last_sweep_at")
        assert swept is not None
        assert abs(datetime.fromisoformat(swept) - datetime.now(UTC)) < NEAR


@pytest.mark.parametrize("kind", ["sqlite", "memory", POSTGRESQL])
def test_a_clock_that_a_test_moves_stays_what_it_is(kind: str, url_of: Callable[[str], str], tmp_path: Path) -> None:
    frozen = duban.testing.FrozenClock("2020-11-23T09:30:00+08:00")
    with duban.Engine(url_of(kind), pack="civility", clock=frozen, evidence=tmp_path) as engine:
        assert engine.world.clock is frozen


@pytest.mark.parametrize("kind", ["sqlite", "memory"])
def test_a_file_goes_by_the_clock_of_its_machine(kind: str, url_of: Callable[[str], str]) -> None:
    machine = SystemClock()
    with closing(SqlStore(url_of(kind))) as store:
        assert store.clock(machine) is machine


def test_where_no_server_answers_the_clock_of_the_machine_has_to_do() -> None:
    with closing(SqlStore("postgresql://u@127.0.0.1:1/none")) as store:
        assert abs(store.clock(SystemClock()).now() - datetime.now(UTC)) < NEAR


class Server:
    """A driver's connection to a server whose clock is at ``at``; each trip takes ``trip`` seconds of ``here``."""

    def __init__(self, at: float, trip: float = 0.0) -> None:
        self.at, self.trip, self.here = at, trip, 1_000.0

    def execute(self, _asked: str) -> "Server":
        """Ask it."""
        self.here += self.trip
        return self

    def fetchone(self) -> tuple[float]:
        """Its time."""
        return (self.at,)


def test_an_offset_is_measured_again_after_a_minute_or_where_the_clock_of_the_machine_was_moved() -> None:
    server = Server(at=1_500.0)
    offset = Offset(lambda: server.here)
    assert (offset.is_known, offset.is_stale) == (False, True)
    offset.measured_on(server)
    assert (offset.seconds, offset.is_known, offset.is_stale) == (500.0, True, False)
    for here, is_stale in ((1_000 + FRESH - 1, False), (1_000 + FRESH, True), (999, True), (50_000, True)):
        server.here = here
        assert offset.is_stale is is_stale


def test_what_was_measured_on_a_slow_trip_does_not_replace_what_was_measured_on_a_fast_one() -> None:
    server = Server(at=1_500.0, trip=0.5)
    offset = Offset(lambda: server.here)
    offset.measured_on(server)
    assert offset.seconds == 1_500 - 1_000.25
    server.trip, server.at = 20.0, 1_502.0
    offset.measured_on(server)
    assert (offset.seconds, offset.is_stale) == (1_500 - 1_000.25, False)
