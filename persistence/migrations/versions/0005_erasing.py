"""What a row erased.

A revision is written once and never follows the code: types are spelt out here, not imported.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("duban_history", sa.Column("erased", sa.Text(), nullable=True))
