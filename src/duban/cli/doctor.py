"""``duban doctor``: whether everything is as it should be, and what to do where it is not."""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import duban
from duban.app import Engine
from duban.cli.cadences import failing, lagging
from duban.cli.kit.answer import Answer, Cell, Facts, Part, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import FAULT
from duban.cli.kit.options import Option
from duban.cli.kit.telling import iso
from duban.engine.errors import DefinitionError, StoreError, UsageError
from duban.engine.model.case import Backlog
from duban.engine.model.scope import Scope
from duban.engine.ports.store import Reader
from duban.engine.runtime.agenda import FAILED, Standing, standings
from duban.engine.runtime.kept import SWEEPING
from duban.engine.runtime.service import ORPHANS_AFTER
from duban.engine.runtime.sweep import HIDDEN_FAILED, LAST_FAILED, LAST_SWEEP, SCHEDULER_EVERY

COLLECT = Option(["--collect"], says="option.collect", is_flag=True)
_PACKAGES: Final = ("sqlalchemy", "apscheduler", "cel-expr-python", "transitions", "pydantic", "click", "rich")
_LATE: Final = timedelta(seconds=60)
"""Two ticks of a scheduler that did not tell how often it ticks: what is due for longer was left lying."""


def doctor(desk: Desk, collect: bool) -> Answer:
    """Look at versions, store, pack, scheduler, outbox and evidence; leave with 1 when something is wrong."""
    versions = {"duban": duban.__version__, "python": platform.python_version(), **_installed()}
    document: dict[str, Any] = {"healthy": False, "versions": versions}
    told_to = desk.told_to
    try:
        engine = desk.engine
        warnings = _examined(desk, engine, engine.room(told_to), document, collect)
    except (StoreError, UsageError, DefinitionError) as fault:
        document["store"] = {"url": desk.url if "://" in desk.url and "@" not in desk.url else "…"}
        warnings = [fault.message(desk.lang)]
    document |= {"healthy": not warnings, "warnings": warnings}
    parts: list[Part] = [Facts(_rows(desk, document))]
    parts.append(Words(warnings if warnings else [desk.say("healthy")]))
    if advice := _advice(desk, document):
        document["advice"] = advice
        parts.append(Words(advice))
    if not desk.is_person and warnings:
        parts.append(Facts([("warning", "warning", words) for words in warnings]))
    return Answer(document, parts, exit_code=FAULT if warnings else 0)


def _advice(desk: Desk, document: dict[str, Any]) -> list[str]:
    """What should be seen to one day, and is nobody's fault today."""
    store = document.get("store", {})
    bugs = store.get("known_bugs", "").split()
    return [desk.say(f"bug-{name}", version=store["version"]) for name in bugs]


def _installed() -> dict[str, str]:
    found = {}
    for name in (*_PACKAGES, "psycopg"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _examined(desk: Desk, engine: Engine, room: Scope, document: dict[str, Any], collect: bool) -> list[str]:
    now = engine.world.clock.now()
    document["store"] = dict(engine.store.facts())
    document["pack"] = {
        "name": engine.pack.name,
        "workflows": len(engine.pack.workflows),
        "posts": len(engine.pack.organization.posts),
    }
    with engine.store.read() as reader:
        tallies = reader.tallies(room, now)
        backlog = reader.backlog(room, now)
        sweeps = _Sweeps.read(reader, room, backlog)
        referred = reader.evidence_digests()
    document["cases"] = {
        "open": sum(one.count for one in tallies if one.open),
        "closed": sum(one.count for one in tallies if not one.open),
        "overdue": sum(one.overdue for one in tallies),
    }
    document["sweep"] = sweeps.facts(now)
    with engine.store.read() as reader:
        cadences = _Cadences.read(reader, engine, now)
    if engine.pack.cadences:
        document["cadences"] = cadences.facts()
    document["outbox"] = dict(backlog.messages)
    dead_dispatches = 0
    if engine.pack.channels:
        document["channels"], dead_dispatches = _channels(engine, room)
    removed = engine.collect() if collect else None
    oldest = (now - ORPHANS_AFTER).timestamp()
    orphans = sum(1 for digest, at in engine.world.evidence.digests() if digest not in referred and at < oldest)
    document["evidence"] = {"kept": backlog.evidence, "orphans": orphans, "collected": removed}
    return [
        *_unwritable(desk, engine), *sweeps.warnings(desk, now), *cadences.warnings(desk, now - sweeps.late),
        *_leftovers(desk, backlog.messages, dead_dispatches, orphans),
    ]  # fmt: skip


class _Unwritten(Exception):
    """Ends the attempt to write: nothing of it is kept."""


def _unwritable(desk: Desk, engine: Engine) -> list[str]:
    """What keeps anybody from writing to the store, such as a lock or a full disk; found out by doing it."""
    try:
        with engine.store.write() as writer:
            writer.put_setting("doctor", platform.python_version())
            raise _Unwritten
    except _Unwritten:
        return []
    except StoreError as fault:
        return [fault.message(desk.lang)]


@dataclass(frozen=True, slots=True)
class _Sweeps:
    """What the store tells of sweeps: when one last ended, how many cases failed in it, when one last did something,
    how often there is to be one, and what waits."""

    ended_at: datetime | None
    failed: int
    busy_at: datetime | None
    every: float | None
    due_at: datetime | None
    waiting: int

    @classmethod
    def read(cls, reader: Reader, room: Scope, backlog: Backlog) -> "_Sweeps":
        """What stands in the store, as far as ``room`` may know."""
        ended, busy, every = (reader.setting(name) for name in (LAST_SWEEP, SWEEPING, SCHEDULER_EVERY))
        hidden = [reader.case(ref, room) for ref in json.loads(reader.setting(HIDDEN_FAILED) or "[]")]
        return cls(
            datetime.fromisoformat(ended) if ended else None,
            int(reader.setting(LAST_FAILED) or 0) + sum(case is not None for case in hidden),
            datetime.fromisoformat(busy) if busy else None,
            float(every) if every else None,
            backlog.next_due_at,
            backlog.due,
        )

    @property
    def late(self) -> timedelta:
        """After how long what is due was left lying."""
        return timedelta(seconds=2 * self.every) if self.every else _LATE

    def facts(self, now: datetime) -> dict[str, Any]:
        """As they stand in the document."""
        return {
            "last_sweep_at": iso(self.ended_at) or None,
            "age_seconds": round((now - self.ended_at).total_seconds()) if self.ended_at else None,
            "every_seconds": self.every,
            "next_due_at": iso(self.due_at) or None,
            "waiting": self.waiting,
            "failed": self.failed,
        }

    def warnings(self, desk: Desk, now: datetime) -> list[str]:
        """What is wrong, in words."""
        late = self.late
        found = []
        if self.failed:
            found.append(desk.say("sweep-failing", count=self.failed))
        if self.ended_at is not None and now - self.ended_at <= late:
            return found
        if self.due_at is not None and now - self.due_at > late:
            is_busy = self.busy_at is not None and now - self.busy_at <= late
            since = desk.teller.moment(self.due_at).shown
            found.append(desk.say("sweep-behind" if is_busy else "not-swept", count=self.waiting, since=since))
        elif self.ended_at is not None and self.every is not None:
            since = desk.teller.moment(self.ended_at).shown
            found.append(desk.say("sweep-silent", since=since, every=f"{self.every:g}"))
        return found


@dataclass(frozen=True, slots=True)
class _Cadences:
    """How the cadences of the pack stand, and which of them the last sweep could not carry out."""

    standings: tuple[Standing, ...]
    failed: tuple[str, ...]

    @classmethod
    def read(cls, reader: Reader, engine: Engine, now: datetime) -> "_Cadences":
        """What stands in the store of the cadences that are declared now."""
        failed = (reader.setting(FAILED) or "").split(",")
        return cls(
            tuple(standings(engine.world, reader, now)), tuple(name for name in failed if name in engine.pack.cadences)
        )

    def facts(self) -> dict[str, Any]:
        """As they stand in the document."""
        coming = [one.next_at for one in self.standings if one.next_at is not None]
        return {
            "declared": len(self.standings),
            "next_at": iso(min(coming, default=None)) or None,
            "waiting": sum(one.due_at is not None for one in self.standings),
            "failed": len(self.failed),
        }

    def warnings(self, desk: Desk, latest: datetime) -> list[str]:
        """Those that failed, and those of which an occurrence up to ``latest`` was left lying."""
        found = [failing(desk, self.failed)] if self.failed else []
        lying = [one for one in self.standings if one.due_at is not None and one.due_at < latest]
        others = [one for one in lying if one.cadence.name not in self.failed]
        return found + ([lagging(desk, others)] if others else [])


def _channels(engine: Engine, room: Scope) -> tuple[dict[str, Any], int]:
    """Which channels are configured and which are not, what of theirs is in each state; and how much of it is dead."""
    missing = engine.world.couriers.missing
    named: dict[bool, list[str]] = {True: [], False: []}
    for channel in engine.pack.channels.values():
        named[not missing(channel)].append(channel.name)
    with engine.store.read() as reader:
        counts = reader.dispatch_counts(room)
    states: dict[str, int] = {}
    for (_channel, state), count in counts.items():
        states[state] = states.get(state, 0) + count
    told = {"configured": " ".join(named[True]) or None, "not_configured": " ".join(named[False]) or None}
    return {**told, **states}, states.get("dead", 0)


def _leftovers(desk: Desk, messages: Mapping[str, int], dispatches: int, orphans: int) -> list[str]:
    found = []
    if messages.get("dead"):
        found.append(desk.say("dead-messages", count=messages["dead"]))
    if dispatches:
        found.append(desk.say("dead-dispatches", count=dispatches))
    if orphans:
        found.append(desk.say("orphans", count=orphans))
    return found


def _rows(desk: Desk, document: dict[str, Any]) -> list[tuple[str, str, Cell | str]]:
    rows: list[tuple[str, str, Cell | str]] = []
    for part in ("versions", "store", "pack", "cases", "sweep", "cadences", "outbox", "channels", "evidence"):
        for name, value in document.get(part, {}).items():
            if value is not None:
                heading = f"{desk.say(f'doctor-{part}')} · {name}"
                local = desk.teller.moment(datetime.fromisoformat(value)).shown if name.endswith("_at") else None
                rows.append((f"{part}.{name}", heading, cell(value, local)))
    return rows


command = Command("doctor", "command.doctor", doctor, [COLLECT])
