"""Which days are worked, written down from the State Council's notices and never from a package.

The campaign's months stand week by week, Monday first: ``w`` a working day, ``.`` a closed one. Of 2026 the days are
listed that differ from Monday to Friday.
"""

from datetime import date, timedelta
from typing import Final

# General Office of the State Council, arrangement of holidays:
NOTICE_2020: Final = "国办发明电〔2019〕16号"
NOTICE_2021: Final = "国办发明电〔2020〕27号"
NOTICE_2026: Final = "国办发明电〔2025〕7号"

WEEKS: Final = [
    ("2020-11-02", "wwwww..", NOTICE_2020, "no holiday in November and December"),
    ("2020-11-09", "wwwww..", NOTICE_2020, ""),
    ("2020-11-16", "wwwww..", NOTICE_2020, "the campaign is ordered on Thursday 19"),
    ("2020-11-23", "wwwww..", NOTICE_2020, ""),
    ("2020-11-30", "wwwww..", NOTICE_2020, ""),
    ("2020-12-07", "wwwww..", NOTICE_2020, ""),
    ("2020-12-14", "wwwww..", NOTICE_2020, ""),
    ("2020-12-21", "wwwww..", NOTICE_2020, "25 December is an ordinary Friday"),
    ("2020-12-28", "wwww...", NOTICE_2021, "New Year: off 1 to 3 January; no make-up day"),
    ("2021-01-04", "wwwww..", NOTICE_2021, ""),
    ("2021-01-11", "wwwww..", NOTICE_2021, ""),
    ("2021-01-18", "wwwww..", NOTICE_2021, ""),
    ("2021-01-25", "wwwww..", NOTICE_2021, ""),
    ("2021-02-01", "wwwww.w", NOTICE_2021, "Spring Festival: Sunday 7 February is worked"),
    ("2021-02-08", "www....", NOTICE_2021, "Spring Festival: off from Thursday 11"),
    ("2021-02-15", "...www.", NOTICE_2021, "Spring Festival: until Wednesday 17; Saturday 20 is worked"),
    ("2021-02-22", "wwwww..", NOTICE_2021, "Lantern Festival, 26 February, is no holiday"),
    ("2021-03-01", "wwwww..", NOTICE_2021, ""),
    ("2021-03-08", "wwwww..", NOTICE_2021, "8 March is a half holiday of some, not a day off"),
    ("2021-03-15", "wwwww..", NOTICE_2021, ""),
    ("2021-03-22", "wwwww..", NOTICE_2021, ""),
]
"""From Monday 2020-11-02 to Sunday 2021-03-28. Before it, Sunday 1 November is closed; after it, 29 to 31 March
are worked."""

OFF_2026: Final = [
    ("2026-01-01", "2026-01-03", "New Year"),
    ("2026-02-15", "2026-02-23", "Spring Festival"),
    ("2026-04-04", "2026-04-06", "Qingming"),
    ("2026-05-01", "2026-05-05", "Labour Day"),
    ("2026-06-19", "2026-06-21", "Dragon Boat"),
    ("2026-09-25", "2026-09-27", "Mid-Autumn"),
    ("2026-10-01", "2026-10-07", "National Day"),
]
"""From, until, holiday; NOTICE_2026."""

WORKED_2026: Final = [
    ("2026-01-04", "Sunday, New Year"),
    ("2026-02-14", "Saturday, Spring Festival"),
    ("2026-02-28", "Saturday, Spring Festival"),
    ("2026-05-09", "Saturday, Labour Day"),
    ("2026-09-20", "Sunday, National Day"),
    ("2026-10-10", "Saturday, National Day"),
]
"""Make-up days; NOTICE_2026."""

FIRST: Final = date(2020, 11, 1)
LAST: Final = date(2021, 3, 31)


def campaign() -> dict[date, bool]:
    """Every day from 2020-11-01 to 2021-03-31, and whether it is worked."""
    days = {FIRST: False}
    for monday, week, _notice, _why in WEEKS:
        days |= {date.fromisoformat(monday) + timedelta(n): mark == "w" for n, mark in enumerate(week)}
    return days | {date(2021, 3, day): True for day in (29, 30, 31)}


def year_2026() -> dict[date, bool]:
    """Every day of 2026, and whether it is worked."""
    new_year = date(2026, 1, 1)
    days = {day: day.weekday() < 5 for day in (new_year + timedelta(n) for n in range(365))}
    for first, last, _holiday in OFF_2026:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
        days |= {begins + timedelta(n): False for n in range((ends - begins).days + 1)}
    return days | {date.fromisoformat(day): True for day, _why in WORKED_2026}
