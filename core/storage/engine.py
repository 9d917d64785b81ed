"""The connection to the database: SQLite in WAL mode in the data folder, or Postgres through psycopg 3.

SQLite's transactions are begun by hand, because sqlite3 begins them too late to read and then write under one lock:
readers with ``BEGIN``, writers with ``BEGIN IMMEDIATE`` (execution option ``write``). The pragmas, and why:

* ``journal_mode=WAL``: readers go on while one process writes.
* ``synchronous=FULL``: with NORMAL a power cut can take back the last commits in WAL mode (sqlite.org/pragma.html),
  and what was acknowledged must stay; one fsync a write is nothing at a portal's pace.
* ``busy_timeout``: a second writer waits, then gets `Locked`.
* ``foreign_keys``: deleting a case deletes all that belongs to it.
* ``secure_delete``: deleted content is overwritten with zeros.
"""

import os
import sqlite3
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from core.settings import Settings
from core.storage.errors import BAD_ADDRESS, Unreachable

WAIT_SECONDS: Final = 5.0
"""How long a statement waits for another writer before it gives up as `Locked`."""

_STATEMENT_SECONDS: Final = 15
_CONNECT_SECONDS: Final = 3
_POOL_SIZE: Final = 3
_POOL_OVERFLOW: Final = 7
_RECYCLE_SECONDS: Final = 1800
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def sqlite_file(settings: Settings) -> Path | None:
    """Return the SQLite file of these settings, None for Postgres; raises `Unreachable` for an address without one."""
    url = _address(settings)
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise Unreachable("RECONNECT_DATABASE_URL must name a file, such as sqlite:////srv/reconnect/reconnect.db.")
    return Path(url.database)


def _address(settings: Settings) -> URL:
    try:
        return make_url(settings.database_address)
    except (ArgumentError, ValueError):
        raise Unreachable(BAD_ADDRESS) from None


def prepare_file(file: Path, settings: Settings) -> None:
    """Make the data folder (0700) and an empty database file (0600), and take others' rights from an old file.

    Only the data folder is ever made; another folder that a database address names must exist. Raises `OSError`.
    """
    if file.parent == settings.data_dir:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if file.stat().st_mode & _OTHERS:
        with suppress(PermissionError):
            file.chmod(0o600)


def writable_file(file: Path) -> bool:
    """Return whether this process may write the file, and beside it, as WAL mode needs."""
    return may_write(file) and may_write(file.parent)


def may_write(place: Path) -> bool:
    """Return whether the user that this process acts as may write a file, or make files in a folder."""
    mode = os.W_OK | os.X_OK if place.is_dir() else os.W_OK
    return os.access(place, mode, effective_ids=os.access in os.supports_effective_ids)


def connect_sqlite(file: Path, *, read_only: bool) -> Engine:
    """Return an engine for one SQLite file that exists."""

    def open_connection() -> sqlite3.Connection:
        address = f"file:{quote(str(file.absolute()))}?mode={'ro' if read_only else 'rw'}"
        if read_only and not file.with_name(f"{file.name}-wal").exists():
            # In a folder that nobody may write to, SQLite cannot make its side files.
            address += "&immutable=1"
        connection = sqlite3.connect(
            address, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            if not read_only:
                _use_wal(connection)
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA foreign_keys=ON")
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://", creator=open_connection, poolclass=QueuePool, **_pool_options(), hide_parameters=True
    )
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _use_wal(connection: sqlite3.Connection) -> None:
    """Turn WAL mode on; of processes that start together all but one find the file locked, and SQLite does not wait."""
    until = time.monotonic() + WAIT_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def connect_postgres(settings: Settings) -> Engine:
    """Return an engine for a Postgres server, not connected yet; raises `ImportError` without the driver."""
    url = _address(settings)
    options: dict[str, Any] = {"application_name": "reconnect"}
    if "connect_timeout" not in url.query:
        options["connect_timeout"] = _CONNECT_SECONDS
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args=options,
        pool_pre_ping=True,
        pool_recycle=_RECYCLE_SECONDS,
        **_pool_options(),
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin_postgres)
    return engine


def _pool_options() -> dict[str, Any]:
    return {"pool_size": _POOL_SIZE, "max_overflow": _POOL_OVERFLOW, "pool_timeout": WAIT_SECONDS}


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    """Set the limits for this transaction alone, so that they also hold behind a connection pooler."""
    connection.execute(
        text(
            "SELECT set_config('lock_timeout', :wait, true), set_config('statement_timeout', :limit, true), "
            "set_config('synchronous_commit', 'on', true)"
        ),
        {"wait": f"{int(WAIT_SECONDS * 1000)}ms", "limit": f"{_STATEMENT_SECONDS}s"},
    )


def identity(file: Path) -> tuple[int, int]:
    """Return what tells this file from another one that takes its name; raises `OSError` when it is gone."""
    state = file.stat()
    return state.st_dev, state.st_ino


def checkpoint(engine: Engine) -> None:
    """Bring the write-ahead log into the SQLite file and empty it, so that nothing deleted is left there."""
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None  # noqa: S101 - just checked out
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
