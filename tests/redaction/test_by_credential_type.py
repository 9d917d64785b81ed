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


@pytest.mark.parametrize("order", [("kind", "data"), ("data", "kind")])
def test_every_value_of_a_kubernetes_secret_is_hidden_and_none_of_a_config_map(order: tuple[str, str]) -> None:
    secret = {"kind": "Secret", "data": {"host": "c3dvcmQ=", "anything": "ZmlzaA=="}}
    redacted = json.loads(redact(json.dumps({name: secret[name] for name in order})).text)
    assert [value[:1] for value in redacted["data"].values()] == ["[", "["]
    config = json.dumps({name: {**secret, "kind": "ConfigMap"}[name] for name in order})
    assert redact(config).text == config
