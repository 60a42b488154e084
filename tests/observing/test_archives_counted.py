"""How archives stand, for Prometheus: told of those alone that a case lies in which everybody may see."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.engine.runtime.shelf import LATER, finished, open_note, pack
from tests.engine.runtime.street import MONDAY

import duban
import duban.testing
from duban.observing.metrics import StoreCollector, rendered
from duban.persistence.moving import FileArchives

MARCH = "2021-03-01T09:00:00+08:00"
NONE = {"at-hand": 0, "away": 0, "damaged": 0, "foreign": 0, "unreadable": 0}


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[duban.Engine]:
    """An engine on notes that leave the store after thirty days."""
    url, clock = f"sqlite:///{tmp_path / 'street.db'}", duban.testing.FrozenClock(MONDAY)
    with duban.Engine(url, pack=pack(tmp_path / "pack"), clock=clock, evidence=tmp_path / "evidence") as engine:
        engine.migrate()
        yield engine


def hidden(notes: duban.Engine) -> str:
    """A finished note that the chief alone sees."""
    ref = open_note(notes)
    notes.fire(ref, "hide", by="chief")
    notes.fire(ref, "close", by="chief")
    notes.deliver()
    return ref


def move_on(notes: duban.Engine, to: str) -> None:
    """Move the clock, and what may be moved by then."""
    notes.world.clock.move_to(to)  # type: ignore[attr-defined]
    notes.archive()


def told(notes: duban.Engine) -> tuple[dict[str, float], float]:
    """The archives by standing, and the cases that are not settled."""
    text = rendered(StoreCollector(notes.store, notes.world.clock))
    assert "closed-" not in text
    found = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    by_standing = {one.labels["standing"]: one.value for one in found if one.name == "duban_archives"}
    (left,) = (one.value for one in found if one.name == "duban_archives_unsettled_cases")
    return by_standing, left


def test_archives_are_counted_by_how_their_files_stand(notes: duban.Engine, tmp_path: Path) -> None:
    assert told(notes) == (NONE, 0)
    for clock in (LATER, MARCH):
        finished(notes)
        move_on(notes, clock)
    finished(notes)
    move_on(notes, "2021-06-01T09:00:00+08:00")
    assert told(notes) == ({**NONE, "at-hand": 2}, 0)
    notes.close()
    first, second = sorted((tmp_path / "evidence.archives").iterdir())
    first.rename(tmp_path / "tape")
    assert told(notes) == ({**NONE, "at-hand": 1, "away": 1}, 0)
    second.write_bytes(b"no database at all" * 1_000)
    assert told(notes) == ({**NONE, "away": 1, "damaged": 1}, 0)


def test_a_file_without_the_first_or_the_last_of_its_cases_is_counted_as_damaged(
    notes: duban.Engine, tmp_path: Path
) -> None:
    for _ in range(2):
        finished(notes)
    move_on(notes, LATER)
    notes.close()
    (file,) = (tmp_path / "evidence.archives").iterdir()
    before = file.read_bytes()
    for lost in (1, 2):
        with closing(sqlite3.connect(file)) as other, other:
            other.execute("DELETE FROM duban_cases WHERE id = ?", [lost])
        other.close()
        assert told(notes) == ({**NONE, "damaged": 1}, 0)
        notes.close()
        file.write_bytes(before)
    assert told(notes) == ({**NONE, "at-hand": 1}, 0)


def test_archives_of_hidden_cases_are_counted_nowhere(
    notes: duban.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = hidden(notes)
    move_on(notes, LATER)
    (file,) = (tmp_path / "evidence.archives").iterdir()
    assert told(notes) == (NONE, 0)
    file.rename(tmp_path / "tape")
    assert told(notes) == (NONE, 0)
    (tmp_path / "tape").rename(file)
    monkeypatch.setattr(FileArchives, "_settle", lambda _self, _name: None)
    notes.bring_back(ref, by="chief")
    assert notes.unsettled() == {file.name: 1}
    assert told(notes) == (NONE, 0)


def test_cases_that_an_archive_still_holds_are_counted(notes: duban.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = finished(notes)
    move_on(notes, LATER)
    with monkeypatch.context() as killed:
        killed.setattr(FileArchives, "_settle", lambda _self, _name: None)
        notes.bring_back(ref, by="chief")
    assert told(notes) == (NONE, 1)
    notes.archive()
    assert told(notes) == ({**NONE, "at-hand": 1}, 0)
