"""What the doctor tells of clocks: whether this machine, its database and the rows in the store agree on the time.

Where a demonstration moved its own clock, the store is looked at as of where that stands: it is no campaign of today
that nobody looks after. Once somebody works on it by the clock of this machine, that one counts again.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from duban.cli.doctor_words import span
from duban.cli.kit.desk import Desk
from duban.cli.kit.telling import iso
from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope
from duban.engine.ports.store import Reader
from duban.engine.runtime.kept import STANDS_AT
from duban.engine.runtime.sweep import LAST_SWEEP

SKEW: Final = timedelta(seconds=30)
"""Clocks that are this far apart make what one machine writes down of itself another time than what is in the store."""


@frozen
class Clocks:
    """The moment by which duban goes, by this machine, by the database, of the latest row, and of a demonstration."""

    here: datetime
    machine: datetime
    database: datetime | None
    latest: datetime | None
    stands: datetime | None

    @classmethod
    def read(cls, reader: Reader, room: Scope, here: datetime, machine: datetime, database: str | None) -> "Clocks":
        """What ``room`` may know of; ``database`` is the database's own time, ISO 8601, asked for at ``machine``."""
        latest = reader.latest_at(room)
        swept, stands = reader.setting(LAST_SWEEP), reader.setting(STANDS_AT)
        stood = datetime.fromisoformat(stands) if stands else None
        seen = [latest, datetime.fromisoformat(swept) if swept else None]
        if stood is not None and any(at is not None and at > stood for at in seen):
            stood = None
        return cls(here, machine, datetime.fromisoformat(database) if database else None, latest, stood)

    @property
    def now(self) -> datetime:
        """The moment as of which the store is looked at."""
        return self.stands or self.here

    @property
    def skew(self) -> timedelta | None:
        """How far the database's clock is ahead of this machine's; below zero when it is behind."""
        return self.database - self.machine if self.database is not None else None

    def facts(self) -> dict[str, Any]:
        """As they stand in the document."""
        return {
            "latest_at": iso(self.latest) or None,
            "stands_at": iso(self.stands) or None,
            "database_skew_seconds": round(self.skew.total_seconds(), 1) if self.skew is not None else None,
        }

    def warnings(self, desk: Desk) -> list[str]:
        """What is wrong, in words."""
        found = []
        if self.skew is not None and abs(self.skew) > SKEW:
            which = "clock-behind" if self.skew > timedelta(0) else "clock-ahead"
            found.append(desk.say(which, span=span(abs(self.skew).total_seconds(), desk.lang)))
        if self.latest is not None and self.latest - self.here > SKEW:
            ahead = span((self.latest - self.here).total_seconds(), desk.lang)
            found.append(desk.say("rows-ahead", at=desk.teller.moment(self.latest).shown, span=ahead))
        return found

    def advice(self, desk: Desk) -> list[str]:
        """What is as it should be and needs a word."""
        return [desk.say("demo-clock", at=desk.teller.moment(self.stands).shown)] if self.stands is not None else []
