"""Which variables the expressions of a workflow may read, and their types."""

from pathlib import Path

import pytest
from tests.engine.definition.broken_packs import PACKS, load

from duban.engine.guards.variables import type_of, variables_of
from duban.engine.model.definition import Field, FieldKind, Workflow
from duban.engine.model.label import Label


@pytest.fixture(scope="module")
def plan() -> Workflow:
    return load(PACKS / "rich").workflows["plan"].workflow


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("text", "text"), ("number", "number"), ("boolean", "boolean"), ("date", "text"), ("choice", "text"),
        ("unit", "text"), ("post", "text"), ("case", "text"), ("list", "texts"), ("evidence", "any"),
    ],
)  # fmt: skip
def test_every_type_of_field_has_a_type_in_expressions(kind: FieldKind, expected: str) -> None:
    assert type_of(Field("f", kind, Label("f", "f"))) == expected


def test_whole_numbers_are_integers_and_lists_of_numbers_are_judged_as_they_run() -> None:
    label = Label("f", "f")
    assert type_of(Field("f", "number", label, whole=True)) == "integer"
    assert type_of(Field("f", "list", label, item=Field("f[]", "number", label))) == "any"
    assert type_of(Field("f", "list", label, item=Field("f[]", "unit", label))) == "texts"


def test_a_workflow_offers_its_fields_events_and_children(plan: Workflow) -> None:
    found = variables_of(plan)
    wanted = {
        "actor": "text", "posts": "texts", "roles": "texts", "unit": "text", "state": "text", "level": "integer",
        "now": "time", "data.households": "integer", "data.share": "number", "data.units": "texts",
        "given.share": "boolean", "count.make": "integer", "last.make.actor": "text", "last.make.unit": "text",
        "last.make.at": "time", "last.make.data.share": "number", "last.go.data.households": "integer",
        "children.part.open": "integer", "children.part.total": "integer",
    }  # fmt: skip
    assert {name: found.get(name) for name in wanted} == wanted
    assert "last.heard.data.share" not in found
    assert not any(name.startswith("children.plan") for name in found)


def test_every_expression_of_the_packs_compiles_over_the_variables_of_its_workflow() -> None:
    folders = [PACKS / "rich", PACKS / "sample", Path(__file__).parents[3] / "workflows" / "civility"]
    checks = [
        guard.check
        for folder in folders
        for loaded in load(folder).workflows.values()
        for event in loaded.workflow.events.values()
        for guard in event.guards
    ]
    assert len(checks) > 3
