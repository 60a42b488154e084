"""The first tables.

A revision is written once and never follows the code: types are spelt out here, not imported.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    _create_cases()
    _create_history()
    _create_stopwatches()
    _create_outbox()
    _create_notices()
    _create_refusals()
    _create_definitions()
    _create_counters()
    _create_evidence()


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _truth(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _case_of(table: str, column: str = "case_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["duban_cases.id"], name=f"fk_{table}_{column}")


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _create_cases() -> None:
    op.create_table(
        "duban_cases",
        _number("id"),
        _text("ref"),
        _text("workflow"),
        _text("definition"),
        _whole("version"),
        _text("state"),
        _text("data"),
        _text("unit", nullable=True),
        _whole("level"),
        _text("opened_by"),
        _instant("opened_at"),
        _instant("updated_at"),
        _instant("closed_at", nullable=True),
        _instant("due_at", nullable=True),
        _truth("due_provisional"),
        _instant("original_due_at", nullable=True),
        _text("audience"),
        _text("parent", nullable=True),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        _text("follow", nullable=True),
        _text("head"),
        _case_of("duban_cases", "parent_id"),
        _key("duban_cases", "id"),
        sa.UniqueConstraint("ref", name="uq_duban_cases_ref"),
    )
    op.create_index("ix_duban_cases_state", "duban_cases", ["workflow", "state", "id"])
    op.create_index("ix_duban_cases_unit", "duban_cases", ["unit", "id"])
    _partial("ix_duban_cases_parent", "duban_cases", ["parent_id", "id"], "parent_id IS NOT NULL")
    _partial("ix_duban_cases_due", "duban_cases", ["due_at"], "closed_at IS NULL AND due_at IS NOT NULL")
    _partial("uq_duban_cases_follow", "duban_cases", ["follow"], "follow IS NOT NULL", unique=True)


def _create_history() -> None:
    op.create_table(
        "duban_history",
        _number("case_id"),
        _whole("seq"),
        _text("kind"),
        _text("event"),
        _text("from_state", nullable=True),
        _text("to_state"),
        _text("actor"),
        _text("post", nullable=True),
        _text("unit", nullable=True),
        _instant("at"),
        _whole("level"),
        _text("data"),
        _text("salt"),
        _text("data_digest"),
        _text("key", nullable=True),
        _text("request", nullable=True),
        _text("definition"),
        _text("hash"),
        _case_of("duban_history"),
        _key("duban_history", "case_id", "seq"),
    )
    _partial("uq_duban_history_key", "duban_history", ["key"], "key IS NOT NULL", unique=True)


def _create_stopwatches() -> None:
    op.create_table(
        "duban_stopwatches",
        _number("case_id"),
        _text("deadline"),
        _whole("entry"),
        _whole("limit"),
        _whole("used"),
        _instant("since", nullable=True),
        _instant("due_at", nullable=True),
        _truth("provisional"),
        _whole("next_step"),
        _instant("next_at", nullable=True),
        _whole("extra"),
        _instant("original_due_at", nullable=True),
        _case_of("duban_stopwatches"),
        _key("duban_stopwatches", "case_id", "deadline"),
        sqlite_with_rowid=False,
    )
    _partial("ix_duban_stopwatches_next", "duban_stopwatches", ["next_at", "case_id"], "next_at IS NOT NULL")


def _create_outbox() -> None:
    op.create_table(
        "duban_outbox",
        _number("number"),
        _number("case_id"),
        _text("key"),
        _text("action"),
        _text("params"),
        _text("state"),
        _whole("attempts"),
        _instant("created_at"),
        _instant("next_at", nullable=True),
        _text("last_error", nullable=True),
        _text("token", nullable=True),
        _instant("done_at", nullable=True),
        _case_of("duban_outbox"),
        _key("duban_outbox", "number"),
        sa.UniqueConstraint("key", name="uq_duban_outbox_key"),
    )
    unfinished = "state IN ('waiting', 'claimed')"
    _partial("ix_duban_outbox_next", "duban_outbox", ["next_at", "number"], unfinished)
    _partial("ix_duban_outbox_case", "duban_outbox", ["case_id", "number"], unfinished)


def _create_notices() -> None:
    op.create_table(
        "duban_notices",
        _number("number"),
        _number("case_id"),
        _text("post"),
        _text("key"),
        _text("en"),
        _text("zh"),
        _instant("at"),
        _instant("read_at", nullable=True),
        _case_of("duban_notices"),
        _key("duban_notices", "number"),
    )
    op.create_index("ix_duban_notices_post", "duban_notices", ["post", "number"])
    op.create_index("uq_duban_notices_key", "duban_notices", ["key", "post"], unique=True)


def _create_refusals() -> None:
    op.create_table(
        "duban_refusals",
        _number("number"),
        _instant("at"),
        _text("actor"),
        _text("ref", nullable=True),
        _text("workflow", nullable=True),
        _text("event"),
        _text("code"),
        _text("labels"),
        _text("audience"),
        _key("duban_refusals", "number"),
    )


def _create_definitions() -> None:
    op.create_table(
        "duban_definitions",
        _number("number"),
        _text("digest"),
        _text("workflow"),
        _whole("version"),
        _text("source"),
        _instant("at"),
        _key("duban_definitions", "number"),
        sa.UniqueConstraint("digest", name="uq_duban_definitions_digest"),
    )


def _create_counters() -> None:
    op.create_table(
        "duban_references",
        _text("prefix"),
        _whole("last"),
        _key("duban_references", "prefix"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "duban_settings",
        _text("name"),
        _text("value"),
        _key("duban_settings", "name"),
        sqlite_with_rowid=False,
    )


def _create_evidence() -> None:
    op.create_table(
        "duban_evidence",
        _number("case_id"),
        _whole("seq"),
        _text("field"),
        _text("digest"),
        _case_of("duban_evidence"),
        _key("duban_evidence", "case_id", "seq", "field", "digest"),
        sqlite_with_rowid=False,
    )
