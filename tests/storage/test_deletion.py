"""Deleting deletes: a planted text is in no byte of SQLite's files afterwards, and in no row of Postgres."""

from pathlib import Path

import pytest

from core.settings import Settings
from core.storage import Stores, engine
from core.storage.cases.case import ChecklistStep
from core.storage.kept_facts import facts_of
from core.storage.retention import sweep
from core.storage.tables import metadata
from tests.storage.conftest import Server
from tests.storage.samples import DAY, NOW, access_facts

PLANTED = "zanzibar-cinnamon"
LONG = " ".join([PLANTED] * 250)
"""Long enough to fill pages of its own in the file."""

FACTS = facts_of(None, cause=PLANTED, certainty="certain", key_verdict="good")


def plant(kept: Stores) -> tuple[str, int, int]:
    """Put the text into every place of a case that takes one; returns the own link, a note and a diagnosis."""
    links = kept.cases.create(PLANTED, NOW)
    diagnosis = kept.contributions.add_diagnosis(links.own, FACTS, NOW, excerpt=LONG)
    kept.contributions.add_node(links.own, "curl", LONG * 5, NOW)
    note = kept.contributions.add_note(links.own, LONG, NOW, author=PLANTED)
    kept.checklist.add(links.own, [(PLANTED, PLANTED)], NOW)
    return links.own, note, diagnosis


def plant_notebook(kept: Stores) -> str:
    link = kept.notebooks.create(NOW)
    kept.notebooks.add(link, [access_facts(key_label=PLANTED, cause=PLANTED)] * 60, NOW)
    return link


DELETIONS = {
    "case": (plant, lambda kept, planted: kept.cases.delete(planted[0], NOW)),
    "expired case": (plant, lambda kept, _: [sweep(kept.storage, NOW + days * DAY) for days in range(0, 31, 2)]),
    "notebook": (plant_notebook, lambda kept, link: kept.notebooks.delete(link, NOW)),
    "results": (
        plant_notebook,
        lambda kept, link: kept.notebooks.delete_results(
            link, [result.id for result in kept.notebooks.open(link, NOW).results], NOW
        ),
    ),
}


def bytes_of(settings: Settings) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(settings.data_dir.glob("reconnect.db*")))


@pytest.mark.parametrize("what", DELETIONS)
def test_no_byte_is_left_in_the_files(on_sqlite: Settings, open_stores, what: str):
    fill, delete = DELETIONS[what]
    kept = open_stores(on_sqlite)
    planted = fill(kept)
    assert PLANTED.encode() in bytes_of(on_sqlite)
    delete(kept, planted)
    assert PLANTED.encode() not in bytes_of(on_sqlite)


def test_an_excerpt_and_a_note_can_go_alone(on_sqlite: Settings, open_stores):
    kept = open_stores(on_sqlite)
    links = kept.cases.create("Ticket", NOW)
    diagnosis = kept.contributions.add_diagnosis(links.own, FACTS, NOW, excerpt=LONG)
    note = kept.contributions.add_note(links.own, LONG, NOW)
    kept.contributions.remove_excerpt(links.contribute, diagnosis, NOW)
    kept.contributions.remove_note(links.own, note, NOW)
    assert LONG[:100].encode() not in bytes_of(on_sqlite)
    case = kept.cases.look(links.view, NOW)
    assert (case.diagnoses[0].excerpt, case.notes) == (None, ())


def test_a_reader_in_the_way_delays_and_the_retention_job_finishes(on_sqlite: Settings, open_stores, monkeypatch):
    monkeypatch.setattr(engine, "WAIT_SECONDS", 0.2)
    kept = open_stores(on_sqlite)
    own, _, _ = plant(kept)
    with kept.storage.read() as connection:
        connection.exec_driver_sql("SELECT * FROM cases").all()
        kept.cases.delete(own, NOW)
    sweep(kept.storage, NOW)
    assert PLANTED.encode() not in bytes_of(on_sqlite)


@pytest.mark.postgres
@pytest.mark.parametrize("what", DELETIONS)
def test_no_row_is_left_on_the_server(on_postgres: Settings, open_stores, postgres: Server, what: str, tmp_path: Path):
    fill, delete = DELETIONS[what]
    kept = open_stores(on_postgres)
    planted = fill(kept)
    assert PLANTED in everything(kept)
    delete(kept, planted)
    assert PLANTED not in everything(kept)


def everything(kept: Stores) -> str:
    with kept.storage.read() as connection:
        return repr([connection.execute(table.select()).all() for table in metadata.sorted_tables])


def test_a_planted_key_is_in_no_file_whatever_it_was_written_into(on_sqlite: Settings, open_stores, fake_key):
    """Every text that can be stored, with a key in it."""
    kept = open_stores(on_sqlite)
    key = fake_key()
    links = kept.cases.create(f"Ticket {key}", NOW)
    kept.contributions.add_diagnosis(
        links.own, facts_of(None, cause=key, certainty=key, key_verdict=key), NOW, excerpt=f'{{"x-api-key": "{key}"}}'
    )
    kept.contributions.add_node(links.own, key[:20], f"curl -H 'x-api-key: {key}'", NOW, model=key)
    kept.contributions.add_note(links.own, f"my key\n{key}", NOW, author=key)
    kept.checklist.add(links.own, [(key, key)], NOW)
    kept.checklist.tick(links.own, kept.cases.look(links.view, NOW).checklist[0].id, ChecklistStep.TESTED, NOW, by=key)
    notebook = kept.notebooks.create(NOW)
    odd = access_facts(key_label=key, environment=key, model=key, host=key, cause=key, request_id=key)
    kept.notebooks.add(notebook, [odd], NOW)
    kept.intake.report(key, facts_of(None, cause=key, certainty=key, key_verdict=key), NOW)
    stored = bytes_of(on_sqlite)
    assert b"[Anthropic API key #" in stored
    for piece in (key[13:29], key[40:56], key[-18:-2]):
        assert piece.encode() not in stored
