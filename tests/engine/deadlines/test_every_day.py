"""The calendar of China, day by day over the campaign and over 2026, against tables written down from the notices."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.engine.deadlines import almanac

from duban.engine.deadlines.china import ChinaCalendar
from duban.engine.deadlines.plan import working_hours
from duban.engine.model.pack import CalendarPlan

CHINA = ChinaCalendar()
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(("monday", "week", "notice", "why"), almanac.WEEKS)
def test_every_day_of_the_campaign_is_worked_or_closed_as_its_notice_says(
    monday: str, week: str, notice: str, why: str
) -> None:
    first = date.fromisoformat(monday)
    assert first.weekday() == 0
    found = "".join("w" if CHINA.is_working_day(first + timedelta(n)) else "." for n in range(7))
    assert found == week, (notice, why)


def test_the_table_of_the_campaign_has_every_day_of_its_five_months_once() -> None:
    days = almanac.campaign()
    assert len(days) == 30 + 31 + 31 + 28 + 31
    assert (min(days), max(days)) == (almanac.FIRST, almanac.LAST)
    assert {day: CHINA.is_working_day(day) for day in days} == days


def test_every_day_of_2026_is_worked_or_closed_as_its_notice_says() -> None:
    # The last days of a year are settled by the notice for the next one; see ChinaCalendar.
    days = {day: worked for day, worked in almanac.year_2026().items() if day <= date(2026, 12, 25)}
    assert {day: CHINA.is_working_day(day) for day in days} == days


def test_2026_has_248_working_days() -> None:
    # 261 days from Monday to Friday, 19 of them off: New Year 2, Spring Festival 6, Qingming 1, Labour Day 3, Dragon
    # Boat 1, Mid-Autumn 1, National Day 5; and 6 make-up days: 261 - 19 + 6.
    assert len(almanac.WORKED_2026) == 6
    assert sum(almanac.year_2026().values()) == 261 - 19 + 6 == 248


# Working days counted with a finger.
@pytest.mark.parametrize(
    ("first", "after", "days"),
    [
        ("2020-11-21", "2020-12-01", 6),  # 23 to 27 and 30
        ("2020-12-01", "2021-01-01", 23),  # 1 to 4, 7 to 11, 14 to 18, 21 to 25, 28 to 31
        ("2021-01-01", "2021-02-01", 20),  # 4 to 8, 11 to 15, 18 to 22, 25 to 29
        ("2021-02-01", "2021-02-11", 9),  # 1 to 5 and from Sunday 7 to 10
        ("2020-11-21", "2021-02-11", 58),  # 6 + 23 + 20 + 9: the phase of full rectification
        ("2021-02-11", "2021-03-01", 8),  # 18, 19 and Saturday 20, then 22 to 26
        ("2026-01-01", "2026-02-01", 21),  # Sunday 4; 5 to 9, 12 to 16, 19 to 23, 26 to 30
        ("2026-02-01", "2026-03-01", 16),  # 2 to 6, 9 to 14 with Saturday, 24 to 28 with Saturday
        ("2026-09-01", "2026-10-11", 25),  # 1 to 4, 7 to 11, 14 to 18, Sunday 20 to 24, 28 to 30, 8 to 10 October
    ],
)
def test_the_hours_of_a_stretch_are_seven_for_each_working_day_on_the_table(first: str, after: str, days: int) -> None:
    hours = working_hours(CalendarPlan(), SHANGHAI)
    begins, ends = (datetime.fromisoformat(day).replace(tzinfo=SHANGHAI) for day in (first, after))
    assert hours.between(begins, ends) == days * 7 * 3600
