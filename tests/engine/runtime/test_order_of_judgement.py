"""An event is judged in this order: is the case visible, does the event exist, role, version, state, data, guards."""

from pathlib import Path
from typing import Any

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import ORGANIZATION, contents, written

import duban
from duban.testing import photograph

DEED = """
workflow: deed
version: 1
reference: DEE
fields:
  words: {type: text, max: 10}
  proof: {type: evidence}
states: {open: {}, held: {}, done: {final: true}}
events:
  begin: {to: open, by: [clerk], takes: [words]}
  secretly: {to: open, by: [chief], confidential: [chief]}
  hold: {from: open, to: held, by: [clerk, chief]}
  end:
    from: [held]
    to: done
    by: [clerk]
    needs: [words]
    takes: [proof]
    when:
      - {check: data.words != "no", else: {en: it must not be no, zh: 不得为否}}
      - {check: actor != "clerk", else: {en: not the clerk, zh: 经办人除外}}
"""
HIDDEN, OPEN, HELD = "DEE-000001", "DEE-000002", "DEE-000003"
ABSENT = "DEE-000009"


@pytest.fixture
def engine(make: Make, tmp_path: Path) -> duban.Engine:
    """Three cases: one hidden from the clerk, one open, one held."""
    engine = make(written(tmp_path / "pack", deed=DEED))
    engine.start("deed", by="chief", event="secretly")
    engine.start("deed", by="clerk")
    held = engine.start("deed", by="clerk")
    engine.fire(held.ref, "hold", by="clerk")
    return engine


def refused(engine: duban.Engine, ref: str, event: str, by: str = "clerk", **more: Any) -> duban.DubanError:
    with pytest.raises(duban.DubanError) as caught:
        engine.fire(ref, event, by=by, **more)
    return caught.value


WRONG_DATA = {"words": "far too many words"}
WRONG: dict[str, Any] = {"expect_version": 7, "data": WRONG_DATA}
NO_FILE = {"proof": Path("no such file")}

# Each attempt fails in all that follows, too; so the first of the list is what is told.
LADDER: list[tuple[str, dict[str, Any], type[duban.DubanError]]] = [
    ("visible", {"ref": HIDDEN, "event": "edn", "by": "road-hand", **WRONG}, duban.UnknownCase),
    ("event", {"ref": OPEN, "event": "edn", "by": "road-hand", **WRONG}, duban.UnknownEvent),
    ("role", {"ref": OPEN, "event": "end", "by": "road-hand", **WRONG}, duban.NotPermitted),
    ("version", {"ref": OPEN, "event": "end", "expect_version": 7, "data": WRONG_DATA}, duban.VersionConflict),
    ("state", {"ref": OPEN, "event": "end", "expect_version": 1, "data": WRONG_DATA}, duban.TransitionNotAllowed),
    ("data", {"ref": HELD, "event": "end", "data": WRONG_DATA}, duban.InvalidData),
    ("guards", {"ref": HELD, "event": "end", "data": {"words": "no"}}, duban.GuardRefused),
]  # fmt: skip


@pytest.mark.parametrize("with_file", [False, True], ids=["data alone", "a file that cannot be read"])
@pytest.mark.parametrize(("attempt", "fault"), [step[1:] for step in LADDER], ids=[step[0] for step in LADDER])
@pytest.mark.asvs("1.4.1", "4.1.1")
def test_the_first_in_order_is_what_is_told(
    engine: duban.Engine, attempt: dict[str, Any], fault: type[duban.DubanError], with_file: bool
) -> None:
    if with_file and fault is duban.GuardRefused:
        attempt, fault = {**attempt, "evidence": NO_FILE}, duban.InvalidEvidence
    elif with_file:
        attempt = {**attempt, "evidence": NO_FILE}
    before = contents(engine)
    found = refused(engine, **attempt)
    assert type(found) is fault or (with_file and type(found) is duban.InvalidEvidence and fault is duban.InvalidData)
    assert contents(engine) == before


@pytest.mark.asvs("12.1.1")
def test_a_file_is_kept_only_when_all_that_comes_before_the_data_holds(engine: duban.Engine, tmp_path: Path) -> None:
    photo = {"proof": ("photo.jpg", photograph())}
    for _name, attempt, fault in LADDER[:5]:
        assert type(refused(engine, **attempt, evidence=photo)) is fault
    with pytest.raises(duban.NotPermitted):
        engine.start("deed", by="road-hand", evidence=photo)
    with pytest.raises(duban.UnknownWorkflow):
        engine.start("dead", by="road-hand", evidence=photo)
    assert not (tmp_path / "evidence").exists()
    assert isinstance(refused(engine, **LADDER[5][1], evidence=photo), duban.InvalidData)


def test_preview_judges_in_the_same_order_and_records_nothing(engine: duban.Engine) -> None:
    for _name, attempt, fault in LADDER:
        with pytest.raises(fault):
            engine.preview(**{"by": "clerk", **attempt})
    assert engine.refusals(by="system") == []


def test_all_guards_and_all_fields_that_do_not_hold_are_told_at_once(engine: duban.Engine) -> None:
    fault = refused(engine, HELD, "end", data={"words": "no"})
    assert isinstance(fault, duban.GuardRefused)
    assert fault.reasons == ["it must not be no", "not the clerk"]
    assert fault.reasons_in("zh") == ["不得为否", "经办人除外"]
    wrong = refused(engine, HELD, "end", data={"words": "", "wordz": 1})
    assert isinstance(wrong, duban.InvalidData)
    assert set(wrong.fields) == {"words", "wordz"}


@pytest.mark.asvs("4.2.1", "13.1.4")
def test_a_hidden_case_and_an_absent_one_cannot_be_told_apart(engine: duban.Engine) -> None:
    asked = (
        lambda ref: engine.fire(ref, "end", by="clerk", data={"words": "x"}, expect_version=7, key="k"),
        lambda ref: engine.fire(ref, "end", by="clerk", evidence={"proof": ("a.jpg", photograph())}),
        lambda ref: engine.preview(ref, "end", by="clerk"),
        lambda ref: engine.explain(ref, by="clerk"),
        lambda ref: engine.get(ref, by="clerk"),
        lambda ref: engine.history(ref, by="clerk"),
    )
    for ask in asked:
        told = []
        for ref in (HIDDEN, ABSENT):
            with pytest.raises(duban.UnknownCase) as caught:
                ask(ref)
            told.append([caught.value.message(lang).replace(ref, "REF") for lang in ("en", "zh")])
            told[-1].append(sorted(caught.value.data))
        assert told[0] == told[1]
    assert engine.refusals(by="clerk") == []
    recorded = {(refusal.ref, refusal.event, refusal.code) for refusal in engine.refusals(by="system")}
    assert recorded == {(HIDDEN, "end", "unknown-case"), (ABSENT, "end", "unknown-case")}


@pytest.mark.asvs("7.1.3", "7.1.4")
def test_refusals_are_recorded_with_who_what_and_why_and_never_in_a_history(engine: duban.Engine) -> None:
    for _name, attempt, _fault in LADDER[1:]:
        refused(engine, **attempt)
    with pytest.raises(duban.NotPermitted):
        engine.start("deed", by="road-hand")
    found = [(r.actor, r.ref, r.event, r.code, r.reasons) for r in engine.refusals(by="clerk")]
    assert found == [
        ("road-hand", None, "start", "not-permitted", ()),
        ("clerk", HELD, "end", "guard-refused", ("it must not be no", "not the clerk")),
        ("clerk", OPEN, "end", "transition-not-allowed", ()),
        ("road-hand", OPEN, "end", "not-permitted", ()),
    ]
    assert all(refusal.at == engine.world.clock.now() for refusal in engine.refusals(by="clerk"))
    assert [len(engine.history(ref, by="system")) for ref in (HIDDEN, OPEN, HELD)] == [1, 1, 2]


@pytest.mark.asvs("4.1.3")
def test_the_scheduler_and_the_system_may_fire_only_what_names_them(engine: duban.Engine) -> None:
    for by in ("scheduler", "system"):
        assert isinstance(refused(engine, OPEN, "hold", by=by), duban.NotPermitted)


def test_an_account_acts_with_the_roles_of_all_its_posts(make: Make, tmp_path: Path) -> None:
    organization = ORGANIZATION + "accounts: {both: {posts: [road-hand, clerk]}}\n"
    engine = make(written(tmp_path / "both", organization, deed=DEED))
    case = engine.start("deed", by="both")
    row = engine.history(case.ref, by="both")[0]
    assert (row.actor, row.post, row.unit) == ("both", "clerk", "office")
