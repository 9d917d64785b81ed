"""Search: causes by what people remember, and nothing said about a key from a line alone."""

import pytest

from core.causes import search
from core.causes.card import Card, KeyVerdict
from core.causes.loader import load
from core.paste.facts.headlines import SENTENCES
from core.paste.failure import Headline


def ids(query: str) -> list[str]:
    return [card.id for card in search.search(query).cards]


@pytest.mark.parametrize("cause", sorted(load()))
def test_every_cause_is_found_by_its_id_and_by_its_title(cause):
    assert ids(cause)[0] == cause
    assert cause in ids(load()[cause].title.replace("{", "").replace("}", ""))[:3]


def test_an_empty_query_finds_everything():
    assert set(ids("  ")) == set(load())


@pytest.mark.parametrize(
    "query",
    [
        "Bad request",
        "bad request - please check your parameters",
        "400",
        "error 400",
        "HTTP 400 bad request",
        "Request failed with status code 400",
    ],
)
def test_a_400_in_any_form_can_be_a_lack_of_credit(query):
    found = search.search(query)
    assert found.symptom is not None
    assert found.symptom.status == 400
    assert found.symptom.line == "Bad request - please check your parameters"
    causes = [card.id for card in found.cards]
    assert {"credit_exhausted", "spend_limit_reached", "max_tokens_too_large", "prompt_too_long"} <= set(causes)
    assert "invalid_key" not in causes


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ("400", "wrong_auth_header"),
        ("401", "invalid_key"),
        ("401", "organization_disabled"),
        ("402", "credit_exhausted"),
        ("403", "api_key_auth_disabled"),
        ("Unauthorized", "missing_key_header"),
        ("529", "overloaded"),
        ("Forbidden", "region_blocked"),
        ("could not be found", "retired_model"),
        ("429", "rate_limited"),
        ("The service failed to process your request", "overloaded"),
        ("The connection was aborted", "timeout"),
        ("413", "request_too_large"),
        ("Authorization failed - please check your credentials [item 2]", "invalid_key"),
    ],
)
def test_a_status_or_a_line_stands_for_its_causes(query, cause):
    found = search.search(query)
    assert found.symptom is not None
    assert cause in [card.id for card in found.cards]


def test_a_401_stands_for_more_than_a_bad_key():
    verdicts = {card.key_verdict for card in search.by_status(401).cards}
    assert {KeyVerdict.REJECTED, KeyVerdict.UNKNOWN, KeyVerdict.GOOD} <= verdicts


def test_a_line_that_names_only_a_place_leads_to_the_whole_error():
    for query in ("Problem in node ‘Basic LLM Chain‘", "Error in sub-node"):
        found = search.search(query)
        assert [card.id for card in found.cards] == ["detail_lost"]
        assert found.symptom is not None


def test_every_line_of_n8n_that_has_a_status_is_recognised_by_its_first_words():
    for sentence in SENTENCES:
        symptom = search.symptom_of(sentence.text)
        assert symptom is not None
        assert symptom.headline == sentence.headline


@pytest.mark.parametrize(
    "query",
    ["the service", "the", "invalid x-api-key", "403 Request not allowed", "claude-3-haiku-20240307", "401 403"],
)
def test_words_that_say_more_or_less_than_one_line_are_no_sign(query):
    assert search.symptom_of(query) is None


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ("invalid x-api-key", "invalid_key"),
        ("Your credit balance is too low", "credit_exhausted"),
        ("403 Request not allowed", "region_blocked"),
        ("timeout of 300000ms exceeded", "n8n_ai_timeout"),
        ("ECONNREFUSED", "connection_refused"),
        ("ByteString", "key_bad_characters"),
        ("no credit", "credit_exhausted"),
        ("Connection error.", "connection_error_unspecified"),
        ("claude-3-haiku-20240307", "retired_model"),
    ],
)
def test_words_of_an_error_give_its_cause_first(query, cause):
    assert ids(query)[0] == cause


def words_of(card: Card) -> str:
    """What a person can look for on a card: its id, its words and the errors that are its examples."""
    texts = (card.id, card.title, card.what_happened, card.why, *card.steps, *(each.text for each in card.example))
    patterns = [value for match in card.match for value in (match.message, *match.error_type, *match.code) if value]
    return " ".join((*texts, *patterns)).lower()


@pytest.mark.parametrize(
    ("one", "other"), [("credit", "console"), ("proxy", "certificate"), ("workspace", "permission")]
)
def test_a_cause_has_to_hold_every_word_that_is_looked_for(one: str, other: str):
    found = search.search(f"{one} {other}").cards
    assert found
    assert all(one in words_of(card) and other in words_of(card) for card in found)
    assert len(found) < min(len(ids(one)), len(ids(other)))


def test_where_no_cause_holds_every_word_the_few_that_hold_one_are_offered():
    found = search.search("region retired").cards
    assert not [card for card in found if "region" in words_of(card) and "retired" in words_of(card)]
    assert {"region_blocked", "retired_model"} <= {card.id for card in found}
    assert len(found) <= 6


@pytest.mark.parametrize(
    "word", ["a", "an", "i", "in", "is", "it", "my", "no", "not", "of", "the", "to", "why", "Why", "THE"]
)
def test_a_word_that_tells_nothing_is_not_looked_for(word: str):
    assert ids(f"{word} workspace") == ids(f"workspace {word}") == ids("workspace")
    assert ids(f"{word} proxy certificate") == ids("proxy certificate")


def test_a_sentence_finds_causes_by_its_telling_words():
    assert "key_expired" in ids("how do I renew an expired key")
    assert "credit_exhausted" in ids("claude says that my credit is gone")


def test_nonsense_finds_nothing_and_a_long_text_is_cut():
    assert ids("zzzz qqqq") == []
    assert ids("credit " + "x" * 100_000)[0] == "credit_exhausted"


def test_what_the_diagnosis_falls_back_to_is_no_meaning_of_a_status():
    for status in search.statuses():
        assert not any(card.chosen_when for card in search.by_status(status).cards)


def test_every_status_on_offer_stands_for_something():
    assert search.statuses() == (400, 401, 402, 403, 404, 405, 413, 429, 500, 502, 503, 504, 529)
    assert all(search.by_status(status).cards for status in search.statuses())
    assert search.by_status(529).symptom.line == "The service failed to process your request"
    assert search.symptom_of("problem in node").headline is Headline.PROBLEM_IN_NODE


@pytest.mark.parametrize(
    ("query", "meant", "cause"),
    [
        ("overlaoded", "overloaded", "overloaded"),
        ("rate limt", "rate limit", "rate_limited"),
        ("crdit", "credit", "credit_exhausted"),
        ("Bad reqest", "bad request", "credit_exhausted"),
        ("unauthorised", "unauthorized", "invalid_key"),
    ],
)
def test_a_misspelled_word_is_corrected_and_shown(query, meant, cause):
    found = search.search(query)
    assert found.corrected == meant
    assert cause in {card.id for card in found.cards}


@pytest.mark.parametrize(
    "query",
    ["rotate", "credit", "529", "xyzzy", "no credit left", "valid", "authorized", "trusted", "headers"],
)
def test_what_is_no_misspelling_is_left_alone(query):
    assert search.search(query).corrected is None
