"""A whole case at once, as it comes out of a file: one transaction, so that all of it is kept or none.

The contents are made safe before the transaction begins, since that takes longest and others may want to write.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, insert

from core.storage.access_results import AccessResult
from core.storage.cases.case import LIFETIME, CaseLinks, ChecklistItem, KeptDiagnosis, KeptNode, Note, Status, Tick
from core.storage.cases.cases import insert_case
from core.storage.cases.checklist import place_row
from core.storage.cases.contributions import Row, diagnosis_row, node_row, note_row, result_row
from core.storage.clean_text import Cleaner
from core.storage.database import Storage
from core.storage.tables import case_diagnoses, case_nodes, case_notes, case_results, checklist_items, checklist_ticks


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What a new case begins with; ids and times of keeping are new, those of ticks stay."""

    title: str
    status: Status = Status.OPEN
    diagnoses: Sequence[KeptDiagnosis] = ()
    results: Sequence[AccessResult] = ()
    nodes: Sequence[KeptNode] = ()
    checklist: Sequence[ChecklistItem] = ()
    notes: Sequence[Note] = ()


def create(storage: Storage, contents: Contents, now: dt.datetime, *, lifetime: dt.timedelta = LIFETIME) -> CaseLinks:
    """Make a case with contents; raises `core.storage.StorageError`, and then nothing of it is kept."""
    cleaner = Cleaner(storage.secret.salt)
    title = cleaner.line(contents.title, "title")
    rows = _rows(contents, now, cleaner)
    places = _places(contents.checklist, now, cleaner)
    with storage.write(now) as connection:
        number, links = insert_case(connection, title, now, lifetime, contents.status)
        for table, of_table in rows.items():
            _insert(connection, table, ({"case_id": number, **row} for row in of_table))
        _insert_checklist(connection, number, places)
    return links


def _rows(contents: Contents, now: dt.datetime, cleaner: Cleaner) -> Mapping[Table, Sequence[Row]]:
    return {
        case_diagnoses: [diagnosis_row(each.facts, each.excerpt, now, cleaner) for each in contents.diagnoses],
        case_results: [result_row(each, now, cleaner) for each in contents.results],
        case_nodes: [node_row(each.kind, each.content, each.model, now, cleaner) for each in contents.nodes],
        case_notes: [note_row(each.words, each.author, now, cleaner) for each in contents.notes],
    }


def _places(items: Iterable[ChecklistItem], now: dt.datetime, cleaner: Cleaner) -> list[tuple[Row, list[Row]]]:
    """Return the rows of the checklist, each with its ticks; of rows that become the same the first one counts."""
    places: dict[tuple[str, str], tuple[Row, list[Row]]] = {}
    for item in items:
        row = place_row(item.environment, item.credential, now, cleaner)
        place = row["environment"], row["credential"]
        if place not in places:
            places[place] = row, _ticks(item.ticks, cleaner)
    return list(places.values())


def _ticks(ticks: Iterable[Tick], cleaner: Cleaner) -> list[Row]:
    """Return a row for each step that is done; of several ticks of one step the last one counts."""
    return [
        {"step": step.value, "done_by": cleaner.line(tick.done_by, "name"), "done_at": tick.done_at}
        for step, tick in {tick.step: tick for tick in ticks}.items()
    ]


def _insert_checklist(connection: Connection, number: int, places: Iterable[tuple[Row, list[Row]]]) -> None:
    ticks = []
    for row, of_row in places:
        added = insert(checklist_items).values(case_id=number, **row).returning(checklist_items.c.id)
        item = connection.execute(added).scalar_one()
        ticks += [{"item_id": item, **tick} for tick in of_row]
    _insert(connection, checklist_ticks, ticks)


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    listed = list(rows)
    if listed:
        connection.execute(insert(table), listed)
