"""What goes out on channels, which notices it holds, and where leases have lapsed.

A revision is written once and never follows the code: types are spelt out here, not imported.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CLAIMED = sa.text("state = 'claimed'")
_UNFINISHED = sa.text("state IN ('waiting', 'claimed')")


def upgrade() -> None:
    """Create the two tables, and the indexes of lapsed leases."""
    op.create_table(
        "duban_dispatches",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("gathers", sa.Text()),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger()),
        sa.Column("last_error", sa.Text()),
        sa.Column("token", sa.Text()),
        sa.Column("done_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("number", name="pk_duban_dispatches"),
        sa.UniqueConstraint("key", name="uq_duban_dispatches_key"),
        sa.UniqueConstraint("gathers", name="uq_duban_dispatches_gathers"),
    )
    op.create_index(
        "ix_duban_dispatches_next", "duban_dispatches", ["next_at", "number"],
        sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED,
    )  # fmt: skip
    op.create_table(
        "duban_dispatch_items",
        sa.Column("notice", _NUMBER, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("dispatch", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["duban_notices.number"], name="fk_duban_dispatch_items_notice"),
        sa.ForeignKeyConstraint(["dispatch"], ["duban_dispatches.number"], name="fk_duban_dispatch_items_dispatch"),
        sa.PrimaryKeyConstraint("notice", "channel", name="pk_duban_dispatch_items"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_duban_dispatch_items_dispatch", "duban_dispatch_items", ["dispatch", "notice"])
    for table in ("outbox", "dispatches"):
        op.create_index(
            f"ix_duban_{table}_lapsed", f"duban_{table}", ["next_at"],
            sqlite_where=_CLAIMED, postgresql_where=_CLAIMED,
        )  # fmt: skip
