"""What an engine in memory keeps in files passes with it, unless somebody said where they lie."""

import tempfile
from pathlib import Path

import pytest
from tests.engine.runtime.shelf import LATER, finished, pack

import duban
import duban.testing


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def kept(clock: duban.testing.FrozenClock, tmp_path: Path, **places: Path) -> None:
    """An engine in memory that keeps a file, moves a case to an archive, and is closed."""
    with duban.Engine("sqlite:///:memory:", pack=pack(tmp_path / "pack"), clock=clock, **places) as engine:
        engine.migrate()
        ref = finished(engine)
        clock.move_to(LATER)
        assert engine.archive().moved == 1
        assert engine.verify() == []
        assert len(engine.history(ref, by="clerk")) == 3


def test_evidence_and_archives_of_an_engine_in_memory_are_gone_with_it(
    temporary: Path, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    kept(clock, tmp_path)

    assert list(temporary.iterdir()) == []


def test_what_was_given_a_place_stays(temporary: Path, tmp_path: Path, clock: duban.testing.FrozenClock) -> None:
    kept(clock, tmp_path, evidence=tmp_path / "files", archives=tmp_path / "shelf")

    assert [folder for folder in (tmp_path / "files", tmp_path / "shelf") if not any(folder.iterdir())] == []
    assert list(temporary.iterdir()) == []


def test_an_engine_in_memory_that_keeps_no_file_makes_no_folder(temporary: Path, tmp_path: Path) -> None:
    with duban.Engine("sqlite:///:memory:", pack=pack(tmp_path / "pack")) as engine:
        engine.migrate()
        assert list(temporary.iterdir()) == []
