"""Every way in which a caller wraps one failure gives the same facts."""

import json
from typing import Any

import pytest

from core.paste.draft import Draft
from core.paste.facts.wording import learn_text
from core.paste.failure import AnsweredBy, Headline, Surface

REQUEST = "req_011CSHoEeqs5C35K2UUqR7Fy"
BODY = {
    "type": "error",
    "error": {"type": "authentication_error", "message": "invalid x-api-key"},
    "request_id": REQUEST,
}
TEXT = json.dumps(BODY)
KNOWN = {
    "status": 401,
    "error_type": "authentication_error",
    "message": "invalid x-api-key",
    "request_id": REQUEST,
    "answered_by": AnsweredBy.ANTHROPIC,
}


def learned(text: str) -> Draft:
    draft = Draft()
    learn_text(draft, text)
    return draft


@pytest.mark.parametrize(
    "text",
    [
        f"401 {TEXT}",
        f"401 - {json.dumps(TEXT)}",
        f"401 {TEXT}\n\nTroubleshooting URL: https://docs.langchain.com/oss/javascript/langchain/errors/MODEL_AUTHENTICATION/\n",
        f"Error code: 401 - {BODY}",
        f"anthropic.AuthenticationError: Error code: 401 - {BODY}",
        f"AuthenticationError: 401 {TEXT}",
        f"Error: 401 {TEXT}",
        f"API Error: 401 {TEXT}",
        f"(401) {TEXT}",
        f"401: {TEXT}",
        f"Request failed: 401 {TEXT}",
        f"n8n says: status code 401, body {TEXT}",
        f"HTTP 401 from the server: {TEXT}",
        f"litellm.AuthenticationError: AnthropicException - {TEXT}. Status code: 401",
    ],
)
def test_an_answer_is_unwrapped(text: str):
    draft = learned(text)
    assert {name: getattr(draft, name) for name in KNOWN if name != "status"} == {
        name: value for name, value in KNOWN.items() if name != "status"
    }
    assert draft.status in (401, None)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        # a status alone
        ("Request failed with status code 529", {"status": 529, "message": None}),
        ("AxiosError: Request failed with status code 403", {"status": 403}),
        ("529 status code (no body)", {"status": 529, "answered_by": AnsweredBy.EMPTY}),
        ("Received HTTP status code: 529", {"status": 529}),
        ("Unauthorized", {"status": 401}),
        ("Service Unavailable", {"status": 503}),
        ("openai.RateLimitError: slow down", {"status": 429}),
        # n8n's sentences
        ("Forbidden - perhaps check your credentials?", {"status": 403, "headline": Headline.FORBIDDEN}),
        (
            "The service is receiving too many requests from you [item 2]",
            {"status": 429, "item_index": 2, "headline": Headline.TOO_MANY_REQUESTS},
        ),
        (
            "Error in sub-node ‘Anthropic Chat Model‘",
            {
                "headline": Headline.SUB_NODE,
                "node": "Anthropic Chat Model",
                "surface": Surface.CHAT_MODEL,
                "status": None,
            },
        ),
        ("Problem in node 'Message a model'", {"node": "Message a model", "surface": Surface.VENDOR_NODE}),
        # transport
        ("connect ECONNREFUSED 127.0.0.1:443", {"code": "ECONNREFUSED", "host": "127.0.0.1", "status": None}),
        ("getaddrinfo ENOTFOUND api.antropic.com", {"code": "ENOTFOUND", "host": "api.antropic.com"}),
        ("getaddrinfo EAI_AGAIN api.anthropic.com", {"code": "EAI_AGAIN", "host": "api.anthropic.com"}),
        ("socket hang up", {"code": "ECONNRESET"}),
        ("timeout of 300000ms exceeded", {"code": "ECONNABORTED"}),
        ("certificate has expired", {"code": "CERT_HAS_EXPIRED"}),
        ("self-signed certificate in certificate chain", {"code": "SELF_SIGNED_CERT_IN_CHAIN"}),
        ("unable to verify the first certificate", {"code": "UNABLE_TO_VERIFY_LEAF_SIGNATURE"}),
        ("curl: (6) Could not resolve host: api.anthropic.com", {"code": "ENOTFOUND", "host": "api.anthropic.com"}),
        # other vendors
        (
            "An error occurred (ValidationException) when calling the InvokeModel operation: The provided model"
            " identifier is invalid.",
            {"answered_by": AnsweredBy.AWS, "error_type": "ValidationException", "status": None},
        ),
        (
            'litellm.BadRequestError: AnthropicException - {"type":"error","error":{"type":"invalid_request_error",'
            '"message":"prompt is too long"}}',
            {"message": "prompt is too long", "answered_by": AnsweredBy.ANTHROPIC, "surface": Surface.OTHER_CLIENT},
        ),
        (
            "403 <!DOCTYPE html><html><head><title>Just a moment...</title></head></html>",
            {"status": 403, "answered_by": AnsweredBy.HTML, "message": "Just a moment..."},
        ),
        # names
        ("model: claude-3-haiku-20240307", {"model": "claude-3-haiku-20240307", "status": None}),
        ("the model anthropic/claude-sonnet-4.5 is slow", {"model": "anthropic/claude-sonnet-4.5"}),
        ("called https://api.anthropic.com/v1/v1/messages", {"host": "api.anthropic.com", "path": "/v1/v1/messages"}),
        ("see https://docs.n8n.io/integrations/", {"url": None, "host": None}),
        ("n8n version 2.41.1 (Self Hosted)", {"n8n_version": "2.41.1"}),
        ("port 4433 on 10.4.0.1, 403 items", {"status": None}),
    ],
)
def test_a_sentence_gives_its_facts(text: str, facts: dict[str, Any]):
    draft = learned(text)
    assert {name: getattr(draft, name) for name in facts} == facts


@pytest.mark.parametrize(
    "text", ["", "  ", "Error", "AxiosError", "undefined", "[object Object]", "{}", "null", "Ask Assistant"]
)
def test_noise_says_nothing(text: str):
    assert not learned(text)


def test_the_first_reading_of_a_fact_stands():
    draft = Draft()
    for text in (f"401 {TEXT}", "Bad request - please check your parameters", "status code 500"):
        learn_text(draft, text)
    assert (draft.status, draft.message) == (401, "invalid x-api-key")
    assert draft.headline is Headline.BAD_REQUEST


def test_wrapping_ends_somewhere():
    text = TEXT
    for _ in range(12):
        text = "500 - " + json.dumps(text)
    learned(text)
    assert learned("litellm.ApiError: AnthropicException - " * 2_000 + TEXT).answered_by is None
    for before in ("500 ", "Error: 500 ", "(500) "):
        assert learned(before * 2_000 + TEXT).status == 500


@pytest.mark.parametrize("before", ["litellm.ApiError: AnthropicException - ", "litellm.InternalServerError: ", "500 "])
@pytest.mark.parametrize("relays", [1, 2, 3])
def test_an_answer_that_several_relays_passed_on_is_unwrapped(before: str, relays: int):
    assert learned(before * relays + TEXT).error_type == KNOWN["error_type"]


@pytest.mark.parametrize("why", ["connect ECONNREFUSED 10.0.0.1:4000", "getaddrinfo ENOTFOUND api.anthropic.com"])
def test_what_a_relay_says_without_an_answer_is_the_message_without_the_relays_name(why: str):
    draft = learned(f"litellm.InternalServerError: {why}")
    assert (draft.message, draft.code) == (why, why.split()[1])
    assert draft.also == [f"litellm.InternalServerError: {why}"]


@pytest.mark.parametrize("before", ["", "I get "])
@pytest.mark.parametrize(("rest", "message"), [("timeout", "timeout"), ("item 4", None)])
def test_what_follows_n8ns_sentence_is_the_message_where_it_is_long_enough_to_say_something(
    before: str, rest: str, message: str | None
):
    draft = learned(f"{before}Forbidden - perhaps check your credentials? {rest}")
    assert (draft.headline, draft.message) == (Headline.FORBIDDEN, message)


def test_lone_surrogates_are_taken_out():
    draft = learned("401 invalid x-api-key \ud83d")
    assert draft.message == "invalid x-api-key ?"


@pytest.mark.parametrize(
    "text",
    [
        "AI_RetryError: Failed after 3 attempts. Last error: {}",
        "Failed after 1 attempt. Last error: {}",
        "Failed after 2 attempts with non-retryable error: '{}'",
    ],
)
@pytest.mark.parametrize("inner", ["The box has no lid", "connect ECONNREFUSED 127.0.0.1:443", TEXT])
def test_what_the_ai_sdk_tried_again_is_what_the_last_answer_says(text, inner):
    outer, plain = learned(text.format(inner)), learned(inner)
    assert (outer.message, outer.status, outer.code) == (plain.message, plain.status, plain.code)
    assert (outer.error_type, outer.answered_by) == (plain.error_type, plain.answered_by)


def test_words_about_attempts_are_no_such_sentence():
    assert learned("Failed after 3 attempts. The last error was short").message.startswith("Failed after")
