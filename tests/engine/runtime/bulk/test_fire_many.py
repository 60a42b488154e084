"""One event on many cases: each is judged, recorded and refused by itself; the same call again does nothing twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engine.runtime.bulk.errands import ERRAND, SECRET, begun, errands, moved, told
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import ORGANIZATION, contents, written

import duban
import duban.testing
from duban.engine.model.label import Label
from duban.engine.ports.observer import Fact, Observer, Verb
from duban.engine.runtime.bulk import sources
from duban.engine.runtime.bulk.report import Reason
from duban.persistence.writer import SqlWriter


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
def engine(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> duban.Engine:
    """An engine on the pack of errands, with three cases in a transaction."""
    monkeypatch.setattr(sources, "BATCH", 3)
    return make(errands(tmp_path / "pack"))


def test_who_may_moves_and_who_may_not_is_refused_alone_and_told_why(engine: duban.Engine) -> None:
    may, says_no, done = begun(engine, 5), begun(engine, 7, words="no"), begun(engine, 2)
    for ref in done:
        engine.fire(ref, "end", by="clerk")
    mixed = [ref for group in zip(says_no, [*may, *done], strict=True) for ref in group]
    report = engine.fire_many([*mixed, "ERR-999999"], "end", by="clerk")
    assert (report.done, report.duplicates, report.refused, report.is_stopped) == (5, 0, 10, False)
    assert report.reasons == (
        Reason("guard-refused", Label("it says no", "内容为否"), 7, tuple(says_no[:5])),
        Reason(
            "transition-not-allowed", Label("possible only from Open", "只能从 进行中 执行"), 2, tuple(done)
        ),
        Reason("unknown-case", Label("no such case", "没有这个事项"), 1, ("ERR-999999",)),
    )  # fmt: skip
    assert moved(engine, [*may, *says_no]) == [("done", 2)] * 5 + [("open", 1)] * 7
    assert len(engine.refusals(by="system", limit=100)) == 10
    assert len(engine.messages(by="chief", limit=100)) == 7
    assert engine.verify() == []


def test_a_case_that_another_of_the_batch_starts_is_found(engine: duban.Engine) -> None:
    first = begun(engine, 1)[0]
    born = f"ERR-{int(first.removeprefix('ERR-')) + 1:06}"
    report = engine.fire_many([first, born], "again", by="clerk")
    assert (report.done, report.refused) == (2, 0)
    assert moved(engine, [first, born]) == [("open", 2), ("open", 2)]


def test_one_reference_is_that_case(engine: duban.Engine) -> None:
    (ref,) = begun(engine, 1)
    assert engine.fire_many(ref, "end", by="clerk").done == 1
    assert moved(engine, [ref]) == [("done", 2)]


def test_whoever_may_not_fire_the_event_is_refused_for_each_case(engine: duban.Engine) -> None:
    refs = begun(engine, 4)
    report = engine.fire_many(refs, "note", by="chief")
    assert [(reason.code, reason.count) for reason in report.reasons] == [("not-permitted", 4)]
    assert moved(engine, refs) == [("open", 1)] * 4


def test_the_same_call_again_does_nothing_twice_and_goes_on_where_it_stopped(engine: duban.Engine) -> None:
    refs = begun(engine, 8)
    asked: list[bool] = []

    def twice() -> bool:
        asked.append(True)
        return len(asked) > 2

    first = engine.fire_many(refs, "note", by="clerk", data={"words": "seen"}, key="round-1", stopped=twice)
    assert (first.done, first.is_stopped) == (6, True)
    again = engine.fire_many(refs, "note", by="clerk", data={"words": "seen"}, key="round-1")
    assert (again.done, again.duplicates, again.is_stopped) == (2, 6, False)
    assert moved(engine, refs) == [("open", 2)] * 8
    other = engine.fire_many(refs, "note", by="clerk", data={"words": "other"}, key="round-1")
    assert [(reason.code, reason.count) for reason in other.reasons] == [("key-reused", 8)]


def test_what_was_committed_before_a_store_fails_stays_and_the_rest_is_done_later(
    engine: duban.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs, heard = begun(engine, 8), []
    whole = type(engine.store).transact
    opened: list[bool] = []

    def failing(store: Any, *work: Any, **keyed: Any) -> Any:
        opened.append(True)
        if len(opened) == 3:
            raise duban.StoreError(url=store.url, why="the disk is full")
        return whole(store, *work, **keyed)

    monkeypatch.setattr(type(engine.store), "transact", failing)
    with pytest.raises(duban.StoreError):
        engine.fire_many(refs, "end", by="clerk", key="k", heard=lambda one: heard.append(one.ref))
    assert heard == refs[:6]
    assert moved(engine, refs) == [("done", 2)] * 6 + [("open", 1)] * 2
    report = engine.fire_many(refs, "end", by="clerk", key="k")
    assert (report.done, report.duplicates) == (2, 6)


def test_a_transaction_that_fails_at_its_end_leaves_nothing_of_its_cases(
    engine: duban.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = begun(engine, 3)
    before = contents(engine)

    def full(*_given: object) -> None:
        raise duban.StoreError(url="", why="the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(SqlWriter, "add_messages_of", full)
        with pytest.raises(duban.StoreError):
            engine.fire_many(refs, "end", by="clerk", key="k")
    assert contents(engine) == before
    assert engine.fire_many(refs, "end", by="clerk", key="k").done == 3


def test_one_that_is_moved_by_another_of_its_transaction_is_judged_as_it_stands_then(engine: duban.Engine) -> None:
    (first,) = begun(engine)
    second = engine.start("errand", by="clerk", data={"after": first}).ref
    third = engine.start("errand", by="clerk", data={"after": second}).ref
    report = engine.fire_many([third, second, first], "pass_on", by="clerk")
    assert report.done == 3
    events = [[row.event for row in engine.history(ref, by="clerk")] for ref in (first, second, third)]
    assert events == [["begin", "heard", "pass_on"], ["begin", "heard", "pass_on"], ["begin", "pass_on"]]
    assert engine.verify() == []


def test_what_one_was_refused_by_another_case_is_not_seen_by_the_rest(engine: duban.Engine) -> None:
    (first,) = begun(engine)
    second = engine.start("errand", by="clerk", data={"after": first, "words": "force"}).ref
    third = engine.start("errand", by="clerk", data={"after": second}).ref
    engine.fire(first, "end", by="clerk")
    report = engine.fire_many([second, third], "pass_on", by="clerk")
    assert [(one.code, one.refs) for one in report.reasons] == [("transition-not-allowed", (second,))]
    assert moved(engine, [second, third]) == [("open", 2), ("done", 2)]
    assert [row.event for row in engine.history(second, by="clerk")] == ["begin", "heard"]


def test_a_case_that_is_named_twice_is_judged_twice(engine: duban.Engine) -> None:
    (ref,) = begun(engine)
    report = engine.fire_many([ref, ref, ref], "note", by="clerk", data={"words": "x"})
    assert (report.done, moved(engine, [ref])) == (3, [("open", 4)])
    report = engine.fire_many([ref, ref], "note", by="clerk", data={"words": "y"}, key="k")
    assert (report.done, report.duplicates) == (1, 1)


def test_an_expected_version_refuses_alone(engine: duban.Engine) -> None:
    refs = begun(engine, 3)
    engine.fire(refs[1], "note", by="clerk")
    report = engine.fire_many(refs, "end", by="clerk", expect_versions=dict.fromkeys(refs, 1))
    assert [(one.code, one.refs) for one in report.reasons] == [("version-conflict", (refs[1],))]
    assert moved(engine, refs) == [("done", 2), ("open", 2), ("done", 2)]


def test_nothing_to_do_is_nothing_done(engine: duban.Engine) -> None:
    before = contents(engine)
    assert engine.fire_many([], "end", by="clerk") == duban.BulkReport(0, 0, 0)
    assert engine.fire_many(duban.Criteria("errand"), "end", by="clerk") == duban.BulkReport(0, 0, 0)
    assert contents(engine) == before
    with pytest.raises(duban.UnknownActor):
        engine.fire_many([], "end", by="nobody")
    with pytest.raises(duban.UsageError):
        engine.fire_many([], "end", by="clerk", key="step:mine")


def test_a_key_that_is_too_long_with_a_reference_is_refused_for_that_case(engine: duban.Engine) -> None:
    refs = begun(engine, 2)
    report = engine.fire_many(refs, "end", by="clerk", key="k" * 195)
    assert [(reason.code, reason.count) for reason in report.reasons] == [("usage", 2)]


class Listener(Observer):
    """Notes what it hears."""

    def __init__(self) -> None:
        self.facts: list[Fact | None] = []

    def began(self, verb: Verb) -> object:
        return verb

    def ended(self, verb: Verb, mark: object, fact: Fact | None) -> None:
        self.facts.append(fact)


@pytest.fixture
def listened(url: str, tmp_path: Path, clock: duban.testing.FrozenClock) -> Iterator[tuple[duban.Engine, Listener]]:
    """An engine with an observer."""
    listener = Listener()
    with duban.Engine(url, pack=errands(tmp_path / "pack"), clock=clock, observers=[listener]) as engine:
        yield engine, listener


def test_observers_hear_of_each_case_what_they_hear_of_one(listened: tuple[duban.Engine, Listener]) -> None:
    engine, listener = listened
    refs = [*begun(engine, 2), *begun(engine, 1, words="no"), *told(engine, 2), "ERR-000999"]
    single = []
    for ref in refs:
        try:
            engine.preview(ref, "end", by="chief" if ref.startswith("SEC") else "clerk")
            single.append("done")
        except duban.DubanError as fault:
            single.append(fault.code)
    listener.facts.clear()
    engine.fire_many(refs, "end", by="clerk", key="k")
    engine.fire_many(refs[:1], "end", by="clerk", key="k")
    engine.fire_many(refs[3:5], "end", by="chief")
    heard = [None if fact is None else (fact.ending, fact.workflow, fact.event, fact.code) for fact in listener.facts]
    unknown = ("unknown", "", "", "unknown-case")
    assert heard == [
        ("done", "errand", "end", ""), ("done", "errand", "end", ""), ("refused", "errand", "end", "guard-refused"),
        unknown, unknown, unknown, ("duplicate", "errand", "end", ""), None, None,
    ]  # fmt: skip


def test_rights_that_are_withdrawn_in_the_middle_end_it_before_the_next_transaction(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "BATCH", 2)
    rule = "suspensions: [{by: [chief], of: [clerk]}]\n"
    pack = errands(tmp_path / "pack")
    (pack / "organization.yaml").write_text(ORGANIZATION + rule, encoding="utf-8")
    engine = make(pack)
    refs = begun(engine, 5)

    def heard(one: duban.Fired) -> None:
        if one.ref == refs[1]:
            engine.suspend("clerk", by="chief", reason="离岗")

    with pytest.raises(duban.ActorSuspended):
        engine.fire_many(refs, "end", by="clerk", heard=heard)
    assert moved(engine, refs) == [("done", 2)] * 2 + [("open", 1)] * 3
    assert [(one.actor, one.code) for one in engine.refusals(by="system")] == [("clerk", "actor-suspended")]


def test_a_count_that_asks_how_often_it_happened_sees_the_row_at_hand(make: Make, tmp_path: Path) -> None:
    counts = 'counts: {notes: {of: note, when: "count.note > 1", ladder: [{at: 1, level: 2}]}}'
    engine = make(written(tmp_path / "pack", ORGANIZATION, errand=f"{ERRAND}{counts}\n", secret=SECRET))
    refs = begun(engine, 3)
    for number, level in ((1, 0), (2, 2)):
        assert engine.fire_many(refs, "note", by="clerk", data={"words": f"note {number}"}).done == 3
        assert [engine.get(ref, by="system").level for ref in refs] == [level] * 3
