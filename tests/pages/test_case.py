"""The case page for each right, in each state, and with a database that goes away while somebody types."""

import datetime as dt
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from core.n8n.choices import DEFAULT_MODEL
from core.settings import settings
from core.storage import Stores, clock, engine, stores
from core.storage.cases.case import Case, CaseLinks, ChecklistStep, Right, Status
from core.storage.errors import Damaged, DiskFull, Locked, NotAllowed, NotFound, ReadOnly
from core.storage.kept_facts import KeptFacts
from core.text import case_file
from tests.pages.seen import links, markup, texts, visit
from tests.paths import ROOT
from tests.reading_grade import reading_grade
from tests.storage.samples import access_facts
from tests.storage.test_faults import only_readable

SAMPLE = (ROOT / "pages/samples/bad_request.json").read_text()
CREDIT = "The Anthropic account has run out of credit"
FACTS = KeptFacts(cause="retired_model", certainty="certain", key_verdict="good", status=404, model="claude-2.1")
DAY = dt.timedelta(days=1)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder in a path that another user may walk, as the read-only test needs."""
    made = Path(tempfile.mkdtemp(prefix="portal"))
    yield made
    made.chmod(0o755)
    shutil.rmtree(made)


@pytest.fixture
def kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    """The stores of this portal, in a data folder of their own."""
    monkeypatch.setattr(engine, "WAIT_SECONDS", 0.3)
    monkeypatch.setenv("RECONNECT_DATA_DIR", str(folder))
    monkeypatch.setenv("RECONNECT_SECRET", "a secret for tests")
    settings.cache_clear()
    yield stores(settings())
    stores(settings()).storage.close()
    stores.cache_clear()
    settings.cache_clear()


@pytest.fixture
def case(kept: Stores) -> CaseLinks:
    return kept.cases.create("Ticket 4711", now())


@pytest.fixture
def full(kept: Stores, case: CaseLinks) -> CaseLinks:
    """A case with something of everything."""
    notebook = kept.notebooks.create(now())
    kept.contributions.add_diagnosis(case.own, FACTS, now(), excerpt="404 not_found_error model: claude-2.1")
    kept.contributions.add_results(case.own, kept.notebooks.add(notebook, [access_facts()], now()), now())
    kept.contributions.add_node(case.own, "clipboard", '{"nodes": []}', now(), model="claude-sonnet-5")
    kept.contributions.add_note(case.own, "I set the new key.", now(), author="Maria")
    kept.checklist.add(case.own, [("production", "Anthropic account")], now())
    return case


def opened(link: str, **more: str) -> AppTest:
    return visit("case", id=link, **more)


def field(page: AppTest, kind: str, name: str):
    """The widget of a case whose key begins with a name."""
    return next(each for each in getattr(page, kind) if each.key and each.key.startswith(f"case_{name}_"))


def press(page: AppTest, label: str) -> AppTest:
    next(each for each in page.button if each.label == label).click()
    return page.run()


def labels(page: AppTest) -> list[str]:
    return [each.label for each in page.button]


def popovers(page: AppTest) -> list[str]:
    return [each.proto.popover.label for each in page.get("popover")]


def errors(page: AppTest) -> list[str]:
    assert not page.exception
    return [each.value for each in page.error]


def state(kept: Stores, made: CaseLinks) -> Case:
    return kept.cases.look(made.own, now())


class TestDeadLinks:
    def dead(self, kept: Stores) -> Iterator[str]:
        expired = kept.cases.create("Ticket", now() - 2 * DAY, lifetime=DAY)
        good = kept.cases.create("Ticket", now()).contribute
        withdrawn, deleted = kept.cases.create("Ticket", now()), kept.cases.create("Ticket", now())
        kept.cases.revoke(withdrawn.own, Right.VIEW, now())
        kept.cases.delete(deleted.own, now())
        yield from (withdrawn.view, deleted.own, expired.view, good.swapcase(), good[:-1], f"{good}=", "guessed", "")
        yield from ("' OR 1=1 --", "../../etc/passwd", "![x](https://evil.example/x.png)", "x" * 5_000)

    def test_every_dead_link_gives_the_same_plain_page(self, kept: Stores):
        pages = [opened(link) for link in self.dead(kept)]
        assert (
            len({(tuple(texts(page)), tuple(labels(page)), tuple(i.value for i in page.info)) for page in pages}) == 1
        )
        assert pages[0].info[0].value == NotFound.sentence
        assert list(links(pages[0])) == ["New case", "Find the cause of an error"]
        assert not any(page.text_area or page.text_input for page in pages)

    def test_the_printable_page_of_a_dead_link_is_the_same(self, kept: Stores):
        assert texts(opened("guessed", form="print")) == texts(opened("guessed"))


class TestRights:
    def test_with_a_view_link_everything_can_be_read_and_nothing_changed(self, full: CaseLinks):
        page = opened(full.view)
        text = " ".join(texts(page))
        assert "Ticket 4711" in text
        assert "With this link you can read the case." in text
        assert "This Claude model has been retired" in text
        assert "Production key #0f0f0f" in text
        assert labels(page) == []
        assert [*page.text_area, *page.text_input, *page.checkbox, *page.selectbox] == []
        assert all(full_link not in markup(page) for full_link in (full.own, full.contribute))

    def test_with_a_contribute_link_one_adds_and_does_not_own(self, full: CaseLinks):
        page = opened(full.contribute)
        assert {"Find the cause", "Add the note", "Put on the list"} <= set(labels(page))
        assert not any("Delete" in label or "Withdraw" in label for label in labels(page))

    def test_the_owner_sees_the_log_and_can_end_it(self, full: CaseLinks):
        opened(full.view)
        page = opened(full.own)
        assert "Delete the case for good" in labels(page)
        assert "What was done with each link" in markup(page)
        assert "to read" in markup(page)

    @pytest.mark.parametrize("link", ["view", "guessed"])
    def test_a_session_that_thinks_it_owns_the_case_still_changes_nothing(
        self, kept: Stores, full: CaseLinks, link: str
    ):
        """As a forged frame would: the widgets and callbacks of an owner, the link of a reader."""
        before = state(kept, full)
        mine, box = kept.cases.create("Mine", now()), "not a case of mine"
        for label in ("Add the note", "Put on the list", "Withdraw the link to read", "Delete the case for good"):
            page = opened(mine.own)
            field(page, "text_area", "note").set_value(box)
            field(page, "text_area", "credentials").set_value("key")
            field(page, "multiselect", "environments").set_value(["dev"])
            field(page, "checkbox", "sure").check()
            page.run()
            page.query_params["id"] = getattr(full, link, link)
            press(page, label)
            assert not page.exception
        after = state(kept, full)
        assert (after.revision, after.notes, after.checklist) == (before.revision, before.notes, before.checklist)

    @pytest.mark.parametrize("named", ["add_note", "put_in", "add_results", "plan_add", "delete", "set_expiry"])
    def test_no_button_of_another_right_is_there_to_be_forged(self, full: CaseLinks, named: str):
        keys = [each.key for each in opened(full.view).button]
        assert not any(key.startswith(f"case_{named}_") for key in keys)

    def test_a_change_with_a_view_link_is_refused_by_the_page_in_a_sentence(self, kept: Stores, full: CaseLinks):
        page = opened(full.contribute)
        field(page, "text_area", "note").set_value("mine").run()
        page.query_params["id"] = full.view
        press(page, "Add the note")
        assert errors(page) == [NotAllowed.sentence]
        assert [note.words for note in state(kept, full).notes] == ["I set the new key."]


class TestPaste:
    def found(self, link: str) -> AppTest:
        page = opened(link)
        field(page, "text_area", "box").set_value(SAMPLE)
        return page.run()

    def test_a_paste_is_shown_before_it_is_kept(self, kept: Stores, case: CaseLinks):
        page = self.found(case.contribute)
        text = " ".join(texts(page))
        assert CREDIT in text
        assert "What is kept:" in text
        assert "E-mail addresses, IP addresses and host names are not" in text
        assert state(kept, case).diagnoses == ()

    def test_without_agreeing_only_facts_are_kept(self, kept: Stores, case: CaseLinks):
        page = press(self.found(case.contribute), "Put it into the case")
        assert [each.value for each in page.success] == ["Added. Anyone who has the case open sees it now."]
        (kept_one,) = state(kept, case).diagnoses
        assert (kept_one.facts.cause, kept_one.facts.request_id) == ("credit_exhausted", "req_011C5Ngy0fJAPZfefppPUoQc")
        assert kept_one.excerpt is None
        assert field(page, "text_area", "box").value == ""
        assert CREDIT in " ".join(texts(page))

    def test_the_text_is_kept_when_the_person_agrees(self, kept: Stores, case: CaseLinks):
        page = self.found(case.contribute)
        field(page, "checkbox", "agreed").check().run()
        page = press(page, "Put it into the case")
        assert "credit balance is too low" in state(kept, case).diagnoses[0].excerpt
        press(page, "Take this text out of the case")
        assert state(kept, case).diagnoses[0].excerpt is None

    def test_the_agreement_is_asked_for_each_time(self, case: CaseLinks):
        page = self.found(case.contribute)
        field(page, "checkbox", "agreed").check().run()
        page = press(page, "Put it into the case")
        field(page, "text_area", "box").set_value(SAMPLE).run()
        assert field(page, "checkbox", "agreed").value is False

    def test_a_key_in_the_paste_is_never_kept(self, kept: Stores, case: CaseLinks, fake_key):
        page = opened(case.contribute)
        field(page, "text_area", "box").set_value(f"401 invalid x-api-key\nx-api-key: {fake_key()}").run()
        field(page, "checkbox", "agreed").check().run()
        press(page, "Put it into the case")
        assert state(kept, case).diagnoses
        assert fake_key()[14:40] not in repr(state(kept, case))

    def test_a_pasted_key_is_hidden_in_the_box_too(self, case: CaseLinks, fake_key):
        page = opened(case.contribute)
        field(page, "text_area", "box").set_value(f"401 invalid x-api-key\nx-api-key: {fake_key()}").run()
        said = field(page, "text_area", "box").value
        assert re.fullmatch(r"401 invalid x-api-key\nx-api-key: \[Anthropic API key #\w{6}\]", said)
        assert fake_key()[14:40] not in repr(page.session_state._state.filtered_state)

    def test_a_paste_without_a_secret_stays_in_the_box_as_it_was(self, case: CaseLinks):
        assert field(self.found(case.contribute), "text_area", "box").value == SAMPLE

    def test_the_host_is_named_only_where_one_is_kept(self, case: CaseLinks):
        page = opened(case.contribute)
        for text, has_host in (("529 Overloaded", False), ("curl https://api.anthropic.com/v1/messages\n404", True)):
            field(page, "text_area", "box").set_value(text).run()
            said = " ".join(texts(page))
            assert ("Address called" in said or "Host" in said) is has_host
            assert ("The host that was called is among them." in said) is has_host

    def test_discarding_keeps_nothing(self, kept: Stores, case: CaseLinks):
        page = press(self.found(case.contribute), "Discard")
        assert field(page, "text_area", "box").value == ""
        assert state(kept, case).diagnoses == ()

    def test_an_empty_box_is_answered(self, case: CaseLinks):
        assert errors(press(opened(case.contribute), "Find the cause")) == [
            "The box is empty. Copy the error from n8n and paste it here."
        ]

    def test_an_upload_is_read_and_dropped(self, case: CaseLinks):
        page = opened(case.contribute)
        page.file_uploader[0].upload("run.json", SAMPLE.encode()).run()
        assert CREDIT in " ".join(texts(page))
        assert page.file_uploader[0].value is None


class TestWork:
    def test_a_note_carries_the_name(self, kept: Stores, case: CaseLinks):
        page = opened(case.contribute)
        page.text_input("case_name").set_value("Maria")
        field(page, "text_area", "note").set_value("I set the new key.").run()
        page = press(page, "Add the note")
        assert [(note.author, note.words) for note in state(kept, case).notes] == [("Maria", "I set the new key.")]
        assert field(page, "text_area", "note").value == ""

    def test_the_owner_deletes_a_note(self, kept: Stores, full: CaseLinks):
        page = opened(full.own)
        assert "Delete this note" in popovers(page)  # which asks first
        press(page, "Yes, delete")
        assert state(kept, full).notes == ()

    def test_the_status_is_changed(self, kept: Stores, case: CaseLinks):
        field(opened(case.contribute), "selectbox", "status").set_value(Status.FIXED).run()
        assert state(kept, case).status is Status.FIXED

    def test_a_status_that_somebody_else_changed_is_not_overwritten(self, kept: Stores, case: CaseLinks):
        page = opened(case.contribute)
        kept.cases.set_status(case.own, Status.NEEDS_ANTHROPIC, now(), seen=Status.OPEN)
        field(page, "selectbox", "status").set_value(Status.FIXED).run()
        assert "Somebody else changed this in the meantime." in errors(page)[0]
        assert state(kept, case).status is Status.NEEDS_ANTHROPIC
        assert field(page, "selectbox", "status").value is Status.NEEDS_ANTHROPIC

    def test_the_title_is_changed(self, kept: Stores, case: CaseLinks):
        page = opened(case.contribute)
        field(page, "text_input", "title").set_value("Ticket 4712").run()
        assert state(kept, case).title == "Ticket 4712"
        assert "Ticket 4712" in markup(page)

    def test_a_title_that_somebody_else_changed_is_not_overwritten(self, kept: Stores, case: CaseLinks):
        page = opened(case.contribute)
        kept.cases.rename(case.own, "Ticket 4713", now(), seen="Ticket 4711")
        field(page, "text_input", "title").set_value("Ticket 4712").run()
        assert "Somebody else changed this in the meantime." in errors(page)[0]
        assert state(kept, case).title == "Ticket 4713"

    def test_results_are_chosen_from_a_notebook_and_its_link_stays_out(self, kept: Stores, case: CaseLinks):
        notebook = kept.notebooks.create(now())
        kept.notebooks.add(notebook, [access_facts(), access_facts(model="claude-2.1")], now())
        page = opened(case.contribute)
        field(page, "text_input", "notebook").set_value(f"https://help.example.com/access?id={notebook}").run()
        field(page, "multiselect", "rows").set_value([1]).run()
        press(page, "Put these rows in")
        assert len(state(kept, case).results) == 1
        assert notebook not in repr(state(kept, case))

    def test_a_notebook_that_is_none_is_answered(self, case: CaseLinks):
        page = opened(case.contribute)
        field(page, "text_input", "notebook").set_value("guessed").run()
        assert "There is no notebook behind this link." in errors(page)[0]

    def test_the_node_starts_with_the_model_that_the_portal_proposes(self, case: CaseLinks):
        assert field(opened(case.contribute), "selectbox", "node_model").value == DEFAULT_MODEL

    def test_a_node_is_generated_into_the_case(self, kept: Stores, case: CaseLinks):
        press(opened(case.contribute), "Put it in")
        (node,) = state(kept, case).nodes
        assert node.kind == "clipboard"
        assert '"nodes"' in node.content

    def test_every_kind_of_node_goes_with_every_model(self, kept: Stores, case: CaseLinks):
        page = opened(case.contribute)
        for model in field(page, "selectbox", "node_model").options[:3]:
            field(page, "selectbox", "node_model").set_value(model)
        kinds = field(page, "selectbox", "node_kind").options
        for kind in kinds:
            field(page, "selectbox", "node_kind").set_value(kind).run()
            press(page, "Put it in")
            assert errors(page) == []
        assert len(state(kept, case).nodes) == len(kinds)


class TestChecklist:
    def planned(self, link: str) -> AppTest:
        page = opened(link)
        field(page, "multiselect", "environments").set_value(["staging", "production"])
        field(page, "text_area", "credentials").set_value("Anthropic account\n\n Second one ").run()
        return press(page, "Put on the list")

    def test_every_environment_meets_every_credential(self, kept: Stores, case: CaseLinks):
        page = self.planned(case.contribute)
        assert [(item.environment, item.credential) for item in state(kept, case).checklist] == [
            ("staging", "Anthropic account"),
            ("staging", "Second one"),
            ("production", "Anthropic account"),
            ("production", "Second one"),
        ]
        text = " ".join(texts(page))
        assert "12 steps left. Keep the old key until every step is done." in text
        assert "Another workspace can have other models" in text
        assert "Test the new key" in links(page)

    def test_a_tick_says_who_and_when_and_can_be_taken_back(self, kept: Stores, case: CaseLinks):
        page = self.planned(case.contribute)
        page.text_input("case_name").set_value("Jo").run()
        next(box for box in page.checkbox if box.label == "Key tested (row 1)").check().run()
        tick = state(kept, case).checklist[0].tick(ChecklistStep.TESTED)
        assert tick.done_by == "Jo"
        assert "✓ Jo, " in markup(page)
        next(box for box in page.checkbox if box.label == "Key tested (row 1)").uncheck().run()
        assert state(kept, case).checklist[0].tick(ChecklistStep.TESTED) is None

    def test_a_tick_that_somebody_else_made_is_not_taken_over(self, kept: Stores, case: CaseLinks):
        page = self.planned(case.contribute)
        item = state(kept, case).checklist[0].id
        kept.checklist.tick(case.own, item, ChecklistStep.TESTED, now(), by="Maria")
        next(box for box in page.checkbox if box.label == "Key tested (row 1)").check().run()
        assert "Somebody else changed this" in errors(page)[0]
        assert state(kept, case).checklist[0].tick(ChecklistStep.TESTED).done_by == "Maria"
        assert next(box for box in page.checkbox if box.label == "Key tested (row 1)").value is True

    def test_when_all_is_green_the_old_key_may_go(self, kept: Stores, full: CaseLinks):
        for step in ChecklistStep:
            kept.checklist.tick(full.own, state(kept, full).checklist[0].id, step, now(), by="Jo")
        assert "It can be disabled now." in " ".join(texts(opened(full.view)))

    def test_the_models_of_the_case_are_reminded_of_with_their_dates(self, full: CaseLinks):
        assert "claude-2.1: retired on" in " ".join(texts(opened(full.view)))

    def test_a_row_can_be_taken_off(self, kept: Stores, full: CaseLinks):
        page = opened(full.contribute)
        assert "Remove this row" in popovers(page)  # which asks first
        press(page, "Yes, remove")
        assert state(kept, full).checklist == ()

    def test_the_name_is_asked_for_above_what_needs_it(self, full: CaseLinks):
        drawn = [(each.type, each.key or "") for each in opened(full.contribute).main if hasattr(each, "key")]
        order = [key for _, key in drawn]
        ticks = [at for at, key in enumerate(order) if key.startswith("case-tick-")]
        assert order.index("case_name") < min(ticks)

    def test_a_plan_without_names_is_answered(self, case: CaseLinks):
        page = press(opened(case.contribute), "Put on the list")
        assert errors(page) == ["Choose at least one environment, and write at least one credential's name."]


class TestOwner:
    def test_the_end_can_be_moved(self, kept: Stores, case: CaseLinks):
        page = opened(case.own)
        field(page, "selectbox", "days").set_value(365).run()
        press(page, "Change the end")
        assert state(kept, case).expires_at - now() > 364 * DAY

    def test_a_withdrawn_link_ends_at_once(self, kept: Stores, case: CaseLinks):
        reader = opened(case.view)
        press(opened(case.own), "Withdraw the link to read")
        assert [each.value for each in reader.run().info] == [NotFound.sentence]

    def test_a_new_link_is_shown_until_it_is_put_away(self, case: CaseLinks):
        page = press(opened(case.own), "Renew the link to read")
        (shown,) = [each.value for each in page.code if "/case?id=" in each.value and len(each.value) < 200]
        assert opened(shown.split("id=")[1]).title[0].value == "Case"
        assert any(shown in each.value and "Facts for the engineer" in each.value for each in page.code)
        page = press(page, "I have copied it")
        assert not [each for each in page.code if each.value == shown]

    def test_deleting_asks_first_and_is_final(self, kept: Stores, full: CaseLinks):
        page = opened(full.own)
        assert next(each for each in page.button if each.label == "Delete the case for good").disabled
        field(page, "checkbox", "sure").check().run()
        page = press(page, "Delete the case for good")
        assert [each.value for each in page.success] == ["The case is deleted, with everything in it."]
        assert [each.value for each in opened(full.own).info] == [NotFound.sentence]
        with pytest.raises(NotFound):
            kept.cases.look(full.view, now())


class TestTakeAway:
    def test_a_reader_gets_ticket_text_with_the_link_it_came_by(self, full: CaseLinks):
        text = next(each.value for each in opened(full.view).code if "Facts for the engineer" in each.value)
        assert text.startswith("This Claude model has been retired")
        assert f"/case?id={full.view}" in text

    def test_the_owners_ticket_text_never_carries_a_stronger_link(self, full: CaseLinks):
        for link in (full.own, full.contribute):
            text = next(each.value for each in opened(link).code if "Facts for the engineer" in each.value)
            assert link not in text
            assert "case?id=" not in text

    def test_the_form_can_be_markdown(self, full: CaseLinks):
        page = opened(full.view)
        page.radio("case_ticket_form").set_value("Markdown").run()
        assert any("**Facts for the engineer**" in each.value for each in page.code)

    def test_the_printable_page_is_a_document_without_controls(self, full: CaseLinks):
        page = opened(full.view, form="print")
        text = " ".join(texts(page))
        assert "This Claude model has been retired" in text
        assert "keep the old key" in text.lower()
        assert [*page.button, *page.expander, *page.text_area, *page.checkbox] == []
        assert list(links(page)) == ["Back to the case"]

    def test_a_saved_case_is_the_case(self, kept: Stores, full: CaseLinks):
        assert case_file.parse(case_file.bundle(state(kept, full), now())).title == "Ticket 4711"


class TestStrangersText:
    def test_markup_in_a_case_is_escaped(self, kept: Stores, case: CaseLinks):
        hostile = "<img src=x> ![x](https://evil.example/x.png) :material/home:"
        kept.cases.rename(case.own, hostile, now(), seen="Ticket 4711")
        kept.contributions.add_note(case.own, hostile, now(), author=hostile)
        kept.checklist.add(case.own, [(hostile, hostile)], now())
        for link in (case.view, case.own):
            page = opened(link)
            assert "<img" not in markup(page)
            labelled = [
                each.label for kind in ("button", "checkbox", "expander", "selectbox") for each in getattr(page, kind)
            ]
            spoken = [each.value for kind in ("markdown", "info", "warning", "success") for each in getattr(page, kind)]
            assert not [each for each in (*labelled, *spoken) if "evil.example" in each]


class TestFaults:
    """The database goes while somebody types: one clear sentence, and what was typed is still there."""

    @pytest.fixture
    def page(self, case: CaseLinks) -> AppTest:
        page = opened(case.contribute)
        field(page, "text_area", "note").set_value("half a note").run()
        return page

    def refuses(self, page: AppTest, sentence: str) -> None:
        press(page, "Add the note")
        assert not page.exception
        said = [each.value for each in (*page.error, *page.warning)]
        assert any(sentence in each for each in said), said
        assert field(page, "text_area", "note").value == "half a note"

    def goes_on(self, page: AppTest, kept: Stores, made: CaseLinks) -> None:
        page.run()
        press(page, "Add the note")
        assert [note.words for note in state(kept, made).notes] == ["half a note"]
        assert field(page, "text_area", "note").value == ""

    def test_it_is_taken_away_and_put_back(self, page: AppTest, kept: Stores, case: CaseLinks, folder: Path):
        moved = [(each, each.with_suffix(f"{each.suffix}.moved")) for each in folder.glob("reconnect.db*")]
        for source, target in moved:
            source.rename(target)
        self.refuses(page, "moved or removed while the portal ran")
        for source, target in moved:
            for left in folder.glob(source.name):
                left.unlink()
            target.rename(source)
        kept.storage.close()
        self.goes_on(page, kept, case)

    def test_another_program_locks_it(self, page: AppTest, kept: Stores, case: CaseLinks, folder: Path):
        with closing(sqlite3.connect(folder / "reconnect.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            self.refuses(page, Locked.sentence)
            other.execute("ROLLBACK")
        self.goes_on(page, kept, case)

    def test_its_disk_is_full(self, page: AppTest, kept: Stores, case: CaseLinks):
        opened_engine = kept.storage._opened.engine

        def no_more(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")

        event.listen(opened_engine, "connect", no_more)
        opened_engine.dispose()
        long = "five " * 900
        field(page, "text_area", "note").set_value(long).run()
        for _ in range(60):
            press(page, "Add the note")
            if page.error:
                break
            field(page, "text_area", "note").set_value(long).run()
        assert errors(page) == [DiskFull.sentence]
        assert field(page, "text_area", "note").value == long
        before = len(state(kept, case).notes)
        kept.storage.close()  # somebody made room
        press(page, "Add the note")
        assert len(state(kept, case).notes) == before + 1

    def test_it_becomes_readable_only(self, page: AppTest, kept: Stores, case: CaseLinks, folder: Path):
        kept.storage.forget_deleted()
        kept.storage.close()
        with only_readable(folder):
            self.refuses(page, ReadOnly.sentence)
            page.run()
            assert any(ReadOnly.sentence in each.value for each in page.warning)
            assert next(each for each in page.button if each.label == "Add the note").disabled
            assert "Ticket 4711" in markup(opened(case.view))
        kept.storage.close()
        self.goes_on(page, kept, case)

    def test_the_clock_goes_back(self, page: AppTest, kept: Stores):
        with kept.storage.write_any_time() as connection:
            clock.advance(connection, now() + 2 * DAY)
        self.refuses(page, "This machine's clock shows")

    def test_the_other_side_deletes_the_case(self, page: AppTest, kept: Stores, case: CaseLinks):
        kept.cases.delete(case.own, now())
        press(page, "Add the note")
        assert [each.value for each in page.info] == [NotFound.sentence]
        assert [each.value for each in page.code] == ["half a note"]

    def test_a_fresh_visitor_without_a_database_reads_why_and_can_try_again(
        self, case: CaseLinks, kept: Stores, folder: Path
    ):
        kept.storage.forget_deleted()
        kept.storage.close()
        file = folder / "reconnect.db"
        whole = file.read_bytes()
        file.write_bytes(b"This is a letter, not a database. " * 40)
        page = opened(case.view)
        assert [each.value for each in page.warning] == [Damaged.sentence]
        assert labels(page) == ["Try again"]
        file.write_bytes(whole)
        kept.storage.close()
        assert "Ticket 4711" in markup(press(page, "Try again"))


def test_opening_is_logged_once_a_session(kept: Stores, case: CaseLinks):
    page = opened(case.view)
    page.run()
    page.run()
    (entry,) = [each for each in state(kept, case).log if each.action == "opened"]
    assert (entry.right, entry.times) == (Right.VIEW, 1)


def test_the_pages_own_sentences_are_easy_to_read(case: CaseLinks):
    page = opened(case.own)
    sentences = [text for text in texts(page) if text.endswith(".") and "{" not in text]
    assert reading_grade(" ".join(sentences)) <= 8
