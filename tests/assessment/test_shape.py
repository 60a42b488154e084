"""The shape of a table is checked against its own totals, and everything that is wrong is told with its place."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.assessment.tables import Row, as_csv, as_xlsx, cell, read, small

from duban.assessment.columns import COUNTS
from duban.assessment.faults import MOST, RefusedTable

FILES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def faults(path: Path) -> list[tuple[str, str]]:
    """Where the table is wrong, and why, in English."""
    with pytest.raises(RefusedTable) as refused:
        read(path)
    return [(place.en, why.en) for place, why in refused.value.faults]


def changed(number: int, **cells: str | int) -> list[Row]:
    """The small table with cells of one row (as the sheet counts) changed."""
    rows = small()
    rows[number - 2] = {**rows[number - 2], **cells}
    return rows


def test_a_table_that_holds_is_read_the_same_from_a_workbook_and_from_csv(tmp_path: Path) -> None:
    from_sheet, from_csv = read(as_xlsx(tmp_path, small())), read(as_csv(tmp_path, small()))

    assert from_sheet.counts == {"major": 1, "sub": 2, "minor": 2, "indicator": 3, "point": 2, "household": 5}
    assert from_sheet.allotment == {"renhejie": 3, "luojiayuan": 2}
    assert (from_sheet.code, from_sheet.items) == (from_csv.code, from_csv.items)
    asked = from_sheet.items["indicator"][2]
    assert (asked.link, asked.unit) == ("questionnaire", "civil-affairs")
    assert {level: item.code for level, item in from_sheet.ancestors(asked).items()} == {
        "minor": "1.2.1", "sub": "1.2", "major": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column"),
    [
        *((2, column) for column in COUNTS), (3, "subs"), (3, "minors"), (3, "indicators"), (3, "points"),
        (4, "minors"), (4, "points"), (5, "indicators"), (5, "points"), (6, "points"), (11, "points"),
    ],
)  # fmt: skip
def test_a_wrong_total_of_any_level_and_under_any_item_is_told_with_its_cell(
    row: int, column: str, tmp_path: Path
) -> None:
    stated = int(small()[row - 2][column])

    (place, why), *others = faults(as_xlsx(tmp_path, changed(row, **{column: stated + 7})))

    assert others == []
    assert place == cell(row, column)
    assert f"says {stated + 7}, and {stated} are there" in why


def test_in_a_csv_file_the_place_is_a_line_and_the_name_of_its_column(tmp_path: Path) -> None:
    assert faults(as_csv(tmp_path, changed(5, points=9)))[0][0] == "line 5, column `points`"


@pytest.mark.parametrize(
    ("row", "cells", "column", "words"),
    [
        (6, {"unit": "规建版"}, "unit", "did you mean `规建办`"),
        (6, {"unit": ""}, "unit", "is empty"),
        (6, {"link": "问卷"}, "link", "does not know"),
        (7, {"community": "某社区"}, "community", "does not know"),
        (7, {"parent": "1.1.1"}, "parent", "is a Minor item; expected the code of its Indicator"),
        (7, {"parent": "9"}, "parent", "no row has that code"),
        (7, {"code": "P2"}, "code", "stands in row 7 already"),
        (7, {"code": "P 1"}, "code", "expected a code"),
        (7, {"title": "长" * 201}, "title", "has 201 characters"),
        (7, {"title": "铃\x07".replace("\x07", "\u202e")}, "title", "cannot be shown"),
        (7, {"households": 1}, "households", "leaves it empty"),
        (3, {"parent": "1.1"}, "parent", "leaves it empty"),
        (4, {"subs": 1}, "subs", "leaves it empty"),
        (4, {"level": "chapter"}, "level", "does not know"),
        (13, {"households": "三"}, "households", "expected a whole number"),
        (13, {"households": -3}, "households", "expected a whole number"),
        (13, {"community": "罗家院社区"}, "community", "a second time among the households"),
        (2, {"indicators": ""}, "indicators", "is empty"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_cell(
    row: int, cells: dict[str, Any], column: str, words: str, tmp_path: Path
) -> None:
    found = dict(faults(as_xlsx(tmp_path, changed(row, **cells))))

    places = [cell(row, column), cell(row + 1, column)]
    assert any(place in found and words in found[place] for place in places), found


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_rows(tmp_path: Path) -> None:
    rows = changed(5, indicators=3)
    rows[0]["households"] = 6
    rows[4]["points"] = 3

    assert [place for place, _ in faults(as_xlsx(tmp_path, rows))] == [
        cell(2, "households"), cell(5, "indicators"), cell(6, "points"),
    ]  # fmt: skip


def test_of_very_many_faults_some_are_told_and_the_rest_is_counted(tmp_path: Path) -> None:
    rows = small() + [{"level": "point", "code": f"Q{n}", "parent": "nowhere", "title": "点"} for n in range(100)]

    with pytest.raises(RefusedTable) as refused:
        read(as_xlsx(tmp_path, rows))

    assert len(refused.value.faults) == MOST
    assert refused.value.more == 101 - MOST
    assert "61 more" in refused.value.message("en")
    assert "另有 61 处" in refused.value.message("zh")


def test_without_a_row_of_totals_nothing_is_taken(tmp_path: Path) -> None:
    assert "no row `total`" in faults(as_xlsx(tmp_path, small()[1:]))[0][1]


def test_a_second_row_of_totals_is_refused(tmp_path: Path) -> None:
    assert any("a second time" in why for _, why in faults(as_xlsx(tmp_path, [*small(), small()[0]])))


def test_a_missing_column_is_told_with_the_one_that_may_be_meant(tmp_path: Path) -> None:
    path = as_csv(tmp_path, small())
    path.write_text(path.read_text(encoding="utf-8").replace(",unit,", ",unitt,", 1), encoding="utf-8")

    assert any("the column `unit` is missing; did you mean `unitt`?" in why for _, why in faults(path))


def test_a_column_that_nobody_asked_for_is_passed_over(tmp_path: Path) -> None:
    path = as_csv(tmp_path, small())
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(f"备注{n},{line}\n" for n, line in enumerate(lines)), encoding="utf-8")

    assert read(path).counts["point"] == 2


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    hierarchy = read(as_xlsx(tmp_path, list(reversed(small()))))

    assert hierarchy.counts == read(as_xlsx(tmp_path, small())).counts


@st.composite
def trees(draw: st.DrawFn) -> list[Row]:
    """A table of any shape, with true totals everywhere."""
    rows: list[Row] = []
    counts: Counter[str] = Counter()
    levels = ["major", "sub", "minor", "indicator", "point"]

    def grow(depth: int, parent: str) -> Counter[str]:
        below: Counter[str] = Counter()
        for number in range(draw(st.integers(1 if depth < 3 else 0, 3))):
            level, code = levels[depth], f"{parent}.{number + 1}" if parent else str(number + 1)
            row: Row = {"level": level, "code": code, "parent": parent, "title": f"项 {code}"}
            if level == "indicator":
                row |= {"link": draw(st.sampled_from(["网上申报", "field"])), "unit": "规建办"}
            rows.append(row)
            inside = grow(depth + 1, code) if depth < 4 else Counter()
            row |= {f"{deeper}s": inside[deeper] for deeper in levels[depth + 1 :]}
            counts[level] += 1
            below += inside + Counter([level])
        return below

    grow(0, "")
    homes = draw(st.integers(0, 50))
    rows.append({"level": "household", "title": "入户", "community": "renhejie", "households": homes})
    total: Row = {"level": "total", "code": "T", "title": "表", "households": homes}
    return [total | {f"{level}s": counts[level] for level in levels}, *rows]


@FILES
@given(rows=trees(), data=st.data())
def test_true_totals_hold_and_any_one_that_is_changed_is_found_where_it_stands(
    rows: list[Row], data: st.DataObject, tmp_path: Path
) -> None:
    hierarchy = read(as_csv(tmp_path, rows))
    assert {f"{level}s": count for level, count in hierarchy.counts.items()}.items() <= rows[0].items()

    places = [(n, column) for n, row in enumerate(rows) for column in COUNTS if column in row]
    number, column = data.draw(st.sampled_from(places))
    if rows[number]["level"] == "household":
        column, number = "households", 0
    wrong = [dict(row) for row in rows]
    wrong[number][column] = int(wrong[number][column]) + data.draw(st.integers(1, 9))

    assert [place for place, _ in faults(as_csv(tmp_path, wrong))] == [f"line {number + 2}, column `{column}`"]
