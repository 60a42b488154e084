"""What the doctor tells of sweeps and cadences: when they last ended, what waits, what fails, and how late that is."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from duban.app import Engine
from duban.cli.cadences import failing, lagging
from duban.cli.kit.desk import Desk
from duban.cli.kit.telling import iso
from duban.engine.model.case import Backlog
from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope
from duban.engine.ports.store import Reader
from duban.engine.runtime.agenda import FAILED, Standing, standings
from duban.engine.runtime.kept import SWEEPING
from duban.engine.runtime.sweep import HIDDEN_FAILED, LAST_FAILED, LAST_SWEEP, SCHEDULER_EVERY

_LATE: Final = timedelta(seconds=60)
"""Two ticks of a scheduler that did not tell how often it ticks: what is due for longer was left lying."""


@frozen
class Sweeps:
    """What the store tells of sweeps: when one last ended, how many cases failed in it, when one last did something,
    how often there is to be one, and what waits."""

    ended_at: datetime | None
    failed: int
    busy_at: datetime | None
    every: float | None
    due_at: datetime | None
    waiting: int

    @classmethod
    def read(cls, reader: Reader, room: Scope, backlog: Backlog) -> "Sweeps":
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


@frozen
class Cadences:
    """How the cadences of the pack stand, and which of them the last sweep could not carry out."""

    standings: tuple[Standing, ...]
    failed: tuple[str, ...]

    @classmethod
    def read(cls, reader: Reader, engine: Engine, now: datetime) -> "Cadences":
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
