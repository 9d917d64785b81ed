"""The Diagnose page in a real Chromium against a real server."""

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import settled
from tests.paths import ROOT

CREDIT = (ROOT / "pages/samples/bad_request.json").read_text()
TITLE = "The Anthropic account has run out of credit"
DATA = ROOT / "tests/pages/data"


def box(page: Page):
    return page.get_by_role("textbox", name="The error, or anything else from n8n")


def paste(page: Page, text: str) -> None:
    box(page).fill(text)
    page.get_by_role("button", name="Find the cause").click()
    settled(page)


def width_of(page: Page) -> tuple[int, int]:
    """How wide the content is, and how wide the window."""
    return tuple(
        page.evaluate(
            "[Math.max(document.documentElement.scrollWidth,"
            " document.querySelector('[data-testid=stMain]').scrollWidth), innerWidth]"
        )
    )


@pytest.mark.parametrize("mode", ["uvicorn", "streamlit"])
def test_the_first_visitor_of_a_fresh_process_gets_the_page_with_its_house(visit, fresh_server, mode):
    page = visit("/", at=fresh_server(mode))
    expect(page.get_by_role("heading", level=1)).to_have_text("Why does Claude fail in n8n?")
    expect(page).to_have_title("Diagnose · Reconnect")
    expect(page.get_by_role("contentinfo").or_(page.locator("footer"))).to_contain_text("Facts about Claude and n8n")


def test_a_deep_link_into_a_fresh_process_opens_its_page_with_the_whole_menu(visit, fresh_server):
    page = visit("/errors", at=fresh_server("uvicorn"))
    expect(page).to_have_title("Errors · Reconnect")
    menu = page.get_by_test_id("stSidebarNavLink")
    expect(menu.filter(has_text="Diagnose")).to_be_visible()
    expect(menu.filter(has_text="Errors")).to_be_visible()
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.locator("footer")).to_contain_text("Facts about Claude and n8n")


def test_a_paste_becomes_a_finding_whose_ticket_text_can_be_copied(visit):
    page = visit()
    paste(page, CREDIT)
    expect(page.get_by_role("heading", name=TITLE, level=2)).to_be_visible()
    page.get_by_role("button", name="Copy for a ticket").click()
    ticket = page.get_by_test_id("stCode").filter(has_text="Facts for the engineer").first
    ticket.hover()
    ticket.get_by_role("button").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(TITLE)
    assert "Request id: req_" in copied


def test_the_json_can_be_downloaded(visit):
    page = visit()
    paste(page, CREDIT)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()
    assert download.value.suggested_filename == "reconnect-credit_exhausted.json"
    assert '"cause":"credit_exhausted"' in Path(download.value.path()).read_text()


def test_an_export_can_be_uploaded(visit):
    page = visit()
    page.get_by_role("button", name="Upload a file").click()
    page.locator("input[type=file]").set_input_files(DATA / "two_findings.json")
    expect(page.get_by_role("heading", name=TITLE, level=2)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="What we read")).to_contain_text("two_findings.json")
    expect(page.get_by_role("heading", level=2)).to_have_count(2)


def test_a_sample_shows_a_finding(visit):
    page = visit()
    page.get_by_role("button", name="Forbidden").click()
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    expect(page.get_by_text("Key: not checked")).to_be_visible()


def test_the_keyboard_is_enough(visit):
    page = visit()
    for _ in range(25):
        page.keyboard.press("Tab")
        if box(page).evaluate("node => node === document.activeElement"):
            break
    else:
        pytest.fail("Tab never reached the box.")
    page.keyboard.type("Your credit balance is too low to access the Anthropic API.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=TITLE, level=2)).to_be_visible()
    for _ in range(25):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText || ''").startswith("Settings → Billing"):
            return
    pytest.fail("Tab never reached the first link of the steps.")


def test_the_result_is_announced_and_the_headings_are_in_order(visit):
    page = visit()
    paste(page, (DATA / "two_findings.json").read_text())
    announced = page.get_by_role("status").filter(has_text="What we read")
    expect(announced).to_contain_text(f"The answer: {TITLE}.")
    levels = page.eval_on_selector_all("h1,h2,h3,h4", "nodes => nodes.map(node => +node.tagName[1])")
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_a_refusal_is_an_alert(visit):
    page = visit()
    page.get_by_role("button", name="Find the cause").click()
    expect(page.get_by_role("alert").filter(has_text="The box is empty.")).to_be_visible()


def test_a_paste_over_the_limit_is_kept(visit):
    page = visit()
    paste(page, "x" * 200_001)
    expect(page.get_by_role("alert").filter(has_text="It is still in the box")).to_be_visible()
    assert len(box(page).input_value()) == 200_001


def test_a_strangers_image_is_not_fetched_and_could_not_be(visit):
    page = visit()
    image = "![x](https://evil.example/a.png) <img src=https://evil.example/b.png>"
    paste(
        page, f'{{"errorMessage": "{image}", "errorDescription": "{image}", "n8nDetails": {{"nodeName": "{image}"}}}}'
    )
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    for part in page.get_by_test_id("stExpander").all():
        part.locator("summary").click()
    settled(page)
    assert page.locator("img[src*='evil.example']").count() == 0
    refused = page.evaluate(
        """() => new Promise(done => {
            addEventListener('securitypolicyviolation', event => done(event.effectiveDirective))
            new Image().src = 'http://127.0.0.1:1/leak.png'
        })"""
    )
    assert refused == "img-src"


@pytest.mark.parametrize("width", [390, 320])
def test_a_narrow_screen_never_scrolls_sideways(visit, width):
    page = visit(width=width)
    content, window = width_of(page)
    assert content <= window
    paste(page, CREDIT.replace("Basic LLM Chain", "a-node-with-a-very-long-name-" * 12))
    for part in page.get_by_test_id("stExpander").all():
        part.locator("summary").click()
    settled(page)
    content, window = width_of(page)
    assert content <= window


def test_the_dark_theme_is_ours(visit):
    page = visit(dark=True)
    paste(page, CREDIT)
    background = page.get_by_test_id("stApp").evaluate("node => getComputedStyle(node).backgroundColor")
    assert background == "rgb(20, 26, 27)"
    link = page.get_by_role("link", name="Settings → Billing").first.evaluate("node => getComputedStyle(node).color")
    assert link == "rgb(124, 199, 230)"


def test_what_was_typed_outlives_the_loss_of_the_connection(visit):
    page = visit()
    paste(page, CREDIT)
    page.context.set_offline(True)
    page.wait_for_timeout(300)
    page.context.set_offline(False)
    page.wait_for_timeout(1_500)
    assert box(page).input_value() == CREDIT
