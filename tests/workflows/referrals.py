"""What the tests of referrals and appeals share: ways to a referral, and all that somebody can see."""

from pathlib import Path
from typing import Any

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

OFFICE, SECRETARY, PARTY, STAFF = (
    "office-coordination-1",
    "discipline-secretary",
    "party-secretary",
    "discipline-staff-1",
)
INSIDERS = (SECRETARY, PARTY, "executive-leader", STAFF, "discipline-staff-2")
OUTSIDERS = (
    "commander", "subdistrict-director", "publicity-member", OFFICE, "supervision-member-1", "law-enforcement-head",
    "planning-construction-handler", "discipline-committee-handler", "patrol-member", "resident", "renhejie-volunteer",
)  # fmt: skip

WAY: dict[str, tuple[str, dict[str, str]]] = {
    "approve": (SECRETARY, {"opinion": "同意移送"}),
    "transfer": (SECRETARY, {}),
    "register": (STAFF, {}),
    "hear": (STAFF, {"concerned": "planning-construction-head", "statement": "已说明情况"}),
    "dismiss": (SECRETARY, {"opinion": "情节轻微"}),
    "conclude": (STAFF, {"conclusion": "已提醒"}),
    "feed_back": (STAFF, {"feedback": "已办结"}),
    "archive": (STAFF, {}),
}


def assigned(engine: duban.Engine, by: str = "renhejie-1-worker") -> Case:
    """An issue that its unit has to rectify within three working days."""
    case = engine.start("issue", by=by, data={"title": "一处问题", "category": "litter", "place": "某处"})
    return engine.fire(case.ref, "assign", by=OFFICE).case


def late(engine: duban.Engine, clock: FrozenClock) -> tuple[Case, Case]:
    """An issue that is overdue by five working days, and the referral that the scheduler proposed."""
    case = assigned(engine)
    clock.advance("8 working days")
    engine.sweep()
    (referral,) = engine.find("referral", by=SECRETARY, parent=case.ref)
    return case, referral


def proposed(engine: duban.Engine, by: str = SECRETARY, unit: str = "planning-construction", **data: Any) -> Case:
    """A referral that a person proposed."""
    return engine.start("referral", by=by, data={"title": "一件事项", "unit": unit, "grounds": "duty", **data})


def onward(engine: duban.Engine, case: Case, photo: Path, *events: str, **by: str) -> Case:
    """Fire the next events of the ordinary way; ``by`` names who fires one instead of its ordinary actor."""
    for event in events:
        actor, data = WAY[event]
        files = {"material": photo} if event == "transfer" else None
        case = engine.fire(case.ref, event, by=by.get(event, actor), data=data, evidence=files).case
    return case


def everything(engine: duban.Engine, by: str, *refs: str) -> dict[str, Any]:
    """All that the library tells somebody: lists, counts, messages, notices, refusals, and the cases ``refs``."""
    engine.deliver()
    found: dict[str, Any] = {
        "find": list(engine.find(by=by, limit=1000)),
        "stats": engine.stats(by=by),
        "inbox": engine.inbox(by=by, limit=1000),
        "refusals": engine.refusals(by=by, limit=1000),
        "messages": engine.messages(by=by, limit=10_000),
    }
    for ref in refs:
        try:
            found[ref] = (engine.get(ref, by=by), engine.history(ref, by=by), engine.explain(ref, by=by))
            found[f"{ref} children"] = list(engine.find(by=by, parent=ref, limit=1000))
        except duban.UnknownCase as unknown:
            found[ref] = unknown.message("en")
    return found
