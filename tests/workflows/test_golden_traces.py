"""Golden traces: every machine of the pack, walked along every declared transition, comes to exactly what is on record.

``DUBAN_GOLDEN=rewrite pytest tests/workflows/test_golden_traces.py`` writes the records anew; review the difference as
you would review the change of a workflow.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.workflows.machines import Edge, Machine, Walk, events_of, machines
from tests.workflows.scripts import SCRIPTS, Script
from tests.workflows.stage import climbed, theatre, walked

GOLDEN = Path(__file__).parent / "golden"
MACHINES = machines()


def walks(machine: Machine, script: Script) -> Iterator[Walk]:
    """Every path without a repeated state to a final one, then a way to every transition that those leave out."""
    covered: set[Edge] = set()
    for opening in machine.openings:
        for path in machine.paths(opening):
            if path[-1][2] in machine.finals and script.fits(events_of(path)):
                covered.update(path)
                yield path
    for edge in machine.edges:
        if edge not in covered:
            yield next((*way, edge) for way in ways(machine, edge[0]) if script.fits(events_of((*way, edge))))


def ways(machine: Machine, state: str) -> Iterator[Walk]:
    """The paths to a state, of each opening event in turn."""
    for opening in machine.openings:
        yield from (path for path in machine.paths(opening) if path[-1][2] == state)


def compare(name: str, found: str) -> None:
    """Hold what was found against the record, or make it the record."""
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("DUBAN_GOLDEN") == "rewrite":
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8")


def test_every_workflow_of_the_pack_has_a_script_for_every_event() -> None:
    assert {name: set(machine.events) for name, machine in MACHINES.items()} == {
        name: {*script.openings, *script.steps} for name, script in SCRIPTS.items()
    }


@pytest.mark.parametrize("name", MACHINES)
def test_the_walks_cover_every_declared_transition(name: str) -> None:
    machine = MACHINES[name]
    covered = {edge for walk in walks(machine, SCRIPTS[name]) for edge in walk}
    openings = {("", event, machine.events[event]["to"]) for event in machine.openings}
    assert covered == openings | set(machine.edges)


@pytest.mark.parametrize("name", MACHINES)
def test_every_walk_comes_to_exactly_what_is_on_record(name: str, tmp_path: Path) -> None:
    found: list[str] = []
    with theatre(tmp_path) as stage:
        for walk in walks(MACHINES[name], SCRIPTS[name]):
            events = events_of(walk)
            found += [f"== {' > '.join(events)}", *walked(stage(events), walk, SCRIPTS[name]), ""]
    compare(name, "\n".join(found))


@pytest.mark.parametrize("name", MACHINES)
def test_every_ladder_climbs_exactly_as_on_record(name: str, tmp_path: Path) -> None:
    machine, script, found = MACHINES[name], SCRIPTS[name], list[str]()
    with theatre(tmp_path) as stage:
        for deadline, declared in machine.plain.get("deadlines", {}).items():
            walk = next(way for way in ways(machine, declared["runs_in"][0]) if script.fits(events_of(way)))
            own = replace(script, openings={**script.openings, **script.for_ladder.get(deadline, {})})
            events = events_of(walk)
            acting = stage(events)
            walked(acting, walk, own)
            found += [f"== {deadline}: {' > '.join(events)}", *climbed(acting, deadline), ""]
    compare(f"{name}-ladders", "\n".join(found))
