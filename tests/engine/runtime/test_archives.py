"""Histories of finished cases leave the store when their time is over, and everything is told as it was before."""

import shutil
import stat
from contextlib import closing
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.shelf import FIGURES, LATER, SECRET, finished, open_note, pack
from tests.engine.runtime.street import contents

import duban
import duban.testing


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("pg"))])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def rows_in_store(engine: duban.Engine) -> set[str]:
    """The cases that have rows of history in the store."""
    return {row["case_id"] for row in contents(engine)["duban_history"]}


def test_a_case_is_moved_on_the_day_after_its_time_is_over_and_not_before(
    notes: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref, still = finished(notes), open_note(notes)
    clock.move_to("2020-12-23T23:59:00+08:00")
    assert (notes.archive().moved, notes.get(ref, by="clerk").archive) == (0, None)

    clock.move_to("2020-12-24T00:00:01+08:00")
    assert [(one.rule.name, one.count, one.held) for one in notes.archivable()] == [("notes", 1, 0), ("slips", 0, 0)]
    assert notes.sweep().archived == 1
    name = notes.get(ref, by="clerk").archive
    assert name is not None
    assert name.startswith("closed-2020-")
    assert notes.get(still, by="clerk").archive is None
    assert [(one.name, one.cases, one.at_hand) for one in notes.archives()] == [(name, 1, True)]
    assert (notes.sweep().archived, notes.archive().moved) == (0, 0)


def test_what_is_told_of_a_case_is_the_same_before_and_after(
    notes: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    refs = [finished(notes, f"note {number}", key=f"key-{number}") for number in range(3)]
    published, told = notes.checkpoint(), [notes.history(ref, by="clerk") for ref in refs]
    clock.move_to(LATER)
    counts = notes.stats(by="clerk")
    assert notes.archive().moved == 3
    assert len(rows_in_store(notes)) == 0
    assert [notes.history(ref, by="clerk") for ref in refs] == told
    assert notes.stats(by="clerk") == counts
    assert [case.ref for case in notes.find("note", by="clerk")] == refs[::-1]
    assert (notes.verify(published=published), notes.checkpoint()) == ([], published)
    assert len(notes.evidence(refs[0], by="clerk")) == 1
    assert notes.collect() == 0
    assert open_note(notes) == "NOT-000004"


def test_the_same_request_is_known_again_after_its_case_was_moved(
    notes: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = finished(notes, key="once")
    clock.move_to(LATER)
    notes.archive()
    again = notes.start(
        "note", by="clerk", data={"title": "a note", "phone": SECRET}, key="once",
        evidence={"photo": ("a.txt", b"of a note")},
    )  # fmt: skip
    assert again.ref == ref
    assert again.version == 1
    changed = notes.fire(ref, "change", by="clerk", data={"title": "a note, again"}, key="change-once")
    assert (changed.duplicate, changed.row) == (True, notes.history(ref, by="clerk")[1])
    with pytest.raises(duban.KeyReused):
        notes.start("note", by="clerk", data={"title": "another"}, key="once")


def test_figures_of_times_gone_by_stay_what_they_were_or_are_not_told(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock, shelf: Path
) -> None:
    notes = make(pack(tmp_path / "counted", figures=FIGURES))
    refs = [finished(notes) for _ in range(3)]
    clock.move_to(LATER)
    finished(notes)
    before = notes.figure("closed", by="chief", period="2020-Q4")
    assert notes.archive().moved == 3
    assert notes.figure("closed", by="chief", period="2020-Q4") == before
    assert all(ref in repr(before) for ref in refs)
    shutil.move(shelf, tmp_path / "elsewhere")
    with pytest.raises(duban.ArchiveNotAtHand):
        notes.figure("closed", by="chief", period="2020-Q4")


def test_nothing_happens_to_a_case_that_was_moved_until_it_is_brought_back(
    notes: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = finished(notes)
    clock.move_to(LATER)
    notes.archive()
    before = contents(notes)
    with pytest.raises(duban.CaseArchived) as refused:
        notes.fire(ref, "reopen", by="chief")
    assert refused.value.data["archive"] == notes.get(ref, by="clerk").archive
    assert [one.allowed for one in notes.explain(ref, by="chief")] == [False] * 5
    assert notes.explain(ref, by="chief")[2].code == "case-archived"
    assert contents(notes)["duban_cases"] == before["duban_cases"]

    told = notes.history(ref, by="clerk")
    assert notes.bring_back(ref, by="chief") == refused.value.data["archive"]
    assert (notes.history(ref, by="clerk"), notes.archives()) == (told, [])
    assert notes.fire(ref, "reopen", by="chief").case.state == "open"
    assert notes.verify() == []
    with pytest.raises(duban.UsageError):
        notes.bring_back(ref, by="chief")


def test_a_case_that_came_back_is_moved_again_with_all_that_happened_since(
    notes: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = finished(notes, key="once")
    clock.move_to(LATER)
    notes.archive()
    notes.bring_back(ref, by="chief")
    notes.fire(ref, "reopen", by="chief")
    notes.fire(ref, "close", by="chief", key="again")
    notes.deliver()
    told = notes.history(ref, by="clerk")
    clock.move_to("2021-02-24T09:00:00+08:00")
    assert notes.archive().moved == 1
    assert (notes.history(ref, by="clerk"), len(told)) == (told, 5)
    assert notes.verify() == []


def test_what_still_looks_at_a_case_holds_it_back(notes: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    linked, parent, waiting = finished(notes, "linked"), open_note(notes, "parent"), open_note(notes, "waiting")
    linking = open_note(notes, "linking", about=linked)
    notes.fire(parent, "attach", by="clerk")
    notes.fire(parent, "close", by="clerk")
    notes.deliver()
    notes.fire(waiting, "close", by="clerk")
    clock.move_to(LATER)
    assert [(one.count, one.held) for one in notes.archivable()] == [(0, 3), (0, 0)]
    assert notes.archive().moved == 0

    notes.deliver()
    notes.fire(linking, "close", by="clerk")
    notes.fire("SLI-000001", "close", by="clerk")
    # The slip ended only now: what may be opened again may look at its parent.
    assert [(one.count, one.held) for one in notes.archivable()] == [(2, 1), (0, 0)]
    assert notes.archive().moved == 2
    notes.deliver()
    clock.move_to("2021-02-24T09:00:00+08:00")
    assert notes.archive().moved == 3
    assert notes.verify() == []
    assert [case.ref for case in notes.find(by="clerk", parent=parent)] == ["SLI-000001"]


def test_an_archive_that_is_not_at_hand_is_told_and_nothing_is_made_up(
    notes: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path, tmp_path: Path
) -> None:
    ref, other = finished(notes, key="once"), open_note(notes)
    clock.move_to(LATER)
    notes.archive()
    name = notes.get(ref, by="clerk").archive
    shutil.move(shelf, tmp_path / "elsewhere")
    assert notes.get(ref, by="clerk").data["title"] == "a note, again"
    with pytest.raises(duban.ArchiveNotAtHand):
        notes.history(ref, by="clerk")
    with pytest.raises(duban.ArchiveNotAtHand):
        notes.fire(ref, "change", by="clerk", data={"title": "a note, again"}, key="change-once")
    with pytest.raises(duban.ArchiveNotAtHand):
        notes.bring_back(ref, by="clerk")
    assert [(one.ref, one.what) for one in notes.verify()] == [(name, "archive-not-at-hand")]
    assert [one.at_hand for one in notes.archives()] == [False]
    assert len(notes.history(other, by="clerk")) == 1

    shutil.move(tmp_path / "elsewhere", shelf)
    assert (notes.verify(), len(notes.history(ref, by="clerk"))) == ([], 3)


def test_who_writes_in_an_archive_is_found_out(
    notes: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path
) -> None:
    import sqlite3

    ref, other = finished(notes), finished(notes, "other")
    published = notes.checkpoint()
    clock.move_to(LATER)
    notes.archive()
    with closing(sqlite3.connect(shelf / str(notes.get(ref, by="clerk").archive))) as file, file:
        file.execute("UPDATE duban_history SET data = replace(data, 'a note', 'no note') WHERE seq = 1")
        file.execute("DELETE FROM duban_history WHERE case_id = 2")
    told = {(one.ref, one.what) for one in notes.verify(published=published)}
    assert told == {(ref, "data-changed"), (other, "archive-broken")}
    for one in (ref, other):
        with pytest.raises(duban.ArchiveBroken):
            notes.bring_back(one, by="clerk")
    assert rows_in_store(notes) == set()


def test_a_history_that_does_not_hold_stays_where_it_is(
    notes: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path
) -> None:
    from sqlalchemy import text

    ref, fine = finished(notes), finished(notes, "fine")
    with notes.store._database.writing() as connection:  # type: ignore[attr-defined]
        connection.execute(text("UPDATE duban_history SET actor = 'chief' WHERE case_id = 1 AND seq = 2"))
    clock.move_to(LATER)
    report = notes.archive()
    assert (report.moved, report.unsound) == (1, [ref])
    assert notes.get(ref, by="clerk").archive is None
    assert [one.ref for one in notes.verify()] == [ref]
    with notes.store._files.reading(str(notes.get(fine, by="clerk").archive)) as reader:  # type: ignore[attr-defined]
        assert [case.ref for case in reader.all_cases()] == [fine]


def test_an_archive_is_for_the_eyes_of_whoever_runs_duban(
    notes: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path
) -> None:
    finished(notes)
    clock.move_to(LATER)
    notes.archive()
    (file,) = shelf.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(shelf.stat().st_mode) == 0o700


def test_a_hidden_case_is_moved_and_told_to_nobody_else(notes: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    ref = open_note(notes)
    notes.fire(ref, "hide", by="chief")
    notes.fire(ref, "close", by="chief")
    notes.deliver()
    clock.move_to(LATER)
    assert [one.count for one in notes.archivable(by=None)] == [0, 0]
    assert notes.archive(by="clerk").moved == 0  # it was, and is not told
    assert [(one.cases) for one in notes.archives(by="chief")] == [1]
    assert (notes.archives(by="clerk"), notes.archives(by=None)) == ([], [])
    with pytest.raises(duban.UnknownCase):
        notes.history(ref, by="clerk")
    with pytest.raises(duban.UnknownCase):
        notes.bring_back(ref, by="clerk")
    with pytest.raises(duban.UnknownCase):
        notes.fire(ref, "close", by="clerk")
    assert len(notes.history(ref, by="chief")) == 3
    assert {one.what for one in notes.readings(ref, by="chief")} == {"history"}


def test_an_archive_that_cannot_be_written_holds_up_no_sweep(
    notes: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path
) -> None:
    finished(notes)
    shelf.write_text("no folder")
    clock.move_to(LATER)
    assert notes.sweep().archived == 0
    with pytest.raises(duban.StoreError):
        notes.archive()
    shelf.unlink()
    assert notes.sweep().archived == 1


def test_cases_go_to_the_archive_of_the_year_in_which_they_ended(
    notes: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    first = finished(notes)
    clock.move_to("2021-01-01T00:30:00+08:00")
    second = finished(notes)
    clock.move_to("2021-03-01T09:00:00+08:00")
    assert notes.archive().moved == 2
    names = [str(notes.get(ref, by="clerk").archive) for ref in (first, second)]
    assert [name[:12] for name in names] == ["closed-2020-", "closed-2021-"]
    assert [one.name for one in notes.archives()] == names
    assert len(list(notes.history(second, by="clerk"))) == 3
