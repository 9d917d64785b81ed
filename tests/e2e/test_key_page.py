"""Testing a key in a real browser: the steps, the verdict, and where the key is seen."""

import base64
import itertools
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Server, expand, settled
from tests.probe import fake_server as fake
from tests.probe.fake_server import Anthropic
from tests.wire import wire

HAIKU = "claude-haiku-4-5"


class Slow(Anthropic):
    """Answers a message after a moment, so that the steps can be seen."""

    def messages(self, request):
        reply = fake.message(request.json()["model"])
        reply.wait = 1.5
        return reply


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The proxy of the portal under test."""
    with wire(tmp_path_factory.mktemp("wire")) as opened:
        yield opened


@pytest.fixture(scope="module")
def portal(out, tmp_path_factory):
    """A portal whose live tests end at the fake Anthropic."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in out.settings.items():
            patch.setenv(name, value)
        running = Server(tmp_path_factory.mktemp("portal")).wait()
    yield running
    running.stop()


@pytest.fixture
def page(visit, portal, out):
    out.script = Anthropic()
    return visit(f"/test-key?model={HAIKU}", at=portal)


def key_field(page):
    return page.get_by_label("Anthropic API key", exact=True)


def stop_button(page):
    """The button that ends the test, once the page stands still: for a moment the old key field, emptied, stands beside
    the new one, and the button moves up when it goes.
    """
    stop = page.get_by_role("button", name="Stop the test")
    expect(stop).to_be_visible()
    expect(key_field(page)).to_have_count(1)
    return stop


def press_test(page, key):
    key_field(page).fill(key)
    page.get_by_role("button", name="Test this key").click()


def frames_of(page):
    """Everything that this page sends from now on over its websocket, as bytes."""
    sent = []

    def note(payload):
        sent.append(payload if isinstance(payload, bytes) else payload.encode())

    page.on("websocket", lambda socket: socket.on("framesent", note))
    page.reload()
    page.get_by_role("heading", level=1).wait_for()
    settled(page)
    return sent


def spellings(key):
    return [key.encode(), base64.b64encode(key.encode())[:60], key.encode().hex().encode()]


def test_a_pasted_key_gives_steps_and_then_a_verdict(page, out, fake_key):
    out.script = Slow()
    press_test(page, fake_key())
    expect(page.get_by_text("Call with the key")).to_be_visible()
    expect(page.get_by_role("button", name="Stop the test")).to_be_visible()
    expect(page.get_by_role("heading", level=2, name=f"The key works with {HAIKU}")).to_be_visible()
    expect(page.get_by_text("Key: valid")).to_be_visible()
    expect(page.get_by_role("button", name="Stop the test")).to_have_count(0)


@pytest.mark.parametrize("answers", [Anthropic, Slow])
def test_the_key_is_sent_once_and_never_again(page, out, fake_key, answers):
    out.script = answers()
    sent = frames_of(page)
    press_test(page, fake_key())
    page.get_by_role("heading", level=2).first.wait_for()
    settled(page)
    with_key = [frame for frame in sent if any(each in frame for each in spellings(fake_key()))]
    assert len(with_key) == 1
    sent.clear()
    page.get_by_text("Keep these results in a private notebook").click()
    settled(page)
    page.get_by_role("button", name="Test this key").click()
    expect(page.get_by_text("The key field is empty.")).to_be_visible()
    assert sent
    assert not [frame for frame in sent if any(each in frame for each in spellings(fake_key()))]


def test_typing_a_key_without_pressing_the_button_sends_nothing(page, fake_key):
    sent = frames_of(page)
    key_field(page).fill(fake_key())
    key_field(page).blur()
    page.get_by_text("Everything this key can see").click()
    settled(page)
    assert not [frame for frame in sent if any(each in frame for each in spellings(fake_key()))]


def test_the_browser_forgets_the_key_while_the_test_still_runs(page, out, fake_key):
    out.script = Anthropic(messages=fake.hang)
    press_test(page, fake_key())
    stop = stop_button(page)
    expect(key_field(page)).to_have_value("")
    assert fake_key() not in page.content()
    stop.click()
    page.get_by_role("heading", level=2).first.wait_for()


def test_a_running_test_can_be_stopped(page, out, fake_key):
    out.script = Anthropic(messages=fake.hang)
    press_test(page, fake_key())
    stop_button(page).click()
    expect(page.get_by_role("heading", level=2, name=f"{HAIKU} was not tried")).to_be_visible()
    expect(page.get_by_text("the test was stopped").first).to_be_visible()


def test_a_phone_shows_the_steps_and_the_verdict_without_scrolling(visit, portal, out, fake_key):
    out.script = Anthropic(messages=fake.hang)
    page = visit(f"/test-key?model={HAIKU}", width=390, at=portal)
    page.set_viewport_size({"width": 390, "height": 664})
    expand(page, "My n8n calls another address")
    settled(page)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    press_test(page, fake_key())
    expect(stop_button(page)).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Send each model a message")).to_be_visible()
    stop_button(page).click()
    expect(page.get_by_role("heading", level=2).first).to_be_in_viewport()


def test_a_click_in_between_does_not_end_the_test(page, out, fake_key):
    out.script = Slow()
    press_test(page, fake_key())
    expect(page.get_by_text("Call with the key")).to_be_visible()
    page.get_by_text("Rather not paste your key?").click()
    page.get_by_text("Everything this key can see").click()
    expect(page.get_by_role("heading", level=2, name=f"The key works with {HAIKU}")).to_be_visible()


def test_a_kept_result_is_found_behind_its_link(page, visit, portal, fake_key):
    page.get_by_text("Keep these results in a private notebook").click()
    page.get_by_label("Name of the key").fill("team key")
    page.get_by_label("Environment").fill("production")
    page.get_by_label("Environment").blur()
    settled(page)
    press_test(page, fake_key())
    address = page.get_by_test_id("stCode").filter(has_text="/access?id=").inner_text().strip()
    assert re.fullmatch(rf"{portal.url}/access\?id=[\w-]{{22}}", address)
    other = visit(address.removeprefix(portal.url), at=portal)
    expect(other.get_by_role("status").filter(has_text="1 result, 1 key, 1 model")).to_be_visible()
    expect(other.get_by_role("heading", level=2, name="Every result")).to_be_visible()
    other.get_by_text("The same as a plain table").first.click()
    expect(other.get_by_role("table").get_by_role("rowheader", name=HAIKU)).to_be_visible()
    expect(other.get_by_role("table").get_by_text("✓ answers")).to_be_visible()
    assert other.get_by_role("button", name="Download as CSV").count() == 0, "Streamlit's own is not safe"
    with other.expect_download() as download:
        other.get_by_role("button", name="CSV", exact=True).click()
    assert download.value.suggested_filename == "reconnect-model-access.csv"


def test_testing_again_leads_to_the_form_with_the_model(page, visit, portal, fake_key):
    page.get_by_text("Keep these results in a private notebook").click()
    settled(page)
    press_test(page, fake_key())
    page.get_by_role("link", name="Open the notebook").click()
    expect(page.get_by_role("heading", level=1, name="Model access")).to_be_visible()
    page.get_by_role("button", name="Test again").click()
    expect(page.get_by_role("heading", level=1, name="Test a key")).to_be_visible()
    settled(page)
    assert HAIKU in page.get_by_test_id("stMultiSelect").inner_text()
    assert page.get_by_role("checkbox", name="Keep these results in a private notebook").is_checked()
    expect(key_field(page)).to_have_value("")


def test_a_link_chooses_models_but_no_address(visit, portal):
    page = visit("/test-key?model=my-own-alias&test_key_base_url=https://evil.example&base_url=evil", at=portal)
    assert "my-own-alias" in page.get_by_test_id("stMultiSelect").inner_text()
    expand(page, "My n8n calls another address")
    expect(page.get_by_label("Base URL")).to_have_value("")
    assert page.get_by_text("Your key will be sent to").count() == 0


@pytest.mark.parametrize("width", [390, 320])
def test_a_narrow_screen_never_scrolls_sideways(visit, portal, out, fake_key, width):
    out.script = Anthropic(messages=fake.error(404, "not_found_error", "model: " + "x" * 300))
    page = visit(f"/test-key?model={HAIKU}", width=width, at=portal)
    press_test(page, fake_key())
    page.get_by_role("heading", level=2).first.wait_for()
    settled(page)
    for label in ("My n8n calls another address", "Step by step", "Details for support", "Rather not paste your key?"):
        page.get_by_test_id("stMain").get_by_text(label).click()
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_headings_are_in_order_and_the_verdict_is_announced(page, out, fake_key):
    out.script = Anthropic(models=fake.error(401, "authentication_error", "invalid x-api-key"))
    press_test(page, fake_key())
    expect(page.get_by_role("status").filter(has_text="Anthropic does not accept this key")).to_be_attached()
    levels = page.eval_on_selector_all("h1,h2,h3,h4", "nodes => nodes.map(node => +node.tagName[1])")
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_no_page_tells_another_site_the_notebooks_address(portal):
    import urllib.request

    with urllib.request.urlopen(f"{portal.url}/access?id={'A' * 22}", timeout=5) as answer:
        assert answer.headers["referrer-policy"] == "no-referrer"


RECORD = """() => {
  window.addresses = [location.href];
  for (const name of ["pushState", "replaceState"]) {
    const was = history[name];
    history[name] = function (...told) { window.addresses.push(String(told[2])); return was.apply(this, told); };
  }
}"""
"""Notes every address that the page ever has from now on."""


def models_field(page):
    return page.get_by_role("combobox", name="Models to test")


def test_a_key_among_the_models_never_reaches_the_address_or_the_page(page, portal, out, fake_key):
    piece = fake_key(seed=7)[20:50]  # of no other test, whose requests the wire keeps
    page.evaluate(RECORD)
    models_field(page).fill(fake_key(seed=7))
    page.keyboard.press("Enter")
    expect(page.get_by_text("A key or password was in this field.")).to_be_visible()
    settled(page)
    assert piece not in page.content()
    models_field(page).fill("my-gateway-model")
    page.keyboard.press("Enter")
    expect(page.get_by_text("A key or password was in this field.")).not_to_be_visible()
    page.wait_for_function("location.search.includes('my-gateway-model')")
    assert HAIKU in page.url
    assert not [address for address in page.evaluate("window.addresses") if piece in address]
    assert piece not in page.content()
    key_field(page).fill(fake_key(seed=1))
    page.get_by_role("button", name="Test this key").click()
    expect(page.get_by_role("heading", name="The key works with")).to_be_visible()
    assert piece not in repr(out.requests)
    assert piece not in portal.log.read_text(errors="replace")


def test_a_key_in_the_address_is_removed_from_it(visit, portal, fake_key):
    piece = fake_key()[20:50]
    page = visit(f"/test-key?model={fake_key()}&everything=false", at=portal)
    expect(page.get_by_text("The address of this page held a key or password.")).to_be_visible()
    page.wait_for_function("!location.search.includes('model=')")
    assert piece not in page.url
    assert piece not in page.content()
    assert piece not in portal.log.read_text(errors="replace")


def test_a_link_with_models_starts_with_them_and_a_reload_keeps_them(visit, portal):
    page = visit("/test-key?model=claude-sonnet-5&model=my-gateway-model", at=portal)
    chosen = page.get_by_test_id("stMultiSelect")
    expect(chosen).to_contain_text("my-gateway-model")
    page.reload()
    settled(page)
    expect(chosen).to_contain_text("my-gateway-model")
    assert "model=my-gateway-model" in page.url
