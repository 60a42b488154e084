"""What becomes of cases that came back from an archive, of those whose parent lies in one, and beside older backups."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.shelf import LATER, NOTE, SLIP, finished, open_note, pack

import duban
import duban.testing
from duban.backups import back_up, restore
from duban.persistence.evidence import FolderEvidence

NEXT_DAY = "2020-12-25T09:00:00+08:00"
MARCH = "2021-03-01T09:00:00+08:00"
NOTES_ALONE = "rules: {notes: {workflow: note, after: 30 days}}\n"


def test_what_came_back_is_taken_away_again_unless_it_is_opened_again(
    notes: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    left, wanted = finished(notes), finished(notes, "second")
    clock.move_to(LATER)
    assert notes.sweep().archived == 2
    for ref in (left, wanted):
        notes.bring_back(ref, by="chief")
    assert notes.sweep().archived == 0  # all was moved today
    notes.fire(wanted, "reopen", by="chief")
    clock.move_to(NEXT_DAY)
    assert notes.sweep().archived == 1
    archives = [notes.get(ref, by="clerk").archive is not None for ref in (left, wanted)]
    assert archives == [True, False]
    notes.bring_back(left, by="chief")
    assert notes.archive().moved == 1


def test_where_the_parent_lies_in_an_archive_what_would_happen_to_it_is_refused_and_nothing_else(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    parent = NOTE + "  ring: {from: over, by: [system]}\n"
    child = SLIP + (
        "  call: {from: over, by: [clerk], fire: {parent: ring}}\n"
        "  look: {from: over, by: [clerk], when: [{check: 'parent.state == \"over\"', else: {en: no, zh: 否}}]}\n"
    )
    notes = make(pack(tmp_path / "pack", note=parent, slip=child, archive=NOTES_ALONE))
    ref = open_note(notes)
    notes.fire(ref, "attach", by="clerk")
    notes.fire("SLI-000001", "close", by="clerk")
    notes.fire(ref, "close", by="clerk")
    notes.deliver()
    clock.move_to(LATER)
    assert notes.archive().moved == 1

    told = {choice.event: choice.allowed for choice in notes.explain("SLI-000001", by="clerk")}
    assert told == {"close": False, "call": True, "look": True}
    notes.fire("SLI-000001", "look", by="clerk")
    for refused in (notes.preview, notes.fire):
        with pytest.raises(duban.CaseArchived) as fault:
            refused("SLI-000001", "call", by="clerk")
        assert fault.value.data["ref"] == ref
    notes.bring_back(ref, by="chief")
    notes.fire("SLI-000001", "call", by="clerk")


def test_beside_archives_that_were_used_since_an_older_backup_misses_what_was_taken_out_and_nothing_else(
    notes: duban.Engine, clock: duban.testing.FrozenClock, shelf: Path, tmp_path: Path
) -> None:
    stays, returned, later = finished(notes), finished(notes, "second"), finished(notes, "third")
    notes.fire(later, "reopen", by="chief")
    clock.move_to(LATER)
    assert notes.archive().moved == 2
    (file,) = shelf.iterdir()
    back_up(notes.store, FolderEvidence(tmp_path / "evidence"), tmp_path / "kept.backup", datetime.now(UTC))
    shutil.copy(file, tmp_path / "copy")
    # In use since: one came back, another was moved to the same file.
    notes.bring_back(returned, by="chief")
    notes.fire(returned, "reopen", by="chief")
    notes.fire(later, "close", by="clerk")
    notes.deliver()
    clock.move_to(MARCH)
    assert notes.archive().moved == 1
    notes.close()

    url, evidence = f"sqlite:///{tmp_path / 'older.db'}", tmp_path / "older"
    restore(tmp_path / "kept.backup", url, evidence)
    with duban.Engine(url, pack=tmp_path / "pack", clock=clock, evidence=evidence) as older:
        there = tmp_path / "older.archives"
        there.mkdir()
        shutil.copy(file, there / file.name)
        assert [(one.ref, one.what) for one in older.verify()] == [(returned, "archive-broken")]
        assert len(older.history(stays, by="clerk")) == 3
        assert older.get(later, by="clerk").is_open
        with pytest.raises(duban.ArchiveForeign):
            older.bring_back(stays, by="chief")
        older.adopt_archive(file.name)
        with pytest.raises(duban.ArchiveBroken):
            older.bring_back(returned, by="chief")
        older.close()
        shutil.copy(tmp_path / "copy", there / file.name)
        assert older.verify() == []
        older.adopt_archive(file.name)
        older.bring_back(returned, by="chief")
