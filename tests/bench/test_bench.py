"""The benchmark does not rot: every part runs, on a small scale, and what it makes up holds."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from bench.__main__ import PARTS, keep, part
from bench.aims import AIMS, Aim, judged
from bench.measuring import Figure, interleaved
from bench.peers.engine import PACK
from bench.places import Places, places
from bench.plan import Plan
from bench.report import rendered
from bench.scale import HOURS, City, day, measured, worked_out
from bench.seeding import LATE, seeded
from bench.stores import Stores

import duban
from duban.testing import FrozenClock


@pytest.fixture(scope="module")
def plan() -> Iterator[Plan]:
    """The least of everything: no server and no peers, which are not installed for the tests."""
    with places() as where, closing(Stores(where)) as stores:
        yield Plan(
            where,
            stores,
            size=200,
            rounds=1,
            steps=4,
            threads=(1, 2),
            starts=1,
            works=("import",),
            postgres=False,
            peers=False,
        )


@pytest.mark.parametrize("name", PARTS)
def test_every_part_yields_figures_of_which_each_round_took_some_time(plan: Plan, name: str) -> None:
    figures = list(part(name)(plan))

    assert figures
    for figure in figures:
        assert figure.key.split(".")[0] == name
        assert all(len(taken) >= 1 for taken in figure.rounds.values())
        assert name == "P" or all(seconds > 0 for taken in figure.rounds.values() for seconds in taken)


def test_a_seeded_store_holds_and_so_does_what_a_sweep_does_to_it(tmp_path: Path) -> None:
    file = seeded(tmp_path / "seeded.db", 60, overdue=12)

    with closing(
        duban.Engine(f"sqlite:///{file}", pack=PACK, clock=FrozenClock(LATE + timedelta(minutes=1)))
    ) as engine:
        assert engine.verify() == []
        assert sum(one.count for one in engine.stats(by="office")) == 60
        assert {len(engine.history(f"MAT-{number:06}", by="office")) for number in (1, 30, 60)} == {8}
        assert engine.sweep().climbed == 12
        assert engine.verify() == []
        assert (
            engine.start("matter", by="office", data={"title": "t", "unit": "unit-0", "amount": 1}).ref == "MAT-000061"
        )


def test_rivals_take_turns_and_warm_rounds_do_not_count() -> None:
    order: list[str] = []

    def work(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    taken = interleaved({"a": lambda: work("a", 1.0), "b": lambda: work("b", 3.0)}, 2)

    assert order == ["a", "b", "b", "a", "a", "b"]
    assert taken == {"a": [1.0, 1.0], "b": [3.0, 3.0]}


def test_a_ratio_is_the_median_of_the_ratios_of_the_rounds() -> None:
    figure = Figure("X", "", {"floor": [1.0, 9.0, 2.0], "duban": [2.0, 9.0, 8.0]})

    assert figure.ratio("floor", "duban") == 0.5
    assert figure.spread("floor", "duban") == (0.25, 1.0)


def test_an_aim_that_is_missed_is_told_as_missed(tmp_path: Path) -> None:
    aim: Aim = AIMS[0]
    slow = Figure(aim.figure, "a step", {"floor": [1.0], "duban": [4.0]})
    keep(tmp_path / "results.json", slow)
    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    (one,) = judged({slow.key: Figure.of_json(kept["figures"][slow.key])})
    page = rendered(kept, {slow.key: slow}, "<!-- aims -->\n<!-- missed -->")

    assert (one.found, one.is_met) == (0.25, False)
    assert page.count(f"{aim.told}") == 2
    assert "**missed**" in page


def test_the_places_of_a_run_are_gone_when_it_is_over(tmp_path: Path) -> None:
    made = Places(tmp_path)
    made.file("some").write_text("x", encoding="utf-8")
    made.close()

    assert list(tmp_path.iterdir()) == []


def test_on_a_day_that_brings_more_than_the_store_takes_steps_wait_and_on_another_none_does() -> None:
    city = City(cases=1_000_000, working_days=250, events=8)
    most, wait = day(city, capacity=10.0)

    # 32,000 steps a day, of which 11 parts of 114 come in the busiest hour.
    assert most == pytest.approx(32_000 * 11 / sum(HOURS) / 3600)
    assert wait == 0
    assert day(city, capacity=most / 2)[1] > 3600 / 2


def test_a_city_is_worked_out_from_what_was_measured() -> None:
    slow = Figure("A.postgresql.1", "", {"duban": [0.004]})
    many = Figure("A.postgresql.16", "", {"duban": [0.001]})
    found = measured({slow.key: slow, many.key: many})

    assert (found.step, found.parallel) == (0.004, 4.0)
    assert ("steps a second that one primary takes", "1,000") in worked_out(City(), found)
