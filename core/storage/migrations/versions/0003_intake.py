"""Groups of failures that error workflows reported."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables import RowId, UtcTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the intake's table."""
    op.create_table(
        "intake_groups",
        sa.Column("id", RowId, nullable=False, autoincrement=True),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("workflow", sa.String(200), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("reports", sa.Integer, nullable=False),
        sa.Column("first_at", UtcTime, nullable=False),
        sa.Column("last_at", UtcTime, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_intake_groups"),
        sa.UniqueConstraint("place", name="uq_intake_groups_place"),
        sa.UniqueConstraint("link", name="uq_intake_groups_link"),
    )
    op.create_index("ix_intake_groups_last_at", "intake_groups", ["last_at"])
