"""The demonstration replaces its own store and nothing else."""

from pathlib import Path

import pytest

from duban.demo.folder import DemoFolder
from duban.engine.errors import UsageError


def test_a_folder_with_other_files_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "street.db").write_text("not a demonstration")

    with pytest.raises(UsageError, match="--folder"):
        DemoFolder(tmp_path)

    assert (tmp_path / "street.db").read_text() == "not a demonstration"


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").touch()

    with pytest.raises(UsageError):
        DemoFolder(tmp_path / "demo")


def test_a_new_demonstration_replaces_its_own_store_and_keeps_what_else_lies_there(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path / "demo")
    assert folder.renew() is False
    for name in ("street.db", "street.db-wal", "notes.txt"):
        (folder.path / name).write_text("old")
    (folder.path / "street.db.evidence" / "ab").mkdir(parents=True)

    assert DemoFolder(folder.path).renew() is True

    assert sorted(path.name for path in folder.path.iterdir()) == [".duban-demo", "notes.txt"]
    assert folder.url == f"sqlite:///{folder.path.as_posix()}/street.db"
