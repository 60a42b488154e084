"""Who is told of a confidential case is written down first; of others nothing is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import written
from tests.engine.runtime.test_confidential import DEAL, ERRAND, ORGANIZATION, TIP

import duban
from duban.engine.model.case import Reading
from duban.persistence.writer import SqlWriter


@pytest.fixture
def engine(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on a pack with secrets."""
    errand = ERRAND.replace("parent: end", "parent: note")
    tip = TIP.replace("by: [judge], fire", "by: [judge, system], fire")
    return make(written(tmp_path / "pack", ORGANIZATION, tip=tip, deal=DEAL, errand=errand))


def tip(engine: duban.Engine) -> str:
    return engine.start("tip", by="judge", data={"words": "psst", "unit": "parks"}).ref


def kept(engine: duban.Engine, ref: str) -> list[tuple[str, str]]:
    """Who read a case with what, newest first; looked at by nobody who would leave a trace."""
    return [(one.actor, one.what) for one in engine.readings(ref, by="system", limit=100)]


READS: dict[str, Callable[[duban.Engine, str], object]] = {
    "get": lambda engine, ref: engine.get(ref, by="judge"),
    "history": lambda engine, ref: engine.history(ref, by="judge"),
    "explain": lambda engine, ref: engine.explain(ref, by="judge"),
    "find": lambda engine, ref: engine.find("tip", by="judge"),
    "preview": lambda engine, ref: engine.preview(ref, "end", by="judge"),
    "messages": lambda engine, ref: engine.messages(by="judge"),
    "inbox": lambda engine, ref: engine.inbox(by="judge"),
    "refusals": lambda engine, ref: engine.refusals(by="judge"),
    "readings": lambda engine, ref: engine.readings(ref, by="judge"),
}


def told_of(engine: duban.Engine) -> str:
    """A confidential case of which there is something to tell by every verb."""
    ref = tip(engine)
    engine.deliver()
    with pytest.raises(duban.NotPermitted):
        engine.fire(ref, "tell", by="scheduler")
    return ref


@pytest.mark.parametrize("what", READS)
@pytest.mark.asvs("7.1.3", "8.3.5")
def test_every_read_of_a_confidential_case_is_kept_once_for_a_call(engine: duban.Engine, what: str) -> None:
    ref = told_of(engine)
    assert kept(engine, ref) == []
    READS[what](engine, ref)
    assert kept(engine, ref) == [("judge", what)]


@pytest.mark.parametrize("what", READS)
@pytest.mark.asvs("4.1.5")
def test_what_cannot_be_written_down_is_not_told(
    engine: duban.Engine, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_writer: SqlWriter, _readings: object) -> None:
        raise duban.StoreError(url="x", why="the disk is full")

    ref = told_of(engine)
    monkeypatch.setattr(SqlWriter, "add_readings", full)
    with pytest.raises(duban.StoreError):
        READS[what](engine, ref)


def test_a_preview_that_is_refused_is_a_reading_and_one_that_finds_nothing_is_none(engine: duban.Engine) -> None:
    ref = tip(engine)
    with pytest.raises(duban.UnknownEvent):
        engine.preview(ref, "nothing", by="judge")
    with pytest.raises(duban.UnknownCase):
        engine.preview(ref, "end", by="clerk")
    assert kept(engine, ref) == [("judge", "preview")]


def test_reads_of_public_cases_write_nothing_and_begin_no_transaction_to_write(
    engine: duban.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = engine.start("deal", by="clerk", data={"unit": "parks"}).ref
    engine.deliver()

    def written(*_work: object, **_keyed: object) -> None:
        raise AssertionError("a transaction to write")

    for way in ("write", "transact"):
        monkeypatch.setattr(engine.store, way, written)
    for what in ("get", "history", "explain", "messages", "inbox", "refusals", "readings"):
        READS[what](engine, ref)
    assert engine.readings(ref, by="clerk") == []
    assert len(engine.find("deal", by="judge")) == 1


def test_the_reader_is_the_account_or_the_role_that_asked_and_the_engine_itself_leaves_no_trace(
    engine: duban.Engine,
) -> None:
    ref = tip(engine)
    engine.explain(ref, by="system")
    engine.explain(ref, by="judge")
    assert kept(engine, ref) == [("judge", "explain")]


def test_a_parent_and_children_that_are_named_are_read_as_well(engine: duban.Engine) -> None:
    deal = engine.start("deal", by="clerk").ref
    engine.fire(deal, "refer", by="clerk")
    engine.explain(deal, by="judge")
    assert kept(engine, "TIP-000001") == [("judge", "explain")]
    engine.fire("TIP-000001", "spread", by="judge")
    engine.get("ERR-000001", by="judge")
    assert kept(engine, "TIP-000001")[0] == ("judge", "get")
    assert engine.readings(deal, by="judge") == []


def test_only_those_who_see_the_case_are_told_who_read_it_newest_first(engine: duban.Engine) -> None:
    ref = tip(engine)
    at = engine.world.clock.now()
    engine.get(ref, by="judge")
    engine.history(ref, by="judge")
    assert engine.readings(ref, by="judge") == [
        Reading(ref, "judge", "history", at), Reading(ref, "judge", "get", at)
    ]  # fmt: skip
    assert [one.what for one in engine.readings(ref, by="judge", limit=2)] == ["readings", "history"]
    for unknown in (ref, "TIP-000099"):
        with pytest.raises(duban.UnknownCase):
            engine.readings(unknown, by="clerk")


def test_a_reading_in_the_transaction_of_a_host_is_there_with_it_or_not_at_all(engine: duban.Engine) -> None:
    ref = tip(engine)
    host = create_engine(engine.store.url)
    with Session(host) as session:
        engine.bind(session).get(ref, by="judge")
        session.rollback()
    assert kept(engine, ref) == []
    with Session(host) as session:
        engine.bind(session).get(ref, by="judge")
        session.commit()
    host.dispose()
    assert kept(engine, ref) == [("judge", "get")]
