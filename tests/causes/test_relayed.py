"""Anthropic's documented sentences keep their cause in whatever envelope a relay puts them, and prove nothing there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.causes.card import KeyVerdict
from core.diagnosis import diagnose

ROWS = [
    row
    for row in json.loads((Path(__file__).parents[1] / "data" / "anthropic_errors.json").read_text(encoding="utf-8"))
    if row["platform"] == "claude_api" and row["message_example"] and row["type"] and row["status"]
]
REFUSALS = {"invalid_key", "missing_key_header", "wrong_auth_header", "oauth_token_as_key", "key_expired"}
GATEWAYS = {"gateway_key_rejected"}
TYPE_TELLS = {"Billing error", "The requested resource could not be found.", "Internal server error", "Request timeout"}
"""Sentences that say less than the type beside them; under a relay's type they name no cause."""
RETYPED = {"nil type", "relay's type"}
UNNAMED = {"unknown", "detail_lost"}


def bodied(kind: str | None, sentence: str) -> dict[str, Any]:
    """Return an error body with a type and a sentence."""
    return {"type": "error", "error": {"type": kind, "message": sentence}}


ENVELOPES: dict[str, Callable[[dict[str, Any], str], object]] = {
    "detail": lambda body, said: {"detail": body},
    "detail as text": lambda body, said: {"detail": json.dumps(body)},
    "message": lambda body, said: {"error": {"message": json.dumps(body), "type": "upstream_error", "code": "bad"}},
    "raw": lambda body, said: {
        "error": {
            "message": "Provider returned error",
            "code": 502,
            "metadata": {"raw": json.dumps(body), "provider_name": "Anthropic"},
        }
    },
    "details": lambda body, said: {"error": {"message": "relay failed", "details": body}},
    "nil type": lambda body, said: bodied("<nil>", said + " (request id: 2026010100000000000000000AbCdEfGh)"),
    "relay's type": lambda body, said: {"error": {"type": "new_api_error", "message": said + " (request id: 2026a)"}},
    "litellm": lambda body, said: {
        "error": {"message": f"litellm.APIError: AnthropicException - {json.dumps(body)}", "type": None, "code": "500"}
    },
    "success": lambda body, said: {"success": False, "error": json.dumps(body)},
}


def causes_and_verdicts(text: str) -> list[tuple[str, KeyVerdict]]:
    """Return what a text is read as."""
    return [(finding.cause, finding.key_verdict) for finding in diagnose(text).findings]


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize("status", [None, "own", 400, 429, 500, 502])
def test_a_relayed_sentence_keeps_its_cause_and_proves_nothing(envelope: str, status: int | str | None) -> None:
    """Every row, every envelope, every status: the cause is the sentence's, and the key stays unjudged."""
    wrong = []
    for row in ROWS:
        if envelope in RETYPED and row["message_example"] in TYPE_TELLS:
            continue
        body = bodied(row["type"], row["message_example"])
        number = row["status"] if status == "own" else status
        lead = f"{number} " if number else ""
        direct = causes_and_verdicts(f"{row['status']} {json.dumps(body)}")[0][0]
        read = causes_and_verdicts(lead + json.dumps(ENVELOPES[envelope](body, row["message_example"])))
        allowed = {direct} | (GATEWAYS if row["status"] == 401 else set())
        if row["status"] == 401:
            allowed -= REFUSALS
        if direct in UNNAMED:
            allowed |= {"upstream_gateway_error"}
        if read[0][0] not in allowed or any(verdict is not KeyVerdict.UNKNOWN for _, verdict in read):
            wrong.append((row["message_example"][:60], direct, read))
    assert not wrong


@given(
    row=st.sampled_from(ROWS),
    layers=st.lists(st.sampled_from(["detail", "detail as text", "message", "raw", "success"]), min_size=2, max_size=4),
)
def test_answers_inside_answers_are_found(row: dict[str, Any], layers: list[str]) -> None:
    """Two to four layers of relays round a body leave its cause, and never let it prove anything."""
    body = bodied(row["type"], row["message_example"])
    direct = causes_and_verdicts(json.dumps(body))[0][0]
    value: Any = body
    for layer in layers:
        value = ENVELOPES[layer](value, "")
    (cause, verdict), *_ = causes_and_verdicts(json.dumps(value))
    assert verdict is KeyVerdict.UNKNOWN
    # what names no cause may at least be said to come from the relay
    allowed = {direct, "upstream_gateway_error"} if direct in UNNAMED else {direct}
    assert cause in ({"gateway_key_rejected"} if row["status"] == 401 else allowed)


@given(
    kind=st.sampled_from(["api_error", "overloaded_error", "timeout_error"]),
    said=st.sampled_from(
        ["no account left in this pool", "All accounts are busy", "quota used up, top up your wallet", "渠道不可用"]
    ),
    status=st.sampled_from([401, 402, 403, 429, 500, 502, 503, 529]),
    outer=st.booleans(),
)
def test_a_relays_own_sentence_is_never_said_to_be_anthropics(kind: str, said: str, status: int, outer: bool) -> None:
    """Anthropic's form with a sentence that Anthropic does not write accuses neither Anthropic nor the key."""
    body = bodied(kind, said) if outer else {"error": {"type": kind, "message": said}}
    for cause, verdict in causes_and_verdicts(f"{status} {json.dumps(body, ensure_ascii=False)}"):
        assert cause not in {"anthropic_server_error", "overloaded", "invalid_key", "credit_exhausted"}
        assert verdict in (KeyVerdict.UNKNOWN, KeyVerdict.NOT_INVOLVED)


@given(row=st.sampled_from(ROWS), provider=st.sampled_from(["Anthropic", "Google", "Amazon Bedrock"]))
def test_an_answer_in_a_damaged_envelope_proves_nothing(row: dict[str, Any], provider: str) -> None:
    """A copy that lost the backslashes round the inner answer still shows that a relay passed it on."""
    inner = json.dumps(bodied(row["type"], row["message_example"]), separators=(",", ":"))
    text = f'400 {{"error":{{"message":"Provider returned error","metadata":{{"raw":"{inner}","from":"{provider}"}}}}}}'
    assert all(verdict in (KeyVerdict.UNKNOWN, KeyVerdict.NOT_INVOLVED) for _, verdict in causes_and_verdicts(text))
