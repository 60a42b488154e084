"""What is told of a store as a whole, and every number in what is told, is the same with hidden cases and without."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import written
from tests.engine.runtime.test_confidential import DEAL, ERRAND, ORGANIZATION, TIP

import duban
import duban.testing
from duban import scheduler
from duban.engine.model.case import Broken
from duban.engine.runtime.commands import Commands
from duban.engine.runtime.sweep import HIDDEN_FAILED, LAST_FAILED, SweepReport


@pytest.fixture
def engine(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on a pack with secrets, a case that everybody may see and two that only judges may."""
    errand = ERRAND.replace("parent: end", "parent: note")
    tip = TIP.replace("by: [judge], fire", "by: [judge, system], fire")
    engine = make(written(tmp_path / "pack", ORGANIZATION, tip=tip, deal=DEAL, errand=errand))
    for workflow in ("deal", "tip", "tip", "deal", "deal"):
        engine.start(workflow, by="judge" if workflow == "tip" else "clerk", data={"unit": "parks"})
    return engine


def tampered(engine: duban.Engine, ref: str, change: str) -> None:
    """Change a case behind the engine's back."""
    with engine.store.write() as writer:
        writer._connection.exec_driver_sql(f"UPDATE duban_cases SET {change} WHERE ref = '{ref}'")  # type: ignore[attr-defined]


def test_no_number_of_the_store_is_told(engine: duban.Engine) -> None:
    engine.deliver()
    told = [*engine.find(by="clerk"), engine.get("DEA-000002", by="clerk"), engine.start("deal", by="clerk")]
    told += [engine.preview("DEA-000001", "refer", by="clerk").case, engine.fire("DEA-000001", "seal", by="clerk").case]
    assert {(case.id, case.parent_id) for case in told} == {(0, None)}
    assert {one.number for one in [*engine.inbox(by="clerk"), *engine.messages(by="clerk")]} == {0}


def test_a_cursor_tells_nothing_and_leads_on(engine: duban.Engine) -> None:
    first = engine.find(by="clerk", limit=2)
    assert ([case.ref for case in first], first.cursor) == (["DEA-000003", "DEA-000002"], "DEA-000002")
    rest = engine.find(by="clerk", limit=2, after=first.cursor)
    assert ([case.ref for case in rest], rest.cursor) == (["DEA-000001"], None)
    for hidden in ("TIP-000001", "TIP-000099"):
        with pytest.raises(duban.UnknownCase):
            engine.find(by="clerk", after=hidden)


def test_a_receipt_of_what_its_sender_sees_no_more_has_no_number(engine: duban.Engine) -> None:
    receipt = engine.start("tip", by="caller-1", data={"words": "psst"}, key="req-1")
    assert (receipt.ref, receipt.state) == ("TIP", "open")
    assert engine.start("tip", by="caller-1", data={"words": "psst"}, key="req-1") == receipt
    assert engine.start("tip", by="judge", data={"words": "psst"}).ref == "TIP-000004"


def test_what_a_case_waits_for_unseen_is_no_reason_that_is_told(engine: duban.Engine) -> None:
    before = engine.explain("DEA-000001", by="clerk")
    engine.fire("DEA-000001", "refer", by="clerk")
    assert engine.explain("DEA-000001", by="clerk") == before
    assert "TIP-000003" in repr(engine.explain("DEA-000001", by="judge"))


def test_a_scheduler_does_not_wake_for_a_confidential_step(engine: duban.Engine) -> None:
    assert scheduler.until_due(engine) is None
    with engine.store.read() as reader:
        assert reader.next_due_at() is not None


def test_a_sweep_tells_of_what_may_be_known(engine: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    clock.advance("2 working hours")
    heard: list[int] = []
    assert engine.sweep(heard.append, by=None) == SweepReport(0, ())
    assert heard == []
    assert engine.get("TIP-000001", by="judge").level == 1
    engine.start("tip", by="judge")
    clock.advance("2 working hours")
    assert engine.sweep(by="clerk").climbed == 0
    engine.start("tip", by="judge")
    clock.advance("2 working hours")
    assert engine.sweep(by="judge").climbed == 1


def test_a_confidential_step_that_fails_is_told_to_those_who_may_see_it_and_stands_in_no_log(
    engine: duban.Engine, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def fails(_commands: Commands, _step: object) -> None:
        raise ValueError

    clock.advance("2 working hours")
    monkeypatch.setattr(Commands, "climb", fails)
    for by, failed in ((None, ()), ("clerk", ()), ("judge", ("TIP-000001", "TIP-000002"))):
        assert engine.sweep(by=by) == SweepReport(0, failed)
    assert [record for record in caplog.records if record.name == "duban"] == []
    with engine.store.read() as reader:
        assert reader.setting(LAST_FAILED) == "0"
        assert reader.setting(HIDDEN_FAILED) == '["TIP-000001", "TIP-000002"]'


def test_a_delivery_tells_of_what_may_be_known_and_its_limit_counts_no_more(
    engine: duban.Engine, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def fails(*_given: object) -> None:
        raise ValueError

    action = engine.world.registry.find("notify")
    with monkeypatch.context() as patch:
        patch.setattr(type(action), "carry_out", fails)
        assert engine.deliver(by=None).postponed == 3
    assert "DEA-000001" in caplog.text
    assert "TIP" not in caplog.text
    clock.advance("1 working day")
    assert engine.deliver(limit=1, by=None).delivered == 1
    assert engine.deliver(by=None).delivered == 2
    engine.start("tip", by="judge")
    assert engine.deliver(by="judge").delivered == 1


def test_a_check_finds_in_confidential_cases_what_those_may_know_who_see_them(engine: duban.Engine) -> None:
    counted: dict[str | None, list[int]] = {None: [], "clerk": [], "judge": []}
    tampered(engine, "TIP-000002", "state = 'done'")
    for by, counts in counted.items():
        found = engine.verify(counts.append, by=by)
        assert {one.ref for one in found} == ({"TIP-000002"} if by == "judge" else set())
    assert [counts[-1] for counts in counted.values()] == [3, 3, 5]
    assert set(engine.checkpoint(by=None)) == {"DEA-000001", "DEA-000002", "DEA-000003"}
    assert len(engine.checkpoint(by="judge")) == 5
    whole = engine.checkpoint()
    assert engine.verify(published=whole, by=None) == [Broken("", None, "heads-unseen", 2)]


def test_a_checkpoint_that_somebody_made_up_does_not_find_out_which_hidden_cases_there_are(
    engine: duban.Engine,
) -> None:
    whole = engine.checkpoint()
    engine.fire("DEA-000003", "seal", by="clerk")
    for by in (None, "clerk"):
        for hidden, unknown in (
            ("TIP-000001", "TIP-000009"),
            ("DEA-000003", "DEA-000009"),
            ("TIP-000002", "XYZ-000001"),
        ):
            told = [engine.verify(published={ref: (1, "0" * 64)}, by=by) for ref in (hidden, unknown)]
            assert told == [[Broken("", None, "heads-unseen", 1)]] * 2
    assert engine.verify(published=whole, by="judge") == engine.verify(published=whole) == []
    for by in ("judge", "system"):
        made_up: dict[str, tuple[int, str]] = {"TIP-000009": (1, ""), "TIP-000001": (1, ""), "DEA-000009": (1, "")}
        assert engine.verify(published=made_up, by=by) == [
            Broken("TIP-000001", 1, "published-head-differs"),
            Broken("TIP-000009", None, "case-missing"),
            Broken("DEA-000009", None, "case-missing"),
        ]
    # Among those that are seen a gap is told without a checkpoint, too.
    tampered(engine, "DEA-000002", "ref = 'DEA-000001x'")
    assert Broken("DEA-000002", None, "case-missing") in engine.verify(published=whole, by=None)


def test_a_case_that_is_gone_or_a_definition_that_was_changed_is_told_to_those_who_may_know(
    engine: duban.Engine,
) -> None:
    with engine.store.write() as writer:
        for rows in ("history WHERE case_id", "stopwatches WHERE case_id", "outbox WHERE case_id", "cases WHERE id"):
            writer._connection.exec_driver_sql(f"DELETE FROM duban_{rows} = 2")  # type: ignore[attr-defined]
    assert engine.verify(by=None) == []
    assert engine.verify(by="judge") == [Broken("TIP-000001", None, "case-missing")]
    with engine.store.write() as writer:
        writer._connection.exec_driver_sql(  # type: ignore[attr-defined]
            "UPDATE duban_definitions SET source = source || ' ' WHERE workflow = 'tip'"
        )
    assert engine.verify(by=None) == []
    assert "definition-changed" in {one.what for one in engine.verify(by="judge")}


def test_nobody_hides_a_case_from_the_check_by_writing_an_audience_onto_it(engine: duban.Engine) -> None:
    tampered(engine, "DEA-000002", "audience = '|judge|'")
    assert engine.verify(by=None) == [Broken("DEA-000002", None, "audience-differs")]
