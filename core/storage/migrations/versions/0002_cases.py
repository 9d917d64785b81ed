"""Cases with their links, contents, checklist and log."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables import RowId, UtcTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of cases."""
    op.create_table(
        "cases",
        sa.Column("id", RowId, nullable=False, autoincrement=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("changed_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("ix_cases_expires_at", "cases", ["expires_at"])
    _part(
        "case_links",
        sa.Column("allows", sa.String(20), nullable=False),
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.UniqueConstraint("link", name="uq_case_links_link"),
    )
    _part(
        "case_diagnoses",
        sa.Column("added_at", UtcTime, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("excerpt", sa.Text),
    )
    _part(
        "case_results",
        sa.Column("added_at", UtcTime, nullable=False),
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
    )
    _part(
        "case_nodes",
        sa.Column("added_at", UtcTime, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("model", sa.String(200)),
        sa.Column("content", sa.Text, nullable=False),
    )
    _part(
        "case_notes",
        sa.Column("written_at", UtcTime, nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    _part(
        "checklist_items",
        sa.Column("environment", sa.String(120), nullable=False),
        sa.Column("credential", sa.String(120), nullable=False),
        sa.Column("added_at", UtcTime, nullable=False),
        index=False,
    )
    op.create_index(
        "uq_checklist_items_place", "checklist_items", ["case_id", "environment", "credential"], unique=True
    )
    op.create_table(
        "checklist_ticks",
        sa.Column("item_id", RowId, nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("done_by", sa.String(120), nullable=False),
        sa.Column("done_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("item_id", "step", name="pk_checklist_ticks"),
        sa.ForeignKeyConstraint(
            ["item_id"], ["checklist_items.id"], name="fk_checklist_ticks_item_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "case_log",
        sa.Column("case_id", RowId, nullable=False),
        sa.Column("hour", UtcTime, nullable=False),
        sa.Column("allows", sa.String(20), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("first_at", UtcTime, nullable=False),
        sa.Column("last_at", UtcTime, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "hour", "allows", "action", name="pk_case_log"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_log_case_id", ondelete="CASCADE"),
    )


def _part(name: str, *columns: sa.schema.SchemaItem, index: bool = True) -> None:
    """Make a table whose rows belong to a case."""
    op.create_table(
        name,
        sa.Column("id", RowId, nullable=False, autoincrement=True),
        sa.Column("case_id", RowId, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=f"fk_{name}_case_id", ondelete="CASCADE"),
    )
    if index:
        op.create_index(f"ix_{name}_case_id", name, ["case_id"])
