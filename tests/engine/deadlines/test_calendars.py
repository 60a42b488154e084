"""Calendars: which days are worked, which are not known yet, and what a pack lays on top."""

import subprocess
import sys
from datetime import date

import pytest

from duban.engine.deadlines.calendars import EverydayCalendar, OverlayCalendar, WeekdaysCalendar
from duban.engine.deadlines.china import ChinaCalendar
from duban.engine.deadlines.holiday_calendar import HolidayCalendar
from duban.engine.errors import InvalidDuration

CHINA = ChinaCalendar()

# Notices of the General Office of the State Council on the arrangement of holidays:
# for 2019: 国办发明电〔2018〕15号, for 2020: 国办发明电〔2019〕16号 and, for the longer Spring Festival, 〔2020〕1号,
# for 2021: 国办发明电〔2020〕27号, for 2026: 国办发明电〔2025〕7号.
OFFICIAL = [
    ("2018-12-29", True),  # 2019, New Year: Saturday worked
    ("2018-12-31", False),  # 2019, New Year: Monday off
    ("2020-01-19", True),  # 2020, Spring Festival: Sunday worked
    ("2020-01-31", False),  # 2020 no. 1: the festival lasts until 2 February
    ("2020-02-01", False),  # 2020 no. 1: this Saturday is no longer worked
    ("2020-09-27", True),  # 2020, National Day: Sunday worked
    ("2020-10-01", False),  # 2020, National Day and Mid-Autumn, 1 to 8 October
    ("2020-10-08", False),
    ("2020-10-09", True),
    ("2020-10-10", True),  # 2020, National Day: Saturday worked
    ("2020-11-20", True),  # an ordinary Friday
    ("2020-11-21", False),  # an ordinary Saturday
    ("2020-12-31", True),
    ("2021-01-01", False),  # 2021, New Year, 1 to 3 January
    ("2021-01-04", True),
    ("2021-02-06", False),  # an ordinary Saturday
    ("2021-02-07", True),  # 2021, Spring Festival: Sunday worked
    ("2021-02-10", True),
    ("2021-02-11", False),  # 2021, Spring Festival, 11 to 17 February
    ("2021-02-17", False),
    ("2021-02-18", True),
    ("2021-02-20", True),  # 2021, Spring Festival: Saturday worked
    ("2021-02-21", False),
    ("2021-03-08", True),
    ("2026-01-02", False),  # 2026, New Year, 1 to 3 January
    ("2026-01-04", True),  # 2026, New Year: Sunday worked
    ("2026-02-14", True),  # 2026, Spring Festival: Saturday worked
    ("2026-02-15", False),  # 2026, Spring Festival, 15 to 23 February
    ("2026-02-23", False),
    ("2026-02-28", True),  # 2026, Spring Festival: Saturday worked
    ("2026-04-06", False),  # 2026, Qingming, 4 to 6 April
    ("2026-05-05", False),  # 2026, Labour Day, 1 to 5 May
    ("2026-05-09", True),  # 2026, Labour Day: Saturday worked
    ("2026-06-19", False),  # 2026, Dragon Boat, 19 to 21 June
    ("2026-09-20", True),  # 2026, National Day: Sunday worked
    ("2026-09-25", False),  # 2026, Mid-Autumn, 25 to 27 September
    ("2026-10-07", False),  # 2026, National Day, 1 to 7 October
    ("2026-10-10", True),  # 2026, National Day: Saturday worked
]


@pytest.mark.parametrize(("day", "working"), OFFICIAL)
def test_the_calendar_of_china_follows_the_notices(day: str, working: bool) -> None:
    assert CHINA.is_working_day(date.fromisoformat(day)) is working


def test_china_is_known_until_a_week_before_a_year_whose_notice_is_missing() -> None:
    known_until = CHINA.known_until
    assert known_until >= date(2026, 12, 25)
    assert (known_until.month, known_until.day) == (12, 25)
    assert CHINA.is_working_day(known_until) is not None
    assert CHINA.is_working_day(date(known_until.year, 12, 26)) is None
    assert CHINA.is_working_day(date.max) is None


def test_china_is_not_known_before_2004() -> None:
    assert CHINA.is_working_day(date(2003, 12, 31)) is None
    assert CHINA.is_working_day(date(2004, 1, 2)) is True


def test_a_pack_that_asks_neither_for_china_nor_abroad_imports_neither_package() -> None:
    program = (
        "import sys; from duban.engine.deadlines import calendars, china, holiday_calendar, hours;"
        "china.ChinaCalendar(); holiday_calendar.HolidayCalendar('DE');"
        "sys.exit(bool({'chinese_calendar', 'holidays'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


def test_every_day_and_weekdays_leave_nothing_open() -> None:
    saturday, monday = date(2026, 5, 2), date(2026, 5, 4)
    assert EverydayCalendar().is_working_day(saturday) is True
    assert WeekdaysCalendar().is_working_day(saturday) is False
    assert WeekdaysCalendar().is_working_day(monday) is True
    assert EverydayCalendar().known_until == WeekdaysCalendar().known_until == date.max


def test_what_a_pack_lists_goes_before_the_official_calendar() -> None:
    founding_day, worked_sunday, later = date(2021, 3, 9), date(2021, 3, 14), date(2100, 1, 1)
    overlay = OverlayCalendar(CHINA, holidays=[founding_day, later], working_days=[worked_sunday])
    assert overlay.is_working_day(founding_day) is False
    assert overlay.is_working_day(worked_sunday) is True
    assert overlay.is_working_day(date(2021, 2, 7)) is True
    assert overlay.is_working_day(later) is False
    assert overlay.is_working_day(date(2100, 1, 4)) is None
    assert overlay.known_until == CHINA.known_until


def test_a_day_that_is_listed_both_ways_is_refused() -> None:
    day = date(2021, 3, 9)
    with pytest.raises(InvalidDuration, match="`2021-03-09` is not a day listed once"):
        OverlayCalendar(CHINA, holidays=[day], working_days=[day])


def test_other_countries_have_their_own_holidays() -> None:
    # German Unity Day, 3 October: Einigungsvertrag, article 2. Corpus Christi, 2026-06-04: a holiday in Bavaria only
    # of the two, Bayerisches Feiertagsgesetz, article 1.
    bavaria, berlin = HolidayCalendar("DE", "BY"), HolidayCalendar("DE", "BE")
    assert bavaria.is_working_day(date(2025, 10, 3)) is False
    assert bavaria.is_working_day(date(2026, 6, 4)) is False
    assert berlin.is_working_day(date(2026, 6, 4)) is True
    assert berlin.is_working_day(date(2026, 6, 6)) is False
    assert berlin.is_working_day(date(berlin.known_until.year + 1, 1, 4)) is None
    assert berlin.is_working_day(date(1900, 1, 2)) is None


@pytest.mark.parametrize(("country", "part", "found"), [("XX", None, "XX"), ("DE", "ZZ", "DE-ZZ")])
def test_an_unknown_country_is_told_by_its_name(country: str, part: str | None, found: str) -> None:
    with pytest.raises(InvalidDuration, match=f"`{found}` is not a country"):
        HolidayCalendar(country, part).is_working_day(date(2026, 1, 5))
