"""Rate limits: how often something may be done in a window of time, by session, address, target and everybody.

The counters are in the database, so that replicas count together; names are stored as keyed digests. Without a
database this process counts by itself, so that a portal never becomes a way to check keys in bulk.
"""

import datetime as dt
import threading
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import Connection, delete

from core.storage.database import Storage
from core.storage.errors import Unavailable
from core.storage.links import digest
from core.storage.tables import insert_into, rate_counts

EVERYBODY: Final = "everybody"
_MOST_IN_MEMORY: Final = 50_000


class Scope(StrEnum):
    """Whose uses are counted together."""

    SESSION = "session"
    ADDRESS = "address"
    TARGET = "target"
    GLOBAL = "global"


MINUTE: Final = 60
HOUR: Final = 3600
CASES_AN_HOUR: Final = {Scope.ADDRESS: 100, Scope.GLOBAL: 1_000}
"""New cases: enough for a support team behind one address, and no way to fill the disk."""

REPORTS_A_MINUTE: Final = {Scope.ADDRESS: 120, Scope.GLOBAL: 600}
"""Reports to the intake; a workflow that fails in a loop sends several a second. For live tests, see the settings."""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """At most `most` uses in each window of `seconds`, of `what`, by one `subject`; windows begin at fixed times."""

    scope: Scope
    what: str
    most: int
    seconds: int
    subject: str = EVERYBODY


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it may be done; if not, which limit it met and when its window ends."""

    allowed: bool
    refused_by: Scope | None = None
    retry_at: dt.datetime | None = None


def limits_for(
    what: str, most: Mapping[Scope, int], seconds: int, subjects: Mapping[Scope, str | None]
) -> tuple[Limit, ...]:
    """Return one limit a scope of `most`; a scope whose subject is not known counts nobody, but for `Scope.GLOBAL`."""
    everyone = {Scope.GLOBAL: EVERYBODY}
    named = {scope: subject for scope, subject in {**subjects, **everyone}.items() if subject is not None}
    return tuple(
        Limit(scope=scope, what=what, most=number, seconds=seconds, subject=named[scope])
        for scope, number in most.items()
        if scope in named
    )


class _Counter(msgspec.Struct, frozen=True, order=True):
    """One row: the order is the order of locking, the same for everyone, so that no two wait for each other."""

    scope: str
    subject: str
    ends_at: dt.datetime
    most: int


class Limits:
    """The counters of a deployment; `take` never raises."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._lock = threading.Lock()
        self._memory: dict[_Counter, int] = {}

    def take(self, limits: Sequence[Limit], now: dt.datetime, *, uses: int = 1) -> Decision:
        """Count `uses` against every limit, or against none when one of them has no room."""
        counters = sorted(self._counter(limit, now) for limit in limits)
        try:
            with self._storage.write_any_time() as connection:
                _count(connection, counters, uses)
        except _Full as full:
            return _refusal(full.counter)
        except Unavailable:
            return self._take_in_memory(counters, uses, now)
        return Decision(allowed=True)

    def _take_in_memory(self, counters: Sequence[_Counter], uses: int, now: dt.datetime) -> Decision:
        with self._lock:
            self._memory = {counter: used for counter, used in self._memory.items() if counter.ends_at > now}
            if len(self._memory) + len(counters) > _MOST_IN_MEMORY:
                return _refusal(min(self._memory, key=lambda counter: counter.ends_at))
            for counter in counters:
                if self._memory.get(counter, 0) + uses > counter.most:
                    return _refusal(counter)
            for counter in counters:
                self._memory[counter] = self._memory.get(counter, 0) + uses
        return Decision(allowed=True)

    def _counter(self, limit: Limit, now: dt.datetime) -> _Counter:
        ends = (int(now.timestamp()) // limit.seconds + 1) * limit.seconds
        named = f"{limit.what}\n{limit.seconds}\n{limit.subject}"
        try:
            subject = self._storage.secret.subject(named)
        except Unavailable:
            subject = digest(named)
        return _Counter(limit.scope.value, subject, dt.datetime.fromtimestamp(ends, dt.UTC), limit.most)


class _Full(Exception):
    def __init__(self, counter: _Counter) -> None:
        self.counter = counter


def _count(connection: Connection, counters: Iterable[_Counter], uses: int) -> None:
    for counter in counters:
        row = insert_into(connection, rate_counts).values(
            scope=counter.scope, subject=counter.subject, ends_at=counter.ends_at, used=uses
        )
        counted = row.on_conflict_do_update(
            index_elements=["scope", "subject", "ends_at"], set_={"used": rate_counts.c.used + uses}
        ).returning(rate_counts.c.used)
        if connection.execute(counted).scalar_one() > counter.most:
            raise _Full(counter)


def drop_ended(connection: Connection, now: dt.datetime) -> int:
    """Delete the counters whose window is over; returns how many."""
    return connection.execute(delete(rate_counts).where(rate_counts.c.ends_at <= now)).rowcount


def _refusal(counter: _Counter) -> Decision:
    return Decision(allowed=False, refused_by=Scope(counter.scope), retry_at=counter.ends_at)
