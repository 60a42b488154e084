"""Personal data can be taken out for good, and the history still holds; nobody else takes anything out unseen."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import contents, written

import duban
import duban.testing

SECRET, ANOTHER = "call 13800001111", "and 13900002222"
NOTE = """
workflow: note
version: 1
reference: NOT
fields:
  title: {type: text}
  place: {type: text}
  photo: {type: evidence}
  about: {type: case, workflow: note}
  who: {type: list, of: unit}
states: {open: , over: {final: true}}
events:
  write: {to: open, by: [clerk], needs: [title], takes: [place, photo, about, who], do: [{notify: {to: who}}]}
  change: {from: open, by: [clerk], takes: [title, place], do: [{notify: {to: who}}]}
  redact: {from: [open, over], by: [chief], takes: [title], erase: [title, photo, about, who]}
  close: {from: open, to: over, by: [clerk]}
"""
BOTH = pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("pg"))])


@pytest.fixture
def notes(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on notes."""
    return make(written(tmp_path / "pack", note=NOTE))


def wrote(engine: duban.Engine, key: str | None = None) -> str:
    other = engine.start("note", by="clerk", data={"title": "other"})
    data = {"title": SECRET, "place": "Renmin Road", "about": other.ref, "who": ["roads"]}
    case = engine.start("note", by="clerk", data=data, evidence={"photo": ("a.txt", SECRET.encode())}, key=key)
    engine.fire(case.ref, "change", by="clerk", data={"title": ANOTHER, "place": "Renmin Square"})
    return case.ref


@BOTH
@pytest.mark.asvs("8.3.2")
def test_what_was_erased_is_nowhere_in_the_store_and_the_history_holds(notes: duban.Engine, kind: str) -> None:
    ref = wrote(notes)
    published = notes.checkpoint()
    assert SECRET in repr(contents(notes))

    done = notes.fire(ref, "redact", by="chief", data={"title": "withheld"})

    stored = repr(contents(notes))
    assert SECRET not in stored
    assert ANOTHER not in stored
    assert done.case.data == {"title": "withheld", "place": "Renmin Square"} | dict.fromkeys(("photo", "about", "who"))
    assert [dict(row.data) for row in notes.history(ref, by="chief")[:2]] == [
        {"place": "Renmin Road"}, {"place": "Renmin Square"},
    ]  # fmt: skip
    assert notes.verify(published=published) == []
    assert notes.verify(published=notes.checkpoint()) == []


def test_what_was_erased_twice_is_gone_twice_and_holds(notes: duban.Engine) -> None:
    ref = wrote(notes)
    for words in (SECRET, ANOTHER):
        notes.fire(ref, "redact", by="chief", data={"title": words})
    notes.fire(ref, "close", by="clerk")
    notes.fire(ref, "redact", by="chief")

    assert {SECRET, ANOTHER} & set(repr(contents(notes)).split("'")) == set()
    assert "13800001111" not in repr(contents(notes))
    assert notes.verify() == []


def test_a_file_that_was_erased_is_collected_after_a_day(
    notes: duban.Engine, clock: duban.testing.FrozenClock, tmp_path: Path
) -> None:
    ref = wrote(notes)
    notes.fire(ref, "redact", by="chief")
    with notes.store.read() as reader:
        assert reader.evidence_digests() == set()


def test_a_preview_erases_nothing(notes: duban.Engine) -> None:
    ref = wrote(notes)
    before = contents(notes)
    notes.preview(ref, "redact", by="chief")
    assert contents(notes) == before


def test_who_may_not_fire_the_event_erases_nothing(notes: duban.Engine) -> None:
    ref = wrote(notes)
    with pytest.raises(duban.NotPermitted):
        notes.fire(ref, "redact", by="clerk")
    assert SECRET in repr(contents(notes))


def test_a_key_of_a_request_whose_words_were_erased_is_not_used_for_another(notes: duban.Engine) -> None:
    ref = wrote(notes, key="form-1")
    notes.fire(ref, "redact", by="chief")
    with pytest.raises(duban.KeyReused):
        wrote(notes, key="form-1")


def test_what_a_key_stands_for_cannot_be_found_by_trying(notes: duban.Engine) -> None:
    """Two requests that ask the same leave different traces."""
    for key in ("a", "b"):
        notes.start("note", by="clerk", data={"title": SECRET}, key=key)
    kept = {row.request for ref in ("NOT-000001", "NOT-000002") for row in notes.history(ref, by="clerk")}
    assert len(kept) == 2


TAKINGS: dict[str, str] = {
    "a value taken out without a word": "UPDATE duban_history SET data = '{}' WHERE case_id = 2 AND seq = 2",
    "one more value taken out": "UPDATE duban_history SET data = json_remove(data, '$.place') WHERE case_id = 2",
    "a value put back in": "UPDATE duban_history SET data = json_set(data, '$.title', 'x') WHERE case_id = 2",
    "another salt": "UPDATE duban_history SET salt = 'x' WHERE case_id = 2 AND seq = 1",
    "the word of it taken away": "UPDATE duban_history SET erased = NULL WHERE case_id = 2 AND seq = 3",
    "the word of it for another row": "UPDATE duban_history SET erased = replace(erased, '\"seq\":1', '\"seq\":2')",
}


@pytest.mark.parametrize("taking", TAKINGS)
def test_whoever_takes_values_out_of_the_database_is_found(notes: duban.Engine, tmp_path: Path, taking: str) -> None:
    ref = wrote(notes)
    notes.fire(ref, "redact", by="chief")
    assert notes.verify() == []
    with closing(sqlite3.connect(tmp_path / "street.db")) as connection, connection:
        connection.execute(TAKINGS[taking])
    connection.close()

    assert ref in {broken.ref for broken in notes.verify()}


def test_a_store_from_before_keeps_its_keys(
    notes: duban.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain: Callable[[str, str], str] = lambda _salt, fingerprint: fingerprint  # noqa: E731
    monkeypatch.setattr("duban.engine.runtime.record.asked", plain)
    case = notes.start("note", by="clerk", data={"title": "x"}, key="form-1")
    monkeypatch.undo()

    assert notes.start("note", by="clerk", data={"title": "x"}, key="form-1").ref == case.ref
