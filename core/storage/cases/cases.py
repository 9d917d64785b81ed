"""Cases: made with three links, opened, refreshed, withdrawn, extended and deleted; `contributions` fills them.

A link is looked up by its digest in every transaction, so a withdrawn or expired one ends at once, also for a page
that is open. Opening writes to the access log alone.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from core.storage.cases import rows
from core.storage.cases.case import LIFETIME, LONGEST_LIFETIME, SHORTEST_LIFETIME, Case, CaseLinks, Right, Status
from core.storage.clean_text import Cleaner
from core.storage.database import Storage
from core.storage.errors import Conflict, NotAllowed, NotFound, Refused, Unavailable
from core.storage.links import digest, new_link
from core.storage.tables import case_links, case_log, cases, insert_into

OPENED: Final = "opened"


class LinkedCase(NamedTuple):
    """The case behind a link, and what the link allows."""

    number: int
    right: Right


class Cases:
    """The cases of one database.

    Every method raises `NotFound` for a link that leads nowhere, `NotAllowed` for one that allows less, `Refused` for
    what cannot be kept, and `Unavailable`.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def create(self, title: str, now: dt.datetime, *, lifetime: dt.timedelta = LIFETIME) -> CaseLinks:
        """Make an empty case that expires after `lifetime`, and return its links."""
        clean = Cleaner(self._storage.secret.salt).line(title, "title")
        with self._storage.write(now) as connection:
            return insert_case(connection, clean, now, lifetime)[1]

    def open(self, link: str, now: dt.datetime) -> Case:
        """Return everything in a case; the access log says that the link was opened, where it can be written."""
        # Reading goes on where writing does not.
        with suppress(Unavailable), self._storage.write(now) as connection:
            write_log(connection, find(connection, link, now), OPENED, now)
        return self.look(link, now)

    def look(self, link: str, now: dt.datetime) -> Case:
        """Return the same for a page that refreshes itself: nothing is written, not even to the log."""
        with self._storage.read() as connection:
            case = find(connection, link, now)
            return rows.read_case(connection, case.number, case.right)

    def revision(self, link: str, now: dt.datetime) -> int:
        """Return a number that grows with every change; cheap, and never logged."""
        with self._storage.read() as connection:
            number = find(connection, link, now).number
            return int(connection.execute(select(cases.c.revision).where(cases.c.id == number)).scalar_one())

    def set_status(self, link: str, status: Status, now: dt.datetime, *, seen: Status) -> None:
        """Change the status from the one that was seen; raises `Conflict` when it is another one by now."""
        with self.changing(link, Right.CONTRIBUTE, f"status {status.value}", now) as (connection, case):
            changed = connection.execute(
                update(cases).where(cases.c.id == case.number, cases.c.status == seen.value).values(status=status.value)
            )
            if changed.rowcount == 0:
                raise Conflict

    def rename(self, link: str, title: str, now: dt.datetime, *, seen: str) -> None:
        """Change the title from the one that was seen; raises `Conflict` when it is another one by now."""
        clean = Cleaner(self._storage.secret.salt).line(title, "title")
        with self.changing(link, Right.CONTRIBUTE, "renamed", now) as (connection, case):
            changed = connection.execute(
                update(cases).where(cases.c.id == case.number, cases.c.title == seen).values(title=clean)
            )
            if changed.rowcount == 0:
                raise Conflict

    def set_expiry(self, link: str, expires_at: dt.datetime, now: dt.datetime) -> None:
        """Let the case end at another time; needs the own link."""
        _checked(expires_at - now)
        with self.changing(link, Right.OWN, "expiry changed", now) as (connection, case):
            connection.execute(update(cases).where(cases.c.id == case.number).values(expires_at=expires_at))

    def revoke(self, link: str, right: Right, now: dt.datetime) -> None:
        """Withdraw the view or the contribute link at once; needs the own link, which itself stays."""
        if right is Right.OWN:
            raise NotAllowed("The own link cannot be withdrawn. Renew it or delete the case.")
        with self.changing(link, Right.OWN, f"{right.value} link withdrawn", now) as (connection, case):
            _drop_links(connection, case.number, right)

    def renew(self, link: str, right: Right, now: dt.datetime) -> str:
        """Withdraw a link and return a new one in its place; needs the own link."""
        fresh = new_link()
        with self.changing(link, Right.OWN, f"{right.value} link renewed", now) as (connection, case):
            _drop_links(connection, case.number, right)
            _add_link(connection, case.number, right, fresh, now)
        return fresh

    def delete(self, link: str, now: dt.datetime) -> None:
        """Delete a case with all that is in it for good; needs the own link."""
        with self._storage.write(now) as connection:
            case = _allowed(find(connection, link, now), Right.OWN)
            connection.execute(delete(cases).where(cases.c.id == case.number))
        self._storage.forget_deleted()

    @contextmanager
    def changing(
        self, link: str, needed: Right, action: str, now: dt.datetime
    ) -> Iterator[tuple[Connection, LinkedCase]]:
        """Make one change: check the link, lock the case against other writers, count, log, and commit at the end."""
        with self._storage.write(now) as connection:
            case = _allowed(find(connection, link, now), needed)
            connection.execute(
                update(cases).where(cases.c.id == case.number).values(revision=cases.c.revision + 1, changed_at=now)
            )
            # Once more under the lock: the link may just have been withdrawn, or its case deleted.
            find(connection, link, now)
            write_log(connection, case, action, now)
            yield connection, case


def find(connection: Connection, link: str, now: dt.datetime) -> LinkedCase:
    """Return the case behind a link; raises `NotFound`, whatever the reason."""
    row = connection.execute(
        select(case_links.c.case_id, case_links.c.allows)
        .join(cases, cases.c.id == case_links.c.case_id)
        .where(case_links.c.link == digest(link), cases.c.expires_at > now)
    ).first()
    if row is None:
        raise NotFound
    return LinkedCase(row.case_id, Right(row.allows))


def insert_case(
    connection: Connection, title: str, now: dt.datetime, lifetime: dt.timedelta, status: Status = Status.OPEN
) -> tuple[int, CaseLinks]:
    """Insert a case without contents, under a title made safe to store; return its number and its links.

    Raises `Refused`.
    """
    row = {
        "title": title,
        "status": status.value,
        "revision": 1,
        "created_at": now,
        "changed_at": now,
        "expires_at": now + _checked(lifetime),
    }
    number = connection.execute(insert(cases).values(**row).returning(cases.c.id)).scalar_one()
    links = CaseLinks(view=new_link(), contribute=new_link(), own=new_link())
    for right in Right:
        _add_link(connection, number, right, getattr(links, right.value), now)
    write_log(connection, LinkedCase(number, Right.OWN), "created", now)
    return number, links


def write_log(connection: Connection, case: LinkedCase, action: str, now: dt.datetime) -> None:
    """Count an action in the access log, which has one row an hour for each, so that nobody can fill the disk."""
    hour = now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    row = insert_into(connection, case_log).values(
        case_id=case.number,
        hour=hour,
        allows=case.right.value,
        action=action,
        first_at=now,
        last_at=now,
        times=1,
    )
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["case_id", "hour", "allows", "action"],
            set_={"times": case_log.c.times + 1, "last_at": now},
        )
    )


def drop_expired(connection: Connection, now: dt.datetime) -> int:
    """Delete the cases whose time is over; returns how many."""
    return connection.execute(delete(cases).where(cases.c.expires_at <= now)).rowcount


def _allowed(case: LinkedCase, needed: Right) -> LinkedCase:
    if not case.right.includes(needed):
        raise NotAllowed
    return case


def _checked(lifetime: dt.timedelta) -> dt.timedelta:
    if not SHORTEST_LIFETIME <= lifetime <= LONGEST_LIFETIME:
        raise Refused(f"A case can be kept for at most {LONGEST_LIFETIME.days} days from now, and at least 5 minutes.")
    return lifetime


def _add_link(connection: Connection, number: int, right: Right, link: str, now: dt.datetime) -> None:
    row = {"case_id": number, "allows": right.value, "link": digest(link), "created_at": now}
    connection.execute(insert(case_links).values(**row))


def _drop_links(connection: Connection, number: int, right: Right) -> None:
    connection.execute(delete(case_links).where(case_links.c.case_id == number, case_links.c.allows == right.value))
