"""The database's history: from empty, from every older step with its rows, and equal to what the code expects."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from core.settings import Settings
from core.storage import Stores, engine, migrate
from core.storage.links import digest
from core.storage.migrate import Schema
from core.storage.tables import metadata
from tests.storage.samples import NOW, access_facts


@pytest.fixture
def empty(empty_database: Settings) -> Iterator[Engine]:
    file = engine.sqlite_file(empty_database)
    if file is None:
        connected = engine.connect_postgres(empty_database)
    else:
        engine.prepare_file(file, empty_database)
        connected = engine.connect_sqlite(file, read_only=False)
    yield connected
    connected.dispose()


def climb(connected: Engine, to: str = "head") -> None:
    with connected.connect().execution_options(write=True) as connection, connection.begin():
        migrate.upgrade(connection, to)


def look(connected: Engine) -> tuple[Schema, str | None]:
    with connected.connect() as connection, connection.begin():
        return migrate.schema(connection)


def test_there_is_one_line_of_steps():
    assert migrate.revisions() == tuple(sorted(migrate.revisions()))
    assert migrate.revisions()[-1] == migrate.head()


def test_the_tables_are_those_that_the_code_expects(empty: Engine):
    assert look(empty) == (Schema.EMPTY, None)
    climb(empty)
    assert look(empty) == (Schema.CURRENT, migrate.head())
    with empty.connect() as connection, connection.begin():
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(empty: Engine):
    climb(empty)
    climb(empty)
    assert look(empty) == (Schema.CURRENT, migrate.head())


@pytest.mark.parametrize("step", migrate.revisions()[:-1])
def test_what_an_older_release_kept_is_there_after_the_migration(
    empty: Engine, empty_database: Settings, step: str, open_stores
):
    climb(empty, step)
    assert look(empty) == (Schema.OLD, step)
    kept_then = {
        "notebooks": "INSERT INTO notebooks (id, link, created_at, used_at) VALUES (7, :link, :now, :now)",
        "access_results": (
            "INSERT INTO access_results (notebook_id, key_label, key_fingerprint, environment, model, path, host, "
            "outcome, tested_at) VALUES (7, 'old', :fingerprint, 'production', 'claude-sonnet-5', 'direct', "
            "'api.anthropic.com', 'ok', :now)"
        ),
    }
    now = "2026-11-23 12:00:00.000000" + ("+00:00" if empty.dialect.name == "postgresql" else "")
    with empty.connect().execution_options(write=True) as connection, connection.begin():
        for statement in kept_then.values():
            values = {"link": digest("my old link"), "now": now, "fingerprint": "0f" * 16}
            names = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), names)
    empty.dispose()
    kept = open_stores(empty_database)
    assert [result.key_label for result in kept.notebooks.open("my old link", NOW).results] == ["old"]
    kept.notebooks.add("my old link", [access_facts(key_label="new")], NOW)
    assert kept.cases.look(kept.cases.create("Ticket", NOW).view, NOW).title == "Ticket"


def test_a_failed_migration_changes_nothing(empty: Engine):
    """A table in the way of the last step makes the database itself refuse it."""
    with empty.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(text("CREATE TABLE intake_groups (id INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        climb(empty)
    with empty.connect() as connection, connection.begin():
        assert inspect(connection).get_table_names() == ["intake_groups"]


def test_a_dead_connection_holds_no_migration_lock(empty: Engine, empty_database: Settings, open_stores):
    connection = empty.connect().execution_options(write=True)
    connection.begin()
    migrate.upgrade(connection)
    connection.invalidate()  # the process died before it committed
    connection.close()
    kept: Stores = open_stores(empty_database)
    assert kept.storage.ability().writable
