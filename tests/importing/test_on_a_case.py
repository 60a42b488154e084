"""Rows that fire an event on one case, such as the lines of a list: once each, on the case that is named."""

import json
from pathlib import Path

import pytest
from tests.importing.test_command import Run, duban  # noqa: F401 - the fixture

LINES = """\
import: issue
register: lines
key: number
event: suspend
by: leader
fields: {reason: {column: why}}
"""
STARTS = """\
import: issue
register: requests
key: number
event: report
by: grid-worker
fields: {title: {column: why}, category: {value: litter}}
"""


@pytest.fixture
def prepared(duban: Run, tmp_path: Path) -> Run:  # noqa: F811
    """An assigned issue, a table of two rows, a map that fires and one that starts."""
    (tmp_path / "on.yaml").write_text(LINES, encoding="utf-8")
    (tmp_path / "start.yaml").write_text(STARTS, encoding="utf-8")
    (tmp_path / "lines.csv").write_text("number,why\n1,rain\n2,snow\n", encoding="utf-8")
    duban("start", "issue", "-f", "title=x", "-f", "category=litter", "--as", "grid-worker")
    duban("fire", "ISS-000001", "assign", "-f", "unit=city-management", "--as", "office")
    return duban


def test_every_row_fires_the_event_on_the_case_once(prepared: Run) -> None:
    first = prepared("import", "lines.csv", "--map", "on.yaml", "--on", "ISS-000001", "--json")
    again = prepared("import", "lines.csv", "--map", "on.yaml", "--on", "ISS-000001", "--json")
    rows = json.loads(prepared("history", "ISS-000001", "--as", "office", "--json").stdout)

    # The second row is refused: the first has suspended the case already.
    assert (json.loads(first.stdout)["imported"], json.loads(first.stdout)["rejected"]) == (1, 1)
    assert (json.loads(again.stdout)["already"], json.loads(again.stdout)["rejected"]) == (1, 1)
    assert [row["data"]["reason"] for row in rows if row["event"] == "suspend"] == ["rain"]


def test_the_same_rows_are_other_ones_on_another_case(prepared: Run) -> None:
    prepared("start", "issue", "-f", "title=y", "-f", "category=litter", "--as", "grid-worker")
    prepared("fire", "ISS-000002", "assign", "-f", "unit=city-management", "--as", "office")

    counts = [
        json.loads(prepared("import", "lines.csv", "--map", "on.yaml", "--on", ref, "--json").stdout)["imported"]
        for ref in ("ISS-000001", "ISS-000002")
    ]
    assert counts == [1, 1]


@pytest.mark.parametrize(("words", "code"), [(("on.yaml",), 2), (("start.yaml", "--on", "ISS-000001"), 2)])
def test_a_map_that_fires_needs_a_case_and_one_that_starts_takes_none(
    words: tuple[str, ...], code: int, prepared: Run
) -> None:
    done = prepared("import", "lines.csv", "--map", *words)

    assert done.returncode == code
    assert "--on" in done.stderr
    assert "Traceback" not in done.stderr


def test_on_a_case_that_is_not_there_every_row_is_rejected(prepared: Run) -> None:
    done = prepared("import", "lines.csv", "--map", "on.yaml", "--on", "ISS-000099", "--json")

    assert (done.returncode, json.loads(done.stdout)["rejected"]) == (7, 2)
