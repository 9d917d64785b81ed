"""Texts without a shape of their own."""

import pytest

from core.paste import read
from core.paste.failure import Provider, Shape, Surface


def test_a_parsers_sentence_about_a_page_is_no_page():
    text = "Unexpected token '<', \"<html><bod\"... is not valid JSON\n\nOriginal error: SyntaxError"
    failure = read(text).failures[0]
    assert failure.message.startswith("Unexpected token")
    assert failure.surface is Surface.CHAT_MODEL


def test_a_log_that_begins_with_a_bracket_is_no_json():
    text = '[llm/error] [chain:agent] [733ms] LLM run errored with error: "connect ECONNREFUSED 10.0.0.7:4000"'
    assert read(text).failures[0].code == "ECONNREFUSED"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('Seit heute nur noch "Overloaded" (529), bei euch auch?', 529),
        ("Error from Anthropic: status code 429This request would exceed the limit", 429),
        ("The prompt has 5290 tokens", None),
    ],
)
def test_a_spoken_status_is_found(text, status):
    assert read(text).failures[0].status == status if status else all(f.status is None for f in read(text).failures)


def test_a_button_below_a_headline_is_no_reason():
    assert read("Error in sub-node ‘Anthropic Chat Model‘\nOpen node").failures[0].message is None


def test_a_text_about_grok_is_about_xai():
    text = "Only one Grok model works.\nBad request - please check your parameters\nArgument not supported: x"
    assert read(text).failures[0].provider is Provider.XAI


def test_the_tests_own_words_for_a_status_tell_the_surface():
    reading = read("Received HTTP status code: 529")
    assert (reading.shape, reading.failures[0].surface) == (Shape.CREDENTIAL_TEST, Surface.CREDENTIAL_TEST)


def test_a_clients_sentence_and_the_answer_below_it_are_one_failure():
    answer = '{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}'
    (failure,) = read(f"AxiosError: Request failed with status code 529\n{answer}").failures
    assert (failure.status, failure.message) == (529, "Overloaded")
