"""On PostgreSQL a step asks once for all that it has to know, and writes once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url
from tests.contract.trips import Counting
from tests.engine.runtime.street import SAMPLE, assigned, reported
from tests.postgres import new_database

import duban

pytestmark = pytest.mark.xdist_group("postgresql")
WARM = 3
"""So many times before it is counted: the first ones open a connection, keep the definition and have it read."""


@pytest.fixture
def counting(postgres_server: str, tmp_path: Path) -> Iterator[tuple[Counting, duban.Engine]]:
    """The counter, and an engine whose one connection goes by it."""
    with new_database(postgres_server) as url:
        address = make_url(url)
        folder = Path(str(address.query["host"]))
        with Counting(tmp_path, folder / ".s.PGSQL.5432") as counter:
            through = address.update_query_dict({"host": str(tmp_path)}).render_as_string(hide_password=False)
            clock = duban.testing.FrozenClock("2020-11-23T09:30:00+08:00")
            with duban.Engine(through, pack=SAMPLE, clock=clock, evidence=tmp_path / "files") as engine:
                engine.migrate()
                for _ in range(WARM):
                    engine.fire(assigned(engine).ref, "suspend", by="leader", data={"reason": "r"}, key=None)
                yield counter, engine


def test_an_event_takes_two_round_trips(counting: tuple[Counting, duban.Engine]) -> None:
    counter, engine = counting
    case = reported(engine)
    with counter.of(2):
        engine.fire(case.ref, "assign", by="office", data={"unit": "city-management"}, key="once", expect_version=1)
    assert engine.get(case.ref, by="office").state == "assigned"


def test_a_refusal_is_asked_once_and_written_down_in_one_more(counting: tuple[Counting, duban.Engine]) -> None:
    counter, engine = counting
    case = reported(engine)
    with counter.of(4), pytest.raises(duban.NotPermitted):
        engine.fire(case.ref, "assign", by="grid-worker", data={"unit": "city-management"})


def test_a_start_takes_one_more_each_for_its_key_its_number_and_its_case(
    counting: tuple[Counting, duban.Engine],
) -> None:
    counter, engine = counting
    with counter.of(5):
        reported(engine, key="once")


def test_a_sweep_takes_as_many_for_many_steps_as_for_a_few(counting: tuple[Counting, duban.Engine]) -> None:
    counter, engine = counting
    clock = engine.world.clock
    engine.sweep()
    taken = []
    for many, until in ((2, "2020-11-27T09:30:00+08:00"), (20, "2020-12-02T09:30:00+08:00")):
        for _ in range(many):
            assigned(engine)
        clock.move_to(until)  # type: ignore[attr-defined]
        before = counter.trips
        assert engine.sweep().climbed >= 2 * many
        taken.append(counter.trips - before)
    few, more = taken
    assert few <= 18
    assert more <= few + 2, "what a day brings besides may take one or two"
