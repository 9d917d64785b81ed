"""The Models page: a table of all names, an answer for one, and filters in the address."""

import datetime as dt
from types import ModuleType

import pytest

from core.models import catalogue
from core.models.catalogue import ModelState
from tests.causes.test_plain_words import GRADE, TECHNICAL
from tests.pages.seen import links, markup, texts, visit

pytestmark = pytest.mark.xdist_group("reading grade")
KNOWN = catalogue.load()


def today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def names(page) -> set[str]:
    return set(page.dataframe[0].value["Id"]) if page.dataframe else set()


def in_state(*states: ModelState) -> set[str]:
    return {name for name in KNOWN.ids if KNOWN.state(name, today()) in states}


def ask(name: str):
    page = visit("models")
    page.text_input("models_asked").set_value(name).run()
    return page


def test_the_page_opens_with_what_can_still_be_used():
    page = visit("models")
    assert [each.value for each in page.title] == ["Claude's models"]
    assert names(page) == in_state(ModelState.ACTIVE, ModelState.DEPRECATED)


def test_retired_models_and_families_can_be_linked():
    page = visit("models", state="Retired")
    assert names(page) == in_state(ModelState.RETIRED)
    page = visit("models", family="Haiku", state=["Active", "Ending", "Retired"])
    assert names(page) == {name for name in KNOWN.ids if "haiku" in name}


def test_no_state_chosen_shows_no_table():
    page = visit("models")
    page.get_by_key("state").set_value([]).run()
    assert "0 names" in markup(page)
    assert not page.dataframe


def test_the_same_table_is_there_for_screen_readers():
    page = visit("models", state="Retired")
    text = markup(page)
    assert "<caption>Claude&#x27;s models</caption>" in text
    assert all(f'<th scope="row">{name}</th>' in text for name in names(page))
    assert page.dataframe[0].proto.alt


def test_numbers_are_numbers_and_a_missing_one_shows_as_not_known():
    page = visit("models", state="Retired")
    frame = page.dataframe[0].value
    assert frame["Longest answer"].isna().any()
    assert frame["Longest answer"].max() >= 8191
    assert 'data-label="Longest answer">not known<' in markup(page)


def test_a_retired_model_is_named_with_its_day_and_its_successor():
    page = ask("claude-3-haiku-20240307")
    assert "claude-3-haiku-20240307:</strong> retired on 20 April 2026; use " in markup(page)
    assert "cause=retired_model" in links(page).values()


def test_a_misspelled_model_is_met_with_the_one_meant():
    page = ask("anthropic/claude-opus-5.5")
    assert "did you mean claude-opus-5-5?" in markup(page)
    assert "What claude-opus-5-5 takes:" in markup(page)
    assert "cause=model_id_typo" in links(page).values()


def test_a_current_model_says_what_it_takes():
    page = ask(" claude-haiku-5-5 ")
    assert "claude-haiku-5-5:</strong> active" in markup(page)
    assert "<li>Leave out Temperature, Top P and Top K.</li>" in markup(page)


def test_a_key_or_markup_in_the_box_is_harmless(fake_key):
    assert fake_key()[14:40] not in markup(ask(fake_key()))
    assert "<img" not in markup(ask("<img src=x onerror=alert(1)>"))


@pytest.mark.parametrize("asked", ["", "claude-haiku-5-5", "claude-sonnet-4-5"])
def test_what_is_read_is_plain(asked, textstat: ModuleType):
    whole = ". ".join(TECHNICAL.sub("word", text.rstrip(".")) for text in texts(ask(asked)) if "20250929" not in text)
    assert textstat.flesch_kincaid_grade(whole) <= GRADE
