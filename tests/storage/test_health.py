"""The doctor's look at the database: it tells the state and changes nothing."""

import datetime as dt
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from core.settings import Settings
from core.storage import DatabaseState, Stores, engine, health, migrate, stores
from core.storage.health import MOST_APART
from tests.storage.samples import DAY, settings_for


def test_a_database_that_is_up_to_date(database: Settings, kept: Stores):
    assert kept.storage.ability().writable
    state, sentence = health(database)
    assert state is DatabaseState.REACHABLE
    assert sentence.endswith(f"its tables are up to date (step {migrate.head()}).")


def test_before_the_first_use_nothing_is_made(empty_database: Settings):
    state, sentence = health(empty_database)
    assert state is DatabaseState.REACHABLE
    assert "at the first use" in sentence
    assert not empty_database.data_dir.exists()


def test_an_older_database_waits_for_the_next_start(database: Settings, kept: Stores):
    with kept.storage.write_any_time() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert health(database).sentence.endswith(
        f"its tables are at step 0001 and go to {migrate.head()} at the next start."
    )


def test_a_newer_database(database: Settings, kept: Stores):
    with kept.storage.write_any_time() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert health(database).state is DatabaseState.NEWER_SCHEMA


def test_a_clock_behind_the_last_writer(database: Settings, kept: Stores):
    kept.notebooks.create(dt.datetime.now(dt.UTC) + DAY)
    assert health(database).state is DatabaseState.WRONG_CLOCK


@pytest.mark.postgres
@pytest.mark.parametrize(("shift", "side"), [("+ interval '1 hour'", "behind"), ("- interval '1 hour'", "ahead of")])
def test_a_clock_apart_from_the_servers(on_postgres: Settings, open_stores, shift: str, side: str, tmp_path: Path):
    """The server's clock cannot be set here, so a function of that name that comes first tells another time."""
    kept = open_stores(on_postgres)
    with kept.storage.write_any_time() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
                f"$$ SELECT pg_catalog.clock_timestamp() {shift} $$"
            )
        )
    first = "&options=-csearch_path%3Dpublic,pg_catalog"
    state, sentence = health(settings_for(tmp_path, on_postgres.database_url.replace("+psycopg", "") + first))
    assert state is DatabaseState.WRONG_CLOCK
    assert f"60 minutes {side} the database server's" in sentence
    assert dt.timedelta(hours=1) > MOST_APART


def test_a_locked_file(on_sqlite: Settings, open_stores, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "WAIT_SECONDS", 0.2)
    kept = open_stores(on_sqlite)
    with kept.storage.write_any_time():
        assert health(on_sqlite).state is DatabaseState.LOCKED
    assert health(on_sqlite).state is DatabaseState.REACHABLE


@pytest.mark.parametrize("address", ["sqlite:////no/such/folder/reconnect.db", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_out_of_reach(tmp_path: Path, address: str):
    assert health(settings_for(tmp_path, address)).state is DatabaseState.UNREACHABLE


def test_a_file_that_is_no_database(tmp_path: Path):
    (tmp_path / "reconnect.db").write_text("This is a letter. " * 100)
    assert health(settings_for(tmp_path)).state is DatabaseState.DAMAGED


def test_files_belong_to_the_portal_alone(tmp_path: Path, open_stores):
    settings = settings_for(tmp_path / "deep" / "data")
    assert open_stores(settings).storage.ability().writable
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in settings.data_dir.iterdir()} == {0o600}


def test_an_old_file_loses_the_rights_of_others(on_sqlite: Settings, open_stores):
    (on_sqlite.data_dir / "reconnect.db").chmod(0o644)
    assert open_stores(on_sqlite).storage.ability().writable
    assert {stat.S_IMODE(file.stat().st_mode) for file in on_sqlite.data_dir.iterdir()} == {0o600}


def test_sqlite_keeps_what_it_acknowledged_and_forgets_what_was_deleted(on_sqlite: Settings, open_stores):
    kept = open_stores(on_sqlite)
    with kept.storage.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "busy_timeout": 5000,
    }  # fmt: skip


def test_a_process_has_one_engine_for_its_settings(tmp_path: Path):
    assert stores(settings_for(tmp_path)) is stores(settings_for(tmp_path))
