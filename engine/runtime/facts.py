"""What guards see: only what an event's expressions read is looked up."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from duban.engine.model.case import Case
from duban.engine.model.definition import Workflow
from duban.engine.model.organization import Actor, Post
from duban.engine.model.scope import Scope
from duban.engine.ports.store import Reader


def facts_for(
    names: Iterable[str],
    *,
    workflow: Workflow,
    case: Case | None,
    data: Mapping[str, Any],
    actor: Actor,
    post: Post | None,
    now: datetime,
    reader: Reader,
    scope: Scope,
) -> dict[str, Any]:
    """The values of the variables ``names``; a variable without a value is left out, and reading it refuses.

    Of confidential children only those count that ``scope`` admits.
    """
    wanted = set(names)
    values: dict[str, Any] = {
        "actor": actor.name,
        "posts": [held.name for held in actor.posts],
        "roles": sorted(actor.roles),
        "level": case.level if case else 0,
        "now": now,
    }
    if post is not None:
        values["unit"] = post.unit
    if case is not None:
        values["state"] = case.state
    for name, field in workflow.fields.items():
        value = data.get(name)
        values[f"given.{name}"] = value is not None
        if value is not None:
            # CEL does not compare whole numbers with doubles, so number fields are doubles throughout.
            values[f"data.{name}"] = float(value) if field.kind == "number" and not field.whole else value
    values |= _from_history(wanted, workflow, case, reader)
    values |= _from_children(wanted, case, reader, scope)
    return {name: value for name, value in values.items() if name in wanted}


def _from_history(wanted: set[str], workflow: Workflow, case: Case | None, reader: Reader) -> dict[str, Any]:
    lasts = {name.split(".")[1] for name in wanted if name.startswith("last.")}
    counts = {name.split(".")[1] for name in wanted if name.startswith("count.")}
    values: dict[str, Any] = {}
    if counts:
        found = reader.event_counts(case.id, counts) if case else {}
        values |= {f"count.{event}": found.get(event, 0) for event in counts}
    if lasts and case is not None:
        for event, row in reader.last_rows(case.id, lasts).items():
            values[f"last.{event}.actor"] = row.actor
            values[f"last.{event}.at"] = row.at
            if row.unit is not None:
                values[f"last.{event}.unit"] = row.unit
            for name, value in row.data.items():
                field = workflow.fields.get(name)
                number = field is not None and field.kind == "number" and not field.whole
                values[f"last.{event}.data.{name}"] = float(value) if number else value
    return values


def _from_children(wanted: set[str], case: Case | None, reader: Reader, scope: Scope) -> dict[str, Any]:
    workflows = {name.split(".")[1] for name in wanted if name.startswith("children.")}
    if not workflows:
        return {}
    values: dict[str, Any] = {}
    children = [child for child in reader.children(case.id) if scope.admits(child.audience)] if case else []
    for workflow in workflows:
        own = [child for child in children if child.workflow == workflow]
        values[f"children.{workflow}.total"] = len(own)
        values[f"children.{workflow}.open"] = sum(child.is_open for child in own)
    return values
