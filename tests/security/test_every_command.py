"""Every command of the tree says the same to who may not see, in a store with hidden cases and in its twin without."""

import io
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.security.lines import CASES, LEFT_OUT, lines, tree
from tests.security.twins import HIDDEN, MARK, Twins, later, made
from tests.workflows.two_stores import Said, in_this_process, said

from duban.cli.kit.desk import Desk
from duban.cli.registry import COMMANDS

HIDDEN_CASE = CASES[1]
FULL = os.environ.get("DUBAN_SOAK") == "1"
OUTSIDERS = ("clerk", "road-hand", "caller-1", "usher", "two-hats", "", "somebody")
WAYS = (("--json", "en"), ("", "zh"), ("--json", "zh"), ("", "en"))
BY_CHANCE = re.compile(r"\b(?:post_box|register)-[0-9a-f]{24}\b")


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """Both stores."""
    with made(tmp_path_factory.mktemp("commands")) as found:
        yield found


def desk_of(place: Path) -> Desk:
    """A desk at one of the stores."""
    return Desk(["--db", f"sqlite:///{place / 'street.db'}"], {})


def typed(place: Path, line: list[str], by: str, way: tuple[str, str], number: int) -> Said:
    """Type a line; as a person sees it where it is not JSON and the number is odd, with all that is logged."""
    form, lang = way
    words = [*line, *(["--as", by] if by else []), *([form] if form else [])]
    told = said(place, words, to_person=not form and number % 2 == 1, lang=lang, log="debug", width=200)
    return Said(told.code, BY_CHANCE.sub("KEY", told.out), BY_CHANCE.sub("KEY", told.err))


def test_the_walk_comes_to_every_command(twins: Twins) -> None:
    desk = desk_of(twins.holding)
    walked = {words for words, _ in tree(desk)}
    desk.close()
    assert {words.split()[0] for words in walked} == {*COMMANDS, "tip", "deal"}
    assert {"tip weigh", "deal seal", "evidence export", "outbox retry"} <= walked
    assert set(LEFT_OUT) <= walked


@pytest.mark.parametrize("by", OUTSIDERS)
def test_no_command_tells_that_there_are_hidden_cases(twins: Twins, tmp_path: Path, by: str) -> None:
    without, holding = twins.copied(tmp_path)
    desk, place = desk_of(holding), OUTSIDERS.index(by)
    every = lines(desk)
    desk.close()
    assert len(every) > 300
    with in_this_process(later()):
        for number, line in enumerate(every):
            if not FULL and number % len(OUTSIDERS) != place and not (HIDDEN_CASE in line[:3] and len(line) < 5):
                continue
            for way in WAYS if FULL else [WAYS[(number + place) % len(WAYS)]]:
                for folder in (without, holding):
                    (folder / "rows.csv").write_text("title\nrow\n", encoding="utf-8")
                told = [typed(folder, line, by, way, number) for folder in (without, holding)]
                assert told[1] == told[0], (line, by, way)
                words = told[1].out + told[1].err
                assert MARK.findall(words) == [], line
                assert set(HIDDEN.findall(words)) <= set(HIDDEN.findall(" ".join(line))), line
    assert left_behind(holding) == {}


def left_behind(place: Path) -> dict[str, list[str]]:
    """What names a hidden case in the files that commands made, unpacked; the store and its evidence aside."""
    found = {}
    for file in place.rglob("*"):
        if file.is_file() and not file.name.startswith("street.db") and "evidence" not in str(file.relative_to(place)):
            told = "\n".join(_unpacked(file.read_bytes()))
            named = MARK.findall(told) + HIDDEN.findall(told)
            if named:
                found[str(file.relative_to(place))] = named
    return found


def _unpacked(content: bytes) -> Iterator[str]:
    yield content.decode(errors="replace")
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name
                yield from _unpacked(packed.read(name))
