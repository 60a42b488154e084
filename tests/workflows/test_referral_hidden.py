"""A referral is not to be found by anyone without the role: in no list, count, notice, refusal, command or log."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.workflows.machines import PACK
from tests.workflows.referrals import (
    INSIDERS,
    OFFICE,
    OUTSIDERS,
    PARTY,
    SECRETARY,
    STAFF,
    WAY,
    assigned,
    everything,
    late,
    onward,
    proposed,
)

import duban
from duban.cli.program import program
from duban.testing import FrozenClock

UNKNOWN = "REF-999999"
TRACES = ("REF-", "APL-", "referral", "appeal", "移送", "申诉")


def answers(engine: duban.Engine, by: str, ref: str) -> list[str]:
    """What somebody is told who tries everything with a reference that is none for them."""
    attempts: list[Callable[[], object]] = [
        lambda: engine.get(ref, by=by),
        lambda: engine.history(ref, by=by),
        lambda: engine.explain(ref, by=by),
        lambda: engine.fire(ref, "approve", by=by),
        lambda: engine.fire(ref, "no_such_event", by=by),
        lambda: engine.preview(ref, "approve", by=by),
    ]
    told = []
    for attempt in attempts:
        with pytest.raises(duban.UnknownCase) as fault:
            attempt()
        told += [fault.value.code, *(fault.value.message(lang).replace(ref, "…") for lang in ("en", "zh"))]
    return told


def test_the_whole_way_of_a_referral_changes_nothing_that_anybody_outside_sees(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case = assigned(engine)
    before = {by: everything(engine, by, case.ref, "REF-000001", UNKNOWN) for by in OUTSIDERS}
    referral = proposed(engine, by=PARTY, about=case.ref)
    onward(engine, referral, photo, *list(WAY)[:7])
    engine.fire(referral.ref, "appeal", by=STAFF, data={"appeal_grounds": "情况有出入"})
    for by in OUTSIDERS:
        assert everything(engine, by, case.ref, "REF-000001", UNKNOWN) == before[by], by
    assert all(referral.ref in [found.ref for found in engine.find(by=by, limit=1000)] for by in INSIDERS)


def test_the_step_that_proposes_leaves_only_the_ordinary_level(engine: duban.Engine, clock: FrozenClock) -> None:
    case, _ = late(engine, clock)
    for by in OUTSIDERS:
        assert [trace for trace in TRACES if trace in repr(everything(engine, by, case.ref))] == [], by
    rows = [(row.event, row.level, row.data) for row in engine.history(case.ref, by=OFFICE)]
    assert rows[-1] == ("rectification@due + 5 working days", 4, {})
    children = [child.workflow for child in engine.find(by=OFFICE, parent=case.ref)]
    assert children == ["supervision_order"]
    assert len(engine.find(by=SECRETARY, parent=case.ref)) == 2
    engine.deliver()
    words = [notice.text.zh for notice in engine.inbox(by=OFFICE, limit=1000) if notice.ref == case.ref]
    assert "问题整改超期五个工作日，提请研究处理" in words


@pytest.mark.asvs("4.2.1")
def test_unknown_and_forbidden_answer_alike(engine: duban.Engine, clock: FrozenClock) -> None:
    _, referral = late(engine, clock)
    for by in OUTSIDERS:
        assert answers(engine, by, referral.ref) == answers(engine, by, UNKNOWN), by
        assert len(engine.find(by=by, parent=referral.ref)) == 0


def test_nobody_outside_can_follow_it_start_one_or_name_one(engine: duban.Engine, clock: FrozenClock) -> None:
    _, referral = late(engine, clock)
    assert referral.follow is None
    for by in OUTSIDERS:
        with pytest.raises(duban.UnknownWorkflow) as hidden:
            engine.start("referral", by=by, data={"title": "一件事项"})
        with pytest.raises(duban.UnknownWorkflow) as unknown:
            engine.start("referrals", by=by, data={"title": "一件事项"})
        assert hidden.value.message("en").replace("referral", "…") == unknown.value.message("en").replace(
            "referrals", "…"
        )


def test_what_is_refused_inside_is_not_told_outside(engine: duban.Engine) -> None:
    referral = proposed(engine)
    before = {by: engine.refusals(by=by, limit=1000) for by in OUTSIDERS}
    with pytest.raises(duban.GuardRefused):
        engine.fire(referral.ref, "approve", by=SECRETARY)
    assert {by: engine.refusals(by=by, limit=1000) for by in OUTSIDERS} == before
    assert engine.refusals(by=STAFF, limit=1)[0].ref == referral.ref


@pytest.mark.asvs("7.1.2")
def test_the_log_does_not_tell_of_it(
    engine: duban.Engine, clock: FrozenClock, photo: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="duban"):
        _, referral = late(engine, clock)
        onward(engine, referral, photo, *list(WAY)[:3])
        clock.advance("40 working days")
        engine.sweep()
        engine.deliver()
    written = " ".join(record.getMessage() for record in caplog.records)
    assert "step.climbed" in written
    assert [trace for trace in TRACES[:4] if trace in written] == []


VERBS: dict[str, Callable[[duban.Engine, str, str], object]] = {
    "get": lambda engine, ref, by: engine.get(ref, by=by),
    "history": lambda engine, ref, by: engine.history(ref, by=by),
    "explain": lambda engine, ref, by: engine.explain(ref, by=by),
    "find": lambda engine, ref, by: engine.find("referral", by=by, limit=1000),
    "messages": lambda engine, ref, by: engine.messages(by=by, limit=10_000),
    "readings": lambda engine, ref, by: engine.readings(ref, by=by),
}


@pytest.mark.parametrize("by", INSIDERS)
def test_whoever_has_the_role_sees_it_and_the_reading_is_kept(engine: duban.Engine, by: str) -> None:
    referral = proposed(engine)
    for what, read in VERBS.items():
        told = repr(read(engine, referral.ref, by))
        assert (referral.ref in told) or what == "explain"
        (newest, *_) = engine.readings(referral.ref, by="system")
        assert (newest.ref, newest.actor, newest.what) == (referral.ref, by, what)
    assert len(engine.readings(referral.ref, by="system", limit=100)) == len(VERBS)


def test_whoever_has_a_notice_of_it_leaves_a_reading_with_the_inbox(engine: duban.Engine) -> None:
    referral = proposed(engine, by=PARTY)
    engine.deliver()
    assert referral.ref in [notice.ref for notice in engine.inbox(by=SECRETARY, limit=1000)]
    assert [one.what for one in engine.readings(referral.ref, by="system")] == ["inbox"]


# --- the command line ------------------------------------------------------------------------------------------------

READS = (
    ("list",), ("list", "referral"), ("list", "appeal"), ("list", "--overdue"), ("stats",), ("inbox",), ("refusals",),
    ("outbox", "list"), ("show", "ISS-000001"), ("history", "ISS-000001"), ("why", "ISS-000001"),
)  # fmt: skip
FORBIDDEN = ("show", "history", "why")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store in which an issue led to a referral."""
    folder = tmp_path_factory.mktemp("hidden")
    clock, found = FrozenClock("2020-11-23T09:30:00+08:00"), f"sqlite:///{folder / 'street.db'}"
    with duban.Engine(found, pack=PACK, clock=clock, evidence=folder / "evidence") as engine:
        engine.migrate()
        late(engine, clock)
        engine.deliver()
    return found


def said(url: str, by: str, *words: str) -> tuple[int, Any]:
    """What a command answers, as its one JSON document."""
    runner = CliRunner(env={"DUBAN_LANG": "en", "DUBAN_LOG": "", "DUBAN_AS": ""})
    result = runner.invoke(program, [*words, "--db", url, "--as", by, "--json"], catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize("by", OUTSIDERS)
def test_no_command_tells_of_it(url: str, by: str) -> None:
    for words in READS:
        code, document = said(url, by, *words)
        text = json.dumps(document, ensure_ascii=False)
        assert [trace for trace in ("REF-", "APL-", "移送") if trace in text] == [], (words, code)
        assert '"referral"' not in text or "error" in document, words
    for verb in FORBIDDEN:
        forbidden, unknown = said(url, by, verb, "REF-000001"), said(url, by, verb, UNKNOWN)
        assert forbidden[0] == unknown[0] == 4
        assert json.dumps(forbidden[1]).replace("REF-000001", UNKNOWN) == json.dumps(unknown[1])


@pytest.mark.parametrize("by", INSIDERS)
def test_whoever_has_the_role_is_told_who_read_it_from_the_command_line(url: str, by: str) -> None:
    assert said(url, by, "show", "REF-000001")[0] == 0
    code, document = said(url, by, "readings", "REF-000001")
    assert code == 0
    assert [(one["actor"], one["what"]) for one in document[:2]] == [(by, "explain"), (by, "get")]


def test_whoever_has_the_role_finds_it_from_the_command_line(url: str) -> None:
    for by in INSIDERS:
        code, document = said(url, by, "list", "referral")
        assert (code, [case["ref"] for case in document]) == (0, ["REF-000001"])
        assert "REF-000001" in said(url, by, "show", "ISS-000001")[1]["children"]
