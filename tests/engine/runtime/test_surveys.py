"""The verbs of surveys: drawing, replacing, taking sheets, counting them, telling results."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from tests.engine.definition.broken_packs import PACKS, pack_with, sound_text
from tests.engine.surveys.plans import SOUND

import duban
from duban.engine.errors import InvalidSheet, MoreSheetsThanInterviews, ResultsNotYet, SealBroken, SheetsNotTaken
from duban.engine.model.case import Case
from duban.engine.model.survey import Sheet
from duban.engine.surveys.drawing import drawn
from duban.testing import FrozenClock

MONDAY = "2020-11-23T09:30:00+08:00"
NO = {"knows": "no", "helped": "no", "gave": "nothing"}


@pytest.fixture
def engine(url: str, tmp_path: Path) -> Iterator[duban.Engine]:
    with duban.Engine(url, pack=PACKS / "surveyed", clock=FrozenClock(MONDAY), evidence=tmp_path / "files") as made:
        made.migrate()
        yield made


def prepared(engine: duban.Engine, **data: object) -> str:
    return engine.start("poll", by="asker", data={"title": "x", **data}).ref


def running(engine: duban.Engine, **data: object) -> str:
    ref = prepared(engine, **data)
    engine.sample_survey(ref, by="asker", seed="2020")
    return ref


def doors(engine: duban.Engine, survey: str, community: str | None = None) -> list[Case]:
    """The households of a survey, oldest first."""
    found = list(engine.find("door", by="asker", parent=survey, limit=1_000))[::-1]
    return [one for one in found if community in (None, one.data["community"])]


def asked(engine: duban.Engine, survey: str, community: str, times: int) -> None:
    """So many households of a community are interviewed."""
    for one in [door for door in doors(engine, survey, community) if door.state == "waiting"][:times]:
        engine.fire(one.ref, "ask", by="asker")


def answered(engine: duban.Engine, survey: str, community: str, answers: Sequence[dict[str, str]]) -> None:
    """As many interviews as sheets, and the sheets."""
    asked(engine, survey, community, len(answers))
    taken = engine.answer_survey(survey, [Sheet(community, one) for one in answers], by="asker")
    assert taken.taken == len(answers)


def test_a_draw_starts_a_case_for_each_household_and_sets_the_survey_running(engine: duban.Engine) -> None:
    ref, heard = prepared(engine, households=30), list[tuple[int, int]]()
    draw = engine.sample_survey(ref, by="asker", seed="2020", progress=lambda *part: heard.append(part))
    plan, case = engine.survey_plan(ref, by="asker"), engine.get(ref, by="asker")
    assert (case.state, case.data["seed"], case.data["sampled"]) == ("asking", "2020", 30)
    assert heard == [(number, 30) for number in range(1, 31)]
    assert [one.ref for one in doors(engine, ref)] == list(draw.drawn)
    for community, count in plan.allocated.items():
        assert [one.data["number"] for one in doors(engine, ref, community)] == drawn(plan, community)[:count]


def test_a_number_for_each_community_is_drawn_where_that_is_asked_for(engine: duban.Engine) -> None:
    ref = running(engine, households=5, allocation="each")
    assert [len(doors(engine, ref, name)) for name in ("north", "middle", "south")] == [5, 5, 5]


def test_a_survey_without_a_seed_gets_a_fresh_one_that_is_kept(engine: duban.Engine) -> None:
    first, second = (engine.sample_survey(prepared(engine), by="asker").seed for _ in range(2))
    assert first != second


def test_more_households_than_there_are_cannot_be_drawn_and_nothing_is(engine: duban.Engine) -> None:
    for data, told in (({"households": 1_002}, "1001"), ({"households": 102, "allocation": "each"}, "101")):
        ref = prepared(engine, **data)
        with pytest.raises(duban.UsageError, match=told):
            engine.sample_survey(ref, by="asker")
        assert engine.get(ref, by="asker").state == "ready"
    assert doors(engine, ref) == []


@pytest.mark.parametrize("seed", ["", " ", "x" * 101, "a\nb"])
def test_a_seed_that_is_none_is_refused(engine: duban.Engine, seed: str) -> None:
    with pytest.raises(duban.UsageError, match="seed"):
        engine.sample_survey(prepared(engine), by="asker", seed=seed)


def test_who_may_not_run_a_survey_may_not_draw_for_it(engine: duban.Engine) -> None:
    ref = prepared(engine)
    with pytest.raises(duban.NotPermitted):
        engine.sample_survey(ref, by="lead")
    assert engine.refusals(by="asker")[0].code == "not-permitted"
    with pytest.raises(duban.UnknownCase):
        engine.sample_survey("POL-000009", by="asker")
    with pytest.raises(duban.UsageError, match="not of poll"):
        engine.sample_survey(doors(engine, running(engine))[0].ref, by="asker")


@pytest.mark.asvs("4.1.2", "5.1.2")
def test_what_duban_fills_in_is_given_by_nobody_and_by_no_draw_at_all(engine: duban.Engine) -> None:
    ref = prepared(engine)
    with pytest.raises(duban.GuardRefused, match="nothing was drawn"):
        engine.fire(ref, "go", by="asker")
    with pytest.raises(duban.InvalidData) as caught:
        engine.fire(ref, "go", by="asker", data={"seed": "1", "plan": "0" * 64, "sampled": 3})
    assert set(caught.value.fields) == {"plan", "sampled"}
    engine.sample_survey(ref, by="asker")
    with pytest.raises(duban.InvalidData) as caught:
        engine.fire(ref, "count_up", by="asker", data={"sheets": 99, "seal": "0" * 64})
    assert set(caught.value.fields) == {"sheets", "seal"}


def test_a_household_that_dropped_out_makes_way_for_the_next_of_the_reserve(engine: duban.Engine) -> None:
    ref = running(engine, households=30)
    assert engine.sample_survey(ref, by="asker").drawn == ()
    north = doors(engine, ref, "north")
    engine.fire(north[3].ref, "refuse", by="asker")
    draw = engine.sample_survey(ref, by="asker")
    plan, (new,) = engine.survey_plan(ref, by="asker"), draw.drawn
    assert draw.replaced == {new: north[3].ref}
    case = engine.get(new, by="asker")
    assert case.data["number"] == drawn(plan, "north")[len(north)]
    assert case.data["replaces"] == north[3].ref
    assert engine.get(north[3].ref, by="asker").state == "swapped"
    assert engine.sample_survey(ref, by="asker").drawn == ()


def test_a_reserve_that_is_used_up_leaves_the_household_as_it_is_and_says_so(engine: duban.Engine) -> None:
    ref = running(engine, households=30)
    south = doors(engine, ref, "south")  # three, with a reserve of one
    for one in south[:2]:
        engine.fire(one.ref, "refuse", by="asker")
    draw = engine.sample_survey(ref, by="asker")
    assert len(draw.replaced) == 1
    assert draw.short == {"south": 1}
    assert [engine.get(one.ref, by="asker").state for one in south[:2]] == ["swapped", "refused"]


def test_a_seed_is_settled_by_the_draw(engine: duban.Engine) -> None:
    ref = running(engine)
    assert engine.sample_survey(ref, by="asker", seed="2020").drawn == ()
    with pytest.raises(duban.UsageError, match="2020"):
        engine.sample_survey(ref, by="asker", seed="2021")


def test_there_are_at_most_as_many_sheets_as_interviews_in_a_community(engine: duban.Engine) -> None:
    ref = running(engine, households=30)
    asked(engine, ref, "north", 2)
    taken = engine.answer_survey(ref, [Sheet("north", SOUND)] * 3 + [Sheet("south", SOUND)], by="asker")
    assert taken.taken == 2
    assert [(place, type(fault)) for place, fault in taken.rejected] == [
        (2, MoreSheetsThanInterviews), (3, MoreSheetsThanInterviews)
    ]  # fmt: skip
    asked(engine, ref, "north", 1)
    assert engine.answer_survey(ref, [Sheet("north", SOUND)], by="lead").taken == 1


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def test_sheets_that_come_at_once_are_all_taken_and_not_one_too_many(engine: duban.Engine) -> None:
    ref = running(engine, households=30)
    asked(engine, ref, "north", 12)
    with ThreadPoolExecutor(4) as pool:
        taken = [*pool.map(lambda _: engine.answer_survey(ref, [Sheet("north", SOUND)], by="asker").taken, range(20))]
    assert sum(taken) == 12
    ((_, standing),) = engine.surveys(by="asker")
    assert standing.sheets == {"north": 12}


def test_the_same_key_takes_the_same_sheets_once_and_a_rejected_sheet_uses_no_key_up(engine: duban.Engine) -> None:
    ref, other = running(engine), running(engine)
    asked(engine, ref, "north", 4)
    asked(engine, other, "north", 1)
    wrong, right = Sheet("north", {**SOUND, "knows": "perhaps"}), Sheet("north", SOUND)
    ((_, fault),) = engine.answer_survey(ref, [wrong], by="asker", key="k").rejected
    assert isinstance(fault, InvalidSheet)
    assert "perhaps" in fault.fields["knows"]
    assert engine.answer_survey(ref, [right], by="asker", key="k").taken == 1
    again = engine.answer_survey(ref, [right], by="asker", key="k")
    assert (again.taken, again.duplicate) == (0, True)
    assert engine.answer_survey(other, [right], by="asker", key="k").taken == 1


def test_sheets_are_taken_from_those_who_may_and_while_it_runs(engine: duban.Engine) -> None:
    ref = prepared(engine)
    with pytest.raises(SheetsNotTaken, match="Asking"):
        engine.answer_survey(ref, [Sheet("north", SOUND)], by="asker")
    engine.sample_survey(ref, by="asker")
    with pytest.raises(duban.NotPermitted):
        engine.answer_survey(ref, [Sheet("north", SOUND)], by="clerk")
    engine.fire(ref, "count_up", by="asker")
    with pytest.raises(SheetsNotTaken, match="Over"):
        engine.answer_survey(ref, [Sheet("north", SOUND)], by="asker")


def test_results_are_told_after_closing_and_open_households_are_let_go(engine: duban.Engine) -> None:
    ref = running(engine, households=30)
    answered(engine, ref, "north", [dict(SOUND)] * 6 + [NO] * 4)
    with pytest.raises(ResultsNotYet):
        engine.survey_results(ref, by="lead")
    case = engine.fire(ref, "count_up", by="asker").case
    assert case.data["sheets"] == 10
    found = engine.survey_results(ref, by="lead")
    assert (found.households, found.interviews, found.sheets) == (30, 10, 10)
    north = next(one for one in found.values if (one.rate, one.community) == ("awareness", "north"))
    assert (north.n, north.positive) == (10, 6)
    assert {one.state for one in doors(engine, ref)} == {"asked", "left_out"}
    assert engine.verify() == []


def test_two_surveys_are_compared(engine: duban.Engine) -> None:
    refs = []
    for answers in ([NO] * 12, [dict(SOUND)] * 12):
        refs.append(running(engine, households=30))
        answered(engine, refs[-1], "north", answers)
        engine.fire(refs[-1], "count_up", by="asker")
    found = engine.survey_results(refs[1], by="asker", before=refs[0])
    change = next(one for one in found.changes if (one.rate, one.community) == ("awareness", None))
    assert (change.before, change.difference, change.overlap) == (refs[0], 1, False)


@pytest.mark.parametrize(
    "tampering",
    [
        """UPDATE duban_answers SET sheets = '[[{"knows":"yes"},10]]'""",
        "DELETE FROM duban_answers",
        "UPDATE duban_survey_plans SET plan = replace(plan, 'involved', 'content')",
        "DELETE FROM duban_survey_plans",
        "UPDATE duban_answers SET sheets = 'no json'",
    ],
)
def test_sheets_that_were_changed_after_closing_are_found_and_not_told(
    engine: duban.Engine, url: str, tampering: str
) -> None:
    ref = running(engine, households=30)
    answered(engine, ref, "north", [NO] * 10)
    engine.fire(ref, "count_up", by="asker")
    assert engine.verify() == []
    database = create_engine(url)
    with database.begin() as connection:
        connection.execute(text(tampering))
    database.dispose()
    assert [(one.ref, one.what) for one in engine.verify()] == [(ref, "sheets-differ")]
    with pytest.raises(SealBroken):
        engine.survey_results(ref, by="asker")


def test_a_survey_keeps_its_questionnaire_whatever_becomes_of_the_file(
    engine: duban.Engine, url: str, tmp_path: Path
) -> None:
    ref = running(engine, households=30)
    changed = sound_text("surveyed/surveys.yaml").replace("positive: [money, time]", "positive: [money]")
    folder = pack_with(tmp_path, "surveyed/surveys.yaml", changed.replace("grade: {", "mark: {"))
    with duban.Engine(url, pack=folder, clock=FrozenClock(MONDAY), evidence=tmp_path / "files") as later:
        answered(later, ref, "north", [{**SOUND, "grade": "5"}] * 10)
        later.fire(ref, "count_up", by="asker")
        found = later.survey_results(ref, by="asker")
    assert next(one for one in found.values if (one.rate, one.community) == ("involved", "north")).positive == 10


def test_a_pack_without_surveys_says_so(url: str, tmp_path: Path) -> None:
    with duban.Engine(url, pack=PACKS / "sample", evidence=tmp_path) as engine:
        for ask in (lambda: engine.surveys(by="office"), lambda: engine.survey_results("ISS-000001", by="office")):
            with pytest.raises(duban.UsageError, match=r"surveys\.yaml"):
                ask()
