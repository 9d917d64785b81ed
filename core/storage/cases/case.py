"""What one ticket shares: the typed parts of a case, and what its links allow."""

import datetime as dt
from enum import StrEnum
from typing import Final

import msgspec

from core.storage.access_results import AccessResult
from core.storage.kept_facts import KeptFacts

LIFETIME: Final = dt.timedelta(days=30)
LONGEST_LIFETIME: Final = dt.timedelta(days=365)
SHORTEST_LIFETIME: Final = dt.timedelta(minutes=5)
LONGEST_NOTE: Final = 5_000
LONGEST_EXCERPT: Final = 20_000
LONGEST_NODE: Final = 200_000
MOST_OF_A_KIND: Final = 200
"""Most diagnoses, nodes, notes and checklist rows of one case."""

MOST_RESULTS: Final = 1_000


class Right(StrEnum):
    """What a link allows; each includes those before it."""

    VIEW = "view"
    CONTRIBUTE = "contribute"
    OWN = "own"  # withdraw links, extend, delete

    def includes(self, needed: "Right") -> bool:
        """Return whether a link with this right may do what `needed` allows."""
        order = list(Right)
        return order.index(self) >= order.index(needed)


class Status(StrEnum):
    """How far a case is."""

    OPEN = "open"
    FIXED = "fixed"
    NEEDS_ANTHROPIC = "needs_anthropic"
    NEEDS_N8N_ADMIN = "needs_n8n_admin"


class ChecklistStep(StrEnum):
    """What is done to one credential when a key changes, in this order."""

    UPDATED = "updated"  # the new key is in the credential
    TESTED = "tested"
    RUN = "run"  # the workflows that use it ran


class CaseLinks(msgspec.Struct, frozen=True, kw_only=True):
    """The three links of a new case; they are returned this once and cannot be read again."""

    view: str
    contribute: str
    own: str


class KeptDiagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """A finding's facts, with the redacted excerpt where the person agreed to keep it."""

    id: int
    added_at: dt.datetime
    facts: KeptFacts
    excerpt: str | None = None


class KeptNode(msgspec.Struct, frozen=True, kw_only=True):
    """A generated node or workflow."""

    id: int
    added_at: dt.datetime
    kind: str
    content: str
    model: str | None = None


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote; `author` is what they called themselves."""

    id: int
    written_at: dt.datetime
    author: str
    words: str


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """One step done: by whom, as they called themselves, and when."""

    step: ChecklistStep
    done_by: str
    done_at: dt.datetime


class ChecklistItem(msgspec.Struct, frozen=True, kw_only=True):
    """One credential in one environment, with the steps that are done."""

    id: int
    environment: str
    credential: str
    ticks: tuple[Tick, ...] = ()

    def tick(self, step: ChecklistStep) -> Tick | None:
        """Return the tick of a step, or None while it is not done."""
        return next((tick for tick in self.ticks if tick.step is step), None)

    @property
    def complete(self) -> bool:
        """Whether every step is done."""
        return all(self.tick(step) for step in ChecklistStep)


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """How often a link was used for something within one hour."""

    right: Right
    action: str
    first_at: dt.datetime
    last_at: dt.datetime
    times: int


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """All of a case, as a person with `right` sees it.

    `log` is None for a view link.
    """

    right: Right
    title: str
    status: Status
    revision: int
    created_at: dt.datetime
    changed_at: dt.datetime
    expires_at: dt.datetime
    diagnoses: tuple[KeptDiagnosis, ...] = ()
    results: tuple[AccessResult, ...] = ()
    nodes: tuple[KeptNode, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    notes: tuple[Note, ...] = ()
    log: tuple[LogEntry, ...] | None = None

    @property
    def ready_to_retire_old_key(self) -> bool:
        """Whether every credential on the checklist is done, so that nothing needs the old key any more."""
        return bool(self.checklist) and all(item.complete for item in self.checklist)
