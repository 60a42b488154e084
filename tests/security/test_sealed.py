"""A case that becomes confidential is nowhere any more: not in what waits, not in what failed, not in any command."""

import json
import logging
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.security.lines import lines
from tests.security.test_every_command import desk_of, left_behind, typed
from tests.security.twins import MARKS, Twins, all_marked, later, made, opened
from tests.workflows.two_stores import in_this_process, said

import duban
from duban.testing import FrozenClock

OUTSIDERS = ("clerk", "road-hand", "caller-1")


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """Both stores, of which one is used here."""
    with made(tmp_path_factory.mktemp("sealed")) as found:
        yield found


def sealed(engine: duban.Engine) -> list[str]:
    """Public cases, whose notices lie in inboxes and are gathered for channels, become confidential."""
    refs = []
    for mark in MARKS[:3]:
        data = {**all_marked(mark), "about": None}
        files = {"papers": (f"{mark}.txt", mark.encode())}
        case = engine.start("deal", by="road-hand", data=data, evidence=files)
        refs.append(case.ref)
        engine.deliver()
        engine.fire(case.ref, "seal", by="clerk", data={"notes": mark})
    return refs


@pytest.fixture(scope="module")
def holding(twins: Twins, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The store with the sealed cases, and their references."""
    _, place = twins.copied(tmp_path_factory.mktemp("store"))
    with opened(place, later()) as engine:
        engine.sweep()
        engine.deliver()
        clock = engine.world.clock
        assert isinstance(clock, FrozenClock)
        clock.advance("1 working hour")
        engine.deliver()
        twins.received()
        refs = sealed(engine)
    return place, refs


def test_what_was_gathered_before_does_not_leave_and_does_not_count(
    twins: Twins, holding: tuple[Path, list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    place, refs = holding
    with opened(place, later()) as engine:
        clock = engine.world.clock
        assert isinstance(clock, FrozenClock)
        clock.advance("4 working hours")
        with caplog.at_level(logging.DEBUG, logger="duban"):
            twins.received()
            report = engine.deliver(by="clerk")
            came = "".join(twins.received())
    words = came + caplog.text
    assert [one for one in (*refs, *MARKS) if one in words] == []
    assert (report.sent, report.postponed, report.dead) == (0, 0, 0)


@pytest.mark.parametrize("by", OUTSIDERS)
def test_no_command_names_it(twins: Twins, holding: tuple[Path, list[str]], tmp_path: Path, by: str) -> None:
    place, refs = holding
    place = Path(shutil.copytree(place, tmp_path / "street"))
    desk = desk_of(place)
    every = [line for number, line in enumerate(lines(desk)) if number % len(OUTSIDERS) == OUTSIDERS.index(by)]
    desk.close()
    (place / "rows.csv").write_text("title\nrow\n", encoding="utf-8")
    with in_this_process(later()):
        for number, line in enumerate([*every, ["show", refs[0]], ["history", refs[1]], ["why", refs[2]]]):
            told = typed(place, line, by, ("--json", "zh") if number % 2 else ("", "en"), number)
            found = [one for one in (*refs, *MARKS) if one in told.out + told.err and one not in line]
            assert found == [], line
    assert left_behind(place) == {}


def test_the_sheet_of_contents_of_a_backup_names_no_case(holding: tuple[Path, list[str]], tmp_path: Path) -> None:
    place, refs = holding
    with in_this_process(later()):
        told = said(place, ["backup", "--out", str(tmp_path / "kept.backup"), "--json"])
    assert told.code == 0
    with zipfile.ZipFile(tmp_path / "kept.backup") as packed:
        manifest = [name for name in packed.namelist() if name.endswith(".json") and "/" not in name]
        words = "".join([told.out, *packed.namelist(), *(packed.read(name).decode() for name in manifest)])
    assert manifest != []
    assert [one for one in (*refs, *MARKS) if one in words] == []
    assert re.findall(r"TIP-\d+", words) == []
    assert json.loads(told.out)["done"] == "whole"


@pytest.mark.parametrize("by", OUTSIDERS)
def test_a_shell_completes_none_of_them(holding: tuple[Path, list[str]], by: str) -> None:
    place, refs = holding
    with in_this_process(later()), pytest.MonkeyPatch.context() as patch:
        words = " ".join(["duban", "--as", by, "--db", f"sqlite:///{place}/street.db", "show", ""])
        patch.setenv("_DUBAN_COMPLETE", "bash_complete")
        patch.setenv("COMP_WORDS", words)
        patch.setenv("COMP_CWORD", str(words.count(" ")))
        completed = said(place, [])
    assert "DEA-" in completed.out
    assert [one for one in (*refs, *MARKS) if one in completed.out] == []
    assert re.findall(r"TIP-\d+", completed.out) == []
