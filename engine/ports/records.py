"""Values that pass between the runtime and a store: what is asked for, what is laid down, what is due."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from duban.engine.model.frozen import frozen

if TYPE_CHECKING:
    from duban.engine.model.case import Case, HistoryRow, Stopwatch
    from duban.engine.model.label import Label


@frozen
class CaseQuery:
    """Which cases are wanted: newest first, ``limit`` at most, those after the ``after`` cursor (a case's ``id``).

    ``overdue`` true: open and due before ``now``. ``open`` true or false bounds to open or closed ones.
    ``data`` bounds to cases whose data hold these values.

    ``by_due`` bounds to open cases that are due some time, and puts those first that are due first; ``after`` then
    comes with ``after_due_at``, when the case of the cursor was due.
    """

    workflow: str | None = None
    state: str | None = None
    unit: str | None = None
    parent: str | None = None
    overdue: bool | None = None
    open: bool | None = None
    now: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    limit: int = 50
    after: int | None = None
    by_due: bool = False
    after_due_at: datetime | None = None


@frozen
class Refusal:
    """A refused attempt, for the log of refusals. ``ref`` is what was asked for, seen or not.

    ``audience`` are the roles that may see a refusal without a case, as of a refused start of a confidential workflow.
    """

    at: datetime
    actor: str
    ref: str | None
    workflow: str | None
    event: str
    code: str
    labels: tuple["Label", ...] = ()
    audience: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in English; ``labels`` hold both languages."""
        return tuple(label.en for label in self.labels)


@frozen
class NewMessage:
    """An action to lay into the outbox with the transition that asked for it."""

    key: str
    action: str
    params: Mapping[str, Any]


@frozen
class Standing:
    """What a step has to know before it is judged: the case, locked, its stopwatches, and what its key wrote before.

    Where the case is not there or not visible, it has no stopwatches either.
    """

    case: "Case | None"
    stopwatches: Mapping[str, "Stopwatch"]
    used: "HistoryRow | None" = None


@frozen
class DueStep:
    """A ladder step whose time has come, at ``next_at`` (UTC): ``next_step`` of this entry of a case's deadline."""

    case_id: int
    ref: str
    deadline: str
    entry: int
    next_step: int
    next_at: datetime
