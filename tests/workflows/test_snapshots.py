"""Snapshots: the same bytes twice, untouched by what comes later, filed once, with nothing confidential."""

import pytest
from tests.workflows.referrals import proposed

import duban
from duban.engine.model.case import Case
from duban.engine.model.scope import Scope
from duban.engine.runtime.compiling.build import snapshot
from duban.engine.runtime.compiling.canonical import canonical
from duban.testing import FrozenClock

OFFICE = "office-coordination-1"
WEEK = {"week_ending": "2020-11-20"}
LITTER = {"title": "垃圾未清", "category": "litter", "place": "某处", "grid": "renhejie-1"}


def cut_off(engine: duban.Engine) -> Case:
    """A bulletin whose week is cut off; its snapshot is asked for and not compiled yet."""
    return engine.fire(engine.start("bulletin", by=OFFICE, data=WEEK).ref, "cut_off", by=OFFICE).case


def compiled(engine: duban.Engine, ref: str, seq: int) -> bytes:
    """What is compiled now, as of a row of a case."""
    with engine.store.read() as reader:
        case = reader.case(ref, Scope.unbounded())
        assert case is not None
        return snapshot(reader, engine.world, engine.pack.compilations["bulletin"], case, seq)


def test_the_same_moment_compiled_twice_is_the_same_bytes_whatever_happened_since(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    first = engine.start("issue", by="renhejie-1-worker", data=LITTER)
    clock.advance("1 working hour")
    case = cut_off(engine)
    before = compiled(engine, case.ref, case.version)
    clock.advance("1 working hour")
    engine.start("issue", by="renhejie-1-worker", data=LITTER)
    engine.fire(first.ref, "assign", by=OFFICE)
    assert compiled(engine, case.ref, case.version) == before
    engine.deliver()
    kept = engine.snapshot(case.ref, by=OFFICE)
    assert kept.content == before
    assert canonical(kept.document) == before
    assert engine.history(case.ref, by=OFFICE)[-1].data["snapshot"][0]["hash"] == kept.digest


def test_what_is_carried_out_twice_is_filed_once(engine: duban.Engine) -> None:
    case = cut_off(engine)
    engine.deliver()
    (message,) = [m for m in engine.messages(by=OFFICE, limit=1000) if m.ref == case.ref and m.action == "compile"]
    with engine.store.write() as writer:
        stored = writer.message_by_key(message.key, Scope.unbounded())
    assert stored is not None
    action = engine.world.registry.find("compile")
    assert action is not None
    from duban.engine.runtime.delivery import CollectingToolbox

    action.carry_out(stored, CollectingToolbox(engine.world, engine.store))
    assert [row.event for row in engine.history(case.ref, by=OFFICE)].count("file_snapshot") == 1


def test_a_snapshot_that_nobody_waits_for_any_more_is_let_go_and_no_dead_letter(engine: duban.Engine) -> None:
    case = cut_off(engine)
    engine.fire(case.ref, "call_off", by="executive-leader", data={"reason": "误启动"})
    assert (engine.deliver().postponed, engine.messages(by=OFFICE, state="dead")) == (0, [])
    with pytest.raises(duban.UnknownSnapshot, match="not yet"):
        engine.snapshot(case.ref, by=OFFICE)


def test_a_damaged_snapshot_is_told_and_not_shown(engine: duban.Engine) -> None:
    case = cut_off(engine)
    engine.deliver()
    digest = engine.snapshot(case.ref, by=OFFICE).digest
    with engine.world.evidence.open(digest) as file:
        path = file.name
    with open(path, "r+b") as file:
        file.write(b"[")
    with pytest.raises(duban.StoreError, match=r"snapshot\.json"):
        engine.snapshot(case.ref, by=OFFICE)


def test_nobody_gives_a_snapshot_in_by_hand(engine: duban.Engine) -> None:
    case = cut_off(engine)
    with pytest.raises(duban.NotPermitted):
        engine.fire(case.ref, "file_snapshot", by=OFFICE, evidence={"snapshot": ("snapshot.json", b"{}")})
    with pytest.raises(duban.UsageError, match="idempotency key"):
        engine.fire(case.ref, "draft", by=OFFICE, key=f"action:{case.ref}:2:0")


def test_nothing_confidential_stands_in_a_snapshot(engine: duban.Engine) -> None:
    hidden = proposed(engine)
    case = cut_off(engine)
    engine.deliver()
    assert hidden.ref.encode() not in engine.snapshot(case.ref, by=OFFICE).content
