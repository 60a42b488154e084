"""One survey against the one before.

Where two intervals do not overlap, the rate has changed. Where they overlap, the samples do not show a change; that is
not to say that there was none. Overlap is the stricter test of the two usual ones, so it claims a change too rarely,
not too often.
"""

from typing import Any

from duban.engine.model.survey import Change, RateValue, SurveyPlan, SurveyResults
from duban.engine.surveys.plan import question_document


def changes_of(before: SurveyResults, after: SurveyResults) -> tuple[Change, ...]:
    """The change of every rate that both surveys have, in the order of the later one; weighted rates are left out."""
    earlier = {(one.rate, one.community): one for one in before.values if not one.weighted}
    return tuple(
        _change(before.ref, earlier[one.rate, one.community], one, _same(before.plan, after.plan, one.rate))
        for one in after.values
        if not one.weighted and (one.rate, one.community) in earlier
    )


def _change(ref: str, was: RateValue, now: RateValue, comparable: bool) -> Change:
    if was.share is None or now.share is None:
        return Change(now.rate, now.community, ref, None, None, comparable)
    assert was.low is not None
    assert was.high is not None
    assert now.low is not None
    assert now.high is not None
    overlap = was.low <= now.high and now.low <= was.high
    return Change(now.rate, now.community, ref, now.share - was.share, overlap, comparable)


def _same(before: SurveyPlan, after: SurveyPlan, rate: str) -> bool:
    """Whether both asked the same questions for the rate and counted them alike."""
    return _asked(before, rate) == _asked(after, rate)


def _asked(plan: SurveyPlan, rate: str) -> tuple[str | None, list[dict[str, Any]]]:
    fed = [question_document(one) for one in plan.questionnaire.questions if one.rate == rate]
    counted = plan.rates.get(rate)
    return (counted.counts if counted is not None else None, fed)
