"""How far each cadence has come: what is due, what comes next, what was done last. All of it lies in settings."""

import json
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple, Self

from duban.engine.deadlines.cadence import Occurrence, following, latest, occurrences
from duban.engine.model.cadence import Cadence
from duban.engine.model.frozen import frozen
from duban.engine.ports.store import Reader, Writer
from duban.engine.runtime.world import World

FAILED: Final = "last_sweep_failed_cadences"
"""The setting that names the cadences which the last sweep could not carry out, with commas between."""


class Due(NamedTuple):
    """An occurrence whose time has come."""

    cadence: Cadence
    occurrence: Occurrence


@frozen
class Carried:
    """What an occurrence came to. ``passed``: it was passed over, because its ``while`` did not hold.

    ``at`` is its moment in UTC, ``day`` its day in the organisation's time zone. The counts are of cases that were
    started, that took the event, and that refused it; confidential ones are not counted.
    """

    name: str
    at: datetime
    day: date
    passed: bool = False
    started: int = 0
    fired: int = 0
    refused: int = 0


@frozen
class Course:
    """How far an occurrence has come whose cases were started; ``after`` is the last case that it came to (its id)."""

    occurrence: Occurrence
    started: int = 0
    fired: int = 0
    refused: int = 0
    after: int | None = None
    is_over: bool = False

    @classmethod
    def of(cls, reader: Reader, name: str, occurrence: Occurrence | None = None) -> Self | None:
        """What is under way, of this occurrence or of any; None where nothing is."""
        found = _read(reader, _course(name))
        if found is None:
            return None
        begun = Occurrence(datetime.fromisoformat(found.pop("at")), date.fromisoformat(found.pop("day")))
        return cls(begun, **found) if occurrence in (None, begun) else None

    def past(self, case_id: int) -> Self:
        """The course after one more case."""
        return replace(self, after=case_id)

    def plus(self, *, fired: bool) -> Self:
        """The course with one more case that took the event, or refused it."""
        return replace(self, fired=self.fired + fired, refused=self.refused + (not fired))

    def over(self) -> Self:
        """The course at its end."""
        return replace(self, is_over=True)


@frozen
class Standing:
    """How a cadence stands: what was done last, since when an occurrence waits, when the next one is.

    ``seen`` tells whether any sweep has noted it; before that nothing of it is due.
    """

    cadence: Cadence
    seen: bool
    last: Carried | None
    due_at: datetime | None
    next_at: datetime | None


def due_of(world: World, writer: Writer, cadence: Cadence, now: datetime) -> Due | None:
    """The occurrence that is to be carried out now, or None.

    A cadence that is seen for the first time is noted: it begins with the first occurrence after this moment.
    """
    place = _place(writer, cadence.name)
    if place is None:
        writer.put_setting(_name(cadence.name), now.isoformat())
        return None
    course = Course.of(writer, cadence.name)
    if course is not None and course.occurrence.at > place:
        return Due(cadence, course.occurrence)
    if cadence.missed == "last":
        found = latest(cadence, world.hours, place, now)
    else:
        found = next(occurrences(cadence, world.hours, place, now), None)
    return Due(cadence, found) if found is not None else None


def noted(writer: Writer, name: str, course: Course) -> None:
    """Write down how far an occurrence has come."""
    document = {
        "at": course.occurrence.at.isoformat(), "day": course.occurrence.day.isoformat(), "started": course.started,
        "fired": course.fired, "refused": course.refused, "after": course.after,
    }  # fmt: skip
    writer.put_setting(_course(name), json.dumps(document))


def carried(writer: Writer, name: str, course: Course, *, passed: bool = False) -> Carried:
    """Write down that an occurrence is done: the cadence goes on with those after it."""
    at, day = course.occurrence
    done = Carried(name, at, day, passed, course.started, course.fired, course.refused)
    writer.put_setting(_name(name), at.isoformat())
    document = {key: value for key, value in asdict(done).items() if key != "name"}
    writer.put_setting(_last(name), json.dumps(document | {"at": at.isoformat(), "day": day.isoformat()}))
    return done


def standings(world: World, reader: Reader, now: datetime) -> list[Standing]:
    """How every cadence of the pack stands at ``now``, as declared."""
    found = []
    for cadence in world.pack.cadences.values():
        place = _place(reader, cadence.name)
        due = next(occurrences(cadence, world.hours, place, now), None) if place is not None else None
        coming = following(cadence, world.hours, now)
        found.append(
            Standing(
                cadence=cadence,
                seen=place is not None,
                last=_done(reader, cadence.name),
                due_at=due.at if due is not None else None,
                next_at=coming.at if coming is not None else None,
            )
        )
    return found


def next_occurrence_at(world: World, now: datetime) -> datetime | None:
    """When the next occurrence of all comes after ``now``; None where there is none in sight."""
    coming = [following(cadence, world.hours, now) for cadence in world.pack.cadences.values()]
    return min((one.at for one in coming if one is not None), default=None)


def _done(reader: Reader, name: str) -> Carried | None:
    found = _read(reader, _last(name))
    if found is None:
        return None
    at, day = datetime.fromisoformat(found.pop("at")), date.fromisoformat(found.pop("day"))
    return Carried(name, at, day, **found)


def _place(reader: Reader, name: str) -> datetime | None:
    """The last occurrence that was done, or the moment at which the cadence was first seen."""
    found = reader.setting(_name(name))
    return datetime.fromisoformat(found) if found is not None else None


def _read(reader: Reader, setting: str) -> dict[str, Any] | None:
    found = reader.setting(setting)
    document: dict[str, Any] | None = json.loads(found) if found is not None else None
    return document


def _name(name: str) -> str:
    return f"cadence.{name}"


def _course(name: str) -> str:
    return f"cadence.{name}.course"


def _last(name: str) -> str:
    return f"cadence.{name}.last"
