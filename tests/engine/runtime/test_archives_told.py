"""One bad archive ends nothing, and its name is told to those alone who may know of a case in it."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.shelf import LATER, WORDS, finished, open_note, pack

import duban
import duban.testing

NEXT_YEAR = "2021-03-01T09:00:00+08:00"
LATER_YET = "2021-03-02T09:00:00+08:00"


def hidden(notes: duban.Engine, title: str = "hidden", key: str | None = None) -> str:
    """A finished note that the chief alone sees."""
    ref = open_note(notes, title, key)
    notes.fire(ref, "hide", by="chief")
    notes.fire(ref, "close", by="chief")
    notes.deliver()
    return ref


@contextmanager
def away(file: Path) -> Iterator[str]:
    kept = file.rename(file.with_name("kept"))
    yield "archive-not-at-hand"
    kept.rename(file)


@contextmanager
def junk(file: Path) -> Iterator[str]:
    before = file.read_bytes()
    file.write_bytes(b"no database at all" * 1_000)
    yield "archive-damaged"
    file.write_bytes(before)


@contextmanager
def cut_short(file: Path) -> Iterator[str]:
    before = file.read_bytes()
    file.write_bytes(before[: len(before) // 2])
    yield "archive-damaged"
    file.write_bytes(before)


@contextmanager
def locked(file: Path) -> Iterator[str]:
    with closing(sqlite3.connect(file, isolation_level=None)) as other, other:
        other.execute("BEGIN EXCLUSIVE")
        yield "archive-unreadable"
        other.execute("ROLLBACK")
    other.close()


Harm = Callable[[Path], AbstractContextManager[str]]
HARMS = pytest.mark.parametrize("harm", [away, junk, cut_short, locked])


@pytest.fixture
def impatient(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> duban.Engine:
    """The same, that waits for no lock of an archive."""
    from duban.persistence import archive_files

    init = archive_files.ArchiveDatabase.__init__

    def at_once(self: archive_files.ArchiveDatabase, file: Path, _seconds: float) -> None:
        init(self, file, 0.01)

    monkeypatch.setattr(archive_files.ArchiveDatabase, "__init__", at_once)
    return make(pack(tmp_path / "pack"))


@HARMS
def test_a_bad_archive_is_one_finding_and_everything_else_is_checked(
    impatient: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path, harm: Harm
) -> None:
    notes = impatient
    refs = [finished(notes), finished(notes, "second")]
    clock.move_to(LATER)
    notes.archive()
    name = str(notes.get(refs[0], by="clerk").archive)
    changed = open_note(notes)
    with notes.store._database.writing() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("UPDATE duban_history SET actor = 'chief' WHERE case_id = 3")
    heard: list[int] = []
    notes.close()
    with harm(shelf / name) as what:
        found = [(one.ref, one.what, one.unchecked) for one in notes.verify(heard.append)]
        notes.migrate()
        notes.close()
    assert found[-1] == (name, what, 2)
    assert {one[0] for one in found[:-1]} == {changed}
    assert heard == [1]


@HARMS
def test_a_bad_archive_of_hidden_cases_is_told_to_nobody_who_may_not_see_one(
    impatient: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path, harm: Harm,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    notes = impatient
    hidden(notes, key="once")
    clock.move_to(LATER)
    notes.archive()
    hidden(notes, "of the same year")
    (file,) = shelf.iterdir()
    clock.move_to(NEXT_YEAR)
    notes.close()
    with harm(file), caplog.at_level(logging.INFO, logger="duban"):
        assert (notes.verify(by="clerk"), notes.verify(by=None)) == ([], [])
        assert [one.ref for one in notes.verify(by="chief")] == [file.name]
        notes.migrate()
        report = notes.archive(by="clerk")
        assert (report.moved, report.away) == (0, {})
        assert file.name not in repr(report)
        assert notes.archive(by="chief").away == {file.name: 1}
        assert notes.sweep().archived == 0
        with pytest.raises(duban.KeyReused) as told:
            open_note(notes, "hidden", "once")
        assert "closed-" not in repr(told.value.data)
        notes.close()
    assert "closed-" not in caplog.text


@HARMS
def test_who_waits_for_an_archive_of_hidden_cases_is_not_told_its_name(
    impatient: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path, harm: Harm,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    notes = impatient
    hidden(notes)
    clock.move_to(LATER)
    notes.archive()
    ref = finished(notes, "of the same year")
    (file,) = shelf.iterdir()
    clock.move_to(NEXT_YEAR)
    notes.close()
    with harm(file), caplog.at_level(logging.INFO, logger="duban"):
        report = notes.archive(by="clerk")
        assert (report.moved, report.away) == (0, {})
        assert notes.archive(by="chief").away == {file.name: 1}
        notes.close()
    assert "closed-" not in caplog.text
    assert notes.archive(by="clerk").moved == 1
    assert notes.get(ref, by="clerk").archive == file.name


def test_a_file_in_the_place_of_an_archive_that_is_still_to_be_made_is_told(
    notes: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path
) -> None:
    finished(notes)
    name = notes.store.archives.name_for(2020)
    shelf.mkdir()
    (shelf / name).write_bytes(b"no database at all" * 1_000)
    clock.move_to(LATER)
    assert notes.archive(by="clerk").away == {name: 1}


@HARMS
def test_a_bad_archive_keeps_no_case_of_another_year_from_being_moved(
    impatient: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path, harm: Harm,
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    notes = impatient
    monkeypatch.setattr("duban.engine.runtime.archives.BATCH", 1)
    monkeypatch.setattr("duban.engine.runtime.archives.OF_A_SWEEP", 1)
    first = finished(notes)
    clock.move_to(LATER)
    notes.archive()
    name = str(notes.get(first, by="clerk").archive)
    same_year = [finished(notes, f"note {number}") for number in range(2)]
    clock.move_to("2021-01-01T09:00:00+08:00")
    next_year = finished(notes)
    clock.move_to(NEXT_YEAR)
    notes.close()
    with harm(shelf / name), caplog.at_level(logging.WARNING, logger="duban"):
        assert notes.sweep().archived == 1
        assert notes.archive().away == {name: 2}
        notes.close()
    assert name in caplog.text
    assert notes.get(next_year, by="clerk").archive is not None
    assert (notes.archive().moved, notes.verify()) == (2, [])
    assert {notes.get(ref, by="clerk").archive for ref in same_year} == {name}


def test_what_retention_could_not_bring_back_is_logged_by_name_unless_it_is_hidden(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock, shelf: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with_rules = pack(tmp_path / "pack")
    notes = make(with_rules)
    secret = hidden(notes)
    ref = finished(notes)
    clock.move_to(LATER)
    notes.archive()
    (with_rules / "retention.yaml").write_text(WORDS, encoding="utf-8")
    clock.move_to(LATER_YET)
    notes = make(with_rules)
    (file,) = shelf.iterdir()
    with away(file), caplog.at_level(logging.WARNING, logger="duban"):
        notes.sweep()
    told = [record for record in caplog.records if record.name == "duban"]
    assert len(told) == 1
    assert ref in caplog.text
    assert file.name in caplog.text
    assert secret not in caplog.text
