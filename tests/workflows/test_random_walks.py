"""Whatever anybody tries, a case's history stays a path of its declared machine, and every refusal is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.workflows.machines import Machine, machines, read
from tests.workflows.scripts import SCRIPTS
from tests.workflows.stage import Stage, theatre

import duban
from duban.engine.model.definition import Field
from duban.engine.model.scope import Scope
from duban.engine.runtime.chain import broken_links
from duban.testing import photograph

MACHINES = machines()
POSTS = read("organization.yaml")["posts"]
ACTORS = (
    "office-coordination-1 discipline-secretary supervision-member-1 executive-leader deputy-director-3 patrol-member "
    "commander law-enforcement-handler law-enforcement-head planning-construction-handler renhejie-volunteer system "
    "discipline-staff-1 party-secretary"
).split()
REFUSALS = (duban.NotPermitted, duban.TransitionNotAllowed, duban.GuardRefused, duban.UnknownCase)


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Stages of one engine."""
    with theatre(tmp_path_factory.mktemp("random")) as stage:
        yield stage


def value_of(field: Field) -> Any:
    """A value that the field takes."""
    if field.choices:
        return next(iter(field.choices))
    if field.item is not None and field.item.kind == "post":
        return ["safety-head"]
    kinds = {"text": "内容", "number": 1, "boolean": True, "date": "2020-12-01", "unit": "renhejie", "list": ["safety"]}
    return {"post": "law-enforcement-handler", "case": "ISS-000001"}.get(field.kind) or kinds[field.kind]


def attempt(stage: Stage, machine: Machine, event: str, by: str, photo: Path) -> None:
    """Fire an event with all that it needs; what the rules refuse is refused with its reasons."""
    fields = stage.engine.pack.workflows[machine.name].workflow.fields
    declared = machine.events[event]
    needs = [
        *declared.get("needs", []),
        *(name for name in declared.get("takes", []) if name in declared.get("has", [])),
    ]
    data = {name: value_of(fields[name]) for name in needs if fields[name].kind != "evidence"}
    files: dict[str, Any] = {name: photo for name in needs if fields[name].kind == "evidence"}
    files |= {name: ("material.txt", b"material") for name in files if fields[name].accept == ("document",)}
    try:
        stage.engine.fire(stage.case.ref, event, by=by, data=data, evidence=files)
    except REFUSALS as refusal:
        assert refusal.message("en") != refusal.message("zh")


@pytest.mark.parametrize("name", MACHINES)
def test_a_history_is_always_a_path_of_the_declared_machine(name: str, stages: Any, tmp_path: Path) -> None:
    machine, script = MACHINES[name], SCRIPTS[name]
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(photograph())
    steps = st.tuples(st.sampled_from(sorted(machine.events)), st.sampled_from(ACTORS))

    @settings(max_examples=10 if name == "campaign" else 50)
    @given(st.sampled_from(machine.openings), st.lists(steps, min_size=5, max_size=25))
    def law(opening: str, tries: list[tuple[str, str]]) -> None:
        stage: Stage = stages([opening])
        stage.case = script.openings[opening](stage)
        for event, by in tries:
            attempt(stage, machine, event, by, photo)
        with stage.engine.store.read() as reader:
            case = reader.case(stage.case.ref, Scope.unbounded())
            assert case is not None
            rows = reader.history(case)
        assert broken_links(case, rows) == []
        edges = {*machine.edges, *(("", event, machine.events[event]["to"]) for event in machine.openings)}
        for row in rows:
            if "@" in row.event:  # a step of a ladder stays where it is
                assert (row.kind, row.actor, row.from_state) == ("step", "scheduler", row.to_state)
                continue
            assert (row.from_state or "", row.event, row.to_state) in edges
            roles = set(POSTS[row.post]["roles"]) if row.post else {row.actor}
            assert roles & machine.roles(row.event)

    law()
