"""What the demonstration tells of single cases: what climbed, what was referred, what came back."""

from collections import Counter

from duban.demo.acts import Acts
from duban.demo.courses import course
from duban.demo.stage import OFFICE, SECRETARY, Stage
from duban.engine.errors import UnknownWorkflow
from duban.engine.model.case import Case
from duban.engine.runtime.public_reads import MAX_PAGE


def climbed_page(stage: Stage) -> None:
    """One overdue issue up to its highest level, and the supervision order that its ladder issued."""
    found = _climbed(stage)
    if found is None:
        return
    issue, order = found
    stage.title("climbed-head", ref=issue.ref, title=issue.data["title"])
    course(stage, issue.ref, OFFICE)
    stage.narrator.line()
    stage.tell("order-head", ref=order.ref)
    course(stage, order.ref, OFFICE)


def referral_page(stage: Stage, acts: Acts) -> None:
    """The referral that was taken up, as the discipline secretary sees it, and what the office sees of it: nothing."""
    if not acts.referrals.ref:
        return
    case = stage.engine.get(acts.referrals.ref, by=SECRETARY)
    stage.title("referral-head", ref=case.ref)
    stage.tell("referral-seen")
    stage.tell("referral-about", title=case.data["title"], unit=stage.unit(case.unit))
    course(stage, case.ref, SECRETARY)
    workflow = stage.workflow("referral")
    counts = Counter(one.state for one in stage.engine.find("referral", by=SECRETARY, limit=MAX_PAGE))
    told = [stage.say("count-of", count=counts[n], state=s.label) for n, s in workflow.states.items() if counts[n]]
    stage.tell("referrals", total=counts.total(), counts=told)
    if acts.recusal.reasons:
        stage.tell("referral-refused", ref=acts.recusal.ref, reasons=list(acts.recusal.reasons))
    stage.narrator.line(f"  $ duban --as {OFFICE} list referral")
    try:
        seen = stage.engine.find("referral", by=OFFICE, limit=MAX_PAGE)
    except UnknownWorkflow:
        stage.tell("referral-unseen")
    else:
        stage.lines(f"  {case.ref}" for case in seen)


def returned_page(stage: Stage, acts: Acts) -> None:
    """The issue that was opened again, and the one that was found again and linked by itself."""
    ref = acts.returned.ref
    if ref:
        case = stage.engine.get(ref, by=OFFICE)
        categories = stage.workflow("issue").fields["category"].choices or {}
        category = categories.get(case.data["category"], case.data["category"])
        stage.title("timeline-head", ref=ref, category=category)
        rows = stage.engine.history(ref, by=OFFICE)
        course(stage, ref, OFFICE, next((row.at for row in rows if row.event == "reopen"), None))
        stage.tell("invented-mark")
    if acts.recurring.ref:
        again = stage.engine.get(acts.recurring.ref, by=OFFICE)
        first = stage.engine.get(again.data["recurs"], by=OFFICE) if again.data.get("recurs") else None
        if first is not None:
            sites = stage.workflow("issue").fields["site"].choices or {}
            stage.tell(
                "recurred", ref=again.ref, day=stage.day(again.opened_at), site=sites[again.data["site"]],
                first=first.ref, closed=stage.day(first.updated_at),
            )  # fmt: skip


def _climbed(stage: Stage) -> tuple[Case, Case] | None:
    """The first open issue of the highest level whose order was accepted, best after a reply that did not suffice."""
    overdue = [case for case in stage.engine.find("issue", by=OFFICE, overdue=True, limit=MAX_PAGE) if case.level]
    found: list[tuple[bool, int, str, Case, Case]] = []
    for issue in overdue:
        for order in stage.engine.find("supervision_order", by=OFFICE, parent=issue.ref, state="accepted"):
            events = {row.event for row in stage.engine.history(order.ref, by=OFFICE)}
            found.append(("insufficient" not in events, -issue.level, issue.ref, issue, order))
    if not found:
        return None
    *_, issue, order = min(found, key=lambda one: one[:3])
    return issue, order
