"""The library tells an outsider the same of a store with hidden cases and of its twin without."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.security.twins import HIDDEN, MARK, MARKS, UNKNOWN, Twins, later, made, opened

import duban

GUESSED = f"key-{MARKS[3]}"
OUTSIDERS = ("clerk", "road-hand", "caller-1", "usher", "two-hats")


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """Both stores."""
    with made(tmp_path_factory.mktemp("twins")) as found:
        yield found


READS: dict[str, Callable[[duban.Engine, str], Any]] = {
    "find": lambda engine, by: list(engine.find(by=by, limit=1000)),
    "pages": lambda engine, by: [(page := engine.find(by=by, limit=2)).cursor, list(page)],
    "overdue": lambda engine, by: list(engine.find(by=by, overdue=True)),
    "stats": lambda engine, by: engine.stats(by=by),
    "inbox": lambda engine, by: engine.inbox(by=by, limit=1000),
    "refusals": lambda engine, by: engine.refusals(by=by, limit=1000),
    "messages": lambda engine, by: engine.messages(by=by, limit=1000),
    "board": lambda engine, by: engine.board("deals"),
    "verify": lambda engine, by: engine.verify(by=by),
    "checkpoint": lambda engine, by: sorted(engine.checkpoint(by=by)),
    "sweep": lambda engine, by: engine.sweep(by=by),
    "deliver": lambda engine, by: engine.deliver(by=by),
    "explain": lambda engine, by: _tried(lambda: engine.explain("DEA-000001", by=by)),
    "start": lambda engine, by: _tried(lambda: engine.start("deal", by=by, data={"title": "new"}, key="mine").ref),
    "guessed": lambda engine, by: _tried(lambda: engine.fire("DEA-000003", "hear", by=by, key=GUESSED).case.version),
}  # fmt: skip


def _tried(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except duban.DubanError as fault:
        return (fault.code, fault.message("en"), fault.message("zh"))


def _steady(told: Any) -> Any:
    """What is told, without what is made by chance."""
    text = re.sub(r"\b[0-9a-f]{32,64}\b", "HASH", repr(told))
    return re.sub(r"'[0-9A-Z]{5}-[0-9A-Z]{5}'", "CODE", text)


def test_the_stores_differ_for_who_may_see(twins: Twins) -> None:
    with opened(twins.without, later()) as without, opened(twins.holding, later()) as holding:
        assert list(without.find("tip", by="judge-1")) == []
        assert len(holding.find("tip", by="judge-1", limit=1000)) >= 20
        told = repr(list(holding.find("tip", by="judge-1", limit=1000)))
        assert [mark for mark in MARKS if mark not in told] == []


@pytest.mark.parametrize("by", OUTSIDERS)
def test_what_the_library_tells_is_the_same(twins: Twins, tmp_path: Path, by: str) -> None:
    told = []
    for place in twins.copied(tmp_path):
        with opened(place, later()) as engine:
            told.append({name: _steady(read(engine, by)) for name, read in READS.items()})
    assert told[0] == told[1]
    assert MARK.findall(repr(told[1])) == HIDDEN.findall(repr(told[1])) == []


def test_what_left_by_mail_and_webhook_is_the_same(twins: Twins) -> None:
    without, holding = (twins.taken[place.name] for place in (twins.without, twins.holding))
    assert len(without) > 10
    assert len(holding) == len(without)
    assert MARK.findall("".join(holding)) == HIDDEN.findall("".join(holding)) == []


def test_what_is_logged_is_the_same(twins: Twins) -> None:
    without, holding = (twins.logged[place.name] for place in (twins.without, twins.holding))
    assert {"case.started", "event.refused", "message.delivered", "dispatch.failed", "step.climbed"} <= {
        line["event"] for line in without
    }
    assert holding == without
    assert MARK.findall(str(holding)) == HIDDEN.findall(str(holding)) == []


def test_a_forbidden_case_is_not_to_be_told_from_one_that_is_not_there(twins: Twins, tmp_path: Path) -> None:
    _, place = twins.copied(tmp_path)
    with opened(place, later()) as engine:
        for by in OUTSIDERS:
            told = [_tried(lambda r=ref, b=by: engine.get(r, by=b)) for ref in ("TIP-000001", UNKNOWN)]  # type: ignore[misc]
            assert repr(told[0]).replace("TIP-000001", UNKNOWN) == repr(told[1])
