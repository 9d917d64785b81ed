"""Notice a wrong clock before it costs anything.

Expiry and retention go by this machine's clock. With one that is behind, a new case would be born expired; with one
far ahead, the retention job would delete what is still wanted. So the database remembers the latest time it has
seen: a writer who is earlier is refused, and the retention job waits after a leap.
"""

import datetime as dt
from typing import Final

from sqlalchemy import Connection, select, update

from core.storage.errors import ClockSkew, Damaged
from core.storage.tables import insert_into, meta

TOLERANCE: Final = dt.timedelta(minutes=10)
"""How far the clocks of two replicas may be apart."""

LEAP: Final = dt.timedelta(days=3)
"""A longer silence than this, and the retention job waits for the next time before it deletes anything."""

_RESOLUTION: Final = dt.timedelta(minutes=1)
_LATEST: Final = "clock"


def latest(connection: Connection) -> dt.datetime | None:
    """Return the latest time that any writer had, None in a new database; raises `Damaged` for a row without a time."""
    value = connection.execute(select(meta.c.value).where(meta.c.name == _LATEST)).scalar()
    return None if value is None else _moment(value)


def check(connection: Connection, now: dt.datetime) -> None:
    """Raise `ClockSkew` when `now` is earlier than what this database has seen."""
    seen = latest(connection)
    if seen is not None and now < seen - TOLERANCE:
        raise ClockSkew(
            f"This machine's clock shows {now.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC, but the database was last "
            f"written at {seen:%Y-%m-%d %H:%M} UTC. Nothing was changed. Set the clock right. If it is right now and "
            "was wrong before, run: python -m core.storage accept-clock"
        )


def advance(connection: Connection, now: dt.datetime) -> dt.timedelta:
    """Check the clock, remember `now`, and return how long ago the last writer was (zero in a new database)."""
    check(connection, now)
    seen = latest(connection)
    if seen is None or now - seen >= _RESOLUTION:
        row = insert_into(connection, meta).values(name=_LATEST, value=_text(now))
        connection.execute(
            row.on_conflict_do_update(
                index_elements=["name"], set_={"value": row.excluded.value}, where=meta.c.value < row.excluded.value
            )
        )
    return now - seen if seen is not None else dt.timedelta(0)


def accept(connection: Connection, now: dt.datetime) -> None:
    """Take `now` for the right time, whatever was seen before."""
    connection.execute(update(meta).where(meta.c.name == _LATEST).values(value=_text(now)))


def _text(moment: dt.datetime) -> str:
    """Return sortable text: UTC, always with microseconds."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _moment(value: str) -> dt.datetime:
    """Return the time in a row; one without a zone cannot be compared, so it is as damaged as any other text."""
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Damaged(
            "The database's note of the time is damaged. Nothing was changed. Set this machine's clock right, then "
            "run: python -m core.storage accept-clock"
        )
    return moment
