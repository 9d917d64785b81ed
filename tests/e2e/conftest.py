"""A real server and a real Chromium, each started once for all of these tests."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests.conftest import UNAVAILABLE
from tests.paths import ROOT

STARTS_WITHIN = 40.0
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]

MODES = {
    "uvicorn": ["-m", "uvicorn", "streamlit_app:app", "--host", "127.0.0.1", "--port", "{port}", "--no-access-log"],
    "streamlit": ["-m", "streamlit", "run", "streamlit_app.py", "--server.port", "{port}"],
}


expect.set_options(timeout=15_000)  # a busy machine is not a failed test


def chromium() -> str | None:
    """The path of an installed Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A group for each file, so that xdist begins with them: they wait for the browser while other workers compute."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


class Server:
    """The portal in a process of its own, on a free port of the loopback."""

    def __init__(self, data_dir: Path, mode: str = "uvicorn", **environ: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (data_dir / "server.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, *(part.format(port=self.port) for part in MODES[mode])],
            cwd=ROOT,
            env={**os.environ, "RECONNECT_DATA_DIR": str(data_dir), **environ},
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.log = data_dir / "server.log"

    def wait(self) -> "Server":
        """Return when the server answers; a server that does not is a failed test."""
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return self
            except OSError:
                time.sleep(0.2)
        self.stop()
        pytest.fail(f"The server did not start:\n{self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End the process and its children."""
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=10)
        self._log.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The one server that the tests share."""
    running = Server(tmp_path_factory.mktemp("portal")).wait()
    yield running
    running.stop()


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Callable[[str], Server]]:
    """Starts a server that nobody has visited yet."""
    started: list[Server] = []

    def start(mode: str) -> Server:
        started.append(Server(tmp_path, mode))
        return started[-1].wait()

    yield start
    for each in started:
        each.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; without one the suite is named as unavailable, and in CI it fails.

    It ends with this folder's last test: Playwright keeps an event loop running in the thread that it was started in,
    so no later test of the same worker could run one of its own.
    """
    path = chromium()
    if path is None:
        reason = f"{UNAVAILABLE}browser suite (tests/e2e): no Chromium found, install the package chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="package")
def context(browser: Browser) -> BrowserContext:
    """A visitor's browser whose cache of the portal's files outlives a test: a page opens in half the time."""
    return new_context(browser)


def new_context(browser: Browser) -> BrowserContext:
    """The browser of somebody who was never here."""
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    return context


@pytest.fixture
def visit(browser: Browser, context: BrowserContext, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens the portal as a new visitor; afterwards no request may have left for another host.

    ``visit("/", width=390, dark=True)`` returns the page once it is drawn. The test's first visitor has the browser
    that the tests share, without a cookie or anything kept of the test before; each further one has a browser of their
    own.
    """
    contexts = [context]
    strays: list[str] = []

    def note(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname not in {"127.0.0.1"}:
            strays.append(request.url)

    def open_page(path: str = "/", *, width: int = 1280, dark: bool = False, at: Server = server) -> Page:
        if context.pages:
            contexts.append(new_context(browser))
        contexts[-1].on("request", note)
        page = contexts[-1].new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(at.url + path)
        page.get_by_role("heading", level=1).wait_for()
        settled(page)
        return page

    yield open_page
    for each in contexts[1:]:
        each.close()
    for page in context.pages:
        page.evaluate("localStorage.clear()")
        page.close()
    context.clear_cookies()
    context.remove_listener("request", note)
    assert strays == []


def settled(page: Page) -> None:
    """Wait until the page's script has run to its end."""
    page.wait_for_timeout(150)
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=30_000)


def expand(page: Page, title: str) -> None:
    """Open a folded part and wait until it has grown: a click on something that still moves is lost."""
    page.get_by_text(title).click()
    page.wait_for_function(
        """async (title) => {
            const part = [...document.querySelectorAll("details")].find(each => each.textContent.includes(title));
            const before = part.offsetHeight;
            await new Promise(done => setTimeout(done, 150));
            return part.open && part.offsetHeight === before;
        }""",
        arg=title,
    )
