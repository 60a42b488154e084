"""A forbidden case and an unknown one take the same way: the same statements, so that no clock tells them apart."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from tests.security.twins import UNKNOWN, all_marked, later, opened
from tests.security.vault import written

import duban
from duban.testing import FrozenClock

HIDDEN = "TIP-000001"
OUTSIDERS = ("clerk", "road-hand", "caller-1", "usher")


VERBS: dict[str, Callable[[duban.Engine, str, str], Any]] = {
    "get": lambda engine, ref, by: engine.get(ref, by=by),
    "history": lambda engine, ref, by: engine.history(ref, by=by),
    "explain": lambda engine, ref, by: engine.explain(ref, by=by),
    "readings": lambda engine, ref, by: engine.readings(ref, by=by),
    "records": lambda engine, ref, by: engine.records(ref, by=by),
    "fire": lambda engine, ref, by: engine.fire(ref, "weigh", by=by, data={"notes": "typed"}),
    "fire with a key": lambda engine, ref, by: engine.fire(ref, "weigh", by=by, key="guessed"),
    "fire nothing": lambda engine, ref, by: engine.fire(ref, "nothing", by=by),
    "fire with a file": lambda engine, ref, by: engine.fire(ref, "weigh", by=by, evidence={"papers": ("a.txt", b"a")}),
    "fire with a version": lambda engine, ref, by: engine.fire(ref, "weigh", by=by, expect_version=1),
    "fire on many": lambda engine, ref, by: engine.fire_many([ref, ref], "weigh", by=by),
    "fire on many with a key": lambda engine, ref, by: engine.fire_many([ref], "weigh", by=by, key="guessed"),
    "preview of many": lambda engine, ref, by: engine.preview_many([ref], "weigh", by=by),
    "preview": lambda engine, ref, by: engine.preview(ref, "weigh", by=by),
    "children": lambda engine, ref, by: engine.find(by=by, parent=ref),
    "page": lambda engine, ref, by: engine.find(by=by, after=ref),
    "name it": lambda engine, ref, by: engine.fire("DEA-000001", "link", by=by, data={"about": ref}),
    "retry": lambda engine, ref, by: engine.retry(f"{ref}:1:0", by=by),
    "discard": lambda engine, ref, by: engine.discard(f"{ref}:1:0", by=by),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duban.Engine]:
    """A store with a public case and a hidden one whose message waits."""
    folder = tmp_path_factory.mktemp("path")
    with opened(folder, FrozenClock("2020-11-23T09:30:00+08:00"), written(folder / "pack", 8801, 8802)) as made:
        made.migrate()
        made.start("deal", by="clerk", data={"title": "a deal", "unit": "roads"})
        made.start("tip", by="judge-1", data=all_marked("secret"), key="guessed")
    with opened(folder, later()) as found:

        @event.listens_for(found.store._database.engine, "connect")  # type: ignore[attr-defined]
        def connected(connection: Any, _record: Any) -> None:
            connection.set_trace_callback(HEARD.append)

        yield found


HEARD: list[str] = []
"""The statements since it was cleared, as SQLite was given them, with their values."""


def told(engine: duban.Engine, verb: str, ref: str, by: str) -> tuple[list[str], str]:
    """The statements that a verb comes to, and what it answers."""
    answer: Any = None
    HEARD.clear()
    try:
        answer = VERBS[verb](engine, ref, by)
    except duban.DubanError as fault:
        answer = (fault.code, fault.message("en"), fault.message("zh"))
    return [heard.replace(ref, "…") for heard in HEARD], repr(answer).replace(ref, "…")


@pytest.mark.parametrize("verb", VERBS)
def test_a_forbidden_case_takes_the_way_of_an_unknown_one(engine: duban.Engine, verb: str) -> None:
    for by in OUTSIDERS:
        told(engine, verb, UNKNOWN, by)  # what is read once for good is read now
        assert told(engine, verb, HIDDEN, by) == told(engine, verb, UNKNOWN, by), by


def test_the_statements_are_heard_and_another_way_is_noticed(engine: duban.Engine) -> None:
    ways = [told(engine, "history", ref, "judge-1") for ref in (HIDDEN, UNKNOWN)]
    assert len(ways[0][0]) > len(ways[1][0]) > 0


def test_a_file_for_a_forbidden_case_is_kept_as_little_as_one_for_an_unknown_case(
    engine: duban.Engine, tmp_path: Path
) -> None:
    before = sorted(engine.world.evidence.digests())
    for ref in (HIDDEN, UNKNOWN):
        with suppress(duban.UnknownCase):
            engine.fire(ref, "weigh", by="clerk", evidence={"papers": ("new.txt", ref.encode())})
    assert sorted(engine.world.evidence.digests()) == before
