"""The Errors page: every card without a paste, found by what people remember, with one address each."""

from types import ModuleType

import pytest

from core.causes.card import Family, KeyVerdict, WhoFixes
from core.causes.loader import load
from core.text.vocabulary import FAMILY, SURFACE
from tests.causes.card_facts import FACTS, NODE_HELP
from tests.causes.test_plain_words import GRADE, TECHNICAL
from tests.pages.seen import links, markup, texts, visit

pytestmark = pytest.mark.xdist_group("reading grade")


NODE_LINKS = {
    "new_node": "Get a node that works",
    "fallback": "Get a workflow that waits and tries again",
    "self_test": "Test it from inside your n8n",
}
ABOUT_CREDENTIAL_TEST = FACTS["about_credential_test"][True]


def causes(page) -> set[str]:
    return {query.removeprefix("cause=") for query in links(page).values() if query.startswith("cause=")}


def search(query: str):
    page = visit("errors")
    page.text_input("errors_search").set_value(query).run()
    return page


def test_the_empty_page_lists_every_error_in_groups():
    page = visit("errors")
    assert [each.value for each in page.title] == ["Errors, explained"]
    assert causes(page) == set(load())
    assert "<h2>Money</h2>" in markup(page)


@pytest.mark.parametrize("cause", sorted(load()))
def test_every_card_has_an_address(cause):
    page = visit("errors", cause=cause)
    card = load()[cause]
    text = markup(page)
    assert text.count("<h2>") == 1
    assert "How to check:" in text
    assert f"The name of this error: {cause}" in text
    assert f"Last checked on {card.verified:%-d %B %Y}" in text
    assert {each.cause for each in card.alternative[:4]} <= causes(page)
    helping = {label for help, label in NODE_LINKS.items() if cause in NODE_HELP[help]}
    assert set(NODE_LINKS.values()) & set(links(page)) == helping
    about_test = "What a green or red test means" in [each.label for each in page.expander]
    assert about_test is (cause in ABOUT_CREDENTIAL_TEST)


def test_a_card_shows_verdict_steps_examples_and_what_to_do_when_stuck():
    page = visit("errors", cause="credit_exhausted")
    assert any("Key: valid" in each.value for each in page.markdown)
    assert not any("Cause: certain" in each.value for each in page.markdown)
    assert "<ol><li>" in markup(page)
    examples = f"What it looks like ({len(load()['credit_exhausted'].example)} examples)"
    assert [each.label for each in page.expander][-3:] == ["Still stuck?", examples, "Where this comes from"]
    assert any("credit balance is too low" in each.value for each in page.code)
    assert any("Do not ask me for my API key." in each.value for each in page.code)


def test_a_rejected_verdict_shows_as_a_condition():
    page = visit("errors", cause="invalid_key")
    assert "If this is your error:</strong> Anthropic itself refused the key." in markup(page)


def test_an_unknown_cause_is_answered_and_the_list_shown():
    page = visit("errors", cause="<img src=x>")
    assert len(page.warning) == 1
    assert "There is no error with this name." in page.warning[0].value
    assert causes(page) == set(load())
    assert "<img" not in markup(page)


@pytest.mark.parametrize("query", ["Bad request", "error 400"])
def test_a_line_of_n8n_gives_all_it_can_stand_for_and_proves_nothing(query):
    page = search(query)
    assert "For the number 400, n8n shows “Bad request - please check your parameters”." in markup(page)
    assert "By itself this says nothing about your key." in markup(page)
    assert "credit_exhausted" in causes(page)
    assert "invalid_key" not in causes(page)
    assert "How to copy the whole error" in links(page)


def test_a_status_can_be_in_the_address():
    page = visit("errors", status="401")
    assert {"invalid_key", "missing_key_header", "gateway_key_rejected", "cors_refused"} <= causes(page)
    assert "credit_exhausted" not in causes(page)
    assert "By itself this says nothing about your key." in markup(page)


def test_words_give_the_best_match_first():
    page = search("invalid x-api-key")
    assert next(iter(links(page).values())) == "cause=invalid_key"
    assert "the best match first" in markup(page)


def test_a_misspelled_word_shows_as_corrected():
    page = search("overlaoded")
    # a gateway's card holds "overloaded_error" in an example, so it follows
    assert "2 errors for “overloaded”, the best match first." in markup(page)
    assert next(iter(links(page).values())) == "cause=overloaded"


def test_the_filters_are_in_the_address():
    page = visit("errors", about="Money", verdict="Valid")
    billing = [card for card in load().values() if card.family is Family.BILLING]
    assert causes(page) == {card.id for card in billing if card.key_verdict is KeyVerdict.GOOD}
    page = visit("errors", who="Anthropic (wait)")
    assert causes(page) == {card.id for card in load().values() if card.who_fixes is WhoFixes.WAIT}


def test_the_filters_offer_every_family_fixer_and_verdict():
    page = visit("errors")
    offered = [len(page.selectbox(key).options) - 1 for key in ("about", "who", "verdict")]
    assert offered == [len(Family), len(WhoFixes), len(KeyVerdict)]
    assert list(FAMILY) == list(Family)


def test_a_wrong_filter_in_the_address_is_ignored():
    assert causes(visit("errors", about="Nonsense", status="999")) == set(load())


def test_nothing_found_says_what_to_do():
    page = search("zzzz qqqq")
    assert "No error fits." in markup(page)
    assert "Or paste the whole error" in links(page)


def test_a_whole_error_is_sent_to_the_page_that_reads_it():
    page = search("Bad request - please check your parameters " * 20)
    assert "This looks like a whole error." in page.info[0].value
    assert causes(page) == set()


def test_a_key_in_the_search_is_shown_nowhere(fake_key):
    page = search(fake_key())
    drawn = markup(page) + "".join(each.value for each in (*page.code, *page.markdown))
    assert fake_key()[14:40] not in drawn


def test_steps_can_be_had_for_the_place_of_the_call():
    page = visit("errors", cause="detail_lost")
    anywhere = markup(page)
    page.selectbox("where").select(SURFACE["code_node"]).run()
    assert "A Code node throws the service&#x27;s answer away" in markup(page)
    assert markup(page) != anywhere


def test_labels_follow_the_version_of_n8n():
    card = next(card for card in load().values() if any("{n8n.publish}" in step for step in card.steps))
    assert "the Active switch" not in markup(visit("errors", cause=card.id))
    assert "the Active switch" in markup(visit("errors", cause=card.id, n8n="1.x"))


def test_a_finding_leads_to_its_card():
    page = visit()
    page.text_area("diagnose_box").set_value("Your credit balance is too low to access the Anthropic API.").run()
    assert links(page)["About this error"] == "cause=credit_exhausted"


@pytest.mark.parametrize("query", [{}, {"status": "401"}, {"cause": "credit_exhausted"}, {"cause": "nope"}])
def test_what_is_read_is_plain(query, textstat: ModuleType):
    page = visit("errors", **query)
    whole = ". ".join(TECHNICAL.sub("word", text.rstrip(".")) for text in texts(page))
    assert textstat.flesch_kincaid_grade(whole) <= GRADE
