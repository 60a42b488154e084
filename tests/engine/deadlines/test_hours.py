"""Working hours: due times by hand, opening and closing, what is provisional, what is refused."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from duban.engine.deadlines.calendars import EverydayCalendar, OverlayCalendar, WeekdaysCalendar
from duban.engine.deadlines.china import ChinaCalendar
from duban.engine.deadlines.durations import parse_duration
from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.spans import DEFAULT_HOURS, WHOLE_DAY, parse_span

SHANGHAI = ZoneInfo("Asia/Shanghai")
STREET = WorkingHours(ChinaCalendar(), DEFAULT_HOURS, SHANGHAI)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# Worked out by hand with 7 hours a day. A year in a comment names the notice on its holidays:
# 2020 国办发明电〔2019〕16号, 2021 国办发明电〔2020〕27号, 2026 国办发明电〔2025〕7号.
DUE = [
    ("2020-09-25 15:00", "1 working day", "2020-09-27 15:00"),  # 2020: Sunday 27 September is worked
    ("2020-09-30 17:00", "3 working days", "2020-10-12 17:00"),  # 2020: off 1 to 8 October, Saturday 10 worked
    ("2020-11-20 17:30", "30 working minutes", "2020-11-20 18:00"),  # no holiday: due at closing time
    ("2020-11-21 10:00", "1 working day", "2020-11-23 18:00"),  # no holiday: the phase opens on a Saturday
    ("2020-11-24 10:30", "3 working days", "2020-11-27 10:30"),  # no holiday
    ("2020-11-24 11:30", "1 working hour", "2020-11-24 14:30"),  # no holiday: over the midday break
    ("2020-11-24 12:00", "1 working hour", "2020-11-24 15:00"),  # no holiday: from closing for the break
    ("2020-11-24 20:00", "8 working hours", "2020-11-26 10:00"),  # no holiday: eight hours are more than a day
    ("2020-12-31 16:00", "1 working day", "2021-01-04 16:00"),  # 2021: off 1 to 3 January
    ("2021-02-05 17:00", "1 working day", "2021-02-07 17:00"),  # 2021: Sunday 7 February is worked
    ("2021-02-06 09:00", "3 working days", "2021-02-09 18:00"),  # 2021: from a free Saturday to the worked Sunday
    ("2021-02-10 14:00", "1 working day", "2021-02-18 12:00"),  # 2021: off 11 to 17 February
    ("2021-02-10 18:30", "3 working days", "2021-02-20 18:00"),  # 2021: and Saturday 20 is worked
    ("2021-02-19 18:00", "8 working hours", "2021-02-22 10:00"),  # 2021: Saturday 20 worked, Sunday 21 free
    ("2021-03-12 11:00", "5 working days", "2021-03-19 11:00"),  # no holiday
    ("2025-12-31 17:00", "8 working hours", "2026-01-04 18:00"),  # 2026: off 1 to 3 January, Sunday 4 worked
    ("2026-02-13 14:00", "2 working days", "2026-02-24 12:00"),  # 2026: Saturday 14 worked, off 15 to 23
    ("2026-02-27 10:00", "1 working day", "2026-02-28 10:00"),  # 2026: Saturday 28 February is worked
    ("2026-04-03 10:00", "1 working day", "2026-04-07 10:00"),  # 2026: off 4 to 6 April
    ("2026-04-30 18:00", "1 working day", "2026-05-06 18:00"),  # 2026: off 1 to 5 May
    ("2026-05-08 10:00", "2 working days", "2026-05-11 10:00"),  # 2026: Saturday 9 May is worked
    ("2026-06-18 16:00", "1 working day", "2026-06-22 16:00"),  # 2026: off 19 to 21 June
    ("2026-09-18 09:00", "2 working days", "2026-09-20 18:00"),  # 2026: Sunday 20 September is worked
    ("2026-09-24 12:00", "1 working day", "2026-09-28 12:00"),  # 2026: off 25 to 27 September
    ("2026-09-30 11:00", "3 working days", "2026-10-10 11:00"),  # 2026: off 1 to 7 October, Saturday 10 worked
]


@pytest.mark.parametrize(("start", "duration", "due"), DUE)
def test_a_duration_is_due_when_the_table_says(start: str, duration: str, due: str) -> None:
    seconds = parse_duration(duration).seconds(STREET.day_seconds)
    result = STREET.add(at(start), seconds)
    assert result.at == at(due)
    assert result.at.tzinfo is UTC
    assert not result.provisional
    assert STREET.between(at(start), at(due)) == seconds


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


@pytest.mark.parametrize(
    ("day", "closing"),
    [
        (date(2020, 11, 25), "2020-11-25 18:00"),
        (date(2020, 11, 22), "2020-11-20 18:00"),  # a Sunday: closing of Friday
        (date(2021, 2, 14), "2021-02-10 18:00"),  # 2021: within the Spring Festival
        (date(2021, 2, 7), "2021-02-07 18:00"),  # 2021: a worked Sunday
    ],
)
def test_a_date_is_due_at_closing_time_of_that_day_or_of_the_working_day_before(day: date, closing: str) -> None:
    assert STREET.closing_of(day) == at(closing)
    assert STREET.due_on(day) == (at(closing), False)


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
