"""Workbooks and tables that others made are read in bounded time and memory, as text, or refused with what to do."""

import io
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.importing import archive, sheets
from duban.importing.cells import column_of, letters
from duban.importing.delimited import Delimited
from duban.importing.errors import BrokenTable
from duban.importing.sheets import Sheet, write_sheet

SHEET = "xl/worksheets/sheet1.xml"


def workbook(folder: Path, content: bytes | None = None) -> Path:
    path = folder / "table.xlsx"
    path.write_bytes(write_sheet([["a", "b"], ["1.10", 2]], "S") if content is None else content)
    return path


def rewritten(folder: Path, parts: dict[str, bytes]) -> Path:
    """A workbook some of whose parts are other ones."""
    packed = io.BytesIO()
    with ZipFile(workbook(folder)) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name in dict.fromkeys([*source.namelist(), *parts]):
            target.writestr(name, parts.get(name, source.read(name) if name in source.namelist() else b""))
    return workbook(folder, packed.getvalue())


def sheet_of(rows: str, after: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def refused(path: Path, sheet: str | None = None) -> str:
    """The key of the sentence with which a file is refused."""
    with pytest.raises(BrokenTable) as broken:
        list(Sheet(path, sheet).lines())
    assert broken.value.message("en") != broken.value.message("zh")
    return broken.value.key


def test_texts_stay_texts_and_numbers_are_told_as_numbers(tmp_path: Path) -> None:
    _, line = Sheet(workbook(tmp_path)).lines()

    assert [(cell.text, cell.kind) for cell in line.cells] == [("1.10", "text"), ("2", "number")]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.text(st.characters(blacklist_categories=("Cc", "Cs"))).map(str.strip), min_size=1, max_size=5))
def test_whatever_text_is_written_is_read_back_and_is_never_a_formula(words: list[str], tmp_path: Path) -> None:
    words = [word for word in words if not any(sign in word for sign in "\u2028\u2029\ufffe\uffff")] + ["=1+1", "@x"]
    _, line = Sheet(workbook(tmp_path, write_sheet([["h"], ["x", *words]], "S"))).lines()

    assert [cell.text for cell in line.cells[1:]] == words
    assert {cell.kind for cell in line.cells} == {"text"}


def test_formulas_and_errors_are_told_as_what_they_are_and_never_computed(tmp_path: Path) -> None:
    row = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="e"><v>#REF!</v></c></row>'
    (line,) = Sheet(rewritten(tmp_path, {SHEET: sheet_of(row)})).lines()

    assert [(cell.text, cell.kind) for cell in line.cells] == [("=1+1", "formula"), ("#REF!", "error")]


def test_merged_cells_are_listed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.merge_cells("B3:C7")
    book.save(tmp_path / "table.xlsx")

    (merged,) = Sheet(tmp_path / "table.xlsx").merged()
    assert (merged.line, merged.column, merged.last, merged.name) == (3, 1, 7, "B3:C7")


def test_a_mark_a_million_rows_below_is_refused_after_the_bound(tmp_path: Path) -> None:
    row = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'

    assert refused(rewritten(tmp_path, {SHEET: sheet_of(row)})) == "rows"


def test_a_million_rows_are_refused_after_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_LINES", 50)
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 53))

    assert refused(rewritten(tmp_path, {SHEET: sheet_of(rows)})) == "rows"


@pytest.mark.asvs("12.1.2")
def test_what_unpacks_too_far_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    zeros = b"0" * (archive.MAX_UNPACKED + 1)
    path = rewritten(tmp_path, {"xl/media/x.xml": zeros})

    assert path.stat().st_size < 1_000_000
    assert refused(path) == "bomb"


def test_a_workbook_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    assert refused(rewritten(tmp_path, {f"x/{n}.bin": b"" for n in range(archive.MAX_PARTS)})) == "bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
@pytest.mark.asvs("5.5.2")
def test_declared_entities_are_refused_in_every_part(encoding: str, tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'.encode(encoding)

    assert refused(rewritten(tmp_path, {SHEET: bomb})) == "entities"
    assert refused(rewritten(tmp_path, {"xl/sharedStrings.xml": b" " * (1024 * 1024 - 4) + bomb})) == "entities"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old-workbook"),
        (b"PK\x03\x04 and then nothing", "no-workbook"),
        (b"PK\x03\x04" * 500, "no-workbook"),
        (b"", "no-workbook"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(content: bytes, key: str, tmp_path: Path) -> None:
    assert refused(workbook(tmp_path, content)) == key


def test_a_workbook_without_its_parts_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as empty:
        empty.writestr("hello.txt", "hello")

    assert refused(workbook(tmp_path, packed.getvalue())) == "no-workbook"
    assert refused(rewritten(tmp_path, {SHEET: b"<worksheet><sheetData><row"})) == "no-workbook"
    assert refused(rewritten(tmp_path, {"xl/workbook.xml": b"\xff\xfe not xml"})) == "no-workbook"


def test_a_workbook_that_is_cut_off_anywhere_is_read_or_refused_but_never_a_fault(tmp_path: Path) -> None:
    whole = workbook(tmp_path).read_bytes()
    for length in range(0, len(whole), 97):
        assert refused(workbook(tmp_path, whole[:length])) in ("no-workbook", "old-workbook")


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    with path.open("r+b") as file:
        file.truncate(archive.MAX_FILE + 1)

    assert refused(path) == "large"


def test_a_sheet_is_found_by_its_name_and_a_wrong_name_is_told_with_the_nearest(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.create_sheet("测评表").append(["x"])
    book.save(tmp_path / "table.xlsx")

    assert [line.cells[0].text for line in Sheet(tmp_path / "table.xlsx", "测评表").lines()] == ["x"]
    with pytest.raises(BrokenTable) as broken:
        Sheet(tmp_path / "table.xlsx", "测评表格")
    assert "是否想写“测评表”" in broken.value.message("zh")


def test_the_same_rows_give_the_same_bytes() -> None:
    assert write_sheet([["a", 1]], "S") == write_sheet([["a", 1]], "S")


@given(st.integers(0, 20_000))
def test_columns_are_named_as_in_a_sheet(number: int) -> None:
    assert column_of(letters(number)) == number
    assert letters(0) == "A"
    assert letters(26) == "AA"


def test_a_csv_file_with_a_byte_order_mark_reads_like_one_without(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("层级,编号\n大项,1\n".encode("utf-8-sig"))

    assert [cell.text for line in Delimited(tmp_path / "a.csv").lines() for cell in line.cells] == [
        "层级",
        "编号",
        "大项",
        "1",
    ]


def test_a_csv_file_in_gbk_is_read_when_it_is_said_and_told_when_not(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("层级,编号\n大项,1\n".encode("gbk"))

    assert next(Delimited(tmp_path / "a.csv", "gb18030").lines()).cells[0].text == "层级"
    with pytest.raises(BrokenTable) as broken:
        list(Delimited(tmp_path / "a.csv").lines())
    assert "--encoding gb18030" in broken.value.message("en")
