"""What an office does by the calendar, as the runtime uses it: checked, complete, frozen."""

from collections.abc import Mapping
from datetime import time
from typing import Any, Literal

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

Closed = Literal["next", "previous", "skip", "same"]
Missed = Literal["last", "all"]


@frozen
class Days:
    """Which days are meant: every working day, some weekdays (0 is Monday), or one day of each month.

    ``day`` counts from 1; a month that is too short has it on its last day.
    """

    kind: Literal["working-day", "weekdays", "first-working-day", "day-of-month"]
    weekdays: tuple[int, ...] = ()
    day: int = 0

    @property
    def may_be_closed(self) -> bool:
        """Whether such a day need not be worked."""
        return self.kind in ("weekdays", "day-of-month")


@frozen
class During:
    """Only while some case of ``workflow`` is in one of ``states``."""

    workflow: str
    states: tuple[str, ...]


@frozen
class Opening:
    """One case to start by its opening ``event``, as the built-in ``actor``.

    ``item`` tells it from the others of its cadence. The fields under ``dated`` get the day of the occurrence.
    """

    item: str
    workflow: str
    event: str
    actor: Literal["scheduler", "system"]
    data: Mapping[str, Any]
    dated: tuple[str, ...] = ()


@frozen
class FireEach:
    """An event to fire on every open case of ``workflow`` whose data hold ``where``, and that is in one of ``states``.

    No ``states``: whatever its state. ``data`` is what the event is given; the fields under ``dated`` get the day of
    the occurrence.
    """

    workflow: str
    event: str
    states: tuple[str, ...]
    where: Mapping[str, Any]
    data: Mapping[str, Any]
    dated: tuple[str, ...] = ()


@frozen
class Cadence:
    """Something that is done on certain days, at a time of day (``at``, the organisation's wall clock).

    ``closed`` tells what becomes of a day that is not worked, ``missed`` which occurrences are made up for after an
    absence. ``openings`` are cases to start, all of one occurrence together.
    """

    name: str
    label: Label
    days: Days
    at: time
    closed: Closed = "next"
    missed: Missed = "last"
    during: During | None = None
    openings: tuple[Opening, ...] = ()
    fire: FireEach | None = None
