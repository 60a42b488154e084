"""Deadlines and counts with their ladders; a step that repeats is written out, so that it runs like any other."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from duban.engine.deadlines.durations import LadderPoint, WorkingDuration, parse_duration, parse_point
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.ladder_documents import CountDoc, DeadlineDoc, StepDoc
from duban.engine.definition.parts import as_many, calls_of, label_of, starts_of
from duban.engine.errors import InvalidDuration
from duban.engine.model.definition import Count, Deadline, Step, Table
from duban.engine.model.saying import Saying


def deadline_of(name: str, doc: DeadlineDoc, findings: Findings) -> Deadline:
    """A deadline as declared."""
    loc: Loc = ("deadlines", name)
    findings.once((*loc, "runs_in"), doc.runs_in)
    findings.once((*loc, "restarts_on"), doc.restarts_on)
    table = _table(doc.within, (*loc, "within"), findings) if isinstance(doc.within, dict) else None
    if (doc.within is None) == (doc.until is None):
        findings.add(loc, "limit-missing", at_key=True, name=name)
    return Deadline(
        name=name,
        label=label_of(doc.label, name),
        runs_in=frozenset(doc.runs_in),
        within=doc.within if isinstance(doc.within, str) else None,
        table=table,
        until=doc.until,
        restarts_on=frozenset(doc.restarts_on),
        steps=_ladder(doc.ladder, (*loc, "ladder"), findings),
    )


def _table(doc: Mapping[str, Any], loc: Loc, findings: Findings) -> Table:
    """A table of limits, whose rows may be tables again."""
    by = doc.get("by")
    if not isinstance(by, str):
        findings.add(loc, "table-without-by", at_key=True)
    values = {
        choice: _table(value, (*loc, choice), findings) if isinstance(value, dict) else value
        for choice, value in doc.items()
        if choice != "by"
    }
    otherwise = values.pop("else", None)
    return Table(by if isinstance(by, str) else "", values, otherwise)


def count_of(name: str, doc: CountDoc, findings: Findings) -> Count:
    """A count as declared."""
    loc: Loc = ("counts", name)
    of = as_many(doc.of)
    for key, names in (("of", of), ("across", doc.across), ("resets_on", doc.resets_on)):
        findings.once((*loc, key), names)
    if not of:
        findings.add((*loc, "of"), "counts-nothing", at_key=True, name=name)
    return Count(
        name=name,
        label=label_of(doc.label, name),
        of=frozenset(of),
        when=doc.when,
        across=tuple(doc.across),
        within=doc.within,
        resets_on=frozenset(doc.resets_on),
        steps=tuple(
            Step(
                point=str(step.at),
                level=step.level,
                calls=calls_of(step.do, (*loc, "ladder", index, "do"), findings),
                starts=starts_of(step.start, (*loc, "ladder", index, "start"), findings),
                fire=step.fire,
                declared=index,
            )
            for index, step in enumerate(doc.ladder)
        ),
    )


def _ladder(ladder: list[StepDoc], loc: Loc, findings: Findings) -> tuple[Step, ...]:
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
