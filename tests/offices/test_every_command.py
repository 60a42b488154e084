"""Every command there is, typed for one office by everybody who is anybody: no mark of the other comes out."""

from pathlib import Path

import pytest
from tests.offices.district import FULL, KINDS, MARK, NORTH, SOUTH, District
from tests.security.lines import LEFT_OUT, lines
from tests.security.twins import later
from tests.workflows.two_stores import in_this_process

from duban.cli.kit.desk import Desk

ACTORS = ("judge-1", "clerk", "road-hand", "caller-1", "judge-2", "two-hats", "")
MARKED = (MARK, MARK[:4])


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


def commands(district: District) -> list[list[str]]:
    """The lines, and those that a walk over options does not come to."""
    desk = Desk(["--office", NORTH, "--offices", str(district.file)], {})
    found = lines(desk)
    desk.close()
    assert LEFT_OUT.keys() == {"demo", "backup", "restore"}
    return [
        *found, ["backup", "--out", "made.backup"], ["restore", "made.backup", "--check"], ["restore", "made.backup"],
        ["office", "list"], ["office", "show"], ["office", "check"], ["office", "migrate"], ["doctor"], ["metrics"],
    ]  # fmt: skip


def test_no_command_for_one_office_tells_anything_of_the_other_or_touches_it(district: District, kind: str) -> None:
    every, before = commands(district), district.kept(SOUTH)
    assert len(every) > 300
    ran = 0
    (district.folder / "rows.csv").write_text("title\nrow\n", encoding="utf-8")
    with in_this_process(later()):
        for number, line in enumerate(every):
            if not FULL and number % (3 if kind == "sqlite" else 11):
                continue
            for by in ACTORS if FULL else [ACTORS[number % len(ACTORS)]]:
                said = district.types(*line, *(["--as", by] if by else []), *(["--json"] if number % 3 else []))
                told = (said.out + said.err).replace("\\u79d8", "秘")
                assert [mark for mark in MARKED if mark in told] == [], line
                ran += said.code == 0
    assert ran > (len(every) if FULL else 2)
    assert district.kept(SOUTH) == before
    assert made_with_marks(district.folder) == []


def made_with_marks(folder: Path) -> list[str]:
    """The files, but those of the other office itself, in which a mark stands."""
    others = [
        file for file in sorted(folder.rglob("*")) if file.is_file() and SOUTH not in str(file.relative_to(folder))
    ]
    return [str(file) for file in others if any(mark.encode() in file.read_bytes() for mark in MARKED)]


def test_what_is_shown_of_the_office_itself_would_have_shown_the_mark(district: District) -> None:
    said = district.types("show", "TIP-000001", "--as", "judge-1", "--json", office=SOUTH)
    assert said.code == 0
    assert MARK in said.out
