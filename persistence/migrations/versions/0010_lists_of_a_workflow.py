"""An index for the list of a workflow's cases.

A revision is written once and never follows the code: types are spelt out here, not imported.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the cases of each workflow in the order in which they are listed."""
    op.create_index("ix_duban_cases_workflow", "duban_cases", ["workflow", "id"])
