"""docs/explanation/faults.md: its attacks are numbered, and each names tests that are there."""

import ast
import re

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "explanation" / "faults.md"
_ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def names_in(file: str) -> set[str]:
    """The names of the tests of a file."""
    source = (ROOT / file).read_text(encoding="utf-8")
    return {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}


def test_the_attacks_are_numbered_without_a_gap_and_each_names_tests_that_are_there() -> None:
    rows = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert [int(number) for number, *_ in rows] == list(range(1, 20))
    for number, _attack, _holds, tests in rows:
        named = _TEST.findall(tests)
        assert named, number
        assert [(file, test) for file, test in named if test not in names_in(file)] == [], number


def test_every_file_of_attacks_stands_in_the_table() -> None:
    named = {file for file, _test in _TEST.findall(PAGE.read_text(encoding="utf-8"))}
    files = {file.relative_to(ROOT).as_posix() for file in (ROOT / "tests" / "faults").glob("test_*.py")}
    assert files - named == {"tests/faults/test_soundness.py"}
