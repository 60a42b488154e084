"""How far an assessment is: what is checked of all, and what passed of what is checked, at every level.

Counted from the cases' states in two grouped queries, within what the asker may see. Which states count as checked and
as passed is the pack's to say (``assessment-outcomes``).
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from duban.app import Engine
from duban.assessment.loading import CALLED_OFF, every
from duban.assessment.vocabulary import GROUPS, INDICATOR, POINT, REVIEW, Outcomes, Vocabulary
from duban.engine.errors import UsageError
from duban.engine.model.case import Case, Group
from duban.engine.model.frozen import frozen
from duban.engine.model.hint import hint
from duban.engine.model.label import Label

WHOLE: Final = "total"
SUMMED: Final = (WHOLE, *GROUPS, "indicator", "unit", "link", "community")
"""What may be summed up by."""

_PLACE: Final = {"code": {INDICATOR: "code", POINT: "indicator"}}


@frozen
class Standing:
    """How many there are, how many of them are checked, how many of those passed; what is left out does not count."""

    total: int = 0
    checked: int = 0
    passed: int = 0

    def __add__(self, other: "Standing") -> "Standing":
        return Standing(self.total + other.total, self.checked + other.checked, self.passed + other.passed)


@frozen
class Covered:
    """One row: an item of a level, a unit, a link or a community, with the standing of its indicators and points."""

    name: str
    label: Label
    indicators: Standing
    points: Standing


@frozen
class Wanted:
    """What is asked for: only below the item of this code (``of``), of this lead ``unit``, of this ``link``."""

    of: str | None = None
    unit: str | None = None
    link: str | None = None

    def fits(self, values: dict[str, Any]) -> bool:
        """Whether a case with these values is asked for."""
        if self.unit not in (None, values.get("unit")) or self.link not in (None, values.get("link")):
            return False
        return self.of is None or self.of in (values["major"], values["sub"], values["minor"], values["code"])


def current_review(engine: Engine, by: str, table: str | None = None) -> Case:
    """The newest review that was not called off, or that of this table.

    Raises:
        UnknownActor. UsageError: there is none that the actor can see.
    """
    found = [case for case in every(engine, REVIEW, by) if case.state != CALLED_OFF]
    known = [str(case.data.get("table")) for case in found]
    for case in found:
        if table in (None, case.data.get("table")):
            return case
    if table is not None and known:
        raise UsageError("unknown-table", found=table, known=known, hint=hint(table, known))
    raise UsageError("no-review")


EVERYTHING: Final = Wanted()
"""All that a review asks for."""


def coverage(engine: Engine, by: str, review: Case, level: str = WHOLE, wanted: Wanted = EVERYTHING) -> list[Covered]:
    """The standing of a review, summed up by ``level`` (one of ``SUMMED``), in the order of the codes.

    Raises:
        UnknownActor.
        UsageError: the pack has no assessment, or no item has the code that is asked for.
    """
    words = Vocabulary.of(engine.pack)
    sums: dict[str, tuple[Standing, Standing]] = {}
    titles: dict[str, str] = {}
    known: set[str] = set()
    for workflow in (INDICATOR, POINT):
        if workflow == INDICATOR and level == "community":
            continue
        names = _fields(level, wanted, workflow)
        columns = [_PLACE.get(name, {}).get(workflow, name) for name in names]
        for group in engine.grouped(workflow, columns, by=by, data={"review": review.ref}):
            values = dict(zip(names, group.values, strict=True))
            known |= {str(values.get(name)) for name in (*GROUPS, "code")}
            if not wanted.fits({**dict.fromkeys((*GROUPS, "code")), **values}):
                continue
            name = WHOLE if level == WHOLE else str(values[_key(level)] or "")
            title = values.get(f"{level}_title") or values.get("title")
            if title:
                titles[name] = str(title)
            one = _standing(group, words.outcomes[workflow])
            indicators, points = sums.get(name, (Standing(), Standing()))
            sums[name] = (indicators + one, points) if workflow == INDICATOR else (indicators, points + one)
    if wanted.of is not None and wanted.of not in known:
        raise UsageError("unknown-item", found=wanted.of, hint=hint(wanted.of, known))
    labelled = _labeller(level, words, titles, review)
    order = list({"unit": words.units, "link": words.links, "community": words.communities}.get(level, ()))
    names = sorted(sums, key=lambda name: (order.index(name) if name in order else len(order), by_code(name)))
    return [Covered(name, labelled(name), *sums[name]) for name in names]


def listed(engine: Engine, by: str, review: Case, workflow: str, wanted: Wanted) -> list[Case]:
    """The indicators or points themselves, in the order of their codes.

    Raises:
        UnknownActor.
    """
    code = _PLACE["code"][workflow]
    found = every(engine, workflow, by, data={"review": review.ref})
    fitting = [case for case in found if wanted.fits({**case.data, "code": case.data[code]})]
    return sorted(fitting, key=lambda case: by_code(str(case.data["code"])))


def by_code(code: str) -> list[tuple[int, int, str]]:
    """Sorts codes as people do: 1.2 before 1.10."""
    parts: Iterable[str] = re.findall(r"[0-9]+|[^0-9]+", code)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def _fields(level: str, wanted: Wanted, workflow: str) -> list[str]:
    """The fields that have to be told apart: few of them are counted faster than many."""
    names = [] if level == WHOLE else [_key(level)]
    if workflow == INDICATOR and level in GROUPS:
        names.append(f"{level}_title")
    if workflow == INDICATOR and level == "indicator":
        names.append("title")
    if wanted.of is not None:
        names += [*GROUPS, "code"]
    names += [name for name in ("unit", "link") if getattr(wanted, name) is not None]
    return list(dict.fromkeys(names))


def _key(level: str) -> str:
    return "code" if level == "indicator" else level


def _standing(group: Group, outcomes: Outcomes) -> Standing:
    if group.state in outcomes.left_out:
        return Standing()
    checked = group.count if group.state in outcomes.checked else 0
    return Standing(group.count, checked, group.count if group.state in outcomes.passed else 0)


def _labeller(level: str, words: Vocabulary, titles: dict[str, str], review: Case) -> Callable[[str], Label]:
    names = {"unit": words.units, "link": words.links, "community": words.communities}.get(level)
    if names is not None:
        return lambda name: names.get(name, Label(name, name))
    whole = str(review.data.get("title", ""))
    return lambda name: Label(*[whole if level == WHOLE else titles.get(name, name)] * 2)
