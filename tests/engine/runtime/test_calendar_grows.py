"""A due time past the published calendar is provisional, and settled once the next year's notice is there."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.jobs import job, pack
from tests.engine.runtime.street import events, watch

import duban
import duban.testing
from duban.engine.deadlines import china
from duban.engine.runtime.recalculation import CALENDAR, FIRST_CALENDAR

# A notice for 2027 as it could be: New Year off from Friday 1 to Sunday 3 January, and Monday 4 in place of a worked
# Saturday, 26 December 2026.
OFF = {date(2027, 1, day) for day in (1, 2, 3, 4)}
WORKED = {date(2026, 12, 26)}


def published(monkeypatch: pytest.MonkeyPatch, last: date) -> None:
    """The calendar of China as a package knows it whose last notice settles the days until ``last``."""

    def is_workday(day: date) -> bool:
        return day in WORKED or (day.weekday() < 5 and day not in OFF)

    official = china._Official(is_workday, date(2004, 1, 1), last)
    monkeypatch.setattr(china.ChinaCalendar, "_official", official)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack of jobs: a slow one has 4 working days, and a step at half of them."""
    return pack(tmp_path / "pack")


def test_a_provisional_due_time_is_settled_when_the_calendar_grows(
    make: Make, folder: Path, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.move_to("2026-12-24T10:00:00+08:00")  # a Thursday
    published(monkeypatch, date(2026, 12, 25))
    before = make(folder)
    before.sweep()
    far, near, paused = job(before), job(before, speed="fast"), job(before)
    before.fire(paused.ref, "wait", by="clerk")
    # From Monday to Friday: Fri 25, Mon 28, Tue 29, Wed 30.
    assert (far.due_at, far.due_provisional) == (at("2026-12-30T10:00"), True)
    assert (near.due_at, near.due_provisional) == (at("2026-12-25T10:00"), False)
    assert before.sweep().climbed == 0
    assert before.get(far.ref, by="clerk").due_provisional

    published(monkeypatch, date(2027, 12, 25))
    after = make(folder)
    assert after.sweep().climbed == 0
    # With Saturday 26 worked: Fri 25, Sat 26, Mon 28, Tue 29.
    settled = after.get(far.ref, by="clerk")
    assert (settled.due_at, settled.due_provisional) == (at("2026-12-29T10:00"), False)
    assert (settled.version, events(after, far.ref)) == (1, ["begin"])
    assert after.get(near.ref, by="clerk").due_at == near.due_at
    resumed = after.fire(paused.ref, "go", by="clerk").case
    assert (resumed.due_at, resumed.due_provisional) == (at("2026-12-29T10:00"), False)
    clock.move_to("2026-12-26T10:00:00+08:00")
    assert after.sweep().climbed == 5  # half of the time of both slow ones, and all three steps of the fast one
    assert after.verify() == []


def test_what_looked_due_by_the_old_calendar_is_not_climbed_once_the_new_one_says_later(
    make: Make, folder: Path, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.move_to("2026-12-31T10:00:00+08:00")  # a Thursday
    published(monkeypatch, date(2026, 12, 25))
    before = make(folder)
    before.sweep()
    case = job(before)
    assert (case.due_at, case.due_provisional) == (at("2027-01-06T10:00"), True)

    published(monkeypatch, date(2027, 12, 25))
    after = make(folder)
    clock.move_to("2027-01-06T10:00:00+08:00")
    # Two working days have passed and not four: Tue 5 and Wed 6.
    assert after.sweep().climbed == 1
    assert events(after, case.ref) == ["begin", "work@50%"]
    now = after.get(case.ref, by="clerk")
    assert (now.level, now.due_at, now.due_provisional) == (0, at("2027-01-08T10:00"), False)
    assert watch(after, case, "work").entry == 1


def test_a_check_raises_no_alarm_while_the_calendar_grows_nor_after_it(
    make: Make, folder: Path, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.move_to("2026-12-24T10:00:00+08:00")
    published(monkeypatch, date(2026, 12, 25))
    before = make(folder)
    before.migrate()
    before.sweep()
    far, paused = job(before), job(before)
    clock.move_to("2026-12-28T10:00:00+08:00")
    before.fire(paused.ref, "wait", by="clerk")  # Saturday 26 was not counted, and will have been worked
    assert before.verify() == []

    published(monkeypatch, date(2027, 12, 25))
    after = make(folder)
    assert after.verify() == []
    after.sweep()
    assert after.verify() == []
    assert after.get(far.ref, by="clerk").due_at == at("2026-12-29T10:00")
    with after.store.write() as writer:
        assert writer.setting(FIRST_CALENDAR) == ""
        writer.put_setting(FIRST_CALENDAR, writer.setting(CALENDAR) or "")
    # What was used is another number by these days: this is what it would be to compare it all the same.
    assert [(one.ref, one.what) for one in after.verify()] == [(paused.ref, "stopwatch-differs")]
