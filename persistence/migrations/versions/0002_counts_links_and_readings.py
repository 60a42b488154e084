"""What is counted across cases, which cases refer to which, and who read a confidential case.

A revision is written once and never follows the code: types are spelt out here, not imported.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "duban_occurrences",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["duban_cases.id"], name="fk_duban_occurrences_case_id"),
        sa.PrimaryKeyConstraint("rule", "subject", "at", "case_id", "seq", name="pk_duban_occurrences"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "duban_links",
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["duban_cases.id"], name="fk_duban_links_case_id"),
        sa.PrimaryKeyConstraint("case_id", "field", "target", name="pk_duban_links"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_duban_links_target", "duban_links", ["target", "field", "case_id"])
    op.create_table(
        "duban_readings",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["duban_cases.id"], name="fk_duban_readings_case_id"),
        sa.PrimaryKeyConstraint("number", name="pk_duban_readings"),
    )
    op.create_index("ix_duban_readings_case", "duban_readings", ["case_id", "number"])
