"""Whose sentence a body holds."""

import json
from pathlib import Path

import pytest

from core.paste import read
from core.paste.facts.envelopes import is_numbered, is_relays_sentence, is_relays_type, names_relay
from core.paste.failure import AnsweredBy

ROWS = json.loads((Path(__file__).parents[2] / "data" / "anthropic_errors.json").read_text(encoding="utf-8"))


def test_no_documented_sentence_of_anthropic_is_taken_for_a_relays() -> None:
    documented = [
        (row["type"], row["message_example"])
        for row in ROWS
        if row["platform"] == "claude_api" and row["type"] and row["message_example"]
    ]
    assert len(documented) > 60
    assert [pair for pair in documented if is_relays_sentence(*pair)] == []


@pytest.mark.parametrize("kind", ["api_error", "overloaded_error", "timeout_error"])
def test_a_servers_type_needs_anthropics_own_sentence_or_number(kind: str) -> None:
    assert is_relays_sentence(kind, "every slot is taken")
    assert not is_relays_sentence(kind, "every slot is taken", "req_011DND4TzVm8RwXp2QbYd6Lf")
    assert is_relays_sentence(kind, "every slot is taken", "req_ebe88a734f6941a29e44696f535eae4e")
    assert not is_relays_sentence("invalid_request_error", "every slot is taken")


def test_a_relays_type_and_number_are_known() -> None:
    assert [is_relays_type(kind) for kind in ("<nil>", "new_api_error", "upstream_error", "api_error", None)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert is_numbered("token is bad (request id: 2026112812)")
    assert not is_numbered("token is bad")
    assert names_relay("no channel for this model")


def test_a_relays_own_sentence_in_anthropics_form_is_another_services() -> None:
    failure = read('503 {"type":"error","error":{"type":"api_error","message":"nobody is free"}}').failures[0]
    assert failure.answered_by is AnsweredBy.OTHER_JSON
    assert failure.relayed
    assert failure.error_type is None


def test_an_aws_error_object_without_a_message_is_read() -> None:
    failure = read('{"name":"ThrottlingException","$fault":"client","$metadata":{"httpStatusCode":429}}').failures[0]
    assert (failure.answered_by, failure.status, failure.error_type) == (AnsweredBy.AWS, 429, "ThrottlingException")
