"""One workflow on a page: fields, states, events, deadlines."""

from collections.abc import Iterable

from duban.cli.kit.answer import Answer, Cell, Table, cell, facts
from duban.cli.kit.choices import told_choices
from duban.cli.kit.desk import Desk
from duban.cli.kit.views import view_documents, view_tables
from duban.engine.deadlines.durations import parse_duration, parse_point
from duban.engine.model.definition import Count, Deadline, Event, Field, Step, Workflow
from duban.engine.model.definition import Table as Choices
from duban.engine.runtime.occurrences import times


def page(desk: Desk, workflow: Workflow) -> Answer:
    """The whole definition, as a document and as tables."""
    lang = desk.lang
    heads = desk.head("workflow", "label", "reference", "version", "confidential", "hash")
    cells = (
        workflow.name, workflow.label.text(lang), workflow.reference, cell(workflow.version),
        ", ".join(workflow.confidential), workflow.hash,
    )  # fmt: skip
    fields: list[list[Cell | str]] = [
        [one.name, one.label.text(lang), one.kind, _limits(one, lang)] for one in workflow.fields.values()
    ]
    states: list[list[Cell | str]] = [
        [one.name, one.label.text(lang), Cell(str(one.final).lower(), desk.say("final") if one.final else "")]
        for one in workflow.states.values()
    ]
    return Answer(
        _document(workflow, lang),
        [
            facts(heads, cells),
            Table(desk.head("state", "label", "final"), states, title=desk.say("states")),
            Table(
                desk.head("event", "label", "from_state", "to_state", "roles", "needs"),
                [_event(desk, workflow, one) for one in workflow.events.values()],
                title=desk.say("events"),
            ),
            Table(desk.head("field", "label", "kind", "limits"), fields, title=desk.say("fields")),
            Table(
                desk.head("deadline", "label", "runs_in", "within", "ladder"),
                [_deadline(desk, workflow, one) for one in workflow.deadlines.values()],
                title=desk.say("deadlines"),
                empty=desk.say("no-deadlines"),
            ),
            *_counts(desk, workflow),
            *view_tables(desk, workflow),
        ],
    )


def _event(desk: Desk, workflow: Workflow, event: Event) -> list[Cell | str]:
    def told(names: tuple[str, ...]) -> Cell:
        if len(names) > 1 and len(names) == sum(not state.final for state in workflow.states.values()):
            return Cell(",".join(names), desk.say("any"))
        return Cell(",".join(names), desk.say("comma").join(desk.teller.state(workflow, one).shown for one in names))

    target = told((event.target,)) if event.target else Cell("", desk.say("stays"))
    sources = told(event.sources) if event.sources else Cell("", desk.say("begins"))
    return [event.name, event.label.text(desk.lang), sources, target, ", ".join(event.by), ", ".join(event.needs)]


def _limits(field: Field, lang: str) -> str:
    one = field.item if field.kind == "list" and field.item is not None else field
    parts: list[str] = [] if one is field else [one.kind]
    if one.choices:
        parts.append(", ".join(told_choices(one.choices, lang)))
    limits = (("≥ ", one.min), ("≤ ", one.max), ("~ ", one.pattern), ("= ", field.default), ("→ ", one.workflow))
    for sign, value in limits:
        if value is not None:
            parts.append(sign + (f"{value:g}" if isinstance(value, float) else str(value)))
    return "; ".join(parts)


def _deadline(desk: Desk, workflow: Workflow, deadline: Deadline) -> list[Cell | str]:
    states = [desk.teller.state(workflow, name).shown for name in workflow.states if name in deadline.runs_in]
    runs = Cell(",".join(sorted(deadline.runs_in)), desk.say("comma").join(states))
    ladder = Cell("; ".join(step.point for step in deadline.steps), "\n".join(_step(desk, s) for s in deadline.steps))
    return [deadline.name, deadline.label.text(desk.lang), runs, _within(desk, workflow, deadline), ladder]


def _within(desk: Desk, workflow: Workflow, deadline: Deadline) -> Cell:
    if deadline.until is not None:
        field = desk.teller.field(workflow, deadline.until)
        return Cell(f"until {deadline.until}", desk.say("until", field=field))
    if deadline.table is None:
        return Cell(deadline.within or "", _span(deadline.within, desk.lang))
    plain, shown = [], []
    for path, words in deadline.table.cells():
        plain.append(f"{'.'.join(choice for _, choice in path)}: {words}")
        labels = [
            desk.say("else") if choice == "else" else desk.teller.value(workflow.fields.get(by), choice).shown
            for by, choice in path
        ]
        shown.append(f"{desk.say('comma').join(labels)}: {_span(words, desk.lang)}")
    return Cell("; ".join(plain), "\n".join(shown))


def _counts(desk: Desk, workflow: Workflow) -> list[Table]:
    """What is counted; left out where nothing is."""
    rows = [_count(desk, workflow, one) for one in workflow.counts.values()]
    heads = desk.head("rule", "label", "counted", "window", "ladder") | {"rule": desk.head("count_rule")["count_rule"]}
    return [Table(heads, rows, title=desk.say("counts"))] if rows else []


def _count(desk: Desk, workflow: Workflow, count: Count) -> list[Cell | str]:
    def told(names: Iterable[str]) -> str:
        return desk.say("comma").join(desk.teller.event(workflow, name).shown for name in names)

    of, resets = sorted(count.of), sorted(count.resets_on)
    fields = desk.say("comma").join(desk.teller.field(workflow, name) for name in count.across)
    plain = [*of, *([f"across {', '.join(count.across)}"] if fields else [])]
    shown = [told(of), *([desk.say("across", fields=fields)] if fields else [])]
    if resets:
        plain, shown = [*plain, f"anew after {', '.join(resets)}"], [*shown, desk.say("resets", events=told(resets))]
    counted = Cell("; ".join(plain), "\n".join(shown))
    steps = [f"{times(int(step.point)).text(desk.lang)}: {_does(desk, step)}" for step in count.steps]
    ladder = Cell("; ".join(step.point for step in count.steps), "\n".join(steps))
    return [
        count.name,
        count.label.text(desk.lang),
        counted,
        Cell(count.within or "", _span(count.within, desk.lang)),
        ladder,
    ]


def _span(words: str | None, lang: str) -> str:
    return parse_duration(words).label(lang) if words else ""


def _step(desk: Desk, step: Step) -> str:
    return f"{parse_point(step.point).label(desk.lang)}: {_does(desk, step)}"


def _does(desk: Desk, step: Step) -> str:
    does = [call.action for call in step.calls] + [start.workflow for start in step.starts]
    does += [desk.say("level", level=step.level)] if step.level is not None else []
    does += [step.fire] if step.fire else []
    return ", ".join(does)


def _document(workflow: Workflow, lang: str) -> dict[str, object]:
    return view_documents(workflow, lang) | {
        "workflow": workflow.name,
        "version": workflow.version,
        "label": workflow.label.text(lang),
        "reference": workflow.reference,
        "hash": workflow.hash,
        "confidential": list(workflow.confidential),
        "follow": list(workflow.follow) if workflow.follow is not None else None,
        "fields": [
            {
                "name": one.name, "kind": one.kind, "label": one.label.text(lang), "default": one.default,
                "choices": {key: label.text(lang) for key, label in one.choices.items()} if one.choices else None,
                "item": one.item.kind if one.item else None, "max": one.max, "min": one.min,
                "pattern": one.pattern, "workflow": one.workflow,
            }
            for one in workflow.fields.values()
        ],
        "states": [
            {"name": one.name, "label": one.label.text(lang), "final": one.final} for one in workflow.states.values()
        ],
        "events": [
            {
                "name": one.name, "label": one.label.text(lang), "from": list(one.sources), "to": one.target,
                "by": list(one.by), "needs": list(one.needs), "takes": list(one.takes), "has": list(one.has),
                "reasons": [guard.reason.text(lang) for guard in one.guards], "waits_for": list(one.waits_for),
            }
            for one in workflow.events.values()
        ],
        "deadlines": [
            {
                "name": one.name, "label": one.label.text(lang), "runs_in": sorted(one.runs_in), "within": one.within,
                "by": one.table.by if one.table else None,
                "table": _cells(one.table) if one.table else None,
                "until": one.until, "ladder": [step.point for step in one.steps],
            }
            for one in workflow.deadlines.values()
        ],
        "counts": [
            {
                "name": one.name, "label": one.label.text(lang), "of": sorted(one.of), "across": list(one.across),
                "within": one.within, "when": one.when, "resets_on": sorted(one.resets_on),
                "ladder": [int(step.point) for step in one.steps],
            }
            for one in workflow.counts.values()
        ],
    }  # fmt: skip


def _cells(table: Choices) -> dict[str, str]:
    """The limits of a table by the choices that lead to them, such as ``litter.minor``."""
    return {".".join(choice for _, choice in path): words for path, words in table.cells()}
