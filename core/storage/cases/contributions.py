"""What people put into a case: diagnoses, access results, generated nodes and notes. All of it is only ever added.

Adding cannot overwrite what somebody else wrote, so two people work on a case at once. Everything needs the
contribute link.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select

from core.storage import access_results, kept_facts
from core.storage.access_results import AccessResult
from core.storage.cases.case import LONGEST_EXCERPT, LONGEST_NODE, LONGEST_NOTE, MOST_OF_A_KIND, MOST_RESULTS, Right
from core.storage.cases.cases import Cases
from core.storage.clean_text import Cleaner
from core.storage.database import Storage
from core.storage.errors import NotFound, Refused
from core.storage.kept_facts import KeptFacts
from core.storage.tables import case_diagnoses, case_nodes, case_notes, case_results

Row = dict[str, Any]
"""The columns of a row, but for the number of the case."""


class Contributions:
    """What is added to the cases of one database; errors as in `Cases`."""

    def __init__(self, storage: Storage, cases: Cases) -> None:
        self._storage = storage
        self._cases = cases

    def add_diagnosis(self, link: str, kept: KeptFacts, now: dt.datetime, *, excerpt: str | None = None) -> int:
        """Keep a finding's facts, with an excerpt only when the person agreed to it; returns the row's id."""
        row = diagnosis_row(kept, excerpt, now, self._cleaner())
        return self._add(link, case_diagnoses, [row], "diagnosis added", now)[0]

    def remove_excerpt(self, link: str, diagnosis: int, now: dt.datetime) -> None:
        """Take an excerpt back for good and keep the facts; raises `NotFound` when there is no such diagnosis."""
        with self._cases.changing(link, Right.CONTRIBUTE, "excerpt removed", now) as (connection, case):
            mine = (case_diagnoses.c.id == diagnosis) & (case_diagnoses.c.case_id == case.number)
            if connection.execute(case_diagnoses.update().where(mine).values(excerpt=None)).rowcount == 0:
                raise NotFound
        self._storage.forget_deleted()

    def add_results(self, link: str, results: Sequence[AccessResult], now: dt.datetime) -> int:
        """Copy chosen rows of a notebook; the notebook's own link does not become known. Returns how many."""
        cleaner = self._cleaner()
        rows = [result_row(result, now, cleaner) for result in results]
        return len(self._add(link, case_results, rows, "access results added", now, most=MOST_RESULTS))

    def add_node(self, link: str, kind: str, content: str, now: dt.datetime, *, model: str | None = None) -> int:
        """Keep a generated node or workflow as text; returns the row's id."""
        row = node_row(kind, content, model, now, self._cleaner())
        return self._add(link, case_nodes, [row], "node added", now)[0]

    def add_note(self, link: str, words: str, now: dt.datetime, *, author: str = "") -> int:
        """Keep a note under whatever name its writer chose; returns the row's id."""
        row = note_row(words, author, now, self._cleaner())
        return self._add(link, case_notes, [row], "note added", now)[0]

    def remove_note(self, link: str, note: int, now: dt.datetime) -> None:
        """Delete a note for good; needs the own link. Raises `NotFound` when there is no such note."""
        with self._cases.changing(link, Right.OWN, "note removed", now) as (connection, case):
            mine = (case_notes.c.id == note) & (case_notes.c.case_id == case.number)
            if connection.execute(delete(case_notes).where(mine)).rowcount == 0:
                raise NotFound
        self._storage.forget_deleted()

    def _add(
        self,
        link: str,
        table: Table,
        rows: Sequence[Row],
        action: str,
        now: dt.datetime,
        *,
        most: int = MOST_OF_A_KIND,
    ) -> list[int]:
        with self._cases.changing(link, Right.CONTRIBUTE, action, now) as (connection, case):
            make_room(connection, table, case.number, len(rows), most)
            return [
                connection.execute(insert(table).values(case_id=case.number, **row).returning(table.c.id)).scalar_one()
                for row in rows
            ]

    def _cleaner(self) -> Cleaner:
        return Cleaner(self._storage.secret.salt)


def diagnosis_row(kept: KeptFacts, excerpt: str | None, now: dt.datetime, cleaner: Cleaner) -> Row:
    """Return the columns of a diagnosis, made safe to store; raises `Refused`, as the other three do."""
    safe = cleaner.block(excerpt, "excerpt", longest=LONGEST_EXCERPT) if excerpt else None
    return {"added_at": now, "facts": kept_facts.to_text(kept, cleaner), "excerpt": safe}


def result_row(result: AccessResult, now: dt.datetime, cleaner: Cleaner) -> Row:
    """Return the columns of an access result."""
    return {"added_at": now, **access_results.to_row(result, cleaner)}


def node_row(kind: str, content: str, model: str | None, now: dt.datetime, cleaner: Cleaner) -> Row:
    """Return the columns of a generated node."""
    return {
        "added_at": now,
        "kind": cleaner.line(kind, "kind of node", longest=40),
        "model": cleaner.token(model),
        "content": cleaner.block(content, "node", longest=LONGEST_NODE),
    }


def note_row(words: str, author: str, now: dt.datetime, cleaner: Cleaner) -> Row:
    """Return the columns of a note."""
    safe = cleaner.block(words, "note", longest=LONGEST_NOTE)
    if not safe:
        raise Refused("The note is empty.")
    return {"written_at": now, "author": cleaner.line(author, "name"), "words": safe}


def make_room(connection: Connection, table: Table, number: int, more: int, most: int) -> None:
    """Raise `Refused` when a case would get more than `most` rows of one kind."""
    count = connection.execute(select(func.count()).select_from(table).where(table.c.case_id == number)).scalar_one()
    if count + more > most:
        raise Refused(f"A case holds at most {most:,} of these. Begin a new case for more.")
