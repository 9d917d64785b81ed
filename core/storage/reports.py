"""What error workflows report: failures grouped by workflow and cause for 24 hours, as facts alone.

A group collects until nothing has come for 24 hours; a report after that begins a new one. Its link is derived from
the deployment's secret and the group's beginning, so that every report is answered with the same link although only
its digest is stored.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, select, update

from core.storage import kept_facts
from core.storage.clean_text import Cleaner
from core.storage.database import Storage
from core.storage.errors import NotFound, Refused
from core.storage.kept_facts import KeptFacts
from core.storage.links import digest
from core.storage.tables import insert_new, intake_groups

KEPT: Final = dt.timedelta(hours=24)
MOST_GROUPS: Final = 10_000
UNKNOWN_WORKFLOW: Final = "unknown"


class IntakeGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Reports of one workflow with one cause: how many, from when to when, and the latest one's facts."""

    workflow: str
    cause: str
    reports: int
    first_at: dt.datetime
    last_at: dt.datetime
    facts: KeptFacts


class ReportReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a reporter is answered: the group's link and how many reports it holds."""

    link: str
    reports: int


class Intake:
    """The reports of one database; every method raises `Unavailable`."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def report(self, workflow: str | None, facts: KeptFacts, now: dt.datetime) -> ReportReceipt:
        """Count one failure of a workflow (its n8n id) and return where its group can be seen."""
        cleaner = Cleaner(self._storage.secret.salt)
        stored = kept_facts.to_text(facts, cleaner)
        place = (cleaner.token(workflow) or UNKNOWN_WORKFLOW, kept_facts.from_text(stored).cause)
        with self._storage.write(now) as connection:
            connection.execute(delete(intake_groups).where(intake_groups.c.last_at <= now - KEPT))
            first = _Group(place, now, self._link(place, now))
            if not _count_again(connection, first, stored, now) and not _begin(connection, first, stored):
                # Another report began it at the same moment.
                _count_again(connection, first, stored, now)
            row = connection.execute(
                select(intake_groups.c.first_at, intake_groups.c.reports).where(intake_groups.c.place == first.key)
            ).one()
        return ReportReceipt(link=self._link(place, row.first_at), reports=row.reports)

    def open(self, link: str, now: dt.datetime) -> IntakeGroup:
        """Return the group behind a link; raises `NotFound`."""
        with self._storage.read() as connection:
            row = connection.execute(
                select(intake_groups).where(intake_groups.c.link == digest(link), intake_groups.c.last_at > now - KEPT)
            )
            group = row.mappings().first()
        if group is None:
            raise NotFound
        return _group(group)

    def recent(self, now: dt.datetime, *, limit: int = 100) -> tuple[IntakeGroup, ...]:
        """Return the groups of the last 24 hours, the latest report first."""
        with self._storage.read() as connection:
            rows = connection.execute(
                select(intake_groups)
                .where(intake_groups.c.last_at > now - KEPT)
                .order_by(intake_groups.c.last_at.desc(), intake_groups.c.id)
                .limit(limit)
            )
            return tuple(_group(row) for row in rows.mappings())

    def _link(self, place: tuple[str, str], first_at: dt.datetime) -> str:
        return self._storage.secret.link("intake", *place, first_at.astimezone(dt.UTC).isoformat())


class _Group(msgspec.Struct, frozen=True):
    place: tuple[str, str]
    first_at: dt.datetime
    link: str

    @property
    def key(self) -> str:
        return hashlib.sha256("\n".join(self.place).encode()).hexdigest()


def _count_again(connection: Connection, group: _Group, stored: str, now: dt.datetime) -> bool:
    counted = connection.execute(
        update(intake_groups)
        .where(intake_groups.c.place == group.key)
        .values(reports=intake_groups.c.reports + 1, last_at=now, facts=stored)
    )
    return counted.rowcount > 0


def _begin(connection: Connection, group: _Group, stored: str) -> bool:
    if connection.execute(select(intake_groups.c.id).offset(MOST_GROUPS - 1).limit(1)).first() is not None:
        raise Refused("The intake holds as many groups as it can. Try again later.")
    workflow, cause = group.place
    return insert_new(
        connection,
        intake_groups,
        place=group.key,
        link=digest(group.link),
        workflow=workflow,
        cause=cause,
        reports=1,
        first_at=group.first_at,
        last_at=group.first_at,
        facts=stored,
    )


def drop_old(connection: Connection, now: dt.datetime) -> int:
    """Delete the groups without a report in the last 24 hours; returns how many."""
    return connection.execute(delete(intake_groups).where(intake_groups.c.last_at <= now - KEPT)).rowcount


def _group(row: Mapping[Any, Any]) -> IntakeGroup:
    values = {name: row[name] for name in IntakeGroup.__struct_fields__ if name != "facts"}
    return IntakeGroup(**values, facts=kept_facts.from_text(row["facts"]))
