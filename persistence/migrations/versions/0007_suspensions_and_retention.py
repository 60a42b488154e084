"""Who was suspended and restored; which rules of retention were carried out on which finished cases.

A revision is written once and never follows the code: types are spelt out here, not imported.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the two tables, and the index of cases by their end."""
    op.create_table(
        "duban_suspensions",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("role", sa.Text()),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_duban_suspensions"),
    )
    op.create_table(
        "duban_erased",
        sa.Column("case_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["duban_cases.id"], name="fk_duban_erased_case_id"),
        sa.PrimaryKeyConstraint("case_id", "rule", name="pk_duban_erased"),
        sqlite_with_rowid=False,
    )
    closed = sa.text("closed_at IS NOT NULL")
    op.create_index(
        "ix_duban_cases_closed", "duban_cases", ["workflow", "closed_at"], sqlite_where=closed, postgresql_where=closed
    )
