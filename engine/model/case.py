"""A case and what is told of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

RowKind = Literal["start", "event", "step"]


@frozen
class Case:
    """One run of a workflow as it stands. ``version`` is the number of its history rows.

    ``id`` and ``parent_id`` are the store's own numbers. They count hidden cases too, so an actor is never told
    them: in what an actor gets they are 0 and None.

    ``audience`` are the roles that may see it (empty: everybody whose role sees cases of its unit). ``due_at`` is
    the earliest due time of its running deadlines (UTC), ``due_provisional`` when it lies past the published calendar,
    ``original_due_at`` what it was before an extension was granted.
    ``follow`` is the code with which anybody follows its progress. ``archive`` names the file that its history was
    moved to; None where that lies in the store.
    """

    id: int
    ref: str
    workflow: str
    definition: str
    version: int
    state: str
    data: Mapping[str, Any]
    unit: str | None
    level: int
    opened_by: str
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    due_at: datetime | None = None
    due_provisional: bool = False
    original_due_at: datetime | None = None
    audience: tuple[str, ...] = ()
    parent: str | None = None
    parent_id: int | None = None
    follow: str | None = None
    head: str = ""
    archive: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the case is not in a final state."""
        return self.closed_at is None

    def is_overdue(self, now: datetime) -> bool:
        """Whether an open case is past its due time at ``now``."""
        return self.is_open and self.due_at is not None and self.due_at < now


@frozen
class HistoryRow:
    """One row of a case's append-only record.

    ``data`` are the fields that the row changed. ``level`` is the case's level after it. ``hash`` covers every
    column and the hash before it; data enters through ``data_digest``, salted, so that a value can be erased
    while the chain still holds. ``erased`` tells of a row that erases values which rows, which fields, and the digest
    of what is left: ``[{seq, fields, digest}, …]``.
    """

    ref: str
    seq: int
    kind: RowKind
    event: str
    from_state: str | None
    to_state: str
    actor: str
    post: str | None
    unit: str | None
    at: datetime
    level: int
    data: Mapping[str, Any]
    salt: str
    data_digest: str
    key: str | None
    request: str | None
    definition: str
    hash: str
    erased: tuple[Mapping[str, Any], ...] | None = None


@frozen
class Stopwatch:
    """A deadline of one case. All seconds are working seconds.

    ``used`` is what earlier runs took; while running, ``since`` tells when the present run began. ``entry`` counts
    fresh starts. ``next_step`` is the ladder step to climb next, ``next_at`` when. ``extra`` is what extensions granted
    beyond the declared limit (``limit`` includes it), ``original_due_at`` when it was due before the first of them.
    """

    deadline: str
    entry: int
    limit: int
    used: int
    since: datetime | None
    due_at: datetime | None
    provisional: bool
    next_step: int
    next_at: datetime | None
    extra: int = 0
    original_due_at: datetime | None = None


@frozen
class Message:
    """An action in the outbox. ``key`` is stable over every attempt: ``REF:seq:position``.

    ``number`` is the store's own, as ``Case.id``: an actor is told 0 and names a message by its key.
    """

    number: int
    key: str
    ref: str
    action: str
    params: Mapping[str, Any]
    state: Literal["waiting", "claimed", "done", "dead", "discarded"]
    attempts: int
    created_at: datetime
    next_at: datetime | None
    last_error: str | None = None
    audience: tuple[str, ...] = ()
    token: str | None = None


@frozen
class Notice:
    """A notice that lies in the inbox of a post. ``audience`` is that of its case; ``number`` as of a message."""

    number: int
    post: str
    ref: str
    text: Label
    at: datetime
    read_at: datetime | None = None
    audience: tuple[str, ...] = ()


@frozen
class Reading:
    """That an actor was told of a confidential case: by which verb (``what``, such as ``get``), and when (UTC)."""

    ref: str
    actor: str
    what: str
    at: datetime


@frozen
class Outcome:
    """What firing an event came to: the case as that left it, and whether the key had been used before."""

    case: Case
    row: HistoryRow
    duplicate: bool = False
    started: tuple[str, ...] = ()


@frozen
class Choice:
    """What ``explain`` tells of one event: whether the actor may fire it now, and each reason why not.

    ``conditions`` are guards that hold only if one of the fields ``wants`` is given with the event, in the right way.
    """

    event: str
    label: Label
    allowed: bool
    target: str | None
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    reasons: tuple[Label, ...] = ()
    code: str | None = None
    conditions: tuple[Label, ...] = ()
    wants: tuple[str, ...] = ()


@frozen
class Tally:
    """A count of cases by workflow, state and unit."""

    workflow: str
    state: str
    unit: str | None
    count: int
    overdue: int
    open: bool


@frozen
class Group:
    """A count of cases of one workflow that agree in their state and in ``values``, those of the fields asked for."""

    values: tuple[Any, ...]
    state: str
    count: int


@frozen
class Backlog:
    """What waits and what is kept: messages by state, steps due by now, the earliest due time (UTC), evidence files."""

    messages: Mapping[str, int]
    due: int
    next_due_at: datetime | None
    evidence: int


@frozen
class Broken:
    """A place where the record does not hold: which case, which row, and what is wrong.

    Of an archive that could not be read ``ref`` is its name, and ``unchecked`` how many cases were not checked for it.
    """

    ref: str
    seq: int | None
    what: str
    unchecked: int = 0
