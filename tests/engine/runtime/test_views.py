"""Records and boards: read from history, bounded by who reads, and by the definition that a case started with."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import written

import duban
import duban.testing

ORGANIZATION = """
timezone: Asia/Shanghai
units:
  office: {}
posts:
  clerk: {unit: office, roles: [clerk]}
  judge: {unit: office, roles: [judge, clerk]}
"""
CATALOGUE = """
places:
  gate: {hours: "08:00"}
  yard: {hours: "09:00"}
"""
WALK = """
workflow: walk
version: 1
reference: WAL
fields:
  title: {type: text}
  places: {type: list, of: catalogue.places}
  place: {type: choice, of: catalogue.places}
  hours: {type: text}
  note: {type: text}
  photo: {type: evidence}
  urgent: {type: boolean, default: false}
states: {open: {}, shown: {}, done: {final: true}}
events:
  plan: {to: open, by: [clerk], needs: [title], takes: [places, urgent]}
  look:
    from: open
    by: [clerk]
    needs: [place, photo]
    takes: [note]
    set: {hours: {by: place, from: catalogue.places.hours}}
    start: [{workflow: trouble, when: given.note, with: {place: place, photo: photo}}]
  skip: {from: open, by: [clerk], needs: [place], set: {note: null}}
  seal: {from: any, by: [judge], confidential: [judge]}
  put_up: {from: open, to: shown, by: [clerk]}
  end: {from: [open, shown], to: done, by: [clerk]}
records:
  seen: {of: [look, skip], per: place, among: places, shows: [hours, note, photo], cases: trouble}
boards:
  wall: {in: shown, where: {urgent: false}, shows: [title, places]}
"""
TROUBLE = """
workflow: trouble
version: 1
reference: TRO
confidential: [judge]
fields: {place: {type: choice, of: catalogue.places}, photo: {type: evidence}}
states: {open: {}, done: {final: true}}
events:
  open: {to: open, by: [system], needs: [place], takes: [photo]}
  end: {from: open, to: done, by: [judge]}
"""


def pack(folder: Path, walk: str = WALK, trouble: str = TROUBLE) -> Path:
    """A pack with a record and a board."""
    made = written(folder, ORGANIZATION, walk=walk, trouble=trouble)
    (made / "catalogue.yaml").write_text(CATALOGUE, encoding="utf-8")
    return made


@pytest.fixture
def engine(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on that pack."""
    return make(pack(tmp_path / "pack"))


def planned(engine: duban.Engine, **more: object) -> str:
    """A walk to both places."""
    return engine.start("walk", by="clerk", data={"title": "Monday", "places": ["yard", "gate"], **more}).ref


def look(engine: duban.Engine, ref: str, place: str, **more: str) -> None:
    """Look at a place, with a photograph."""
    files = {"photo": (f"{place}.jpg", duban.testing.photograph(place))}
    engine.fire(ref, "look", by="clerk", data={"place": place, **more}, evidence=files)


def test_a_record_has_a_line_for_each_value_that_ought_to_be_there_in_its_order(engine: duban.Engine) -> None:
    ref = planned(engine)
    look(engine, ref, "gate")
    lines = engine.records(ref, by="clerk")["seen"]
    assert [(line.value, line.row and line.row.event, line.data["hours"]) for line in lines] == [
        ("yard", None, "09:00"), ("gate", "look", "08:00"),
    ]  # fmt: skip


def test_the_last_row_of_a_value_tells_and_nothing_of_another_value(engine: duban.Engine) -> None:
    ref = planned(engine)
    look(engine, ref, "gate", note="a hole")
    look(engine, ref, "yard")
    engine.fire(ref, "skip", by="clerk", data={"place": "gate"})
    lines = {line.value: line for line in engine.records(ref, by="clerk")["seen"]}
    assert (lines["gate"].row and lines["gate"].row.event, lines["gate"].data["note"]) == ("skip", None)
    assert (lines["yard"].data["note"], lines["yard"].data["photo"][0]["name"]) == (None, "yard.jpg")


def test_a_value_outside_the_list_has_its_line_after_the_others(engine: duban.Engine) -> None:
    ref = engine.start("walk", by="clerk", data={"title": "Monday", "places": ["yard"]}).ref
    look(engine, ref, "gate")
    assert [line.value for line in engine.records(ref, by="clerk")["seen"]] == ["yard", "gate"]


def test_a_record_names_child_cases_only_to_those_who_see_them_and_writes_down_who_was_told(
    engine: duban.Engine,
) -> None:
    ref = planned(engine)
    look(engine, ref, "gate", note="a hole")
    told = {by: {one.value: one.cases for one in engine.records(ref, by=by)["seen"]} for by in ("clerk", "judge")}
    assert told == {"clerk": {"yard": (), "gate": ()}, "judge": {"yard": (), "gate": ("TRO-000001",)}}
    assert [(one.actor, one.what) for one in engine.readings("TRO-000001", by="judge")] == [("judge", "records")]


def test_a_started_case_is_given_the_files_and_refers_to_the_same_content(engine: duban.Engine) -> None:
    ref = planned(engine)
    look(engine, ref, "gate", note="a hole")
    trouble = engine.get("TRO-000001", by="judge")
    assert trouble.data["photo"] == engine.get(ref, by="judge").data["photo"]
    assert (engine.collect(), engine.verify()) == (0, [])


def test_a_case_stands_on_a_board_only_in_its_state_and_while_its_data_fit(engine: duban.Engine) -> None:
    ref, urgent = planned(engine), planned(engine, urgent=True)
    assert engine.board("wall") == []
    for one in (ref, urgent):
        engine.fire(one, "put_up", by="clerk")
    (entry,) = engine.board("wall")
    assert (entry.ref, [(field.name, value) for field, value in entry.shown]) == (
        ref, [("title", "Monday"), ("places", ["yard", "gate"])],
    )  # fmt: skip
    engine.fire(ref, "end", by="clerk")
    assert engine.board("wall") == []


def test_a_case_that_was_made_confidential_stands_on_no_board(engine: duban.Engine) -> None:
    ref = planned(engine)
    engine.fire(ref, "put_up", by="clerk")
    engine.fire(ref, "seal", by="judge")
    assert engine.board("wall") == []


def test_a_board_shows_of_a_case_what_its_own_definition_promised(make: Make, tmp_path: Path) -> None:
    first = make(pack(tmp_path / "first"))
    ref = planned(first)
    first.fire(ref, "put_up", by="clerk")
    later = WALK.replace("version: 1", "version: 2").replace("shows: [title, places]", "shows: [title, places, note]")
    second = make(pack(tmp_path / "second", walk=later))
    (entry,) = second.board("wall")
    assert [field.name for field, _ in entry.shown] == ["title", "places"]


def test_a_board_is_bounded_and_an_unknown_one_is_told_with_the_nearest(engine: duban.Engine) -> None:
    refs = [planned(engine) for _ in range(3)]
    for one in refs:
        engine.fire(one, "put_up", by="clerk")
    assert [entry.ref for entry in engine.board("wall", limit=2)] == [refs[2], refs[1]]
    with pytest.raises(duban.UsageError):
        engine.board("wall", limit=0)
    with pytest.raises(duban.UnknownBoard) as told:
        engine.board("wal")
    assert told.value.data["known"] == ["wall"]
