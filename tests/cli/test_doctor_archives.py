"""What the doctor tells of archives: to those who may know of them, with what to do."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.engine.runtime.shelf import pack

from duban.persistence import archive_files
from duban.persistence.moving import FileArchives

LATER = "2020-12-24T09:00:00+08:00"
EN, ZH = "en", "zh"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the lock of an archive."""
    init = archive_files.ArchiveDatabase.__init__
    monkeypatch.setattr(archive_files.ArchiveDatabase, "__init__", lambda self, file, _seconds: init(self, file, 0.01))


@pytest.fixture
def notes(bare: Any, tmp_path: Path) -> Any:
    """A store with a note that everybody sees, and its pack."""
    bare.types("init", "--pack", str(pack(tmp_path / "pack")))
    assert bare.types("note", "write", "--title", "over", "--as", "clerk").code == 0
    return bare


def archived(notes: Any, folder: Path, *more: str) -> Path:
    """Close the note, move it; the file of its archive."""
    for words in more:
        assert notes.types("note", words, "NOT-000001", "--as", "chief").code == 0
    assert notes.types("note", "close", "NOT-000001", "--as", "chief").code == 0
    notes.types("deliver")
    notes.clock.move_to(LATER)
    assert notes.types("archive", "run").code == 0
    (file,) = (folder / "street.db.archives").iterdir()
    return file


def advice(said: Any) -> list[str]:
    """What is advised about archives; there may be more, about the SQLite in use."""
    return [words for words in said.document.get("advice", []) if "archive" in words]


def only_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on SQLite writes in no archive that is opened."""
    set_up = archive_files._set_up

    def read_only(connection: Any, record: Any) -> None:
        set_up(connection, record)
        connection.execute("PRAGMA query_only = ON")

    monkeypatch.setattr(archive_files, "_set_up", read_only)


def away(file: Path) -> Callable[[], object]:
    kept = file.rename(file.with_name("kept"))
    return lambda: kept.rename(file)


def junk(file: Path) -> Callable[[], object]:
    before = file.read_bytes()
    file.write_bytes(b"no database at all" * 1_000)
    return lambda: file.write_bytes(before)


def cut_short(file: Path) -> Callable[[], object]:
    before = file.read_bytes()
    file.write_bytes(before[: len(before) // 2])
    return lambda: file.write_bytes(before)


def locked(file: Path) -> Callable[[], object]:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other.close


def of_another(file: Path) -> Callable[[], object]:
    def owned(whose: str) -> None:
        other = sqlite3.connect(file)
        with other:
            other.execute("UPDATE duban_settings SET value = ? WHERE name = 'archives'", [whose])
        other.close()

    owned("ffffffff")
    return lambda: owned(file.stem.rpartition("-")[2])


HARMS = pytest.mark.parametrize(
    ("harm", "standing", "words", "worte"),
    [
        (away, "away", "Put the file back there", "请把该文件放回"),
        (junk, "damaged", "put the archive or a copy of it in its place", "再放回档案原件或其副本"),
        (cut_short, "damaged", "put the archive or a copy of it in its place", "再放回档案原件或其副本"),
        (locked, "unreadable", "see whether another program holds the file", "请检查该文件是否被其他程序占用"),
        (of_another, "foreign", "If that store is gone", "若该库已不存在"),
    ],
)


@HARMS
def test_an_archive_that_is_not_as_it_should_be_is_a_warning_with_what_to_do(
    notes: Any, tmp_path: Path, harm: Any, standing: str, words: str, worte: str
) -> None:
    file = archived(notes, tmp_path)
    well = notes.types("doctor", "--json")
    mended = harm(file)
    ill, chinese = notes.types("doctor", "--json"), notes.types("doctor", "--json", "--lang", "zh")
    (listed,) = notes.types("archive", "list", "--json").document
    mended()

    assert (well.code, well.document["archives"], well.document["warnings"]) == (0, {"at_hand": 1}, [])
    assert (ill.code, ill.document["archives"]) == (1, {standing: 1})
    for told, wanted in ((ill, words), (chinese, worte)):
        (warning,) = told.document["warnings"]
        assert file.name in warning
        assert wanted in warning
    assert (listed["standing"], listed["at_hand"]) == (standing, standing == "foreign")
    after = notes.types("doctor", "--json")
    assert (after.code, after.document["archives"]) == (0, {"at_hand": 1})


@HARMS
def test_an_archive_of_hidden_cases_is_told_to_those_alone_who_see_one(
    notes: Any, tmp_path: Path, harm: Any, standing: str, words: str, worte: str
) -> None:
    file = archived(notes, tmp_path, "hide")
    mended = harm(file)
    outside = [notes.types("doctor", "--json", *who) for who in ((), ("--as", "clerk"))]
    inside = notes.types("doctor", "--json", "--as", "chief")
    lists = [notes.types("archive", "list", "--json", *who).document for who in ((), ("--as", "clerk"))]
    mended()

    for told in outside:
        assert (told.code, told.document["warnings"]) == (0, [])
        assert "archives" not in told.document
        assert "closed-" not in told.out
    assert lists == [[], []]
    assert (inside.code, inside.document["archives"]) == (1, {standing: 1})


def test_an_archive_that_can_only_be_read_is_told_and_nothing_is_wrong(
    notes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = archived(notes, tmp_path)
    before = file.read_bytes()
    assert advice(notes.types("doctor", "--json")) == []
    assert (file.read_bytes(), os.listdir(file.parent)) == (before, [file.name])  # trying leaves nothing
    only_read(monkeypatch)
    said = notes.types("doctor", "--json")
    assert (said.code, said.document["archives"], said.document["warnings"]) == (0, {"at_hand": 1}, [])
    (words,) = advice(said)
    assert f"Nothing can be moved to the archive {file.name}" in words
    assert "unless it is meant only to be read" in words


def test_what_an_archive_still_holds_of_cases_that_are_back_is_told_and_is_wrong_where_the_file_is_gone(
    notes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = archived(notes, tmp_path, "hide")
    with monkeypatch.context() as killed:
        killed.setattr(FileArchives, "_settle", lambda _self, _name: None)
        assert notes.types("archive", "return", "NOT-000001", "--as", "chief").code == 0
    left = f"{file.name} still holds rows of 1 cases"

    at_hand = notes.types("doctor", "--json", "--as", "chief")
    mended = away(file)
    gone = notes.types("doctor", "--json", "--as", "chief")
    outside = notes.types("doctor", "--json", "--as", "clerk")
    mended()

    assert (at_hand.code, at_hand.document["archives"]) == (0, {"unsettled": 1})
    assert [left in words for words in advice(at_hand)] == [True]
    assert (gone.code, gone.document["archives"]) == (1, {"unsettled": 1})
    assert [left in words for words in gone.document["warnings"]] == [False, True]
    assert "Put the file back there" in gone.document["warnings"][0]
    assert (outside.code, "archives" in outside.document, "closed-" in outside.out) == (0, False, False)
    notes.types("note", "reopen", "NOT-000001", "--as", "chief")
    notes.types("archive", "run")
    settled = notes.types("doctor", "--json", "--as", "chief")
    assert ("archives" in settled.document, advice(settled)) == (False, [])


def test_where_what_came_back_cannot_be_taken_out_of_an_archive_it_is_wrong_that_it_can_only_be_read(
    notes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert notes.types("note", "write", "--title", "second", "--as", "clerk").code == 0
    assert notes.types("note", "close", "NOT-000002", "--as", "chief").code == 0
    file = archived(notes, tmp_path)
    with monkeypatch.context() as killed:
        killed.setattr(FileArchives, "_settle", lambda _self, _name: None)
        assert notes.types("archive", "return", "NOT-000002", "--as", "chief").code == 0
    only_read(monkeypatch)
    said = notes.types("doctor", "--json")
    assert (said.code, said.document["archives"], advice(said)) == (1, {"at_hand": 1, "unsettled": 1}, [])
    closed, left = said.document["warnings"]
    assert f"Nothing can be moved to the archive {file.name}" in closed
    assert f"{file.name} still holds rows of 1 cases" in left


@pytest.mark.parametrize("lang", [EN, ZH])
def test_a_person_reads_in_words_how_archives_stand(
    notes: Any, person: Callable[[], None], tmp_path: Path, lang: str
) -> None:
    away(archived(notes, tmp_path))
    person()
    told = {EN: ("archives · not at hand", "not at hand"), ZH: ("档案 · 不在手边", "不在手边")}[lang]
    assert told[0] in notes.types("doctor", "--lang", lang).out
    assert told[1] in notes.types("archive", "list", "--lang", lang).out
