"""One event on many cases while others work on them, and in a process that is killed: each case once, nothing lost."""

import random
import signal
import threading
from pathlib import Path

import pytest
from tests.engine.runtime.bulk.errands import begun, errands, moved
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import answer, at_once, process

import duban
from duban.engine.runtime.bulk import sources

CASES = 42


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
def engine(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> duban.Engine:
    """An engine on the pack of errands, with seven cases in a transaction."""
    monkeypatch.setattr(sources, "BATCH", 7)
    return make(errands(tmp_path / "pack"))


def test_several_that_fire_on_the_same_cases_move_each_of_them_once(engine: duban.Engine) -> None:
    refs = begun(engine, CASES)
    orders = [refs, list(reversed(refs)), random.Random(7).sample(refs, CASES)]

    def work(number: int) -> int:
        if number < 3:
            return engine.fire_many(orders[number], "end", by="clerk").done
        return sum(_ended(engine, ref) for ref in orders[2])

    done = at_once(4, work)
    assert sum(count for count in done if isinstance(count, int)) == CASES
    assert moved(engine, refs) == [("done", 2)] * CASES
    assert len(engine.messages(by="system", limit=200)) == CASES
    assert engine.verify() == []


def _ended(engine: duban.Engine, ref: str) -> bool:
    try:
        engine.fire(ref, "end", by="clerk")
    except duban.TransitionNotAllowed:
        return False
    return True


def test_no_note_is_lost_between_one_by_one_and_many_at_once(engine: duban.Engine) -> None:
    refs = begun(engine, 20)

    def work(number: int) -> None:
        if number < 2:
            assert engine.fire_many(refs, "note", by="clerk", data={"words": f"many-{number}"}).done == len(refs)
        else:
            for ref in refs:
                engine.fire(ref, "note", by="clerk", data={"words": f"one-{number}"})

    assert at_once(4, work) == [None] * 4
    assert moved(engine, refs) == [("open", 5)] * len(refs)
    for ref in refs:
        words = [row.data["words"] for row in engine.history(ref, by="clerk")[1:]]
        assert sorted(words) == ["many-0", "many-1", "one-2", "one-3"]
    assert engine.verify() == []


def test_the_same_call_in_two_processes_at_once_moves_each_case_once(
    engine: duban.Engine, url: str, tmp_path: Path
) -> None:
    refs = begun(engine, CASES)
    told = [answer(one) for one in [process(url, "end_all", "k", "7", pack=tmp_path / "pack") for _ in range(2)]]
    assert sum(one["done"] for one in told) == CASES
    assert moved(engine, refs) == [("done", 2)] * CASES
    assert engine.verify() == []


def test_what_a_kill_interrupted_is_finished_by_the_same_call_and_each_case_moves_once(
    engine: duban.Engine, url: str, tmp_path: Path
) -> None:
    refs, chance = begun(engine, CASES), random.Random(20_201_123)
    kills, acknowledged = 0, set[str]()
    while kills < 2:
        running = process(url, "end_all", "k", "7", pack=tmp_path / "pack")
        assert running.stdout is not None
        last = kills * 7 + chance.randint(1, 7)
        for number, line in enumerate(running.stdout, 1):
            if line.endswith("\n") and line.startswith("ERR"):
                acknowledged.add(line.strip())
            if number == last:
                # The delay lets the kill fall anywhere within the work that follows.
                threading.Timer(chance.uniform(0, 0.01), running.send_signal, [signal.SIGKILL]).start()
        running.wait(timeout=120)
        if running.stderr is not None:
            running.stderr.close()
        running.stdout.close()
        kills += 1
        assert engine.verify() == []
    report = engine.fire_many(duban.Criteria("errand"), "end", by="clerk", key="k")
    assert report.done + report.duplicates == CASES
    assert report.duplicates >= len(acknowledged) > 0
    assert moved(engine, refs) == [("done", 2)] * CASES
    assert len(engine.messages(by="system", limit=200)) == CASES
