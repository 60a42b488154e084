"""The tables. Their names begin with ``duban_`` so that they can live beside a host's own."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
)

from duban.persistence.archive_tables import archived_keys as archived_keys
from duban.persistence.archive_tables import moving as moving
from duban.persistence.columns import Audience, Document, Instant, Number
from duban.persistence.keeping_tables import erased as erased
from duban.persistence.keeping_tables import suspensions as suspensions
from duban.persistence.message_states import claimed as claimed
from duban.persistence.message_states import ended as ended
from duban.persistence.message_states import unfinished as unfinished
from duban.persistence.metadata import SCHEMA as SCHEMA
from duban.persistence.metadata import VERSION_TABLE as VERSION_TABLE
from duban.persistence.metadata import metadata as metadata
from duban.persistence.metadata import of_case, partial
from duban.persistence.survey_tables import answer_keys as answer_keys
from duban.persistence.survey_tables import answers as answers
from duban.persistence.survey_tables import survey_plans as survey_plans

cases: Final = Table(
    "duban_cases",
    metadata,
    Column("id", Number, primary_key=True),
    Column("ref", Text, nullable=False, unique=True),
    Column("workflow", Text, nullable=False),
    Column("definition", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("data", Document, nullable=False),
    Column("unit", Text),
    Column("level", Integer, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("due_at", Instant),
    Column("due_provisional", Boolean, nullable=False),
    Column("original_due_at", Instant),
    Column("audience", Audience, nullable=False),
    Column("parent", Text),
    Column("parent_id", Number, ForeignKey("duban_cases.id")),
    Column("follow", Text),
    Column("head", Text, nullable=False),
    # The file that the history was moved to.
    Column("archive", Text),
)
Index("ix_duban_cases_state", cases.c.workflow, cases.c.state, cases.c.id)
Index("ix_duban_cases_workflow", cases.c.workflow, cases.c.id)
Index("ix_duban_cases_unit", cases.c.unit, cases.c.id)
partial("ix_duban_cases_parent", cases.c.parent_id, cases.c.id, where=cases.c.parent_id.is_not(None))
partial("ix_duban_cases_due", cases.c.due_at, where=cases.c.closed_at.is_(None) & cases.c.due_at.is_not(None))
partial(
    "ix_duban_cases_late",
    cases.c.unit,
    cases.c.due_at,
    cases.c.id,
    where=cases.c.closed_at.is_(None) & cases.c.due_at.is_not(None),
)
# All that counts are made of, so that to count a million the cases themselves are not read.
Index(
    "ix_duban_cases_counts",
    cases.c.workflow,
    cases.c.state,
    cases.c.unit,
    cases.c.closed_at,
    cases.c.due_at,
    cases.c.audience,
    cases.c.opened_by,
)
partial("ix_duban_cases_closed", cases.c.workflow, cases.c.closed_at, where=cases.c.closed_at.is_not(None))
partial(
    "ix_duban_cases_movable",
    cases.c.workflow,
    cases.c.closed_at,
    cases.c.id,
    where=cases.c.closed_at.is_not(None) & cases.c.archive.is_(None),
)
partial("ix_duban_cases_archive", cases.c.archive, cases.c.closed_at, where=cases.c.archive.is_not(None))
partial("uq_duban_cases_follow", cases.c.follow, where=cases.c.follow.is_not(None), unique=True)

history: Final = Table(
    "duban_history",
    metadata,
    of_case(primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("post", Text),
    Column("unit", Text),
    Column("at", Instant, nullable=False),
    Column("level", Integer, nullable=False),
    Column("data", Document, nullable=False),
    Column("salt", Text, nullable=False),
    Column("data_digest", Text, nullable=False),
    Column("key", Text),
    Column("request", Text),
    Column("definition", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("erased", Document),
)
partial("uq_duban_history_key", history.c.key, history.c.actor, where=history.c.key.is_not(None), unique=True)

stopwatches: Final = Table(
    "duban_stopwatches",
    metadata,
    of_case(primary_key=True),
    Column("deadline", Text, primary_key=True),
    Column("entry", Integer, nullable=False),
    Column("limit", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("since", Instant),
    Column("due_at", Instant),
    Column("provisional", Boolean, nullable=False),
    Column("next_step", Integer, nullable=False),
    Column("next_at", Instant),
    Column("extra", Integer, nullable=False),
    Column("original_due_at", Instant),
    sqlite_with_rowid=False,
)
partial(
    "ix_duban_stopwatches_next",
    stopwatches.c.next_at,
    stopwatches.c.case_id,
    where=stopwatches.c.next_at.is_not(None),
)

outbox: Final = Table(
    "duban_outbox",
    metadata,
    Column("number", Number, primary_key=True),
    of_case(),
    Column("key", Text, nullable=False, unique=True),
    Column("action", Text, nullable=False),
    Column("params", Document, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    # When it is to be looked at next: the time to try a waiting message, the end of the lease of a claimed one.
    Column("next_at", Instant),
    Column("last_error", Text),
    Column("token", Text),
    Column("done_at", Instant),
)


UNFINISHED: Final = unfinished(outbox)
partial("ix_duban_outbox_next", outbox.c.next_at, outbox.c.number, where=UNFINISHED)
partial("ix_duban_outbox_lapsed", outbox.c.next_at, where=claimed(outbox))
partial("ix_duban_outbox_ended", outbox.c.case_id, outbox.c.state, where=ended(outbox))
partial("ix_duban_outbox_case", outbox.c.case_id, outbox.c.number, where=UNFINISHED)

notices: Final = Table(
    "duban_notices",
    metadata,
    Column("number", Number, primary_key=True),
    of_case(),
    Column("post", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("zh", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("read_at", Instant),
)
Index("ix_duban_notices_post", notices.c.post, notices.c.number)
Index("uq_duban_notices_key", notices.c.key, notices.c.post, unique=True)

refusals: Final = Table(
    "duban_refusals",
    metadata,
    Column("number", Number, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("ref", Text),
    Column("workflow", Text),
    Column("event", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("labels", Document, nullable=False),
    Column("audience", Audience, nullable=False),
)

definitions: Final = Table(
    "duban_definitions",
    metadata,
    Column("number", Number, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("workflow", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

references: Final = Table(
    "duban_references",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("last", Integer, nullable=False),
    sqlite_with_rowid=False,
)

settings: Final = Table(
    "duban_settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

evidence: Final = Table(
    "duban_evidence",
    metadata,
    of_case(primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("field", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    sqlite_with_rowid=False,
)

occurrences: Final = Table(
    "duban_occurrences",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("at", Instant, primary_key=True),
    of_case(primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

links: Final = Table(
    "duban_links",
    metadata,
    of_case(primary_key=True),
    Column("field", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    sqlite_with_rowid=False,
)
Index("ix_duban_links_target", links.c.target, links.c.field, links.c.case_id)

readings: Final = Table(
    "duban_readings",
    metadata,
    Column("number", Number, primary_key=True),
    of_case(),
    Column("actor", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_duban_readings_case", readings.c.case_id, readings.c.number)

dispatches: Final = Table(
    "duban_dispatches",
    metadata,
    Column("number", Number, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    # For whom notices are still gathered into it; empty once it is full, was claimed or discarded.
    Column("gathers", Text, unique=True),
    Column("size", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_at", Instant),
    Column("last_error", Text),
    Column("token", Text),
    Column("done_at", Instant),
)
partial("ix_duban_dispatches_next", dispatches.c.next_at, dispatches.c.number, where=unfinished(dispatches))
partial("ix_duban_dispatches_lapsed", dispatches.c.next_at, where=claimed(dispatches))

dispatch_items: Final = Table(
    "duban_dispatch_items",
    metadata,
    Column("notice", Number, ForeignKey("duban_notices.number"), primary_key=True, autoincrement=False),
    Column("channel", Text, primary_key=True),
    Column("dispatch", Number, ForeignKey("duban_dispatches.number"), nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_duban_dispatch_items_dispatch", dispatch_items.c.dispatch, dispatch_items.c.notice)
