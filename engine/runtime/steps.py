"""Steps of ladders in words, for everything that shows a history."""

from duban.engine.deadlines.durations import parse_point
from duban.engine.errors import InvalidDuration
from duban.engine.messages import text
from duban.engine.model.definition import Workflow
from duban.engine.model.retention import RETENTION
from duban.engine.runtime.occurrences import times


def said_step(workflow: Workflow, name: str, lang: str) -> str:
    """A step as history names it, ``DEADLINE@POINT`` or ``COUNT@TIMES``, by its label, or what retention took out."""
    if name.startswith(f"{RETENTION}:"):
        return text("say.retention", lang)
    rule, _, point = name.partition("@")
    if rule in workflow.deadlines:
        try:
            at = parse_point(point).label(lang)
        except InvalidDuration:
            at = point
        return text("say.step", lang, deadline=workflow.deadlines[rule].label, point=at)
    if rule in workflow.counts:
        often = times(int(point)) if point.isdecimal() else point
        return text("say.step", lang, deadline=workflow.counts[rule].label, point=often)
    return name
