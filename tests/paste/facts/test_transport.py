"""The table of transport faults: every client's words for a fault give its code, in every wrapping its cause."""

import json

import pytest

from core.causes.loader import load
from core.diagnosis import diagnose
from core.paste.draft import VAGUE_CODES, Draft
from core.paste.facts.transport import WORDINGS, Client, Wording, learn_transport

STACK = "\n    at TLSSocket.socketOnEnd (node:_http_client:524:23)\n    at TLSSocket.emit (node:events:530:35)"
WRAPPINGS = {
    "bare": "{}",
    "log line": "2026-11-02T10:00:00.000Z | error | {}",
    "under a node's name": "Problem in node ‘Message a model‘\n\n{}",
    "with a stack": "{}" + STACK,
    "in a person's words": "Hello, our workflow stopped this morning with this:\n\n{}\n\nThank you",
    "indented": "    {}",
}
CAUSE = {code: card.id for card in load().values() for match in card.match for code in match.code}


def _read(text: str) -> Draft:
    draft = Draft()
    learn_transport(draft, text)
    return draft


def _name(row: Wording) -> str:
    return f"{row.client}: {row.example[:60]}"


@pytest.mark.parametrize("row", WORDINGS, ids=_name)
def test_the_example_of_a_row_gives_its_code(row: Wording) -> None:
    assert _read(row.example).code == row.code


@pytest.mark.parametrize("row", WORDINGS, ids=_name)
def test_the_example_of_a_row_gives_its_cause_in_every_wrapping(row: Wording) -> None:
    causes = {name: diagnose(text.replace("{}", row.example)).findings[0].cause for name, text in WRAPPINGS.items()}
    assert causes == dict.fromkeys(WRAPPINGS, CAUSE[row.code])


@pytest.mark.parametrize("row", WORDINGS, ids=_name)
def test_the_example_of_a_row_gives_its_cause_in_n8ns_copy(row: Wording) -> None:
    details = {
        "errorMessage": "Error",
        "errorDescription": row.example,
        "errorDetails": {},
        "n8nDetails": {"nodeName": "Message a model", "nodeType": "@n8n/n8n-nodes-langchain.anthropic"},
    }
    assert diagnose(json.dumps(details)).findings[0].cause == CAUSE[row.code]


def test_every_client_has_a_row() -> None:
    assert {row.client for row in WORDINGS} == set(Client)


@pytest.mark.parametrize("vague", [row for row in WORDINGS if row.code in VAGUE_CODES], ids=_name)
def test_a_reason_outweighs_the_words_around_it(vague: Wording) -> None:
    assert _read(f"{vague.example} [Errno 111] Connection refused").code == "ECONNREFUSED"
    draft = Draft(code=vague.code)
    draft.learn(code="ECONNRESET")
    assert draft.code == "ECONNRESET"
    draft.learn(code=vague.code)
    assert draft.code == "ECONNRESET"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ('Post "https://x": dial tcp: lookup api.anthropic.com on 127.0.0.11:53: no such host', "api.anthropic.com"),
        ("dial tcp 10.0.0.7:4000: connect: connection refused", "10.0.0.7"),
        ("HTTPSConnectionPool(host='api.anthropic.com', port=443): Read timed out.", "api.anthropic.com"),
        ("java.net.UnknownHostException: api.anthropic.com", "api.anthropic.com"),
        ("No such host is known. (api.anthropic.com:443)", "api.anthropic.com"),
        ("Cannot connect to host localhost:4000 ssl:default [Connect call failed ('127.0.0.1', 4000)]", "localhost"),
        ("Failed to connect to llm.example.com port 8080: Connection refused", "llm.example.com"),
        ("SSL_connect: Connection was reset in connection to api.anthropic.com:443", "api.anthropic.com"),
    ],
)
def test_the_host_is_read(text: str, host: str) -> None:
    assert _read(text).host == host


@pytest.mark.parametrize(
    "text",
    [
        "The employee was terminated in May.",
        "We refused the offer, and the meeting timed well.",
        "The certificate of the course is attached.",
        "It fetches the data and then nothing happens.",
        "The EOF marker of the file is missing in my CSV.",
    ],
)
def test_ordinary_words_are_no_fault(text: str) -> None:
    assert _read(text).code is None
