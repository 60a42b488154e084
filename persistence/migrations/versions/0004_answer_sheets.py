"""The plans of surveys, and answer sheets apart from everything else.

A revision is written once and never follows the code: types are spelt out here, not imported.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "duban_survey_plans",
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["duban_cases.id"], name="fk_duban_survey_plans_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_duban_survey_plans"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "duban_answers",
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("sheets", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["duban_cases.id"], name="fk_duban_answers_case_id"),
        sa.PrimaryKeyConstraint("case_id", "community", name="pk_duban_answers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "duban_answer_keys",
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["duban_cases.id"], name="fk_duban_answer_keys_case_id"),
        sa.PrimaryKeyConstraint("case_id", "digest", name="pk_duban_answer_keys"),
        sqlite_with_rowid=False,
    )
