"""Whatever anybody tries comes to what an oracle reads from the YAML; what is refused changes nothing but the log."""

import os
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.security.oracle import OPEN, Oracle
from tests.security.vault import written

import duban
from duban.engine.model.case import Case
from duban.engine.model.definition import Field
from duban.engine.model.scope import Scope
from duban.testing import FrozenClock, photograph

FULL = os.environ.get("DUBAN_SOAK") == "1"
ROOT = Path(__file__).parents[2]
PACKS = {
    "civility": (ROOT / "workflows" / "civility", 1_000, 7_000),
    "rich": (ROOT / "tests" / "packs" / "rich", 150, 1_000),
    "sample": (ROOT / "tests" / "packs" / "sample", 100, 500),
    "surveyed": (ROOT / "tests" / "packs" / "surveyed", 100, 500),
    "vault": (None, 150, 1_000),
}
"""Of each pack: how many attempts there are, and in a soak."""
OF_DATA = ("InvalidData", "InvalidEvidence", "GuardRefused")
RECORDED = ("UnknownCase", "NotPermitted", "TransitionNotAllowed", "GuardRefused")
PHOTO = photograph()


class Walk:
    """One store, and attempts on it that are chosen by a seed."""

    def __init__(self, engine: duban.Engine, clock: FrozenClock, oracle: Oracle, seed: int) -> None:
        self.engine, self.clock, self.oracle, self.chance = engine, clock, oracle, random.Random(seed)
        self.met: Counter[str] = Counter()

    def go(self, attempts: int, suspending: float = 0.0) -> None:
        """Make so many attempts, some to suspend somebody; now and then time passes, and what is due is done."""
        for number in range(attempts):
            if number % 60 == 59:
                self.clock.advance(f"{self.chance.randint(1, 20)} working hours")
                self.engine.sweep()
                self.engine.deliver()
            if suspending and self.chance.random() < suspending:
                self._suspend()
            elif self.chance.random() < 0.2:
                self._start()
            else:
                self._fire()

    def _start(self) -> None:
        chance, oracle = self.chance, self.oracle
        workflow = chance.choice([*oracle.machines, "no_such"])
        machine = oracle.machines.get(workflow)
        openings = machine.openings if machine is not None else ["begin"]
        event = chance.choice(openings) if chance.random() < 0.9 else "no_such"
        by = self._by(machine.roles(event) if machine is not None and event in openings else set())
        data, files = self._data(workflow, event)
        key = chance.choice([None, None, "a", "b"])
        asked = ("start", workflow, event, repr(data), repr(files))
        wanted = oracle.of_start(workflow, event, by, asked, key)
        self._tried(
            wanted, by, event, None, asked, key,
            lambda: self.engine.start(workflow, by=by, event=event, data=data, evidence=files, key=key),
        )  # fmt: skip

    def _fire(self) -> None:
        chance, oracle = self.chance, self.oracle
        with self.engine.store.read() as reader:
            cases = list(reader.all_cases())
            case = chance.choice(cases) if cases and chance.random() < 0.97 else None
            rows = reader.history(case) if case is not None else []
        ref = case.ref if case is not None else "NIL-000001"
        machine = oracle.machines[case.workflow] if case is not None else chance.choice(list(oracle.machines.values()))
        fitting = [name for name in machine.events if case is not None and case.state in machine.sources(name)]
        names = fitting if fitting and chance.random() < 0.6 else [*machine.events, "no_such"]
        event = chance.choice(names)
        by = self._by(machine.roles(event) if event in machine.events else set())
        data, files = self._data(machine.name, event)
        key = chance.choice([None, None, None, "a", "b", "c"])
        version = chance.choice([None, None, None, case.version, case.version - 1]) if case is not None else None
        asked = ("fire", ref, event, repr(data), repr(files))
        wanted = oracle.of_fire(case, rows, event, by, asked, key, version)
        self._tried(
            wanted, by, event, case, asked, key,
            lambda: self.engine.fire(
                ref, event, by=by, data=data, evidence=files, key=key, expect_version=version
            ),
        )  # fmt: skip

    def _suspend(self) -> None:
        """Suspend or restore somebody: one who was suspended, every other time, so that there is somebody left."""
        chance, oracle = self.chance, self.oracle
        suspended = sorted(who for who, gone in oracle.withheld.items() if gone)
        verb = chance.choice(["suspend", "restore"])
        who = chance.choice(suspended if suspended and verb == "restore" else oracle.actors)
        role = chance.choice([None, *sorted(oracle.declared(who))])
        by = self._by({role for rule in oracle.organization.get("suspensions") or [] for role in rule["by"]})
        wanted, before = oracle.of_suspension(verb, by, who, role), contents(self.engine)
        work = self.engine.suspend if verb == "suspend" else self.engine.restore
        try:
            found = "duplicate" if work(who, by=by, reason="试", role=role).duplicate else OPEN
        except duban.DubanError as fault:
            found = type(fault).__name__
        assert found == wanted, (verb, by, who, role)
        changes = {"duban_suspensions": found == OPEN, "duban_refusals": found in ("ActorSuspended", "MayNotSuspend")}
        assert contents(self.engine) == before | {name: before[name] + one for name, one in changes.items()}
        if found == OPEN:
            oracle.decided(verb, who, role)
        self.met[f"{verb}: {found}"] += 1

    def _by(self, roles: set[str]) -> str:
        may = [actor for actor in self.oracle.actors if self.oracle.roles(actor) & roles]
        return self.chance.choice(may) if may and self.chance.random() < 0.6 else self.chance.choice(self.oracle.actors)

    def _data(self, workflow: str, event: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """All that an event needs, or less, or something that it does not take."""
        loaded = self.engine.pack.workflows.get(workflow)
        declared = loaded.workflow.events.get(event) if loaded is not None else None
        if loaded is None or declared is None:
            return {}, {}
        names = [*declared.needs, *(name for name in declared.takes if self.chance.random() < 0.2)]
        data, files = self._given(loaded.workflow.fields, [name for name in names if self.chance.random() < 0.97])
        return data | ({"no_such_field": "typed"} if self.chance.random() < 0.03 else {}), files

    def needed(self, workflow: str, event: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """What an event needs, and nothing else: values, and files."""
        declared = self.engine.pack.workflows[workflow].workflow
        return self._given(declared.fields, declared.events[event].needs)

    def _given(self, fields: Mapping[str, Field], names: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        files = {name: _file(fields[name]) for name in names if fields[name].kind == "evidence"}
        return {name: self._value(fields[name]) for name in names if name not in files}, files

    def _value(self, field: Field) -> Any:
        chance, organization = self.chance, self.engine.pack.organization
        if field.choices:
            return chance.choice(list(field.choices))
        if field.item is not None:
            return [self._value(field.item)]
        if field.kind == "case":
            found = self.engine.find(field.workflow, by="system", limit=5)
            return found[0].ref if len(found) else "NIL-000001"
        return {
            "text": "内容", "number": chance.randint(1, 5), "boolean": True, "date": "2020-12-01",
            "unit": chance.choice(list(organization.units)), "post": chance.choice(list(organization.posts)),
        }[field.kind]  # fmt: skip

    def _tried(
        self, wanted: str, by: str, event: str, case: Case | None, asked: tuple[Any, ...], key: str | None, work: Any
    ) -> None:  # fmt: skip
        before = contents(self.engine)
        try:
            done = work()
        except duban.DubanError as fault:
            found = type(fault).__name__
            told = (wanted, found, by, event, case, asked, key)
            linked = bool({"fire", "start", "waits_for"} & set(self._declared(case, event)))
            # What an event does to other cases may be refused there, for reasons of their own.
            fits = found in OF_DATA or (linked and isinstance(fault, duban.Refused))
            # Before its files are taken in, it is asked whether workflow and event are there at all.
            first = wanted == "KeyReused" and asked[-1] != "{}" and found in ("UnknownWorkflow", "UnknownEvent")
            assert found == wanted or (wanted == OPEN and fits) or first, told
            after = contents(self.engine)
            recorded = found in RECORDED or isinstance(fault, duban.Refused)
            assert after == before | {"duban_refusals": before["duban_refusals"] + recorded}, told
            if recorded:
                self._is_recorded(by, event, fault.code)
            self.met[found] += 1
            return
        told = (wanted, "done", by, event, case, asked, key)
        duplicate = contents(self.engine) == before if isinstance(done, Case) else done.duplicate
        assert wanted == ("duplicate" if duplicate else OPEN), told
        if duplicate:
            assert contents(self.engine) == before, told
        elif key is not None:
            self.oracle.keys[by, key] = asked
        if not isinstance(done, Case) and case is not None and not duplicate:
            target = self.oracle.machines[case.workflow].events[event].get("to", case.state)
            row, expected = done.row, (case.version + 1, by, case.state, target)
            assert (row.seq, row.actor, row.from_state, row.to_state) == expected, told
        self.met["duplicate" if duplicate else "done"] += 1

    def _declared(self, case: Case | None, event: str) -> dict[str, Any]:
        every = [one.events.get(event, {}) for one in self.oracle.machines.values()]
        return self.oracle.machines[case.workflow].events.get(event, {}) if case is not None else dict.fromkeys(
            name for one in every for name in one
        )  # fmt: skip

    def _is_recorded(self, by: str, event: str, code: str) -> None:
        with self.engine.store.read() as reader:
            (newest,) = reader.refusals(Scope.unbounded(), 1)
        assert (newest.actor, newest.event, newest.code) == (by, event, code)


def _file(field: Field) -> Any:
    return ("material.txt", b"material") if field.accept == ("document",) else ("photo.jpg", PHOTO)


def contents(engine: duban.Engine) -> dict[str, int]:
    """How much there is of what an attempt may write."""
    tables = (
        "duban_cases",
        "duban_history",
        "duban_outbox",
        "duban_refusals",
        "duban_stopwatches",
        "duban_links",
        "duban_suspensions",
    )
    with engine.store.read() as reader:
        connection = reader._connection  # type: ignore[attr-defined]
        found = {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in tables}
        versions = connection.exec_driver_sql("SELECT coalesce(sum(version), 0) FROM duban_cases").scalar_one()
    return {**found, "versions": versions}


@pytest.mark.parametrize("name", PACKS)
def test_every_attempt_comes_to_what_the_yaml_says(name: str, tmp_path: Path) -> None:
    folder, few, many = PACKS[name]
    pack = folder or written(tmp_path / "pack", 8801, 8802)
    clock = FrozenClock("2020-11-23T09:30:00+08:00")
    with duban.Engine("sqlite://", pack=pack, clock=clock, evidence=tmp_path / "evidence") as engine:
        engine.migrate()
        walk = Walk(engine, clock, Oracle.of(pack), seed=20_201_120)
        walk.go(many if FULL else few)
        assert walk.met["done"] > few / 40, walk.met
        assert {"NotPermitted", "TransitionNotAllowed", "InvalidData", "UnknownEvent"} <= set(walk.met), walk.met
        walk.go(max(few, many if FULL else 0) // 4, suspending=0.2)
        assert walk.met["suspend: MayNotSuspend"], walk.met
        if name in ("civility", "sample"):
            assert {"ActorSuspended", "suspend: open", "restore: open"} <= set(walk.met), walk.met
        assert engine.verify() == []
        _holds(engine, walk.oracle)


def _holds(engine: duban.Engine, oracle: Oracle) -> None:
    """Every row of every history is declared, and every message of the outbox is one that its row asked for."""
    with engine.store.read() as reader:
        cases = list(reader.all_cases())
        rows = {case.ref: reader.history(case) for case in cases}
        laid = Counter(message.key.rpartition(":")[0] for message in reader.messages(Scope.unbounded(), None, 10**6))
    for case in cases:
        machine = oracle.machines[case.workflow]
        edges = {*machine.edges, *(("", name, machine.events[name]["to"]) for name in machine.openings)}
        for row in rows[case.ref]:
            actions = laid.pop(f"{case.ref}:{row.seq}", 0)
            if row.kind != "step":
                assert (row.from_state or "", row.event, row.to_state) in edges, row
                assert oracle.declared(row.actor) & machine.roles(row.event), row
                assert actions == len(machine.events[row.event].get("do", [])), row
    assert laid == {}, "messages of no row"
