"""Requests: each is for the unit that asked, for as long as it matters; what was merged stands alone when reopened."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.workflows.machines import PACK
from tests.workflows.script import OFFICE, SUPERVISOR
from tests.workflows.stage import BEGINNING, PHOTO

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

UNIT, OTHER, THIRD, LEADER = "law-enforcement", "emergency", "planning-construction", "deputy-director-3"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[duban.Engine]:
    """The pack on a store in memory."""
    with duban.Engine("sqlite://", pack=PACK, clock=FrozenClock(BEGINNING), evidence=tmp_path / "files") as made:
        made.migrate()
        yield made


def assigned(engine: duban.Engine) -> Case:
    """An issue that its unit has accepted."""
    data = {"title": "一处问题", "category": "random-hanging", "place": "某处"}
    case = engine.start("issue", by="patrol-member", data=data)
    engine.fire(case.ref, "assign", by=OFFICE)
    return engine.fire(case.ref, "accept", by=f"{UNIT}-handler").case


def fire(engine: duban.Engine, ref: str, event: str, by: str, **data: Any) -> Case:
    """Fire an event."""
    return engine.fire(ref, event, by=by, data=data).case


def asked(engine: duban.Engine, issue: Case, what: str, by: str, **data: Any) -> str:
    """Ask for something; the reference of the request."""
    (ref,) = engine.fire(issue.ref, f"request_{what}", by=by, data={"grounds": "有原因", **data}).started
    return ref


def state(engine: duban.Engine, ref: str) -> str:
    """The state of a case."""
    return engine.get(ref, by=OFFICE).state


def closed(engine: duban.Engine, ref: str, unit: str = UNIT) -> None:
    """Take an accepted issue to its end."""
    photo = {"photo_after": ("after.jpg", PHOTO)}
    engine.fire(ref, "rectify", by=f"{unit}-handler", data={"measures": "已清理"}, evidence=photo)
    fire(engine, ref, "verify", SUPERVISOR)
    fire(engine, ref, "close", OFFICE)


@pytest.mark.parametrize(
    ("event", "by", "data"),
    [
        ("suspend", LEADER, {"reason": "待产权确认", "review_on": "2020-12-03"}),
        ("reassign", OFFICE, {"unit": OTHER, "reason": "职责所在"}),
        ("void", OFFICE, {"reason": "重复上报"}),
    ],
)
def test_requests_lapse_when_the_issue_goes_on_without_them(
    engine: duban.Engine, event: str, by: str, data: dict[str, str]
) -> None:
    issue = assigned(engine)
    requests = [
        asked(engine, issue, "extension", f"{UNIT}-handler", days=2),
        asked(engine, issue, "return", f"{UNIT}-handler"),
        asked(engine, issue, "void", f"{UNIT}-handler"),
    ]
    fire(engine, issue.ref, event, by, **data)
    assert [state(engine, ref) for ref in requests] == ["lapsed"] * 3
    assert engine.verify() == []


def test_another_unit_may_ask_for_its_own_extensions(engine: duban.Engine) -> None:
    issue = assigned(engine)
    fire(engine, asked(engine, issue, "extension", f"{UNIT}-handler", days=1), "grant_extension", OFFICE)
    fire(engine, asked(engine, issue, "extension", f"{UNIT}-handler", days=1), "grant_extension", LEADER)
    with pytest.raises(duban.GuardRefused, match="extended twice"):
        asked(engine, issue, "extension", f"{UNIT}-handler", days=1)
    fire(engine, issue.ref, "reassign", OFFICE, unit=OTHER, reason="职责所在")
    fire(engine, asked(engine, issue, "extension", f"{OTHER}-handler", days=1), "grant_extension", OFFICE)


def test_a_return_that_was_withdrawn_was_no_return(engine: duban.Engine) -> None:
    issue = assigned(engine)
    for _ in range(3):
        fire(engine, asked(engine, issue, "return", f"{UNIT}-handler"), "withdraw", f"{UNIT}-handler")
    fire(engine, asked(engine, issue, "return", f"{UNIT}-handler"), "grant_return", OFFICE)
    assert state(engine, issue.ref) == "reported"


def test_a_second_return_that_is_not_granted_is_upheld_with_binding_effect(engine: duban.Engine) -> None:
    issue = assigned(engine)
    fire(engine, asked(engine, issue, "return", f"{UNIT}-handler"), "grant_return", OFFICE)
    fire(engine, issue.ref, "assign", OFFICE, unit=OTHER)
    second = asked(engine, issue, "return", f"{OTHER}-handler")
    with pytest.raises(duban.GuardRefused, match="uphold the dispatch"):
        fire(engine, second, "refuse", LEADER, decision="不同意")
    fire(engine, second, "uphold", LEADER, decision="仍由该单位承办")
    assert (state(engine, second), engine.get(issue.ref, by=OFFICE).unit) == ("refused", OTHER)
    with pytest.raises(duban.GuardRefused, match="binding effect"):
        asked(engine, issue, "return", f"{OTHER}-handler")


def test_a_merged_issue_that_is_reopened_stands_for_itself(engine: duban.Engine) -> None:
    master, merged, third = (assigned(engine) for _ in range(3))
    fire(engine, merged.ref, "merge", OFFICE, master=master.ref)
    closed(engine, master.ref)
    again = fire(engine, merged.ref, "reopen", OFFICE, reason="反弹")
    assert (again.data["master"], again.data["former_master"]) == (None, master.ref)
    assert fire(engine, merged.ref, "void", OFFICE, reason="重复上报").state == "voided"
    fire(engine, master.ref, "reopen", OFFICE, reason="反弹")
    assert fire(engine, master.ref, "merge", OFFICE, master=third.ref).state == "merged"
    assert engine.verify() == []
