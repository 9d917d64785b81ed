"""What goes wrong with databases: each time one plain sentence, and nothing that was kept is lost.

The faults are real ones: files taken away, servers killed, locks held, disks without room, users without rights.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, text

from core.settings import Settings
from core.storage import DatabaseState, NotFound, Stores, engine, health
from core.storage.errors import (
    BAD_ADDRESS,
    NO_DATABASE,
    NO_DRIVER,
    NO_FOLDER,
    NO_LOGIN,
    ClockSkew,
    Damaged,
    DiskFull,
    Locked,
    NewerSchema,
    OldSchema,
    ReadOnly,
    Unavailable,
    Unreachable,
)
from core.storage.retention import sweep
from tests.paths import ROOT
from tests.storage.conftest import Server
from tests.storage.samples import DAY, NOW, SECRET, settings_for

Open = Callable[[Settings], Stores]


def refused(kept: Stores, kind: type[Unavailable], sentence: str | None = None) -> None:
    """Reading and writing both say why not, in the same words, and so does `ability`."""
    with pytest.raises(kind) as raised:
        kept.cases.create("Ticket", NOW)
    assert str(raised.value) == (sentence or kind.sentence)
    ability = kept.storage.ability()
    assert (ability.reachable, ability.writable, ability.sentence) == (False, False, str(raised.value))


def write_is_refused(kept: Stores, kind: type[Unavailable], view: str) -> None:
    """Writing says why not; what is there can still be read."""
    with pytest.raises(kind) as raised:
        kept.cases.create("Ticket", NOW)
    assert str(raised.value) == kind.sentence
    assert kept.cases.open(view, NOW).title == "Kept before"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for a lock takes less long than in production."""
    monkeypatch.setattr(engine, "WAIT_SECONDS", 0.3)


@pytest.fixture
def view(kept: Stores) -> str:
    return kept.cases.create("Kept before", NOW).view


def file_of(settings: Settings) -> Path:
    return settings.data_dir / "reconnect.db"


class TestGone:
    def test_the_folder_is_missing(self, tmp_path: Path, open_stores: Open):
        refused(open_stores(settings_for(tmp_path, "sqlite:////no/such/folder/x.db")), Unreachable, NO_FOLDER)

    def test_the_data_folder_cannot_be_made(self, tmp_path: Path, open_stores: Open):
        (tmp_path / "file").touch()
        refused(open_stores(settings_for(tmp_path / "file" / "data")), Unreachable, NO_FOLDER)

    @pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:"])
    def test_an_address_without_a_file(self, tmp_path: Path, open_stores: Open, address: str):
        with pytest.raises(Unreachable, match="must name a file"):
            open_stores(replace(settings_for(tmp_path), database_url=address)).cases.create("Ticket", NOW)

    def test_an_address_that_is_none(self, tmp_path: Path, open_stores: Open):
        chosen = replace(settings_for(tmp_path), database_url="postgresql+psycopg://host:port/name")
        refused(open_stores(chosen), Unreachable, BAD_ADDRESS)

    def test_the_file_is_moved_away_and_put_back(self, on_sqlite: Settings, open_stores: Open):
        kept = open_stores(on_sqlite)
        links = kept.cases.create("Kept before", NOW)
        moved = [(each, each.with_suffix(f"{each.suffix}.moved")) for each in on_sqlite.data_dir.glob("reconnect.db*")]
        for source, target in moved:
            source.rename(target)
        with pytest.raises(Unreachable, match="moved or removed while the portal ran"):
            kept.contributions.add_note(links.contribute, "lost?", NOW)
        for source, target in moved:
            target.rename(source)
        kept.contributions.add_note(links.contribute, "kept", NOW)
        assert [note.words for note in kept.cases.look(links.view, NOW).notes] == ["kept"]

    def test_another_file_takes_its_place(self, on_sqlite: Settings, open_stores: Open, sqlite_template: Path):
        kept = open_stores(on_sqlite)
        links = kept.cases.create("Kept before", NOW)
        for each in on_sqlite.data_dir.glob("reconnect.db*"):
            each.unlink()
        shutil.copy(sqlite_template, file_of(on_sqlite))
        with pytest.raises(Unreachable, match="moved or removed"):
            kept.cases.look(links.view, NOW)
        with pytest.raises(NotFound):
            kept.cases.look(links.view, NOW)

    @pytest.mark.postgres
    def test_nobody_listens(self, tmp_path: Path, open_stores: Open):
        refused(open_stores(settings_for(tmp_path, "postgresql://nobody@127.0.0.1:1/none")), Unreachable)

    @pytest.mark.postgres
    def test_the_server_has_no_such_database(self, postgres: Server, tmp_path: Path, open_stores: Open):
        refused(open_stores(settings_for(tmp_path, postgres.address("nothing"))), Unreachable, NO_DATABASE)

    @pytest.mark.postgres
    def test_the_server_knows_no_such_user(self, postgres: Server, tmp_path: Path, open_stores: Open):
        address = postgres.address(postgres.create()).replace("postgres:@", "stranger:@")
        refused(open_stores(settings_for(tmp_path, address)), Unreachable, NO_LOGIN)

    def test_the_driver_is_not_installed(self, tmp_path: Path):
        script = (
            "import sys; sys.modules['psycopg'] = None\n"
            "from core.storage import Stores; from core.settings import settings\n"
            "print(Stores(settings()).storage.ability().sentence)"
        )
        chosen = {"RECONNECT_DATABASE_URL": "postgresql://host/name", "RECONNECT_DATA_DIR": str(tmp_path)}
        assert run_python(script, chosen) == NO_DRIVER

    @pytest.mark.postgres
    def test_a_connection_cut_between_two_uses_is_not_noticed(
        self, on_postgres: Settings, open_stores: Open, postgres: Server
    ):
        kept = open_stores(on_postgres)
        links = kept.cases.create("Kept before", NOW)
        postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reconnect'")
        kept.contributions.add_note(links.contribute, "kept", NOW)
        assert [note.words for note in kept.cases.look(links.view, NOW).notes] == ["kept"]

    @pytest.mark.postgres
    def test_a_connection_cut_in_the_middle_keeps_nothing_half(
        self, on_postgres: Settings, open_stores: Open, postgres: Server
    ):
        kept = open_stores(on_postgres)
        links = kept.cases.create("Kept before", NOW)

        def cut() -> None:
            with kept.storage.write(NOW) as connection:
                connection.execute(text("UPDATE cases SET title = 'half'"))
                pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
                postgres.run(f"SELECT pg_terminate_backend({pid}, 5000)")
                connection.execute(text("SELECT 1"))

        with pytest.raises(Unreachable) as raised:
            cut()
        assert str(raised.value) == Unreachable.sentence
        assert kept.cases.open(links.view, NOW).title == "Kept before"

    def test_a_gone_database_is_not_asked_again_at_once(self, tmp_path: Path, open_stores: Open):
        kept = open_stores(settings_for(tmp_path, f"sqlite:///{tmp_path}/later/reconnect.db"))
        refused(kept, Unreachable, NO_FOLDER)
        (tmp_path / "later").mkdir()
        refused(kept, Unreachable, NO_FOLDER)  # for some seconds the same answer, so that no page waits
        kept.storage.close()
        assert kept.storage.ability().writable


class TestDamaged:
    @pytest.mark.parametrize(
        "content", [b"This is a letter, not a database. " * 40, b"SQLite format 3\0" + b"\xff" * 4000]
    )
    def test_the_file_is_something_else(self, tmp_path: Path, open_stores: Open, content: bytes):
        settings = settings_for(tmp_path)
        file_of(settings).write_bytes(content)
        refused(open_stores(settings), Damaged)
        assert file_of(settings).read_bytes() == content

    def test_a_page_is_overwritten(self, on_sqlite: Settings, open_stores: Open):
        kept = open_stores(on_sqlite)
        links = kept.cases.create("Kept before", NOW)
        kept.storage.forget_deleted()
        kept.storage.close()
        whole = file_of(on_sqlite).read_bytes()
        file_of(on_sqlite).write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
        with pytest.raises(Damaged) as raised:
            kept.cases.look(links.view, NOW)
        assert str(raised.value) == Damaged.sentence

    def test_the_version_is_missing(self, kept: Stores, database: Settings, open_stores: Open):
        with kept.storage.write(NOW) as connection:
            connection.execute(text("DROP TABLE alembic_version"))
        with pytest.raises(Damaged, match="not its version"):
            open_stores(database).cases.create("Ticket", NOW)


@pytest.mark.usefixtures("patient")
class TestLocked:
    def test_another_writer_holds_the_file(self, on_sqlite: Settings, open_stores: Open):
        kept = open_stores(on_sqlite)
        links = kept.cases.create("Kept before", NOW)
        other = sqlite3.connect(file_of(on_sqlite), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        write_is_refused(kept, Locked, links.view)
        other.execute("ROLLBACK")
        other.close()
        kept.contributions.add_note(links.contribute, "kept", NOW)

    @pytest.mark.postgres
    def test_another_writer_holds_a_row(self, on_postgres: Settings, open_stores: Open, postgres: Server):
        kept = open_stores(on_postgres)
        links = kept.cases.create("Kept before", NOW)
        with psycopg.connect(on_postgres.database_url.replace("+psycopg", "")) as other:
            other.execute("UPDATE cases SET title = 'held'")
            with pytest.raises(Locked) as raised:
                kept.contributions.add_note(links.contribute, "waits", NOW)
            assert str(raised.value) == Locked.sentence
            assert kept.cases.open(links.view, NOW).title == "Kept before"
            other.rollback()
        kept.contributions.add_note(links.contribute, "kept", NOW)
        assert [note.words for note in kept.cases.look(links.view, NOW).notes] == ["kept"]

    def test_every_connection_is_taken(self, kept: Stores, view: str):
        with ExitStack() as stack:
            for _ in range(10):
                stack.enter_context(kept.storage.read())
            with pytest.raises(Locked) as raised:
                kept.cases.look(view, NOW)
        assert str(raised.value) == Locked.sentence
        assert kept.cases.look(view, NOW).title == "Kept before"


class TestDiskFull:
    def test_the_file_may_not_grow(self, on_sqlite: Settings, open_stores: Open):
        kept = open_stores(on_sqlite)
        links = kept.cases.create("Kept before", NOW)
        kept.storage.close()
        kept.storage.ability()
        opened = kept.storage._opened.engine

        def no_more(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")  # SQLite takes the present size instead

        event.listen(opened, "connect", no_more)
        opened.dispose()
        with pytest.raises(DiskFull) as raised:
            fill(kept, links.contribute)
        assert str(raised.value) == DiskFull.sentence
        before = kept.cases.open(links.view, NOW)
        kept.storage.close()  # somebody made room
        kept.contributions.add_note(links.contribute, "kept", NOW)
        assert kept.cases.look(links.view, NOW).notes[:-1] == before.notes

    def test_the_disk_refuses_to_write(self, on_sqlite: Settings, open_stores: Open):
        """The system lets the process write files of so many bytes and no more."""
        kept = open_stores(on_sqlite)
        links = kept.cases.create("Kept before", NOW)
        kept.storage.close()
        script = (
            "from core.storage import Stores; from core.settings import settings\n"
            "from tests.storage.test_faults import fill\n"
            "import resource, sys\n"
            "kept = Stores(settings()); kept.storage.ability()\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
            "try: fill(kept, sys.argv[1])\n"
            "except Exception as error: print(type(error).__name__, error)"
        )
        told = run_python(script, {"RECONNECT_DATA_DIR": str(on_sqlite.data_dir)}, links.contribute)
        assert told == f"DiskFull {DiskFull.sentence}"
        notes = kept.cases.look(links.view, NOW).notes
        assert [len(note.words) for note in notes] == [4_999] * len(notes)

    @pytest.mark.postgres
    def test_the_server_has_no_room(self, on_postgres: Settings, open_stores: Open, kept_full: str):
        """The server answers as it does without room (SQLSTATE 53100)."""
        kept = open_stores(on_postgres)
        with pytest.raises(DiskFull) as raised:
            kept.contributions.add_note(kept_full, "no room", NOW)
        assert str(raised.value) == DiskFull.sentence
        case = kept.cases.look(kept_full, NOW)
        assert (case.notes, case.revision) == ((), 1)

    @pytest.fixture
    def kept_full(self, on_postgres: Settings, open_stores: Open) -> str:
        kept = open_stores(on_postgres)
        link = kept.cases.create("Kept before", NOW).contribute
        with kept.storage.write(NOW) as connection:
            connection.execute(
                text(
                    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    "RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
                )
            )
            connection.execute(text("CREATE TRIGGER full_disk BEFORE INSERT ON case_notes EXECUTE FUNCTION no_room()"))
        return link


def fill(kept: Stores, link: str) -> None:
    for _ in range(200):
        kept.contributions.add_note(link, "five " * 1000, NOW)


class TestReadOnly:
    @pytest.fixture
    def portal(self, sqlite_template: Path) -> Iterator[Path]:
        """A data folder with a database and nothing beside it, which anybody may read and nobody may write to."""
        folder = Path(tempfile.mkdtemp(prefix="portal"))
        shutil.copy(sqlite_template, folder / "reconnect.db")
        yield folder
        folder.chmod(0o755)
        shutil.rmtree(folder)

    def test_file_and_folder_may_only_be_read(self, portal: Path, open_stores: Open):
        settings = settings_for(portal)
        kept = open_stores(settings)
        view = kept.cases.create("Kept before", NOW).view
        kept.storage.forget_deleted()
        kept.storage.close()
        with only_readable(portal):
            write_is_refused(kept, ReadOnly, view)
            ability = kept.storage.ability()
            assert (ability.reachable, ability.writable, ability.sentence) == (True, False, ReadOnly.sentence)
            assert health(settings) == (DatabaseState.READ_ONLY, ReadOnly.sentence)
        assert kept.cases.create("Ticket", NOW)  # writable again, without a restart

    def test_an_older_database_that_may_only_be_read(self, portal: Path, open_stores: Open):
        with closing(sqlite3.connect(portal / "reconnect.db")) as raw, raw:
            raw.execute("DROP TABLE intake_groups")
            raw.execute("UPDATE alembic_version SET version_num = '0002'")
        settings = settings_for(portal)
        with only_readable(portal):
            refused(open_stores(settings), OldSchema)
            assert health(settings) == (DatabaseState.OLD_SCHEMA, OldSchema.sentence)

    def test_an_empty_file_that_may_only_be_read(self, portal: Path, open_stores: Open):
        (portal / "reconnect.db").write_bytes(b"")
        with only_readable(portal):
            refused(open_stores(settings_for(portal)), ReadOnly)

    @pytest.mark.postgres
    def test_the_server_only_reads(self, on_postgres: Settings, open_stores: Open, postgres: Server):
        kept = open_stores(on_postgres)
        links = kept.cases.create("Kept before", NOW)
        kept.storage.close()
        name = (
            on_postgres.database_url.rsplit("/", 1)[0],
            psycopg.conninfo.conninfo_to_dict(on_postgres.database_url.replace("+psycopg", ""))["dbname"],
        )
        postgres.run(f"ALTER DATABASE {name[1]} SET default_transaction_read_only = on")
        write_is_refused(kept, ReadOnly, links.view)
        ability = kept.storage.ability()
        assert (ability.reachable, ability.writable, ability.sentence) == (True, False, ReadOnly.sentence)

    @pytest.mark.postgres
    def test_the_user_may_not_write(self, on_postgres: Settings, open_stores: Open, postgres: Server, tmp_path: Path):
        links = open_stores(on_postgres).cases.create("Kept before", NOW)
        plain = on_postgres.database_url.replace("+psycopg", "")
        name = psycopg.conninfo.conninfo_to_dict(plain)["dbname"]
        postgres.run("CREATE ROLE reader LOGIN")
        postgres.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", name)
        kept = open_stores(settings_for(tmp_path, plain.replace("postgres:@", "reader:@")))
        write_is_refused(kept, ReadOnly, links.view)


class TestSchema:
    def test_a_newer_release_wrote_it(self, kept: Stores, database: Settings, open_stores: Open):
        with kept.storage.write(NOW) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        refused(open_stores(database), NewerSchema)

    def test_a_running_portal_goes_on_while_a_newer_one_starts(self, kept: Stores, view: str):
        with kept.storage.write(NOW) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            connection.execute(text("ALTER TABLE cases ADD COLUMN later TEXT"))
        assert kept.cases.open(view, NOW).title == "Kept before"
        assert kept.cases.look(kept.cases.create("Ticket", NOW).view, NOW).title == "Ticket"

    def test_a_table_is_missing(self, kept: Stores):
        with kept.storage.write(NOW) as connection:
            connection.execute(text("DROP TABLE intake_groups"))
        with pytest.raises(OldSchema) as raised:
            kept.intake.recent(NOW)
        assert str(raised.value) == OldSchema.sentence


class TestClock:
    def test_a_clock_that_is_behind_writes_nothing(self, kept: Stores):
        links = kept.cases.create("Kept before", NOW)
        with pytest.raises(ClockSkew) as raised:
            kept.contributions.add_note(links.contribute, "from the past", NOW - DAY)
        assert "shows 2026-11-22 12:00 UTC, but the database was last written at 2026-11-23 12:00 UTC" in str(
            raised.value
        )
        with pytest.raises(ClockSkew):
            sweep(kept.storage, NOW - DAY)
        assert kept.cases.open(links.view, NOW - DAY).notes == ()
        kept.contributions.add_note(links.contribute, "from now", NOW)

    def test_replicas_may_be_some_minutes_apart(self, kept: Stores):
        links = kept.cases.create("Ticket", NOW)
        kept.contributions.add_note(links.contribute, "a slow clock", NOW - DAY / 288)
        assert len(kept.cases.look(links.view, NOW).notes) == 1

    def test_the_operator_can_set_it_right(self, on_sqlite: Settings, open_stores: Open):
        kept = open_stores(on_sqlite)
        kept.cases.create("From the future", NOW + 10_000 * DAY)
        with pytest.raises(ClockSkew, match="accept-clock"):
            kept.cases.create("Ticket", NOW)
        chosen = {"RECONNECT_DATA_DIR": str(on_sqlite.data_dir), "RECONNECT_SECRET": SECRET}
        done = subprocess.run(
            [sys.executable, "-m", "core.storage", "accept-clock"],
            cwd=ROOT,
            env={**os.environ, **chosen},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.endswith("UTC is taken for the right time.\n")
        assert kept.storage.ability().writable


@contextmanager
def only_readable(folder: Path) -> Iterator[None]:
    """Nobody may write to a folder and its files; root, whom that does not keep out, becomes nobody for a while."""
    files = list(folder.iterdir())
    for each in files:
        each.chmod(0o444)
    folder.chmod(0o555)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)
        for each in files:
            each.chmod(0o644)


def run_python(script: str, chosen: dict[str, str], *arguments: str) -> str:
    """Run a script in a process of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env={"RECONNECT_SECRET": SECRET, **os.environ, **chosen},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
