"""Whose words are in front of an answer: a relay's make it prove nothing, a client's leave it as it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.causes.card import KeyVerdict
from core.diagnosis import diagnose
from core.paste import read
from core.paste.facts.envelopes import is_relays_lead

BODY = {
    "type": "error",
    "error": {
        "type": "invalid_request_error",
        "message": "Your credit balance is too low to access the Anthropic API.",
    },
}
PRODUCTS = st.from_regex(r"[A-Z][a-z]{5,12}gate", fullmatch=True)
SAYS = st.sampled_from(["invalid request", "upstream error", "API error", "request failed", "returned an error"])


@given(PRODUCTS, SAYS, st.sampled_from([": ", " 400: ", " (400): "]))
def test_a_products_name_in_front_of_an_answer_proves_nothing(product: str, says: str, end: str) -> None:
    paste = f"{product} {says}{end}{json.dumps(BODY)}"
    assert read(paste).failures[0].relayed
    assert diagnose(paste).findings[0].key_verdict is KeyVerdict.UNKNOWN


@given(st.integers(400, 599), PRODUCTS)
def test_a_provider_in_front_of_an_answer_proves_nothing(status: int, product: str) -> None:
    for lead in (
        f"Provider error {status}: ",
        f"{product}: provider returned ",
        f"Upstream provider {product.upper()} returned HTTP {status}.\n",
    ):
        paste = lead + json.dumps(BODY)
        assert read(paste).failures[0].relayed, lead
        assert diagnose(paste).findings[0].key_verdict is KeyVerdict.UNKNOWN


@pytest.mark.parametrize(
    "lead", ["400 ", "API Error: 400 ", "BadRequestError: 400 ", "Anthropic API error: ", "Error code: 400 - ", ""]
)
def test_a_clients_own_lead_keeps_the_proof(lead: str) -> None:
    assert not is_relays_lead(lead)
    assert diagnose(lead + json.dumps(BODY)).findings[0].key_verdict is KeyVerdict.GOOD
