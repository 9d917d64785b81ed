"""JSON documents: which shape they have."""

import json

import pytest

from core.paste.documents import read_json, read_value
from core.paste.errors import TooLarge
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


@pytest.mark.parametrize("wrap", [lambda body: {"mode": "live", **body}, lambda body: {"data": body}])
def test_an_answer_in_a_services_envelope_is_no_execution(wrap):
    body = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    found = read_value({"data": wrap(body)})
    assert (found.shape, found.needs) == (Shape.HTTP_BODY, None)
    assert found.drafts[0].error_type == "overloaded_error"


def test_items_without_a_node_are_told_apart_by_their_number_and_those_of_nodes_by_the_node():
    first, second = ({"json": {"error": f"Request failed with status code {status}"}} for status in (401, 529))
    several, one = read_value([first, second]), read_value([first])
    by_node = read_value({"A": [first], "B": [second]})
    assert [(draft.node, draft.item_index) for draft in several.drafts] == [(None, 0), (None, 1)]
    assert [(draft.node, draft.item_index) for draft in one.drafts] == [(None, None)]
    assert [(draft.node, draft.item_index) for draft in by_node.drafts] == [("A", None), ("B", None)]


def test_a_run_that_the_message_of_a_body_quotes_is_read_as_a_run():
    error = {"name": "NodeApiError", "message": "Overloaded", "httpCode": "529"}
    run = {"id": "7", "data": {"resultData": {"error": error, "runData": {}}}}
    found = read_value({"message": json.dumps(run)})
    assert found.shape is Shape.EXECUTION
    assert found.drafts[0].status == 529
    assert read_value({"message": '["overloaded_error"]'}).shape is Shape.HTTP_BODY


@pytest.mark.parametrize("wrap", [lambda inner: {"body": inner}, lambda inner: {"body": json.dumps(inner)}])
def test_a_run_is_found_inside_four_envelopes_and_no_more(wrap):
    wrapped = {
        "id": "7",
        "data": {"resultData": {"error": {"message": "Overloaded", "httpCode": "529"}, "runData": {}}},
    }
    for _ in range(4):
        wrapped = wrap(wrapped)
    assert read_value(wrapped).shape is Shape.EXECUTION
    found = read_value(wrap(wrapped))
    assert found is None or not found.drafts


def test_a_list_of_numbers_as_big_as_an_export_is_refused_before_it_is_built():
    with pytest.raises(TooLarge, match="too long to be one n8n export"):
        read_json(b"[" + b"100, " * 2_000_001 + b"100]")
