"""What the demonstration shows at the end: the campaign, the units, what is overdue, one timeline, and where to go."""

from collections import defaultdict
from datetime import date, datetime
from typing import Final

from duban.demo.columns import WIDTH, cut, fill, table, width, wrapped
from duban.demo.stage import OFFICE, Stage
from duban.engine.deadlines.durations import parse_point
from duban.engine.errors import InvalidDuration
from duban.engine.model.case import Case, HistoryRow
from duban.engine.model.definition import Workflow
from duban.engine.runtime.occurrences import times
from duban.engine.runtime.reads import MAX_PAGE

TOP_UNITS: Final = 8
TOP_OVERDUE: Final = 10
DID: Final = 32
"""Columns for what an event did."""


def campaign_page(stage: Stage, campaign: Case) -> None:
    """The state of the campaign, the windows of its phases, and its tasks by state."""
    workflow = _workflow(stage, "campaign")
    stage.title("campaign-head", ref=campaign.ref, state=workflow.states[campaign.state].label)
    rows = []
    for name, entry in stage.engine.pack.catalogues["phases"].items():
        mark = "→" if name == campaign.state else " "
        start, until = entry.get("from"), entry.get("until")
        key = "window" if until else "window-until-review" if start else "window-open"
        window = stage.say(key, start=start, end=_last_day(until))
        rows.append([mark, stage.label(workflow.states[name].label), window])
    _write(stage, table(["", stage.say("head-phase"), stage.say("head-window")], rows))
    tasks = _workflow(stage, "task")
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
    workflow = _workflow(stage, "issue")
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
    _write(stage, table(heads, rows, right=frozenset(range(1, len(heads)))))
    if len(ordered) > TOP_UNITS:
        stage.tell("more-units", count=len(ordered) - TOP_UNITS)


def overdue_page(stage: Stage) -> None:
    """The issues that are open and overdue, the highest level first, then the longest overdue."""
    cases = list(stage.engine.find("issue", by=OFFICE, overdue=True, limit=MAX_PAGE))
    stage.title("overdue-head", count=len(cases))
    if not cases:
        stage.tell("none-overdue")
        return
    workflow = _workflow(stage, "issue")
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
    _write(stage, table([stage.say(f"head-{name}") for name in names], rows, right=frozenset({4})))
    if len(cases) > TOP_OVERDUE:
        stage.tell("more-overdue", count=len(cases) - TOP_OVERDUE)


def timeline_page(stage: Stage, ref: str, invented_from: datetime | None) -> None:
    """The whole history of one case; what the demonstration invented is marked."""
    case = stage.engine.get(ref, by=OFFICE)
    workflow = _workflow(stage, case.workflow)
    category = (workflow.fields["category"].choices or {}).get(case.data["category"], case.data["category"])
    stage.title("timeline-head", ref=ref, category=category)
    level = 0
    for row in stage.engine.history(ref, by=OFFICE):
        mark = "*" if invented_from is not None and row.at >= invented_from else " "
        if row.kind == "step":
            words = _climbed(stage, workflow, row, row.level > level)
            stage.narrator.line(f"{mark} {stage.minute(row.at)}  {words}")
        else:
            _write(stage, _fired(stage, workflow, row, f"{mark} {stage.minute(row.at)}  "))
        level = row.level
    if invented_from is not None:
        stage.tell("invented-mark")


def _climbed(stage: Stage, workflow: Workflow, row: HistoryRow, rose: bool) -> str:
    name, _, written = row.event.partition("@")
    if written.isdecimal():
        key, label = "counted-level" if rose else "counted", workflow.counts[name].label
        return stage.say(key, label=label, times=times(int(written)), level=row.level)
    try:
        point = parse_point(written).label(stage.lang)
    except InvalidDuration:
        point = written
    label = workflow.deadlines[name].label
    return stage.say("climbed-level" if rose else "climbed", deadline=label, point=point, level=row.level)


def _fired(stage: Stage, workflow: Workflow, row: HistoryRow, begin: str) -> list[str]:
    """One event: what it was, where it led, who did it, and the words that came with it."""
    words = stage.label(workflow.events[row.event].label)
    state = stage.label(workflow.states[row.to_state].label)
    if row.from_state != row.to_state and state != words:
        words += f" → {state}"
    who = stage.post(row.actor)
    space = " " * width(begin)
    line = f"{begin}{fill(words, DID)}  {who}"
    lines = [line] if width(line) <= WIDTH else [f"{begin}{words}", f"{space}{cut(who, WIDTH - width(begin))}"]
    said = row.data.get("reason") or row.data.get("measures")
    return lines + (wrapped(stage.say("said", words=said), space, space) if said else [])


def _last_day(until: object) -> str:
    """The last day of a half-open window."""
    return "" if until is None else date.fromordinal(date.fromisoformat(str(until)).toordinal() - 1).isoformat()


def _workflow(stage: Stage, name: str) -> Workflow:
    return stage.engine.pack.workflows[name].workflow


def _write(stage: Stage, lines: list[str]) -> None:
    for line in lines:
        stage.narrator.line(line)
