"""Folders that are gone or closed and files that cannot be read or written: told as such, never as a fault of duban."""

import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from duban.assessment.opening import opened as table_in
from duban.engine.errors import UsageError
from duban.importing.errors import BrokenTable
from duban.importing.rejects import Rejects
from duban.importing.table import Table


def closed(*_given: object, **_more: object) -> None:
    """What the system says to whoever may not; root may everything, so no folder of its own is closed to it."""
    raise PermissionError(13, "Permission denied", "closed")


def vanishing(*words: str) -> str:
    """A program that takes its working folder away and then types a command there."""
    return (
        f"import os; os.rmdir(os.getcwd()); os.execv({sys.executable!r}, {[sys.executable, '-m', 'duban', *words]!r})"
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_working_folder_that_is_gone_is_told_as_such(street, lang: str) -> None:
    gone = street.folder / "gone"
    env = street.environment(DUBAN_DB="sqlite:///street.db", DUBAN_LANG=lang)
    for words in (["list", "--as", "office"], ["init", "--pack", "civility"], ["doctor"]):
        gone.mkdir()
        run = vanishing(*words)
        done = subprocess.run(
            [sys.executable, "-c", run], env=env, cwd=gone, capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        assert ("the current folder is gone or closed" if lang == "en" else "当前文件夹已不存在或无权访问") in said
        assert done.returncode == 1
        assert "faults.log" not in said


def test_a_working_folder_that_is_gone_is_no_harm_where_every_place_is_whole(street) -> None:
    (street.folder / "gone").mkdir()
    ref = street.reports()
    run = vanishing("list")
    done = subprocess.run(
        [sys.executable, "-c", run], env=street.environment(DUBAN_AS="office"), cwd=street.folder / "gone",
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, ref in done.stdout) == (0, True)


def test_a_pack_in_a_closed_folder_is_told_as_closed(street, monkeypatch: pytest.MonkeyPatch) -> None:
    is_dir = Path.is_dir
    monkeypatch.setattr(Path, "is_dir", lambda path: (closed if path.parts[0] == "closed" else is_dir)(path))
    for words in (("workflow", "check", "closed/pack"), ("workflow", "list", "--pack", "closed/pack")):
        said = street.types(*words)
        assert (said.code, "closed/pack:1:1: The file cannot be read: there is no access." in said.err) == (6, True)
    # A built-in pack is found by its name even there.
    monkeypatch.setattr(Path, "is_dir", lambda path: (closed if not path.is_absolute() else is_dir)(path))
    assert street.types("workflow", "list", "--pack", "civility").code == 0


def test_a_store_in_a_closed_folder_is_told_as_closed(street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", closed)
    said = street.types("list", "--as", "office", "--lang", "zh")
    assert (said.code, "没有访问其所在文件夹的权限" in said.err) == (1, True)


def test_what_the_system_refuses_unforeseen_is_told_with_the_place_and_the_reason(street) -> None:
    ref = street.reports()
    name = "x" * 300
    for lang, told in (("en", "the name is too long"), ("zh", "名称过长")):
        said = street.types("evidence", "export", ref, "--out", name, "--as", "office", "--lang", lang, "--json")
        error = said.document["error"]
        assert (said.code, error["code"], error["file"]) == (2, "usage", name)
        assert told in error["message"]
    assert not (street.folder / "state").exists()


def test_the_systems_words_are_told_in_the_language_of_the_reader(street, tmp_path: Path) -> None:
    for command in ("backup", "checkpoint"):
        said = street.types(command, "--out", str(tmp_path), "--lang", "zh")
        assert (said.code, "该处是文件夹" in said.err) == (2, True)
    there = tmp_path / "there.txt"
    there.write_text("dear street")
    said = street.types("backup", "--out", str(there / "kept"), "--lang", "zh")
    assert (said.code, "路径中有一段不是文件夹" in said.err) == (2, True)


@pytest.fixture
def strange(tmp_path: Path) -> Iterator[list[Path]]:
    """A pipe and a socket, and a link to the pipe."""
    pipe, link, end = tmp_path / "pipe", tmp_path / "link", tmp_path / "end"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(end))
        yield [pipe, link, end]


def test_a_pipe_a_socket_and_a_folder_are_never_replaced_by_a_file(street, strange: list[Path]) -> None:
    for command in ("backup", "checkpoint"):
        for place in strange:
            said = street.types(command, "--out", str(place))
            assert (said.code, "no regular file but a pipe, a socket or a device" in said.err) == (2, True)
        for folder in (".", str(street.folder), ""):
            said = street.types(command, "--out", folder)
            assert (said.code, "it is a folder" in said.err) == (2, True)
    pipe, link, end = strange
    assert pipe.is_fifo()
    assert link.is_symlink()
    assert end.is_socket()


@pytest.mark.parametrize("words", ["restore {} --db sqlite:///new.db", "restore {} --check", "evidence verify {}"])
def test_a_pipe_and_a_socket_are_refused_where_a_file_is_read_and_not_waited_for(
    street, strange: list[Path], words: str
) -> None:
    for place in strange:
        done = subprocess.run(
            [sys.executable, "-m", "duban", *words.format(place).split()], env=street.environment(), cwd=street.folder,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (done.returncode, "no regular file but a pipe, a socket" in done.stderr) == (2, True), done.stderr
    assert not (street.folder / "new.db").exists()


@pytest.mark.parametrize("name", ["pipe", "pipe.csv", "pipe.xlsx"])
def test_a_table_that_is_a_pipe_and_a_report_in_the_place_of_one_are_refused_unopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    table, pipe = tmp_path / "table.csv", tmp_path / name
    table.write_text("a,b\n1,2\n")
    os.mkfifo(pipe)
    read, opened = Table(table), Path.open
    waits = pytest.fail.Exception("a pipe was opened")

    def unless_pipe(path: Path, *given: str, **more: str) -> object:
        if path == pipe:
            raise waits
        return opened(path, *given, **more)

    monkeypatch.setattr(Path, "open", unless_pipe)
    with pytest.raises(BrokenTable, match="not a file"):
        table_in(pipe)
    with pytest.raises(UsageError, match="pipe"):
        Rejects(read, pipe, "en", "utf-8")


def test_a_file_that_cannot_be_read_is_not_replaced(street, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = street.folder / "letter.txt"
    letter.write_text("dear street")
    opened = Path.open
    monkeypatch.setattr(zipfile, "ZipFile", closed)
    monkeypatch.setattr(Path, "open", lambda path, *given, **more: (closed if path == letter else opened)(path, *given))
    for command in ("backup", "checkpoint"):
        said = street.types(command, "--out", str(letter))
        assert (said.code, "nothing was changed" in said.err) == (2, True)
    monkeypatch.undo()
    assert letter.read_text() == "dear street"
    assert os.listdir(street.folder).count("letter.txt") == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_folder_given_as_evidence_is_named_as_it_was_typed(street, lang: str) -> None:
    ref = street.reports()
    street.assigns(ref)
    words = ("issue", "rectify", ref, "--measures", "swept", "--photo-after", ".", "--as", "city-handler")
    said = street.types("--lang", lang, *words)
    assert said.code == 7
    assert {"en": "the file . cannot be read: it is a folder", "zh": "文件 . 无法读取：该处是文件夹"}[lang] in said.err
