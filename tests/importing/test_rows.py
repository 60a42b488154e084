"""Every row becomes one case, once; one that does not fit is told with its line and reason, and changes nothing."""

import csv
from pathlib import Path

import pytest
from tests.importing.conftest import MAP, ROWS, Bench, table

from duban.engine.errors import DefinitionError, UsageError
from duban.importing.errors import BrokenTable

REJECTED = [
    ("too few cells", "B-1,Bags,Litter,Open", "4 cells"),
    ("too many cells", ROWS[0].replace("A-1", "B-1") + ",more", "8 cells"),
    ("no key", ROWS[0].replace("A-1", ""), "is empty"),
    ("a key that cannot be shown", ROWS[0].replace("A-1", "B-1\u202e"), "cannot be shown"),
    ("a key that is too long", ROWS[0].replace("A-1", "B" * 200), "too long"),
    ("a key twice", ROWS[0], "line 2 has the same key"),
    ("an unknown value", ROWS[0].replace("A-1", "B-1").replace("Litter", "Odd"), "has no value"),
    ("no title", ROWS[0].replace("A-1", "B-1").replace("Bags by the door", ""), "is needed"),
    ("a title that is too long", ROWS[0].replace("A-1", "B-1").replace("Bags", "B" * 300), "200"),
    ("a control character", ROWS[0].replace("A-1", "B-1").replace("Bags", "B\x1b[31mags"), "U+001B"),
]


def reasons(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(("row", "words"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_a_row_that_does_not_fit_is_reported_and_all_others_are_imported(bench: Bench, row: str, words: str) -> None:
    report = bench.run(bench.file(table(*ROWS, row)))

    assert (report.read, report.imported, report.rejected) == (4, 3, 1)
    assert report.report == bench.folder / "r.csv.rejected.csv"
    head, told = reasons(report.report)
    assert told[len(head) - 2] == "5"
    assert words in told[len(head) - 1]
    assert len(bench.cases()) == 3


def test_the_report_keeps_the_row_as_it_stood_and_speaks_the_readers_language(bench: Bench) -> None:
    odd = ROWS[0].replace("A-1", "B-1").replace("Litter", "Odd")

    report = bench.run(bench.file(table(odd)), lang="zh")

    assert report.report is not None
    header, row = reasons(report.report)
    assert header[-2:] == ["行号", "原因"]
    assert ",".join(row[:-2]) == odd
    assert "没有该值" in row[-1]


def test_a_mended_report_can_be_imported_as_it_is(bench: Bench) -> None:
    odd = ROWS[0].replace("A-1", "B-1").replace("Litter", "Odd")
    first = bench.run(bench.file(table(odd, odd.replace("B-1", "B-2"))))
    assert first.report is not None
    mended = first.report.read_text(encoding="utf-8-sig").replace("Odd,Closed", "Litter,Closed", 1)

    second = bench.run(bench.file(mended, "mended.csv"))

    assert (second.imported, second.rejected) == (1, 1)
    assert second.report is not None
    assert reasons(second.report)[0].count("reason") == 1


def test_a_report_of_an_earlier_import_goes_when_nothing_is_rejected_any_more(bench: Bench) -> None:
    odd = ROWS[0].replace("Litter", "Odd")
    assert bench.run(bench.file(table(odd))).report is not None

    assert bench.run(bench.file(table(ROWS[0]))).report is None
    assert not (bench.folder / "r.csv.rejected.csv").exists()


def test_a_file_that_is_no_report_is_never_replaced(bench: Bench) -> None:
    other = bench.file("my own notes\n", "r.csv.rejected.csv")

    with pytest.raises(UsageError, match="--report"):
        bench.run(bench.file())

    assert other.read_text() == "my own notes\n"
    assert bench.cases() == []


def test_rows_that_the_map_does_not_keep_are_passed_over(bench: Bench) -> None:
    report = bench.run(bench.file(table(ROWS[0], ROWS[1].replace("Parking", "Weather"))))

    assert (report.imported, report.passed, report.rejected) == (1, 1, 0)


def test_what_the_engine_refuses_is_rejected_and_nothing_of_it_stays(bench: Bench) -> None:
    bench.run(bench.file(table(ROWS[0])))

    report = bench.run(bench.file(table(ROWS[0].replace("Bags", "Boxes"), ROWS[1])))

    assert (report.imported, report.already, report.rejected) == (1, 0, 1)
    assert report.report is not None
    assert "imported before with other cells" in reasons(report.report)[1][-1]
    assert [case.data["title"] for case in bench.cases()] == ["Bags by the door", "Car on the pavement"]


def test_importing_twice_changes_nothing(bench: Bench) -> None:
    path = bench.file()
    assert bench.run(path).imported == 3
    before = bench.cases()

    again = bench.run(path)

    assert (again.imported, again.already) == (0, 3)
    assert bench.cases() == before


def test_gb18030_and_a_byte_order_mark_are_read(bench: Bench) -> None:
    chinese = table(ROWS[0].replace("Bags by the door", "门口垃圾"))
    bench.run(bench.file(chinese.encode("gb18030")), encoding="gb18030")
    bench.run(bench.file(b"\xef\xbb\xbf" + chinese.replace("A-1", "A-9").encode()))

    assert [case.data["title"] for case in bench.cases()] == ["门口垃圾", "门口垃圾"]


def test_cells_without_a_column_stand_behind_the_reason_also_when_the_report_is_imported_again(bench: Bench) -> None:
    first = bench.run(bench.file(table(ROWS[0].replace("A-1", "B-1") + ",more")))
    assert first.report is not None
    again = bench.run(bench.file(first.report.read_bytes(), "again.csv"))
    assert (again.imported, again.rejected) == (0, 1)
    assert again.report is not None
    for report in (first.report, again.report):
        head, row = reasons(report)
        assert (head[-2:], len(row)) == (["line", "reason"], len(head) + 1)
        assert (row[len(head) - 2], row[-1]) == ("2", "more")
        assert "cells" in row[len(head) - 1]


def test_cells_in_quotes_may_hold_commas_quotes_and_lines(bench: Bench) -> None:
    bench.run(bench.file(table(ROWS[0].replace("Bags by the door", '"Bags, ""big"" ones"'))))

    assert bench.cases()[0].data["title"] == 'Bags, "big" ones'


BROKEN = [
    ("wrong encoding", table(*ROWS).encode() + "B-1,门".encode("gb18030"), 5, "0x"),
    ("nul", table(*ROWS).encode() + b"B-1,\0\n", 5, "NUL"),
    ("a quote that never ends", table(*ROWS).encode() + b'B-1,"Bags\nand more\n', 5, "not CSV"),
    ("an endless line", table(*ROWS).encode() + b"x" * 1_000_002, 5, "longer than"),
    ("a column twice", b"number,number\n1,2\n", None, "twice"),
    ("a nameless column", b"number,,kind\n1,2,3\n", None, "column 2"),
    ("nothing", b"", None, "empty"),
]


@pytest.mark.parametrize(("content", "line", "words"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_table_is_refused_before_anything_is_imported(
    bench: Bench, content: bytes, line: int | None, words: str
) -> None:
    with pytest.raises(BrokenTable) as caught:
        bench.run(bench.file(content))

    assert words in str(caught.value)
    assert caught.value.details.get("line") == line
    assert caught.value.message("zh")
    assert bench.cases() == []


def test_a_column_that_the_table_lacks_is_told_with_its_place_in_the_map(bench: Bench) -> None:
    with pytest.raises(DefinitionError, match="did you mean `kind`") as caught:
        bench.run(bench.file(table(*ROWS)), MAP.replace("column: kind", "column: kinds"))

    assert caught.value.line == 10


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_table_that_is_not_a_file_is_refused(bench: Bench, name: str) -> None:
    with pytest.raises(BrokenTable):
        bench.run(bench.folder / name)


@pytest.mark.parametrize("encoding", ["utf-16", "klingon", "base64"])
def test_an_encoding_that_cannot_hold_a_table_is_refused(bench: Bench, encoding: str) -> None:
    with pytest.raises(BrokenTable, match=encoding):
        bench.run(bench.file(), encoding=encoding)
