"""The Guide page: contents, one part at a time, labels of either n8n."""

from types import ModuleType

import pytest

from core.text.guide import guide
from tests.causes.test_plain_words import GRADE, TECHNICAL
from tests.pages.seen import links, markup, texts, visit

pytestmark = pytest.mark.xdist_group("reading grade")
PARTS = [section.id for section in guide().section]


def test_the_contents_lead_to_every_part_in_order():
    page = visit("guide")
    assert [each.value for each in page.title] == ["Reconnect Claude to n8n"]
    led = [query.removeprefix("section=") for query in links(page).values()]
    assert led == [*PARTS, "all"]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_an_address_and_names_its_sources(part):
    page = visit("guide", section=part)
    section = guide().find(part)
    assert section is not None
    assert f"<h2>{section.title}</h2>" in markup(page)
    assert markup(page).count("<h2>") == 1
    assert [each.label for each in page.expander] == ["Where this comes from"]
    assert f"Last checked on {guide().verified:%-d %B %Y}" in markup(page)


def test_steps_are_numbered_through_whatever_is_between_them():
    page = visit("guide", section="http-request")
    text = markup(page)
    assert "<ol><li>Add an HTTP Request node." in text
    assert '<ol start="2"><li>Set Authentication' in text
    assert '<ol start="6"><li>Click Execute step.' in text
    assert any("JSON.stringify" in each.value for each in page.code)


def test_parts_lead_to_the_next_and_back():
    page = visit("guide", section="open-the-credential")
    assert links(page)["Back: Find the error"] == "section=find-the-error"
    assert links(page)["Next: Make or replace the key"] == "section=replace-the-key"


def test_the_chosen_n8n_changes_the_labels_and_stays_in_the_links():
    page = visit("guide", section="run-the-workflow", n8n="1.x")
    assert "the Active switch" in markup(page)
    assert links(page)["Back: Test the credential"] == "section=test-the-credential&n8n=1.x"
    assert "Click Publish" in markup(visit("guide", section="run-the-workflow"))


def test_the_switch_changes_the_labels():
    page = visit("guide", section="open-the-credential")
    assert "Look at the field Credential. It" in markup(page)
    page.get_by_key("n8n").set_value("1.x").run()
    assert "Look at the field Credential to connect with. It" in markup(page)


def test_the_test_of_a_credential_is_explained_by_version():
    text = markup(visit("guide", section="test-the-credential"))
    assert "from 2.16.0 on" in text
    assert "from 2.14.0, before 2.16.0" in text
    assert "claude-3-haiku-20240307, which Anthropic retired on 20 April 2026" in text


def test_the_whole_guide_fits_on_one_page():
    text = markup(visit("guide", section="all"))
    assert [text.count(f"<h2>{section.title}</h2>") for section in guide().section] == [1] * len(PARTS)


def test_an_unknown_part_is_answered_with_the_contents():
    page = visit("guide", section="no-such-part")
    assert "The guide has no part with this name." in page.warning[0].value
    assert len(links(page)) == len(PARTS) + 1


@pytest.mark.parametrize("part", [None, *PARTS])
def test_what_is_read_is_plain(part, textstat: ModuleType):
    page = visit("guide", **({"section": part} if part else {}))
    whole = ". ".join(TECHNICAL.sub("word", text.rstrip(".")) for text in texts(page))
    assert textstat.flesch_kincaid_grade(whole) <= GRADE
