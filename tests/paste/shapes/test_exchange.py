"""What a terminal shows of a call: the command, the headers of its answer and the body."""

import json

import pytest

from core.paste.failure import Provider
from core.paste.shapes.exchange import read_exchange

BODY = json.dumps({"type": "error", "error": {"type": "rate_limit_error", "message": "Too many"}})
ANSWER = "HTTP/2 429 \ncontent-type: application/json\n"


@pytest.mark.parametrize("mark", ["", "< "])
@pytest.mark.parametrize(
    ("header", "fact"),
    [
        ("request-id: req_011CSxY2vVbCdEfGh", {"request_id": "req_011CSxY2vVbCdEfGh"}),
        ("Request-Id: req_011CSxY2vVbCdEfGh", {"request_id": "req_011CSxY2vVbCdEfGh"}),
        ("retry-after: 30", {"retry_after": "30"}),
        ("anthropic-organization-id: 1b2c", {"organization_id": "1b2c"}),
    ],
)
def test_the_headers_of_an_answer_are_learned(mark: str, header: str, fact: dict[str, str]):
    draft = read_exchange("".join(f"{mark}{line}\n" for line in (*ANSWER.splitlines(), header)) + f"\n{BODY}")
    assert (draft.status, draft.error_type) == (429, "rate_limit_error")
    assert {name: getattr(draft, name) for name in fact} == fact


def test_the_headers_of_a_request_are_learned():
    sent = "> POST /v1/messages HTTP/2\n> Host: api.anthropic.com\n> anthropic-version: 2023-06-01\n"
    draft = read_exchange(f"{sent}\n< {ANSWER}\n{BODY}")
    assert (draft.method, draft.path, draft.host) == ("POST", "/v1/messages", "api.anthropic.com")
    assert (draft.api_version, draft.provider) == ("2023-06-01", Provider.ANTHROPIC)


@pytest.mark.parametrize(
    ("host", "provider"), [("api.anthropic.com", Provider.ANTHROPIC), ("api.openai.com", Provider.OPENAI)]
)
def test_the_vendor_is_the_one_that_the_command_called_whatever_address_the_answer_names(host: str, provider: Provider):
    message = {"error": {"message": "see https://gateway.example/limits"}}
    draft = read_exchange(f"curl -i https://{host}/v1/messages\n{ANSWER}\n{json.dumps(message)}")
    assert draft.provider is provider


def test_a_command_without_a_host_names_no_vendor():
    draft = read_exchange(f"curl -i https:///v1/messages\n{ANSWER}\n{json.dumps({'detail': 'Not here'})}")
    assert (draft.status, draft.message, draft.provider) == (429, "Not here", None)
