"""JSON documents: which shape they have."""

import json

import pytest

from core.paste.documents import read_value
from core.paste.failure import Shape, Surface


@pytest.mark.parametrize("wrap", [lambda answer: answer, lambda answer: {"data": answer}])
def test_the_credential_tests_answer_is_read(wrap):
    found = read_value(wrap({"status": "Error", "message": "Received HTTP status code: 529"}))
    assert found.shape is Shape.CREDENTIAL_TEST
    assert (found.drafts[0].status, found.drafts[0].surface) == (529, Surface.CREDENTIAL_TEST)


def test_a_green_credential_test_is_no_failure():
    found = read_value({"data": {"status": "OK", "message": "Connection successful!"}})
    assert found is None or not found.drafts


def test_an_item_with_a_callers_error_is_unwrapped_without_its_trace():
    body = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    message = f"529 - {json.dumps(json.dumps(body))}"
    found = read_value([{"json": {"error": {"message": message, "name": "AxiosError", "status": 529}}}])
    assert found.drafts[0].error_type == "overloaded_error"
