"""Whose answer a body is, and what it says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.paste import read
from core.paste.documents import read_value
from core.paste.draft import Draft
from core.paste.facts.bodies import ANTHROPIC_TYPES, answered_by, is_bare_answer, is_error, learn_body
from core.paste.failure import AnsweredBy, Shape

INNER = '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens"}}'
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


def learned(body):
    draft = Draft()
    learn_body(draft, body)
    return draft


@pytest.mark.parametrize(
    ("body", "who"),
    [
        (OVERLOADED, AnsweredBy.ANTHROPIC),
        (OVERLOADED["error"], AnsweredBy.ANTHROPIC),
        ({"error": {"type": "forbidden", "message": "Request not allowed"}}, AnsweredBy.ANTHROPIC_EDGE),
        ({"error": {"message": "x", "type": "invalid_request_error", "param": None}}, AnsweredBy.OPENAI_STYLE),
        ({"message": "invalid x-api-key"}, AnsweredBy.OTHER_JSON),
    ],
)
def test_the_form_tells_who_answered(body, who):
    assert answered_by(body) is who


def test_the_inner_part_of_an_error_is_enough():
    draft = learned(OVERLOADED["error"])
    assert is_error(OVERLOADED["error"])
    assert (draft.error_type, draft.message) == ("overloaded_error", "Overloaded")


def test_an_inner_error_of_openai_is_not_anthropics():
    body = {"message": "Incorrect API key", "type": "invalid_request_error", "param": None, "code": "invalid_api_key"}
    assert answered_by(body) is not AnsweredBy.ANTHROPIC


def test_an_sdks_error_object_holds_the_body():
    draft = learned({"status": 529, "headers": {}, "request_id": "req_011CSxY2vVbCdEfGh", "error": OVERLOADED})
    assert (draft.status, draft.error_type) == (529, "overloaded_error")
    assert draft.request_id == "req_011CSxY2vVbCdEfGh"
    assert draft.answered_by is AnsweredBy.ANTHROPIC


def test_the_openai_compatible_endpoint_names_the_type_in_its_code():
    body = {"error": {"code": "rate_limit_error", "message": "x", "type": "invalid_request_error", "param": None}}
    draft = learned(body)
    assert (draft.error_type, draft.error_code) == ("rate_limit_error", None)
    assert draft.answered_by is AnsweredBy.OPENAI_STYLE


@given(message=st.text(), error_type=st.sampled_from(sorted(ANTHROPIC_TYPES)), request_id=st.none() | st.text())
def test_a_bare_answer_is_no_document_of_n8ns(message, error_type, request_id):
    """Text around one is read with it, so what a bare answer is must never be more than a body."""
    body = {"type": "error", "error": {"type": error_type, "message": message}, "request_id": request_id}
    assert is_bare_answer(body)
    document = read_value(body)
    assert document is None or document.shape is Shape.HTTP_BODY


@pytest.mark.parametrize(
    "more",
    [{"node": "Claude"}, {"json": {}}, {"data": {}}, {"error": {"type": "x", "message": "y", "stack": "z"}}],
)
def test_a_body_with_more_around_it_is_not_bare(more):
    assert not is_bare_answer({"type": "error", "error": {"type": "api_error", "message": "x"}, **more})


@pytest.mark.parametrize(
    ("body", "relayed"),
    [
        ({"error": {"message": INNER, "code": "400"}}, True),
        ({"error": {"code": 400, "message": "Provider error", "metadata": {"raw": INNER}}}, True),
        ({"detail": INNER}, True),
        ({"error": INNER}, False),
        ({"status": 400, "error": json.loads(INNER), "message": f"400 {INNER}"}, False),
        (json.loads(INNER), False),
    ],
)
def test_only_a_relays_own_answer_around_anthropics_makes_it_relayed(body: dict, relayed: bool):
    (failure,) = read(json.dumps(body)).failures
    assert failure.answered_by is AnsweredBy.ANTHROPIC
    assert failure.relayed is relayed
