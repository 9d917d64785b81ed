"""A link that changes what the page shows leads to the top of it, also from far below, on a desk and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import settled
from tests.paths import ROOT

SAMPLE = (ROOT / "pages/samples/bad_request.json").read_text()
WIDTHS = pytest.mark.parametrize("width", [1280, 390])

Visit = Callable[..., Page]


def at_top(page: Page, title: str) -> None:
    """The page with this title is there, and its beginning is what the person sees."""
    heading = page.get_by_role("heading", name=title, level=1)
    expect(heading).to_be_visible()
    settled(page)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    expect(heading).to_be_in_viewport()


def scrolled(page: Page) -> int:
    return page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")


@WIDTHS
def test_share_leads_to_the_top_of_a_new_case(visit: Visit, width: int):
    page = visit("/", width=width)
    page.get_by_role("textbox", name="The error, or anything else from n8n").fill(SAMPLE)
    page.get_by_role("button", name="Find the cause").click()
    share = page.get_by_role("button", name="Share").first
    share.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop += 150")
    share.click()
    at_top(page, "New case")


@WIDTHS
def test_the_list_of_errors_leads_to_the_top_of_a_card(visit: Visit, width: int):
    page = visit("/errors", width=width)
    page.get_by_role("link", name="The key field is empty").first.click()
    page.get_by_role("link", name="All errors").wait_for()
    at_top(page, "Errors, explained")


@WIDTHS
def test_each_part_of_the_guide_starts_at_its_top_and_reading_is_not_disturbed(visit: Visit, width: int):
    page = visit("/guide?section=open-the-credential", width=width)
    for _ in range(3):
        link = page.get_by_role("link", name="Next:")
        goes_to = link.inner_text().split("Next:")[-1].strip()
        link.scroll_into_view_if_needed()
        link.click()
        expect(page.get_by_role("heading", name=goes_to, level=2)).to_be_visible()
        at_top(page, "Reconnect Claude to n8n")
    page.get_by_text("Where this comes from").scroll_into_view_if_needed()
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(300)
    before = scrolled(page)
    page.get_by_text("Where this comes from").click()
    page.wait_for_timeout(500)
    assert scrolled(page) >= before


def test_a_closed_menu_is_no_stop_for_the_keyboard(visit):
    page = visit("/", width=390)
    link = page.get_by_test_id("stSidebarNavLink").first
    expect(link).to_be_hidden()
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(link).to_be_visible()
