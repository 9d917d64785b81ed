"""The rotation checklist of a case: every credential in every environment, and which steps are done by whom.

The old key must stay until all are done. A tick is set or taken back from the state that its writer saw, so two
people who press the same box do not undo each other.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from core.storage.cases.case import MOST_OF_A_KIND, ChecklistStep, Right
from core.storage.cases.cases import Cases, LinkedCase
from core.storage.cases.contributions import Row, make_room
from core.storage.clean_text import Cleaner
from core.storage.database import Storage
from core.storage.errors import Conflict, NotFound, Refused
from core.storage.tables import checklist_items, checklist_ticks, insert_new


class Checklist:
    """The checklists of the cases of one database; errors as in `Cases`. Everything needs the contribute link."""

    def __init__(self, storage: Storage, cases: Cases) -> None:
        self._storage = storage
        self._cases = cases

    def add(self, link: str, places: Sequence[tuple[str, str]], now: dt.datetime) -> int:
        """Add (environment, credential) pairs and return how many are new; those that are there stay as they are."""
        cleaner = self._cleaner()
        rows = [place_row(environment, credential, now, cleaner) for environment, credential in places]
        with self._cases.changing(link, Right.CONTRIBUTE, "checklist extended", now) as (connection, case):
            new = 0
            for row in rows:
                new += insert_new(connection, checklist_items, case_id=case.number, **row)
            make_room(connection, checklist_items, case.number, 0, MOST_OF_A_KIND)
        return new

    def remove(self, link: str, item: int, now: dt.datetime) -> None:
        """Take a row off the checklist; raises `NotFound` when there is no such row."""
        with self._cases.changing(link, Right.CONTRIBUTE, "checklist shortened", now) as (connection, case):
            mine = (checklist_items.c.id == item) & (checklist_items.c.case_id == case.number)
            if connection.execute(delete(checklist_items).where(mine)).rowcount == 0:
                raise NotFound

    def tick(self, link: str, item: int, step: ChecklistStep, now: dt.datetime, *, by: str = "") -> None:
        """Mark a step as done; raises `Conflict` when somebody already did, whose name and time stay."""
        name = self._cleaner().line(by, "name")
        with self._cases.changing(link, Right.CONTRIBUTE, f"{step.value} ticked", now) as (connection, case):
            _need(connection, case, item)
            if not insert_new(connection, checklist_ticks, item_id=item, step=step.value, done_by=name, done_at=now):
                raise Conflict

    def untick(self, link: str, item: int, step: ChecklistStep, now: dt.datetime) -> None:
        """Take a step back; raises `Conflict` when it is not done any more."""
        with self._cases.changing(link, Right.CONTRIBUTE, f"{step.value} taken back", now) as (connection, case):
            _need(connection, case, item)
            same = (checklist_ticks.c.item_id == item) & (checklist_ticks.c.step == step.value)
            if connection.execute(delete(checklist_ticks).where(same)).rowcount == 0:
                raise Conflict

    def _cleaner(self) -> Cleaner:
        return Cleaner(self._storage.secret.salt)


def place_row(environment: str, credential: str, now: dt.datetime, cleaner: Cleaner) -> Row:
    """Return the columns of a row of the checklist, made safe to store; raises `Refused`."""
    row = {
        "environment": cleaner.line(environment, "name of the environment"),
        "credential": cleaner.line(credential, "name of the credential"),
    }
    if not all(row.values()):
        raise Refused("A row of the checklist needs an environment and a credential.")
    return {"added_at": now, **row}


def _need(connection: Connection, case: LinkedCase, item: int) -> None:
    mine = (checklist_items.c.id == item) & (checklist_items.c.case_id == case.number)
    if connection.execute(select(checklist_items.c.id).where(mine)).first() is None:
        raise NotFound
