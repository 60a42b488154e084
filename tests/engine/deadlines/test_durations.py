"""Working durations: what is read, what is told, what is refused and with which words."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.engine.deadlines.durations import LONGEST, WorkingDuration, parse_duration
from duban.engine.errors import InvalidDuration

SEVEN_HOURS = 25_200


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1 working day", 25_200),
        ("3 working days", 75_600),
        ("0.5 working day", 12_600),
        ("1.5 working days", 37_800),
        ("8 working hours", 28_800),
        ("1.5 working hours", 5_400),
        ("30 working minutes", 1_800),
        ("1 working day 4 working hours", 39_600),
        ("1 working day and 4 working hours", 39_600),
        ("1 working day + 30 working minutes", 27_000),
        ("4 working hours 1 working day", 39_600),
        ("  3   Working Days ", 75_600),
        ("3working days", 75_600),
        ("3 个工作日", 75_600),
        ("3个工作日", 75_600),
        ("8 个工作小时", 28_800),
        ("2工作日", 50_400),
        ("1个工作日4个工作小时", 39_600),
        ("３ 个工作日", 75_600),
    ],
)
def test_a_duration_is_read_in_both_languages(text: str, seconds: int) -> None:
    assert parse_duration(text).seconds(SEVEN_HOURS) == seconds


def test_a_working_day_is_as_long_as_the_hours_of_work_of_a_day() -> None:
    day_and_hour = parse_duration("1 working day 1 working hour")
    assert day_and_hour.seconds(SEVEN_HOURS) == 8 * 3600
    assert day_and_hour.seconds(24 * 3600) == 25 * 3600


def test_a_broken_second_counts_in_full() -> None:
    assert parse_duration("0.0001 working days").seconds(SEVEN_HOURS) == 3


@pytest.mark.parametrize(
    ("text", "canonical", "chinese"),
    [
        ("1.0 working days", "1 working day", "1个工作日"),
        ("3 个工作日", "3 working days", "3个工作日"),
        ("0.5 working day", "0.5 working days", "0.5个工作日"),
        ("90 working minutes", "1 working hour 30 working minutes", "1个工作小时30个工作分钟"),
        ("48 working hours", "48 working hours", "48个工作小时"),
        ("4 working hours 1 working day", "1 working day 4 working hours", "1个工作日4个工作小时"),
        ("100 working days", "100 working days", "100个工作日"),
    ],
)
def test_every_duration_has_one_canonical_text_and_a_label_in_each_language(
    text: str, canonical: str, chinese: str
) -> None:
    duration = parse_duration(text)
    assert str(duration) == duration.label("en") == canonical
    assert duration.label("zh") == chinese


@given(
    st.builds(
        WorkingDuration,
        days=st.integers(0, 9_999_0000).map(lambda n: Fraction(n, 10_000)),
        minutes=st.integers(1, LONGEST * 60),
    )
)
def test_what_is_told_can_be_read_again_in_either_language(duration: WorkingDuration) -> None:
    assert parse_duration(str(duration)) == duration
    assert parse_duration(duration.label("zh")) == duration


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("3 days", "only working time is counted"),
        ("3 天", "only working time is counted"),
        ("8h", "only working time is counted"),
        ("24小时", "only working time is counted"),
        ("1 working day 4 hours", "only working time is counted"),
        ("2 working weeks", "the units are"),
        ("2 weeks", "the units are"),
        ("3个工作日内", "the units are"),
        ("1 working day and", "the units are"),
        ("0 working days", "longer than zero"),
        ("0.0 working hours", "longer than zero"),
        ("-1 working day", "longer than zero"),
        ("1 working day 0 working hours", "longer than zero"),
        ("1 working day 2 working days", "each unit may be named once"),
        ("0.001 working hours", "whole minutes"),
        ("10000 working days", "the longest is"),
        ("599941 working minutes", "the longest is"),
        ("", "write it like"),
        ("3", "write it like"),
        ("working day", "write it like"),
        ("three working days", "write it like"),
        ("1e3 working days", "the units are"),
        ("0.00001 working days", "write it like"),
        ("1234567890 working days", "write it like"),
        ("1/2 working day", "write it like"),
        ("3 working days!", "write it like"),
    ],
)
def test_anything_else_is_refused_with_what_was_found_and_why(text: str, reason: str) -> None:
    with pytest.raises(InvalidDuration) as refused:
        parse_duration(text)
    assert refused.value.data["found"] == text
    assert reason in str(refused.value)
    assert refused.value.message("zh").startswith(f"“{text}”不是工作时长：")


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    with suppress(InvalidDuration):
        assert parse_duration(text).seconds(SEVEN_HOURS) > 0


@pytest.mark.parametrize(
    ("days", "minutes"),
    [
        (Fraction(0), 0),
        (Fraction(-1), 90),
        (Fraction(1), -1),
        (Fraction(LONGEST + 1), 0),
        (Fraction(1, 3), 0),
        (Fraction(0), LONGEST * 60 + 1),
    ],
)
def test_a_duration_that_could_not_be_written_cannot_be_built(days: Fraction, minutes: int) -> None:
    with pytest.raises(InvalidDuration):
        WorkingDuration(days, minutes)
