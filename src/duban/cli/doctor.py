"""``duban doctor``: whether everything is as it should be, and what to do where it is not."""

import platform
from collections.abc import Mapping
from typing import Any

from duban.app import Engine
from duban.cli.doctor_archives import Moving, Shelf
from duban.cli.doctor_clocks import Clocks
from duban.cli.doctor_given import advice, secrets, versions
from duban.cli.doctor_outbox import Messages
from duban.cli.doctor_sweeps import Cadences, Sweeps
from duban.cli.doctor_words import rows
from duban.cli.kit.answer import Answer, Facts, Part, Words
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import FAULT
from duban.cli.kit.options import Option
from duban.engine.errors import DefinitionError, StoreError, UsageError
from duban.engine.model.scope import Scope
from duban.engine.runtime.keeping import ORPHANS_AFTER
from duban.persistence.timing import DatabaseClock

COLLECT = Option(["--collect"], says="option.collect", is_flag=True)


def doctor(desk: Desk, collect: bool) -> Answer:
    """Look at versions, store, pack, scheduler, outbox and evidence; leave with 1 when something is wrong."""
    if desk.given.is_office and len(desk.given.names) != 1:
        from duban.cli.doctor_offices import of_offices

        return of_offices(desk, lambda one: doctor(one, collect))
    document: dict[str, Any] = {"healthy": False, "versions": versions()}
    where: dict[str, Any] = {"office": desk.place.office, "url": desk.shown_url}
    told: list[str] = []
    told_to = desk.told_to
    try:
        engine = desk.engine
        warnings = _examined(desk, engine, engine.room(told_to), document, told, collect)
    except (StoreError, UsageError, DefinitionError) as fault:
        document["store"] = where
        warnings = [fault.message(desk.lang)]
    document |= {"healthy": not warnings, "warnings": warnings}
    parts: list[Part] = [Facts(rows(desk, document))]
    parts.append(Words(warnings if warnings else [desk.say("healthy")]))
    if told := [*_bugs(desk, document), *told, *advice(desk)]:
        document["advice"] = told
        parts.append(Words(told))
    if not desk.is_person and warnings:
        parts.append(Facts([("warning", "warning", words) for words in warnings]))
    return Answer(document, parts, exit_code=FAULT if warnings else 0)


def _bugs(desk: Desk, document: dict[str, Any]) -> list[str]:
    """What should be seen to one day, and is nobody's fault today."""
    store = document.get("store", {})
    bugs = store.get("known_bugs", "").split()
    return [desk.say(f"bug-{name}", version=store["version"]) for name in bugs]


def _examined(
    desk: Desk, engine: Engine, room: Scope, document: dict[str, Any], told: list[str], collect: bool
) -> list[str]:  # fmt: skip
    clock = engine.world.clock
    store, here = {"office": desk.place.office, **engine.store.facts()}, clock.now()
    machine = clock.machine.now() if isinstance(clock, DatabaseClock) else here
    with engine.store.read() as reader:
        clocks = Clocks.read(reader, room, here, machine, store.pop("clock_at", None))
    now = clocks.now
    told += clocks.advice(desk)
    document["store"] = store
    document["pack"] = {
        "name": engine.pack.name,
        "workflows": len(engine.pack.workflows),
        "posts": len(engine.pack.organization.posts),
    }
    with engine.store.read() as reader:
        tallies, backlog = reader.tallies(room, now), reader.backlog(room, now)
        messages = Messages.read(reader, room, backlog.messages, now)
        sweeps = Sweeps.read(reader, room, backlog)
        referred = reader.evidence_digests()
    document["cases"] = {
        "open": sum(one.count for one in tallies if one.open),
        "closed": sum(one.count for one in tallies if not one.open),
        "overdue": sum(one.overdue for one in tallies),
    }
    document["clock"] = clocks.facts()
    document["sweep"] = sweeps.facts(now)
    with engine.store.read() as reader:
        cadences = Cadences.read(reader, engine, now)
    if engine.pack.cadences:
        document["cadences"] = cadences.facts()
    document["outbox"] = messages.facts(now)
    dead_dispatches = 0
    if engine.pack.channels:
        document["channels"], dead_dispatches = _channels(engine, room)
        document["channels"] |= messages.unsent(now)
    removed = engine.collect() if collect else None
    oldest = (here - ORPHANS_AFTER).timestamp()
    orphans = sum(1 for digest, at in engine.world.evidence.digests() if digest not in referred and at < oldest)
    document["evidence"] = {"kept": backlog.evidence, "orphans": orphans, "collected": removed}
    shelf = Shelf.read(engine, room)
    if shelf.facts():
        document["archives"] = shelf.facts()
    moving = Moving.read(engine, room)
    told += [*shelf.advice(desk), *moving.advice(desk)]
    document["secrets"] = secrets(desk, engine.pack.channels.values())
    return [
        *_unwritable(desk, engine), *clocks.warnings(desk), *sweeps.warnings(desk, now),
        *cadences.warnings(desk, now - sweeps.late), *messages.warnings(desk, now, sweeps.late),
        *_leftovers(desk, backlog.messages, dead_dispatches, orphans), *shelf.warnings(desk), *moving.warnings(desk),
    ]  # fmt: skip


class _Unwritten(Exception):
    """Ends the attempt to write: nothing of it is kept."""


def _unwritable(desk: Desk, engine: Engine) -> list[str]:
    """What keeps anybody from writing to the store, such as a lock or a full disk; found out by doing it."""
    try:
        with engine.store.write() as writer:
            writer.put_setting("doctor", platform.python_version())
            writer.setting("doctor")  # what is written may be on its way until something is asked
            raise _Unwritten
    except _Unwritten:
        return []
    except StoreError as fault:
        return [fault.message(desk.lang)]


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


command = Command("doctor", "command.doctor", doctor, [COLLECT])
