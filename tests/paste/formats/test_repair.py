"""JSON that a copy damaged."""

import pytest

from core.paste import read
from core.paste.formats.repair import parse_cut_off, telling_strings

BODY = '{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": "req_01'


def test_what_stands_before_the_cut_is_kept():
    assert parse_cut_off(BODY)["error"] == {"type": "overloaded_error", "message": "Overloaded"}


@pytest.mark.parametrize("text", ['{"whole": 1}', "no JSON", BODY + "x" * 20_000])
def test_what_was_not_cut_off_is_refused(text):
    with pytest.raises(ValueError, match="cut off"):
        parse_cut_off(text)


@pytest.mark.parametrize("before", ["529 ", "Overnight my flow stopped:\n\n529 ", "API Error: 529 "])
@pytest.mark.parametrize("body", [BODY, BODY.replace(", ", ",\n  ")])
def test_an_answer_in_a_text_may_be_cut_off(before, body):
    failure = read(before + body).failures[0]
    assert (failure.status, failure.error_type) == (529, "overloaded_error")


def test_every_telling_string_of_damaged_json_is_kept_once():
    telling = ["529 - Overloaded, try later", "connect ECONNREFUSED 10.0.0.1:443", "invalid x-api-key"]
    text = "".join(f'"a": "{one}", "b": "some other words", ' for one in (*telling, telling[0]))
    assert telling_strings(text) == telling
