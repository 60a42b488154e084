"""What is to be erased is erased, before a history leaves the store and after."""

import shutil
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.shelf import LATER, SECRET, WORDS, finished, pack
from tests.engine.runtime.street import contents

import duban.testing


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("pg"))])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def test_what_is_to_be_erased_is_not_moved_before(make: Make, tmp_path: Path, clock: duban.testing.FrozenClock) -> None:
    notes = make(pack(tmp_path / "kept", retention=WORDS))
    finished(notes)
    clock.move_to(LATER)
    assert next((one.count, one.held) for one in notes.archivable()) == (0, 1)
    assert notes.sweep().archived == 0
    clock.move_to("2021-02-24T09:00:00+08:00")
    done = notes.sweep()
    assert (done.erased, done.archived) == (1, 1)
    assert notes.verify() == []


def test_a_later_rule_of_retention_reaches_what_was_moved_before(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock, shelf: Path
) -> None:
    with_rules = pack(tmp_path / "pack")
    notes = make(with_rules)
    ref, published = finished(notes), notes.checkpoint()
    clock.move_to(LATER)
    notes.archive()
    (file,) = shelf.iterdir()
    assert SECRET.encode() in file.read_bytes()

    (with_rules / "retention.yaml").write_text(WORDS, encoding="utf-8")
    clock.move_to("2021-02-24T09:00:00+08:00")
    notes = make(with_rules)
    done = notes.sweep()
    assert (done.erased, done.archived) == (1, 1)
    assert notes.get(ref, by="clerk").data["phone"] is None
    assert SECRET not in repr(contents(notes))
    assert SECRET.encode() not in file.read_bytes()
    assert (notes.verify(published=published), notes.history(ref, by="clerk")[-1].event) == ([], "retention:words")


def test_what_retention_cannot_reach_is_tried_again_the_next_day(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock, shelf: Path
) -> None:
    with_rules = pack(tmp_path / "pack")
    notes = make(with_rules)
    finished(notes)
    clock.move_to(LATER)
    notes.archive()
    (with_rules / "retention.yaml").write_text(WORDS, encoding="utf-8")
    notes = make(with_rules)
    shutil.move(shelf, tmp_path / "elsewhere")
    clock.move_to("2021-02-24T09:00:00+08:00")
    assert notes.sweep().erased == 0
    assert [one.count for one in notes.retention()] == [1]
    shutil.move(tmp_path / "elsewhere", shelf)
    clock.move_to("2021-02-25T09:00:00+08:00")
    assert notes.sweep().erased == 1
