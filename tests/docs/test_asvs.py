"""docs/reference/asvs.md and the marks of the tests tell the same: every item has its tests, every mark its item."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "reference" / "asvs.md"
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py::test_\w+)`")

Pairs = set[tuple[str, str]]


def tabled(page: str) -> Pairs:
    """Each item of the table with each of its tests."""
    return {(number, test) for number, _subject, _how, tests in _ROW.findall(page) for test in _TEST.findall(tests)}


def marked(file: Path, source: str) -> Iterator[tuple[str, str]]:
    """Each number that a test of this file carries, with the test."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.asvs":
                    for number in mark.args:
                        assert isinstance(number, ast.Constant)
                        yield str(number.value), f"{file.relative_to(ROOT).as_posix()}::{node.name}"


def all_marks() -> Pairs:
    """The marks of every test."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return {pair for file in files for pair in marked(file, file.read_text(encoding="utf-8"))}


def test_every_item_of_the_table_has_its_tests_and_every_mark_its_item() -> None:
    table, marks = tabled(PAGE.read_text(encoding="utf-8")), all_marks()
    assert len(marks) > 80
    assert table - marks == set(), "these tests are in the table and do not carry the mark"
    assert marks - table == set(), "these tests carry the mark and are not in the table"


def test_each_item_stands_once_in_order_and_has_a_test() -> None:
    rows = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    numbers = [tuple(map(int, number.split("."))) for number, *_ in rows]
    assert numbers == sorted(set(numbers))
    assert [number for number, *_, tests in rows if not _TEST.search(tests)] == []
    assert {number[0] for number in numbers} == {1, 4, 5, 7, 8, 9, 10, 12, 13, 14}


def test_a_row_without_a_mark_and_a_mark_without_a_row_would_be_found() -> None:
    row = "| 4.1.1 | x | y | `tests/a/test_b.py::test_c` |"
    assert tabled(row) == {("4.1.1", "tests/a/test_b.py::test_c")}
    source = '@pytest.mark.asvs("4.1.1", "5.1.3")\ndef test_c(): ...'
    assert {number for number, _ in marked(ROOT / "tests/a/test_b.py", source)} == {"4.1.1", "5.1.3"}
