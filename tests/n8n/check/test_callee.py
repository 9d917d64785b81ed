"""Who is called: Anthropic's rules are for its Messages API alone, and a word is no call."""

import itertools
import json
from typing import Any

import pytest

from core.n8n.check import Rule, check_nodes
from core.n8n.check.callee import Callee, CalleeEvidence, callee_of
from tests.n8n.check.test_rules import TODAY, VERSION, body, fields, found, headers, http

MESSAGES_RULES = {
    Rule.VERSION_MISSING,
    Rule.AUTHENTICATION_MISSING,
    Rule.METHOD_WRONG,
    Rule.BODY_MISSING,
    Rule.BODY_AS_FIELDS,
    Rule.BODY_FIELD_MISSING,
    Rule.SYSTEM_ROLE,
    Rule.PATH_WRONG,
    Rule.HEADER_NAME_WRONG,
    Rule.BEARER_HEADER,
    Rule.CREDENTIAL_TYPE_WRONG,
    Rule.MAX_TOKENS_TEXT,
    Rule.MODEL_UNKNOWN,
    Rule.MODEL_RETIRED,
}
NOTHING = CalleeEvidence(for_anthropic=False, names_claude=False, sends_body=False, has_messages=False)
ALL = CalleeEvidence(for_anthropic=True, names_claude=True, sends_body=True, has_messages=True)
CLAUDE_BODY = CalleeEvidence(for_anthropic=False, names_claude=True, sends_body=True, has_messages=True)
CREDENTIAL = CalleeEvidence(for_anthropic=True, names_claude=False, sends_body=False, has_messages=False)


@pytest.mark.parametrize("evidence", [NOTHING, ALL, CLAUDE_BODY, CREDENTIAL])
@pytest.mark.parametrize(
    ("path", "callee"),
    [
        ("/v1/messages", Callee.MESSAGES),
        ("/v1/messages?beta=true", Callee.MESSAGES),
        ("/v1/messages/", Callee.MESSAGES),
        ("/v1/message", Callee.MESSAGES),
        ("/v1/mesages", Callee.MESSAGES),
        ("/messages", Callee.MESSAGES),
        ("/v1/v1/messages", Callee.MESSAGES),
        ("/v1/messages/v1/messages", Callee.MESSAGES),
        ("/v1/complete", Callee.MESSAGES),
        ("/v1/chat/completions", Callee.CHAT_COMPLETIONS),
        ("/v1/messages/batches", Callee.OTHER_PATH),
        ("/v1/messages/batches/msgbatch_01/results", Callee.OTHER_PATH),
        ("/v1/messages/count_tokens", Callee.OTHER_PATH),
        ("/v1/models", Callee.OTHER_PATH),
        ("/v1/files/file_01/content", Callee.OTHER_PATH),
        ("/v1/organizations/usage_report/messages", Callee.OTHER_PATH),
        ("/v1/claude_code/routines/trig_01AbC/fire", Callee.OTHER_PATH),
        ("/v1/something_new", Callee.OTHER_PATH),
    ],
)
def test_a_path_of_anthropic_is_the_messages_api_or_left_alone(
    path: str, callee: Callee, evidence: CalleeEvidence
) -> None:
    for url in (f"https://api.anthropic.com{path}", f"=https://api.anthropic.com{path}", f"api.anthropic.com{path}"):
        assert callee_of(url, evidence) is callee


@pytest.mark.parametrize(
    ("url", "evidence", "callee"),
    [
        ("https://api.anthropic.com", ALL, Callee.MESSAGES),
        ("https://api.anthropic.com/v1/", ALL, Callee.MESSAGES),
        ("https://api.anthropic.com", CREDENTIAL, Callee.OTHER_PATH),
        ("https://api.anthropic.com/v1/chat/completion", ALL, Callee.MESSAGES),
        ("https://openrouter.ai/api/v1/chat/completions", CLAUDE_BODY, Callee.OPENROUTER),
        ("https://openrouter.ai/api/v1/chat/completions", NOTHING, None),
        ("https://openrouter.ai.example.com/v1/chat/completions", NOTHING, None),
        ("https://litellm.example.com/v1/messages", CLAUDE_BODY, Callee.GATEWAY),
        ("http://10.1.1.105:3001/v1/chat/completions", CLAUDE_BODY, Callee.GATEWAY),
        ("https://api.example.com/v1/messages", NOTHING, None),
        ("https://graph.facebook.com/v18.0/1/messages", CLAUDE_BODY, None),
        ("https://www.chatbase.co/api/v1/chat", CLAUDE_BODY, None),
        ("https://claude.example.com/hook", CLAUDE_BODY, None),
        ("https://api.openai.com/v1/chat/completions", NOTHING, None),
        ("={{ $json.results_url }}", CREDENTIAL, Callee.UNKNOWN),
        ("={{ $env.BASE_URL }}", NOTHING, None),
        ("=https://api.anthropic.com/v1/messages/batches/{{ $json.id }}/results", ALL, Callee.OTHER_PATH),
        ("=https://api.anthropic.com{{ $json.path }}", ALL, Callee.UNKNOWN),  # may go on as .example.com
        ("=https://api.anthropic.com/v1/messages?beta={{ $json.b }}", ALL, Callee.MESSAGES),
        ("=https://api.anthropic.com.{{ $json.b }}/v1/messages", NOTHING, None),
        ("=https://openrouter.ai/api/v1/{{ $json.p }}", CLAUDE_BODY, Callee.OPENROUTER),
        ("={{ $json.base }}/v1/messages", CREDENTIAL, Callee.UNKNOWN),
        ("https://[bad/v1/messages", ALL, Callee.GATEWAY),
        ("", CREDENTIAL, Callee.UNKNOWN),
    ],
)
def test_the_host_decides_and_evidence_only_where_it_must(
    url: str, evidence: CalleeEvidence, callee: Callee | None
) -> None:
    assert callee_of(url, evidence) is callee


OTHERS = [
    "https://openrouter.ai/api/v1/chat/completions",
    "https://gateway.example.com/v1/messages",
    "http://localhost:4000/v1/chat/completions",
    "https://api.anthropic.com/v1/claude_code/routines/trig_01/fire",
    "https://api.anthropic.com/v1/messages/batches",
    "https://api.anthropic.com/v1/files",
    "={{ $json.results_url }}",
    "={{ $env.BASE_URL }}/v1/messages",
    "https://www.chatbase.co/api/v1/chat",
]
CHANGES: list[dict[str, Any]] = [
    {"method": None, "sendBody": None, "jsonBody": None},
    {"headerParameters": headers(("accept", "*/*"))},
    {"headerParameters": headers(VERSION, ("Authorization", "=Bearer {{ $json.k }}"))},
    {"authentication": "none", "genericAuthType": None},
    {"genericAuthType": "httpBearerAuth"},
    {"jsonBody": body(max_tokens=None, messages=[{"role": "system", "content": "x"}])},
    {"jsonBody": body(model="claude-3-opus-20240229", max_tokens="9")},
    {"jsonBody": json.dumps({"text": "claude-sonnet-5"})},
    {"specifyBody": None, "jsonBody": None, "bodyParameters": fields(messages="x")},
]


@pytest.mark.parametrize(("url", "change"), list(itertools.product(OTHERS, CHANGES)))
def test_no_other_address_is_judged_by_the_rules_of_the_messages_api(url: str, change: dict[str, Any]) -> None:
    checked = check_nodes(json.dumps(http(**(change | {"url": url}))))
    assert not {finding.rule for finding in checked.findings} & MESSAGES_RULES
    if checked.corrected is not None:
        assert json.loads(checked.corrected)["parameters"]["url"] == url


def test_a_literal_written_as_an_expression_is_judged_like_the_literal() -> None:
    for url in ("https://api.anthropic.com/v1/complete", "http://api.anthropic.com/v1/messages"):
        assert found(http(url=f"={url}")) == found(http(url=url)) != set()
    assert found(http(headerParameters=headers(("anthropic-version", "=2024-01-01")))) == {Rule.VERSION_UNKNOWN}
    assert found(http(headerParameters=headers(("anthropic-version", "=2023-06-01")))) == set()
    assert found(http(headerParameters=headers(("=anthropic-version", "2023-06-01")))) == set()
    assert found(http(headerParameters=headers(("anthropic-version", "={{ $json.v }}")))) == set()
    assert Rule.METHOD_WRONG in found(http(method="={{ 'GET' }}"))
    assert Rule.METHOD_WRONG not in found(http(method="={{ $json.method }}"))


def test_the_old_completions_api_is_not_rewritten_with_its_own_body() -> None:
    old = http(
        url="https://api.anthropic.com/v1/complete",
        jsonBody='{"model": "claude-2", "prompt": "x", "max_tokens_to_sample": 9}',
    )
    checked = check_nodes(json.dumps(old), today=TODAY)
    assert [each.fixed for each in checked.findings if each.rule is Rule.PATH_WRONG] == [False]


def test_a_text_that_is_no_address_is_found_and_left_alone() -> None:
    checked = check_nodes(json.dumps(http(url="YOUR_API_URL")), today=TODAY)
    assert [(each.rule, each.fixed) for each in checked.findings] == [(Rule.URL_INVALID, False)]


OPENROUTER = "https://openrouter.ai/api/v1/chat/completions"


@pytest.mark.parametrize(
    ("slug", "is_gone"),
    [
        ("anthropic/claude-3.5-sonnet", True),
        ("anthropic/claude-3.5-sonnet:beta", True),
        ("anthropic/claude-3.7-sonnet:thinking", True),
        ("anthropic/claude-3-opus", True),
        ("anthropic/claude-sonnet-4", True),
        ("anthropic/claude-sonnet-4-20250514", True),
        ("anthropic/claude-opus-4.1", True),
        ("anthropic/claude-sonnet-5", False),
        ("anthropic/claude-sonnet-5.5", False),
        ("anthropic/claude-haiku-4.5", False),
        ("anthropic/claude-opus-7.3", False),  # may be newer than the catalogue
        ("~anthropic/claude-sonnet-latest", False),
        ("anthropic/claude-opus-4.6-fast", False),
        ("openai/gpt-4.1-mini", False),
        ("google/gemini-2.5-pro", False),
    ],
)
def test_openrouter_is_told_of_models_that_anthropic_retired_and_of_nothing_else(slug: str, is_gone: bool) -> None:
    chat = {
        "type": "@n8n/n8n-nodes-langchain.lmChatOpenRouter",
        "typeVersion": 1,
        "name": "OR",
        "parameters": {"model": slug},
    }
    through_openai = chat | {
        "type": "@n8n/n8n-nodes-langchain.lmChatOpenAi",
        "parameters": {
            "model": {"__rl": True, "mode": "id", "value": f"={slug}"},
            "options": {"baseURL": "https://openrouter.ai/api/v1"},
        },
    }
    request = http(url=OPENROUTER, headerParameters=headers(("X-Title", "x")), jsonBody=body(model=slug))
    for node in (chat, through_openai, request):
        checked = check_nodes(json.dumps(node), today=TODAY)
        assert {each.rule for each in checked.findings} == ({Rule.MODEL_GONE_AT_GATEWAY} if is_gone else set())
        assert all("OpenRouter" in each.says for each in checked.findings)
        assert checked.corrected is None


def test_openrouter_is_checked_for_a_broken_body_and_an_open_key() -> None:
    broken = '={{ "model": "anthropic/claude-sonnet-5", "messages": $json.m }}'
    assert found(http(url=OPENROUTER, jsonBody=broken)) == {Rule.BODY_EXPRESSION_BROKEN}
    shown = http(
        url=OPENROUTER,
        authentication="none",
        genericAuthType=None,
        headerParameters=headers(("Authorization", "Bearer YOUR_OPENROUTER_KEY")),
        jsonBody=body(model="anthropic/claude-sonnet-5"),
    )
    assert found(shown) == {Rule.KEY_PLACEHOLDER}


@pytest.mark.parametrize("url", ["{{ $env.API }}", "{{ $env.API }}/v1/messages", "https://{{ $env.HOST }}/v1/messages"])
def test_a_retired_model_at_an_address_that_is_no_expression_yet_is_reported_and_left(url: str) -> None:
    node = http(url=url, jsonBody=body(model="claude-3-opus-20240229"))
    checked = check_nodes(json.dumps(node), today=TODAY)
    (finding,) = [one for one in checked.findings if one.rule is Rule.MODEL_RETIRED]
    assert (finding.fixed, finding.left) == (False, True)
    assert "claude-3-opus-20240229" in (checked.corrected or json.dumps(node))
    for model in ("claude-sonnet-5", "our-claude", "claude-99"):
        assert Rule.MODEL_RETIRED not in found(http(url=url, jsonBody=body(model=model)))
        assert Rule.MODEL_UNKNOWN not in found(http(url=url, jsonBody=body(model=model)))


@pytest.mark.parametrize("url", ["https://gateway.example/claude", "https://gateway.example/v1/messages"])
def test_a_gateway_may_keep_a_name_that_anthropic_retired(url: str) -> None:
    assert Rule.MODEL_RETIRED not in found(http(url=url, jsonBody=body(model="claude-3-opus-20240229")))


@pytest.mark.parametrize("path", ["/v1/chat/completion", "/v1/chat/complete", "/v1/complete"])
def test_a_path_of_another_form_is_corrected_only_with_a_body_of_messages(path: str) -> None:
    url = f"https://api.anthropic.com{path}"
    for written in ("={{ $json.body }}", "={{ JSON.stringify($json) }}"):
        checked = check_nodes(json.dumps(http(url=url, jsonBody=written)), today=TODAY)
        assert [one.rule for one in checked.findings] == [Rule.PATH_WRONG]
        assert checked.corrected is None
    checked = check_nodes(json.dumps(http(url=url)), today=TODAY)
    assert [(one.rule, one.fixed) for one in checked.findings] == [(Rule.PATH_WRONG, True)]
