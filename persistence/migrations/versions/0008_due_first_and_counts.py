"""Indexes for lists by due time and for counts.

A revision is written once and never follows the code: names are spelt out here, not imported.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index what is due by unit, and everything that counts of cases are made of."""
    due = sa.text("closed_at IS NULL AND due_at IS NOT NULL")
    op.create_index(
        "ix_duban_cases_late", "duban_cases", ["unit", "due_at", "id"], sqlite_where=due, postgresql_where=due
    )
    op.create_index(
        "ix_duban_cases_counts", "duban_cases",
        ["workflow", "state", "unit", "closed_at", "due_at", "audience", "opened_by"],
    )  # fmt: skip
