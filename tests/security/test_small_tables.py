"""Role, event and state: in the small packs each combination is declared, or refused and written down.

The pack `civility` has a table of its own in tests/workflows/test_whole_table.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.security.oracle import OPEN, Oracle
from tests.security.test_random_fires import OF_DATA, PACKS, Walk, contents
from tests.security.vault import written

import duban
from duban.engine.model.case import Case
from duban.engine.model.scope import Scope
from duban.testing import FrozenClock

ALLOWED = "allowed"
SMALL = [name for name in PACKS if name != "civility"]


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Walk]:
    """An engine on a small pack, and what the pack's files say."""
    pack, clock = PACKS[name][0] or written(folder / "pack", 8801, 8802), FrozenClock("2020-11-23T09:30:00+08:00")
    with duban.Engine("sqlite://", pack=pack, clock=clock, evidence=folder / "evidence") as engine:
        engine.migrate()
        yield Walk(engine, clock, Oracle.of(pack), seed=1)


def a_case(walk: Walk, workflow: str) -> Case:
    """Some case of a workflow, with all that its opening event needs."""
    machine, loaded = walk.oracle.machines[workflow], walk.engine.pack.workflows[workflow].workflow
    event = machine.openings[0]
    by = next(one for one in walk.oracle.actors if walk.oracle.roles(one) & machine.roles(event))
    for name in loaded.fields.values():
        if name.name in loaded.events[event].needs and name.workflow not in (None, workflow):
            a_case(walk, name.workflow or "")
    data, _ = walk.needed(workflow, event)
    walk.engine.start(workflow, by=by, event=event, data=data)
    with walk.engine.store.read() as reader:  # who may tell of one need not see it
        return [case for case in reader.all_cases() if case.workflow == workflow][-1]


def put(engine: duban.Engine, case: Case, state: str) -> Case:
    """Put a case into a state, past all rules."""
    with engine.store.write() as writer:
        stored = writer.case(case.ref, Scope.unbounded())
        assert stored is not None
        moved = replace(stored, state=state, version=stored.version + 1)
        assert writer.advance_case(moved, stored)
    return moved


def outcome(walk: Walk, ref: str, event: str, by: str, *, try_only: bool) -> str:
    """What an attempt comes to, with all that its fields need; what may be allowed is undone at once."""
    machine = next(one for one in walk.oracle.machines.values() if ref.startswith(f"{one.plain['reference']}-"))
    data, _ = walk.needed(machine.name, event)
    try:
        if try_only:
            walk.engine.preview(ref, event, by=by, data=data)
        else:
            walk.engine.fire(ref, event, by=by, data=data)
    except duban.DubanError as fault:
        return type(fault).__name__
    return ALLOWED


@pytest.mark.parametrize("name", SMALL)
def test_what_is_not_declared_is_refused_changes_nothing_and_is_written_down(name: str, tmp_path: Path) -> None:
    refused = allowed = 0
    with opened(name, tmp_path) as walk:
        engine, oracle = walk.engine, walk.oracle
        for workflow, machine in oracle.machines.items():
            case = a_case(walk, workflow)
            rows = engine.history(case.ref, by="system")
            for state in machine.states:
                case = put(engine, case, state)
                for event in machine.events:
                    for by in oracle.actors:
                        wanted = oracle.of_fire(case, rows, event, by, (), None, None)
                        before = contents(engine)
                        found = outcome(walk, case.ref, event, by, try_only=wanted == OPEN)
                        elsewhere = ["TransitionNotAllowed"] if "fire" in machine.events[event] else []
                        fits = [ALLOWED, *OF_DATA, *elsewhere] if wanted == OPEN else [wanted]
                        assert found in fits, (state, event, by, found)
                        recorded = wanted != OPEN
                        after = before | {"duban_refusals": before["duban_refusals"] + recorded}
                        assert contents(engine) == after, (state, event, by)
                        refused, allowed = refused + recorded, allowed + (found == ALLOWED)
    assert refused > allowed > 0
