"""Over the whole table of every machine: an event fires exactly where the YAML declares it, and is refused elsewhere.

The pack is stripped of data, conditions and consequences, so that only roles and states decide; the organisation has a
post for each role. What is expected is read from the YAML, not from the engine.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.workflows.machines import Machine, machines, read
from tests.workflows.scripts import SCRIPTS
from tests.workflows.stage import theatre

import duban
from duban.engine.model.case import Case
from duban.engine.model.scope import Scope
from duban.testing import FrozenClock

MACHINES = machines()
ROLES = read("organization.yaml")["roles"]
NOBODY = "as-nobody"
ACTORS = {f"as-{role}": {role} for role in ROLES} | {NOBODY: set(), "system": {"system"}, "scheduler": {"scheduler"}}
CONSEQUENCES = ("needs", "takes", "has", "set", "when", "do", "start", "waits_for", "fire", "extend")
LEFT_OUT = ("deadlines", "follow", "counts", "conditions", "records", "boards")
ALLOWED = "allowed"


def blind(actor: str) -> bool:
    """Whether an actor sees only what it opened itself."""
    return actor == NOBODY or any(ROLES[role].get("sees") == "own" for role in ACTORS[actor] if role in ROLES)


def hidden(machine: Machine, actor: str) -> bool:
    """Whether a confidential workflow is none of an actor's business."""
    audience = machine.plain.get("confidential")
    return bool(audience) and actor not in ("system", "scheduler") and not ACTORS[actor] & set(audience)


def expected(machine: Machine, state: str, event: str, actor: str) -> str:
    """The outcome by the settled order of judgement: is the case seen, may the role, does it leave this state."""
    if blind(actor) or hidden(machine, actor):
        return "UnknownCase"
    if not ACTORS[actor] & machine.roles(event):
        return "NotPermitted"
    return ALLOWED if state in machine.sources(event) else "TransitionNotAllowed"


def outcome(engine: duban.Engine, case: Case, event: str, actor: str) -> tuple[str, str | None]:
    """What an attempt comes to, undone at once, and the state that it leads to."""
    try:
        return ALLOWED, engine.preview(case.ref, event, by=actor).case.state
    except duban.DubanError as fault:
        return type(fault).__name__, None


def put(engine: duban.Engine, case: Case, state: str) -> Case:
    """Put a case into a state, past all rules."""
    with engine.store.write() as writer:
        stored = writer.case(case.ref, Scope.unbounded())
        assert stored is not None
        moved = replace(stored, state=state, version=stored.version + 1)
        assert writer.advance_case(moved, stored)
    return moved


def opened(engine: duban.Engine, machine: Machine) -> Case:
    """A case, started by whoever may."""
    event = machine.openings[0]
    by = next(actor for actor, roles in ACTORS.items() if roles & machine.roles(event))
    return engine.start(machine.name, by=by, event=event)


def knowing(machine: Machine) -> str:
    """Somebody who may know of the workflow."""
    return next(actor for actor in ACTORS if actor != NOBODY and not hidden(machine, actor))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duban.Engine]:
    """An engine on the pack without anything but states, events and roles."""
    folder = tmp_path_factory.mktemp("bare")
    organization = read("organization.yaml")
    posts = {actor: {"unit": "party-government", "roles": sorted(ACTORS[actor])} for actor in ACTORS if "as-" in actor}
    organization["posts"] |= posts
    write(folder / "organization.yaml", organization)
    for machine in MACHINES.values():
        bare = {name: value for name, value in machine.plain.items() if name not in LEFT_OUT}
        events = machine.events.items()
        bare["events"] = {n: {k: v for k, v in event.items() if k not in CONSEQUENCES} for n, event in events}
        bare["fields"] = {}
        write(folder / f"{machine.name}.yaml", bare)
    with duban.Engine("sqlite://", pack=folder, clock=FrozenClock("2020-11-23T09:30:00+08:00")) as bare_engine:
        bare_engine.migrate()
        yield bare_engine


def write(file: Path, plain: dict[str, Any]) -> None:
    """JSON is YAML."""
    file.write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")


@pytest.mark.parametrize("name", MACHINES)
def test_a_declared_event_asks_for_its_data_before_its_conditions_are_judged(name: str, tmp_path: Path) -> None:
    machine, script, posts = MACHINES[name], SCRIPTS[name], read("organization.yaml")["posts"]
    with theatre(tmp_path) as stage:
        opening = machine.openings[0]
        acting = stage([opening])
        case = script.openings[opening](acting)
        for state in machine.states:
            case = put(acting.engine, case, state)
            for event in (event for event in machine.events if state in machine.sources(event)):
                for role in machine.roles(event):
                    by = (
                        role if role in ("system", "scheduler") else next(p for p in posts if role in posts[p]["roles"])
                    )
                    found, _ = outcome(acting.engine, case, event, by)
                    needs = bool(machine.events[event].get("needs"))
                    assert (found == "InvalidData") if needs else (found in (ALLOWED, "GuardRefused")), (state, event)


@pytest.mark.parametrize("name", MACHINES)
def test_an_event_fires_exactly_where_it_is_declared(engine: duban.Engine, name: str) -> None:
    machine, wrong = MACHINES[name], list[str]()
    case = opened(engine, machine)
    for state in machine.states:
        case = put(engine, case, state)
        for event, declared in machine.events.items():
            for actor in ACTORS:
                wanted = expected(machine, state, event, actor)
                found, target = outcome(engine, case, event, actor)
                if found != wanted or (found == ALLOWED and target != declared.get("to", state)):
                    wrong.append(f"{state} {event} {actor}: found {found} {target}, expected {wanted}")
    assert wrong == []


@pytest.mark.parametrize("name", MACHINES)
def test_a_case_is_started_by_exactly_the_declared_roles(engine: duban.Engine, name: str) -> None:
    machine = MACHINES[name]
    for event in machine.openings:
        for actor, roles in ACTORS.items():
            if roles & machine.roles(event):
                assert engine.start(name, by=actor, event=event).state == machine.events[event]["to"]
            else:
                concerned = set(machine.plain.get("confidential", roles)).union(*map(machine.roles, machine.openings))
                stranger = "confidential" in machine.plain and not roles & concerned
                fault = duban.UnknownWorkflow if stranger else duban.NotPermitted
                with pytest.raises(fault):
                    engine.start(name, by=actor, event=event)


@pytest.mark.parametrize("name", MACHINES)
def test_an_event_that_does_not_start_a_case_never_starts_one(engine: duban.Engine, name: str) -> None:
    machine = MACHINES[name]
    for event in set(machine.events) - set(machine.openings):
        with pytest.raises(duban.UnknownEvent):
            engine.start(name, by=knowing(machine), event=event)


@pytest.mark.parametrize("name", MACHINES)
def test_an_event_that_is_not_declared_is_unknown_in_every_state(engine: duban.Engine, name: str) -> None:
    case = opened(engine, MACHINES[name])
    for state in MACHINES[name].states:
        case = put(engine, case, state)
        assert {outcome(engine, case, "promote", actor)[0] for actor in ACTORS} == {"UnknownCase", "UnknownEvent"}
