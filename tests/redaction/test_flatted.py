"""In flatted run data a secret is hidden in its slot, and every index stays."""

import json
from typing import Any

import pytest

from core.redaction import redact

HEAD: list[Any] = [{"version": 1, "startData": "1", "resultData": "2"}]
SLOTS: dict[str, list[Any]] = {
    "field": [*HEAD, {"x-api-key": "3"}, {}, "hunter2 and more"],
    "pair": [*HEAD, {"name": "3", "value": "4"}, {}, "x-api-key", "hunter2 and more"],
    "resume token": [*HEAD, {"resumeToken": "3", "a": "2"}, {}, "hunter2 and more"],
    "header list": [*HEAD, {"set-cookie": "3"}, {}, ["4"], "sid=hunter2 and more; Path=/"],
    "raw headers": [*HEAD, ["3", "4"], {}, "Authorization", "Token hunter2 and more"],
    "awkward": [*HEAD, {"password": "3"}, {}, 'hunter2 "and" m\\ore\nä'],
}


@pytest.mark.parametrize("name", SLOTS)
@pytest.mark.parametrize("wrapped", [False, True], ids=["alone", "in a document"])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_only_the_slot_with_the_secret_changes(name: str, wrapped: bool, ascii_only: bool) -> None:
    slots = SLOTS[name]
    text = json.dumps(slots, separators=(",", ":"), ensure_ascii=ascii_only)
    if wrapped:
        text = json.dumps({"id": "7", "data": text}, separators=(",", ":"), ensure_ascii=ascii_only)
    result = redact(text)
    after = json.loads(result.text)
    after = json.loads(after["data"]) if wrapped else after
    assert after[:-1] == slots[:-1]
    assert after[-1] != slots[-1]
    assert "hunter2" not in after[-1]
    assert sum(hidden.count for hidden in result.hidden) == 1


@pytest.mark.parametrize("space", ["", " ", "  "])
def test_a_slot_in_a_quoted_document_is_hidden_however_the_document_is_spaced(space: str) -> None:
    slots = SLOTS["field"]
    text = json.dumps({"data": f"[{space}{json.dumps(slots)[1:]}"})
    after = json.loads(json.loads(redact(text).text)["data"])
    assert after[:-1] == slots[:-1]
    assert "hunter2" not in after[-1]


def test_a_shared_slot_that_is_no_secret_stays() -> None:
    slots = [*HEAD, {"cookie": "3", "x-api-key": "4", "body": "3"}, {}, "", "={{ $credentials.anthropicApi.apiKey }}"]
    text = json.dumps(slots)
    assert redact(text).text == text


def test_short_numbers_are_passwords_outside_flatted_data() -> None:
    assert "55555" not in redact('[{"id":"1","password":"55555"}]').text
    assert "555555" not in redact('{"password":"555555"}').text


def test_a_number_in_a_text_of_a_slot_is_a_password_where_it_is_too_long_for_an_index() -> None:
    slots = [*HEAD, {"body": "3"}, {}, '{"password":"12345678"}']
    after = json.loads(redact(json.dumps(slots, separators=(",", ":"))).text)
    assert after[:-1] == slots[:-1]
    assert json.loads(after[-1])["password"].startswith("[password #")
