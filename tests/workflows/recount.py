"""The numbers of a bulletin counted again: plain Python over raw rows, nothing of the engine's own counting.

A row is (event, from, to, at, data) with ``at`` in local time. The calendar is that of the weeks told of: Monday to
Friday, 09:00 to 12:00 and 14:00 to 18:00, without a holiday.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any

HOURS = ((time(9), time(12)), (time(14), time(18)))
DAY = 7 * 3600
RECTIFY = {"minor": DAY, "prominent": 3 * DAY, "serious": 8 * 3600}
ACCEPT = {"minor": 4 * 3600, "prominent": 4 * 3600, "serious": 2 * 3600}

Row = tuple[str, str | None, str, datetime, Mapping[str, Any]]


def stretches(start: datetime, end: datetime) -> Iterable[tuple[datetime, datetime]]:
    """The hours of work between two moments."""
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while day < end:
        if day.weekday() < 5:
            for opens, closes in HOURS:
                first = max(start, datetime.combine(day, opens, day.tzinfo))
                last = min(end, datetime.combine(day, closes, day.tzinfo))
                if first < last:
                    yield first, last
        day += timedelta(days=1)


def worked(start: datetime, end: datetime) -> float:
    """Seconds of work between two moments."""
    return sum((last - first).total_seconds() for first, last in stretches(start, end))


def due(start: datetime, seconds: float) -> datetime:
    """When so many seconds of work have passed."""
    for first, last in stretches(start, start + timedelta(days=60)):
        if seconds <= (last - first).total_seconds():
            return first + timedelta(seconds=seconds)
        seconds -= (last - first).total_seconds()
    raise AssertionError


@dataclass
class Told:
    """A case as its rows tell it, up to the moment of the cut-off."""

    ref: str
    rows: list[Row]
    start: datetime
    until: datetime

    @property
    def state(self) -> str:
        return self.rows[-1][2]

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for row in self.rows:
            found.update(row[4])
        return found

    def within(self, *events: str) -> int:
        return sum(row[0] in events and row[3] >= self.start for row in self.rows)

    def count(self, *events: str) -> int:
        return sum(row[0] in events for row in self.rows)

    def was(self, *states: str) -> bool:
        """Whether it was in one of these states at some time in the week."""
        before = [row[2] for row in self.rows if row[3] < self.start][-1:]
        return any(state in states for state in [*before, *(row[2] for row in self.rows if row[3] >= self.start)])

    def late(
        self, states: set[str], limit: Callable[[dict[str, Any]], float], restarts: frozenset[str] = frozenset()
    ) -> bool:
        """Whether more time of work was spent in these states than is allowed."""
        used, since = self._spent(states, restarts)
        if since is not None:
            return used + worked(since, self.until) >= limit(self.data)
        return used > limit(self.data)

    def _spent(self, states: set[str], restarts: frozenset[str]) -> tuple[float, datetime | None]:
        used, since = 0.0, None
        for event, _, to, at, _ in self.rows:
            if since is not None:
                used, since = used + worked(since, at), None
            if event in restarts:
                used = 0.0
            since = at if to in states else None
        return used, since

    @property
    def rectification_late(self) -> bool:
        return self.late({"assigned", "accepted"}, lambda data: RECTIFY[data["severity"]])

    @property
    def closed_now(self) -> bool:
        return self.state == "closed" and self.rows[-1][3] >= self.start

    @property
    def in_hand_late(self) -> bool:
        return self.state in ("assigned", "accepted") and self.rectification_late

    @property
    def open(self) -> bool:
        return self.state not in ("closed", "rejected", "voided")

    @property
    def age(self) -> int:
        return int(worked(self.rows[0][3], self.until) // 60)


Count = tuple[set[str], set[str]]
"""The cases that count, and of these the ones that hold."""


def split(cases: Iterable[Told], counts: Callable[[Told], bool], holds: Callable[[Told], bool]) -> Count:
    found = [case for case in cases if counts(case)]
    return {case.ref for case in found}, {case.ref for case in found if holds(case)}


def _responded(case: Told) -> tuple[bool, bool]:
    """Whether the response fell due in the week, and whether it came in time."""
    place = next((index for index, row in enumerate(case.rows) if row[2] == "assigned"), None)
    if place is None:
        return False, False
    begun = case.rows[place][3]
    last = due(begun, ACCEPT[case.data["severity"]])
    ended = next((row[3] for row in case.rows[place:] if row[2] != "assigned"), None)
    return case.start <= last < case.until, worked(begun, ended or case.until) <= ACCEPT[case.data["severity"]]


def shares(issues: list[Told], reports: list[Told], orders: list[Told], rounds: list[Told]) -> dict[str, Count]:
    """Every share of the bulletin and of the score of units, of these cases."""

    def to_close(c: Told) -> bool:
        return c.state != "suspended" and (c.closed_now or (c.open and c.rectification_late))

    def judged(c: Told) -> bool:
        return c.within("verify", "rework") > 0

    def handed_in(c: Told) -> bool:
        return c.within("rectify") > 0

    def held(c: Told) -> bool:
        return c.was("assigned", "accepted")

    def waiting(c: Told) -> bool:
        return c.late({"rectified"}, lambda _: 2 * DAY, frozenset({"rectify"}))

    def due_now(c: Told) -> bool:
        return c.start.date().isoformat() <= c.data["due_on"] <= c.until.date().isoformat()

    def in_time(c: Told) -> bool:
        return min(row[3] for row in c.rows if row[0] == "submit") <= _closing(c.data["due_on"], c)

    def unanswered(c: Told) -> bool:
        return c.late({"issued"}, lambda data: DAY if data["severity"] == "serious" else 2 * DAY)

    return {
        "closing_rate": split(issues, to_close, lambda c: c.state == "closed"),
        "on_time_closing_rate": split(issues, to_close, lambda c: c.state == "closed" and not c.rectification_late),
        "on_time_rectification": split(
            issues, lambda c: handed_in(c) or c.in_hand_late, lambda c: handed_in(c) and not c.rectification_late
        ),
        "rework_rate": split(issues, judged, lambda c: c.within("rework") > 0),
        "return_rate": split(issues, held, lambda c: c.within("return_dispatch") > 0),
        "extension_rate": split(issues, held, lambda c: c.within("extend") > 0),
        "suspension_rate": split(issues, held, lambda c: c.within("suspend") > 0),
        "recurrence_rate": split(issues, lambda c: c.within("assign") > 0, lambda c: "recurs" in c.data),
        "verification_on_time": split(
            issues, lambda c: judged(c) or (c.state == "rectified" and waiting(c)),
            lambda c: judged(c) and not waiting(c),
        ),
        "response_rate": split(issues, lambda c: _responded(c)[0], lambda c: _responded(c)[1]),
        "reports_on_time": split(
            reports, lambda c: due_now(c) and (c.count("submit") > 0 or c.until > _closing(c.data["due_on"], c)),
            lambda c: c.count("submit") > 0 and in_time(c),
        ),
        "orders_answered_on_time": split(
            orders, lambda c: c.within("reply") > 0 or (c.state == "issued" and unanswered(c)),
            lambda c: c.within("reply") > 0 and not unanswered(c),
        ),
        "round_coverage": split(
            rounds, lambda c: c.start.date().isoformat() <= c.data["day"] <= c.until.date().isoformat(),
            lambda c: c.state in ("submitted", "locked"),
        ),
    }  # fmt: skip


def counts(issues: list[Told]) -> dict[str, set[str]]:
    """Every count of the bulletin, as the cases that it counts."""
    return {
        "reported": {c.ref for c in issues if c.rows[0][3] >= c.start},
        "closed": {c.ref for c in issues if c.closed_now},
        "open": {c.ref for c in issues if c.open},
        "overdue": {c.ref for c in issues if c.in_hand_late},
    }


def quantile(values: Iterable[int], percent: int) -> int | None:
    """By nearest rank."""
    ordered = sorted(values)
    return ordered[-(-percent * len(ordered) // 100) - 1] if ordered else None


def points(found: Mapping[str, Count], weights: Mapping[str, int]) -> Fraction | None:
    """The score: of what is better when lower, what is missing to 1; parts without a case do not weigh."""
    total, weighed = Fraction(0), 0
    for name, weight in weights.items():
        cases, holding = found[name]
        if cases:
            share = Fraction(len(holding), len(cases))
            total += weight * (1 - share if name in ("rework_rate", "recurrence_rate") else share)
            weighed += weight
    return total * 100 / weighed if weighed else None


def _closing(day: str, case: Told) -> datetime:
    return datetime.combine(datetime.fromisoformat(day), time(18), case.until.tzinfo)
