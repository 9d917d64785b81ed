"""n8n's own words, field names and workflow code stay readable."""

import json

import pytest

from core.redaction import redact
from tests.paths import DATA

WORDS = (DATA / "n8n_words.txt").read_text(encoding="utf-8").splitlines()
LINES_OF_CODE = [
    "const items = $input.all(); const token = items[0].json.access_token;",
    "const { apiKey, baseUrl } = await this.getCredentials('anthropicApi');",
    "if (!apiKey) { throw new NodeOperationError(this.getNode(), 'No API key set'); }",
    "const password = $('Form').first().json.password;",
    "return $input.all().map(item => ({ json: { key: item.json.key, token: undefined } }));",
    "const sessionKey = `chat_${$json.chatId}`;",
    "for (const [key, value] of Object.entries(headers)) { out[key] = value; }",
    "const isSecret = key === 'password' || key === 'token';",
    "={{ $json.headers['x-api-key'] }}",
    "={{ $('Get token').item.json.access_token }}",
    "={{ $json.apiKey ? $json.apiKey : $vars.API_KEY }}",
    '={{ { "session_id": $json.sessionId, "key": $json.key } }}',
    "let auth = options.auth; let secret = getSecret(auth, 'name'); const pass = checkPass(secret);",
    "token = response.json()['access_token']; headers = {'Authorization': f'Bearer {token}'}",
    "SELECT key, token_count FROM sessions WHERE session_id = :sessionId AND key = ANY($1)",
    "const map = new Map(rows.map(r => [r.key, r])); const cookie = $json.headers.cookie;",
]


@pytest.mark.parametrize("start", range(0, len(WORDS), 100))
def test_words_of_n8n_stay(start: int) -> None:
    for word in WORDS[start : start + 100]:
        for text in (word, json.dumps({"displayName": word, "name": word}), f"Problem in node ‘{word}‘: it failed"):
            assert redact(text).text == text


def test_there_are_enough_words() -> None:
    assert len(WORDS) >= 1000


def test_names_options_and_code_that_look_like_secrets_stay() -> None:
    text = (DATA / "n8n_names_like_secrets.json").read_text(encoding="utf-8")
    assert redact(text).text == text
    assert redact(json.dumps(json.loads(text))).hidden == ()


@pytest.mark.parametrize("code", LINES_OF_CODE)
def test_code_stays(code: str) -> None:
    for text in (
        code,
        json.dumps({"jsCode": code}),
        json.dumps({"data": json.dumps({"jsCode": code + "\nreturn [];"})}),
    ):
        assert redact(text).text == text
