"""Everything that can go wrong with storage, as one tree; each message is a plain sentence for the person.

    StorageError
    ├── NotFound         a guessed, tampered, expired, revoked or deleted link: all alike
    ├── NotAllowed       the link is good, but not for this (a view link cannot write)
    ├── Conflict         somebody else changed it since it was read; nothing was overwritten
    ├── Refused          this cannot be kept: too long, too many, or it could not be made safe
    └── Unavailable      the database cannot do this now; nothing was changed
        ├── Unreachable  no file, no server, no driver, no right to connect
        ├── Locked       another writer keeps it locked for too long
        ├── DiskFull     the disk is full or refuses to write
        ├── ReadOnly     it can be read only
        ├── Damaged      it is no database, or a broken one
        ├── OldSchema    older than this release, and could not be brought up to date
        ├── NewerSchema  written by a newer release
        └── ClockSkew    this machine's clock is behind what the database has already seen

`translated` turns the errors of SQLAlchemy, sqlite3, psycopg and the operating system into these. Messages of
drivers can hold addresses and values, so none of their text is passed on.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Final

from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class StorageError(Exception):
    """Storage could not do what was asked; `str` is a plain sentence."""

    sentence: ClassVar[str] = "This could not be kept."

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


class NotFound(StorageError):
    """No such link; whether it ever existed is not told."""

    sentence = "There is nothing behind this link. It may be mistyped, expired, withdrawn or deleted."


class NotAllowed(StorageError):
    """The link is good for less than this."""

    sentence = "This link does not allow that. Ask the person who sent it for another one."


class Conflict(StorageError):
    """Somebody else was faster."""

    sentence = "Somebody else changed this in the meantime. Look at the new state, then try again."


class Refused(StorageError):
    """What was handed in cannot be kept."""

    sentence = "This text could not be made safe to keep, so it was not kept."


class Unavailable(StorageError):
    """The database cannot do this now."""

    sentence = "The database cannot be used now. Nothing was changed. Diagnosis works without it."


class Unreachable(Unavailable):
    """There is no database to talk to."""

    sentence = "The database cannot be reached. Nothing was changed. Diagnosis works without it."


class Locked(Unavailable):
    """Waited for another writer in vain."""

    sentence = "The database is busy with somebody else's change. Nothing was changed. Try again in a moment."


class DiskFull(Unavailable):
    """The disk is full or refuses to write."""

    sentence = "The database's disk is full or refuses to write. Nothing was changed. Make room there, then try again."


class ReadOnly(Unavailable):
    """Reading works, writing does not."""

    sentence = "The database can only be read now. What is there can be seen; nothing new can be kept."


class Damaged(Unavailable):
    """The file or the server's tables are broken."""

    sentence = "The database is damaged or is not a database. Nothing was changed. Restore it from a backup."


class OldSchema(Unavailable):
    """The tables are older than this release."""

    sentence = (
        "The database is from an older release and could not be brought up to date. Nothing was changed. "
        "Give this portal the right to write to it, then restart."
    )


class NewerSchema(Unavailable):
    """The tables are newer than this release."""

    sentence = "The database was written by a newer release of Reconnect. Nothing was changed. Update this portal."


class ClockSkew(Unavailable):
    """This machine's clock is behind."""

    sentence = "This machine's clock is wrong, so nothing was written."


NO_DRIVER: Final = "The Postgres driver is not installed. Install Reconnect with its postgres extra, then restart."
NO_LOGIN: Final = "The database server refuses the portal's user or password. Check RECONNECT_DATABASE_URL."
NO_DATABASE: Final = "The database server has no database of that name. Create it or check RECONNECT_DATABASE_URL."
BAD_ADDRESS: Final = (
    "RECONNECT_DATABASE_URL cannot be read. It looks like postgresql://user:password@host:5432/reconnect."
)
NO_FOLDER: Final = "The database's folder cannot be used. Check that it exists and that the portal may write to it."

_BY_SQLITE_NAME: Final[tuple[tuple[str, type[StorageError]], ...]] = (
    ("SQLITE_BUSY", Locked),
    ("SQLITE_LOCKED", Locked),
    ("SQLITE_FULL", DiskFull),
    ("SQLITE_IOERR", DiskFull),
    ("SQLITE_READONLY", ReadOnly),
    ("SQLITE_CANTOPEN", Unreachable),
    ("SQLITE_CORRUPT", Damaged),
    ("SQLITE_NOTADB", Damaged),
)
"""Beginnings of SQLite's result codes (sqlite.org/rescode.html)."""

_BY_SQLSTATE: Final[tuple[tuple[str, type[StorageError], str | None], ...]] = (
    ("28", Unreachable, NO_LOGIN),
    ("3D000", Unreachable, NO_DATABASE),
    ("08", Unreachable, None),
    ("57P", Unreachable, None),
    ("53300", Unreachable, None),
    ("53400", DiskFull, None),
    ("53100", DiskFull, None),
    ("55P03", Locked, None),
    ("57014", Locked, None),
    ("40001", Locked, None),
    ("40P01", Locked, None),
    ("25006", ReadOnly, None),
    ("42501", ReadOnly, None),
    ("42P01", OldSchema, None),
    ("42703", OldSchema, None),
    ("XX001", Damaged, None),
    ("XX002", Damaged, None),
)
"""Beginnings of Postgres's error codes (postgresql.org/docs/18/errcodes-appendix.html)."""

_BY_REFUSAL: Final = (
    ("password authentication failed", NO_LOGIN),
    ("no pg_hba.conf entry", NO_LOGIN),
    ('role "', NO_LOGIN),
    ('database "', NO_DATABASE),
)
"""Words of a Postgres server that lets nobody in; in another language they only cost the better sentence."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise every error of the layers below as one of this tree."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error, OSError, ImportError) as error:
        raise translate(error) from error
    except StatementError as error:  # a value that no column takes is a mistake in the code, not of the database
        raise (error.orig or error) from None


def translate(error: BaseException) -> StorageError:
    """Return the storage error that another layer's error means."""
    if isinstance(error, ImportError):
        return Unreachable(NO_DRIVER)
    if isinstance(error, PoolTimeout):
        return Locked()
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(original, sqlite3.Error):
        return _from_sqlite(original)
    if isinstance(original, OSError):
        return _from_system(original)
    if isinstance(error, DBAPIError):
        return _from_postgres(original)
    return Unavailable()


def _from_sqlite(error: sqlite3.Error) -> StorageError:
    name = getattr(error, "sqlite_errorname", None) or ""
    for start, kind in _BY_SQLITE_NAME:
        if name.startswith(start):
            return kind()
    return OldSchema() if "no such" in str(error) else Unavailable()


def _from_postgres(error: BaseException) -> StorageError:
    state = getattr(error, "sqlstate", None)
    if state is None:  # the connection could not be made; libpq hands on the server's words but not its code
        return Unreachable(next((sentence for words, sentence in _BY_REFUSAL if words in str(error)), None))
    for start, kind, sentence in _BY_SQLSTATE:
        if state.startswith(start):
            return kind(sentence)
    return Unavailable()


def _from_system(error: OSError) -> StorageError:
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
        return DiskFull()
    if error.errno == errno.EROFS:
        return ReadOnly()
    return Unreachable(NO_FOLDER)
