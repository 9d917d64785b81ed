"""What "Copy error details" puts on the clipboard, in the form of n8n 1.x."""

import pytest

from core.paste.failure import AnsweredBy
from core.paste.shapes.copy_details import read_copy_details

HEADLINE = "Bad request - please check your parameters"


def test_an_sdks_error_as_the_cause_holds_the_answer():
    body = {"type": "error", "error": {"type": "invalid_request_error", "message": "max_tokens: Field required"}}
    cause = {"status": 400, "headers": {}, "requestID": "req_011CSxY2vVbCdEfGh", "error": body, "attemptNumber": 1}
    draft = read_copy_details({"errorMessage": HEADLINE, "errorDetails": {}, "n8nDetails": {"cause": cause}})
    assert (draft.status, draft.error_type) == (400, "invalid_request_error")
    assert draft.request_id == "req_011CSxY2vVbCdEfGh"
    assert draft.answered_by is AnsweredBy.ANTHROPIC


def test_a_failed_expression_stands_as_the_cause():
    details = {"errorMessage": 'connect "Memory" to "Webhook"', "n8nDetails": {"cause": '={{ $node["Webhook"].json }}'}}
    assert read_copy_details(details).n8n_error == "ExpressionError"


@pytest.mark.parametrize(
    ("headline", "description", "message"),
    [
        (HEADLINE, "max_tokens: Field required", "max_tokens: Field required"),
        ("max_tokens: Field required", HEADLINE, "max_tokens: Field required"),
        ("401 invalid x-api-key", "Check your credentials", "invalid x-api-key"),
    ],
)
def test_the_sentence_that_says_more_than_n8ns_own_is_the_message(headline: str, description: str, message: str):
    details = {"errorMessage": headline, "errorDescription": description, "errorDetails": {}, "n8nDetails": {}}
    assert read_copy_details(details).message == message
