"""``duban cadences``: what is done by the calendar, when it was done last and when it is next."""

from collections.abc import Sequence
from typing import Any

from duban.cli.kit.answer import Answer, Cell, Part, Table, Words
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.telling import iso
from duban.engine.definition.cadence_rules import WEEKDAYS
from duban.engine.model.cadence import Cadence
from duban.engine.runtime.agenda import Carried, Standing, standings


def cadences(desk: Desk) -> Answer:
    """List the cadences of the pack as declared, each with its rule in words."""
    engine = desk.engine
    with engine.store.read() as reader:
        found = standings(engine.world, reader, engine.world.clock.now())
    heads = desk.head("cadence", "rule", "last_at", "next_at_cadence")
    heads["next_at"] = heads.pop("next_at_cadence")
    table = Table(heads, [_row(desk, one) for one in found], empty=desk.say("no-cadences"))
    parts: list[Part] = [table]
    waiting = [one for one in found if one.due_at is not None]
    if waiting:
        parts.append(Words([lagging(desk, waiting)]))
    return Answer([_document(desk, one) for one in found], parts)


def rule(desk: Desk, cadence: Cadence) -> str:
    """When it occurs, in words."""
    days = cadence.days
    weekdays = [desk.say(f"weekday-{WEEKDAYS[number]}") for number in days.weekdays]
    joined = ("、" if desk.lang == "zh" else ", ").join(weekdays)
    told = desk.say(f"cadence-{days.kind}", weekdays=joined, day=days.day, at=f"{cadence.at:%H:%M}")
    return told + desk.say(f"cadence-closed-{cadence.closed}") if days.may_be_closed else told


def lagging(desk: Desk, waiting: Sequence[Standing]) -> str:
    """That occurrences wait, and since when."""
    since = min(one.due_at for one in waiting if one.due_at is not None)
    labels = [one.cadence.label for one in waiting]
    return desk.say("cadence-waiting", cadences=labels, since=desk.teller.moment(since).shown)


def failing(desk: Desk, names: tuple[str, ...]) -> str:
    """That cadences could not be carried out in the last sweep."""
    return desk.say("cadences-failing", names=[called(desk, name) for name in names])


def called(desk: Desk, name: str) -> str:
    """A cadence by its label."""
    known = desk.engine.pack.cadences.get(name)
    return known.label.text(desk.lang) if known is not None else name


def carried_document(one: Carried) -> dict[str, Any]:
    """What an occurrence came to, as programs read it."""
    return {
        "cadence": one.name, "at": iso(one.at), "day": one.day.isoformat(), "passed": one.passed,
        "started": one.started, "fired": one.fired, "refused": one.refused,
    }  # fmt: skip


def _row(desk: Desk, one: Standing) -> list[Cell | str]:
    cadence = one.cadence
    last = desk.teller.moment(one.last.at if one.last is not None else None)
    if one.last is not None and one.last.passed:
        last = Cell(last.plain, desk.say("cadence-passed", at=last.shown))
    name = Cell(cadence.name, cadence.label.text(desk.lang))
    return [name, rule(desk, cadence), last, desk.teller.moment(one.next_at)]


def _document(desk: Desk, one: Standing) -> dict[str, Any]:
    cadence = one.cadence
    fire = cadence.fire
    return {
        "cadence": cadence.name,
        "label": cadence.label.text(desk.lang),
        "rule": rule(desk, cadence),
        "missed": cadence.missed,
        "starts": sorted({opening.workflow for opening in cadence.openings}),
        "cases": len(cadence.openings),
        "fires": f"{fire.workflow} {fire.event}" if fire is not None else None,
        "last": carried_document(one.last) if one.last is not None else None,
        "waiting_since": iso(one.due_at) or None,
        "next_at": iso(one.next_at) or None,
    }


command = Command("cadences", "command.cadences", cadences)
