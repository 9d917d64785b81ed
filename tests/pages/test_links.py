"""The table of pages: the menu, the files, and the addresses that other parts of the program know."""

import pytest
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from core.settings import settings
from core.web import routes
from pages.parts.links import PortalPage
from tests.pages.seen import links, visit
from tests.paths import ROOT


def test_every_page_is_in_the_table_once():
    files = [page.file for page in PortalPage]
    assert sorted(files) == sorted(str(file.relative_to(ROOT)) for file in (ROOT / "pages").glob("*.py"))
    for facts in (files, [page.url_path for page in PortalPage], [page.title for page in PortalPage]):
        assert len(set(facts)) == len(PortalPage)


def test_the_menu_has_the_pages_in_their_order_and_no_other(menu):
    assert [(each.section_header, each.page_name) for each in menu if not each.is_hidden] == [
        (page.menu, page.title) for page in PortalPage if page.is_in_menu
    ]
    assert [each.page_name for each in menu if each.is_hidden] == ["Case"]


def test_a_page_has_the_address_of_the_table(menu):
    assert [each.url_pathname for each in menu] == [page.url_path for page in PortalPage]
    assert [each.page_name for each in menu if each.is_default] == ["Diagnose"]


@pytest.fixture
def menu(monkeypatch):
    """The pages as the browser is told of them."""
    sent = []
    enqueue = ScriptRunContext.enqueue

    def note(context, message):
        if message.WhichOneof("type") == "navigation":
            sent.extend(message.navigation.app_pages)
        enqueue(context, message)

    monkeypatch.setattr(ScriptRunContext, "enqueue", note)
    visit()
    return sent[: len(PortalPage)]


def test_core_knows_the_addresses_of_the_table():
    assert set(routes._PRIVATE_PATHS) == {f"/{page.url_path}" for page in (PortalPage.CASE, PortalPage.ACCESS)}


def script():
    """A page with one link of each kind."""
    import streamlit as st

    from pages.parts import links
    from pages.parts.links import PortalPage

    st.text(links.address(PortalPage.CASE, "an-id"))
    st.text(links.address(PortalPage.ACCESS, "an-id"))


def test_a_private_links_whole_address_starts_with_the_portals(monkeypatch):
    monkeypatch.setenv("RECONNECT_BASE_URL", "https://help.example.com/reconnect")
    settings.cache_clear()
    try:
        page = AppTest.from_function(script).run()
    finally:
        settings.cache_clear()
    assert [each.value for each in page.text] == [
        "https://help.example.com/reconnect/case?id=an-id",
        "https://help.example.com/reconnect/access?id=an-id",
    ]


def test_links_carry_what_the_other_page_shall_show():
    drawn = links(visit("errors", cause="retired_model"))
    assert drawn["All errors"] == ""
    assert drawn["Get a node that works"] == ""
    assert links(visit("errors", cause="overloaded"))["Get a workflow that waits and tries again"] == "kind=Fallback"
