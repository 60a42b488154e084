"""What finished cases hold is erased when its time is over, by the pack's rules; the history still holds."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import contents, written

import duban
import duban.testing
from duban.engine.model.period import Period
from duban.engine.runtime import retention as retaining

SECRET = "call 13800001111"
NOTE = """
workflow: note
version: 1
reference: NOT
fields:
  title: {type: text}
  place: {type: text}
  photo: {type: evidence}
states: {open: , over: {final: true}}
events:
  write: {to: open, by: [clerk], needs: [title], takes: [place, photo], do: [{notify: {to: clerk}}]}
  change: {from: open, by: [clerk], takes: [title, place]}
  close: {from: open, to: over, by: [clerk, chief]}
  reopen: {from: over, to: open, by: [chief]}
  hide: {from: open, by: [chief], confidential: [chief]}
"""
RULES = """
rules:
  words: {label: {en: Words, zh: 文字}, workflow: note, erase: [title, photo], after: 30 days}
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("pg"))])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def notes(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on notes that are kept for thirty days."""
    return make(written(tmp_path / "pack", note=NOTE, retention=RULES))


def closed(engine: duban.Engine) -> str:
    photo = {"photo": ("a.txt", SECRET.encode())}
    ref = engine.start("note", by="clerk", data={"title": SECRET, "place": "Renmin Road"}, evidence=photo).ref
    engine.fire(ref, "change", by="clerk", data={"title": "other words"})
    engine.fire(ref, "close", by="clerk")
    return ref


def test_it_is_erased_on_the_day_after_its_time_is_over_and_not_before(
    notes: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = closed(notes)
    published = notes.checkpoint()
    clock.move_to("2020-12-23T23:59:00+08:00")  # closed on 11-23: thirty days are over when 12-23 is
    assert notes.sweep().erased == 0
    assert notes.get(ref, by="clerk").data["title"] == "other words"

    clock.move_to("2020-12-24T00:00:01+08:00")
    assert [(one.rule.name, one.count) for one in notes.retention()] == [("words", 1)]
    assert notes.sweep().erased == 1

    case = notes.get(ref, by="clerk")
    assert case.data == {"title": None, "photo": None, "place": "Renmin Road"}
    assert case.closed_at is not None
    assert SECRET not in repr(contents(notes))
    row = notes.history(ref, by="clerk")[-1]
    assert (row.event, row.kind, row.actor, row.from_state, row.to_state) == (
        "retention:words", "step", "scheduler", "over", "over",
    )  # fmt: skip
    assert [(told["seq"], told["fields"]) for told in row.erased or ()] == [(1, ["title", "photo"]), (2, ["title"])]
    assert notes.verify(published=published) == []
    assert [one.count for one in notes.retention()] == [0]
    assert notes.sweep().erased == 0


def test_a_file_that_no_case_refers_to_any_more_is_removed_with_the_same_sweep(
    notes: duban.Engine, clock: duban.testing.FrozenClock, tmp_path: Path
) -> None:
    digest = notes.get(closed(notes), by="clerk").data["photo"][0]["hash"]
    assert notes.world.evidence.matches(digest)
    clock.move_to("2030-12-24T09:00:00+08:00")
    notes.sweep()
    assert not notes.world.evidence.matches(digest)


def test_what_was_given_and_emptied_before_the_end_is_erased_from_the_history_too(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    emptied = NOTE.replace("to: over, by: [clerk, chief]", "to: over, by: [clerk, chief], set: {title: }")
    engine = make(written(tmp_path / "pack", note=emptied, retention=RULES))
    ref = closed(engine)
    assert engine.get(ref, by="clerk").data["title"] is None
    clock.move_to("2021-12-24T09:00:00+08:00")
    engine.sweep()
    assert "other words" not in repr(contents(engine))
    assert engine.verify() == []


def test_a_case_that_is_open_again_is_kept_and_erased_after_its_new_end(
    notes: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = closed(notes)
    clock.move_to("2020-12-24T09:00:00+08:00")
    notes.sweep()
    notes.fire(ref, "reopen", by="chief")
    notes.fire(ref, "change", by="clerk", data={"title": SECRET})
    clock.move_to("2021-06-24T09:00:00+08:00")
    assert notes.sweep().erased == 0
    notes.fire(ref, "close", by="clerk")
    clock.move_to("2021-07-24T09:00:00+08:00")
    assert notes.sweep().erased == 0
    clock.move_to("2021-07-25T09:00:00+08:00")
    assert notes.sweep().erased == 1
    assert SECRET not in repr(contents(notes))
    assert notes.verify() == []


def test_a_rule_that_comes_later_or_names_more_holds_for_cases_that_ended_before(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    ref = closed(make(written(tmp_path / "pack", note=NOTE)))
    clock.move_to("2021-12-24T09:00:00+08:00")
    newer = NOTE.replace("version: 1", "version: 2").replace("title: {type: text}", "title: {type: text, max: 99}")
    engine = make(written(tmp_path / "newer", note=newer, retention=RULES))
    assert engine.sweep().erased == 1
    more = RULES.replace("[title, photo]", "[title, photo, place]")
    wider = make(written(tmp_path / "wider", note=newer, retention=more))
    assert wider.sweep().erased == 1
    assert set(wider.get(ref, by="clerk").data.values()) == {None}
    assert wider.verify() == []


def test_of_a_case_that_held_nothing_no_row_is_written_and_it_is_looked_at_once(
    notes: duban.Engine, clock: duban.testing.FrozenClock, make: Make, tmp_path: Path
) -> None:
    bare = NOTE.replace("needs: [title], takes: [place, photo]", "takes: [title, place, photo]")
    engine = make(written(tmp_path / "bare", note=bare, retention=RULES))
    ref = engine.start("note", by="clerk", data={"place": "Renmin Road"}).ref
    engine.fire(ref, "close", by="clerk")
    clock.move_to("2021-12-24T09:00:00+08:00")
    assert (engine.sweep().erased, engine.get(ref, by="clerk").version) == (0, 2)
    assert [one.count for one in engine.retention()] == [0]


def test_it_is_done_once_a_day_and_a_case_that_fails_holds_up_no_other(
    notes: duban.Engine, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = closed(notes), closed(notes)
    clock.move_to("2021-12-24T09:00:00+08:00")
    inner = retaining.erasures

    def failing(rows: Any, fields: Any) -> Any:
        if rows[0].ref == first:
            raise ValueError("unreadable")
        return inner(rows, fields)

    with monkeypatch.context() as patch:
        patch.setattr(retaining, "erasures", failing)
        assert notes.sweep().erased == 1
    assert notes.get(second, by="clerk").data["title"] is None
    assert notes.sweep().erased == 0  # not again today
    clock.move_to("2021-12-25T09:00:00+08:00")
    assert notes.sweep().erased == 1
    assert notes.verify() == []


def test_who_may_not_see_a_case_is_not_told_that_something_of_it_is_due(
    notes: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = notes.start("note", by="clerk", data={"title": SECRET}).ref
    notes.fire(ref, "hide", by="chief")
    notes.fire(ref, "close", by="chief")
    clock.move_to("2021-12-24T09:00:00+08:00")
    assert {by: [one.count for one in notes.retention(by=by)] for by in ("clerk", "chief", None)} == {
        "clerk": [0], "chief": [1], None: [0],
    }  # fmt: skip
    assert notes.sweep(by="clerk").erased == 0
    assert SECRET not in repr(contents(notes))


def test_a_pack_without_rules_erases_nothing(make: Make, tmp_path: Path, clock: duban.testing.FrozenClock) -> None:
    engine = make(written(tmp_path / "pack", note=NOTE))
    closed(engine)
    clock.move_to("2030-12-24T09:00:00+08:00")
    assert (engine.sweep().erased, engine.retention()) == (0, [])
    assert SECRET in repr(contents(engine))


@pytest.mark.parametrize(
    ("today", "months", "days", "last"),
    [
        ("2020-12-24", 0, 30, "2020-11-23"), ("2022-11-24", 24, 0, "2020-11-23"), ("2021-02-28", 3, 0, "2020-11-27"),
        ("2021-03-31", 1, 0, "2021-02-27"), ("2024-02-29", 12, 0, "2023-02-27"), ("2021-01-01", 1, 0, "2020-11-30"),
        ("2020-12-31", 12, 0, "2019-12-30"), ("2020-01-15", 14, 0, "2018-11-14"),
    ],
)  # fmt: skip
def test_periods_go_by_the_calendar(today: str, months: int, days: int, last: str) -> None:
    assert Period("", months, days).last_day(date.fromisoformat(today)) == date.fromisoformat(last)
