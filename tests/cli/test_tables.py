"""How a table lies in a terminal: what is broken where it is narrow, and on which side values stand."""

from collections.abc import Callable
from io import StringIO

from rich.console import Console
from tests.cli.conftest import Street

from duban.cli.kit.answer import Table
from duban.cli.kit.fitting import Column, fitted
from duban.cli.kit.grid import grid_of
from duban.cli.kit.help import width_of

UNITS = ("Planning and Construction Office", "Law Enforcement Brigade", "Civil and Social Affairs Office")


def drawn(table: Table, width: int = 80) -> list[str]:
    grid, wide = grid_of(table, width)
    written = StringIO()
    Console(file=written, width=max(width, wide)).print(grid)
    return [line.rstrip() for line in written.getvalue().splitlines()]


def table(rows: list[list[str]], *heads: str) -> Table:
    return Table({head: head for head in heads}, rows)


def widths(width: int, *columns: list[str], firm: int = -1) -> list[int]:
    return fitted([Column(cells, firm=number == firm) for number, cells in enumerate(columns)], width)


def test_columns_have_what_they_want_where_there_is_room() -> None:
    assert widths(80, ["a", "abc"], ["b", "some words"]) == [3, 10]


def test_columns_never_take_more_than_there_is_and_never_leave_the_page() -> None:
    assert sum(widths(40, *[["word after word " * 3]] * 8)) <= 40


def test_a_firm_column_gives_nothing_although_the_page_is_too_narrow() -> None:
    assert widths(26, ["ISS-0000000001"], ["word " * 9], ["2020-12-02 14:05"], firm=0)[0] == 14


def test_words_are_broken_at_blanks_before_any_word_is_broken() -> None:
    rows = [["Submitted", "Daily round of the circuit", UNITS[0], "2020-12-02 14:05 overdue"]]
    lines = drawn(table(rows, "state", "about", "unit", "due"), 58)

    for word in "Submitted circuit Construction 2020-12-02".split():
        assert any(word in line for line in lines)
    assert "2020-12-02 14:05" in "\n".join(lines)


def test_where_a_word_must_be_broken_it_is_the_one_that_spares_most_others() -> None:
    state = ["Submitted", "Collecting", "Rectified", "Suspended"]
    title = ["abbbbbbbbbbbbb"] * 4

    assert widths(17, state, title) == [10, 7]


def test_a_hash_is_broken_before_words_are() -> None:
    digests = [f"{number:064x}" for number in range(5)]

    assert widths(50, digests, ["some words and more of them"] * 5)[1] >= 12


def test_room_goes_where_it_saves_lines_and_none_is_wasted_beside_a_title_in_pieces() -> None:
    titles = ["Boxes, bottles, chairs and a pram on the stairs of number 9", "A sofa before the gate of the old school"]
    late = "2020-12-02 14:05 overdue"
    columns = [Column(cells) for cells in (["Title", *titles], ["Unit", "Works", "Works"], ["Due", late, ""])]
    title, unit, due = fitted(columns, 54)

    assert (unit, due) == (5, 16)
    assert columns[0].height(1, title) == columns[2].height(1, due) == 2


def test_a_short_chinese_word_stays_whole_and_no_line_begins_with_a_closing_mark() -> None:
    rows = [["整改中", "人民路口占道经营，垃圾满地，无人清理，已经三天"]]
    lines = drawn(table(rows, "状态", "标题"), 30)

    assert any("整改中" in line for line in lines)
    assert not any(line.strip().startswith(("，", "。")) for line in lines)
    assert max(map(width_of, lines)) <= 30


def test_numbers_stand_flush_right_under_their_heading() -> None:
    rows = [["first", "9", "7.5 %", "3/8"], ["second", "1,024", "12.25 %", ""]]
    lines = drawn(Table({"n": "Name", "c": "Cases", "r": "Rate", "p": "Parts"}, rows))

    assert lines[0] == "Name    Cases     Rate  Parts"
    assert lines[2] == "first       9    7.5 %    3/8"
    assert lines[3] == "second  1,024  12.25 %"


def test_shares_are_numbers_and_a_dash_in_their_place_is_none() -> None:
    lines = drawn(table([["a", "100.0% (1/1)", "–"], ["b", "–", "–"]], "unit", "rate", "none"))

    assert lines[0] == "unit          rate  none"
    assert lines[3] == "b                –  –"


def test_words_and_times_and_references_stand_flush_left() -> None:
    lines = drawn(table([["ISS-000001", "2020-12-02", "12 m"], ["B", "C", "9"]], "ref", "when", "far"))

    assert lines[3] == "B           C           9"


def test_a_column_of_nothing_is_left_out_only_where_there_is_no_room_for_it() -> None:
    rows = [["a" * 20, "", "b" * 20], ["a", "", "b"]]

    assert "Level" in drawn(table(rows, "Name", "Level", "Unit"), 80)[0]
    assert "Level" not in drawn(table(rows, "Name", "Level", "Unit"), 45)[0]


def test_a_pipe_gets_every_column(street: Street) -> None:
    street.reports("long words " * 10)

    assert "level" in street.types("list", "issue", "--as", "office").out.splitlines()[0].split("\t")


def test_a_list_at_eighty_columns_breaks_no_word_of_a_title_and_no_time(
    street: Street, person: Callable[[], None]
) -> None:
    titles = ["demonstration: rubble in a back lane, reported twice", "Bulky items, number 1-1525234291, at the gate"]
    for title in titles:
        street.assigns(street.reports(title))
    street.clock.advance("5 working days")
    person()

    said = street.types("list", "--as", "office").out

    for word in " ".join(titles).split():
        assert word in said
    assert said.count("2020-11-26 09:30") == 2
    assert max(width_of(line) for line in said.splitlines()) <= 80


def test_a_table_of_a_thousand_rows_is_laid_out_by_its_first() -> None:
    cells = ["word after word " * 9] * 1_000
    columns = [Column(cells), Column(cells)]
    fitted(columns, 60)

    assert all(column.height.cache_info().currsize < 50 * 60 for column in columns)


def test_short_chinese_words_are_broken_at_blanks_and_not_within() -> None:
    lines = drawn(table([["待报送 → 已报送", "报送情况 " * 20]], "状态", "变更"), 40)

    assert any(line.startswith("待报送 →") for line in lines)
    assert any(line.startswith("已报送") for line in lines)


def test_no_column_is_made_so_narrow_for_one_word_that_its_rows_grow_tall() -> None:
    title = ["demonstration: the circuit in the order of its key sites"] * 5
    state = ["Submitted"] * 5

    assert widths(20, title, state)[0] >= 11
