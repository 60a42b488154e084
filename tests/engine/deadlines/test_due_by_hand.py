"""Due times worked out by hand: from a start and a limit to the moment, each row with its sum.

The days are those of ``almanac.py``, whose weeks name their notices: 2020 国办发明电〔2019〕16号, 2021
国办发明电〔2020〕27号, 2026 国办发明电〔2025〕7号. A sum tells the hours taken on each day.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from duban.engine.deadlines.durations import parse_duration, parse_point
from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.plan import working_hours
from duban.engine.model.pack import CalendarPlan

SHANGHAI, BERLIN, TOKYO = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
STREET = working_hours(CalendarPlan(), SHANGHAI)
"""09:00-12:00 and 14:00-18:00: seven hours a day."""


def due_after(hours: WorkingHours, start: str, limit: str) -> str:
    """When a limit is due, as the clock on the wall shows it."""
    found = hours.add(on_the_wall(hours, start), parse_duration(limit).seconds(hours.day_seconds))
    assert found.at.tzinfo is UTC
    assert not found.provisional
    return found.at.astimezone(hours.zone).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")


def on_the_wall(hours: WorkingHours, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=hours.zone)


# A day in brackets is the one on which the start falls. "+1 day" is a whole working day from one time to the same.
DUE = [
    # --- within hours
    ("2020-11-24 10:30", "3 working days", "2020-11-27 10:30"),  # [Tue] +3 days: Wed, Thu, Fri
    ("2020-11-20 17:30", "30 working minutes", "2020-11-20 18:00"),  # [Fri] 0:30 to closing time
    (
        "2020-11-24 09:00",
        "1 working day",
        "2020-11-24 18:00",
    ),  # [Tue] 3 h + 4 h, to closing time, not next morning
    ("2020-11-24 09:00", "3 working hours", "2020-11-24 12:00"),  # [Tue] 3 h, to the break and not 14:00
    ("2020-11-24 11:30", "1 working hour", "2020-11-24 14:30"),  # [Tue] 0:30 to the break, 0:30 after it
    ("2020-11-24 12:00", "1 working hour", "2020-11-24 15:00"),  # [Tue] from the break's beginning: 14:00 + 1 h
    ("2020-11-24 12:59", "4 working hours", "2020-11-24 18:00"),  # [Tue] in the break: 14:00 + 4 h
    ("2020-11-24 17:59", "2 working minutes", "2020-11-25 09:01"),  # [Tue] 0:01, Wed 0:01
    ("2021-03-12 11:00", "5 working days", "2021-03-19 11:00"),  # [Fri] +5 days: Mon to Fri
    # --- outside hours
    ("2020-11-24 08:59", "4 working hours", "2020-11-24 15:00"),  # [Tue] before opening: 3 h, 14:00 + 1 h
    ("2020-11-24 18:00", "1 working minute", "2020-11-25 09:01"),  # [Tue] at closing time: Wed 0:01
    ("2020-11-24 20:00", "8 working hours", "2020-11-26 10:00"),  # [Tue] Wed 7 h, Thu 1 h
    ("2020-11-25 00:00", "0.5 working days", "2020-11-25 14:30"),  # [Wed] at midnight: 3 h, 14:00 + 0:30 = 3:30
    ("2020-11-21 10:00", "1 working day", "2020-11-23 18:00"),  # [Sat] Mon 7 h
    ("2020-11-22 23:59", "1 working day 1 working hour", "2020-11-24 10:00"),  # [Sun] Mon 7 h, Tue 1 h
    # --- New Year 2021: off from Fri 1 to Sun 3
    ("2020-12-31 16:00", "1 working day", "2021-01-04 16:00"),  # [Thu] 2 h, Mon 3 h + 2 h
    ("2020-12-30 17:00", "3 working days", "2021-01-05 17:00"),  # [Wed] +3 days: Thu 31, Mon 4, Tue 5
    ("2021-01-01 10:00", "8 working hours", "2021-01-05 10:00"),  # [Fri, off] Mon 7 h, Tue 1 h
    # --- Spring Festival 2021: Sun 7 worked, off Thu 11 to Wed 17, Sat 20 worked
    ("2021-02-05 17:00", "1 working day", "2021-02-07 17:00"),  # [Fri] 1 h, Sun 3 h + 3 h
    ("2021-02-06 09:00", "3 working days", "2021-02-09 18:00"),  # [Sat, free] Sun 7, Mon 8, Tue 9
    ("2021-02-07 09:00", "8 working hours", "2021-02-08 10:00"),  # [Sun, worked] 7 h, Mon 1 h
    ("2021-02-08 11:00", "3 working days", "2021-02-18 11:00"),  # [Mon] +3 days: Tue 9, Wed 10, Thu 18
    ("2021-02-10 14:00", "1 working day", "2021-02-18 12:00"),  # [Wed] 4 h, Thu 18 3 h
    ("2021-02-10 14:00", "4 working hours", "2021-02-10 18:00"),  # [Wed] 4 h, to the last closing time before it
    ("2021-02-10 18:30", "3 working days", "2021-02-20 18:00"),  # [Wed] Thu 18, Fri 19, Sat 20
    ("2021-02-12 10:00", "3 working days", "2021-02-20 18:00"),  # [Fri, New Year's Day] the same: Thu, Fri, Sat
    ("2021-02-19 18:00", "8 working hours", "2021-02-22 10:00"),  # [Fri] Sat 20 7 h, Mon 22 1 h
    ("2021-02-20 17:00", "1 working day", "2021-02-22 17:00"),  # [Sat, worked] 1 h, Mon 3 h + 3 h
    ("2021-02-01 09:30", "10 working days", "2021-02-19 09:30"),  # [Mon] 2, 3, 4, 5, Sun 7, 8, 9, 10, Thu 18, Fri 19
    # --- 2026
    ("2025-12-31 17:00", "8 working hours", "2026-01-04 18:00"),  # [Wed] 1 h, off 1 to 3, Sun 4 7 h
    ("2026-02-13 14:00", "2 working days", "2026-02-24 12:00"),  # [Fri] 4 h, Sat 14 7 h, off 15 to 23, Tue 24 3 h
    ("2026-02-27 10:00", "1 working day", "2026-02-28 10:00"),  # [Fri] +1 day: Sat 28
    ("2026-04-03 10:00", "1 working day", "2026-04-07 10:00"),  # [Fri] off 4 to 6; +1 day: Tue 7
    ("2026-04-30 18:00", "1 working day", "2026-05-06 18:00"),  # [Thu] off 1 to 5; Wed 6 7 h
    ("2026-05-08 10:00", "2 working days", "2026-05-11 10:00"),  # [Fri] +2 days: Sat 9, Mon 11
    ("2026-06-18 16:00", "1 working day", "2026-06-22 16:00"),  # [Thu] off 19 to 21; 2 h, Mon 22 3 h + 2 h
    ("2026-09-18 09:00", "2 working days", "2026-09-20 18:00"),  # [Fri] 7 h, Sun 20 7 h
    ("2026-09-24 12:00", "1 working day", "2026-09-28 12:00"),  # [Thu] 4 h, off 25 to 27, Mon 28 3 h
    ("2026-09-30 11:00", "3 working days", "2026-10-10 11:00"),  # [Wed] off 1 to 7; +3 days: Thu 8, Fri 9, Sat 10
    # --- earlier, for the notice on 2020: off 1 to 8 October, worked Sun 27 September, Sat 10 October
    ("2020-09-25 15:00", "1 working day", "2020-09-27 15:00"),  # [Fri] 3 h, Sun 27 3 h + 1 h
    ("2020-09-30 17:00", "3 working days", "2020-10-12 17:00"),  # [Wed] +3 days: Fri 9, Sat 10, Mon 12
]


@pytest.mark.parametrize(("start", "limit", "due"), DUE)
def test_a_limit_is_due_when_the_table_says(start: str, limit: str, due: str) -> None:
    assert due_after(STREET, start, limit) == due
    seconds = parse_duration(limit).seconds(STREET.day_seconds)
    assert STREET.between(on_the_wall(STREET, start), on_the_wall(STREET, due)) == seconds


POINTS = [
    # 3 working days = 21 h; 75 % = 15:45 = 2 days and 1:45
    ("2020-11-24 10:30", "3 working days", "75%", "2020-11-26 14:15"),  # [Tue] Thu 10:30, 1:30 to 12:00, 14:00 + 0:15
    ("2020-11-24 10:30", "3 working days", "due", "2020-11-27 10:30"),  # [Tue] +3 days
    ("2020-11-24 10:30", "3 working days", "due + 1 working day", "2020-11-30 10:30"),  # Fri 27 10:30 +1 day: Mon 30
    ("2020-11-24 10:30", "3 working days", "due + 5 working days", "2020-12-04 10:30"),  # Mon 30, Tue, Wed, Thu, Fri 4
    # 1 working day = 7 h; 75 % = 5:15; over New Year
    ("2020-12-31 16:00", "1 working day", "75%", "2021-01-04 14:15"),  # [Thu] 2 h, Mon 3 h, 14:00 + 0:15
    ("2020-12-31 16:00", "1 working day", "due + 1 working day", "2021-01-05 16:00"),  # Mon 4 16:00 +1 day: Tue 5
    # 8 working hours; 75 % = 6 h; over the Spring Festival and the worked Saturday
    ("2021-02-10 09:30", "8 working hours", "75%", "2021-02-10 17:30"),  # [Wed] 2:30, 14:00 + 3:30
    ("2021-02-10 09:30", "8 working hours", "due", "2021-02-18 10:30"),  # [Wed] 2:30 + 4 h, Thu 18 1:30
    ("2021-02-10 09:30", "8 working hours", "due + 2 working days", "2021-02-20 10:30"),  # Thu 18 +2: Fri 19, Sat 20
    ("2021-02-10 09:30", "8 working hours", "due + 3 working days", "2021-02-22 10:30"),  # Fri 19, Sat 20, Mon 22
    ("2021-02-10 09:30", "8 working hours", "due + 4 working hours", "2021-02-18 16:30"),  # Thu 18 1:30, 14:00 + 2:30
    # towards the worked Sunday
    ("2021-02-05 10:00", "1 working day", "75%", "2021-02-05 17:15"),  # [Fri] 2 h, 14:00 + 3:15
    ("2021-02-05 10:00", "1 working day", "due", "2021-02-07 10:00"),  # [Fri] +1 day: Sun 7
    ("2021-02-05 10:00", "1 working day", "due + 1 working day", "2021-02-08 10:00"),  # Sun 7 +1 day: Mon 8
    # a due time at closing time: the next points are at closing time too
    ("2020-11-24 09:00", "1 working day", "due + 1 working day", "2020-11-25 18:00"),  # Tue 18:00, Wed 7 h
    ("2021-02-10 09:00", "1 working day", "due + 1 working day", "2021-02-18 18:00"),  # Wed 18:00, Thu 18 7 h
    # 2026, over both make-up Saturdays of the Spring Festival
    ("2026-02-13 09:00", "3 working days", "75%", "2026-02-24 10:45"),  # [Fri] 7 h, Sat 14 7 h, Tue 24 1:45
    ("2026-02-13 09:00", "3 working days", "due", "2026-02-24 18:00"),  # [Fri] 7 h, Sat 14 7 h, Tue 24 7 h
    ("2026-02-13 09:00", "3 working days", "due + 4 working days", "2026-02-28 18:00"),  # Wed, Thu, Fri, Sat 28
    ("2026-02-13 09:00", "3 working days", "due + 5 working days", "2026-03-02 18:00"),  # and Mon 2 March
    ("2026-09-30 17:00", "1 working day", "due", "2026-10-08 17:00"),  # [Wed] 1 h, off 1 to 7, Thu 8 3 h + 3 h
    ("2026-09-30 17:00", "1 working day", "due + 2 working days", "2026-10-10 17:00"),  # Fri 9, Sat 10
    ("2026-09-30 17:00", "1 working day", "due + 3 working days", "2026-10-12 17:00"),  # and Mon 12
]


@pytest.mark.parametrize(("start", "limit", "point", "moment"), POINTS)
def test_a_point_of_a_ladder_is_reached_when_the_table_says(start: str, limit: str, point: str, moment: str) -> None:
    day = STREET.day_seconds
    offset = parse_point(point).offset_seconds(parse_duration(limit).seconds(day), day)
    assert STREET.add(on_the_wall(STREET, start), offset).at == on_the_wall(STREET, moment)


WHOLE_DAYS = working_hours(CalendarPlan("everyday", ("00:00-24:00",)), SHANGHAI)
WHOLE_WORKING_DAYS = working_hours(CalendarPlan("china", ("00:00-24:00",)), SHANGHAI)
EARLY = working_hours(CalendarPlan("china", ("08:30-12:00", "13:30-17:30")), SHANGHAI)
OWN = working_hours(
    CalendarPlan("china", holidays=frozenset({date(2021, 1, 4)}), working_days=frozenset({date(2021, 2, 11)})), SHANGHAI
)
BAVARIA = working_hours(CalendarPlan("holidays:DE-BY"), BERLIN)
BERLINERS = working_hours(CalendarPlan("holidays:DE-BE"), BERLIN)
JAPAN = working_hours(CalendarPlan("holidays:JP"), TOKYO)

OTHERS = [
    # 24 hours every day: a working day is a day, the Spring Festival is nothing
    (WHOLE_DAYS, "2021-02-11 23:30", "3 working days", "2021-02-14 23:30"),  # 72 h
    (WHOLE_DAYS, "2021-02-12 20:00", "8 working hours", "2021-02-13 04:00"),  # 4 h to midnight, 4 h
    (WHOLE_DAYS, "2021-02-12 20:00", "1.5 working days", "2021-02-14 08:00"),  # 36 h
    # 24 hours on working days
    (WHOLE_WORKING_DAYS, "2021-02-10 18:00", "1 working day", "2021-02-18 18:00"),  # [Wed] 6 h, Thu 18 18 h
    (WHOLE_WORKING_DAYS, "2021-02-19 12:00", "1 working day", "2021-02-20 12:00"),  # [Fri] 12 h, worked Sat 12 h
    # 08:30-12:00 and 13:30-17:30: seven and a half hours a day
    (EARLY, "2021-02-05 16:30", "1 working day", "2021-02-07 16:30"),  # [Fri] 1 h, Sun 7 3:30 + 3 h
    (EARLY, "2020-11-23 12:30", "1 working hour", "2020-11-23 14:30"),  # in the break: 13:30 + 1 h
    (EARLY, "2020-11-23 08:00", "0.75 working days", "2020-11-23 15:37:30"),  # 5:37:30 = 3:30, 13:30 + 2:07:30
    (EARLY, "2020-11-23 17:30", "8 working hours", "2020-11-25 09:00"),  # [Mon] Tue 7:30, Wed 0:30
    # the pack's own days over the official calendar: Mon 4 January closed, Thu 11 February worked
    (OWN, "2020-12-31 16:00", "1 working day", "2021-01-05 16:00"),  # [Thu] 2 h, off 1 to 3 and Mon 4, Tue 5 5 h
    (OWN, "2021-02-10 14:00", "1 working day", "2021-02-11 12:00"),  # [Wed] 4 h, Thu 11 3 h
    (OWN, "2021-02-11 14:00", "1 working day", "2021-02-18 12:00"),  # [Thu] 4 h, off 12 to 17, Thu 18 3 h
    (OWN, "2021-02-05 17:00", "1 working day", "2021-02-07 17:00"),  # what the pack does not list stays: worked Sun 7
    # Bayerisches Feiertagsgesetz, article 1: Corpus Christi, Thu 2026-06-04; no holiday in Berlin
    (BAVARIA, "2026-06-03 16:00", "1 working day", "2026-06-05 16:00"),  # [Wed] 2 h, Fri 3 h + 2 h
    (BERLINERS, "2026-06-03 16:00", "1 working day", "2026-06-04 16:00"),  # [Wed] 2 h, Thu 3 h + 2 h
    (BERLINERS, "2026-03-06 10:00", "1 working day", "2026-03-09 10:00"),  # [Fri] +1 day: Mon
    # Summer time begins on Sun 2026-03-29 (directive 2000/84/EC): office hours lose nothing
    (BERLINERS, "2026-03-27 17:00", "1 working day", "2026-03-30 17:00"),  # [Fri] 1 h, Mon 3 h + 3 h
    # 国民の祝日に関する法律, articles 2 and 3: 3 to 5 May, and Wed 6 for Sun 3
    (JAPAN, "2026-05-01 10:00", "1 working day", "2026-05-07 10:00"),  # [Fri] off 2 to 6; +1 day: Thu 7
]


@pytest.mark.parametrize(("hours", "start", "limit", "due"), OTHERS)
def test_other_hours_other_countries_and_a_packs_own_days_give_what_the_table_says(
    hours: WorkingHours, start: str, limit: str, due: str
) -> None:
    assert due_after(hours, start, limit) == due


# A date is due at closing time of that day, or of the last working day before it: nobody is given a day more.
DATES = [
    ("2020-11-20", "2020-11-20 18:00"),  # Fri
    ("2020-11-21", "2020-11-20 18:00"),  # Sat: Fri
    ("2021-01-03", "2020-12-31 18:00"),  # Sun, New Year: Thu
    ("2021-02-06", "2021-02-05 18:00"),  # Sat before the worked Sunday: Fri
    ("2021-02-07", "2021-02-07 18:00"),  # the worked Sunday itself
    ("2021-02-10", "2021-02-10 18:00"),  # the last day of the phase of rectification
    ("2021-02-14", "2021-02-10 18:00"),  # Sun, within the festival: Wed 10
    ("2021-02-17", "2021-02-10 18:00"),  # Wed, its last day: Wed 10
    ("2021-02-20", "2021-02-20 18:00"),  # the worked Saturday itself
    ("2021-02-21", "2021-02-20 18:00"),  # Sun: the worked Saturday
    ("2026-02-22", "2026-02-14 18:00"),  # Sun, within the festival: the worked Sat 14
]


@pytest.mark.parametrize(("day", "closing"), DATES)
def test_a_date_is_due_at_closing_time_of_that_day_or_of_the_working_day_before(day: str, closing: str) -> None:
    assert STREET.due_on(date.fromisoformat(day)) == (on_the_wall(STREET, closing), False)
