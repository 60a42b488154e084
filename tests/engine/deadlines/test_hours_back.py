"""Counting back: since when so much work has been done, over calendars, zones with summer time, nights and days."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from tests.engine.deadlines.test_hours_laws import (
    ALWAYS,
    BERLIN,
    STREET,
    EverydayCalendar,
    any_hours,
    laws,
    moments,
    seconds,
)

from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.spans import parse_span


@laws
@given(any_hours, moments, seconds)
def test_what_was_counted_back_is_what_lies_between(hours: WorkingHours, t: datetime, s: int) -> None:
    assert hours.between(hours.back(t, s), t) == s


@laws
@given(any_hours, moments, seconds.filter(bool))
def test_a_second_earlier_there_was_a_second_more_of_work(hours: WorkingHours, t: datetime, s: int) -> None:
    end = t.replace(microsecond=0)
    assert hours.between(hours.back(end, s) - timedelta(seconds=1), end) == s + 1


@laws
@given(any_hours, moments, seconds, seconds)
def test_counting_back_in_two_parts_is_counting_back_at_once(hours: WorkingHours, t: datetime, a: int, b: int) -> None:
    assert hours.back(hours.back(t, a), b) == hours.back(t, a + b)


@laws
@given(any_hours, moments, moments, seconds, seconds)
def test_earlier_ends_and_longer_times_never_begin_later(
    hours: WorkingHours, t: datetime, u: datetime, a: int, b: int
) -> None:
    assert hours.back(min(t, u), max(a, b)) <= hours.back(max(t, u), min(a, b))


@laws
@given(any_hours, moments, seconds.filter(bool))
def test_counting_on_from_there_comes_to_the_end_of_the_work(hours: WorkingHours, t: datetime, s: int) -> None:
    done_at = hours.add(hours.back(t, s), s).at
    assert done_at <= t
    assert hours.between(done_at, t) == 0


@pytest.mark.parametrize(
    ("end", "seconds", "since"),
    [
        # Monday 2020-11-23; hours 09:00-12:00 and 14:00-18:00, seven a day.
        ("2020-11-23 10:00", 3600, "2020-11-20 18:00"),
        ("2020-11-23 10:00", 3601, "2020-11-20 17:59:59"),
        ("2020-11-23 09:00", 1, "2020-11-20 17:59:59"),
        ("2020-11-23 08:00", 25_200, "2020-11-19 18:00"),
        ("2020-11-23 13:00", 10_800, "2020-11-20 18:00"),
        ("2020-11-23 23:59", 25_200, "2020-11-20 18:00"),
        ("2020-11-22 12:00", 14_400, "2020-11-20 12:00"),
        ("2020-11-23 13:00", 0, "2020-11-23 13:00"),
        # Over the holiday of the national day, and the make-up day before it, Sunday 2020-09-27.
        ("2020-10-09 12:00", 28_800, "2020-09-30 11:00"),
        ("2020-09-28 12:00", 10_800 + 25_200, "2020-09-25 18:00"),
    ],
)
def test_days_begin_and_end_with_their_hours(end: str, seconds: int, since: str) -> None:
    end_at, since_at = (datetime.fromisoformat(f"{moment}+08:00") for moment in (end, since))
    assert STREET.back(end_at, seconds) == since_at


def test_a_night_belongs_to_the_day_on_which_it_opened() -> None:
    night = WorkingHours(EverydayCalendar(), [parse_span("22:00-06:00")], BERLIN)
    noon = datetime(2026, 6, 2, 12, tzinfo=BERLIN)
    assert night.back(noon, 3600) == datetime(2026, 6, 2, 5, tzinfo=BERLIN)
    assert night.back(noon, 7 * 3600) == datetime(2026, 6, 1, 23, tzinfo=BERLIN)
    assert night.back(noon, 9 * 3600) == datetime(2026, 6, 1, 5, tzinfo=BERLIN)
    assert night.back(datetime(2026, 6, 2, 1, tzinfo=BERLIN), 3600) == datetime(2026, 6, 2, 0, tzinfo=BERLIN)


def test_an_hour_that_the_clocks_skip_is_not_counted() -> None:
    assert ALWAYS.back(datetime.fromisoformat("2026-03-29 13:00+02:00"), 86_400) == datetime.fromisoformat(
        "2026-03-28 12:00+01:00"
    )


def test_less_than_nothing_and_more_than_there_was_are_refused() -> None:
    now = datetime(2026, 6, 2, 12, tzinfo=BERLIN)
    with pytest.raises(ValueError, match="expected 0 or more"):
        STREET.back(now, -1)
    with pytest.raises(ValueError, match="too little working time before"):
        STREET.back(now, 10**12)
