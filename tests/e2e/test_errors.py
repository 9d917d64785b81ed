"""The pages without a paste in a real Chromium: addresses, keyboard, phone, both themes."""

import csv
import io
import itertools
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.text.guide import guide
from tests.e2e.conftest import settled
from tests.e2e.test_diagnose import width_of

CREDIT = "The Anthropic account has run out of credit"
PAGES = ["/errors", "/errors?cause=credit_exhausted", "/errors?status=401", "/guide", "/models"]
PARTS = [f"/guide?section={section.id}" for section in guide().section]


def follow(page: Page, name: str) -> None:
    page.get_by_test_id("stMain").get_by_role("link", name=name).first.click()
    settled(page)


def query_of(page: Page) -> str:
    return page.evaluate("decodeURIComponent(location.search)")


@pytest.mark.parametrize("mode", ["uvicorn", "streamlit"])
def test_a_link_to_a_cause_opens_on_a_cold_server(visit, fresh_server, mode):
    page = visit("/errors?cause=credit_exhausted", at=fresh_server(mode))
    expect(page.get_by_role("heading", name=CREDIT, level=2)).to_be_visible()
    expect(page).to_have_title(f"{CREDIT} · Reconnect")
    expect(page.locator(".stMarkdownBadge", has_text="Key: valid")).to_be_visible()


def test_links_between_errors_are_true_to_the_address_and_to_back(visit):
    page = visit("/errors?cause=credit_exhausted")
    follow(page, "All errors")
    assert query_of(page) == ""
    follow(page, "The key field is empty")
    assert query_of(page) == "?cause=missing_key"
    page.go_back()
    expect(page.get_by_role("heading", name="Money", level=2)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=CREDIT, level=2)).to_be_visible()
    assert query_of(page) == "?cause=credit_exhausted"


def test_a_finding_leads_to_its_card_and_back_to_the_finding(visit):
    page = visit()
    page.get_by_role("textbox", name="The error").fill("Your credit balance is too low to access the Anthropic API.")
    page.get_by_role("button", name="Find the cause").click()
    settled(page)
    follow(page, "About this error")
    expect(page.get_by_role("link", name="All errors")).to_be_visible()
    assert query_of(page) == "?cause=credit_exhausted"
    page.get_by_test_id("stSidebar").get_by_role("link", name="Diagnose").click()
    expect(page.get_by_role("heading", name=CREDIT, level=2)).to_be_visible()


def test_a_chosen_number_and_filter_are_in_the_address(visit):
    page = visit("/errors")
    page.get_by_role("radio", name="529").click()
    expect(page.get_by_role("link", name="Anthropic is too busy right now")).to_be_visible()
    assert query_of(page) == "?status=529"
    expect(page.get_by_role("status").filter(has_text="By itself this says nothing about your key.")).to_be_visible()


def test_what_is_searched_stays_out_of_the_address(visit, fake_key):
    page = visit("/errors")
    page.get_by_role("textbox", name="A line from n8n").or_(page.get_by_role("searchbox")).first.fill(fake_key())
    page.keyboard.press("Enter")
    settled(page)
    assert "sk-ant" not in page.url
    assert fake_key()[14:40] not in page.get_by_test_id("stMain").inner_text()


def test_the_keyboard_is_enough_to_search_and_open_a_card(visit):
    page = visit("/errors")
    box = page.get_by_label("A line from n8n, a number, or words")
    for _ in range(25):
        page.keyboard.press("Tab")
        if box.evaluate("node => node === document.activeElement"):
            break
    else:
        pytest.fail("Tab never reached the search.")
    page.keyboard.type("no credit")
    page.keyboard.press("Enter")
    settled(page)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText.trim()") == CREDIT:
            break
    else:
        pytest.fail("Tab never reached the result.")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.get_by_role("heading", name=CREDIT, level=2)).to_be_visible()


def test_the_guide_leads_on_and_keeps_the_chosen_n8n(visit):
    page = visit("/guide?section=open-the-credential")
    page.get_by_role("radio", name="1.x").click()
    expect(page.get_by_text("Credential to connect with")).to_be_visible()
    follow(page, "Next:")
    expect(page.get_by_role("heading", level=2).first).to_have_text("Make or replace the key")
    assert query_of(page) == "?section=replace-the-key&n8n=1.x"
    expect(page.get_by_role("radio", name="1.x")).to_be_checked()


def test_the_models_can_be_filtered_and_downloaded(visit):
    page = visit("/models?state=Retired&family=Haiku")
    page.get_by_text("The same as a plain table").click()
    table = page.get_by_role("table", name="Claude's models")
    expect(table.get_by_role("rowheader", name="claude-3-haiku-20240307")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV", exact=True).click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert {row["State"] for row in rows} == {"Retired"}
    assert all("haiku" in row["Id"] for row in rows)


def test_every_page_fits_a_phone_and_has_one_first_heading(visit, server):
    page = visit(PAGES[0], width=390)
    for path in [*PAGES, *PARTS]:
        page.goto(server.url + path)
        page.get_by_role("heading", level=1).wait_for()
        settled(page)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            content, window = width_of(page)
            assert content <= window, (path, theme)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        levels = page.eval_on_selector_all("h1, h2, h3", "nodes => nodes.map(node => Number(node.tagName[1]))")
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), path
