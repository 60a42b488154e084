"""Counts on the page of a workflow and in histories: by their labels for people, by their names for programs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Street
from tests.engine.runtime.counting import pack


@pytest.fixture
def jobs(tmp_path: Path, street: Street) -> Street:
    """A street whose jobs are counted; one of them was done over twice."""
    assert street.types("init", "--pack", str(pack(tmp_path / "jobs"))).code == 0
    assert street.types("job", "begin", "--title", "sweep", "--as", "clerk").code == 0
    for _ in range(2):
        assert street.types("job", "check", "JOB-000001", "--as", "hand").code == 0
        assert street.types("job", "redo", "JOB-000001", "--as", "clerk").code == 0
    return street


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Redo", "anew after: Praise", "Pace: due", "once: level 5", "2 times: notify", "Begin, Reopen"]),
        (
            "zh",
            [
                "返工",
                "遇以下动作归零：praise",
                "pace：到期",
                "1 次: 5 级",
                "按以下字段合并计数",
                "3个工作日",
            ],
        ),
    ],
)
def test_the_page_of_a_workflow_tells_what_it_counts_in_eighty_columns(
    jobs: Street, person: Callable[[], None], lang: str, words: list[str]
) -> None:
    person()
    said = jobs.types("workflow", "show", "job", "--as", "clerk", DUBAN_LANG=lang)
    assert [word for word in words if word not in said.out] == []
    assert max(map(columns, said.out.splitlines())) <= 80


def columns(line: str) -> int:
    """How wide a line is: a Chinese character takes two columns."""
    return sum(1 + (character >= "\u2e80") for character in line.rstrip())


def test_a_program_is_told_all_of_a_count(jobs: Street) -> None:
    counts = jobs.types("workflow", "show", "job", "--as", "clerk", "--json").document["counts"]
    assert counts[-1] == {
        "name": "repeats", "label": "Repeats", "of": ["begin", "reopen"], "when": None, "across": ["place", "kind"],
        "within": "3 working days", "resets_on": [], "ladder": [3],
    }  # fmt: skip
    assert (counts[0]["resets_on"], counts[0]["ladder"]) == (["praise"], [2, 3])


def test_the_history_tells_a_step_by_its_count_and_how_often(jobs: Street, person: Callable[[], None]) -> None:
    assert "reworks@2" in jobs.types("history", "JOB-000001", "--as", "clerk").out
    person()
    assert "Reworks:" in (said := jobs.types("history", "JOB-000001", "--as", "clerk").out)
    assert "2 times" in said
    assert "返工：2 次" in jobs.types("history", "JOB-000001", "--as", "clerk", DUBAN_LANG="zh").out


def test_whoever_fires_is_told_the_version_that_the_steps_left(jobs: Street, person: Callable[[], None]) -> None:
    assert jobs.types("job", "check", "JOB-000001", "--as", "hand").code == 0
    person()
    said = jobs.types("job", "redo", "JOB-000001", "--as", "clerk")
    last = jobs.types("history", "JOB-000001", "--as", "clerk", "--json").document[-1]
    assert (last["event"], last["seq"]) == ("alarm", 10)
    assert "Redo: Checked → Open, version 10." in said.out
    assert "LET-000001" in said.out
