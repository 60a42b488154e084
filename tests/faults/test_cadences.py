"""What is done by the calendar, while those who do it are killed, or are several: each occurrence whole, and once."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.engine.runtime.office import LISTING, office, rounds
from tests.faults import errands
from tests.faults.running import Running

import duban
import duban.testing

PLACES = 40
MATTERS = 200
KILLS = 15
SEEDS = range(20_201_123, 20_201_123 + (8 if errands.FULL else 1))
"""More kills than these find nothing left to do: each of the long form begins anew."""
BEGUN = "2020-11-23T09:30:00+08:00"
LATER = "2020-12-11T18:00:00+08:00"
"""Fourteen working days and three Fridays later."""
DAYS = ["2020-11-24", "2020-11-25", "2020-11-26", "2020-11-27", "2020-11-30", *(f"2020-12-{n:02}" for n in range(1, 5))]
DAYS += [f"2020-12-{n:02}" for n in range(7, 12)]
FRIDAYS = ["2020-11-27", "2020-12-04", "2020-12-11"]


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
def calendar_pack(tmp_path: Path) -> Path:
    """The office with many places, whose every Friday is made up for."""
    places = "".join(f"  place-{number:03}: {{unit: roads}}\n" for number in range(PLACES))
    listing = LISTING.replace('at: "16:00"', 'at: "16:00"\n    missed: all')
    return office(tmp_path / "office", rounds(), listing, catalogue=f"places:\n{places}")


@pytest.fixture
def engine(url: str, calendar_pack: Path) -> Iterator[duban.Engine]:
    """An engine whose cadences were seen, with matters to list, some of which refuse."""
    with duban.Engine(url, pack=calendar_pack, clock=duban.testing.FrozenClock(BEGUN)) as engine:
        engine.migrate()
        engine.sweep()
        with engine.batch() as batch:
            for number in range(MATTERS):
                ref = batch.start("matter", by="clerk", data={"listed": True}).ref
                if number % 20 == 0:
                    batch.fire(ref, "hold", by="clerk")
        yield engine


def started(engine: duban.Engine) -> Counter[str]:
    """How many rounds there are of each day; no place twice."""
    found: list[tuple[str, str]] = []
    after = None
    while True:
        page = engine.find("round", by="system", limit=1_000, after=after)
        found += [(case.data["on"], case.data["place"]) for case in page]
        after = page.cursor
        if after is None:
            assert len(set(found)) == len(found)
            return Counter(day for day, _place in found)


def whole(engine: duban.Engine) -> None:
    """Every occurrence was carried out, whole and once, in order, and every refusal written down once."""
    assert started(engine) == dict.fromkeys(DAYS, PLACES)
    for case in engine.find("matter", by="system", limit=1_000):
        rows = [row for row in engine.history(case.ref, by="system") if row.event == "list"]
        assert [row.data["on"] for row in rows] == ([] if case.state == "held" else FRIDAYS)
        assert [row.key for row in rows] == [f"cadence:listing:{row.data['on']}:{case.ref}" for row in rows]
    refused = Counter(found.ref for found in engine.refusals(by="system", limit=1_000))
    assert set(refused.values()) == {len(FRIDAYS)}
    assert len(refused) == MATTERS // 20
    assert engine.verify() == []
    assert engine.sweep().cadences == ()


def later(engine: duban.Engine) -> duban.Engine:
    engine.world.clock.move_to(LATER)  # type: ignore[attr-defined]
    return engine


@pytest.mark.parametrize("seed", SEEDS)
def test_cadences_killed_over_and_over_lose_nothing_double_nothing_and_leave_no_occurrence_in_part(
    engine: duban.Engine, url: str, calendar_pack: Path, seed: int
) -> None:
    chance, killed, amounts, window = random.Random(seed), 0, [0], 0.25
    with Running("almanac", url, str(calendar_pack), LATER, "5") as almanac:
        for _ in range(KILLS):
            almanac.says("sweep")
            victim = almanac.until("begins")["pid"]
            until = time.monotonic() + window * chance.uniform(0.1, 1)
            while (left := until - time.monotonic()) > 0 and almanac.told[-1]["event"] != "ended":
                almanac.glance(left)
            if almanac.told[-1]["event"] != "ended":
                # One that comes to its end just now is told of with the others that did.
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                almanac.until("ended")
            killed += almanac.told[-1]["was_killed"]
            rounds_of = started(engine)
            assert set(rounds_of.values()) <= {PLACES}
            assert sorted(rounds_of) == DAYS[: len(rounds_of)]
            amounts.append(len(rounds_of))
            # On a slow machine they live longer, on a fast one shorter: some get on, and few to the end.
            if not almanac.told[-1]["was_killed"]:
                window *= 0.6
            elif amounts[-1] == amounts[-2]:
                window *= 1.5
    assert killed > KILLS // 2
    assert len(set(amounts)) > 1
    later(engine).sweep()
    whole(engine)


def test_two_schedulers_at_once_carry_out_each_occurrence_once(
    engine: duban.Engine, url: str, calendar_pack: Path
) -> None:
    words = ("scheduler", url, str(calendar_pack), LATER, "1", "", "20")
    with Running(*words) as one, Running(*words) as other:
        for scheduler in (one, other):
            scheduler.until("ready")
        for scheduler in (one, other):
            scheduler.says("go")
        for scheduler in (one, other):
            for _ in range(2):
                scheduler.until(lambda line: line.get("event") == "scheduler.tick" and not line["cadences"])
            scheduler.process.send_signal(signal.SIGTERM)
        told = [scheduler.until("summary") for scheduler in (one, other)]
        assert [scheduler.ended() for scheduler in (one, other)] == [0, 0]
    assert [one["failed"] for one in told] == [0, 0]
    assert sum(one["cadences"] for one in told) == len(DAYS) + len(FRIDAYS)
    whole(later(engine))
