"""Notebooks: a private link that holds access results, until it is deleted or unused for so many days (a setting).

Anyone who has the link may read, add and delete; it is made at the first kept result and shown to nobody else.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from core.storage import access_results as storage_access_results
from core.storage.access_results import AccessFacts, AccessResult
from core.storage.clean_text import Cleaner
from core.storage.database import Storage
from core.storage.errors import NotFound, Refused, Unavailable
from core.storage.links import digest, new_link
from core.storage.tables import access_results, notebooks

MOST_RESULTS: Final = 5_000
_TOUCH: Final = dt.timedelta(hours=12)


class Notebook(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a notebook, oldest result first; it is dropped at `kept_until` unless it is used again."""

    created_at: dt.datetime
    kept_until: dt.datetime
    results: tuple[AccessResult, ...]


class Notebooks:
    """The notebooks of one database. Every method raises `NotFound` for a link that is none, and `Unavailable`."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def create(self, now: dt.datetime) -> str:
        """Make an empty notebook and return its link, which cannot be had again."""
        link = new_link()
        with self._storage.write(now) as connection:
            connection.execute(insert(notebooks).values(link=digest(link), created_at=now, used_at=now))
        return link

    def add(self, link: str, results: Sequence[AccessFacts], now: dt.datetime) -> tuple[AccessResult, ...]:
        """Append results, all or none, and return them as kept.

        Raises `Refused` when the notebook is full or a label is too long.
        """
        cleaner = Cleaner(self._storage.secret.salt)
        rows = [storage_access_results.to_row(each, cleaner) for each in results]
        with self._storage.write(now) as connection:
            number = _number(connection, link, now - self._storage.notebook_lifetime)
            connection.execute(update(notebooks).where(notebooks.c.id == number).values(used_at=now))
            count = select(func.count()).where(access_results.c.notebook_id == number)
            if connection.execute(count).scalar_one() + len(rows) > MOST_RESULTS:
                raise Refused(f"This notebook holds {MOST_RESULTS:,} results, its most. Delete old ones first.")
            kept = []
            for row in rows:
                added = insert(access_results).values(notebook_id=number, **row).returning(access_results.c.id)
                kept.append(storage_access_results.from_row({**row, "id": connection.execute(added).scalar_one()}))
        return tuple(kept)

    def open(self, link: str, now: dt.datetime) -> Notebook:
        """Return everything in a notebook; opening counts as use, where the database can be written."""
        with self._storage.read() as connection:
            number = _number(connection, link, now - self._storage.notebook_lifetime)
            times = connection.execute(
                select(notebooks.c.created_at, notebooks.c.used_at).where(notebooks.c.id == number)
            ).one()
            rows = connection.execute(
                select(access_results)
                .where(access_results.c.notebook_id == number)
                .order_by(access_results.c.tested_at, access_results.c.id)
            )
            results = tuple(storage_access_results.from_row(row) for row in rows.mappings())
        used_at = self._touch(number, times.used_at, now)
        return Notebook(
            created_at=times.created_at, kept_until=used_at + self._storage.notebook_lifetime, results=results
        )

    def delete_results(self, link: str, ids: Iterable[int], now: dt.datetime) -> int:
        """Delete some results for good and return how many there were."""
        with self._storage.write(now) as connection:
            number = _number(connection, link, now - self._storage.notebook_lifetime)
            chosen = access_results.c.id.in_([int(each) for each in ids])
            gone = connection.execute(delete(access_results).where(access_results.c.notebook_id == number, chosen))
        self._storage.forget_deleted()
        return gone.rowcount

    def delete(self, link: str, now: dt.datetime) -> None:
        """Delete a notebook with all its results for good; copies in cases stay."""
        with self._storage.write(now) as connection:
            connection.execute(
                delete(notebooks).where(
                    notebooks.c.id == _number(connection, link, now - self._storage.notebook_lifetime)
                )
            )
        self._storage.forget_deleted()

    def _touch(self, number: int, used_at: dt.datetime, now: dt.datetime) -> dt.datetime:
        if now - used_at < _TOUCH:
            return used_at
        try:
            with self._storage.write(now) as connection:
                connection.execute(update(notebooks).where(notebooks.c.id == number).values(used_at=now))
        except Unavailable:  # reading goes on where writing does not
            return used_at
        return now


def drop_unused(connection: Connection, before: dt.datetime) -> int:
    """Delete the notebooks that were used last at `before` or earlier; returns how many."""
    return connection.execute(delete(notebooks).where(notebooks.c.used_at <= before)).rowcount


def _number(connection: Connection, link: str, before: dt.datetime) -> int:
    """Return the number of the notebook behind a link; raises `NotFound` for one used last at `before` or earlier."""
    number = connection.execute(
        select(notebooks.c.id).where(notebooks.c.link == digest(link), notebooks.c.used_at > before)
    ).scalar()
    if number is None:
        raise NotFound
    return int(number)
