"""Every rule of "check my node": what it must find, that its correction works, and what must stay clean."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from core.causes import loader
from core.n8n.check import CAUSES, NotANodeError, Rule, Severity, check_nodes
from core.n8n.choices import Auth, NodeChoices, OnError
from core.n8n.generate import OutputKind, document

TODAY = dt.date(2026, 11, 23)
BODY = (
    "={{ JSON.stringify({ model: 'claude-sonnet-5', max_tokens: 1024, "
    "messages: [{ role: 'user', content: $json.p }] }) }}"
)


def http(**changes: Any) -> dict[str, Any]:
    """A good HTTP Request node with some parameters changed; None takes one out."""
    parameters: dict[str, Any] = {
        "method": "POST",
        "url": "https://api.anthropic.com/v1/messages",
        "authentication": "genericCredentialType",
        "genericAuthType": "httpHeaderAuth",
        "sendHeaders": True,
        "headerParameters": {"parameters": [{"name": "anthropic-version", "value": "2023-06-01"}]},
        "sendBody": True,
        "specifyBody": "json",
        "jsonBody": BODY,
        "options": {},
    }
    parameters |= changes
    kept = {name: value for name, value in parameters.items() if value is not None}
    return _node("n8n-nodes-base.httpRequest", 4.2, kept)


def legacy(**changes: Any) -> dict[str, Any]:
    """A good HTTP Request node of typeVersion 1."""
    parameters: dict[str, Any] = {
        "requestMethod": "POST",
        "url": "https://api.anthropic.com/v1/messages",
        "authentication": "headerAuth",
        "jsonParameters": True,
        "bodyParametersJson": BODY,
        "headerParametersJson": '{"anthropic-version": "2023-06-01"}',
        "options": {},
    }
    return _node("n8n-nodes-base.httpRequest", 1, parameters | changes)


def headers(*pairs: tuple[str, str]) -> dict[str, Any]:
    """Header parameters."""
    return {"parameters": [{"name": name, "value": value} for name, value in pairs]}


def body(**fields: Any) -> str:
    """A fixed JSON body."""
    whole = {"model": "claude-sonnet-5", "max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]}
    return json.dumps({name: value for name, value in (whole | fields).items() if value is not None})


def chat(model: Any, version: float = 1.3, **options: Any) -> dict[str, Any]:
    """A chat model node."""
    parameters = {"options": options} if model is None else {"model": model, "options": options}
    return _node("@n8n/n8n-nodes-langchain.lmChatAnthropic", version, parameters)


def vendor(model: str, **options: Any) -> dict[str, Any]:
    """A vendor node."""
    chosen = {"__rl": True, "mode": "id", "value": model}
    return _node("@n8n/n8n-nodes-langchain.anthropic", 1, {"modelId": chosen, "options": options})


def openrouter(model: str) -> dict[str, Any]:
    """OpenRouter's chat model node."""
    return _node("@n8n/n8n-nodes-langchain.lmChatOpenRouter", 1, {"model": model})


def code(text: str) -> dict[str, Any]:
    """A Code node."""
    return _node("n8n-nodes-base.code", 2, {"jsCode": text})


def _node(kind: str, version: float, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"parameters": parameters, "name": "Ask", "type": kind, "typeVersion": version, "position": [0, 0]}


def found(node: Any) -> set[Rule]:
    """The rules that a paste breaks."""
    return {finding.rule for finding in check_nodes(json.dumps(node), today=TODAY).findings}


def fields(**values: str) -> dict[str, Any]:
    """Body fields with the required ones."""
    whole = {"model": "claude-sonnet-5", "max_tokens": "={{ 9 }}", "messages": "={{ $json.messages }}"} | values
    return {"parameters": [{"name": name, "value": value} for name, value in whole.items()]}


VERSION = ("anthropic-version", "2023-06-01")
BAD: list[tuple[Rule, dict[str, Any]]] = [
    (Rule.URL_HTTP, http(url="http://api.anthropic.com/v1/messages")),
    (Rule.URL_INVALID, http(url="{{ $json.base }}/v1/messages")),
    (Rule.AUTHENTICATION_MISSING, http(authentication="YOUR_AUTHENTICATION_ID", genericAuthType=None)),
    (Rule.URL_INVALID, http(url="api.anthropic.com/v1/messages")),
    (Rule.URL_INVALID, http(url=" https://api.anthropic.com/v1/messages\n")),
    (Rule.PATH_DOUBLED, http(url="https://api.anthropic.com/v1/v1/messages")),
    (Rule.PATH_DOUBLED, http(url="https://api.anthropic.com/v1/messages/v1/messages")),
    (Rule.PATH_DOUBLED, http(url="https://api.anthropic.com//v1/messages")),
    (Rule.PATH_WRONG, http(url="https://api.anthropic.com/v1/complete")),
    (Rule.PATH_WRONG, http(url="https://api.anthropic.com")),
    (Rule.PATH_WRONG, http(url="https://api.anthropic.com/v1/message")),
    (Rule.PATH_WRONG, http(url="https://api.anthropic.com/messages")),
    (Rule.METHOD_WRONG, http(method="GET")),
    (Rule.METHOD_WRONG, http(method=None)),
    (Rule.TLS_UNCHECKED, http(options={"allowUnauthorizedCerts": True})),
    (Rule.VERSION_MISSING, http(sendHeaders=None, headerParameters=None)),
    (Rule.VERSION_MISSING, http(headerParameters=headers(("accept", "*/*")))),
    (Rule.VERSION_UNKNOWN, http(headerParameters=headers(("anthropic-version", "2024-01-01")))),
    (Rule.CONTENT_TYPE_WRONG, http(headerParameters=headers(VERSION, ("Content-Type", "text/plain")))),
    (Rule.HEADER_NAME_WRONG, http(authentication="none", headerParameters=headers(VERSION, ("api-key", "=x")))),
    (Rule.HEADER_NAME_WRONG, http(authentication="none", headerParameters=headers(VERSION, ("x-api-key:", "=x")))),
    (Rule.BEARER_HEADER, http(authentication="none", headerParameters=headers(VERSION, ("Authorization", "=x")))),
    (Rule.AUTHENTICATION_MISSING, http(authentication=None, genericAuthType=None)),
    (Rule.AUTHENTICATION_TWICE, http(headerParameters=headers(VERSION, ("X-API-Key", "=x")))),
    (Rule.CREDENTIAL_TYPE_WRONG, http(genericAuthType="httpBearerAuth")),
    (
        Rule.CREDENTIAL_TYPE_WRONG,
        http(authentication="predefinedCredentialType", genericAuthType=None, nodeCredentialType="openAiApi"),
    ),
    (
        Rule.CREDENTIAL_EXPRESSION,
        http(
            authentication="none",
            headerParameters=headers(VERSION, ("x-api-key", "={{ $credentials.anthropicApi.apiKey }}")),
        ),
    ),
    (Rule.ENVIRONMENT_READ, http(headerParameters=headers(VERSION, ("anthropic-beta", "={{ $env.BETA }}")))),
    (Rule.BODY_MISSING, http(sendBody=None, jsonBody=None)),
    (Rule.BODY_AS_FIELDS, http(contentType="form-urlencoded")),
    (Rule.BODY_AS_FIELDS, http(specifyBody=None, jsonBody=None, bodyParameters=fields(messages="[]"))),
    (
        Rule.BODY_AS_FIELDS,
        http(specifyBody=None, jsonBody=None, bodyParameters=fields(messages="={{ JSON.stringify($json.m) }}")),
    ),
    (Rule.BODY_FIELD_MISSING, http(specifyBody=None, jsonBody=None)),
    (Rule.BODY_EXPRESSION_BROKEN, http(jsonBody='={{ "model": "claude-sonnet-5", "max_tokens": 1 }}')),
    (Rule.BODY_QUOTED_TEMPLATE, http(jsonBody="=" + body(messages=[{"role": "user", "content": "{{ $json.p }}"}]))),
    (Rule.BODY_NOT_EXPRESSION, http(jsonBody=body(messages=[{"role": "user", "content": "={{ $json.p }}"}]))),
    (Rule.BODY_QUOTED_TEMPLATE, http(jsonBody="=" + body(system="You are {{ $json.who }}, say \\n"))),
    (Rule.BODY_NOT_JSON, http(jsonBody='{"model": "claude-sonnet-5",}')),
    (Rule.BODY_FIELD_MISSING, http(jsonBody=body(max_tokens=None))),
    (Rule.BODY_FIELD_MISSING, http(jsonBody="={{ JSON.stringify({ model: 'claude-sonnet-5', max_tokens: 1 }) }}")),
    (Rule.BODY_FIELD_MISSING, http(jsonBody=body(max_tokens=None, thinking={"type": "adaptive"}))),
    (Rule.MAX_TOKENS_TEXT, http(jsonBody=body(max_tokens="1024"))),
    (Rule.MAX_TOKENS_TEXT, http(specifyBody=None, jsonBody=None, bodyParameters=fields(max_tokens="1024"))),
    (Rule.MAX_TOKENS_TOO_LARGE, http(jsonBody=body(max_tokens=900_000))),
    (Rule.MODEL_RETIRED, http(jsonBody=BODY.replace("claude-sonnet-5", "claude-3-opus-20240229"))),
    (Rule.MODEL_RETIRING, http(jsonBody=body(model="claude-sonnet-4-5"))),
    (Rule.MODEL_UNKNOWN, http(jsonBody=body(model="claude-sonnet-4.5"))),
    (Rule.PARAMETER_REFUSED, http(jsonBody=body(temperature=0.5))),
    (Rule.PARAMETER_REFUSED, http(jsonBody=body(model="claude-haiku-4-5", output_config={"effort": "low"}))),
    (
        Rule.PARAMETER_REFUSED,
        http(jsonBody=body(messages=[{"role": "user", "content": "a"}, {"role": "assistant", "content": "{"}])),
    ),
    (Rule.SAMPLING_TWICE, http(jsonBody=body(model="claude-haiku-4-5", temperature=0.5, top_p=0.9))),
    (Rule.THINKING_REFUSED, http(jsonBody=body(thinking={"type": "enabled", "budget_tokens": 2000}))),
    (Rule.SYSTEM_ROLE, http(jsonBody=body(messages=[{"role": "system", "content": "be nice"}]))),
    (Rule.STATUS_LOST, http(options={"response": {"response": {"neverError": True}}})),
    (Rule.ERRORS_HIDDEN, http() | {"onError": "continueRegularOutput"}),
    (Rule.ERRORS_HIDDEN, http() | {"continueOnFail": True}),
    (Rule.TYPE_VERSION_OLD, legacy()),
    (Rule.MODEL_RETIRED, chat("claude-3-sonnet-20240229", 1.1)),
    (Rule.MODEL_RETIRED, chat(None, 1.2)),
    (Rule.TYPE_VERSION_OLD, chat("claude-sonnet-5", 1.2)),
    (Rule.MODEL_RETIRING, chat({"__rl": True, "mode": "list", "value": "claude-sonnet-4-5-20250929"})),
    (Rule.PARAMETER_REFUSED, chat({"value": "claude-sonnet-5"}, temperature=0.7)),
    (Rule.SAMPLING_TWICE, chat({"value": "claude-haiku-4-5"}, temperature=0.7, topP=0.5)),
    (Rule.THINKING_REFUSED, chat({"value": "claude-sonnet-5"}, thinking=True)),
    (Rule.MAX_TOKENS_TOO_LARGE, chat({"value": "claude-haiku-4-5"}, maxTokensToSample=100_000)),
    (Rule.ERRORS_HIDDEN, vendor("claude-sonnet-5") | {"onError": "continueRegularOutput"}),
    (Rule.MODEL_RETIRED, vendor("claude-3-5-sonnet-20241022")),
    (Rule.MODEL_MISSING, vendor("")),
    (Rule.MODEL_GONE_AT_GATEWAY, openrouter("anthropic/claude-3.5-sonnet")),
    (Rule.NODE_TYPE_UNKNOWN, _node("n8n-nodes-base.claude", 1, {})),
    (Rule.REMOVED_IN_N8N_3, _node("@n8n/n8n-nodes-langchain.agent", 1.7, {})),
    (Rule.KEY_PLACEHOLDER, http(authentication="none", headerParameters=headers(VERSION, ("x-api-key", "<key>")))),
    (Rule.PARAMETER_REFUSED, vendor("claude-opus-4-8", temperature=1)),
    (Rule.CREDENTIAL_IN_CODE, code("const key = '{{ $credentials.anthropicApi.apiKey }}'; // api.anthropic.com")),
    (
        Rule.CREDENTIAL_IN_CODE,
        code("return this.helpers.httpRequestWithAuthentication('anthropicApi', { url: 'https://api.anthropic.com' })"),
    ),
    (Rule.CODE_CALLS_API, code("return this.helpers.httpRequest({ url: 'https://api.anthropic.com/v1/messages' })")),
]


@pytest.mark.parametrize(("rule", "node"), BAD, ids=[f"{i}-{rule}" for i, (rule, _) in enumerate(BAD)])
def test_rule_finds_its_fault_and_fixes_it(rule: Rule, node: dict[str, Any]) -> None:
    checked = check_nodes(json.dumps(node), today=TODAY)
    hits = [finding for finding in checked.findings if finding.rule is rule]
    assert hits, checked.findings
    if checked.corrected is not None:
        left = check_nodes(checked.corrected, today=TODAY)
        assert not [finding for finding in left.findings if finding.fixed], left.findings
        assert (rule in {finding.rule for finding in left.findings}) is hits[0].left
        assert checked.difference.startswith("--- your node")


def test_every_rule_is_tried() -> None:
    elsewhere = {Rule.KEY_IN_PLAIN_TEXT, Rule.SECRET_ELSEWHERE, Rule.MODEL_IN_MAIN_FLOW, Rule.MANY_AT_ONCE}
    assert {rule for rule, _ in BAD} | elsewhere == set(Rule)


LEADS_TO = {
    "key_pasted_wrong": {Rule.KEY_PLACEHOLDER},
    "missing_key": {Rule.CREDENTIAL_EXPRESSION},
    "code_node_credentials": {Rule.CREDENTIAL_IN_CODE},
    "detail_lost": {Rule.CODE_CALLS_API, Rule.ERRORS_HIDDEN, Rule.STATUS_LOST},
    "env_access_blocked": {Rule.ENVIRONMENT_READ},
    "missing_key_header": {Rule.AUTHENTICATION_MISSING, Rule.HEADER_NAME_WRONG},
    "wrong_auth_header": {Rule.AUTHENTICATION_TWICE, Rule.CREDENTIAL_TYPE_WRONG, Rule.BEARER_HEADER},
    "missing_version_header": {Rule.VERSION_MISSING, Rule.VERSION_UNKNOWN},
    "request_field_missing": {
        Rule.CONTENT_TYPE_WRONG,
        Rule.BODY_MISSING,
        Rule.BODY_AS_FIELDS,
        Rule.BODY_FIELD_MISSING,
        Rule.MAX_TOKENS_TEXT,
    },
    "base_url_wrong": {Rule.URL_HTTP, Rule.URL_INVALID},
    "doubled_path": {Rule.PATH_DOUBLED},
    "wrong_path": {Rule.PATH_WRONG, Rule.METHOD_WRONG},
    "body_not_json": {Rule.BODY_QUOTED_TEMPLATE, Rule.BODY_NOT_JSON},
    "expression_error": {Rule.BODY_EXPRESSION_BROKEN},
    "max_tokens_too_large": {Rule.MAX_TOKENS_TOO_LARGE},
    "retired_model": {Rule.MODEL_RETIRED},
    "model_not_available": {Rule.MODEL_RETIRING},
    "model_id_typo": {Rule.MODEL_UNKNOWN},
    "node_not_configured": {Rule.MODEL_MISSING, Rule.MODEL_IN_MAIN_FLOW},
    "param_deprecated_for_model": {Rule.PARAMETER_REFUSED},
    "sampling_params_conflict": {Rule.SAMPLING_TWICE},
    "thinking_config": {Rule.THINKING_REFUSED},
    "rate_limited": {Rule.MANY_AT_ONCE},
}


def test_a_rule_leads_to_its_cause() -> None:
    leads_to: dict[str, set[Rule]] = {}
    for rule, cause in CAUSES.items():
        leads_to.setdefault(cause, set()).add(rule)
    assert leads_to == LEADS_TO
    assert set(LEADS_TO) <= set(loader.load())


def test_key_in_plain_text_is_found_removed_and_never_shown(fake_key: Callable[..., str]) -> None:
    key = fake_key()
    node = http(authentication="none", headerParameters=headers(VERSION, ("x-api-key", key)))
    checked = check_nodes(json.dumps(node), today=TODAY)
    assert checked.findings[0].rule is Rule.KEY_IN_PLAIN_TEXT
    assert key not in str(checked)
    assert checked.corrected is not None
    assert "Anthropic API key" not in checked.corrected
    assert found(json.loads(checked.corrected)) == set()


@pytest.mark.parametrize("place", ["code", "body", "url", "bearer"])
def test_key_anywhere_is_found(fake_key: Callable[..., str], place: str) -> None:
    key = fake_key()
    node = {
        "code": code(f"const k = '{key}'; fetch('https://api.anthropic.com')"),
        "body": http(jsonBody=body(metadata={"user_id": key})),
        "url": http(url=f"https://api.anthropic.com/v1/messages?key={key}"),
        "bearer": http(headerParameters=headers(VERSION, ("Authorization", f"Bearer {key}"))),
    }[place]
    checked = check_nodes(json.dumps(node), today=TODAY)
    assert Rule.KEY_IN_PLAIN_TEXT in {finding.rule for finding in checked.findings}
    assert key not in str(checked)


def test_a_hidden_key_in_an_address_is_no_space_in_it(fake_key: Callable[..., str]) -> None:
    url = f" http://api.anthropic.com/v1/messages?key={fake_key()}"
    checked = check_nodes(json.dumps(http(url=url.strip())), today=TODAY)
    assert {each.rule for each in checked.findings} == {Rule.KEY_IN_PLAIN_TEXT, Rule.URL_HTTP}
    checked = check_nodes(json.dumps(http(url=url)), today=TODAY)
    assert checked.corrected is not None
    assert f"?key={fake_key()}" in checked.corrected
    assert '"https://api' in checked.corrected
    assert "?key=[Anthropic API key #" in checked.difference


CLEAN = [
    http(),
    http(jsonBody=body()),
    http(jsonBody='={"model": "claude-sonnet-5", "max_tokens": 9, "messages": {{ JSON.stringify($json.messages) }} }'),
    http(jsonBody="={{ ({ model: 'claude-sonnet-5', max_tokens: 9, messages: $json.messages }) }}"),
    http(jsonBody=body(system="set temperature: 0.5 and model: \"claude-2\", role: 'system'")),
    http(genericAuthType="httpCustomAuth"),
    http(url="https://api.anthropic.com/v1/chat/completions", jsonBody=body(max_tokens=None)),
    http(specifyBody=None, jsonBody=None, bodyParameters=fields()),
    http(authentication="predefinedCredentialType", genericAuthType=None, nodeCredentialType="anthropicApi"),
    http(url="http://localhost:4000/v1/messages"),
    http(url="https://gateway.example.com/anthropic/v1/messages", jsonBody=body(model="my-deployment")),
    http(url="https://api.example.com/users", jsonBody="{}", headerParameters=headers(("accept", "*/*"))),
    http(url="https://api.anthropic.com/v1/models", method="GET", sendBody=None, jsonBody=None),
    chat({"value": "claude-sonnet-5"}),
    chat({"value": "={{ $json.model }}"}),
    chat({"value": "claude-haiku-4-5"}, temperature=0.7, topP=-1),
    vendor("claude-sonnet-5", maxTokens=500),
    code("return $input.all();"),
]


@pytest.mark.parametrize("node", CLEAN, ids=range(len(CLEAN)))
def test_good_nodes_are_clean(node: dict[str, Any]) -> None:
    assert found(node) == set()


@pytest.mark.parametrize("kind", [kind for kind in OutputKind if kind is not OutputKind.CURL])
@pytest.mark.parametrize("auth", Auth)
@pytest.mark.parametrize("version", [None, "1.20"])
def test_what_we_generate_is_clean(kind: OutputKind, auth: Auth, version: str | None) -> None:
    choices = NodeChoices(auth=auth, n8n_version=version, on_error=OnError.ERROR_OUTPUT)
    checked = check_nodes(json.dumps(document(kind, choices)))
    assert checked.findings == ()
    assert checked.corrected is None
    assert checked.hidden == ()


SHAPES: list[Callable[[dict[str, Any]], Any]] = [
    lambda node: node,
    lambda node: [node],
    lambda node: {"nodes": [node], "connections": {}},
    lambda node: [{"name": "a", "nodes": [node], "connections": {}}],
    lambda node: {"data": {"workflowData": {"nodes": [node]}}},
]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_a_paste_is_read(shape: Callable[[dict[str, Any]], Any]) -> None:
    assert Rule.METHOD_WRONG in found(shape(http(method="GET")))


def test_fences_and_prose_are_read() -> None:
    text = "Look at [this]:\n```json\n" + json.dumps(http(method="GET"), indent=2) + "\n```\nthanks {}"
    assert [finding.rule for finding in check_nodes(text, today=TODAY).findings] == [Rule.METHOD_WRONG]


@pytest.mark.parametrize("text", ["", "hello", "{}", "[1, 2]", '{"nodes": "no"}', "{" * 5000, "[" * 5000])
def test_other_texts_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(NotANodeError, match="no n8n node"):
        check_nodes(text)


@pytest.mark.parametrize(
    "node",
    [
        http(url=5, headerParameters="x", options=[], jsonBody={"a": 1}),
        http(headerParameters={"parameters": ["x", 1, None]}, method=3),
        http(url="https://[bad/v1/messages"),
        _node("n8n-nodes-base.httpRequest", 1, {"url": "https://api.anthropic.com/v1/messages"}),
        chat(5) | {"typeVersion": "1.3", "name": None},
        vendor("claude-sonnet-5") | {"parameters": {"modelId": [], "options": "x"}},
    ],
)
def test_odd_nodes_do_not_break_it(node: dict[str, Any]) -> None:
    assert check_nodes(json.dumps(node), today=TODAY).nodes == 1


def test_connected_error_output_is_clean_and_an_open_one_is_not() -> None:
    node = http() | {"onError": "continueErrorOutput"}
    good = _node("n8n-nodes-base.noOp", 1, {}) | {"name": "Good"}
    bad = _node("n8n-nodes-base.noOp", 1, {}) | {"name": "Bad"}

    def link(name: str) -> list[dict[str, Any]]:
        return [{"node": name, "type": "main", "index": 0}]

    both = {"Ask": {"main": [link("Good"), link("Bad")]}}
    one = {"Ask": {"main": [link("Good")]}}
    assert found({"nodes": [node, good, bad], "connections": both}) == set()
    assert found({"nodes": [node, good, bad], "connections": one}) == {Rule.ERRORS_HIDDEN}


def test_only_what_is_wrong_changes() -> None:
    node = http(url="http://api.anthropic.com/v1/messages") | {"notes": "kept", "id": "abc", "position": [7, 9]}
    checked = check_nodes(json.dumps(node), today=TODAY)
    assert checked.corrected is not None
    fixed = json.loads(checked.corrected)
    assert fixed.pop("parameters") == node["parameters"] | {"url": "https://api.anthropic.com/v1/messages"}
    assert fixed == {name: value for name, value in node.items() if name != "parameters"}


def test_replacement_model_does_not_bring_a_new_fault() -> None:
    node = http(jsonBody=body(model="claude-3-opus-20240229", temperature=0.5, max_tokens=900_000, top_k=4))
    checked = check_nodes(json.dumps(node), today=TODAY)
    assert checked.corrected is not None
    assert found(json.loads(checked.corrected)) == set()
    assert [finding.rule for finding in checked.findings] == [Rule.MODEL_RETIRED]  # the rest is the replacement's
    for name in ("temperature", "top_k", "128000"):
        assert name in checked.findings[0].fix


@pytest.mark.parametrize(
    ("written", "fixed"),
    [
        ('{"model": "m", "messages": []}', '{"max_tokens": 1024, "model": "m", "messages": []}'),
        ('={\n  "model": "m"\n}', '={\n  "max_tokens": 1024,\n  "model": "m"\n}'),
        ("={{ JSON.stringify({ model: 'm' }) }}", "={{ JSON.stringify({ \"max_tokens\": 1024, model: 'm' }) }}"),
    ],
)
def test_max_tokens_is_added_as_in_our_own_nodes(written: str, fixed: str) -> None:
    checked = check_nodes(json.dumps(http(jsonBody=written)), today=TODAY)
    assert checked.corrected is not None
    assert json.loads(checked.corrected)["parameters"]["jsonBody"] == fixed


def test_an_exposed_key_is_replaced_everywhere_before_the_old_one_is_switched_off(fake_key: Callable[..., str]) -> None:
    node = http(authentication="none", headerParameters=headers(VERSION, ("x-api-key", fake_key())))
    fix = check_nodes(json.dumps(node), today=TODAY).findings[0].fix
    assert fix.index("put it everywhere") < fix.index("run what uses it") < fix.index("switch the old key off")
    assert "delete" not in fix


def test_errors_come_first() -> None:
    severities = [f.severity for f in check_nodes(json.dumps(legacy(requestMethod="GET"))).findings]
    assert severities == [Severity.ERROR, Severity.NOTE]


def as_json(**pairs: str) -> dict[str, Any]:
    """Headers that are one JSON object instead of the list."""
    return {"specifyHeaders": "json", "headerParameters": None, "jsonHeaders": json.dumps(pairs)}


def test_headers_in_json_are_read() -> None:
    assert found(http(**as_json(**{"anthropic-version": "2023-06-01"}))) == set()
    assert Rule.VERSION_UNKNOWN in found(http(**as_json(**{"anthropic-version": "2024-01-01"})))


def test_a_correction_puts_headers_where_n8n_reads_them() -> None:
    checked = check_nodes(json.dumps(http(**as_json(accept="application/json"))), today=TODAY)
    assert [each.rule for each in checked.findings] == [Rule.VERSION_MISSING]
    assert checked.corrected is not None
    fixed = json.loads(checked.corrected)["parameters"]
    assert fixed["specifyHeaders"] == "keypair"
    assert "jsonHeaders" not in fixed
    listed = fixed["headerParameters"]["parameters"]
    assert [one["name"] for one in listed] == ["accept", "anthropic-version"]


def test_headers_from_an_expression_are_left_alone() -> None:
    node = http(specifyHeaders="json", headerParameters=None, jsonHeaders="={{ $json.headers }}")
    assert found(node) == set()
