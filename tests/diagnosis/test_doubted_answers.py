"""What a person writes around Anthropic's words may say that they prove nothing about the key in question."""

import json

import pytest

from core.causes.card import Certainty, KeyVerdict
from core.causes.loader import load
from core.diagnosis import diagnose
from core.diagnosis.own_words import is_its_own
from core.paste.facts.doubt import casts_doubt
from core.paste.facts.prose import is_told
from tests.labelled import AS_OF

REFUSED = json.dumps({"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}})
NO_CREDIT = json.dumps({
    "type": "error",
    "error": {"type": "invalid_request_error", "message": "Your credit balance is too low to access the API."},
})  # fmt: skip
BUSY = json.dumps({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
ANSWER = json.dumps({
    "id": "msg_01Pq8rSt3uVw6xYz9aBc2dEf", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5",
    "content": [{"type": "text", "text": "Hi"}], "stop_reason": "end_turn",
})  # fmt: skip
UNKNOWN, REJECTED, GOOD = KeyVerdict.UNKNOWN, KeyVerdict.REJECTED, KeyVerdict.GOOD


def verdicts(paste: str) -> set[KeyVerdict]:
    return {finding.key_verdict for finding in diagnose(paste, today=AS_OF).findings}


ANOTHER_KEY = (
    "With our old key:", "my colleague's key:", "I used an invalid API key:", "key A:", "second key ->",
    "mit dem alten Schlüssel:", "der Testschlüssel von Kollegin Anna:", "avec l'ancienne clé :",
    "con la clave antigua:", "com a chave velha:", "con la chiave vecchia:", "stary klucz:", "eski anahtar:",
    "старый ключ:", "旧密钥：", "同事的密钥：", "absichtlich so:", "à propósito, de propósito:",
)  # fmt: skip
RELAYS = (
    "Our LiteLLM says:", "via Helicone:", "Portkey log:", "Our gateway answers:", "The API proxy gives:",
    "new-api:", "claude-code-router:", "curl $GW/v1/messages", "baseURL: process.env.GW,", "behind nginx:",
    "我们的网关：", "Kimi's Anthropic-compatible endpoint:",
)  # fmt: skip
NOBODYS = (
    "Expected:", "Example error from the docs:", "For a wrong key you would get:",
    "If your key is wrong, you will see:", "Mock response (401):", "Test case 3:", "Beispiel:",
    "Erwartetes Ergebnis:", "Exemple de réponse :", "Ejemplo:", "Exemplo:", "Esempio:", "Oczekiwany wynik:",
    "Beklenen sonuç:", "Пример ответа:", "预期结果：",
)  # fmt: skip


@pytest.mark.parametrize("words", [*ANOTHER_KEY, *RELAYS, *NOBODYS])
def test_words_above_an_answer_take_its_proof(words: str):
    for answer in (REFUSED, NO_CREDIT, ANSWER):
        assert verdicts(f"{words}\n\n```json\n{answer}\n```") == {UNKNOWN}
    for error in (REFUSED, NO_CREDIT):
        assert verdicts(f"{words} 401 {error}") == {UNKNOWN}
        assert verdicts(f"{words}\n\nHTTP/2 401\ncontent-type: application/json\n\n{error}") == {UNKNOWN}
    assert diagnose(f"{words} 401 {REFUSED}", today=AS_OF).findings[0].certainty is Certainty.LIKELY


PANEL = f"""Authorization failed - please check your credentials
invalid x-api-key
Error details
From Message a model
Error code
401
Full message
401 - {json.dumps(REFUSED)}
Other info
n8n version
2.41.1 (Self Hosted)"""


@pytest.mark.parametrize("words", [*ANOTHER_KEY, *RELAYS])
def test_words_above_a_panel_take_its_proof(words: str):
    assert verdicts(PANEL) == {REJECTED}
    assert verdicts(f"{words}\n{PANEL}") == {UNKNOWN}


PLAIN = (
    "Please help, this is what I get:", "Hallo Support, mein Node bringt diesen Fehler:",
    "Bonjour, voici l'erreur :", "Hola, tengo este error en n8n:", "Olá, este erro:", "Cześć, mam taki błąd:",
    "Merhaba, hata:", "Здравствуйте! Ошибка:", "你好，报错：", "What does this mean?",
    "Since Monday, with no gateway in between:", "I made the key a week ago.",
    "See https://docs.claude.com/en/api/errors", "Would you please help?", "It should work but:",
    "I expected an answer and got this:", "I checked the docs and the key, tokens per second are fine:",
)  # fmt: skip


@pytest.mark.parametrize("words", PLAIN)
def test_a_plain_question_keeps_the_answers_proof(words: str):
    for body, verdict in ((REFUSED, REJECTED), (NO_CREDIT, GOOD)):
        assert verdicts(f"{words}\n\n```json\n{body}\n```") == {verdict}
        assert verdicts(f"{words}\n401 {body}\n\nThank you") == {verdict}


def test_headers_between_the_words_and_the_answer_are_no_words():
    headers = "content-type: application/json\ncf-cache-status: dynamic\nx-should-retry: false"
    assert casts_doubt(f"Expected:\n{headers}\n\n{REFUSED}")
    assert not casts_doubt(f"Here:\nx-robots-tag: sample\n\n{REFUSED}")


def test_words_inside_an_answer_cast_no_doubt():
    body = json.dumps(
        {"type": "error", "error": {"type": "invalid_request_error", "message": "Expected a gateway key"}}
    )
    assert not casts_doubt(body)
    assert not casts_doubt("Error\nExpected a gateway", ["Expected a gateway"])
    assert casts_doubt("Error\nExpected a gateway")


@pytest.mark.parametrize("code", ["expect(body).toEqual({})", "nock(x).reply(401, {})", "const sample = {};"])
def test_a_body_inside_code_is_its_authors(code: str):
    assert verdicts(code.replace("{}", REFUSED)) == {UNKNOWN}
    assert verdicts(f"POST /v1/messages (401) err={REFUSED}") == {REJECTED}


def test_bodies_that_somebody_put_together_are_of_calls_that_nobody_tells_apart():
    assert verdicts(json.dumps({"expected": json.loads(REFUSED), "got": json.loads(BUSY)})) == {UNKNOWN}


def test_what_explains_an_answer_takes_its_proof():
    assert verdicts(f"401 {REFUSED} usually means that the key is wrong.") == {UNKNOWN}
    assert verdicts(f"401 {REFUSED} in my node") == {REJECTED}


@pytest.mark.parametrize("words", ["Anna: {}\nBen: {}", "staging 401 {}\nproduction 529 {}", "Dün: {}\nBugün: {}"])
def test_answers_with_unlike_ends_are_of_calls_that_nobody_tells_apart(words: str):
    for second in (BUSY, NO_CREDIT):
        assert REJECTED not in verdicts(words.format(REFUSED, second))
    assert verdicts(words.format(REFUSED, REFUSED)) == {REJECTED}


# A sentence without the answer around it

TOLD = (
    "Klucz produkcyjny zwraca 401 {}", "U mnie n8n pokazuje {}", "Нода пишет {}", "余额不足：{}",
    "Minulla oli eilen: {}", "Node hiển thị {}", "Node menampilkan {} sejak kemarin",
    "Customer A: {}. Customer B: works.", "TC: wrong key -> {}", "fixed: was {}, wrong credential selected",
    "Claude schreibt {}", "A 401 with '{}' means that the key is not known.",
)  # fmt: skip
BARE = (
    "{}", "401 {}", "400 - {}", "Error: {}", "NodeApiError: {}", "Anthropic API error: {}",
    "Problem in node ‘Frag Claude‘\n{}", "Authorization failed - please check your credentials\n{}",
    "2026-11-28T09:00:00.123Z [error] {}",
)  # fmt: skip
SENTENCES = (
    ("401 invalid x-api-key", REJECTED),
    ("Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade.", GOOD),
)


@pytest.mark.parametrize(("sentence", "_verdict"), SENTENCES)
@pytest.mark.parametrize("words", TOLD)
def test_a_sentence_inside_a_persons_own_proves_nothing_in_any_language(
    words: str, sentence: str, _verdict: KeyVerdict
):
    assert verdicts(words.format(sentence)) == {UNKNOWN}


@pytest.mark.parametrize("words", BARE)
def test_a_credit_sentence_on_its_own_line_keeps_its_proof(words: str):
    assert verdicts(words.format(SENTENCES[1][0])) == {GOOD}


def test_a_refusal_on_its_own_line_keeps_its_proof():
    for words in ("401 {}", "401 - {}", "Error 401: {}", BARE[-2]):
        assert verdicts(words.format("invalid x-api-key")) == {REJECTED}


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("messages.3.content.8: blocks that nobody ever described before were sent", True),
        ("max_tokens: 9 > 8, which nobody ever described before", True),
        ("This request would exceed your organization's rate limit of 30 tokens, unheard-of words follow", True),
        ("Unheard-of words stand before: exceed your organization's rate limit", False),
        ("Bad request - please check your parameters\nUnheard-of words below n8n's own sentence", True),
        ("Problem in node ‘Frag Claude‘\nUnheard-of words below a node's name", True),
        ("Nichts Besonderes\nUnheard-of words below somebody's own", False),
    ],
)
def test_a_longer_sentence_is_known_by_its_beginning(line: str, own: bool):
    assert is_its_own(line.rsplit("\n", 1)[-1], line, "rate_limited") is own


def test_a_refusal_is_known_by_all_of_its_words():
    assert is_its_own("invalid x-api-key", "401 invalid x-api-key", "invalid_key")
    assert not is_its_own("invalid x-api-key", "401 invalid x-api-key heute", "invalid_key")
    assert not is_its_own("invalid x-api-key", "Problem in node ‘x‘\nunheard-of invalid x-api-key", "invalid_key")
    assert is_its_own("not in this text", "another text", "invalid_key")


def test_what_is_beside_a_sentence_in_a_document_is_no_persons_word():
    details = {
        "errorMessage": "Bad request - please check your parameters",
        "errorDescription": SENTENCES[1][0],
        "errorDetails": {"httpCode": "400"},
        "n8nDetails": {"nodeName": "Nachricht senden", "nodeType": "@n8n/n8n-nodes-langchain.anthropic"},
    }
    assert verdicts(json.dumps(details, ensure_ascii=False)) == {GOOD}


def test_anthropics_own_answer_comes_before_another_services():
    other = json.dumps({"error": {"message": "Authentication Error, Invalid proxy server token passed", "code": "401"}})
    findings = diagnose(f"first node: 401 {other}\nsecond node: 529 {BUSY}", today=AS_OF).findings
    assert [finding.cause for finding in findings] == ["overloaded", "gateway_key_rejected"]


def test_what_a_person_tells_in_a_cards_example_is_no_programs_word():
    told = [
        (line, card.id)
        for card in load().values()
        for example in card.example
        for line in example.text.split("\n")
        if is_told(line) and "{" not in line
    ]
    assert told
    assert not all(is_its_own(line, line, cause) for line, cause in told)
