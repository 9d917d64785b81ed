"""The bundle of a case: out and in again on both databases, and every broken file refused in one plain sentence."""

import datetime as dt
import json
import os
import subprocess
import sys
from contextlib import contextmanager

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select

from core.sizes import MAX_CASE_FILE_MB, MEGABYTE
from core.storage import Refused, Stores
from core.storage.cases.case import ChecklistStep, Status
from core.storage.kept_facts import KeptFacts
from core.storage.tables import cases
from core.text import case_file
from tests.paths import ROOT
from tests.storage.conftest import postgres  # noqa: F401 - a fixture
from tests.storage.samples import NOW, SECRET, access_facts, settings_for

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
)
FACTS = KeptFacts(cause="retired_model", certainty="certain", key_verdict="unknown", status=404, model="claude-2.1")


@pytest.fixture
def kept(tmp_path):
    stores = Stores(settings_for(tmp_path))
    yield stores
    stores.storage.close()


def filled(kept: Stores) -> str:
    links = kept.cases.create("Ticket 4711", NOW)
    notebook = kept.notebooks.create(NOW)
    kept.contributions.add_diagnosis(links.own, FACTS, NOW, excerpt="404 model: claude-2.1")
    kept.contributions.add_results(links.own, kept.notebooks.add(notebook, [access_facts()], NOW), NOW)
    kept.contributions.add_node(links.own, "clipboard", '{"nodes": []}', NOW, model="claude-sonnet-5")
    kept.contributions.add_note(links.own, "The new key works.", NOW, author="Maria")
    kept.checklist.add(links.own, [("production", "Anthropic account")], NOW)
    kept.checklist.tick(links.own, kept.cases.look(links.own, NOW).checklist[0].id, ChecklistStep.TESTED, NOW, by="Jo")
    kept.cases.set_status(links.own, Status.NEEDS_ANTHROPIC, NOW, seen=Status.OPEN)
    return links.own


def bundle(kept: Stores) -> bytes:
    return case_file.bundle(kept.cases.look(filled(kept), NOW), NOW)


def changed(data: bytes, change) -> bytes:
    read = json.loads(data)
    change(read)
    return json.dumps(read).encode()


def test_a_case_goes_out_and_comes_in_whole(kept):
    links = case_file.restore(case_file.parse(bundle(kept)), kept, NOW)
    case = kept.cases.open(links.view, NOW)
    assert (case.title, case.status) == ("Ticket 4711", Status.NEEDS_ANTHROPIC)
    assert [(each.facts, each.excerpt) for each in case.diagnoses] == [(FACTS, "404 model: claude-2.1")]
    assert [(each.model, each.shown_fingerprint, each.latency_ms) for each in case.results] == [
        ("claude-sonnet-5", "0f0f0f", 812)
    ]
    assert [(each.kind, each.content) for each in case.nodes] == [("clipboard", '{"nodes": []}')]
    assert [(each.author, each.words) for each in case.notes] == [("Maria, 2026-11-23", "The new key works.")]
    (item,) = case.checklist
    assert item.tick(ChecklistStep.TESTED).done_by == "Jo, 2026-11-23"
    assert item.tick(ChecklistStep.RUN) is None


def test_the_bundle_tells_no_link_no_log_and_no_whole_fingerprint(kept):
    own = filled(kept)
    data = case_file.bundle(kept.cases.look(own, NOW), NOW).decode()
    assert own not in data
    assert "0f" * 16 not in data
    assert "log" not in json.loads(data)


def test_a_mark_from_elsewhere_matches_no_key_of_this_portal(kept):
    links = case_file.restore(case_file.parse(bundle(kept)), kept, NOW)
    assert kept.cases.look(links.own, NOW).results[0].key_fingerprint == "0f0f0f" + "0" * 26


def test_a_secret_in_a_bundle_is_masked_before_it_is_stored(kept, fake_key):
    def plant(read):
        read["notes"][0]["words"] = f"use {fake_key()}"
        read["diagnoses"][0]["excerpt"] = f"x-api-key: {fake_key()}"
        read["title"] = fake_key()

    links = case_file.restore(case_file.parse(changed(bundle(kept), plant)), kept, NOW)
    assert fake_key()[14:40] not in repr(kept.cases.look(links.own, NOW))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG",
        b"[]",
        b"{}",
        b"\xff\xfe{",
        b'{"format": "reconnect-case"}',
        b'{"nodes": [], "connections": {}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_bundle_is_refused_in_a_sentence(data):
    with pytest.raises(case_file.BundleError, match="not a case of Reconnect"):
        case_file.parse(data)


def test_a_newer_version_is_named(kept):
    with pytest.raises(case_file.BundleError, match=r"version 2 .* reads version 1"):
        case_file.parse(changed(bundle(kept), lambda read: read.update(version=2)))


def test_a_file_over_the_limit_is_not_read():
    with pytest.raises(case_file.BundleError, match="larger than 20 MB"):
        case_file.parse(b" " * (MAX_CASE_FILE_MB * MEGABYTE + 1))


def _set(*path, value):
    def change(read):
        for step in path[:-1]:
            read = read[step]
        read[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (_set("title", value="x" * 121), "title"),
        (_set("status", value="done"), "status"),
        (_set("diagnoses", 0, "facts", "status", value="404"), "diagnoses[0].facts.status"),
        (_set("diagnoses", 0, "facts", "status", value=10**30), "diagnoses[0]"),
        (_set("results", 0, "key_mark", value="0f0f0f\n"), "results[0].key_mark"),
        (_set("results", 0, "key_mark", value="sk-ant"), "results[0].key_mark"),
        (_set("results", 0, "tested_at", value="2026-11-23T12:00:00"), "results[0].tested_at"),
        (_set("results", 0, "tested_at", value="0001-01-01T00:00:00+14:00"), "results[0]"),
        (_set("notes", 0, "words", value=""), "notes[0].words"),
        (_set("checklist", 0, "ticks", 0, "step", value="burnt"), "checklist[0].ticks[0].step"),
    ],
)
def test_a_damaged_bundle_says_where(kept, change, where):
    with pytest.raises(case_file.BundleError) as refused:
        case_file.parse(changed(bundle(kept), change))
    assert str(refused.value).startswith(f"This case is damaged at {where}, so nothing of it was taken.")


def test_a_field_that_nobody_knows_is_refused_and_not_repeated(kept):
    data = changed(bundle(kept), _set("notes", 0, "![x](https://evil.example)", value=1))
    with pytest.raises(case_file.BundleError) as refused:
        case_file.parse(data)
    assert "evil" not in str(refused.value)


def test_a_case_that_cannot_be_kept_whole_is_not_kept_at_all(kept):
    data = changed(bundle(kept), _set("notes", 0, "words", value="\u200b"))  # nothing is left of it
    with pytest.raises(Refused):
        case_file.restore(case_file.parse(data), kept, NOW)
    with kept.storage.read() as connection:
        assert connection.execute(select(func.count()).select_from(cases)).scalar_one() == 1  # the one it was made of


def test_rows_that_become_the_same_are_kept_once(kept):
    def double(read):
        read["checklist"].append({"environment": " production", "credential": "Anthropic  account"})
        read["checklist"][0]["ticks"] *= 2

    case = kept.cases.look(case_file.restore(case_file.parse(changed(bundle(kept), double)), kept, NOW).own, NOW)
    assert [(item.environment, len(item.ticks)) for item in case.checklist] == [("production", 1)]


@given(ANY_JSON)
def test_any_json_is_a_bundle_or_refused(value):
    head = {"format": "reconnect-case", "version": 1, "made_at": dt.datetime.now(dt.UTC).isoformat(), "notes": value}
    for data in (json.dumps(value).encode(), json.dumps(head).encode()):
        with pytest.raises(case_file.BundleError):
            case_file.parse(data)


def test_the_bundle_is_indented_json_that_names_its_format_and_version(kept):
    data = bundle(kept)
    assert data.startswith(b'{\n  "format": "reconnect-case",\n  "version": 1,')
    assert msgspec.json.decode(data)["title"] == "Ticket 4711"


DYING = """
import datetime, os, sys
from pathlib import Path
from sqlalchemy import Engine, event
from core.text import case_file
from core.storage import Stores
from core.settings import load

@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *_):
    if statement.startswith("INSERT INTO checklist_ticks"):
        os._exit(9)

now = datetime.datetime.fromisoformat(sys.argv[2])
case_file.restore(case_file.parse(Path(sys.argv[1]).read_bytes()), Stores(load(os.environ)), now)
"""


def test_a_process_that_dies_while_it_restores_leaves_nothing(kept, tmp_path):
    file = tmp_path / "case.json"
    file.write_bytes(bundle(kept))
    environ = {**os.environ, "RECONNECT_DATA_DIR": str(tmp_path), "RECONNECT_SECRET": SECRET}
    ended = subprocess.run(
        [sys.executable, "-c", DYING, str(file), NOW.isoformat()], env=environ, cwd=ROOT, check=False
    )
    assert ended.returncode == 9
    with kept.storage.read() as connection:
        assert connection.execute(select(func.count()).select_from(cases)).scalar_one() == 1  # the one it was made of


def test_a_long_case_is_restored_in_one_transaction_and_never_read(kept):
    def lengthen(read):
        (row,) = read["checklist"]
        read["checklist"] = [{**row, "credential": f"Key {number}"} for number in range(200)]

    given = case_file.parse(changed(bundle(kept), lengthen))
    with counted() as (statements, commits):
        links = case_file.restore(given, kept, NOW)
    assert len(commits) == 1
    assert not [each for each in statements if "FROM case_" in each]
    case = kept.cases.look(links.own, NOW)
    assert [(item.credential, len(item.ticks)) for item in case.checklist] == [(f"Key {n}", 1) for n in range(200)]
    assert [entry.action for entry in case.log] == ["created"]


@contextmanager
def counted():
    """The statements and the ends of transactions of a block."""
    statements, commits = [], []

    def execute(_connection, _cursor, statement, *_more):
        statements.append(statement)

    def commit(connection):
        commits.append(connection)

    event.listen(Engine, "before_cursor_execute", execute)
    event.listen(Engine, "commit", commit)
    try:
        yield statements, commits
    finally:
        event.remove(Engine, "before_cursor_execute", execute)
        event.remove(Engine, "commit", commit)


@pytest.mark.postgres
def test_a_bundle_goes_into_postgres_too(postgres, tmp_path):  # noqa: F811
    stores = Stores(settings_for(tmp_path, postgres.address(postgres.create())))
    case = stores.cases.look(case_file.restore(case_file.parse(bundle(stores)), stores, NOW).own, NOW)
    assert (len(case.diagnoses), len(case.results), len(case.nodes), len(case.notes)) == (1, 1, 1, 1)
    assert (case.status, case.checklist[0].tick(ChecklistStep.TESTED).done_by) == (
        Status.NEEDS_ANTHROPIC,
        "Jo, 2026-11-23",
    )
    stores.storage.close()
