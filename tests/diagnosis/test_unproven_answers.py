"""Anthropic's words that prove nothing about the key: from a relay, an unknown address, a copy, or a node's author."""

import json
from typing import Any

import pytest

from core.causes.card import KeyVerdict
from core.diagnosis import diagnose
from core.diagnosis.finding import Finding
from tests.labelled import AS_OF

LANGCHAIN = "@n8n/n8n-nodes-langchain"
HTTP = "n8n-nodes-base.httpRequest"
CODE_NODES = ("n8n-nodes-base.code", "n8n-nodes-base.function", f"{LANGCHAIN}.toolCode")
DIRECT = "https://api.anthropic.com/v1/messages"
UNKNOWN, REJECTED, GOOD = KeyVerdict.UNKNOWN, KeyVerdict.REJECTED, KeyVerdict.GOOD

REFUSED = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
NO_CREDIT = {
    "type": "error",
    "error": {
        "type": "invalid_request_error",
        "message": "Your credit balance is too low to access the Anthropic API.",
    },
}
ANSWER: dict[str, Any] = {
    "id": "msg_01Pq8rSt3uVw6xYz9aBc2dEf",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-5-5",
    "content": [{"type": "text", "text": "Hi"}],
    "stop_reason": "end_turn",
}
CUT_SHORT = ANSWER | {"stop_reason": "max_tokens"}
PROOFS = ((REFUSED, REJECTED), (NO_CREDIT, GOOD), (ANSWER, GOOD), (CUT_SHORT, GOOD))
SWALLOWED = {"message": "401 - " + json.dumps(json.dumps(REFUSED)), "name": "AxiosError", "status": 401}


def run_of(
    node_type: str, *, output: Any = None, error: Any = None, parameters: Any = None, pinned: bool = False
) -> str:
    """Return a run of one node that put something out or failed."""
    run: dict[str, Any] = {"executionStatus": "error" if error else "success", "source": []}
    run |= {"error": error} if error else {"data": {"main": [[{"json": output}]]}}
    stopped = {"error": error} if error else {}
    node = {"name": "It", "type": node_type, "typeVersion": 4, "parameters": parameters or {}}
    return json.dumps({
        "id": "1", "status": run["executionStatus"],
        "data": {"resultData": {"runData": {"It": [run]}, "lastNodeExecuted": "It"} | stopped},
        "workflowData": {"nodes": [node], "connections": {}, "pinData": {"It": [{"json": output}]} if pinned else {}},
    })  # fmt: skip


def first(paste: str) -> Finding:
    return diagnose(paste, today=AS_OF).findings[0]


@pytest.mark.parametrize(("body", "proof"), PROOFS)
def test_an_http_request_to_anthropic_keeps_its_proof(body: dict[str, Any], proof: KeyVerdict):
    assert first(run_of(HTTP, output=body, parameters={"url": DIRECT})).key_verdict is proof


@pytest.mark.parametrize(("body", "_proof"), PROOFS)
@pytest.mark.parametrize("node_type", CODE_NODES)
def test_what_a_code_node_puts_out_proves_nothing(node_type: str, body: dict[str, Any], _proof: KeyVerdict):
    for output in (body, {"error": "401 " + json.dumps(body)}, {"statusCode": 401, "headers": {}, "body": body}):
        assert first(run_of(node_type, output=output)).key_verdict is UNKNOWN


@pytest.mark.parametrize("node_type", CODE_NODES)
def test_what_a_code_node_throws_proves_nothing(node_type: str):
    error = {"name": "NodeOperationError", "message": f"401 {json.dumps(REFUSED)} [line 3]"}
    assert first(run_of(node_type, error=error)).key_verdict is UNKNOWN


UNKNOWN_ADDRESSES = ("={{ $json.base }}/v1/messages", "={{ $vars.URL }}", "=https://{{ $vars.HOST }}/v1/messages")
ANTHROPICS_ADDRESSES = (DIRECT, "=" + DIRECT, "={{ '" + DIRECT + "' }}", "=https://api.anthropic.com/v1/{{ $json.x }}")


@pytest.mark.parametrize(("body", "proof"), PROOFS)
def test_an_address_from_an_expression_is_not_known_to_be_anthropics(body: dict[str, Any], proof: KeyVerdict):
    outputs = (body, {"statusCode": 200 if body["type"] == "message" else 401, "headers": {}, "body": body})
    for url in UNKNOWN_ADDRESSES:
        assert {first(run_of(HTTP, output=one, parameters={"url": url})).key_verdict for one in outputs} == {UNKNOWN}
    for url in ANTHROPICS_ADDRESSES:
        assert first(run_of(HTTP, output=body, parameters={"url": url})).key_verdict is proof


def test_an_expression_is_shown_as_no_host():
    finding = first(run_of(HTTP, output={"error": SWALLOWED}, parameters={"url": UNKNOWN_ADDRESSES[2]}))
    assert finding.failure is not None
    assert finding.failure.host is None
    assert "host" not in {each.fact for each in finding.evidence}


def test_the_address_that_an_error_names_counts_more_than_the_expression():
    error = {
        "name": "NodeApiError", "message": "Authorization failed - please check your credentials", "httpCode": "401",
        "messages": ["401 - " + json.dumps(json.dumps(REFUSED))], "context": {"request": {"uri": DIRECT}},
    }  # fmt: skip
    assert first(run_of(HTTP, error=error, parameters={"url": UNKNOWN_ADDRESSES[0]})).key_verdict is REJECTED


@pytest.mark.parametrize("output", [REFUSED, NO_CREDIT, CUT_SHORT, {"error": SWALLOWED}])
def test_a_pinned_output_is_a_copy_that_proves_nothing(output: dict[str, Any]):
    assert first(run_of(HTTP, output=output, parameters={"url": DIRECT}, pinned=True)).key_verdict is UNKNOWN
    assert first(run_of(HTTP, output=output, parameters={"url": DIRECT})).key_verdict is not UNKNOWN


# Agents


def agents_run(model: str, *, given: str | None = None, field: str = "data", with_model: bool = True) -> str:
    """Return a run of an agent whose model was refused, with the address that the model was given."""
    error = {
        "name": "NodeApiError", "message": "Authorization failed - please check your credentials", "httpCode": "401",
        "messages": ["401 " + json.dumps(REFUSED)],
    }  # fmt: skip
    below: dict[str, Any] = {"executionStatus": "error", "source": [], "error": error}
    if given:
        options = {"anthropic_api_key": {"lc": 1}, "anthropic_api_url": given, "model": "claude-sonnet-5"}
        below[field] = {"ai_languageModel": [[{"json": {"messages": ["Human: Hi"], "options": options}}]]}
    runs = {"Agent": [{"executionStatus": "error", "source": [], "error": error}]}
    return json.dumps({
        "id": "1", "status": "error",
        "data": {"resultData": {"error": error, "lastNodeExecuted": "Agent",
                                "runData": ({"Model": [below]} if with_model else {}) | runs}},
        "workflowData": {
            "nodes": [
                {"name": "Agent", "type": f"{LANGCHAIN}.agent"},
                {"name": "Model", "type": f"{LANGCHAIN}.{model}"},
            ],
            "connections": {"Model": {"ai_languageModel": [[{"node": "Agent", "type": "ai_languageModel"}]]}},
        },
    })  # fmt: skip


@pytest.mark.parametrize("field", ["data", "inputOverride"])
def test_a_model_that_failed_behind_a_gateway_was_given_its_address(field: str):
    assert first(agents_run("lmChatAnthropic", given="https://llm.example.com", field=field)).key_verdict is UNKNOWN
    assert first(agents_run("lmChatAnthropic", given="https://api.anthropic.com", field=field)).key_verdict is REJECTED


@pytest.mark.parametrize("with_model", [True, False], ids=["its own run", "the agent's run alone"])
@pytest.mark.parametrize("model", ["lmChatOpenRouter", "lmChatAwsBedrock", "lmChatOpenAi", "lmChatGoogleVertex"])
def test_another_vendors_model_passes_anthropics_words_on(model: str, with_model: bool):
    assert first(agents_run(model, with_model=with_model)).key_verdict in (UNKNOWN, KeyVerdict.NOT_INVOLVED)
    assert first(agents_run("lmChatAnthropic", with_model=with_model)).key_verdict is REJECTED


@pytest.mark.parametrize(
    ("models", "proof"), [(["lmChatAnthropic"], REJECTED), (["lmChatAnthropic", "lmChatOpenAi"], UNKNOWN)]
)
def test_of_an_agents_models_only_a_sole_kind_is_known_to_have_failed(models: list[str], proof: KeyVerdict):
    whole = json.loads(agents_run(models[0], with_model=False))
    error = {"name": "NodeApiError", "message": "API key is invalid.", "httpCode": "401"}
    whole["data"]["resultData"] |= {
        "error": error,
        "runData": {"Agent": [{"executionStatus": "error", "error": error}]},
    }
    for number, model in enumerate(models[1:]):
        name = f"Model {number}"
        whole["workflowData"]["nodes"].append({"name": name, "type": f"{LANGCHAIN}.{model}"})
        joined = {"ai_languageModel": [[{"node": "Agent", "type": "ai_languageModel"}]]}
        whole["workflowData"]["connections"][name] = joined
    assert first(json.dumps(whole)).key_verdict is proof


# Relays that pass Anthropic's body on

RELAYS = (
    ("server", "uvicorn"), ("Server", "istio-envoy"), ("x-litellm-call-id", "1"), ("helicone-id", "1"),
    ("cf-aig-log-id", "1"), ("x-portkey-trace-id", "1"), ("x-kong-upstream-latency", "1"), ("x-oneapi-request-id", "1"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "value"), RELAYS)
def test_a_relays_header_beside_the_body_shows_the_relay(name: str, value: str):
    for headers, verdict in (({name: value}, UNKNOWN), ({"server": "cloudflare", "cf-ray": "8"}, REJECTED)):
        item = [{"json": {"statusCode": 401, "headers": headers, "body": REFUSED}}]
        lines = "".join(f"< {header}: {text}\n" for header, text in headers.items())
        assert first(json.dumps(item)).key_verdict is verdict
        assert first(f"< HTTP/2 401\n{lines}<\n{json.dumps(REFUSED)}").key_verdict is verdict


@pytest.mark.parametrize(
    "line",
    [
        '  File "/app/anthropic/lib/bedrock/_client.py", line 4, in create',
        '  File "/app/anthropic/lib/vertex/_client.py", line 4, in create',
        "    at x (/app/node_modules/@anthropic-ai/vertex-sdk/client.js:4:1)",
        'INFO: 127.0.0.1:51234 - "POST /v1/messages HTTP/1.1" 401 Unauthorized',
    ],
)
def test_a_clouds_client_or_a_servers_own_log_shows_who_answered(line: str):
    direct = '  File "/app/anthropic/_base_client.py", line 4, in request'
    for shown, verdict in ((line, UNKNOWN), (direct, REJECTED)):
        text = (
            f"Traceback (most recent call last):\n{shown}\nanthropic.AuthenticationError: Error code: 401 - {REFUSED}"
        )
        assert first(text).key_verdict is verdict


@pytest.mark.parametrize(
    "body",
    [
        {"detail": REFUSED},
        {"success": False, "error": f"Claude said: 401 {json.dumps(REFUSED)}"},
        REFUSED | {"error": {"type": "authentication_error", "message": "invalid x-api-key (request id: 20261128)"}},
        ANSWER | {"provider": "Amazon Bedrock"},
        ANSWER | {"usage": {"input_tokens": 1, "cost": 0.01}},
        CUT_SHORT | {"model": "gpt-4o"},
        CUT_SHORT | {"id": "msg_bdrk_01Pq8rSt3uVw6xYz9aBc2dEf"},
        {"type": "message", "content": [], "stop_reason": "max_tokens"},
    ],
)
def test_a_body_that_a_relay_changed_proves_nothing(body: dict[str, Any]):
    assert first(json.dumps(body)).key_verdict is UNKNOWN


def test_the_command_above_an_answer_tells_where_it_came_from():
    answer = f"HTTP/2 401\n\n{json.dumps(REFUSED)}"
    direct, gateway = (f"$ curl -i https://{host}/v1/messages" for host in ("api.anthropic.com", "llm.example.com"))
    assert first(f"{gateway}\n(works)\n{direct}\n{answer}").key_verdict is REJECTED
    assert first(f"{direct}\n(works)\n{gateway}\n{answer}").key_verdict is UNKNOWN
    assert first(f"{direct}\n{answer}\n$ {gateway}").key_verdict is REJECTED
    for variable in ("$BASE_URL/v1/messages", '"${HOST}/v1/messages"', "$X/v1/messages"):
        assert first(f"$ curl -i {variable} -H 'x-api-key: $KEY'\n{answer}").key_verdict is UNKNOWN
    assert first(f"{direct} -H 'x-api-key: $KEY'\n{answer}").key_verdict is REJECTED
