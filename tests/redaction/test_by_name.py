"""Secrets are hidden by their place, exactly: not a character more or less."""

import json

import pytest

from core.redaction import SecretKind, redact
from core.redaction.secret_kinds import mask
from tests.redaction.places import PLACES


@pytest.mark.parametrize(("before", "secret", "after", "kind"), [p[1:] for p in PLACES], ids=[p[0] for p in PLACES])
def test_secret_is_masked_and_its_surroundings_stay(before: str, secret: str, after: str, kind: SecretKind) -> None:
    result = redact(before + secret + after)
    assert [(hidden.kind, hidden.count) for hidden in result.hidden] == [(kind, 1)]
    assert result.text == before + mask(kind, result.hidden[0].fingerprint) + after


@pytest.mark.parametrize(("before", "secret", "after"), [p[1:4] for p in PLACES], ids=[p[0] for p in PLACES])
def test_json_with_a_secret_in_a_string_stays_json(before: str, secret: str, after: str) -> None:
    text = json.dumps({"a": before + secret + after})
    assert json.loads(redact(text).text).keys() == {"a"}
    (inner,) = json.loads(redact(json.dumps([text])).text)
    assert json.loads(inner).keys() == {"a"}


def test_a_number_as_password_becomes_a_string() -> None:
    text = redact('{"a":"{\\"password\\": 123456, \\"token\\": 123456}","password":1234567,"pwd":0}').text
    outer = json.loads(text)
    inner = json.loads(outer["a"])
    assert outer["password"].startswith("[password #")
    assert inner["password"].startswith("[password #")
    assert inner["token"] == 123456
    assert outer["pwd"] == 0


def test_each_cookie_of_a_list_is_hidden_and_its_name_stays() -> None:
    text = redact('{"set-cookie":["a=one; Path=/","n8n-auth=two; HttpOnly"]}').text
    assert "one" not in text
    assert "two" not in text
    assert text.startswith('{"set-cookie":["a=[cookie #')
    assert text.endswith('; HttpOnly"]}')


def test_the_same_password_has_one_fingerprint_however_it_is_written() -> None:
    written = [
        '{"password":"pa-ss/w%rd"}',
        '{"a":"{\\"password\\":\\"pa-ss/w%rd\\"}"}',
        "DB_PASSWORD=pa-ss/w%25rd",
        "https://user:pa-ss%2Fw%25rd@host/",
        '{"password":"pa-ss\\/w%rd"}',
        "&quot;password&quot;:&quot;pa&#45;ss/w%rd&quot;",
    ]
    found = {redact(text, b"salt").hidden[0].fingerprint for text in written}
    assert len(found) == 1


def test_basic_auth_and_curl_user_have_one_fingerprint() -> None:
    one = redact("Authorization: Basic dXNlcjpzM2NyZXQ=", b"salt").hidden
    two = redact("curl -u user:s3cret https://host", b"salt").hidden
    assert one == two


@pytest.mark.parametrize(
    "text",
    ["password=$(cat /run/secrets/db1)", "api_key: {{ $json.key1 }}", "Authorization: ${TOKEN1}", "token=$(get t1)"],
)
def test_what_a_shell_or_n8n_puts_in_is_left(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_scheme_and_token_in_a_list_after_the_header_are_hidden_at_any_depth_of_json(depth: int) -> None:
    text: object = ["Host", "x", "Authorization", 'Bot a"Zk93vPq!x', "Accept", "*/*"]
    for _ in range(depth):
        text = json.dumps(text)
    redacted: object = redact(str(text)).text
    for _ in range(depth):
        redacted = json.loads(str(redacted))
    assert isinstance(redacted, list)
    assert [item.partition("#")[0] for item in redacted] == [
        "Host",
        "x",
        "Authorization",
        "Bot [secret ",
        "Accept",
        "*/*",
    ]


def test_a_password_behind_a_reference_is_hidden_and_the_reference_stays() -> None:
    assert "b9Q!c" not in redact("DB_PASSWORD=${a}b9Q!c").text
    for reference in ("${DB_PASS}", "${DB_PASS:-}", "$(cat /run/secret)", "{{ $json.password }}", "${A}${B}"):
        assert redact(f"DB_PASSWORD={reference}").text == f"DB_PASSWORD={reference}"
