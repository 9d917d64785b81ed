"""Storage: cases, notebooks, the intake's groups and rate limits, in SQLite or Postgres.

>>> import datetime as dt
>>> from core.settings import load
>>> kept, now = stores(load({"RECONNECT_DATA_DIR": folder})), dt.datetime.now(dt.UTC)
>>> links = kept.cases.create("Ticket 4711", now)
>>> number = kept.contributions.add_note(links.contribute, "The new key works.", now, author="Support")
>>> kept.cases.open(links.view, now).notes[0].words
'The new key works.'

Whatever returned is on the disk. Every text passes redaction before it is stored; keys and pastes never come here.
Errors are one tree with plain sentences (`core.storage.errors`); `kept.storage.ability()` says beforehand what works.
"""

from functools import cache

from core.settings import Settings
from core.storage.cases.cases import Cases
from core.storage.cases.checklist import Checklist
from core.storage.cases.contributions import Contributions
from core.storage.database import Ability, Storage
from core.storage.errors import Conflict, NotAllowed, NotFound, Refused, StorageError, Unavailable
from core.storage.health import DatabaseHealth, DatabaseState, health
from core.storage.limits import Limits
from core.storage.notebooks import Notebooks
from core.storage.reports import Intake

__all__ = [
    "Ability",
    "Conflict",
    "DatabaseHealth",
    "DatabaseState",
    "NotAllowed",
    "NotFound",
    "Refused",
    "StorageError",
    "Stores",
    "Unavailable",
    "health",
    "stores",
]


class Stores:
    """The stores of one database, over one engine."""

    def __init__(self, settings: Settings) -> None:
        self.storage = Storage(settings)
        self.notebooks = Notebooks(self.storage)
        self.cases = Cases(self.storage)
        self.contributions = Contributions(self.storage, self.cases)
        self.checklist = Checklist(self.storage, self.cases)
        self.intake = Intake(self.storage)
        self.limits = Limits(self.storage)


@cache
def stores(settings: Settings) -> Stores:
    """Return the stores of this process for these settings; nothing is opened before the first use."""
    return Stores(settings)
