"""The same request twice does the thing once, and tells again what it came to."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import (
    PHOTO,
    SAMPLE,
    answer,
    assigned,
    at_once,
    closed,
    contents,
    events,
    process,
    reported,
    written,
)

import duban
import duban.testing
from duban.engine.model.case import Case, Outcome
from duban.testing import photograph

SECRET = """
workflow: tip
version: 1
reference: TIP
fields: {words: {type: text}, unit: {type: unit}}
states: {open: {}, secret: {}, done: {final: true}}
events:
  tell: {to: open, by: [clerk, hand], needs: [words]}
  hide: {from: open, to: secret, by: [clerk, hand], confidential: [chief]}
  end: {from: [open, secret], to: done, by: [chief, clerk]}
  again: {from: done, to: open, by: [chief], takes: [unit]}
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


def test_a_start_with_the_same_key_happens_once_and_tells_the_case_of_then(engine: duban.Engine) -> None:
    first = reported(engine, key="req-1")
    engine.fire(first.ref, "assign", by="office", data={"unit": "office"})
    before = contents(engine)
    assert reported(engine, key="req-1") == first
    assert contents(engine) == before


def test_an_event_with_the_same_key_happens_once_and_tells_the_outcome_of_then(engine: duban.Engine) -> None:
    case = reported(engine)
    given = {"unit": "city-management"}
    first = engine.fire(case.ref, "assign", by="office", data=given, key="req-2", expect_version=1)
    closed(engine, first.case)
    before = contents(engine)
    again = engine.fire(case.ref, "assign", by="office", data=given, key="req-2", expect_version=1)
    assert (again.duplicate, first.duplicate) == (True, False)
    assert (again.case.state, again.case.version, again.row) == ("assigned", 2, first.row)
    assert (again.case.closed_at, again.case.data, again.case.head) == (None, first.case.data, first.case.head)
    assert contents(engine) == before


def test_the_unit_the_closing_and_the_audience_of_then_are_told(make: Make, tmp_path: Path) -> None:
    engine = make(written(tmp_path / "pack", tip=SECRET))
    case = engine.start("tip", by="clerk", data={"words": "look"})
    ended = engine.fire(case.ref, "end", by="clerk", key="end")
    engine.fire(case.ref, "again", by="chief", data={"unit": "roads"})
    engine.fire(case.ref, "hide", by="clerk")
    again = engine.fire(case.ref, "end", by="clerk", key="end")
    assert again.duplicate
    assert (again.case.unit, again.case.audience, again.case.closed_at) == (None, (), ended.case.closed_at)
    assert again.case == ended.case


def test_evidence_is_part_of_what_makes_a_request_the_same(engine: duban.Engine) -> None:
    case = assigned(engine)

    def rectify(photo: tuple[str, bytes]) -> Outcome:
        return engine.fire(
            case.ref, "rectify", by="city-handler", data={"measures": "x"}, evidence={"photo_after": photo}, key="r"
        )

    assert not rectify(PHOTO).duplicate
    assert rectify(PHOTO).duplicate
    with pytest.raises(duban.KeyReused, match="r was already used"):
        rectify(("after.jpg", photograph("another")))


@pytest.mark.parametrize(
    ("by", "event", "data"),
    [
        ("office", "assign", {"unit": "office"}),
        ("office", "close", {}),
    ],
)
def test_another_request_with_the_key_is_told_so(
    engine: duban.Engine, by: str, event: str, data: dict[str, str]
) -> None:
    case = reported(engine)
    engine.fire(case.ref, "assign", by="office", data={"unit": "city-management"}, key="req-2")
    before = contents(engine)
    with pytest.raises(duban.KeyReused):
        engine.fire(case.ref, event, by=by, data=data, key="req-2")
    assert contents(engine) == before


def test_a_key_belongs_to_who_brought_it(engine: duban.Engine) -> None:
    case = reported(engine, key="mine")
    again = engine.fire(case.ref, "assign", by="office", data={"unit": "office"}, key="mine")
    assert not again.duplicate
    assert engine.fire(case.ref, "assign", by="office", data={"unit": "office"}, key="mine").duplicate
    assert reported(engine, key="mine") == case
    assert [row.key for row in engine.history(case.ref, by="office")] == ["mine", "mine"]
    assert engine.verify() == []


@pytest.mark.parametrize("key", ["", "x" * 201, "step:1", "a\nb", "\ud800"])
def test_a_key_that_cannot_be_one_is_refused(engine: duban.Engine, key: str) -> None:
    with pytest.raises(duban.UsageError, match="idempotency key"):
        reported(engine, key=key)


def test_half_a_character_beside_a_used_key_is_another_request_and_no_crash(engine: duban.Engine) -> None:
    reported(engine, key="req-1")
    with pytest.raises(duban.KeyReused):
        reported(engine, key="req-1", title="\ud800")


def test_sixteen_threads_with_one_key_make_one_case(engine: duban.Engine) -> None:
    found = at_once(16, lambda _number: reported(engine, key="req-1"))
    assert {case.ref for case in found if isinstance(case, Case)} == {"ISS-000001"}
    assert len(found) == 16
    assert not any(isinstance(fault, duban.DubanError) for fault in found)
    assert len(engine.find(by="office")) == 1
    assert reported(engine).ref == "ISS-000002"


@pytest.mark.asvs("1.11.3")
def test_sixteen_threads_with_one_key_fire_once_even_where_a_version_is_expected(engine: duban.Engine) -> None:
    case, given = reported(engine), {"unit": "office"}
    found = at_once(
        16,
        lambda _number: engine.fire(case.ref, "assign", by="office", data=given, key="req-2", expect_version=1),
    )
    outcomes = [outcome for outcome in found if isinstance(outcome, Outcome)]
    assert len(outcomes) == 16
    assert sorted(outcome.duplicate for outcome in outcomes) == [False] + [True] * 15
    assert events(engine, case.ref) == ["report", "assign"]


def test_threads_that_use_one_key_for_different_cases_are_told_so(engine: duban.Engine) -> None:
    cases = [reported(engine) for _ in range(8)]

    def assign(number: int) -> Outcome:
        given = {"unit": "office"}
        return engine.fire(cases[number].ref, "assign", by="office", data=given, key="one", expect_version=1)

    found = at_once(8, assign)
    assert [type(answer) for answer in found].count(Outcome) == 1
    assert [type(answer) for answer in found].count(duban.KeyReused) == 7


def test_two_processes_with_one_key_change_nothing_twice(engine: duban.Engine, url: str) -> None:
    racers = [process(url, "start", "req-1", pack=SAMPLE) for _ in range(2)]
    assert [answer(racer) for racer in racers] == [{"ref": "ISS-000001", "version": 1}] * 2
    racers = [process(url, "assign", "ISS-000001", "req-2") for _ in range(2)]
    told = [answer(racer) for racer in racers]
    assert sorted(one["duplicate"] for one in told) == [False, True]
    assert {(one["version"], one["state"]) for one in told} == {(2, "assigned")}
    assert events(engine, "ISS-000001") == ["report", "assign"]
    assert engine.verify() == []


def test_the_key_of_a_hidden_case_tells_nothing_of_it(make: Make, tmp_path: Path) -> None:
    engine = make(written(tmp_path / "pack", tip=SECRET))
    case = engine.start("tip", by="clerk", data={"words": "look"}, key="mine")
    engine.fire(case.ref, "hide", by="clerk", key="hidden")
    other = engine.start("tip", by="road-hand", data={"words": "mine"}, key="mine")
    assert not engine.fire(other.ref, "hide", by="road-hand", key="hidden").duplicate
    with pytest.raises(duban.UnknownCase) as hidden:
        engine.fire(case.ref, "end", by="road-hand", key="hidden")
    with pytest.raises(duban.UnknownCase) as absent:
        engine.fire("TIP-000009", "end", by="road-hand", key="hidden")
    assert str(hidden.value).replace(case.ref, "TIP-000009") == str(absent.value)


def test_who_hid_a_case_with_a_request_is_told_its_outcome_again(make: Make, tmp_path: Path) -> None:
    engine = make(written(tmp_path / "pack", tip=SECRET))
    case = engine.start("tip", by="clerk", data={"words": "look"}, key="mine")
    hidden = engine.fire(case.ref, "hide", by="clerk", key="hidden")
    assert engine.fire(case.ref, "hide", by="clerk", key="hidden").row == hidden.row
    assert engine.start("tip", by="clerk", data={"words": "look"}, key="mine") == case
    with pytest.raises(duban.UnknownCase):
        engine.get(case.ref, by="clerk")
