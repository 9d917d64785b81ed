"""Whether storage is well, for the doctor and for ``/api/health``: looks, and changes nothing."""

import datetime as dt
import shutil
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, func, select

from core.settings import Settings
from core.storage import clock, engine, migrate
from core.storage.database import SECRET_CHECK, in_read_only_mode
from core.storage.deployment_secret import DeploymentSecret
from core.storage.errors import (
    NO_FOLDER,
    ClockSkew,
    Damaged,
    DiskFull,
    Locked,
    NewerSchema,
    OldSchema,
    ReadOnly,
    StorageError,
    Unavailable,
    translated,
)
from core.storage.tables import meta

LITTLE_ROOM: Final = 20_000_000
"""Bytes left on SQLite's disk below which it counts as full: room for the write-ahead log and a day's work."""

MOST_APART: Final = dt.timedelta(minutes=1)


class DatabaseState(StrEnum):
    """How the database is."""

    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"
    LOCKED = "locked"
    FULL = "full"
    READ_ONLY = "read_only"
    DAMAGED = "damaged"
    OLD_SCHEMA = "old_schema"
    NEWER_SCHEMA = "newer_schema"
    WRONG_CLOCK = "wrong_clock"
    OTHER_SECRET = "other_secret"  # noqa: S105 - a state


class DatabaseHealth(NamedTuple):
    """The state and one sentence about it."""

    state: DatabaseState
    sentence: str


_STATES: Final[dict[type[StorageError], DatabaseState]] = {
    Locked: DatabaseState.LOCKED,
    DiskFull: DatabaseState.FULL,
    ReadOnly: DatabaseState.READ_ONLY,
    Damaged: DatabaseState.DAMAGED,
    OldSchema: DatabaseState.OLD_SCHEMA,
    NewerSchema: DatabaseState.NEWER_SCHEMA,
    ClockSkew: DatabaseState.WRONG_CLOCK,
}


def health(settings: Settings) -> DatabaseHealth:
    """Return how the database of these settings is now; never raises for what can go wrong with one."""
    try:
        with translated():
            return _examined(settings)
    except Unavailable as error:
        return DatabaseHealth(_STATES.get(type(error), DatabaseState.UNREACHABLE), str(error))


def _examined(settings: Settings) -> DatabaseHealth:
    file = engine.sqlite_file(settings)
    if file is None:
        return _connected(engine.connect_postgres(settings), settings, read_only=False)
    if not file.exists():
        return _not_yet(file, settings)
    read_only = not engine.writable_file(file)
    result = _connected(engine.connect_sqlite(file, read_only=read_only), settings, read_only=read_only)
    if result.state is DatabaseState.REACHABLE and shutil.disk_usage(file.parent).free < LITTLE_ROOM:
        return DatabaseHealth(
            DatabaseState.FULL, "There is hardly any room left on the database's disk. Make room there."
        )
    return result


def _not_yet(file: Path, settings: Settings) -> DatabaseHealth:
    folder = file.parent
    if folder == settings.data_dir:
        folder = next(each for each in (folder, *folder.parents) if each.exists())
    if not folder.is_dir() or not engine.may_write(folder):
        return DatabaseHealth(DatabaseState.UNREACHABLE, NO_FOLDER)
    return DatabaseHealth(DatabaseState.REACHABLE, "There is no database yet; it is made at the first use.")


def _connected(connected: Engine, settings: Settings, *, read_only: bool) -> DatabaseHealth:
    try:
        with connected.connect().execution_options(write=not read_only) as connection, connection.begin() as look:
            result = _looked(connection, settings, read_only=read_only or in_read_only_mode(connection))
            look.rollback()
            return result
    finally:
        connected.dispose()


def _looked(connection: Connection, settings: Settings, *, read_only: bool) -> DatabaseHealth:
    state, step = migrate.schema(connection)
    if state is migrate.Schema.NEWER:
        raise NewerSchema
    if read_only:
        raise OldSchema if state is migrate.Schema.OLD else ReadOnly
    kind = "Postgres" if connection.dialect.name == "postgresql" else "SQLite"
    if state is migrate.Schema.EMPTY:
        return DatabaseHealth(DatabaseState.REACHABLE, f"{kind} answers; its tables are made at the first use.")
    if state is migrate.Schema.OLD:
        sentence = f"{kind} answers; its tables are at step {step} and go to {migrate.head()} at the next start."
        return DatabaseHealth(DatabaseState.REACHABLE, sentence)
    return (
        _wrong_clock(connection)
        or _other_secret(connection, settings)
        or DatabaseHealth(DatabaseState.REACHABLE, f"{kind} answers; its tables are up to date (step {step}).")
    )


def _wrong_clock(connection: Connection) -> DatabaseHealth | None:
    now = dt.datetime.now(dt.UTC)
    clock.check(connection, now)
    if connection.dialect.name != "postgresql":
        # The same machine, so the same clock.
        return None
    apart = now - connection.execute(select(func.clock_timestamp())).scalar_one()
    if abs(apart) <= MOST_APART:
        return None
    side = "ahead of" if apart > dt.timedelta(0) else "behind"
    minutes = abs(apart).total_seconds() / 60
    return DatabaseHealth(
        DatabaseState.WRONG_CLOCK, f"This machine's clock is {minutes:.0f} minutes {side} the database server's."
    )


def _other_secret(connection: Connection, settings: Settings) -> DatabaseHealth | None:
    kept = connection.execute(select(meta.c.value).where(meta.c.name == SECRET_CHECK)).scalar()
    if kept is None or kept == DeploymentSecret(settings).check:
        return None
    return DatabaseHealth(
        DatabaseState.OTHER_SECRET,
        "Another secret was used for what is stored here: fingerprints will not match. Give every replica the same "
        "RECONNECT_SECRET, or bring back the file named secret in the data folder.",
    )
