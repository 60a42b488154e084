"""Loads a checked hierarchy: opens the review, adds every indicator and every point, all of it in one transaction.

Loading again changes nothing: every row has a stable key. A table that differs from what was loaded is not written over
it; the differences are told.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from duban.app import Engine
from duban.assessment.hierarchy import Hierarchy, Item
from duban.assessment.vocabulary import GROUPS, INDICATOR, POINT, REVIEW
from duban.engine.model.case import Case
from duban.engine.model.frozen import frozen
from duban.engine.runtime.operations import Operations

CALLED_OFF: Final = "called_off"
"""The state of a review that does not count any more: the same table may be loaded again."""

PAGE: Final = 1_000
Progress = Callable[[int], None]


@frozen
class Difference:
    """One way in which a table differs from what was loaded.

    ``kind`` is ``added``, ``gone`` or ``changed``; for the last, ``field`` was ``case`` in ``ref`` and is ``table``.
    ``line`` is the row of the table, None for what is gone.
    """

    kind: str
    level: str
    code: str
    line: int | None = None
    ref: str | None = None
    field: str | None = None
    table: Any = None
    case: Any = None


@dataclass(slots=True)
class Loading:
    """What became of a table: ``new`` whether it was loaded now, ``review`` its case, ``differences`` from before."""

    hierarchy: Hierarchy
    new: bool
    review: str | None = None
    differences: list[Difference] = field(default_factory=list)


class Loader:
    """Loads one hierarchy as ``by``, who must be allowed to fire the events of the review."""

    def __init__(self, engine: Engine, hierarchy: Hierarchy, by: str) -> None:
        self._engine = engine
        self._hierarchy = hierarchy
        self._by = by
        self._turn = 0

    @property
    def steps(self) -> int:
        """How many events are fired in all."""
        counts = self._hierarchy.counts
        return 1 + counts["indicator"] + counts["point"]

    def compared(self) -> Loading:
        """What loading would come to; nothing is written.

        Raises:
            UnknownActor.
        """
        review = self._review()
        if review is None:
            return Loading(self._hierarchy, new=True)
        return Loading(self._hierarchy, new=False, review=review.ref, differences=list(self._differences(review)))

    def load(self, document: Path | None, due_on: str | None, progress: Progress = lambda _done: None) -> Loading:
        """Load the table, or tell how it differs from what was loaded before. ``document`` is kept as evidence.

        Raises:
            UnknownActor, NotPermitted, InvalidData, GuardRefused, StoreError: nothing was written.
        """
        loading = self.compared()
        if loading.new:
            with self._engine.batch() as operations:
                loading.review = self._written(operations, document, due_on, progress)
        return loading

    def _written(self, operations: Operations, document: Path | None, due_on: str | None, progress: Progress) -> str:
        hierarchy, by = self._hierarchy, self._by
        data = {**_review_data(hierarchy), **({"due_on": due_on} if due_on else {})}
        files = {"document": document} if document is not None else None
        review = operations.start(REVIEW, by=by, event="load", data=data, evidence=files, key=self._key(""))
        done = 1
        progress(done)
        indicators: dict[str, str] = {}
        for item in hierarchy.items["indicator"]:
            given = {
                f"item_{name}": value for name, value in _indicator_data(hierarchy, item).items() if value is not None
            }
            outcome = operations.fire(review.ref, "add_indicator", by=by, data=given, key=self._key(item.code))
            indicators[item.code] = outcome.started[0]
            done += 1
            progress(done)
        for item in hierarchy.items["point"]:
            given = {f"point_{name}": value for name, value in _point_data(item).items() if value is not None}
            ref = indicators[str(item.parent)]
            operations.fire(ref, "add_point", by=by, data=given, key=self._key(item.code))
            done += 1
            progress(done)
        return review.ref

    def _key(self, code: str) -> str:
        turn = f"#{self._turn}" if self._turn else ""
        return f"assessment:{self._hierarchy.code}{turn}:{code}"

    def _review(self) -> Case | None:
        """The review of this table that counts, if there is one; those that were called off are only counted."""
        found = self._engine.find(REVIEW, by=self._by, data={"table": self._hierarchy.code}, limit=PAGE)
        self._turn = sum(case.state == CALLED_OFF for case in found)
        return next((case for case in found if case.state != CALLED_OFF), None)

    def _differences(self, review: Case) -> Iterator[Difference]:
        hierarchy = self._hierarchy
        yield from _changes("total", hierarchy.code, 0, review, _review_data(hierarchy))
        found = every(self._engine, INDICATOR, self._by, data={"review": review.ref})
        indicators = {str(case.data["code"]): case for case in found}
        found = every(self._engine, POINT, self._by, data={"review": review.ref})
        points = {str(case.data["code"]): case for case in found}
        for item in hierarchy.items["indicator"]:
            yield from _compared(item, indicators.pop(item.code, None), _indicator_data(hierarchy, item))
        for item in hierarchy.items["point"]:
            yield from _compared(item, points.pop(item.code, None), {**_point_data(item), "indicator": item.parent})
        for level, left in (("indicator", indicators), ("point", points)):
            for code, case in left.items():
                yield Difference("gone", level, code, ref=case.ref)


def _compared(item: Item, case: Case | None, data: Mapping[str, Any]) -> Iterator[Difference]:
    if case is None:
        yield Difference("added", item.level, item.code, item.line)
    else:
        yield from _changes(item.level, item.code, item.line, case, data)


def _changes(level: str, code: str, line: int, case: Case, data: Mapping[str, Any]) -> Iterator[Difference]:
    for name, value in data.items():
        if case.data.get(name) != value:
            yield Difference("changed", level, code, line or None, case.ref, name, value, case.data.get(name))


def every(engine: Engine, workflow: str, by: str, **query: Any) -> Iterator[Case]:
    """Every visible case of a workflow that fits the query of ``engine.find``, newest first."""
    page = engine.find(workflow, by=by, limit=PAGE, **query)
    yield from page
    while page.cursor is not None:
        page = engine.find(workflow, by=by, limit=PAGE, after=page.cursor, **query)
        yield from page


def _review_data(hierarchy: Hierarchy) -> dict[str, Any]:
    counts = {f"{level}s": count for level, count in hierarchy.counts.items()}
    allotment = [f"{community}: {count}" for community, count in hierarchy.allotment.items()]
    return {
        "title": hierarchy.title,
        "table": hierarchy.code,
        **counts,
        **({"allotment": allotment} if allotment else {}),
    }


def _indicator_data(hierarchy: Hierarchy, item: Item) -> dict[str, Any]:
    above = hierarchy.ancestors(item)
    data: dict[str, Any] = {
        "code": item.code, "title": item.title, "standard": item.standard, "number": item.number, "link": item.link,
        "unit": item.unit,
    }  # fmt: skip
    for level in GROUPS:
        data |= {level: above[level].code, f"{level}_title": above[level].title}
    return data


def _point_data(item: Item) -> dict[str, Any]:
    return {"code": item.code, "title": item.title, "place": item.place, "community": item.community}
