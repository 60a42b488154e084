"""Where the histories of finished cases were moved to, and what the store keeps of them.

A revision is written once and never follows the code: types are spelt out here, not imported.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Name the archive of each case; keep the keys of what was moved, and what is on its way."""
    op.add_column("duban_cases", sa.Column("archive", sa.Text()))
    op.create_table(
        "duban_archived_keys",
        sa.Column("case_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["duban_cases.id"], name="fk_duban_archived_keys_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_duban_archived_keys"),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_duban_archived_keys_key", "duban_archived_keys", ["key", "actor"], unique=True)
    op.create_table(
        "duban_moving",
        sa.Column("case_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("archive", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["duban_cases.id"], name="fk_duban_moving_case_id"),
        sa.PrimaryKeyConstraint("case_id", "archive", name="pk_duban_moving"),
        sqlite_with_rowid=False,
    )
    _partial("ix_duban_cases_movable", "duban_cases", ["workflow", "closed_at", "id"], _MOVABLE)
    _partial("ix_duban_cases_archive", "duban_cases", ["archive", "closed_at"], "archive IS NOT NULL")
    _partial("ix_duban_outbox_ended", "duban_outbox", ["case_id", "state"], "state IN ('done', 'dead', 'discarded')")


_MOVABLE = "closed_at IS NOT NULL AND archive IS NULL"


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
