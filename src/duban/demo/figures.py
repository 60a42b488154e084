"""What was done by the calendar and on the way, in numbers: rounds, reports, bulletins, orders, requests."""

from collections import Counter

from duban.demo.stage import OFFICE, Stage
from duban.engine.model.case import Case
from duban.engine.runtime.public_reads import MAX_PAGE


def figures_page(stage: Stage) -> None:
    """A sentence for each of them; each figure can be counted again in the store."""
    stage.title("figures-head")
    rounds = _states(stage, "round")
    found = _cases(stage, "issue", channel="round")
    stage.tell(
        "figures-rounds", total=rounds.total(), submitted=rounds["submitted"] + rounds["locked"],
        missed=rounds["missed"], found=len(found),
    )  # fmt: skip
    reports = _states(stage, "report")
    late = {name: len(_cases(stage, "report", lateness=name)) for name in ("in_time", "reminded", "late")}
    stage.tell("figures-reports", total=reports.total(), open=reports["owed"], **late)
    bulletins = _cases(stage, "bulletin")
    out = [case for case in bulletins if case.state in ("issued", "responded", "archived", "superseded")]
    stage.tell(
        "figures-bulletins", total=len(bulletins), issued=len(out), late=sum(case.level > 0 for case in out),
        open=len(bulletins) - len(out), objections=sum(bool(case.data.get("objections")) for case in bulletins),
    )  # fmt: skip
    orders = _states(stage, "supervision_order")
    stage.tell(
        "figures-orders", total=orders.total(), accepted=orders["accepted"], replied=orders["replied"],
        open=orders["issued"],
    )  # fmt: skip
    _single(stage)


def _single(stage: Stage) -> None:
    """What happened once or twice: requests, merged cases, persuasions."""
    kinds = stage.workflow("request").fields["kind"].choices or {}
    for case in sorted(_cases(stage, "request", state="granted"), key=lambda case: case.ref):
        stage.tell("figures-request", ref=case.ref, kind=kinds[case.data["kind"]], title=case.data["title"])
    for case in _cases(stage, "issue"):
        if case.data.get("master"):
            stage.tell("figures-merged", ref=case.ref, master=case.data["master"])
    for case in _cases(stage, "persuasion", state="heeded"):
        stage.tell("figures-heeded", ref=case.ref, title=case.data["title"], attempts=int(case.data["attempts"]))


def _states(stage: Stage, workflow: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for tally in stage.engine.stats(by=OFFICE):
        if tally.workflow == workflow:
            counts[tally.state] += tally.count
    return counts


def _cases(stage: Stage, workflow: str, state: str | None = None, **data: str) -> list[Case]:
    return list(stage.engine.find(workflow, by=OFFICE, state=state, data=data, limit=MAX_PAGE))
