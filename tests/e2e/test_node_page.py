"""The pages that make and check a node, in a real Chromium against a real server."""

import itertools
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.n8n.choices import NodeChoices
from core.n8n.generate import OutputKind, WorkflowForm, generate
from tests.e2e.conftest import expand, settled
from tests.e2e.test_diagnose import width_of

BROKEN = generate(OutputKind.CLIPBOARD, NodeChoices()).replace('"POST"', '"GET"')


def copy(page: Page) -> str:
    """Press the first copy button that shows, and return what the clipboard holds."""
    page.get_by_role("button", name="Copy to clipboard").first.click()
    return page.evaluate("navigator.clipboard.readText()")


def check(page: Page, text: str = BROKEN) -> None:
    page.get_by_role("textbox", name="The node or workflow").fill(text)
    page.get_by_role("button", name="Check it").click()
    settled(page)


def focus(page: Page, wanted: str, presses: int = 60) -> None:
    """Press Tab until the element with this label or text has the focus."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        label = page.evaluate("(n => n.getAttribute('aria-label') || n.innerText || '')(document.activeElement)")
        if label.strip() == wanted:
            return
    pytest.fail(f"Tab never reached {wanted}.")


def levels(page: Page) -> list[int]:
    return page.eval_on_selector_all("h1,h2,h3,h4", "nodes => nodes.map(node => +node.tagName[1])")


def test_the_node_is_copied_as_it_is_shown(visit):
    page = visit("/node")
    expect(page).to_have_title("Get a node · Reconnect")
    assert copy(page) == generate(OutputKind.CLIPBOARD, NodeChoices())


def test_a_choice_changes_the_text_and_is_in_the_address(visit):
    page = visit("/node")
    page.get_by_role("radio", name="Self-test").click()
    page.get_by_text("Anthropic", exact=True).click()
    page.get_by_role("textbox", name="Your n8n version").fill("1.20.3")
    page.keyboard.press("Enter")
    settled(page)
    assert '"nodeCredentialType": "anthropicApi"' in copy(page)
    for part in ("kind=Self-test", "auth=Anthropic", "n8n=1.20.3"):
        assert part in page.url
    again = visit(page.url.removeprefix(page.evaluate("location.origin")))
    assert copy(again) == copy(page)


def test_a_base_url_never_gets_into_the_address(visit):
    page = visit("/node?base_url=https%3A%2F%2Fevil.example")
    expand(page, "Address, versions and names")
    field = page.get_by_role("textbox", name="Base URL")
    expect(field).to_have_value("https://api.anthropic.com")
    field.fill("https://gateway.example.com")
    page.keyboard.press("Enter")
    settled(page)
    assert "https://gateway.example.com/v1/messages" in copy(page)
    assert "gateway" not in page.url


def test_a_key_in_the_version_field_never_gets_into_the_address(visit, fake_key):
    page = visit("/node")
    page.get_by_role("textbox", name="Your n8n version").click()
    page.evaluate("text => navigator.clipboard.writeText(text)", fake_key())
    page.keyboard.press("Control+V")
    page.keyboard.press("Enter")
    settled(page)
    assert page.url.endswith("/node")


def test_the_file_has_a_name_that_says_what_it_is(visit):
    page = visit("/node?kind=Workflow&form=Import+a+file")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download n8n-workflow-claude-sonnet-5.json").click()
    assert download.value.suggested_filename == "n8n-workflow-claude-sonnet-5.json"
    assert set(json.loads(Path(download.value.path()).read_text())) == {
        "id",
        "name",
        "nodes",
        "connections",
        "settings",
    }


def test_the_keyboard_is_enough_to_choose_and_copy(visit):
    page = visit("/node")
    page.get_by_role("radio", name="One node").wait_for()  # the browser fetches these fields after the rest
    focus(page, "One node")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    settled(page)
    expect(page.get_by_text("A small workflow that runs at once")).to_be_visible()
    focus(page, "Copy to clipboard")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == generate(OutputKind.WORKFLOW, NodeChoices(), WorkflowForm.CLIPBOARD)


def test_back_leads_to_the_page_before(visit):
    page = visit("/node")
    page.get_by_role("radio", name="Fallback").click()
    settled(page)
    page.get_by_role("link", name="Check my node").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check my node")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Get a node that works")


def test_the_corrected_copy_is_what_the_node_should_be(visit):
    page = visit("/check-node")
    check(page)
    expect(page.get_by_role("status").filter(has_text="We found 1 thing to look at.")).to_be_visible()
    assert copy(page) == generate(OutputKind.CLIPBOARD, NodeChoices())
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the copy").click()
    assert download.value.suggested_filename == "n8n-corrected.json"


def with_secret(key: str) -> str:
    """The broken node, with a key in a note that has nothing to do with the fault."""
    return BROKEN.replace('"method"', f'"notes": "caf\\u00e9 {key}", "method"')


def test_a_copy_with_a_secret_is_downloaded_as_it_was_pasted(visit, fake_key):
    page = visit("/check-node")
    check(page, with_secret(fake_key()))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the copy").click()
    fixed = with_secret(fake_key()).replace('"GET"', '"POST"')
    assert Path(download.value.path()).read_text() == fixed.strip()
    assert fake_key()[14:40] not in page.content()


def test_the_secrets_are_replaced_with_the_keyboard(visit, fake_key):
    page = visit("/check-node")
    check(page, with_secret(fake_key()))
    page.get_by_role("button", name="Start over").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("What was replaced: 1 field")).to_be_visible()
    settled(page)
    fixed = with_secret("YOUR_ANTHROPIC_API_KEY_HERE").replace('"GET"', '"POST"')
    assert copy(page) == fixed.strip()
    assert fake_key()[14:40] not in page.content()


def test_a_pasted_key_does_not_stay_in_the_box(visit, fake_key):
    page = visit("/check-node")
    check(page, BROKEN.replace('"2023-06-01"', f'"{fake_key()}"'))
    expect(page.get_by_text("1 secret hidden on this page")).to_be_visible()
    box = page.get_by_role("textbox", name="The node or workflow")
    assert "[Anthropic API key #" in box.input_value()
    assert fake_key()[14:40] not in page.content() + box.input_value()


def test_a_finding_leads_to_its_error(visit):
    page = visit("/check-node")
    check(page)
    page.get_by_role("link", name="About this error").click()
    page.wait_for_url("**/errors?cause=wrong_path")


def test_a_workflow_can_be_uploaded(visit, tmp_path):
    file = tmp_path / "flow.json"
    file.write_text(BROKEN)
    page = visit("/check-node")
    page.get_by_role("button", name="Upload a file").click()
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("The method is GET.")).to_be_visible()


@pytest.mark.parametrize("path", ["/node", "/node?kind=Fallback", "/check-node"])
def test_the_headings_are_in_order(visit, path):
    page = visit(path)
    if path == "/check-node":
        check(page)
    found = levels(page)
    assert found.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(found))


@pytest.mark.parametrize("width", [390, 320])
def test_a_narrow_screen_never_scrolls_sideways(visit, width):
    page = visit("/node?kind=Workflow&form=Send+to+n8n%27s+API", width=width)
    for part in page.get_by_test_id("stExpander").all():
        part.locator("summary").click()
    settled(page)
    content, window = width_of(page)
    assert content <= window
    page = visit("/check-node", width=width)
    check(page)
    content, window = width_of(page)
    assert content <= window


@pytest.mark.parametrize("dark", [False, True])
def test_the_copy_button_shows_without_a_mouse(visit, dark):
    page = visit("/node", dark=dark)
    button = page.get_by_role("button", name="Copy to clipboard").first
    assert button.evaluate("node => getComputedStyle(node).visibility") == "visible"
