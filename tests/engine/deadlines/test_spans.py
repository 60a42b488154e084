"""Hours of work: how they are read, and which do not go together."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from duban.engine.deadlines.calendars import WeekdaysCalendar
from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.spans import Span, parse_span
from duban.engine.errors import InvalidDuration

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("09:00-12:00", (time(9), time(12))),
        (" 9:05 - 17:30 ", (time(9, 5), time(17, 30))),
        ("22:00-06:00", (time(22), time(6))),
        ("00:00-24:00", (time(0), time(0))),
        ("14:00–18:00", (time(14), time(18))),
    ],
)
def test_hours_of_work_are_read(text: str, span: Span) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    "text", ["", "9-12", "09:00", "24:00-06:00", "09:00-25:00", "09:60-12:00", "09:00-12:00-14:00"]
)
def test_what_is_no_hours_of_work_is_refused(text: str) -> None:
    with pytest.raises(InvalidDuration, match="is not hours of work such as `09:00-12:00`") as refused:
        parse_span(text)
    assert refused.value.data["found"] == text


def test_hours_of_many_letters_are_told_by_their_beginning() -> None:
    with pytest.raises(InvalidDuration) as refused:
        parse_span("9" * 3_000)
    assert refused.value.data["found"].startswith("999")
    assert all(len(refused.value.message(lang)) < 200 for lang in ("en", "zh"))


@pytest.mark.parametrize(
    "hours",
    [
        [],
        ["09:00-12:00", "11:00-14:00"],
        ["22:00-06:00", "05:00-08:00"],
        ["22:00-06:00", "23:00-23:30"],
        ["00:00-24:00", "09:00-12:00"],
    ],
)
def test_no_hours_and_hours_that_overlap_are_refused(hours: list[str]) -> None:
    with pytest.raises(InvalidDuration, match="do not overlap"):
        WorkingHours(WeekdaysCalendar(), [parse_span(text) for text in hours], SHANGHAI)


def test_hours_are_put_in_order_and_may_touch() -> None:
    spans = [parse_span(text) for text in ("12:00-18:00", "09:00-12:00")]
    hours = WorkingHours(WeekdaysCalendar(), spans, SHANGHAI)
    assert hours.hours == (spans[1], spans[0])
    assert hours.add(datetime(2020, 11, 24, 11, tzinfo=SHANGHAI), 7200).at == datetime(
        2020, 11, 24, 13, tzinfo=SHANGHAI
    )
