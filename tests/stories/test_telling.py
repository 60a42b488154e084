"""The player of stories: a page that tells something wrong does not pass; the documentation names its keys."""

from pathlib import Path
from typing import Any

import pytest
from tests.docs.pages import ROOT, blocks_of
from tests.stories.outcome import TABLES
from tests.stories.telling import PAGE, STEP, Story, read, telling

HOW_TO = ROOT / "docs" / "how-to" / "write-a-story.md"
REPORTED: dict[str, Any] = {
    "at": "2021-01-22 15:30",
    "by": "patrol-member",
    "start": "issue report",
    "with": {"title": "墙面乱涂写", "category": "graffiti", "place": "滨江步道"},
}
ASSIGN: dict[str, Any] = {"at": "2021-01-22 16:00", "by": "office-coordination-1", "fire": "ISS-000001 assign"}
VERIFY: dict[str, Any] = {"at": "2021-01-22 16:00", "by": "office-coordination-1", "fire": "ISS-000001 verify"}


@pytest.mark.parametrize(
    "wrong",
    [
        ASSIGN | {"refused": "guard-refused"},
        VERIFY,
        VERIFY | {"refused": "guard-refused"},
        VERIFY | {"refused": "not-permitted", "because": "it was assigned more than one working day ago"},
        ASSIGN | {"meanwhile": {"levels": {"ISS-000001": 1}}},
        ASSIGN | {"at": "2021-01-22 15:00"},
        ASSIGN | {"note": "a key that no step has"},
    ],
    ids=["done", "refused", "another code", "another reason", "another level", "going back", "unknown key"],
)
def test_a_step_that_goes_otherwise_than_its_page_tells_does_not_pass(wrong: dict[str, Any], tmp_path: Path) -> None:
    story = Story("wrong", "wrong", [REPORTED, wrong], {})
    with telling(story, tmp_path) as teller:
        teller.play(REPORTED)
        with pytest.raises(AssertionError):
            teller.play(wrong)


def test_the_story_of_the_documentation_comes_to_what_it_tells(tmp_path: Path) -> None:
    [block] = [block for block in blocks_of(HOW_TO) if block.language == "yaml"]
    page = tmp_path / "page.yaml"
    page.write_text(block.text, encoding="utf-8")
    story = read(page)
    with telling(story, tmp_path) as teller:
        for step in story.does:
            teller.play(step)
        assert teller.told(story.then) == story.then


def test_the_documentation_names_every_key_and_every_table_of_a_story() -> None:
    rows = [line.split("|")[1] for line in HOW_TO.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in row.split("`")[1::2]}
    assert named - {"ISS-000001"} == PAGE | STEP | TABLES
