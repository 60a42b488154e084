"""Archiving tells nobody that a hidden case hangs on one that they see, and nothing that it does is lost."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.engine.runtime.hidden_slips import CALLING, HIDDEN, RINGING, RULES
from tests.engine.runtime.shelf import pack
from tests.workflows.two_stores import Said, in_this_process, said

import duban
from duban.engine.runtime.checkpoints import written
from duban.testing import FrozenClock

MORNING = "2020-11-23T09:30:00+08:00"
LATER = "2020-12-24T09:00:00+08:00"
NOTES = ("NOT-000001", "NOT-000002", "NOT-000003")
COMMANDS = (
    ("archive", "run", "--dry-run"), ("archive", "list"), ("archive", "run"), ("archive", "list"), ("list", "note"),
    *(("show", ref) for ref in NOTES), *(("archive", "return", ref) for ref in NOTES),
    *(("show", ref) for ref in NOTES),
    ("archive", "run", "--dry-run"), ("sweep",), ("verify",), ("doctor",), ("archive", "list"), ("stats",),
)  # fmt: skip


def lived(folder: Path, *, holding: bool) -> Path:
    """Three closed notes. Where the store holds hidden cases, one hangs open on each of the first two, and a third
    ended late; in the other store they ended in time, or never were."""
    folder.mkdir()
    clock = FrozenClock(MORNING)
    pack_of = folder.parent / "pack"
    chosen = pack_of if pack_of.exists() else pack(pack_of, slip=HIDDEN, archive=RULES)
    with duban.Engine(f"sqlite:///{folder / 'street.db'}", pack=chosen, clock=clock) as engine:
        engine.migrate()
        for number, ref in enumerate(NOTES, 1):
            engine.start("note", by="clerk", data={"title": f"note {number}"})
            if number != 2:
                engine.fire(ref, "attach", by="clerk")
            engine.fire(ref, "close", by="clerk")
        if holding:
            engine.start("slip", by="chief", data={"title": "about", "about": NOTES[1]})
        else:
            engine.fire("SLI-000001", "close", by="chief")
            engine.fire("SLI-000002", "close", by="chief")
        engine.deliver()
        if holding:
            clock.advance("25 working days")
            engine.fire("SLI-000002", "close", by="chief")
    return folder


@pytest.fixture
def twins(tmp_path: Path) -> Iterator[list[Path]]:
    """The store without open hidden cases, and the one with them, at a time when the notes may be moved."""
    places = [lived(tmp_path / name, holding=name == "holding") for name in ("without", "holding")]
    with in_this_process(FrozenClock(LATER)):
        yield places


def steady(told: Said) -> Said:
    """Without the name that each store's archives have by chance."""
    out, err = (re.sub(r"closed-2020-[0-9a-f]{8}", "ARCHIVE", text) for text in (told.out, told.err))
    return Said(told.code, out, err)


@pytest.mark.parametrize("by", [None, "clerk", "road-hand"])
@pytest.mark.parametrize("json", [False, True])
def test_archiving_tells_outsiders_the_same_whether_a_hidden_case_hangs_on_theirs_or_not(
    twins: list[Path], by: str | None, json: bool
) -> None:
    before = [*(["--json"] if json else []), *(["--as", by] if by else [])]
    for words in COMMANDS:
        without, holding = (steady(said(place, [*before, *words])) for place in twins)
        assert holding == without, words
        assert "SLI-" not in holding.out + holding.err
    moved = "archive run --dry-run".split()
    assert '"held": 0' in said(twins[1], ["--json", *moved]).out


def test_whoever_may_see_both_is_told_of_no_other_numbers(twins: list[Path]) -> None:
    """Else what is held would depend on who looks, and a run by one would move what another's holds."""
    told = [said(place, ["--json", "--as", "chief", "archive", "run", "--dry-run"]).out for place in twins]
    assert told[0] == told[1]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_checkpoint_made_up_by_hand_is_answered_alike_whether_it_names_hidden_cases_or_none(
    twins: list[Path], lang: str
) -> None:
    told = set()
    for number in (1, 900):
        heads = [(f"SLI-{number:06}", (1, "0" * 64))]
        lines = "".join(written(heads, "pack", datetime(2020, 12, 1, tzinfo=UTC), None))
        for place in twins:
            (place / "made.checkpoint").write_text(lines, encoding="utf-8")
            answer = said(place, ["verify", "--against", "made.checkpoint"], lang=lang)
            told.add(answer)
            assert answer.code == 1
    assert len(told) == 1
    assert "SLI-" not in told.pop().out


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[tuple[duban.Engine, FrozenClock]]:
    """A note in an archive, and a hidden slip of its that is open."""
    clock = FrozenClock(MORNING)
    chosen = pack(tmp_path / "pack", note=RINGING, slip=CALLING, archive=RULES)
    with duban.Engine(f"sqlite:///{tmp_path / 'street.db'}", pack=chosen, clock=clock) as engine:
        engine.migrate()
        engine.start("note", by="clerk", data={"title": "a note"})
        engine.fire(NOTES[0], "attach", by="clerk")
        engine.fire(NOTES[0], "close", by="clerk")
        engine.deliver()
        clock.move_to(LATER)
        assert engine.archive().moved == 1
        yield engine, clock


@pytest.mark.parametrize("event", ["call", "hint"])
def test_what_a_hidden_case_does_to_one_in_an_archive_is_refused_until_that_is_back_and_never_passed_over(
    hanging: tuple[duban.Engine, FrozenClock], event: str
) -> None:
    engine, _ = hanging
    with pytest.raises(duban.CaseArchived) as fault:
        engine.fire("SLI-000001", event, by="chief")
    assert fault.value.data["ref"] == NOTES[0]
    engine.bring_back(NOTES[0], by="chief")
    engine.fire("SLI-000001", event, by="chief")
    assert [row.event for row in engine.history(NOTES[0], by="clerk")] == ["write", "attach", "close", "ring"]


def test_what_would_be_passed_over_at_home_is_passed_over_in_an_archive(
    hanging: tuple[duban.Engine, FrozenClock],
) -> None:
    engine, _ = hanging
    engine.fire("SLI-000001", "wave", by="chief")
    assert engine.get(NOTES[0], by="clerk").archive is not None


def test_a_ladder_step_of_a_hidden_case_brings_back_by_itself_what_it_fires_on(
    hanging: tuple[duban.Engine, FrozenClock],
) -> None:
    engine, clock = hanging
    clock.advance("70 working days")
    report = engine.sweep()
    assert (report.climbed, report.failed) == (1, ())
    assert [row.event for row in engine.history("SLI-000001", by="chief")] == ["write", "look@due", "press"]
    assert [row.event for row in engine.history(NOTES[0], by="clerk")][-1] == "ring"
    assert engine.refusals(by="chief") == []
    assert engine.verify() == []


def test_where_the_archive_is_elsewhere_the_step_waits_for_it_and_no_outsider_hears_of_it(
    hanging: tuple[duban.Engine, FrozenClock], tmp_path: Path
) -> None:
    engine, clock = hanging
    (file,) = (tmp_path / "street.db.archives").iterdir()
    shutil.move(file, tmp_path / "tape")
    clock.advance("70 working days")
    assert engine.sweep(by="clerk").failed == ()
    assert engine.sweep(by="chief").failed == ("SLI-000001",)
    assert len(engine.history("SLI-000001", by="chief")) == 1
    shutil.move(tmp_path / "tape", file)
    assert engine.sweep().climbed == 1
    assert [row.event for row in engine.history(NOTES[0], by="clerk")][-1] == "ring"
