"""The statements of the hot path, built once for each dialect and kind of scope instead of with every call."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    text,
    type_coerce,
    union_all,
    update,
)

from duban.engine.model.case import HistoryRow
from duban.persistence import tables
from duban.persistence.criteria import overdue
from duban.persistence.rows import CASE, CASE_NAMES, DUE_STEP, HISTORY, MESSAGE, STOPWATCH, STOPWATCH_NAMES, names_of
from duban.persistence.tables import archived_keys, cases, history, links, occurrences, outbox, references, stopwatches
from duban.persistence.visibility import Shape, visible

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def inserting(dialect: str, table: Any) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows ON CONFLICT."""
    # A dialect is imported by those who use it.
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def locked(statement: Select[Any]) -> Select[Any]:
    """The statement that also locks the cases that it finds. SQLite leaves it out; it has one writer."""
    # FOR NO KEY UPDATE: rows that only refer to the case may still be written.
    return statement.with_for_update(key_share=True, of=cases)


@lru_cache(maxsize=512)
def case_by_ref(dialect: str, shape: Shape, lock: bool) -> Select[Any]:
    """The case of ``:wanted`` within a scope of this shape."""
    found = select(*CASE).where(cases.c.ref == bindparam("wanted"), visible(shape, dialect))
    return locked(found) if lock else found


@lru_cache(maxsize=512)
def tallies(dialect: str, shape: Shape) -> Select[Any]:
    """Counts by workflow, state and unit within a scope of this shape: of open ones, of those overdue at ``:now``, of
    closed ones. Not grouped by whether they are open: so the groups lie in the order of the index.
    """
    is_open, key = cases.c.closed_at.is_(None), (cases.c.workflow, cases.c.state, cases.c.unit)
    late = func.count().filter(overdue(bindparam("now", type_=cases.c.due_at.type)))
    of_open = func.count().filter(is_open)
    return select(*key, of_open, late, func.count().filter(~is_open)).where(visible(shape, dialect)).group_by(*key)


CASE_BY_ID: Final = select(*CASE).where(cases.c.id == bindparam("wanted"))
CASE_BY_ID_LOCKED: Final = locked(CASE_BY_ID)
CASE_BY_FOLLOW: Final = select(*CASE).where(cases.c.follow == bindparam("wanted"))
CHILDREN: Final = select(*CASE).where(cases.c.parent_id == bindparam("wanted")).order_by(cases.c.id)
CASES_AFTER: Final = (
    select(*CASE).where(cases.c.id > bindparam("wanted")).order_by(cases.c.id).limit(bindparam("limit"))
)

_KEPT: Final[dict[str, ColumnElement[Any]]] = {
    "ref": cases.c.ref, "kind": literal_column("'event'"), "definition": cases.c.definition, "at": cases.c.closed_at,
    "data": literal_column("'{}'"), "level": literal_column("0"),
    **{name: literal_column("''") for name in ("event", "to_state", "salt", "data_digest", "hash")},
}  # fmt: skip


def archived_rows() -> Select[Any]:
    """What the store keeps of rows with a key whose case was moved to an archive, in the columns ``HISTORY``.

    Which case and row the key has: the rest lies in the archive.
    """
    names = names_of(HistoryRow)
    kept = {**_KEPT, **{name: archived_keys.c[name] for name in ("seq", "key", "actor")}}
    columns = [kept.get(name, cast(null(), Text)) for name in names]
    return select(*columns).join_from(archived_keys, cases, cases.c.id == archived_keys.c.case_id)


_ROWS: Final = select(*HISTORY).join(cases, cases.c.id == history.c.case_id)
ROWS: Final = _ROWS.where(history.c.case_id == bindparam("wanted")).order_by(history.c.seq)
ROW_BY_KEY: Final = union_all(
    _ROWS.where(history.c.key == bindparam("wanted")), archived_rows().where(archived_keys.c.key == bindparam("wanted"))
)
ROW_BY_KEY_OF: Final = union_all(
    _ROWS.where(history.c.key == bindparam("wanted"), history.c.actor == bindparam("of_actor")),
    archived_rows().where(archived_keys.c.key == bindparam("wanted"), archived_keys.c.actor == bindparam("of_actor")),
)


@lru_cache(maxsize=64)
def last_rows(events: int) -> Select[Any]:
    """The latest row of each of so many events, ``:event_0`` and on, of the case ``:wanted``."""
    latest = select(func.max(history.c.seq)).where(*_of_events(events)).group_by(history.c.event)
    return _ROWS.where(history.c.case_id == bindparam("wanted"), history.c.seq.in_(latest))


@lru_cache(maxsize=64)
def event_counts(events: int) -> Select[Any]:
    """How often each of so many events, ``:event_0`` and on, stands in the history of the case ``:wanted``."""
    return select(history.c.event, func.count()).where(*_of_events(events)).group_by(history.c.event)


def _of_events(events: int) -> tuple[ColumnElement[bool], ...]:
    names = [bindparam(f"event_{number}", type_=Text) for number in range(events)]
    return history.c.case_id == bindparam("wanted"), history.c.event.in_(names)


OPENING_EVENTS: Final = select(history.c.case_id, history.c.event).where(
    history.c.case_id.in_(bindparam("cases", expanding=True)), history.c.seq == 1
)

_SUBJECT: Final = (occurrences.c.rule == bindparam("rule"), occurrences.c.subject == bindparam("subject"))
_SINCE: Final = occurrences.c.at >= bindparam("since", type_=occurrences.c.at.type)
COUNT_OCCURRENCES: Final = select(func.count()).where(*_SUBJECT, _SINCE)


@lru_cache(maxsize=512)
def latest_occurrence(dialect: str, shape: Shape) -> Select[Any]:
    """The case of the latest occurrence within a scope of this shape, public or of ``:own_audience``."""
    audience = cases.c.audience
    public, own = bindparam("public", (), audience.type), bindparam("own_audience", type_=audience.type)
    return (
        select(*CASE)
        .join(occurrences, occurrences.c.case_id == cases.c.id)
        .where(*_SUBJECT, _SINCE, occurrences.c.case_id != bindparam("other_than"))
        .where(visible(shape, dialect), or_(audience == public, audience == own))
        .order_by(occurrences.c.at.desc(), occurrences.c.case_id.desc())
        .limit(1)
    )


REFERRING: Final = (
    select(*CASE)
    .join(links, links.c.case_id == cases.c.id)
    .where(links.c.target == bindparam("wanted"), links.c.field == bindparam("in_field"))
    # Not as the column: by its index SQLite would go through all cases of the workflow instead of the few links.
    .where(cases.c.workflow.concat("") == bindparam("of_workflow"), cases.c.closed_at.is_(None))
    .order_by(cases.c.id)
)

STOPWATCHES: Final = select(*STOPWATCH).where(stopwatches.c.case_id == bindparam("wanted"))
_ID_OF_REF: Final = select(cases.c.id).where(cases.c.ref == bindparam("wanted")).scalar_subquery()
STOPWATCHES_BY_REF: Final = select(*STOPWATCH).where(stopwatches.c.case_id == _ID_OF_REF)
DUE_STEPS: Final = (
    select(*DUE_STEP)
    .join(cases, cases.c.id == stopwatches.c.case_id)
    .where(stopwatches.c.next_at <= bindparam("now", type_=stopwatches.c.next_at.type))
    .order_by(stopwatches.c.next_at, stopwatches.c.case_id)
    .limit(bindparam("limit"))
)
NEXT_DUE: Final = (
    select(stopwatches.c.next_at)
    .where(stopwatches.c.next_at > bindparam("after", type_=stopwatches.c.next_at.type))
    .order_by(stopwatches.c.next_at)
    .limit(1)
)
NEXT_PUBLIC_DUE: Final = NEXT_DUE.join(cases, cases.c.id == stopwatches.c.case_id).where(
    type_coerce(cases.c.audience, Text) == ""
)
COUNT_DUE: Final = select(func.count()).where(
    stopwatches.c.next_at <= bindparam("now", type_=stopwatches.c.next_at.type)
)

ADD_ROW: Final = insert(history)
ADD_CASE: Final = insert(cases).values({name: bindparam(name) for name in CASE_NAMES}).returning(cases.c.id)
# Inline: nobody asks for the numbers.
ADD_MESSAGES: Final = insert(outbox).inline()
FORGET_OCCURRENCES: Final = delete(occurrences).where(
    occurrences.c.rule.in_(bindparam("rules", expanding=True)), occurrences.c.subject == bindparam("of_subject")
)
# Locks are those of the whole database, in which others may count the same in schemas of their own.
LOCK_SUBJECT: Final = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(concat(current_schema(), ':', CAST(:subject AS text)), 0))"
)
DROP_LINKS: Final = delete(links).where(links.c.case_id == bindparam("of_case"), links.c.field == bindparam("in_field"))
ERASE_ROW: Final = (
    update(history)
    .where(history.c.case_id == bindparam("of_case"), history.c.seq == bindparam("of_seq"))
    .values(data=bindparam("data_left", type_=history.c.data.type), salt=bindparam("new_salt"))
)
_FIELDS: Final[BindParameter[Any]] = bindparam("in_fields", expanding=True)
DROP_EVIDENCE: Final = delete(tables.evidence).where(
    tables.evidence.c.case_id == bindparam("of_case"), tables.evidence.c.field.in_(_FIELDS)
)
DROP_LINKS_OF: Final = delete(links).where(links.c.case_id == bindparam("of_case"), links.c.field.in_(_FIELDS))
PARAMS_OF: Final = select(outbox.c.number, outbox.c.params).where(outbox.c.case_id == bindparam("of_case"))
SET_PARAMS: Final = (
    update(outbox)
    .where(outbox.c.number == bindparam("wanted"))
    .values(params=bindparam("new_params", type_=outbox.c.params.type))
)
ADD_REFUSAL: Final = insert(tables.refusals)
# Of a case that is not there the number is NULL, which the column does not take: no reading is lost unheard.
ADD_READINGS: Final = insert(tables.readings).values(
    case_id=select(cases.c.id).where(cases.c.ref == bindparam("read_ref")).scalar_subquery(),
    actor=bindparam("actor"),
    what=bindparam("what"),
    at=bindparam("at"),
)
VERSION_OF: Final = (
    select(cases.c.ref, func.max(history.c.seq))
    .join(history, history.c.case_id == cases.c.id)
    .where(cases.c.id == bindparam("wanted"))
    .group_by(cases.c.ref)
)

MESSAGES: Final = select(*MESSAGE).join(cases, cases.c.id == outbox.c.case_id)

_earlier: Final = outbox.alias("earlier")

HELD_UP: Final = exists().where(
    _earlier.c.case_id == outbox.c.case_id, _earlier.c.number < outbox.c.number, tables.unfinished(_earlier)
)
"""Done, dead and discarded messages are behind the case; what is unfinished holds up the later ones of its case."""


class Upserts:
    """The statements with ON CONFLICT of one dialect."""

    def __init__(self, dialect: str) -> None:
        # Without the option the driver's count of inserted rows is not kept.
        row = inserting(dialect, history).on_conflict_do_nothing()
        self.row = row.execution_options(preserve_rowcount=True)
        self.definition = inserting(dialect, tables.definitions).on_conflict_do_nothing()
        self.evidence = inserting(dialect, tables.evidence).on_conflict_do_nothing()
        self.occurrence = inserting(dialect, occurrences).on_conflict_do_nothing()
        self.link = inserting(dialect, links).on_conflict_do_nothing()
        self.notice = inserting(dialect, tables.notices).on_conflict_do_nothing()
        self.numbered_notice = self.notice.returning(tables.notices.c.number)
        setting = inserting(dialect, tables.settings)
        self.setting = setting.on_conflict_do_update(index_elements=["name"], set_={"value": setting.excluded.value})
        number = inserting(dialect, references).values(prefix=bindparam("prefix"), last=1)
        self.number = number.on_conflict_do_update(
            index_elements=["prefix"], set_={"last": references.c.last + 1}
        ).returning(references.c.last)
        stopwatch = inserting(dialect, stopwatches)
        changed = {name: stopwatch.excluded[name] for name in STOPWATCH_NAMES if name != "deadline"}
        self.stopwatch = stopwatch.on_conflict_do_update(index_elements=["case_id", "deadline"], set_=changed)


@lru_cache(maxsize=2)
def upserts(dialect: str) -> Upserts:
    """The statements with ON CONFLICT of this dialect."""
    return Upserts(dialect)
