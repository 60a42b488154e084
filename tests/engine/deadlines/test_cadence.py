"""When cadences occur: a campaign's calendar checked by hand, and laws for any rule, any calendar and any zone."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.engine.deadlines.cadence import falls_on, following, latest, occurrences
from duban.engine.deadlines.calendars import EverydayCalendar, OverlayCalendar
from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.plan import working_hours
from duban.engine.deadlines.spans import parse_span
from duban.engine.model.cadence import Cadence, Closed, Days
from duban.engine.model.label import Label
from duban.engine.model.pack import CalendarPlan

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = working_hours(CalendarPlan(), SHANGHAI)
BEGINS = datetime(2020, 11, 20, tzinfo=SHANGHAI)
ENDS = datetime(2021, 3, 20, tzinfo=SHANGHAI)
CLOSED: tuple[Closed, ...] = ("next", "previous", "skip", "same")
WORKING, FIRST = Days("working-day"), Days("first-working-day")
WEDNESDAY = Days("weekdays", (2,))
# Spring Festival 2021 was closed from Thursday 11 to Wednesday 17 February; Sunday 7 and Saturday 20 were worked.
WEDNESDAYS = (
    "11-25 12-02 12-09 12-16 12-23 12-30 01-06 01-13 01-20 01-27 02-03 02-10 {festival} 02-24 03-03 03-10 03-17"
)


def cadence(days: Days, closed: Closed = "next", at: time = time(9)) -> Cadence:
    return Cadence("x", Label("x", "x"), days, at, closed)


def days_of(one: Cadence, hours: WorkingHours = CHINA, begins: datetime = BEGINS, ends: datetime = ENDS) -> list[date]:
    return [found.day for found in occurrences(one, hours, begins, ends)]


def shown(days: list[date]) -> str:
    return " ".join(f"{day:%m-%d}" for day in days)


@pytest.mark.parametrize(("closed", "festival"), [("next", "02-18"), ("previous", ""), ("skip", ""), ("same", "02-17")])
def test_the_wednesday_of_spring_festival_goes_where_the_rule_sends_it(closed: Closed, festival: str) -> None:
    expected = " ".join(WEDNESDAYS.format(festival=festival).split())
    assert shown(days_of(cadence(WEDNESDAY, closed))) == expected


@pytest.mark.parametrize(
    ("days", "closed", "expected"),
    [
        (FIRST, "next", "12-01 01-04 02-01 03-01"),
        (Days("day-of-month", day=1), "next", "12-01 01-04 02-01 03-01"),
        (Days("day-of-month", day=1), "previous", "12-01 12-31 02-01 03-01"),
        (Days("day-of-month", day=1), "skip", "12-01 02-01 03-01"),
        (Days("day-of-month", day=1), "same", "12-01 01-01 02-01 03-01"),
        # A month that is too short has it on its last day: 28 February 2021 was a Sunday.
        (Days("day-of-month", day=31), "next", "11-30 12-31 02-01 03-01"),
        (Days("day-of-month", day=31), "previous", "11-30 12-31 01-29 02-26"),
        (Days("day-of-month", day=31), "same", "11-30 12-31 01-31 02-28"),
        # Saturday and Sunday before a make-up Sunday; what both hand to one day happens there once.
        (Days("weekdays", (5, 6)), "skip", "02-07 02-20"),
    ],
)
def test_days_of_the_campaign_are_those_checked_by_hand(days: Days, closed: Closed, expected: str) -> None:
    assert shown(days_of(cadence(days, closed))) == expected


def test_make_up_days_are_worked_and_the_festival_is_not() -> None:
    february = [day for day in days_of(cadence(WORKING)) if day.month == 2]
    assert shown(february) == (
        "02-01 02-02 02-03 02-04 02-05 02-07 02-08 02-09 02-10 02-18 02-19 02-20 02-22 02-23 02-24 02-25 02-26"
    )


def test_what_several_closed_days_hand_to_one_happens_there_once() -> None:
    festival = datetime(2021, 2, 10, 12, tzinfo=SHANGHAI), datetime(2021, 2, 19, tzinfo=SHANGHAI)
    every_day = Days("weekdays", (0, 1, 2, 3, 4, 5, 6))
    assert shown(days_of(cadence(every_day, "next"), CHINA, *festival)) == "02-18"
    assert (
        shown(days_of(cadence(every_day, "same"), CHINA, *festival))
        == "02-11 02-12 02-13 02-14 02-15 02-16 02-17 02-18"
    )


def test_an_occurrence_is_at_its_wall_clock_time_in_utc() -> None:
    found = following(cadence(WORKING, at=time(9, 5)), CHINA, datetime(2020, 11, 20, 1, 4, tzinfo=UTC))
    assert found is not None
    assert (found.at, found.day) == (datetime(2020, 11, 20, 1, 5, tzinfo=UTC), date(2020, 11, 20))
    again = following(cadence(WORKING, at=time(9, 5)), CHINA, found.at)
    assert again is not None
    assert again.day == date(2020, 11, 23)


def test_where_the_clock_goes_forward_it_occurs_at_the_change_and_where_it_goes_back_once() -> None:
    berlin = WorkingHours(EverydayCalendar(), [parse_span("08:00-16:00")], ZoneInfo("Europe/Berlin"))
    spring, autumn = datetime(2021, 3, 27, 12, tzinfo=UTC), datetime(2021, 10, 30, 12, tzinfo=UTC)
    half_past_two = cadence(WORKING, at=time(2, 30))
    skipped = list(occurrences(half_past_two, berlin, spring, spring + timedelta(days=2)))
    twice = list(occurrences(half_past_two, berlin, autumn, autumn + timedelta(days=2)))
    assert [one.at for one in skipped] == [
        datetime(2021, 3, 28, 1, 0, tzinfo=UTC), datetime(2021, 3, 29, 0, 30, tzinfo=UTC),
    ]  # fmt: skip
    assert [one.at for one in twice] == [
        datetime(2021, 10, 31, 0, 30, tzinfo=UTC), datetime(2021, 11, 1, 1, 30, tzinfo=UTC),
    ]  # fmt: skip


def test_a_day_that_a_zone_passes_over_is_not_lost_and_moments_still_rise() -> None:
    samoa = WorkingHours(EverydayCalendar(), [parse_span("08:00-16:00")], ZoneInfo("Pacific/Apia"))
    begins = datetime(2011, 12, 28, 12, tzinfo=UTC)
    for at in (time(0), time(9), time(23, 59)):
        found = list(occurrences(cadence(WORKING, at=at), samoa, begins, begins + timedelta(days=5)))
        moments = [one.at for one in found]
        assert moments == sorted(set(moments))
        assert datetime.combine(date(2011, 12, 31), at, samoa.zone) in moments


def test_a_calendar_without_working_days_has_no_occurrence_and_is_not_walked_for_ever() -> None:
    never = OverlayCalendar(EverydayCalendar(), holidays=[date(2020, 1, 1) + timedelta(days=n) for n in range(2_200)])
    hours = WorkingHours(never, [parse_span("09:00-17:00")], ZoneInfo("UTC"))
    begins = datetime(2020, 6, 1, tzinfo=UTC)
    for days in (WORKING, FIRST, WEDNESDAY, Days("day-of-month", day=5)):
        assert following(cadence(days), hours, begins) is None
    assert following(cadence(WEDNESDAY, "same"), hours, begins) is not None


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        following(cadence(WORKING), CHINA, datetime(2020, 11, 20))  # noqa: DTZ001 - that is the point


ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
RULES = st.one_of(
    st.just(WORKING),
    st.just(FIRST),
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: Days("weekdays", tuple(sorted(days)))),
    st.integers(1, 31).map(lambda day: Days("day-of-month", day=day)),
)
MOMENTS = st.datetimes(datetime(2019, 6, 1), datetime(2022, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
HOURS = {zone: working_hours(CalendarPlan(), ZoneInfo(zone)) for zone in ZONES}


@given(RULES, st.sampled_from(CLOSED), CLOCKS, st.sampled_from(ZONES), MOMENTS, st.integers(1, 100))
def test_moments_rise_each_day_comes_once_and_each_is_worked_unless_the_rule_says_so(
    days: Days, closed: Closed, at: time, zone: str, begins: datetime, length: int
) -> None:
    hours, one, ends = HOURS[zone], cadence(days, closed, at), begins + timedelta(days=length)
    found = list(occurrences(one, hours, begins, ends))
    moments = [each.at for each in found]
    assert all(earlier < later for earlier, later in pairwise(moments))
    assert len({each.day for each in found}) == len(found)
    assert all(begins < each.at <= ends for each in found)
    assert all(each.at.tzinfo is UTC for each in found)
    if closed != "same" or not days.may_be_closed:
        assert all(hours.works_on(each.day) for each in found)
    assert not found or following(one, hours, begins) == found[0]
    assert latest(one, hours, begins, ends) == (found[-1] if found else None)


@given(RULES, st.sampled_from(CLOSED), CLOCKS, MOMENTS, st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_looking_in_parts_finds_what_looking_at_once_finds(
    days: Days, closed: Closed, at: time, begins: datetime, parts: list[int]
) -> None:
    one, here, found = cadence(days, closed, at), begins, []
    for part in parts:
        found += occurrences(one, CHINA, here, here + timedelta(days=part))
        here += timedelta(days=part)
    assert found == list(occurrences(one, CHINA, begins, here))


@given(RULES, CLOCKS, st.dates(date(2019, 6, 1), date(2022, 6, 1)))
def test_a_shifted_rule_occurs_where_a_walk_from_the_declared_day_ends(days: Days, at: time, day: date) -> None:
    if not days.may_be_closed or not falls_on(cadence(days, "same", at), CHINA, day):
        return
    step = {"next": timedelta(days=1), "previous": timedelta(days=-1)}
    for closed in ("next", "previous"):
        here = day
        while not CHINA.works_on(here):
            here += step[closed]
        assert falls_on(cadence(days, closed, at), CHINA, here)  # type: ignore[arg-type]
    assert falls_on(cadence(days, "skip", at), CHINA, day) == CHINA.works_on(day)
