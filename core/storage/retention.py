"""The retention job: what is over is deleted for good, on time, and never because of a clock that leapt."""

import datetime as dt
import logging
import threading
from typing import Final

import msgspec

from core.storage import clock, limits, notebooks, reports
from core.storage.cases import cases
from core.storage.database import Storage
from core.storage.errors import Unavailable

EVERY_SECONDS: Final = 600.0
_log = logging.getLogger(__name__)


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """How much was deleted; `postponed` when the clock had leapt ahead and the job waits for its next turn."""

    cases: int = 0
    notebooks: int = 0
    intake_groups: int = 0
    counters: int = 0
    postponed: bool = False


def sweep(storage: Storage, now: dt.datetime) -> Swept:
    """Delete expired cases, unused notebooks, old reports and ended counters; raises `Unavailable`.

    After a silence of more than `clock.LEAP` it deletes nothing but remembers the time; the next sweep goes on.
    Replicas may all run it.
    """
    with storage.write_any_time() as connection:
        silence = clock.advance(connection, now)
        if silence > clock.LEAP:
            return Swept(postponed=True)
        swept = Swept(
            cases=cases.drop_expired(connection, now),
            notebooks=notebooks.drop_unused(connection, now - storage.notebook_lifetime),
            intake_groups=reports.drop_old(connection, now),
            counters=limits.drop_ended(connection, now),
        )
    storage.forget_deleted()
    return swept


def keep_sweeping(storage: Storage, stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Sweep now and every `every` seconds until `stop` is set; whatever goes wrong is logged and tried again."""
    while True:
        try:
            sweep(storage, dt.datetime.now(dt.UTC))
        except Unavailable as error:
            _log.warning("The retention job could not run: %s", error)
        except Exception:
            # Promises to delete hang on this thread: one that ended would break them without anybody noticing.
            _log.exception("The retention job failed and will try again")
        if stop.wait(every):
            return
