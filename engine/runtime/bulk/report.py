"""Which cases an event is for, and what it came to with each of them."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from duban.engine.errors import DubanError, GuardRefused, InvalidData, NotPermitted, TransitionNotAllowed
from duban.engine.messages import has_text, text
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.ports.records import CaseQuery
from duban.engine.runtime.judge import recorded

if TYPE_CHECKING:
    from duban.engine.model.case import Outcome

NAMED: Final = 5
"""How many cases are named for each reason."""


@frozen
class Criteria:
    """The cases that ``find`` finds with the same words; those of a moment, as each batch of them is locked."""

    workflow: str | None = None
    state: str | None = None
    unit: str | None = None
    overdue: bool | None = None
    open: bool | None = None
    parent: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def query(self, now: datetime, limit: int, after: int | None) -> CaseQuery:
        """What to ask the store for."""
        return CaseQuery(
            workflow=self.workflow, state=self.state, unit=self.unit, parent=self.parent, overdue=self.overdue,
            open=self.open, now=now, data=self.data, limit=limit, after=after,
        )  # fmt: skip


@frozen
class Fired:
    """What the event came to with one case: its outcome, or the error that ``fire`` would have raised."""

    ref: str
    outcome: "Outcome | None" = None
    fault: DubanError | None = None


@frozen
class Reason:
    """Why cases were refused: the ``code`` of the error, what it was about, how many, and the first of them."""

    code: str
    label: Label
    count: int
    refs: tuple[str, ...]


@frozen
class BulkReport:
    """How many cases took the event, had taken it before under the same key, and refused it, and why.

    ``reasons`` come with the most frequent first. ``is_stopped`` tells that there may be more, which were not looked
    at.
    """

    done: int
    duplicates: int
    refused: int
    reasons: tuple[Reason, ...] = ()
    is_stopped: bool = False


class Tally:
    """Counts while it goes on; it keeps a count and a few references for each reason."""

    def __init__(self) -> None:
        self.done = 0
        self.duplicates = 0
        self.refused = 0
        self._reasons: dict[tuple[str, Label], tuple[int, tuple[str, ...]]] = {}

    @property
    def total(self) -> int:
        """How many cases were counted."""
        return self.done + self.duplicates + self.refused

    def add(self, ref: str, is_duplicate: bool, fault: DubanError | None) -> None:
        """Count a case."""
        if fault is None:
            self.duplicates += is_duplicate
            self.done += not is_duplicate
            return
        self.refused += 1
        about = (fault.code, about_fault(fault))
        count, refs = self._reasons.get(about, (0, ()))
        self._reasons[about] = (count + 1, refs if len(refs) == NAMED else (*refs, ref))

    def report(self, is_stopped: bool) -> BulkReport:
        """What it came to."""
        found = [Reason(code, label, *told) for (code, label), told in self._reasons.items()]
        reasons = tuple(sorted(found, key=lambda reason: -reason.count))
        return BulkReport(self.done, self.duplicates, self.refused, reasons, is_stopped)


def about_fault(fault: DubanError) -> Label:
    """What an error is about, in words that are the same for every case that it concerns in the same way."""
    if isinstance(fault, GuardRefused):
        reasons = [recorded(reason) for reason in fault.labels]
        return Label("; ".join(reason.en for reason in reasons), "；".join(reason.zh for reason in reasons))
    if isinstance(fault, InvalidData):
        en, zh = (fault.fields_in(lang).items() for lang in ("en", "zh"))
        return Label(
            "; ".join(f"{name}: {what}" for name, what in en), "；".join(f"{name}：{what}" for name, what in zh)
        )
    if isinstance(fault, NotPermitted):
        return _said("explain.role", roles=fault.data["roles"])
    if isinstance(fault, TransitionNotAllowed):
        return _said("explain.state", sources=fault.data["sources"])
    key = f"bulk.{fault.code}"
    return _said(key) if has_text(key) else Label(fault.message("en"), fault.message("zh"))


def _said(key: str, **data: Any) -> Label:
    return Label(text(key, "en", **data), text(key, "zh", **data))
