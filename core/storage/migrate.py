"""Bring the database's tables up to date, once, however many processes start together.

The whole migration is one transaction: on SQLite under the writer's lock, on Postgres under an advisory lock that ends
with the transaction, so a process that dies on the way leaves nothing behind. Forward only. While replicas restart
one by one, an older one goes on working on newer tables, so a step only ever adds.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from core.storage.errors import Damaged, NewerSchema

_FOLDER: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x5EC0_77EC
"""The advisory lock's number; any, as long as nobody else on this server uses it."""

_LOCK_SECONDS: Final = 60


class Schema(StrEnum):
    """How the database's tables compare with this release's."""

    EMPTY = "empty"
    OLD = "old"
    CURRENT = "current"
    NEWER = "newer"


def head() -> str:
    """Return the newest step that this release knows."""
    return _steps()[0]


def revisions() -> tuple[str, ...]:
    """Return all steps, oldest first."""
    return tuple(reversed(_steps()))


@cache
def _steps() -> tuple[str, ...]:
    return tuple(step.revision for step in ScriptDirectory(str(_FOLDER)).walk_revisions())


def schema(connection: Connection) -> tuple[Schema, str | None]:
    """Return whether the tables fit this release, and the step that they are at.

    Raises `Damaged` for a database that holds something else.
    """
    names = set(inspect(connection).get_table_names())
    if "alembic_version" not in names:
        if "notebooks" in names:
            raise Damaged("This database has tables of Reconnect but not its version. Restore it from a backup.")
        return Schema.EMPTY, None
    step = MigrationContext.configure(connection).get_current_revision()
    if step is None:
        return Schema.EMPTY, None
    if step not in _steps():
        return Schema.NEWER, step
    return (Schema.CURRENT if step == head() else Schema.OLD), step


def upgrade(connection: Connection, to: str = "head") -> None:
    """Apply the missing steps in the transaction that `connection` is in; the caller commits.

    Waits for another process that is doing the same. Raises `NewerSchema`, and database errors as they come.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT set_config('lock_timeout', :wait, true), set_config('statement_timeout', :wait, true)"),
            {"wait": f"{_LOCK_SECONDS}s"},
        )
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
    state, _ = schema(connection)
    if state is Schema.NEWER:
        raise NewerSchema
    if state is Schema.CURRENT:
        return
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
