"""Notebooks of access results, rate limits, and what the database knows of itself."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables import RowId, UtcTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "meta",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "notebooks",
        sa.Column("id", RowId, nullable=False, autoincrement=True),
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("used_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notebooks"),
        sa.UniqueConstraint("link", name="uq_notebooks_link"),
    )
    op.create_index("ix_notebooks_used_at", "notebooks", ["used_at"])
    op.create_table(
        "access_results",
        sa.Column("id", RowId, nullable=False, autoincrement=True),
        sa.Column("notebook_id", RowId, nullable=False),
        sa.Column("key_label", sa.String(120), nullable=False),
        sa.Column("key_fingerprint", sa.String(32), nullable=False),
        sa.Column("environment", sa.String(120), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("path", sa.String(20), nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(200)),
        sa.Column("status", sa.Integer),
        sa.Column("latency_ms", sa.Integer),
        sa.Column("request_id", sa.String(200)),
        sa.Column("tested_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_results"),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebooks.id"], name="fk_access_results_notebook_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_access_results_notebook_id_tested_at", "access_results", ["notebook_id", "tested_at"])
    op.create_table(
        "rate_counts",
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("ends_at", UtcTime, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("scope", "subject", "ends_at", name="pk_rate_counts"),
    )
    op.create_index("ix_rate_counts_ends_at", "rate_counts", ["ends_at"])
