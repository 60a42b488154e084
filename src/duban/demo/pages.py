"""What the demonstration shows at the end, in numbers: the campaign, the units, what is overdue."""

from collections import defaultdict
from datetime import date
from typing import Final

from duban.demo.columns import table
from duban.demo.stage import OFFICE, Stage
from duban.engine.model.case import Case
from duban.engine.runtime.public_reads import MAX_PAGE

TOP_UNITS: Final = 6
TOP_OVERDUE: Final = 5


def campaign_page(stage: Stage, campaign: Case) -> None:
    """The state of the campaign, the windows of its phases, and its tasks by state."""
    workflow = stage.workflow("campaign")
    stage.title("campaign-head", ref=campaign.ref, state=workflow.states[campaign.state].label)
    rows = []
    for name, entry in stage.engine.pack.catalogues["phases"].items():
        mark = "→" if name == campaign.state else " "
        start, until = entry.get("from"), entry.get("until")
        key = "window" if until else "window-until-review" if start else "window-open"
        window = stage.say(key, start=start, end=_last_day(until))
        rows.append([mark, stage.label(workflow.states[name].label), window])
    stage.lines(table(["", stage.say("head-phase"), stage.say("head-window")], rows))
    tasks = stage.workflow("task")
    counts: dict[str, int] = defaultdict(int)
    for tally in stage.engine.stats(by=OFFICE):
        if tally.workflow == "task":
            counts[tally.state] += tally.count
    told = [
        stage.say("count-of", count=counts[name], state=state.label)
        for name, state in tasks.states.items()
        if counts[name]
    ]
    stage.tell("tasks", total=sum(counts.values()), counts=told)


def units_page(stage: Stage) -> None:
    """Issues by unit and by where they stand."""
    stage.title("units-head")
    workflow = stage.workflow("issue")
    cells: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    overdue: dict[str, int] = defaultdict(int)
    for tally in stage.engine.stats(by=OFFICE):
        if tally.workflow == "issue":
            cells[tally.unit or ""][tally.state] += tally.count
            overdue[tally.unit or ""] += tally.overdue
    states = [name for name in workflow.states if any(cells[unit][name] for unit in cells)]
    heads = [stage.say("head-unit"), *(stage.label(workflow.states[name].label) for name in states)]
    heads += [stage.say("head-overdue"), stage.say("head-sum")]
    ordered = sorted(cells, key=lambda unit: -sum(cells[unit].values()))
    rows = []
    for unit in ordered[:TOP_UNITS]:
        total = sum(cells[unit].values())
        counts = [cells[unit][name] for name in states]
        rows.append([stage.unit(unit), *(str(count or "·") for count in [*counts, overdue[unit]]), str(total)])
    sums = [sum(cells[unit][name] for unit in cells) for name in states]
    rows.append([stage.say("all-units"), *map(str, [*sums, sum(overdue.values()), sum(sums)])])
    stage.lines(table(heads, rows, right=frozenset(range(1, len(heads)))))
    if len(ordered) > TOP_UNITS:
        stage.tell("more-units", count=len(ordered) - TOP_UNITS)


def overdue_page(stage: Stage) -> None:
    """The issues that are open and overdue, the highest level first, then the longest overdue."""
    cases = list(stage.engine.find("issue", by=OFFICE, overdue=True, limit=MAX_PAGE))
    stage.title("overdue-head", count=len(cases))
    if not cases:
        stage.tell("none-overdue")
        return
    workflow = stage.workflow("issue")
    cases.sort(key=lambda case: (-case.level, case.due_at, case.ref))
    rows = [
        [
            case.ref, stage.label((workflow.fields["category"].choices or {})[case.data["category"]]),
            stage.unit(case.unit), stage.label(workflow.states[case.state].label), str(case.level),
            stage.day(case.due_at) if case.due_at else "",
        ]
        for case in cases[:TOP_OVERDUE]
    ]  # fmt: skip
    names = ("ref", "category", "unit", "state", "level", "due")
    stage.lines(table([stage.say(f"head-{name}") for name in names], rows, right=frozenset({4})))
    if len(cases) > TOP_OVERDUE:
        stage.tell("more-overdue", count=len(cases) - TOP_OVERDUE)


def _last_day(until: object) -> str:
    """The last day of a half-open window."""
    return "" if until is None else date.fromordinal(date.fromisoformat(str(until)).toordinal() - 1).isoformat()
