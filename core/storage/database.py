"""The database as the stores see it: transactions that commit before they return, or a plain reason why not.

It opens at the first use, brings the tables up to date, and opens again after a fault. A page asks `ability` what it
can offer; everything else raises errors of `core.storage.errors`.
"""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, text

from core.settings import Settings
from core.storage import clock, engine, migrate
from core.storage.deployment_secret import DeploymentSecret
from core.storage.errors import NewerSchema, OldSchema, ReadOnly, Unavailable, Unreachable, translated
from core.storage.tables import insert_new, meta

RETRY_SECONDS: Final = 3.0
"""After a failed opening, how long the same answer is given without trying again, so that pages stay quick."""

SECRET_CHECK: Final = "secret_check"  # noqa: S105 - the name of a row


class Ability(msgspec.Struct, frozen=True, kw_only=True):
    """What storage can do now; `sentence` says it, and why not."""

    reachable: bool
    writable: bool
    sentence: str


class _Opened(msgspec.Struct, frozen=True):
    engine: Engine
    file: Path | None
    identity: tuple[int, int] | None
    read_only: bool


class Storage:
    """One database of one process; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self._failure: tuple[Unavailable, float] | None = None
        self.secret = DeploymentSecret(settings)

    @property
    def notebook_lifetime(self) -> dt.timedelta:
        """How long a notebook is kept that nobody uses."""
        return dt.timedelta(days=self._settings.notebook_days)

    def ability(self) -> Ability:
        """Return what can be done now; never raises."""
        try:
            with self.read() as connection:
                writable = not self._ready().read_only and not in_read_only_mode(connection)
        except Unavailable as error:
            return Ability(reachable=False, writable=False, sentence=str(error))
        if not writable:
            return Ability(reachable=True, writable=False, sentence=ReadOnly.sentence)
        return Ability(reachable=True, writable=True, sentence="Cases and notebooks can be kept.")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database; raises `Unavailable`."""
        with self._transaction(write=False) as connection:
            yield connection

    @contextmanager
    def write(self, now: dt.datetime) -> Iterator[Connection]:
        """Open a transaction that is on the disk when this returns, or never happened; raises `Unavailable`."""
        with self.write_any_time() as connection:
            clock.advance(connection, now)
            yield connection

    @contextmanager
    def write_any_time(self) -> Iterator[Connection]:
        """Open the same without a look at the clock, for what must go on with a wrong one."""
        with self._transaction(write=True) as connection:
            yield connection

    def forget_deleted(self) -> None:
        """Empty SQLite's write-ahead log, where deleted content would otherwise stay for a while.

        What was deleted stays deleted if this fails; the retention job comes by again.
        """
        with suppress(Unavailable), translated():
            opened = self._ready()
            if opened.file is not None:
                engine.checkpoint(opened.engine)

    def close(self) -> None:
        """Close every connection; the next use opens again."""
        with self._lock:
            self._forget()

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[Connection]:
        opened = self._ready()
        if write and opened.read_only:
            raise ReadOnly
        try:
            with translated(), opened.engine.connect() as connection:
                chosen = connection.execution_options(write=write)
                with chosen.begin():
                    yield chosen
        except Unreachable:
            self.close()
            raise

    def _ready(self) -> _Opened:
        with self._lock:
            if self._opened is not None:
                self._look_at_file(self._opened)
            if self._opened is None:
                self._open()
            assert self._opened is not None  # noqa: S101 - _open raises otherwise
            return self._opened

    def _look_at_file(self, opened: _Opened) -> None:
        """Notice a file that was taken away: writes to it would be acknowledged and lost."""
        if opened.file is None:
            return
        try:
            same = engine.identity(opened.file) == opened.identity
        except OSError:
            same = False
        if not same:
            self._forget()
            raise Unreachable(
                "The database file was moved or removed while the portal ran. Nothing was changed. Put it back, or "
                "try again to begin with an empty one."
            )
        if opened.read_only and engine.writable_file(opened.file):
            self._forget()

    def _open(self) -> None:
        if self._failure is not None:
            error, until = self._failure
            if time.monotonic() < until:
                raise type(error)(str(error))
        try:
            with translated():
                self._opened = self._connect()
        except Unavailable as error:
            self._failure = error, time.monotonic() + RETRY_SECONDS
            raise
        self._failure = None

    def _connect(self) -> _Opened:
        file = engine.sqlite_file(self._settings)
        if file is None:
            connected, read_only = engine.connect_postgres(self._settings), False
        else:
            read_only = not _prepared(file, self._settings)
            connected = engine.connect_sqlite(file, read_only=read_only)
        try:
            self._bring_up_to_date(connected, read_only=read_only)
        except BaseException:
            connected.dispose()
            raise
        return _Opened(connected, file, engine.identity(file) if file else None, read_only)

    def _bring_up_to_date(self, connected: Engine, *, read_only: bool) -> None:
        with connected.begin() as connection:
            state, _ = migrate.schema(connection)
            read_only = read_only or in_read_only_mode(connection)
        if state is migrate.Schema.NEWER:
            raise NewerSchema
        if state is not migrate.Schema.CURRENT:
            if read_only:
                raise OldSchema if state is migrate.Schema.OLD else ReadOnly
            with connected.connect().execution_options(write=True) as connection, connection.begin():
                migrate.upgrade(connection)
        if not read_only:
            self._leave_check(connected)

    def _leave_check(self, connected: Engine) -> None:
        """Leave a mark of the secret, by which `health` sees a replica that has another one."""
        with connected.connect() as connection, connection.begin():
            if connection.execute(meta.select().where(meta.c.name == SECRET_CHECK)).first() is not None:
                return
        try:
            check = self.secret.check
        except Unavailable:
            # Without a secret nothing is fingerprinted, so nothing can differ.
            return
        with connected.connect().execution_options(write=True) as connection, connection.begin():
            insert_new(connection, meta, name=SECRET_CHECK, value=check)

    def _forget(self) -> None:
        if self._opened is not None:
            self._opened.engine.dispose()
        self._opened = None
        self._failure = None


def in_read_only_mode(connection: Connection) -> bool:
    """Return whether a Postgres server only reads, as a standby does; False on SQLite, where the file decides."""
    if connection.dialect.name == "sqlite":
        return False
    query = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"
    return bool(connection.execute(text(query)).scalar())


def _prepared(file: Path, settings: Settings) -> bool:
    """Make ready to write to the file; False when it can only be read. Raises `OSError` when it is not there at all."""
    try:
        engine.prepare_file(file, settings)
    except OSError:
        if not file.is_file():
            raise
    return engine.writable_file(file)
