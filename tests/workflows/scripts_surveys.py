"""Scripts of surveys and of the households that they draw."""

from tests.workflows.script import LEADER, Script, always
from tests.workflows.stage import Stage, Step

from duban.engine.model.case import Case

ASKER = "office-questionnaires-1"
SURVEY = {"title": "入户问卷调查", "closes_on": "2020-12-11", "households": 9}
SEED = "2020-11-23"


def _draft(stage: Stage) -> Case:
    return stage.start("survey", Step(ASKER, SURVEY), "draft")


def _drawn(stage: Stage, case: Case) -> Case:
    drawn = stage.engine.sample_survey(case.ref, by=ASKER, seed=SEED)
    return stage.engine.get(drawn.drawn[0], by=ASKER)


def _run(stage: Stage) -> None:
    _drawn(stage, stage.case)


SURVEYS = Script(
    openings={"draft": _draft},
    steps={
        "revise": always(ASKER, title="入户问卷调查（修改）"),
        "approve": always(LEADER),
        "send_back": always(LEADER, reason="户数须说明"),
        "run": _run,
        "extend": always(LEADER, closes_on="2020-12-18", reason="连日降雨"),
        "close": always(ASKER),
        "evaluate": always(ASKER, findings="知晓率有待提高"),
        "cancel": always(LEADER, reason="改期"),
    },
)


def _household(stage: Stage) -> Case:
    case = _draft(stage)
    stage.fire(case, "approve", Step(LEADER))
    return _drawn(stage, case)


def _three_times(stage: Stage) -> Step:
    """Nobody opened three times, or somebody declined."""
    while stage.now().state == "absent" and not _visited(stage, 3):
        stage.fire(stage.case, "visit", Step(ASKER))
        stage.fire(stage.case, "not_at_home", Step(ASKER))
    return Step(ASKER)


def _visited(stage: Stage, times: int) -> bool:
    rows = stage.engine.history(stage.case.ref, by=ASKER)
    return sum(row.event == "visit" for row in rows) >= times


def _survey_over(stage: Stage) -> None:
    stage.engine.fire(str(stage.now().data["survey"]), "close", by=ASKER)


HOUSEHOLDS = Script(
    openings={"draw": _household},
    steps={
        "hand_over": always(ASKER, unit="safety"),
        "visit": always(ASKER),
        "interview": always(ASKER),
        "not_at_home": always(ASKER),
        "decline": always(ASKER),
        "replace": _three_times,
        "release": _survey_over,
    },
)

OF_SURVEYS = {"survey": SURVEYS, "household": HOUSEHOLDS}
