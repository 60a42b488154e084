"""A plan to try things on, without a store."""

from collections.abc import Mapping
from typing import Any

from tests.engine.definition.broken_packs import PACKS, load

from duban.engine.model.survey import Pile, Sheet, SurveyPlan, Surveys
from duban.engine.surveys.plan import planned
from duban.engine.surveys.sheets import put_on

RULES = load(PACKS / "surveyed").surveys
assert RULES is not None
SOUND: Mapping[str, str] = {"knows": "yes", "helped": "no", "gave": "time"}


def a_plan(rules: Surveys = RULES, **changes: Any) -> SurveyPlan:
    """A plan over the pack of the tests: 700, 200 and 101 households."""
    asked: dict[str, Any] = {"questionnaire": "streets", "households": 20, "kind": "total", "seed": "s", "salt": "ab"}
    return planned(rules, "POL-000001", **{**asked, **changes})


def piles(plan: SurveyPlan, *counts: tuple[str, int, Mapping[str, str]]) -> list[Pile]:
    """Piles of so many equal sheets: (community, how many, answers)."""
    sheets = [Sheet(community, answers) for community, count, answers in counts for _ in range(count)]
    return list(put_on([], sheets).values())
