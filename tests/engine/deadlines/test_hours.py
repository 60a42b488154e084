"""Working hours: opening and closing, what is provisional, what is refused; due times stand in test_due_by_hand."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from duban.engine.deadlines.calendars import EverydayCalendar, OverlayCalendar, WeekdaysCalendar
from duban.engine.deadlines.china import ChinaCalendar
from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.spans import DEFAULT_HOURS, WHOLE_DAY, parse_span

SHANGHAI = ZoneInfo("Asia/Shanghai")
STREET = WorkingHours(ChinaCalendar(), DEFAULT_HOURS, SHANGHAI)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_working_day_of_the_street_has_seven_hours() -> None:
    assert STREET.day_seconds == 7 * 3600


@pytest.mark.parametrize(
    ("start", "same"),
    [
        ("2020-11-24 08:00", "2020-11-24 09:00"),
        ("2020-11-24 09:00", "2020-11-24 09:00"),
        ("2020-11-24 10:00", "2020-11-24 10:00"),
        ("2020-11-24 12:00", "2020-11-24 12:00"),  # closing time is still inside for what is already due
        ("2020-11-24 13:00", "2020-11-24 14:00"),
        ("2020-11-24 18:00", "2020-11-24 18:00"),
        ("2020-11-24 18:01", "2020-11-25 09:00"),
        ("2021-02-12 10:00", "2021-02-18 09:00"),
    ],
)
def test_nothing_added_stays_inside_hours_and_moves_to_the_next_opening_outside(start: str, same: str) -> None:
    assert STREET.add(at(start), 0).at == at(same)


@pytest.mark.parametrize(
    ("moment", "is_open", "opening"),
    [
        ("2020-11-24 08:59", False, "2020-11-24 09:00"),
        ("2020-11-24 09:00", True, "2020-11-24 09:00"),
        ("2020-11-24 12:00", False, "2020-11-24 14:00"),
        ("2020-11-24 17:59", True, "2020-11-24 17:59"),
        ("2020-11-24 18:00", False, "2020-11-25 09:00"),
        ("2021-02-10 18:00", False, "2021-02-18 09:00"),
        ("2021-02-07 10:00", True, "2021-02-07 10:00"),
    ],
)
def test_work_goes_on_from_opening_until_just_before_closing(moment: str, is_open: bool, opening: str) -> None:
    assert STREET.is_open(at(moment)) is is_open
    assert STREET.next_opening(at(moment)) == at(opening)


def test_between_is_nothing_backwards_outside_hours_and_in_broken_seconds() -> None:
    assert STREET.between(at("2020-11-24 11:00"), at("2020-11-24 10:00")) == 0
    assert STREET.between(at("2020-11-24 12:00"), at("2020-11-24 14:00")) == 0
    assert STREET.between(at("2021-02-10 18:00"), at("2021-02-18 09:00")) == 0
    assert STREET.between(at("2020-11-24 10:00"), at("2020-11-24 10:00:01.999999")) == 1


def test_days_past_the_known_calendar_count_monday_to_friday_and_are_provisional() -> None:
    late = WorkingHours(KnownUntil(date(2026, 12, 25)), DEFAULT_HOURS, SHANGHAI)
    day = late.day_seconds
    assert late.add(at("2026-12-24 10:00"), day) == (at("2026-12-25 10:00"), False)
    assert late.add(at("2026-12-25 09:00"), day) == (at("2026-12-25 18:00"), False)
    assert late.add(at("2026-12-24 10:00"), 2 * day) == (at("2026-12-28 10:00"), True)
    assert late.add(at("2030-07-05 10:00"), day) == (at("2030-07-08 10:00"), True)
    assert late.due_on(date(2026, 12, 25)) == (at("2026-12-25 18:00"), False)
    assert late.due_on(date(2026, 12, 27)) == (at("2026-12-25 18:00"), True)
    assert late.between(at("2027-01-01 09:00"), at("2027-01-04 09:00")) == day


def test_a_day_that_the_pack_lists_is_not_provisional() -> None:
    base = KnownUntil(date(2026, 12, 31))
    new_year = [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)]
    listed = OverlayCalendar(base, holidays=new_year, working_days=[date(2027, 1, 4)])
    hours = WorkingHours(listed, DEFAULT_HOURS, SHANGHAI)
    assert hours.add(at("2026-12-31 10:00"), hours.day_seconds) == (at("2027-01-04 10:00"), False)
    assert hours.add(at("2026-12-31 10:00"), 2 * hours.day_seconds) == (at("2027-01-05 10:00"), True)


def test_the_whole_day_every_day_is_time_itself() -> None:
    always = WorkingHours(EverydayCalendar(), WHOLE_DAY, SHANGHAI)
    assert always.day_seconds == 86_400
    assert always.add(at("2021-02-11 23:30"), 3 * 86_400).at == at("2021-02-14 23:30")
    assert always.add(at("2021-02-11 00:00"), 86_400).at == at("2021-02-12 00:00")
    assert always.between(at("2021-02-11 23:30"), at("2021-02-13 01:00")) == 25 * 3600 + 1800
    assert always.is_open(at("2021-02-12 00:00"))
    assert always.closing_of(date(2021, 2, 11)) == at("2021-02-12 00:00")


def test_hours_over_midnight_belong_to_the_day_on_which_they_open() -> None:
    night = WorkingHours(WeekdaysCalendar(), [parse_span("22:00-06:00")], SHANGHAI)
    assert night.day_seconds == 8 * 3600
    friday_night, saturday_morning = at("2020-11-27 23:00"), at("2020-11-28 05:00")
    assert night.add(friday_night, 6 * 3600).at == saturday_morning
    assert night.is_open(saturday_morning)
    assert night.add(saturday_morning, 2 * 3600).at == at("2020-11-30 23:00")
    assert night.between(friday_night, at("2020-11-30 23:00")) == 8 * 3600
    assert not night.is_open(at("2020-11-30 05:00"))  # Sunday is not worked, so its night is free
    assert night.closing_of(date(2020, 11, 29)) == at("2020-11-28 06:00")


def test_mistakes_of_the_caller_are_told() -> None:
    naive = datetime(2020, 11, 24, 10, 0)  # noqa: DTZ001
    with pytest.raises(ValueError, match="without a time zone"):
        STREET.add(naive, 1)
    with pytest.raises(ValueError, match="without a time zone"):
        STREET.between(at("2020-11-24 10:00"), naive)
    with pytest.raises(ValueError, match="found -1 seconds to add"):
        STREET.add(at("2020-11-24 10:00"), -1)


def test_a_calendar_without_working_days_is_told_and_does_not_hang() -> None:
    idle = WorkingHours(NeverWorked(), DEFAULT_HOURS, SHANGHAI)
    with pytest.raises(ValueError, match="too little working time after"):
        idle.add(at("2020-11-24 10:00"), 1)
    with pytest.raises(ValueError, match="too little working time after"):
        idle.next_opening(at("2020-11-24 10:00"))
    with pytest.raises(ValueError, match="no working day before"):
        idle.closing_of(date(2020, 11, 24))


class KnownUntil:
    """Monday to Friday, settled up to a day."""

    def __init__(self, last: date) -> None:
        self.known_until = last

    def is_working_day(self, day: date, /) -> bool | None:
        return day.weekday() < 5 if day <= self.known_until else None


class NeverWorked:
    """A mistaken calendar."""

    known_until = date.max

    def is_working_day(self, day: date, /) -> bool:
        return False
