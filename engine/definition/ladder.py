"""The steps of a ladder; one that repeats is written out, so that running it is like running any other."""

from collections.abc import Iterator
from dataclasses import replace

from duban.engine.deadlines.durations import LadderPoint, WorkingDuration, parse_duration, parse_point
from duban.engine.definition.documents import StepDoc
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.parts import calls_of, starts_of
from duban.engine.errors import InvalidDuration
from duban.engine.model.definition import Step
from duban.engine.model.saying import Saying


def steps_of(ladder: list[StepDoc], loc: Loc, findings: Findings) -> tuple[Step, ...]:
    """The steps as declared, each followed by its repetitions."""
    return tuple(step for index, doc in enumerate(ladder) for step in _steps(doc, index, (*loc, index), findings))


def _steps(doc: StepDoc, index: int, loc: Loc, findings: Findings) -> Iterator[Step]:
    first = Step(
        point=doc.at,
        level=doc.level,
        calls=calls_of(doc.do, (*loc, "do"), findings),
        starts=starts_of(doc.start, (*loc, "start"), findings),
        fire=doc.fire,
        declared=index,
    )
    yield first
    if doc.repeat is None:
        return
    if not (first.calls or first.starts or first.fire):
        findings.add((*loc, "repeat"), "repeats-nothing", at_key=True)
        return
    try:
        every = parse_duration(doc.repeat.every)
    except InvalidDuration as fault:
        findings.add((*loc, "repeat", "every"), "duration", why=Saying("error.invalid-duration", **fault.data))
        return
    try:
        point = parse_point(doc.at)
    except InvalidDuration:
        return  # told by the check of ladders, as for a step that does not repeat
    if point.percent is not None:
        findings.add((*loc, "repeat"), "repeat-before-due", at_key=True, point=doc.at)
        return
    for number in range(1, doc.repeat.times + 1):
        yield replace(first, point=str(_later(point, every, number)), level=None)


def _later(point: LadderPoint, every: WorkingDuration, number: int) -> LadderPoint:
    days, minutes = every.days * number, every.minutes * number
    if point.after is not None:
        days, minutes = days + point.after.days, minutes + point.after.minutes
    return LadderPoint(after=WorkingDuration(days, minutes))
