"""A case in two browsers at once, on both databases: they see each other's work, and a reader changes nothing."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from playwright.sync_api import Page, expect

from core.settings import Settings
from core.storage import NotFound, Stores
from core.storage.cases.case import ChecklistStep, Right
from core.storage.kept_facts import KeptFacts
from tests.balancer import Balancer
from tests.e2e.conftest import Server, expand, settled
from tests.paths import ROOT
from tests.storage.conftest import postgres  # noqa: F401 - a fixture
from tests.storage.samples import SECRET, settings_for

SAMPLE = (ROOT / "pages/samples/bad_request.json").read_text()
CREDIT = "The Anthropic account has run out of credit"
SOON = 15_000  # ms: the page asks every 2 s, and two cores may be shared
NOTHING = "There is nothing behind this link. It may be mistyped, expired, withdrawn or deleted."
ON_ONE = pytest.mark.parametrize("chosen", ["sqlite"], indirect=True, scope="module")
"""For what does not depend on the database."""

FACTS = KeptFacts(cause="retired_model", certainty="certain", key_verdict="good", status=404, model="claude-2.1")

Visit = Callable[..., Page]


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def chosen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a portal on either database."""
    folder = tmp_path_factory.mktemp("portal")
    if request.param == "sqlite":
        return settings_for(folder)
    server = request.getfixturevalue("postgres")
    return settings_for(folder, server.address(server.create()))


@pytest.fixture(scope="module")
def portal(chosen: Settings) -> Iterator[Server]:
    """A portal with these settings."""
    running = Server(
        chosen.data_dir,
        RECONNECT_SECRET=chosen.secret,
        RECONNECT_DATABASE_URL=chosen.database_address.replace("+psycopg", ""),
    ).wait()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def kept(chosen: Settings, portal: Server) -> Iterator[Stores]:
    """The same database, as another process sees it."""
    stores = Stores(chosen)
    yield stores
    stores.storage.close()


@pytest.fixture
def go(visit: Visit, portal: Server) -> Callable[[str], Page]:
    """Opens a page of this portal as a visitor in a browser of their own."""
    return lambda path: visit(path, at=portal)


def link_after(page: Page, lead: str) -> str:
    """The path of the link that is below these words."""
    shown = page.get_by_test_id("stCode").filter(has_text="/case?id=")
    order = ["Send this one", "Put this one", "Keep this one"]
    address = shown.nth(order.index(lead)).inner_text().strip()
    return "/case?" + address.split("/case?")[1]


def note_of(page: Page):
    return page.get_by_role("textbox", name="Write a note")


def test_support_makes_a_case_the_user_pastes_and_support_sees_it_while_typing(go):
    support = go("/new-case")
    support.get_by_role("textbox", name="What it is about").fill("Ticket 4711")
    support.get_by_role("button", name="Make an empty case").click()
    for_user = link_after(support, "Send this one")
    support.get_by_role("link", name="Open the case").click()
    expect(support.get_by_role("heading", name="Ticket 4711")).to_be_visible()
    assert "/case?id=" in support.url
    note_of(support).click()
    support.keyboard.type("Please also tell me whether")

    user = go(for_user)
    box = user.get_by_role("textbox", name="The error, or anything else from n8n")
    box.fill(SAMPLE)
    user.get_by_role("button", name="Find the cause").click()
    expect(user.get_by_text("What is kept:")).to_be_visible(timeout=SOON)
    expect(support.get_by_role("heading", name=CREDIT)).to_have_count(0)
    user.get_by_role("button", name="Put it into the case").click()
    expect(user.get_by_text("Added. Anyone who has the case open sees it now.")).to_be_visible(timeout=SOON)

    expect(support.get_by_role("heading", name=CREDIT)).to_be_visible(timeout=SOON)
    assert note_of(support).input_value() == "Please also tell me whether"
    assert note_of(support).evaluate("node => node === document.activeElement")
    support.keyboard.type(" it worked before.")
    support.get_by_role("button", name="Add the note").click()
    expect(user.get_by_text("Please also tell me whether it worked before.")).to_be_visible(timeout=SOON)


def test_a_tick_shows_on_the_other_side(go, kept):
    links = kept.cases.create("New key", now())
    kept.checklist.add(links.own, [("production", "Anthropic account")], now())
    support, user = go(f"/case?id={links.view}"), go(f"/case?id={links.contribute}")
    user.get_by_role("textbox", name="Your name").fill("Maria")
    user.keyboard.press("Enter")
    user.get_by_text("Key tested (row 1)").click()
    expect(support.get_by_role("cell", name="✓ Maria, ")).to_be_visible(timeout=SOON)
    item = kept.cases.look(links.view, now()).checklist[0]
    assert item.tick(ChecklistStep.TESTED).done_by == "Maria"


@ON_ONE
def test_a_reader_is_offered_no_change(go, kept):
    links = kept.cases.create("Only to read", now())
    kept.contributions.add_note(links.own, "A note.", now())
    page = go(f"/case?id={links.view}")
    expect(page.get_by_text("A note.")).to_be_visible()
    assert page.get_by_test_id("stMain").get_by_role("textbox").count() == 0
    assert page.get_by_test_id("stMain").get_by_role("checkbox").count() == 0
    buttons = page.get_by_test_id("stMain").get_by_role("button").all_inner_texts()
    assert all("Copy for a ticket" in each or "Download the case" in each for each in buttons if each.strip())


def test_a_frame_forged_from_a_contributors_changes_nothing_with_a_readers_link(visit, browser, portal, kept):
    """The very frame of a press on a button is sent again over a reader's socket, with the reader's link in it."""
    links = kept.cases.create("Forged", now())
    frames: list[bytes] = []
    writer = visit("/", at=portal)
    writer.on("websocket", lambda socket: socket.on("framesent", lambda sent: frames.append(sent)))
    writer.goto(f"{portal.url}/case?id={links.contribute}")
    writer.get_by_role("heading", name="Forged").wait_for()
    note_of(writer).fill("written with the right to")
    frames.clear()
    writer.get_by_role("button", name="Add the note").click()
    expect(writer.get_by_text("Added.")).to_be_visible(timeout=SOON)
    pressed = [frame for frame in frames if isinstance(frame, bytes) and b"written with the right to" in frame]
    assert pressed

    context = browser.new_context()
    context.add_init_script(
        "const Real = WebSocket; window.sockets = [];"
        "window.WebSocket = class extends Real { constructor(...all) { super(...all); window.sockets.push(this) } }"
    )
    reader = context.new_page()
    reader.goto(f"{portal.url}/case?id={links.view}")
    reader.get_by_role("heading", name="Forged").wait_for()
    settled(reader)
    before = kept.cases.look(links.own, now())
    for frame in pressed:
        forged = frame.replace(b"written with the right to", b"written without the right")
        for each in (forged, forged.replace(links.contribute.encode(), links.view.encode())):
            if links.contribute.encode() in each:  # that would be the contributor's own right, not a forgery
                continue
            reader.evaluate("bytes => window.sockets.at(-1).send(new Uint8Array(bytes))", list(each))
    reader.wait_for_timeout(1_500)
    settled(reader)
    context.close()
    after = kept.cases.look(links.own, now())
    assert (after.revision, after.notes, after.status) == (before.revision, before.notes, before.status)
    assert [note.words for note in after.notes] == ["written with the right to"]


def test_a_withdrawn_link_ends_on_a_page_that_is_open(go, kept):
    links = kept.cases.create("Withdrawn", now())
    reader, writer = go(f"/case?id={links.view}"), go(f"/case?id={links.contribute}")
    note_of(writer).fill("half a note")
    kept.cases.revoke(links.own, Right.VIEW, now())
    kept.cases.revoke(links.own, Right.CONTRIBUTE, now())
    expect(reader.get_by_text(NOTHING)).to_be_visible(timeout=SOON)
    expect(writer.get_by_text("Copy what you typed before you leave the page.")).to_be_visible(timeout=SOON)
    assert note_of(writer).input_value() == "half a note"
    writer.get_by_role("button", name="Add the note").click()
    expect(writer.get_by_text(NOTHING)).to_be_visible(timeout=SOON)
    expect(writer.get_by_text("half a note")).to_be_visible()


@ON_ONE
def test_the_owner_deletes_and_it_is_gone(go, kept):
    links = kept.cases.create("To be deleted", now())
    owner = go(f"/case?id={links.own}")
    expand(owner, "Links, expiry and deletion")
    owner.get_by_text("I am sure that nobody needs this case any more").click()
    owner.get_by_role("button", name="Delete the case for good").click()
    expect(owner.get_by_text("The case is deleted, with everything in it.")).to_be_visible(timeout=SOON)
    with pytest.raises(NotFound):
        kept.cases.look(links.view, now())


@ON_ONE
def test_the_headers_keep_the_link_to_itself(portal, kept):
    links = kept.cases.create("Headers", now())
    headers = httpx.get(f"{portal.url}/case?id={links.view}").headers
    assert headers["x-robots-tag"].startswith("noindex")
    assert headers["referrer-policy"] == "no-referrer"


@ON_ONE
def test_no_link_gets_into_the_log(go, portal, kept):
    links = kept.cases.create("Quiet", now())
    page = go(f"/case?id={links.own}")
    expect(page.get_by_role("heading", name="Quiet")).to_be_visible()
    go("/case?id=guessed-and-wrong-000")
    log = portal.log.read_text()
    assert links.own not in log
    assert "guessed-and-wrong" not in log


@pytest.mark.parametrize("mode", ["uvicorn", "streamlit"])
def test_a_link_opens_in_a_process_that_nobody_has_visited(visit, tmp_path: Path, mode: str):
    stores = Stores(settings_for(tmp_path))
    links = stores.cases.create("Cold", now())
    stores.storage.close()
    server = Server(tmp_path, mode, RECONNECT_SECRET=SECRET).wait()
    try:
        page = visit(f"/case?id={links.view}", at=server)
        expect(page.get_by_role("heading", name="Cold")).to_be_visible()
        expect(page).to_have_title("Case · Reconnect")
        expect(page.get_by_test_id("stSidebarNavLink").filter(has_text="New case")).to_be_visible()
        expect(page.get_by_test_id("stSidebarNavLink").filter(has_text="Case").first).not_to_have_text("Case")
    finally:
        server.stop()


@ON_ONE
@pytest.mark.parametrize("width", [390, 320])
def test_a_narrow_screen_never_scrolls_sideways(visit, portal, kept, width):
    links = kept.cases.create("w" * 120, now())
    kept.contributions.add_note(links.own, "w" * 500, now(), author="w" * 100)
    kept.checklist.add(links.own, [("w" * 100, "w" * 100)], now())
    page = visit(f"/case?id={links.own}", at=portal, width=width)
    content = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert content <= width


@ON_ONE
def test_on_paper_there_is_the_document_alone(go, kept):
    links = kept.cases.create("Paper", now())
    page = go(f"/case?id={links.view}&form=print")
    page.emulate_media(media="print")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_text("Back to the case")).to_be_hidden()
    expect(page.get_by_role("heading", name="Paper")).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Back to the case").click()
    expect(page.get_by_role("button", name="Download the case").first).to_be_visible(timeout=SOON)
    assert "form=print" not in page.url


def test_a_rolling_restart_keeps_the_page_and_what_is_being_typed(browser, tmp_path: Path):
    stores = Stores(settings_for(tmp_path))
    links = stores.cases.create("Rolling", now())
    secrets = {"RECONNECT_SECRET": SECRET, "STREAMLIT_SERVER_COOKIE_SECRET": "one for both"}
    first, second = Server(tmp_path, **secrets).wait(), Server(tmp_path, **secrets).wait()
    context = browser.new_context()
    with Balancer([first.port, second.port]) as balancer:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{balancer.port}/case?id={links.contribute}")
        page.get_by_role("heading", name="Rolling").wait_for()
        note_of(page).click()
        page.keyboard.type("half a note")
        first.stop()
        stores.contributions.add_note(links.own, "From the other side.", now())
        expect(page.get_by_text("From the other side.")).to_be_visible(timeout=2 * SOON)  # drawn by the second
        assert note_of(page).input_value() == "half a note"
        page.get_by_role("button", name="Add the note").click()
        expect(page.get_by_text("Added.")).to_be_visible(timeout=SOON)
    context.close()
    second.stop()
    assert [each.words for each in stores.cases.look(links.own, now()).notes] == ["From the other side.", "half a note"]
    stores.storage.close()


def outline(page: Page) -> str:
    """The outline of what has the keyboard's focus."""
    return page.evaluate("getComputedStyle(document.activeElement).outline")


@ON_ONE
def test_a_link_that_the_keyboard_reaches_shows_it(go):
    page = go("/case?id=guessed")
    for name in ("stSidebarNavLink", "stPageLink-NavLink"):
        page.keyboard.press("Tab")  # so that the browser takes the next focus for the keyboard's
        page.get_by_test_id(name).first.focus()
        assert "solid 3px" in outline(page), name


@ON_ONE
def test_no_name_of_a_fact_is_broken_on_a_phone(visit, portal, kept):
    links = kept.cases.create("Ticket", now())
    long = {"answered_by": "anthropic", "host": "h" * 200, "request_id": "r" * 200}
    kept.contributions.add_diagnosis(links.own, msgspec.structs.replace(FACTS, **long), now())
    kept.checklist.add(links.own, [("w" * 100, "w" * 100)], now())
    page = visit(f"/case?id={links.view}", at=portal, width=360)
    page.get_by_text("Facts for the engineer").click()
    heads = page.locator("details th[scope=row]")
    expect(heads.filter(has_text="Who answered")).to_be_visible()
    lines = heads.evaluate_all(
        "all => all.map(each => { const range = document.createRange();"
        "range.selectNodeContents(each); return [each.textContent, range.getClientRects().length] })"
    )
    assert [name for name, count in lines if count > name.count(" ") + 1] == []  # no more lines than words
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 360
