"""Several portals on one database: nothing is lost when they write at once, start at once, or are killed."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from core.settings import Settings
from core.storage import NotFound, Stores
from core.storage.cases.case import Right
from core.storage.tables import case_notes, rate_counts
from tests.paths import ROOT
from tests.storage.conftest import Server, migrate
from tests.storage.samples import NOW, SECRET, settings_for

Start = Callable[..., subprocess.Popen]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a writer; all of them end with the test."""
    running: list[subprocess.Popen] = []

    def run(settings: Settings, job: str, link: str = "-", count: int = 0, name: str = "a") -> subprocess.Popen:
        chosen = {"RECONNECT_DATA_DIR": str(settings.data_dir), "RECONNECT_SECRET": SECRET}
        if settings.database_url:
            chosen["RECONNECT_DATABASE_URL"] = settings.database_url
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.writer", job, link, str(count), name],
            cwd=ROOT,
            env={**os.environ, **chosen},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def wait_until_ready(*processes: subprocess.Popen) -> None:
    for process in processes:
        assert process.stdout.readline() == "ready\n"


def go(*processes: subprocess.Popen) -> None:
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()


def told(process: subprocess.Popen) -> list[str]:
    return process.stdout.read().splitlines()


def test_two_processes_write_at_once_and_lose_nothing(database: Settings, kept: Stores, start: Start):
    links = kept.cases.create("Ticket", NOW)
    writers = [start(database, "note", links.contribute, 60, name) for name in ("a", "b")]
    wait_until_ready(*writers)
    go(*writers)
    acknowledged = [line for writer in writers for line in told(writer)]
    case = kept.cases.look(links.view, NOW)
    assert len(acknowledged) == 120
    assert sorted(note.words for note in case.notes) == sorted(acknowledged)
    assert case.revision == 121


def test_two_processes_share_one_count(database: Settings, kept: Stores, start: Start):
    writers = [start(database, "take", "-", 40, name) for name in ("a", "b")]
    wait_until_ready(*writers)
    go(*writers)
    taken = [line.endswith("True") for writer in writers for line in told(writer)]
    assert (len(taken), sum(taken)) == (80, 50)
    with kept.storage.read() as connection:
        assert [row.used for row in connection.execute(rate_counts.select())] == [50]


def test_a_killed_writer_loses_nothing_that_it_acknowledged(database: Settings, kept: Stores, start: Start):
    links = kept.cases.create("Ticket", NOW)
    writer = start(database, "note", links.contribute, 100_000)
    wait_until_ready(writer)
    go(writer)
    acknowledged = [writer.stdout.readline().strip() for _ in range(25)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += told(writer)
    writer.wait()
    notes = [note.words for note in kept.cases.look(links.view, NOW).notes]
    assert notes[: len(acknowledged)] == acknowledged
    assert len(notes) <= len(acknowledged) + 1  # one may be kept whose acknowledgement was never printed
    kept.contributions.add_note(links.contribute, "and it goes on", NOW)


@pytest.mark.postgres
def test_a_killed_server_loses_nothing_that_was_acknowledged(
    own_postgres: Server, tmp_path: Path, open_stores, start: Start
):
    settings = settings_for(tmp_path, own_postgres.address(own_postgres.create()))
    kept = open_stores(settings)
    link = kept.notebooks.create(NOW)
    writer = start(settings, "result", link, 100_000)
    wait_until_ready(writer)
    go(writer)
    acknowledged: list[str] = []
    reader = threading.Thread(target=lambda: acknowledged.extend(writer.stdout), daemon=True)
    reader.start()
    wait_for(lambda: len(acknowledged) >= 25)
    own_postgres.kill()
    before = len(acknowledged)
    assert not kept.storage.ability().reachable
    own_postgres.start()
    wait_for(lambda: kept.storage.ability().writable)
    wait_for(lambda: len(acknowledged) > before + 5)  # the writer came back by itself
    writer.kill()
    writer.wait()
    reader.join(10)
    stored = {result.key_label for result in kept.notebooks.open(link, NOW).results}
    assert {line.strip() for line in acknowledged} <= stored


def test_processes_that_start_together_migrate_once(empty_database: Settings, open_stores, start: Start):
    starters = [start(empty_database, "migrate") for _ in range(2)]
    assert [told(process) for process in starters] == [["Cases and notebooks can be kept."]] * 2
    assert [process.wait() for process in starters] == [0, 0]
    kept = open_stores(empty_database)
    assert kept.cases.look(kept.cases.create("Ticket", NOW).view, NOW).title == "Ticket"


def test_a_case_made_on_one_replica_is_read_on_the_other(database: Settings, open_stores):
    one, other = open_stores(database), open_stores(database)
    links = one.cases.create("Ticket", NOW)
    one.contributions.add_note(links.contribute, "from one", NOW)
    other.contributions.add_note(links.contribute, "from the other", NOW)
    assert [note.words for note in one.cases.look(links.view, NOW).notes] == ["from one", "from the other"]


def test_a_replica_restarts_while_the_other_goes_on(database: Settings, open_stores):
    one, other = open_stores(database), open_stores(database)
    links = one.cases.create("Ticket", NOW)
    one.storage.close()
    other.contributions.add_note(links.contribute, "meanwhile", NOW)
    migrate(database)
    assert [note.words for note in one.cases.look(links.view, NOW).notes] == ["meanwhile"]


ENDINGS = {
    "withdrawn": lambda kept, links: kept.cases.revoke(links.own, Right.CONTRIBUTE, NOW),
    "renewed": lambda kept, links: kept.cases.renew(links.own, Right.CONTRIBUTE, NOW),
    "expired": lambda kept, links: kept.cases.set_expiry(links.own, NOW + 6 * MINUTE, NOW),
    "deleted with its case": lambda kept, links: kept.cases.delete(links.own, NOW),
}


@pytest.mark.postgres
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_link_that_ends_while_a_change_waits_for_its_turn_changes_nothing(
    on_postgres: Settings, open_stores, ending: str
):
    """Both changes have looked the link up before either may write, and the one that ends the link comes first."""
    one, other = open_stores(on_postgres), open_stores(on_postgres)
    links = one.cases.create("Ticket", NOW)
    address = on_postgres.database_url.replace("+psycopg", "")

    def waiting() -> int:
        return watcher.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()[0]

    with (
        psycopg.connect(address, autocommit=True) as watcher,
        psycopg.connect(address) as holder,
        ThreadPoolExecutor(2) as threads,
    ):
        holder.execute("SELECT id FROM cases FOR UPDATE")
        end = threads.submit(ENDINGS[ending], one, links)
        wait_for(lambda: waiting() == 1)
        note = threads.submit(other.contributions.add_note, links.contribute, "too late", NOW + 8 * MINUTE)
        wait_for(lambda: waiting() == 2)
        holder.commit()
        end.result()
        with pytest.raises(NotFound):
            note.result()
    with one.storage.read() as connection:
        assert connection.execute(case_notes.select()).all() == []


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "this took too long"
        time.sleep(0.05)
