"""A portal in this process whose live tests end at a fake Anthropic, and how a visitor uses its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import settings
from core.storage import stores
from pages.parts.links import PortalPage
from tests.paths import ROOT
from tests.wire import Wire, wire

TEST_KEY = PortalPage.TEST_KEY.file
ACCESS = PortalPage.ACCESS.file
HAIKU = "claude-haiku-4-5"
SONNET = "claude-sonnet-5"


@contextmanager
def portal(folder: Path, patch: pytest.MonkeyPatch, **more: str) -> Iterator[Wire]:
    """Point this process's settings at a wire, and at a data folder of their own."""
    (folder / "wire").mkdir()
    with wire(folder / "wire") as opened:
        for name, value in ({"RECONNECT_DATA_DIR": str(folder / "data")} | opened.settings | more).items():
            patch.setenv(name, value)
        settings.cache_clear()
        try:
            yield opened
        finally:
            stores(settings()).storage.close()
            stores.cache_clear()
            settings.cache_clear()


def open_page(file: str, **query: str | list[str]) -> AppTest:
    """A new visitor on a page."""
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    page.switch_page(file)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def press_test(page: AppTest, key: str) -> AppTest:
    """Paste a key and press the button; returns when the test has ended."""
    key_field(page).set_value(key)
    button(page, "Test this key").click().run()
    # A browser draws the steps again by itself.
    while "test_key_live" in page.session_state:
        page.session_state["test_key_live"].wait(10)
        page.run()
    return page


def key_field(page: AppTest):
    """The password field of the key."""
    return next(each for each in page.text_input if each.key and each.key.startswith("test_key_field_"))


def button(page: AppTest, label: str):
    """The button with this label."""
    return next(each for each in page.button if each.label == label)


def shown(page: AppTest) -> str:
    """All our own markup on the page; the page must not have failed."""
    assert not page.exception
    return "\n".join(each.proto.body for each in page.get("html"))


def everything(page: AppTest) -> str:
    """All that went to the browser, as text."""
    assert not page.exception
    return "\n".join(str(each.proto) for each in elements(page))


def elements(page: AppTest) -> Iterator[object]:
    """Every element that was drawn."""
    waiting = list(page._tree.children.values())
    while waiting:
        node = waiting.pop()
        waiting += list(getattr(node, "children", {}).values())
        if hasattr(node, "proto"):
            yield node
