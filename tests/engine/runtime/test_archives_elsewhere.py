"""Archives that were carried away, damaged or are closed to us: nothing is made in their place, and nothing is lost."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.shelf import LATER, SECRET, WORDS, finished, open_note, pack

import duban
import duban.testing
from duban.persistence import archive_files
from duban.persistence.moving import FileArchives

NEXT_YEAR = "2021-03-01T09:00:00+08:00"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("pg"))])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def three(notes: duban.Engine, clock: duban.testing.FrozenClock) -> tuple[str, str, str]:
    """A note that was moved, one of the same year that may be, and one of the next year that may be."""
    first, second = finished(notes, "first"), finished(notes, "second")
    notes.fire(second, "reopen", by="chief")
    clock.move_to(LATER)
    assert notes.archive().moved == 1
    notes.fire(second, "close", by="clerk")
    notes.deliver()
    clock.move_to("2021-01-01T09:00:00+08:00")
    third = finished(notes, "third")
    clock.move_to(NEXT_YEAR)
    return first, second, third


@pytest.mark.parametrize("whole_folder", [True, False])
def test_no_archive_is_made_in_the_place_of_one_that_was_carried_away(
    notes: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path, tmp_path: Path, whole_folder: bool
) -> None:
    first, second, third = three(notes, clock)
    name = str(notes.get(first, by="clerk").archive)
    away = shelf if whole_folder else shelf / name
    shutil.move(away, tmp_path / "tape")

    report = notes.archive()
    assert (report.moved, report.away) == (1, {name: 1})
    assert not (shelf / name).exists()
    assert [notes.get(ref, by="clerk").archive is None for ref in (second, third)] == [True, False]
    assert len(notes.history(second, by="clerk")) == 5

    if whole_folder:
        shutil.move(tmp_path / "tape" / name, shelf / name)
    else:
        shutil.move(tmp_path / "tape", shelf / name)
    assert (notes.archive().moved, notes.verify()) == (1, [])
    assert {notes.get(ref, by="clerk").archive for ref in (first, second)} == {name}
    assert len(notes.history(second, by="clerk")) == 5


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def overwritten(file: Path) -> None:
    file.write_bytes(b"no database at all" * 1_000)


def another(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for table in ("duban_history", "duban_outbox", "duban_cases"):
            connection.execute(f"DELETE FROM {table}")
    connection.close()


@pytest.mark.parametrize("harmed", [emptied, overwritten, another])
def test_a_file_that_is_not_the_archive_is_told_and_never_made_one(
    notes: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path, tmp_path: Path, harmed: Any
) -> None:
    first, second, _third = three(notes, clock)
    name = str(notes.get(first, by="clerk").archive)
    shutil.copy(shelf / name, tmp_path / "copy")
    harmed(shelf / name)
    before = (shelf / name).read_bytes()

    notes.migrate()
    assert (notes.archive().away, [one.at_hand for one in notes.archives() if one.name == name]) == ({name: 1}, [False])
    assert (shelf / name).read_bytes() == before
    with pytest.raises(duban.ArchiveBroken if harmed is another else duban.ArchiveDamaged) as told:
        notes.history(first, by="clerk")
    assert "a backup of the store holds no archives" in told.value.message("en")
    assert "库的备份中不含档案" in told.value.message("zh")

    notes.close()
    shutil.copy(tmp_path / "copy", shelf / name)
    assert (notes.archive().moved, notes.verify()) == (1, [])
    assert notes.get(second, by="clerk").archive == name


def test_a_folder_that_is_closed_to_us_is_told_as_an_archive_that_is_not_at_hand(
    notes: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = finished(notes)
    clock.move_to(LATER)
    notes.archive()
    stat = os.stat

    def closed(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:
        if str(path).startswith(f"{shelf}{os.sep}"):
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, *args, **kwargs)

    monkeypatch.setattr(os, "stat", closed)
    assert [one.at_hand for one in notes.archives()] == [False]
    with pytest.raises(duban.ArchiveNotAtHand):
        notes.history(ref, by="clerk")
    assert [one.what for one in notes.verify()] == ["archive-not-at-hand"]


def only_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on SQLite writes in no archive that is opened."""
    set_up = archive_files._set_up

    def read_only(connection: Any, record: Any) -> None:
        set_up(connection, record)
        writing = (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)
        connection.set_authorizer(lambda what, *_: sqlite3.SQLITE_DENY if what in writing else sqlite3.SQLITE_OK)

    monkeypatch.setattr(archive_files, "_set_up", read_only)


def unwritable(*_args: Any) -> None:
    raise duban.StoreError(url="the archive", why="its disk is full")


def test_nothing_is_brought_back_from_an_archive_that_cannot_be_written(
    notes: duban.Engine, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = finished(notes)
    clock.move_to(LATER)
    notes.archive()
    notes.close()
    name = notes.get(ref, by="clerk").archive
    only_read(monkeypatch)
    with pytest.raises(duban.StoreError):
        notes.bring_back(ref, by="chief")
    assert (notes.get(ref, by="clerk").archive, notes.unsettled()) == (name, {})
    assert notes.verify() == []


def test_what_came_back_is_told_as_back_although_its_archive_could_not_be_cleaned(
    notes: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = open_note(notes)
    notes.fire(ref, "hide", by="chief")
    notes.fire(ref, "close", by="chief")
    notes.deliver()
    clock.move_to(LATER)
    notes.archive()
    (file,) = shelf.iterdir()
    with monkeypatch.context() as full:
        full.setattr(FileArchives, "_wipe", unwritable)
        assert notes.bring_back(ref, by="chief") == file.name
    assert notes.get(ref, by="chief").archive is None
    assert (notes.unsettled(by="chief"), notes.unsettled(by="clerk")) == ({file.name: 1}, {})
    assert SECRET.encode() in file.read_bytes()
    assert notes.archive().moved == 1  # it is cleaned first
    assert (notes.unsettled(), notes.verify()) == ({}, [])


def test_a_case_is_not_erased_as_long_as_an_archive_holds_what_is_to_be_erased(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_rules = pack(tmp_path / "pack")
    notes = make(with_rules)
    ref = finished(notes)
    clock.move_to(LATER)
    notes.archive()
    (file,) = shelf.iterdir()
    (with_rules / "retention.yaml").write_text(WORDS, encoding="utf-8")
    clock.move_to("2021-02-24T09:00:00+08:00")
    notes = make(with_rules)
    with monkeypatch.context() as full:
        full.setattr(FileArchives, "_wipe", unwritable)
        assert notes.sweep().erased == 0
    assert ([one.count for one in notes.retention()], notes.unsettled()) == ([1], {file.name: 1})
    assert SECRET.encode() in file.read_bytes()

    shutil.move(file, tmp_path / "tape")
    clock.move_to("2021-02-25T09:00:00+08:00")
    assert (notes.sweep().erased, [one.count for one in notes.retention()]) == (0, [1])
    assert notes.get(ref, by="clerk").data["phone"] == SECRET

    shutil.move(tmp_path / "tape", file)
    clock.move_to("2021-02-26T09:00:00+08:00")
    assert notes.sweep().erased == 1
    assert SECRET.encode() not in file.read_bytes()
    assert (notes.unsettled(), notes.verify()) == ({}, [])
