"""The values of exported credentials: those inside the object, whole or cut off, and none after it."""

import json

import pytest

from core.redaction import redact

VALUE = "swordfish"
CREDENTIAL = {"type": "httpHeaderAuth", "data": {"name": "X-Any", "value": VALUE}}
NODE = {"name": "Set", "parameters": {"value": VALUE}}


@pytest.mark.parametrize("order", [("type", "data"), ("data", "type")])
def test_the_value_of_a_credential_is_hidden_and_the_same_word_after_it_stays(order: tuple[str, str]) -> None:
    text = json.dumps([{name: CREDENTIAL[name] for name in order}, NODE])
    (credential, node) = json.loads(redact(text).text)
    assert credential["data"]["name"] == "X-Any"
    assert credential["data"]["value"].startswith("[")
    assert node == NODE


def test_the_value_of_a_credential_that_is_cut_off_is_hidden() -> None:
    text = json.dumps([CREDENTIAL]).removesuffix("}}]")
    assert VALUE not in redact(text).text
    assert VALUE not in redact(text + ', "allowedDom').text
    assert redact(text).text.startswith(text.partition(VALUE)[0] + "[")
