"""Several replicas on one Postgres: what one keeps the other shows, and a rolling restart loses nothing."""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.settings import Settings
from core.storage import Stores
from core.storage.tables import cases
from tests.balancer import Balancer
from tests.e2e.conftest import Server
from tests.paths import ROOT
from tests.socket_visitor import Visitor
from tests.storage.conftest import Server as Postgres
from tests.storage.conftest import postgres  # noqa: F401 - a fixture
from tests.storage.samples import SECRET, settings_for

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("replicas")]

NOTE = "I set the new key in staging."


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def chosen(postgres: Postgres, tmp_path: Path) -> Settings:  # noqa: F811
    return settings_for(tmp_path / "own", postgres.address(postgres.create()))


@pytest.fixture
def environ(chosen: Settings) -> dict[str, str]:
    """What every replica is given alike."""
    return {
        "RECONNECT_DATABASE_URL": chosen.database_address.replace("+psycopg", ""),
        "RECONNECT_SECRET": SECRET,
        "STREAMLIT_SERVER_COOKIE_SECRET": "one for all replicas",
    }


@pytest.fixture
def kept(chosen: Settings) -> Iterator[Stores]:
    """The database as a third process sees it."""
    stores = Stores(chosen)
    yield stores
    stores.storage.close()


@pytest.fixture
def start(tmp_path: Path, environ: dict[str, str]) -> Iterator[Callable[[str], Server]]:
    """Starts a replica with a data folder of its own."""
    started: list[Server] = []

    def one(name: str) -> Server:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        started.append(Server(folder, **environ))
        return started[-1]

    yield one
    for each in started:
        with suppress(ProcessLookupError):  # stopped by the test
            each.stop()


def make_case(port: int) -> str:
    """Make a case on the page of a replica, and return its own link."""
    with Visitor(port, "new-case") as visitor:
        visitor.press("Make an empty case")
        addresses = [text for text in visitor.codes() if "/case?id=" in text and "\n" not in text]
    return addresses[-1].split("id=")[1]


def test_a_case_made_on_one_replica_is_worked_on_on_the_other(start, kept: Stores):
    first, second = start("a"), start("b")
    first.wait()
    second.wait()
    link = make_case(first.port)
    with Visitor(second.port, "case", f"id={link}") as other:
        assert "With this link you can read the case, add to it" in other.text
        other.fill("Write a note", NOTE)
        other.press("Add the note")
        assert "Added." in other.text
    with Visitor(first.port, "case", f"id={link}") as one:
        assert NOTE in one.text
    assert [note.words for note in kept.cases.look(link, now()).notes] == [NOTE]


def test_a_rolling_restart_behind_a_sticky_balancer_loses_no_case(start, kept: Stores):
    first, second = start("a"), start("b")
    first.wait()
    second.wait()
    with Balancer([first.port, second.port]) as balancer:
        link = make_case(balancer.port)
        with Visitor(balancer.port, "case", f"id={link}") as visitor:
            visitor.fill("Write a note", NOTE)
            visitor.press("Add the note")
        first.stop()
        with Visitor(balancer.port, "case", f"id={link}") as visitor:
            assert NOTE in visitor.text  # by the second
            visitor.fill("Write a note", "Written while the first was down.")
            visitor.press("Add the note")
        again = start("a").wait()
        balancer.replace(first.port, again.port)
        second.stop()
        with Visitor(balancer.port, "case", f"id={link}") as visitor:
            assert NOTE in visitor.text
            assert "Written while the first was down." in visitor.text
    assert len(kept.cases.look(link, now()).notes) == 2


def test_a_replica_that_is_up_deletes_what_is_over(start, kept: Stores):
    kept.cases.create("Over", now() - dt.timedelta(minutes=9), lifetime=dt.timedelta(minutes=5))
    kept.cases.create("Not over", now())
    assert count(kept) == 2
    start("a").wait()
    until = time.monotonic() + 20
    while count(kept) == 2 and time.monotonic() < until:
        time.sleep(0.2)
    assert count(kept) == 1


def count(kept: Stores) -> int:
    with kept.storage.read() as connection:
        return connection.execute(select(func.count()).select_from(cases)).scalar_one()


def test_the_doctor_finds_a_replica_with_its_settings_well(environ: dict[str, str], tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "core", "doctor"],
        cwd=ROOT,
        env={**os.environ, **environ, "RECONNECT_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "ok    replicas: Postgres, the secret and the cookie secret are set" in done.stdout
    assert "ok    database: Postgres answers" in done.stdout
    assert done.returncode == 0
