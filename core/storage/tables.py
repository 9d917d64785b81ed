"""The tables, as SQLAlchemy Core sees them; `migrations/` makes them, and a test holds the two together.

Times are UTC everywhere. Links are stored as SHA-256 digests, so a copy of the database opens nothing.
"""

import datetime as dt
from typing import Any, Final

from msgspec.inspect import DateTimeType, EnumType, IntType, StrType
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    literal,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from core.storage.access_results import FIELDS, Field
from core.storage.clean_text import LABEL_CHARS, TOKEN_CHARS

DIGEST_CHARS: Final = 64
SET_CHARS: Final = 20
"""A member of a closed set that the access results name."""


class UtcTime(TypeDecorator[dt.datetime]):
    """A moment: aware in Python, ``timestamptz`` in Postgres, sortable UTC text in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse a time without a zone: its meaning would depend on the machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        moment = value.astimezone(dt.UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Give the time back in UTC, with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


# SQLite gives out row numbers by itself only for a column of type INTEGER.
RowId: Final = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _row_id() -> Column[int]:
    return Column("id", RowId, primary_key=True, autoincrement=True)


def _belongs_to(table: str) -> ForeignKey:
    return ForeignKey(f"{table}.id", ondelete="CASCADE")


def _result_columns() -> list[Column[Any]]:
    """Return one column for each field of an access result, in a notebook and copied into a case."""
    return [Column(field.name, _type_of(field), nullable=field.optional) for field in FIELDS]


def _type_of(field: Field) -> TypeEngine[Any]:
    match field.type:
        case StrType(max_length=int(longest)):
            return String(longest)
        case EnumType():
            return String(SET_CHARS)
        case IntType():
            return Integer()
        case DateTimeType():
            return UtcTime()
    raise TypeError(f"{field.name} has no type that a table could hold")


meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)

notebooks = Table(
    "notebooks",
    metadata,
    _row_id(),
    Column("link", String(DIGEST_CHARS), nullable=False, unique=True),
    Column("created_at", UtcTime, nullable=False),
    Column("used_at", UtcTime, nullable=False, index=True),
)

access_results = Table(
    "access_results",
    metadata,
    _row_id(),
    Column("notebook_id", RowId, _belongs_to("notebooks"), nullable=False),
    *_result_columns(),
    Index(None, "notebook_id", "tested_at"),
)

rate_counts = Table(
    "rate_counts",
    metadata,
    Column("scope", String(20), primary_key=True),
    Column("subject", String(DIGEST_CHARS), primary_key=True),
    Column("ends_at", UtcTime, primary_key=True, index=True),
    Column("used", Integer, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    _row_id(),
    Column("title", String(LABEL_CHARS), nullable=False),
    Column("status", String(30), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)

case_links = Table(
    "case_links",
    metadata,
    _row_id(),
    Column("case_id", RowId, _belongs_to("cases"), nullable=False, index=True),
    Column("allows", String(20), nullable=False),
    Column("link", String(DIGEST_CHARS), nullable=False, unique=True),
    Column("created_at", UtcTime, nullable=False),
)

case_diagnoses = Table(
    "case_diagnoses",
    metadata,
    _row_id(),
    Column("case_id", RowId, _belongs_to("cases"), nullable=False, index=True),
    Column("added_at", UtcTime, nullable=False),
    Column("facts", Text, nullable=False),
    Column("excerpt", Text),
)

case_results = Table(
    "case_results",
    metadata,
    _row_id(),
    Column("case_id", RowId, _belongs_to("cases"), nullable=False, index=True),
    Column("added_at", UtcTime, nullable=False),
    *_result_columns(),
)

case_nodes = Table(
    "case_nodes",
    metadata,
    _row_id(),
    Column("case_id", RowId, _belongs_to("cases"), nullable=False, index=True),
    Column("added_at", UtcTime, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("model", String(TOKEN_CHARS)),
    Column("content", Text, nullable=False),
)

case_notes = Table(
    "case_notes",
    metadata,
    _row_id(),
    Column("case_id", RowId, _belongs_to("cases"), nullable=False, index=True),
    Column("written_at", UtcTime, nullable=False),
    Column("author", String(LABEL_CHARS), nullable=False),
    Column("words", Text, nullable=False),
)

checklist_items = Table(
    "checklist_items",
    metadata,
    _row_id(),
    Column("case_id", RowId, _belongs_to("cases"), nullable=False),
    Column("environment", String(LABEL_CHARS), nullable=False),
    Column("credential", String(LABEL_CHARS), nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Index("uq_checklist_items_place", "case_id", "environment", "credential", unique=True),
)

checklist_ticks = Table(
    "checklist_ticks",
    metadata,
    Column("item_id", RowId, _belongs_to("checklist_items"), primary_key=True),
    Column("step", String(20), primary_key=True),
    Column("done_by", String(LABEL_CHARS), nullable=False),
    Column("done_at", UtcTime, nullable=False),
)

case_log = Table(
    "case_log",
    metadata,
    Column("case_id", RowId, _belongs_to("cases"), primary_key=True),
    Column("hour", UtcTime, primary_key=True),
    Column("allows", String(20), primary_key=True),
    Column("action", String(40), primary_key=True),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("times", Integer, nullable=False),
)

intake_groups = Table(
    "intake_groups",
    metadata,
    _row_id(),
    Column("place", String(DIGEST_CHARS), nullable=False, unique=True),
    Column("link", String(DIGEST_CHARS), nullable=False, unique=True),
    Column("workflow", String(TOKEN_CHARS), nullable=False),
    Column("cause", String(TOKEN_CHARS), nullable=False),
    Column("reports", Integer, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False, index=True),
    Column("facts", Text, nullable=False),
)


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT and RETURNING, in this connection's dialect (SQLite 3.35 or later)."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def insert_new(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one with the same key is there; returns whether it was inserted.

    Asked by RETURNING, since psycopg's count of inserted rows does not reach SQLAlchemy.
    """
    row = insert_into(connection, table).values(**values).on_conflict_do_nothing().returning(literal(1))
    return connection.execute(row).first() is not None
