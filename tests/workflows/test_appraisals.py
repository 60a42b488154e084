"""Appraisals of property companies, red and black list (S10): exact, heard before, approved by another, correctable."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.workflows.machines import read

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

CATALOGUE = read("catalogue.yaml")
SCHEME = CATALOGUE["appraisal-schemes"]["property-2020"]
COMPANIES = CATALOGUE["property-companies"]
CRITERIA = ("cleanliness", "repairs", "order", "response")
OFFICE, LEADER = "office-coordination-1", "deputy-director-2"
DAY = "2020-11-19"


def opened(engine: duban.Engine) -> tuple[Case, dict[str, Case]]:
    """A list that closes today, and the appraisal of each company."""
    case = engine.start("appraisal_list", by=OFFICE, data={"period": "2020-Q4", "closes_on": DAY})
    found = engine.find("appraisal", by=OFFICE, parent=case.ref, limit=100)
    return case, {one.data["company"]: one for one in found}


def batch(sheets: int, *sums: int) -> dict[str, int]:
    """A count of sheets with the sum of each criterion."""
    return {"batch_sheets": sheets, **{f"batch_{name}": value for name, value in zip(CRITERIA, sums, strict=True)}}


def total(sheets: int, *sums: int) -> dict[str, Any]:
    """The whole of a count, corrected."""
    return {"sheets": sheets, **{f"sum_{name}": value for name, value in zip(CRITERIA, sums, strict=True)}}


def counted(engine: duban.Engine, case: Case, photo: Path, sheets: int, *sums: int) -> Case:
    """An appraisal to which its community has added a count."""
    by = f"{case.data['community']}-handler"
    return engine.fire(case.ref, "gather", by=by, data=batch(sheets, *sums), evidence={"tally": photo}).case


def settled(engine: duban.Engine, case: Case, photo: Path, sheets: int = 20, *sums: int) -> Case:
    """An appraisal whose company has replied."""
    counted(engine, case, photo, sheets, *(sums or (90, 90, 90, 90)))
    engine.fire(case.ref, "score", by=OFFICE)
    engine.fire(case.ref, "record_reply", by=OFFICE, data={"reply": "已整改楼道照明"})
    return engine.fire(case.ref, "end_reply", by=OFFICE).case


def published(engine: duban.Engine, photo: Path) -> tuple[Case, dict[str, Case]]:
    """A list on which the first company is red, the second black and the third on neither."""
    case, found = opened(engine)
    for one, mark in zip(found.values(), (90, 50, 70), strict=True):
        settled(engine, one, photo, 20, mark, mark, mark, mark)
    engine.fire(case.ref, "compile", by=OFFICE)
    engine.fire(case.ref, "approve", by=LEADER)
    case = engine.fire(case.ref, "publish", by=OFFICE).case
    return case, {one.data["standing"]: engine.get(one.ref, by=OFFICE) for one in _now(engine, found)}


def _now(engine: duban.Engine, found: dict[str, Case]) -> list[Case]:
    return [engine.get(one.ref, by=OFFICE) for one in found.values()]


def board(engine: duban.Engine, name: str) -> list[str]:
    """The references on a board."""
    return [entry.ref for entry in engine.board(name, limit=1000)]


def test_a_list_opens_an_appraisal_for_every_company_of_the_catalogue(engine: duban.Engine) -> None:
    _, found = opened(engine)
    assert set(found) == set(COMPANIES)
    assert {one.data["community"] for one in found.values()} == {one["community"] for one in COMPANIES.values()}


def test_the_companies_of_the_catalogue_are_plainly_samples() -> None:
    assert all("sample" in one["label"]["en"] and "示例" in one["label"]["zh"] for one in COMPANIES.values())


def test_only_the_community_of_the_company_or_the_office_adds_a_count_with_its_record(
    engine: duban.Engine, photo: Path
) -> None:
    case = opened(engine)[1]["sample-a"]
    data = batch(10, 40, 40, 40, 40)
    with pytest.raises(duban.InvalidData):
        engine.fire(case.ref, "gather", by="renhejie-handler", data=data)
    with pytest.raises(duban.GuardRefused, match="only the community"):
        engine.fire(case.ref, "gather", by="jianshelu-handler", data=data, evidence={"tally": photo})
    counted(engine, case, photo, 10, 40, 40, 40, 40)
    now = counted(engine, case, photo, 12, 60, 50, 40, 30)
    assert {name: now.data[name] for name in total(0, 0, 0, 0, 0)} == total(22, 100, 90, 80, 70)


@pytest.mark.parametrize("wrong", [9, 51])
def test_a_sum_that_the_sheets_cannot_come_to_is_refused(engine: duban.Engine, photo: Path, wrong: int) -> None:
    case = opened(engine)[1]["sample-a"]
    with pytest.raises(duban.GuardRefused, match="does not fit the number of sheets"):
        counted(engine, case, photo, 10, 40, wrong, 40, 40)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_score_is_the_weighted_share_worked_out_exactly(house: duban.Engine, drawn: st.DataObject) -> None:
    sheets = drawn.draw(st.integers(20, 500))
    sums = [drawn.draw(st.integers(sheets, sheets * SCHEME["most"])) for _ in CRITERIA]
    case = house.start("appraisal_list", by=OFFICE, data={"period": "2020", "closes_on": "2020-11-30"})
    one = house.find("appraisal", by=OFFICE, parent=case.ref, limit=1)[0]
    files = {"tally": ("tally.txt", b"sums")}
    house.fire(one.ref, "gather", by=OFFICE, data=batch(sheets, *sums), evidence=files)
    done = house.fire(one.ref, "score", by="scheduler").case
    weights = [SCHEME[f"weight_{name}"] for name in CRITERIA]
    share = Fraction(sum(s * w for s, w in zip(sums, weights, strict=True)), sheets * SCHEME["most"] * sum(weights))
    rounded = int(share * 10_000 + Fraction(1, 2))
    assert Fraction(done.data["points"], done.data["points_most"]) == share
    assert (done.data["hundredths"], done.data["score"]) == (rounded, f"{rounded // 100}.{rounded % 100:02}")
    points = share * 100
    expected = "red" if points >= SCHEME["red_from"] else "black" if points < SCHEME["black_below"] else "neither"
    assert done.data["standing"] == expected


def test_a_score_just_below_a_threshold_is_not_rounded_over_it(engine: duban.Engine, photo: Path) -> None:
    # 20,000 sheets of 5 marks, all weights together 100: one mark less in `order` is 20 of 10,000,000 points.
    case = opened(engine)[1]["sample-a"]
    counted(engine, case, photo, 20_000, 85_000, 85_000, 84_999, 85_000)
    done = engine.fire(case.ref, "score", by=OFFICE).case
    assert (done.data["score"], done.data["standing"]) == ("85.00", "neither")


def test_with_too_few_sheets_nobody_is_ranked_and_the_list_goes_on_without(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case, found = opened(engine)
    few, *others = found.values()
    counted(engine, few, photo, SCHEME["minimum_sheets"] - 1, 95, 95, 95, 95)
    with pytest.raises(duban.GuardRefused, match="too few sheets"):
        engine.fire(few.ref, "score", by=OFFICE)
    for one in others:
        settled(engine, one, photo)
    with pytest.raises(duban.GuardRefused, match="not settled"):
        engine.fire(case.ref, "compile", by=OFFICE)
    clock.move_to("2020-11-20T10:00:00+08:00")
    engine.sweep()
    now = engine.get(few.ref, by=OFFICE)
    assert (now.state, now.data.get("standing"), now.data.get("score")) == ("too_few", None, None)
    assert engine.fire(case.ref, "compile", by=OFFICE).case.state == "compiled"


def test_a_company_is_heard_before_anything_is_published(engine: duban.Engine, clock: FrozenClock, photo: Path) -> None:
    case = opened(engine)[1]["sample-a"]
    counted(engine, case, photo, 20, 90, 90, 90, 90)
    engine.fire(case.ref, "score", by=OFFICE)
    with pytest.raises(duban.GuardRefused, match="its time is not over"):
        engine.fire(case.ref, "end_reply", by=OFFICE)
    clock.advance("3 working days")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "settled"


def test_a_recount_after_the_reply_works_the_score_out_anew(engine: duban.Engine, photo: Path) -> None:
    case = opened(engine)[1]["sample-a"]
    counted(engine, case, photo, 20, 50, 50, 50, 50)
    assert engine.fire(case.ref, "score", by=OFFICE).case.data["standing"] == "black"
    data = {**total(20, 90, 90, 90, 90), "reason": "漏计两个小区"}
    done = engine.fire(case.ref, "recount", by=OFFICE, data=data).case
    assert (done.data["standing"], done.data["score"], done.data["corrected"]) == ("red", "90.00", True)


def test_whoever_compiled_the_list_does_not_approve_it_and_nothing_stands_on_a_board_before(
    engine: duban.Engine, photo: Path
) -> None:
    case, found = opened(engine)
    refs = [settled(engine, one, photo).ref for one in found.values()]
    engine.fire(case.ref, "compile", by="publicity-member")
    with pytest.raises(duban.GuardRefused, match="does not approve it"):
        engine.fire(case.ref, "approve", by="publicity-member")
    engine.fire(case.ref, "approve", by=LEADER)
    assert not set(refs) & set(board(engine, "red_list"))
    engine.fire(case.ref, "publish", by=OFFICE)
    assert set(refs) <= set(board(engine, "red_list"))


def test_the_boards_show_the_score_the_number_of_sheets_and_what_the_company_replied(
    engine: duban.Engine, photo: Path
) -> None:
    _, found = published(engine, photo)
    (entry,) = [one for one in engine.board("black_list", limit=1000) if one.ref == found["black"].ref]
    shown = {field.name: value for field, value in entry.shown}
    assert shown.keys() == {"period", "company", "community", "score", "sheets", "reply", "published_on"}
    assert (shown["score"], shown["sheets"], shown["reply"]) == ("50.00", 20, "已整改楼道照明")
    assert found["neither"].ref not in [*board(engine, "black_list"), *board(engine, "red_list")]


def test_an_entry_that_is_objected_to_vanishes_until_somebody_else_has_decided(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case, found = published(engine, photo)
    ref = found["black"].ref
    with pytest.raises(duban.GuardRefused, match="object for 30 days"):
        engine.fire(case.ref, "archive", by=OFFICE)
    clock.advance("18 working days")
    engine.fire(ref, "object", by=OFFICE, data={"objection": "分项合计有误"})
    assert ref not in board(engine, "black_list")
    clock.advance("8 working days")
    with pytest.raises(duban.TransitionNotAllowed):
        engine.fire(case.ref, "archive", by=OFFICE)
    with pytest.raises(duban.NotPermitted):
        engine.fire(ref, "dismiss", by=OFFICE, data={"reason": "属实"})
    engine.fire(ref, "dismiss", by=LEADER, data={"reason": "经复核无误"})
    assert ref in board(engine, "black_list")
    engine.fire(case.ref, "archive", by=OFFICE)
    assert ref not in board(engine, "black_list")


def test_a_granted_objection_corrects_the_entry_or_takes_it_off(engine: duban.Engine, photo: Path) -> None:
    _, found = published(engine, photo)
    black, red = found["black"].ref, found["red"].ref
    engine.fire(black, "object", by=OFFICE, data={"objection": "漏计"})
    data = {**total(20, 70, 70, 70, 70), "reason": "漏计一个小区"}
    done = engine.fire(black, "correct", by=LEADER, data=data).case
    assert (done.state, done.data["standing"], black in board(engine, "black_list")) == ("listed", "neither", False)
    engine.fire(red, "object", by=OFFICE, data={"objection": "评议人非本小区居民"})
    assert engine.fire(red, "withdraw", by=LEADER, data={"reason": "评议程序有误"}).case.state == "withdrawn"
    assert red not in board(engine, "red_list")


def test_whoever_took_the_objection_does_not_decide_on_it(engine: duban.Engine, photo: Path) -> None:
    _, found = published(engine, photo)
    ref = found["black"].ref
    engine.fire(ref, "object", by="publicity-member", data={"objection": "有误"})
    with pytest.raises(duban.GuardRefused, match="took the objection"):
        engine.fire(ref, "dismiss", by="publicity-member", data={"reason": "属实"})


def test_a_list_that_is_called_off_drops_its_appraisals(engine: duban.Engine) -> None:
    case, found = opened(engine)
    engine.fire(case.ref, "call_off", by=LEADER, data={"reason": "重新组织"})
    assert {one.state for one in _now(engine, found)} == {"dropped"}


def test_a_settled_score_is_recounted_only_while_its_list_is_not_compiled(engine: duban.Engine, photo: Path) -> None:
    case, found = opened(engine)
    refs = [settled(engine, one, photo).ref for one in found.values()]
    engine.fire(case.ref, "compile", by=OFFICE)
    data = {**total(20, 70, 70, 70, 70), "reason": "漏计"}
    with pytest.raises(duban.GuardRefused, match="sent back first"):
        engine.fire(refs[0], "recount", by=OFFICE, data=data)
    engine.fire(case.ref, "send_back", by=LEADER, data={"reason": "请复核分项"})
    done = engine.fire(refs[0], "recount", by=OFFICE, data=data).case
    assert (done.state, done.data["standing"]) == ("settled", "neither")
    assert engine.fire(case.ref, "compile", by=OFFICE).case.state == "compiled"
