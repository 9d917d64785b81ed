"""Matching: every given fact must hold, patterns only narrow, special cards beat general ones."""

import pytest
import re2

from core.causes.card import Card, Certainty
from core.causes.loader import load, parse
from core.causes.matcher import Circumstances, Matcher, _relaxed, by_id
from core.models.catalogue import ModelState
from core.paste.failure import AnsweredBy, Failure, Headline, Provider, Shape, Surface

HEAD = """
id = "{cause}"
family = "limits"
who_fixes = "wait"
key_verdict = "unknown"
title = "{cause}"
what_happened = "It failed."
why = "So."
steps = ["Wait."]
how_to_check = "Green."
not_tested = ["all"]
verified = 2026-11-23
sources = ["2026"]
"""


def card(matches: str, cause: str = "one", beats: str = "[]") -> Card:
    return parse(HEAD.format(cause=cause) + f"beats = {beats}\n" + matches, "limits", cause)


def block(condition: str, certainty: str = "certain") -> str:
    return f'[[match]]\n{condition}\ncertainty = "{certainty}"\n'


def hits(failure: Failure, *cards: Card, **circumstances: object) -> list[str]:
    return [hit.card.id for hit in Matcher(cards).hits(failure, Circumstances(**circumstances))]


FULL = Failure(
    status=401,
    error_type="authentication_error",
    error_code="expired",
    code="ECONNRESET",
    message="Invalid  X-API-Key",
    headline=Headline.AUTHORIZATION_FAILED,
    answered_by=AnsweredBy.ANTHROPIC,
    stop_reason="refusal",
    surface=Surface.HTTP_REQUEST,
    provider=Provider.ANTHROPIC,
    node_type="n8n-nodes-base.httpRequest",
    n8n_error="NodeApiError",
    model="claude-3-haiku-20240307",
    host="api.anthropic.com",
    url="https://api.anthropic.com/v1/v1/messages",
    path="/v1/v1/messages",
    sent_key="Bearer [Anthropic API key #3fa9c1]",
)


@pytest.mark.parametrize(
    ("holds", "fails"),
    [
        ("status = [400, 401]", "status = [403]"),
        ('error_type = ["authentication_error"]', 'error_type = ["permission_error"]'),
        ('error_code = ["expired"]', 'error_code = ["other"]'),
        ('code = ["ECONNRESET"]', 'code = ["ECONNREFUSED"]'),
        ('headline = ["authorization_failed"]', 'headline = ["forbidden"]'),
        ('answered_by = ["anthropic", "html"]', 'answered_by = ["html"]'),
        ('stop_reason = ["refusal"]', 'stop_reason = ["max_tokens"]'),
        ('surface = ["http_request"]', 'surface = ["code_node"]'),
        ('provider = ["anthropic"]', 'provider = ["openai"]'),
        ('node_type = ["n8n-nodes-base.httpRequest"]', 'node_type = ["n8n-nodes-base.code"]'),
        ('n8n_error = ["NodeApiError"]', 'n8n_error = ["ExpressionError"]'),
        ('message = "invalid x-api-key"', 'message = "^x-api-key"'),
        ("sent_key = '^bearer \\['", 'sent_key = "sk-ant"'),
        ('url = "/v1/v1/"', 'url = "^http:"'),
        ('host = "anthropic\\\\.com$"', 'host = "^anthropic"'),
        ('path = "^/v1/v1"', 'path = "^/messages"'),
        ('model = "haiku"', 'model = "opus"'),
        ('absent = ["request_id"]\nstatus = [401]', 'absent = ["error_type"]\nstatus = [401]'),
    ],
)
def test_a_block_holds_only_where_each_of_its_facts_does(holds: str, fails: str):
    assert hits(FULL, card(block(holds))) == ["one"]
    assert hits(FULL, card(block(fails))) == []
    assert hits(FULL, card(block(f"{holds}\n{_other(holds)}"))) == []


def _other(holds: str) -> str:
    """A second condition that does not hold, on a fact that the first one does not ask for."""
    return "status = [599]" if "status" not in holds else 'stop_reason = ["max_tokens"]'


def test_a_number_in_a_models_name_is_no_status():
    assert hits(Failure(message="model: claude-3-haiku-20240307"), card(block("status = [403]"))) == []


@pytest.mark.parametrize(
    ("condition", "given", "holds"),
    [
        ('shape = ["credential_test"]', {"shape": Shape.CREDENTIAL_TEST}, True),
        ('shape = ["credential_test"]', {"shape": Shape.PANEL}, False),
        ('model_state = ["retired"]', {"model_state": ModelState.RETIRED}, True),
        ('model_state = ["retired"]', {"model_state": ModelState.ACTIVE}, False),
        ('model_state = ["retired"]', {}, False),
        ('n8n = ">=2.10,<2.14"', {"n8n_version": "2.11.4"}, True),
        ('n8n = ">=2.10,<2.14"', {"n8n_version": "2.14.0"}, False),
        ('n8n = ">=2.10,<2.14"', {}, False),
    ],
)
def test_circumstances_narrow_a_block(condition: str, given: dict[str, object], holds: bool):
    assert hits(Failure(status=404), card(block(f"status = [404]\n{condition}")), **given) == (["one"] if holds else [])


@pytest.mark.parametrize(
    "text",
    [
        "credit balance is too low",
        "Your CREDIT\n  balance is\ttoo low.",
        "Your credit bala\nnce is too low",
        "\ud83d credit balance is too low",
    ],
)
def test_white_space_case_and_breaks_within_words_do_not_hide_a_sentence(text: str):
    assert hits(Failure(message=text), card(block('message = "credit balance is too low"'))) == ["one"]
    assert hits(Failure(message="?", also=("x", text)), card(block('message = "credit balance is too low"'))) == ["one"]


def test_the_surest_block_ranks_first_then_the_one_that_asks_for_most():
    possible = card(block('message = "low"\nstatus = [400]\nsurface = ["http_request"]', "possible"), "possible")
    plain = card(block("status = [400]"), "plain")
    exact = card(block('status = [400]\nmessage = "low"'), "exact")
    failure = Failure(status=400, message="too low", surface=Surface.HTTP_REQUEST)
    assert hits(failure, possible, plain, exact) == ["exact", "plain", "possible"]


def test_the_best_block_of_a_card_counts():
    both = card(block("status = [400]", "possible") + block('message = "low"', "likely"))
    hit = Matcher([both]).hits(Failure(status=400, message="too low"), Circumstances())[0]
    assert (hit.certainty, hit.text) == (Certainty.LIKELY, "too low")


def test_a_general_card_gives_way_even_where_it_is_surer():
    special = card(block("status = [400]", "likely"), "special", '["general"]')
    general = card(block("status = [400]"), "general")
    assert hits(Failure(status=400), special, general) == ["special"]


@pytest.mark.parametrize(
    "failure",
    [
        Failure(status=401, message="invalid x-api-key", provider=Provider.OPENAI),
        Failure(status=401, message="invalid x-api-key", surface=Surface.OTHER_NODE),
        Failure(message="invalid x-api-key", surface=Surface.CODE_NODE),
    ],
)
def test_the_words_of_others_are_read_only_by_blocks_that_name_them(failure: Failure):
    silent = card(block('message = "invalid x-api-key"'))
    assert hits(failure, silent) == []
    named = card(block('message = "invalid x-api-key"\nsurface = ["other_node", "code_node"]'), "named")
    foreign = card(block('message = "invalid x-api-key"\nprovider = ["openai"]'), "foreign")
    assert hits(failure, silent, named, foreign) == (["foreign"] if failure.provider else ["named"])


def test_by_id_knows_the_catalogue():
    assert by_id("rate_limited").id == "rate_limited"
    with pytest.raises(KeyError):
        by_id("nothing")


def test_what_a_pattern_finds_its_relaxed_form_finds() -> None:
    """The set of relaxed patterns is only a sieve: it may let more through, never less."""
    cards = load().values()
    texts = [" ".join(example.text.split()) for card in cards for example in card.example]
    patterns = {block.message for card in cards for block in card.match if block.message}
    assert len(patterns) > 100
    for pattern in patterns:
        exact, relaxed = re2.compile("(?i)" + pattern), re2.compile("(?i)" + _relaxed(pattern))
        assert all(relaxed.search(text) for text in texts if exact.search(text))
