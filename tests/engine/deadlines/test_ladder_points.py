"""Points of a ladder: a part of the limit, due, and working time after due."""

import pytest

from duban.engine.deadlines.durations import LadderPoint, parse_point
from duban.engine.errors import InvalidDuration

DAY = 25_200
LIMIT = 3 * DAY


@pytest.mark.parametrize(
    ("text", "seconds", "canonical", "chinese"),
    [
        ("75%", 56_700, "75%", "时限的75%"),
        ("75 %", 56_700, "75%", "时限的75%"),
        ("75％", 56_700, "75%", "时限的75%"),
        ("时限的75%", 56_700, "75%", "时限的75%"),
        ("37.5%", 28_350, "37.5%", "时限的37.5%"),
        ("50.0%", 37_800, "50%", "时限的50%"),
        ("100%", LIMIT, "due", "到期"),
        ("due", LIMIT, "due", "到期"),
        (" Due ", LIMIT, "due", "到期"),
        ("到期", LIMIT, "due", "到期"),
        ("due + 1 working day", LIMIT + DAY, "due + 1 working day", "到期后1个工作日"),
        ("due+5 working days", LIMIT + 5 * DAY, "due + 5 working days", "到期后5个工作日"),
        ("due + 8 working hours", LIMIT + 28_800, "due + 8 working hours", "到期后8个工作小时"),
        ("到期后 1 个工作日", LIMIT + DAY, "due + 1 working day", "到期后1个工作日"),
        ("到期 + 1个工作日", LIMIT + DAY, "due + 1 working day", "到期后1个工作日"),
    ],
)
def test_a_point_is_read_placed_and_told(text: str, seconds: int, canonical: str, chinese: str) -> None:
    point = parse_point(text)
    assert point.offset_seconds(LIMIT, DAY) == seconds
    assert str(point) == point.label("en") == canonical
    assert point.label("zh") == chinese
    assert parse_point(canonical) == parse_point(chinese) == point


def test_a_part_of_a_limit_that_is_no_whole_second_counts_in_full() -> None:
    assert parse_point("33.3333%").offset_seconds(100, DAY) == 34


def test_due_is_the_point_without_a_part_and_without_time_after() -> None:
    assert parse_point("due") == parse_point("100%") == LadderPoint()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0%", "a percentage lies above 0%"),
        ("101%", "a percentage lies above 0%"),
        ("-5%", "write `75%`"),
        ("75", "write `75%`"),
        ("", "write `75%`"),
        ("overdue", "write `75%`"),
        ("due - 1 working day", "write `75%`"),
        ("due + ", "write `75%`"),
        ("1 working day", "write `75%`"),
    ],
)
def test_what_is_no_point_is_refused_with_what_was_found_and_why(text: str, reason: str) -> None:
    with pytest.raises(InvalidDuration) as refused:
        parse_point(text)
    assert refused.value.data["found"] == text
    assert reason in str(refused.value)
    assert "阶梯的时点" in refused.value.message("zh")


def test_the_time_after_due_is_refused_for_its_own_reason() -> None:
    with pytest.raises(InvalidDuration, match="`2 days` is not a working duration: only working time is counted"):
        parse_point("due + 2 days")
