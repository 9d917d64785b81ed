"""The page that makes cases: of a finding, of a saved case, empty; and what it says where nothing can be kept."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import settings
from core.storage import Stores, stores
from core.storage.cases.case import CaseLinks
from core.storage.errors import Damaged
from core.storage.limits import CASES_AN_HOUR, HOUR, Scope, limits_for
from core.text import case_file
from pages.parts.case import open_case
from pages.parts.links import PortalPage
from tests.pages.live import open_page
from tests.pages.seen import links, markup, texts, visit
from tests.paths import ROOT

SAMPLE = (ROOT / "pages/samples/bad_request.json").read_text()
NEW_CASE = PortalPage.NEW_CASE.file
CREDIT = "The Anthropic account has run out of credit"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def portal(patch: pytest.MonkeyPatch, folder: Path, **more: str) -> Stores:
    for name, value in {"RECONNECT_DATA_DIR": str(folder), **more}.items():
        patch.setenv(name, value)
    settings.cache_clear()
    return stores(settings())


@pytest.fixture(autouse=True)
def _settings_of_the_test() -> Iterator[None]:
    yield
    stores(settings()).storage.close()
    stores.cache_clear()
    settings.cache_clear()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    return portal(monkeypatch, tmp_path, RECONNECT_BASE_URL="https://help.example.com")


def press(page: AppTest, label: str) -> AppTest:
    next(each for each in page.button if each.label == label).click()
    return page.run()


def shared() -> AppTest:
    """Somebody pastes an error on Diagnose and presses Share."""
    page = visit()
    page.text_area("diagnose_box").set_value(SAMPLE).run()
    page.button("share-0").click().run()
    assert [title.value for title in page.title] == ["New case"]
    return page.switch_page(NEW_CASE)  # AppTest does not follow a switch that the script made


def made_links(page: AppTest) -> CaseLinks:
    """The three links that the page shows, read from what is there to be copied."""
    shown = [each.value for each in page.code if each.value.startswith("https://help.example.com/case?id=")]
    contribute, view, own = (each.split("id=")[1] for each in shown)
    return CaseLinks(view=view, contribute=contribute, own=own)


def test_a_finding_becomes_a_case_after_a_preview(kept: Stores):
    page = shared()
    text = " ".join(texts(page))
    assert CREDIT in text
    assert "What is kept:" in text
    page.text_input("new_case_title").set_value("Ticket 4711").run()
    page = press(page, "Make the case")
    case = kept.cases.look(made_links(page).view, now())
    assert case.title == "Ticket 4711"
    assert [(each.facts.cause, each.excerpt) for each in case.diagnoses] == [("credit_exhausted", None)]
    assert "case_shared" not in page.session_state


def test_the_text_goes_along_when_the_person_agrees(kept: Stores):
    page = shared()
    page.run()
    page.checkbox("new_case_agreed").check().run()
    case = kept.cases.look(made_links(press(page, "Make the case")).view, now())
    assert "credit balance is too low" in case.diagnoses[0].excerpt


def test_each_link_allows_what_its_label_names(kept: Stores):
    made = made_links(press(open_page(NEW_CASE), "Make an empty case"))
    rights = {each: kept.cases.look(getattr(made, each), now()).right.value for each in ("view", "contribute", "own")}
    assert rights == {"view": "view", "contribute": "contribute", "own": "own"}


def test_the_ticket_text_of_a_new_case_carries_the_view_link_alone(kept: Stores):
    page = press(shared().run(), "Make the case")
    made = made_links(page)
    text = next(each.value for each in page.code if "Facts for the engineer" in each.value)
    assert f"https://help.example.com/case?id={made.view}" in text
    assert made.own not in text
    assert made.contribute not in text


def test_the_links_stay_until_the_person_goes_on(kept: Stores):
    page = press(open_page(NEW_CASE), "Make an empty case")
    made = made_links(page)
    assert made_links(page.run()) == made
    assert links(page)["Open the case"] == f"id={made.own}"
    page = press(page, "Make another case")
    assert not page.code


def test_the_time_that_it_is_kept_can_be_chosen(kept: Stores):
    page = open_page(NEW_CASE)
    page.selectbox("new_case_days").set_value("7 days").run()
    case = kept.cases.look(made_links(press(page, "Make an empty case")).own, now())
    assert dt.timedelta(days=6) < case.expires_at - now() <= dt.timedelta(days=7)


def test_a_finding_goes_into_the_case_that_is_open(kept: Stores):
    made = kept.cases.create("Ticket 4711", now())
    page = shared()
    page.session_state[open_case.LAST] = made.contribute
    page = press(page.run(), "Put it into the case that I have open")
    assert kept.cases.look(made.own, now()).diagnoses[0].facts.cause == "credit_exhausted"
    assert links(page)["Open the case"] == f"id={made.contribute}"
    assert not [each for each in page.code if "case?id=" in each.value]


def test_a_case_that_may_only_be_read_is_not_offered(kept: Stores):
    page = shared()
    page.session_state[open_case.LAST] = kept.cases.create("Ticket 4711", now()).view
    assert "Put it into the case that I have open" not in [each.label for each in page.run().button]


def test_what_is_shared_can_be_left_out(kept: Stores):
    page = press(shared().run(), "Leave it out")
    assert "Make an empty case" in [each.label for each in page.button]


class TestSavedCases:
    def test_a_saved_case_becomes_a_new_one(self, kept: Stores):
        old = kept.cases.create("Ticket 4711", now())
        kept.contributions.add_note(old.own, "I set the new key.", now(), author="Maria")
        saved = case_file.bundle(kept.cases.look(old.own, now()), now())
        page = open_page(NEW_CASE)
        page.file_uploader[0].upload("reconnect-case.json", saved).run()
        case = kept.cases.look(made_links(page).view, now())
        assert (case.title, case.notes[0].words) == ("Ticket 4711", "I set the new key.")

    @pytest.mark.parametrize("data", [b"", b"\x89PNG", b"{}", b'{"format": "reconnect-case", "version": 1}'])
    def test_what_is_none_is_refused_in_a_sentence(self, kept: Stores, data: bytes):
        page = open_page(NEW_CASE)
        page.file_uploader[0].upload("case.json", data).run()
        assert not page.exception
        assert len(page.error) == 1
        assert page.error[0].value.startswith(("This file is not a case", "This case is damaged"))
        assert page.file_uploader[0].value is None


class TestWithoutADatabase:
    @pytest.fixture
    def _no_database(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        portal(monkeypatch, tmp_path, RECONNECT_DATABASE_URL="sqlite:////no/such/folder/x.db")

    @pytest.mark.usefixtures("_no_database")
    def test_the_page_says_what_cannot_be_kept(self):
        page = open_page(NEW_CASE)
        assert "So no case can be made now." in page.warning[0].value
        assert next(each for each in page.button if each.label == "Make an empty case").disabled

    @pytest.mark.usefixtures("_no_database")
    def test_what_was_typed_stays(self):
        page = open_page(NEW_CASE)
        page.text_input("new_case_title").set_value("Ticket 4711").run()
        assert page.text_input("new_case_title").value == "Ticket 4711"

    @pytest.mark.usefixtures("_no_database")
    def test_diagnosis_and_ticket_text_still_work(self):
        page = visit()
        page.text_area("diagnose_box").set_value(SAMPLE).run()
        assert CREDIT in markup(page)
        assert any("Facts for the engineer" in each.value for each in page.code)

    def test_a_database_that_goes_in_between_costs_nothing_typed(self, kept: Stores, tmp_path: Path):
        page = open_page(NEW_CASE)
        page.text_input("new_case_title").set_value("Ticket 4711").run()
        kept.storage.close()
        for each in tmp_path.glob("reconnect.db*"):
            each.unlink()
        (tmp_path / "reconnect.db").write_bytes(b"This is a letter, not a database. " * 40)
        page = press(page, "Make an empty case")
        assert page.error[0].value == Damaged.sentence
        assert page.text_input("new_case_title").value == "Ticket 4711"


def test_nobody_fills_the_disk_with_cases(kept: Stores):
    most = CASES_AN_HOUR[Scope.GLOBAL]
    assert kept.limits.take(limits_for("case", {Scope.GLOBAL: most}, HOUR, {}), now(), uses=most).allowed
    page = press(open_page(NEW_CASE), "Make an empty case")
    assert page.error[0].value.startswith("Many cases were made here in a short time.")
