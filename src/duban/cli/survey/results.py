"""``duban survey results``: the rates of closed surveys with their intervals, over time."""

from fractions import Fraction
from typing import Any

import click

from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Cell, Part, Table, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.help import paragraphs
from duban.cli.kit.options import Argument, Option
from duban.cli.kit.references import as_written
from duban.engine.model.survey import Change, RateValue, SurveyResults

REFS = Argument(
    "refs", says="argument.surveys", metavar="[REF...]", nargs=-1, type=as_written, shell_complete=complete.refs
)
PER = Option(["--per"], says="option.per-community", type=click.Choice(["community"]), metavar="community")


def results(desk: Desk, refs: tuple[str, ...], per: str | None) -> Answer:
    """Tell each survey, and its changes against the one before."""
    engine, by = desk.engine, desk.by
    surveys = {case.ref: case for case, _ in engine.surveys(by=by)}
    chosen = refs or tuple(ref for ref, case in surveys.items() if case.data.get("seal"))
    found: list[SurveyResults] = []
    for ref in dict.fromkeys(chosen):
        found.append(engine.survey_results(ref, by=by, before=found[-1].ref if found else None))
    shown = [(one, value) for one in found for value in one.values if per or value.community is None]
    heads = desk.head("survey", "rate", "community", "n", "share", "interval")
    heads["n"] = desk.head("rated")["rated"]
    if len(found) > 1:
        heads |= desk.head("change")
    rows = [_row(desk, one, value, compared=len(found) > 1) for one, value in shown]
    table = Table(heads, rows, empty=desk.say("no-results"))
    parts: list[Part] = [table, *_notes(desk, found, [value for _, value in shown])]
    titles = {ref: str(case.data.get("title", "")) for ref, case in surveys.items()}
    return Answer([_document(desk, one, titles.get(one.ref, ""), per) for one in found], parts)


def _row(desk: Desk, one: SurveyResults, value: RateValue, *, compared: bool) -> list[Cell | str]:
    label = one.plan.rates[value.rate].label.text(desk.lang)
    row: list[Cell | str] = [one.ref, cell(value.rate, label), _place(desk, one, value)]
    if value.share is None:
        why = desk.say(f"untold-{value.untold}", minimum=one.plan.minimum)
        row += [cell(None, why), "", ""]
    else:
        assert value.low is not None
        assert value.high is not None
        bounds = f"{_decimal(value.low, 4)}-{_decimal(value.high, 4)}"
        shown = f"{_decimal(value.low, 2, 1)}–{_decimal(value.high, 2, 1)} %"
        row += [cell(value.n), Cell(_exact(value.share), f"{percent(value.share)} %"), Cell(bounds, shown)]
    return [*row, _changed(desk, one, value)] if compared else row


def _place(desk: Desk, one: SurveyResults, value: RateValue) -> Cell:
    if value.community is not None:
        return cell(value.community, one.plan.labels[value.community].text(desk.lang))
    return Cell(
        "*weighted" if value.weighted else "*", desk.say("whole-area-weighted" if value.weighted else "whole-area")
    )


def _changed(desk: Desk, one: SurveyResults, value: RateValue) -> Cell | str:
    change = next((c for c in one.changes if (c.rate, c.community) == (value.rate, value.community)), None)
    if change is None or change.difference is None or value.weighted:
        return ""
    key = "change-other" if not change.comparable else "change-not-shown" if change.overlap else "change-shown"
    sign = "+" if change.difference > 0 else ""
    return Cell(_exact(change.difference), desk.say(key, points=f"{sign}{percent(change.difference)}"))


def _notes(desk: Desk, found: list[SurveyResults], shown: list[RateValue]) -> list[Part]:
    lines = []
    if any(value.untold for value in shown):
        lines.append(desk.say("untold-note", minimum=max(one.plan.minimum for one in found)))
    changes = [change for one in found for change in one.changes]
    if any(change.comparable for change in changes):
        lines.append(desk.say("change-note"))
    if any(not change.comparable for change in changes):
        lines.append(desk.say("change-other-note"))
    wrapped = [line for words in lines for line in paragraphs(words, desk.width)]
    return [Words(wrapped)] if lines else []


def _document(desk: Desk, one: SurveyResults, title: str, per: str | None) -> dict[str, Any]:
    asked = one.plan.questionnaire
    return {
        "ref": one.ref, "title": title, "questionnaire": asked.name, "questionnaire_version": asked.version,
        "households": one.households, "interviews": one.interviews, "sheets": one.sheets, "minimum": one.plan.minimum,
        "rates": [_value(desk, one, value) for value in one.values if per or value.community is None],
        "changes": [_change(change) for change in one.changes if per or change.community is None],
    }  # fmt: skip


def _value(desk: Desk, one: SurveyResults, value: RateValue) -> dict[str, Any]:
    return {
        "rate": value.rate, "label": one.plan.rates[value.rate].label.text(desk.lang), "community": value.community,
        "weighted": value.weighted, "n": value.n, "positive": value.positive, "share": _fraction(value.share),
        "low": None if value.low is None else _decimal(value.low, 4),
        "high": None if value.high is None else _decimal(value.high, 4), "untold": value.untold,
    }  # fmt: skip


def _change(change: Change) -> dict[str, Any]:
    return {
        "rate": change.rate, "community": change.community, "before": change.before,
        "difference": _fraction(change.difference), "overlap": change.overlap, "comparable": change.comparable,
    }  # fmt: skip


def _fraction(value: Fraction | None) -> dict[str, int] | None:
    return None if value is None else {"numerator": value.numerator, "denominator": value.denominator}


def percent(share: Fraction) -> str:
    """A share in per cent with one decimal, half to even."""
    tenths = round(share * 1000)
    return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}"


def _exact(value: Fraction) -> str:
    """A share as a pipe gets it: four decimals, half to even."""
    parts = round(value * 10_000)
    return f"{'-' if parts < 0 else ''}{_decimal(abs(parts), 4)}"


def _decimal(value: int, places: int, kept: int | None = None) -> str:
    """A whole number of the smallest parts as a decimal; with ``kept``, rounded to so many decimals, half to even."""
    if kept is not None:
        value, places = round(Fraction(value, 10 ** (places - kept))), kept
    return f"{value // 10**places}.{value % 10**places:0{places}}"


command = Command("results", "command.survey-results", results, [REFS, PER])
