"""Whoever erases what is kept no longer is killed at it, over and over: each case is erased once, whole, and holds."""

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.runtime.street import contents, written
from tests.faults import errands
from tests.faults.running import Running

import duban
from duban.testing import FrozenClock

KILLS, CASES = (40, 1_000) if errands.FULL else (6, 80)
LATER = "2021-01-04T09:00:00+08:00"
SECRET = "call 13800001111"
NOTE = """
workflow: note
version: 1
reference: NOT
fields: {title: {type: text}, place: {type: text}}
states: {open: , over: {final: true}}
events:
  write: {to: open, by: [clerk], needs: [title, place]}
  change: {from: open, by: [clerk], takes: [title]}
  close: {from: open, to: over, by: [clerk]}
"""
RULES = "rules: {words: {workflow: note, erase: [title], after: 30 days}}\n"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Notes that are kept for thirty days."""
    return written(tmp_path / "notes", note=NOTE, retention=RULES)


@pytest.fixture
def engine(url: str, pack: Path) -> Iterator[duban.Engine]:
    """An engine with finished notes whose time is over by ``LATER``."""
    with duban.Engine(url, pack=pack, clock=FrozenClock(errands.BEGUN)) as engine:
        engine.migrate()
        with engine.batch() as verbs:
            for number in range(CASES):
                ref = verbs.start("note", by="clerk", data={"title": SECRET, "place": str(number)}).ref
                verbs.fire(ref, "change", by="clerk", data={"title": f"{SECRET}, or {number}"})
                verbs.fire(ref, "close", by="clerk")
        yield engine


def test_a_run_that_is_killed_in_the_middle_goes_on_where_it_was(engine: duban.Engine, url: str, pack: Path) -> None:
    chance, amounts = random.Random(20_210_104), []
    published = engine.checkpoint()
    with Running("almanac", url, str(pack), LATER, "2") as almanac:
        for _ in range(KILLS):
            almanac.says("sweep")
            victim = almanac.until("begins")["pid"]
            for _ in range(chance.randint(1, 5)):
                almanac.until("retention.erased")
            almanac.glance(chance.uniform(0, 0.005))
            os.kill(victim, signal.SIGKILL)
            assert almanac.until("ended")["was_killed"]
            amounts.append(_erased(engine))
            assert engine.verify(published=published) == []
    assert amounts == sorted(amounts)
    assert 0 < amounts[-1] < CASES
    with duban.Engine(url, pack=pack, clock=FrozenClock(LATER)) as later:
        assert later.sweep().erased == CASES - amounts[-1]
        assert later.sweep().erased == 0
    assert _erased(engine) == CASES
    assert SECRET not in repr(contents(engine))
    assert engine.verify(published=published) == []


def _erased(engine: duban.Engine) -> int:
    """How many notes were erased: each has one row more, which says so, and nothing of it; the others, all."""
    with engine.store.read() as reader:
        cases = list(reader.all_cases())
        rows = {case.ref: reader.history(case) for case in cases}
    for case in cases:
        told = [row.event for row in rows[case.ref]]
        held = [row for row in rows[case.ref] if SECRET in str(row.data)]
        assert (told.count("retention:words"), len(held)) in ((0, 2), (1, 0))
        assert (case.data["title"] is None) == (case.version == 4)
    return sum(case.version == 4 for case in cases)
