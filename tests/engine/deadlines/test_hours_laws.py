"""Laws of working time, over calendars, zones with summer time, nights and whole days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.engine.deadlines.calendars import EverydayCalendar, WeekdaysCalendar
from duban.engine.deadlines.china import ChinaCalendar
from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.spans import DEFAULT_HOURS, WHOLE_DAY, parse_span

BERLIN, HAVANA, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Havana"), ZoneInfo("Asia/Shanghai")
STREET = WorkingHours(ChinaCalendar(), DEFAULT_HOURS, SHANGHAI)
OFFICE = WorkingHours(WeekdaysCalendar(), DEFAULT_HOURS, BERLIN)
ALWAYS = WorkingHours(EverydayCalendar(), WHOLE_DAY, BERLIN)
# Havana changes its clocks at midnight, in the middle of these hours.
NIGHT = WorkingHours(WeekdaysCalendar(), [parse_span("12:00-13:00"), parse_span("20:15-00:30")], HAVANA)

any_hours = st.sampled_from([STREET, OFFICE, ALWAYS, NIGHT])
moments = st.datetimes(datetime(2020, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
seconds = st.one_of(
    st.integers(0, 40 * 3600), st.integers(0, 60 * 86_400), st.sampled_from([0, 10_800, 25_200, 86_400])
)
laws = settings(max_examples=150, deadline=None)


@laws
@given(any_hours, moments, seconds, seconds)
def test_adding_in_two_parts_is_adding_at_once(hours: WorkingHours, t: datetime, a: int, b: int) -> None:
    assert hours.add(hours.add(t, a).at, b).at == hours.add(t, a + b).at


@laws
@given(any_hours, moments, seconds)
def test_what_was_added_is_what_lies_between(hours: WorkingHours, t: datetime, s: int) -> None:
    assert hours.between(t, hours.add(t, s).at) == s


@laws
@given(any_hours, moments, seconds.filter(bool))
def test_a_due_time_is_the_first_moment_at_which_the_time_has_passed(hours: WorkingHours, t: datetime, s: int) -> None:
    assert hours.between(t, hours.add(t, s).at - timedelta(microseconds=1)) == s - 1


@laws
@given(any_hours, moments, moments, seconds, seconds)
def test_later_starts_and_longer_limits_are_never_due_earlier(
    hours: WorkingHours, t: datetime, u: datetime, a: int, b: int
) -> None:
    assert hours.add(min(t, u), min(a, b)).at <= hours.add(max(t, u), max(a, b)).at


@laws
@given(any_hours, moments, moments, moments)
def test_between_adds_up(hours: WorkingHours, t: datetime, u: datetime, v: datetime) -> None:
    first, second, third = sorted(moment.replace(microsecond=0) for moment in (t, u, v))
    assert hours.between(first, second) + hours.between(second, third) == hours.between(first, third)


@laws
@given(any_hours, moments, seconds.filter(bool), st.floats(0, 1))
def test_a_pause_of_no_length_changes_nothing(hours: WorkingHours, t: datetime, s: int, part: float) -> None:
    start = t.replace(microsecond=0)
    due = hours.add(start, s).at
    paused_at = start + timedelta(seconds=int((due - start).total_seconds() * part))
    remaining = s - hours.between(start, paused_at)
    assert hours.add(paused_at, remaining).at == due


@laws
@given(any_hours, moments, seconds.filter(bool), st.floats(0, 1), seconds)
def test_a_pause_moves_the_due_time_by_the_work_that_it_left_out(
    hours: WorkingHours, t: datetime, s: int, part: float, pause: int
) -> None:
    start = t.replace(microsecond=0)
    due = hours.add(start, s).at
    paused_at = start + timedelta(seconds=int((due - start).total_seconds() * part))
    resumed_at = hours.add(paused_at, pause).at
    assert hours.add(resumed_at, s - hours.between(start, paused_at)).at == hours.add(due, pause).at


@laws
@given(any_hours, moments)
def test_work_goes_on_at_the_next_opening_and_not_before(hours: WorkingHours, t: datetime) -> None:
    opening = hours.next_opening(t)
    assert opening >= t
    assert hours.is_open(opening)
    assert hours.between(t, opening) == 0
    assert hours.is_open(t) is (opening == t)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([STREET, OFFICE]), moments, st.integers(0, 4 * 1440))
def test_between_is_what_a_walk_along_the_minutes_counts(hours: WorkingHours, t: datetime, minutes: int) -> None:
    start = t.replace(second=0, microsecond=0)
    walk = (start + timedelta(minutes=n) for n in range(minutes))
    assert hours.between(start, start + timedelta(minutes=minutes)) == 60 * sum(at_work(hours, m) for m in walk)


def at_work(hours: WorkingHours, moment: datetime) -> bool:
    """Read the clock on the wall: the plain definition, without any arithmetic."""
    wall = moment.astimezone(hours.zone)
    working = hours.calendar.is_working_day(wall.date())
    if working is None:
        working = wall.weekday() < 5
    return working and any(opens <= wall.time() < closes for opens, closes in hours.hours)


# Directive 2000/84/EC: summer time begins and ends at 01:00 UTC on the last Sundays of March and October.
@pytest.mark.parametrize(
    ("hours", "start", "seconds", "due"),
    [
        (ALWAYS, "2026-03-28 12:00+01:00", 86_400, "2026-03-29 13:00+02:00"),
        (ALWAYS, "2026-10-24 12:00+02:00", 86_400, "2026-10-25 11:00+01:00"),
        (ALWAYS, "2026-10-25 02:30+02:00", 3600, "2026-10-25 02:30+01:00"),
        (OFFICE, "2026-03-27 10:00+01:00", 25_200, "2026-03-30 10:00+02:00"),
        (OFFICE, "2026-10-23 17:00+02:00", 7200, "2026-10-26 10:00+01:00"),
    ],
)
def test_a_change_of_the_clocks_neither_gives_nor_takes_time(
    hours: WorkingHours, start: str, seconds: int, due: str
) -> None:
    assert hours.add(datetime.fromisoformat(start), seconds).at == datetime.fromisoformat(due)
    assert hours.between(datetime.fromisoformat(start), datetime.fromisoformat(due)) == seconds


def test_a_night_in_which_the_clocks_change_is_an_hour_shorter_or_longer() -> None:
    night = WorkingHours(EverydayCalendar(), [parse_span("22:00-06:00")], BERLIN)
    noons = [datetime(2026, month, day, 12, tzinfo=BERLIN) for month, day in ((3, 28), (3, 29), (10, 24), (10, 25))]
    assert night.between(noons[0], noons[1]) == 7 * 3600
    assert night.between(noons[2], noons[3]) == 9 * 3600


def test_an_opening_at_a_time_that_is_never_shown_opens_when_the_clocks_change() -> None:
    # Cuba, 2026-03-08: from 00:00 straight to 01:00 (IANA time zone database, rule Cuba).
    early = WorkingHours(EverydayCalendar(), [parse_span("00:15-00:45"), parse_span("00:50-01:15")], HAVANA)
    midnight = datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert early.next_opening(midnight - timedelta(hours=2)) == midnight
    assert early.between(midnight - timedelta(hours=2), midnight + timedelta(hours=2)) == 15 * 60
    assert early.closing_of(date(2026, 3, 8)) == midnight + timedelta(minutes=15)
    assert early.between(midnight + timedelta(days=1), midnight + timedelta(days=1, hours=1)) == 15 * 60


def test_hours_that_are_never_shown_on_a_day_are_no_hours_of_that_day() -> None:
    gone = WorkingHours(EverydayCalendar(), [parse_span("00:15-00:45")], HAVANA)
    assert gone.closing_of(date(2026, 3, 8)) == datetime(2026, 3, 7, 0, 45, tzinfo=HAVANA)
    assert gone.add(datetime(2026, 3, 7, 12, tzinfo=HAVANA), 0).at == datetime(2026, 3, 9, 0, 15, tzinfo=HAVANA)
