"""An idempotency key belongs to the actor who brought it.

A revision is written once and never follows the code: names are spelt out here, not imported.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what was unique for the whole store unique for each actor; what is kept fits as it is."""
    keyed = sa.text("key IS NOT NULL")
    op.drop_index("uq_duban_history_key", table_name="duban_history")
    op.create_index(
        "uq_duban_history_key", "duban_history", ["key", "actor"], unique=True, sqlite_where=keyed,
        postgresql_where=keyed,
    )  # fmt: skip
