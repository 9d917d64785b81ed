"""Put a case together from its rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from core.storage import access_results, kept_facts
from core.storage.cases.case import (
    Case,
    ChecklistItem,
    ChecklistStep,
    KeptDiagnosis,
    KeptNode,
    LogEntry,
    Note,
    Right,
    Status,
    Tick,
)
from core.storage.errors import NotFound
from core.storage.tables import (
    case_diagnoses,
    case_log,
    case_nodes,
    case_notes,
    case_results,
    cases,
    checklist_items,
    checklist_ticks,
)


def read_case(connection: Connection, number: int, right: Right) -> Case:
    """Return all of a case, with its log for those who may contribute; raises `NotFound` when it was just deleted."""
    row = connection.execute(select(cases).where(cases.c.id == number)).first()
    if row is None:
        raise NotFound
    return Case(
        right=right,
        title=row.title,
        status=Status(row.status),
        revision=row.revision,
        created_at=row.created_at,
        changed_at=row.changed_at,
        expires_at=row.expires_at,
        diagnoses=tuple(_diagnosis(each) for each in _parts(connection, case_diagnoses, number)),
        results=tuple(access_results.from_row(each) for each in _parts(connection, case_results, number)),
        nodes=tuple(_node(each) for each in _parts(connection, case_nodes, number)),
        checklist=_checklist(connection, number),
        notes=tuple(_note(each) for each in _parts(connection, case_notes, number)),
        log=_log(connection, number) if right.includes(Right.CONTRIBUTE) else None,
    )


def _parts(connection: Connection, table: Table, number: int) -> Sequence[RowMapping]:
    return connection.execute(select(table).where(table.c.case_id == number).order_by(table.c.id)).mappings().all()


def _diagnosis(row: RowMapping) -> KeptDiagnosis:
    return KeptDiagnosis(
        id=row["id"], added_at=row["added_at"], facts=kept_facts.from_text(row["facts"]), excerpt=row["excerpt"]
    )


def _node(row: RowMapping) -> KeptNode:
    return KeptNode(
        id=row["id"], added_at=row["added_at"], kind=row["kind"], content=row["content"], model=row["model"]
    )


def _note(row: RowMapping) -> Note:
    return Note(id=row["id"], written_at=row["written_at"], author=row["author"], words=row["words"])


def _checklist(connection: Connection, number: int) -> tuple[ChecklistItem, ...]:
    ticks: dict[int, list[Tick]] = {}
    ticked: Any = connection.execute(
        select(checklist_ticks)
        .join(checklist_items, checklist_items.c.id == checklist_ticks.c.item_id)
        .where(checklist_items.c.case_id == number)
        .order_by(checklist_ticks.c.done_at)
    )
    for row in ticked:
        tick = Tick(step=ChecklistStep(row.step), done_by=row.done_by, done_at=row.done_at)
        ticks.setdefault(row.item_id, []).append(tick)
    return tuple(
        ChecklistItem(
            id=row["id"],
            environment=row["environment"],
            credential=row["credential"],
            ticks=tuple(ticks.get(row["id"], ())),
        )
        for row in _parts(connection, checklist_items, number)
    )


def _log(connection: Connection, number: int) -> tuple[LogEntry, ...]:
    rows = connection.execute(
        select(case_log).where(case_log.c.case_id == number).order_by(case_log.c.first_at, case_log.c.action)
    )
    return tuple(
        LogEntry(
            right=Right(row.allows), action=row.action, first_at=row.first_at, last_at=row.last_at, times=row.times
        )
        for row in rows
    )
