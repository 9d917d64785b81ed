"""The three layouts of HTTP Request nodes are read alike, and placeholders for keys are found in each."""

import json
from typing import Any

import pytest

from core.n8n.check import Rule, authentication, check_nodes
from core.n8n.check.layouts import BodyForm, Layout, request_of
from core.n8n.check.node_view import view_of
from tests.n8n.check.test_rules import BODY, TODAY, VERSION, as_json, body, code, found, headers, http, legacy

OLD = "claude-3-opus-20240229"
VERSION_ONLY = {"parameter": [{"name": "anthropic-version", "value": "2023-06-01"}]}


def tool(**changes: Any) -> dict[str, Any]:
    """A good HTTP Request Tool of the first kind."""
    parameters: dict[str, Any] = {
        "method": "POST",
        "url": "https://api.anthropic.com/v1/messages",
        "authentication": "genericCredentialType",
        "genericAuthType": "httpHeaderAuth",
        "sendHeaders": True,
        "parametersHeaders": {"values": [{"name": "anthropic-version", "value": "2023-06-01"}]},
        "sendBody": True,
        "specifyBody": "json",
        "jsonBody": body(messages=[{"role": "user", "content": "{question}"}]),
    }
    kept = {name: value for name, value in (parameters | changes).items() if value is not None}
    kind = "@n8n/n8n-nodes-langchain.toolHttpRequest"
    return {"type": kind, "typeVersion": 1.1, "name": "Ask", "position": [0, 0], "parameters": kept}


FAULTS: list[tuple[Rule, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (
        Rule.VERSION_MISSING,
        {"headerParameters": headers(("accept", "*/*"))},
        {"headerParametersJson": "{}"},
        {"sendHeaders": None},
    ),
    (
        Rule.AUTHENTICATION_MISSING,
        {"authentication": "none", "genericAuthType": None},
        {"authentication": "none"},
        {"authentication": None, "genericAuthType": None},
    ),
    (
        Rule.CREDENTIAL_TYPE_WRONG,
        {"genericAuthType": "httpBasicAuth"},
        {"authentication": "basicAuth"},
        {"genericAuthType": "httpBasicAuth"},
    ),
    (Rule.METHOD_WRONG, {"method": "PUT"}, {"requestMethod": "PUT"}, {"method": "PUT"}),
    (
        Rule.MODEL_RETIRED,
        {"jsonBody": body(model=OLD)},
        {"bodyParametersJson": body(model=OLD)},
        {"jsonBody": body(model=OLD)},
    ),
    (
        Rule.BODY_QUOTED_TEMPLATE,
        {"jsonBody": "=" + body(system="{{ $json.s }}")},
        {"bodyParametersJson": "=" + body(system="{{ $json.s }}")},
        {"jsonBody": "=" + body(system="{{ $json.s }}")},
    ),
    (
        Rule.BODY_FIELD_MISSING,
        {"jsonBody": body(max_tokens=None)},
        {"bodyParametersJson": body(max_tokens=None)},
        {"jsonBody": body(max_tokens=None)},
    ),
    (
        Rule.MAX_TOKENS_TEXT,
        {"jsonBody": body(max_tokens="9")},
        {"bodyParametersJson": body(max_tokens="9")},
        {"jsonBody": body(max_tokens="9")},
    ),
    (
        Rule.KEY_PLACEHOLDER,
        {"headerParameters": headers(VERSION, ("x-api-key", "YOUR_API_KEY"))},
        {"headerParametersJson": '{"anthropic-version": "2023-06-01", "x-api-key": "YOUR_API_KEY"}'},
        {"parametersHeaders": {"values": headers(VERSION, ("x-api-key", "YOUR_API_KEY"))["parameters"]}},
    ),
]


@pytest.mark.parametrize(("rule", "current", "old", "as_tool"), FAULTS, ids=[str(rule) for rule, *_ in FAULTS])
def test_each_layout_is_judged_alike(
    rule: Rule, current: dict[str, Any], old: dict[str, Any], as_tool: dict[str, Any]
) -> None:
    assert rule in found(http(**current))
    assert rule in found(legacy(**old))
    assert rule in found(tool(**as_tool))


def test_good_nodes_of_each_layout_are_clean_but_for_their_age() -> None:
    assert found(http()) == set()
    assert found(tool()) == set()
    assert found(legacy()) == {Rule.TYPE_VERSION_OLD}
    by_fields = legacy(
        jsonParameters=False,
        headerParametersUi=VERSION_ONLY,
        bodyParametersUi={
            "parameter": [
                {"name": "model", "value": "claude-sonnet-5"},
                {"name": "max_tokens", "value": "={{ 9 }}"},
                {"name": "messages", "value": "={{ $json.messages }}"},
            ]
        },
    )
    assert found(by_fields) == {Rule.TYPE_VERSION_OLD}
    second = legacy(authentication="predefinedCredentialType", nodeCredentialType="anthropicApi") | {"typeVersion": 2}
    assert found(second) == {Rule.TYPE_VERSION_OLD}


@pytest.mark.parametrize(
    ("changes", "form"),
    [
        ({}, BodyForm.JSON),
        ({"requestMethod": "GET"}, BodyForm.NONE),
        ({"jsonParameters": False}, BodyForm.FIELDS),
        ({"options": {"bodyContentType": "raw"}}, BodyForm.RAW),
        ({"options": {"bodyContentType": "form-urlencoded"}}, BodyForm.OTHER),
        ({"sendBinaryData": True}, BodyForm.OTHER),
    ],
)
def test_the_form_of_an_old_body_is_told(changes: dict[str, Any], form: BodyForm) -> None:
    assert request_of("n8n-nodes-base.httpRequest", 2, legacy(**changes)["parameters"]).form is form


def test_names_of_today_in_an_old_node_are_not_read_since_n8n_does_not() -> None:
    request = request_of("n8n-nodes-base.httpRequest", 1, http()["parameters"])
    assert request.layout is Layout.UNCLEAR
    assert found(http(method="GET", jsonBody=None) | {"typeVersion": 1}) == {Rule.TYPE_VERSION_OLD}


def test_an_old_node_is_corrected_only_where_its_names_are_the_same() -> None:
    broken = legacy(
        url="http://api.anthropic.com/v1/messages",
        requestMethod="PUT",
        headerParametersJson="{}",
        bodyParametersJson=body(model=OLD),
    )
    checked = check_nodes(json.dumps(broken), today=TODAY)
    assert checked.corrected is not None
    assert json.loads(checked.corrected)["parameters"] == broken["parameters"] | {
        "url": "https://api.anthropic.com/v1/messages",
        "requestMethod": "POST",
        "bodyParametersJson": body(model="claude-opus-4-8"),
    }


@pytest.mark.parametrize(
    "value",
    [
        "YOUR_ANTHROPIC_API_KEY",
        "=YOUR_ANTHROPIC_API_KEY",
        "your-api-key-here",
        "<your api key>",
        "[api_key]",
        "{{API_KEY}}",
        "ANTHROPIC_API_KEY",
        "sk-ant-xxxx",
        "sk-ant-api03-...",
        "xxxxxxxx",
        "****",
        "insert your key here",
    ],
)
def test_a_placeholder_is_no_key(value: str) -> None:
    node = http(authentication="none", genericAuthType=None, headerParameters=headers(VERSION, ("x-api-key", value)))
    view = view_of(node)
    assert view is not None
    hits = list(authentication.rules(view, lambda _: ()))
    assert [hit.rule for hit in hits] == [Rule.KEY_PLACEHOLDER]
    assert hits[0].correction is not None
    hits[0].correction(node)
    assert found(node) == set()


@pytest.mark.parametrize("value", ["={{ $json.key }}", "=Bearer {{ $json.key }}", "={{ $vars.ANTHROPIC_API_KEY }}"])
def test_a_key_from_data_is_no_placeholder(value: str) -> None:
    assert Rule.KEY_PLACEHOLDER not in found(http(headerParameters=headers(VERSION, ("x-api-key", value))))


@pytest.mark.parametrize("value", ["YOUR_API_KEY", "={{ $credentials.anthropicApi.apiKey }}"])
def test_a_key_header_beside_a_good_credential_goes_and_the_credential_stays(value: str) -> None:
    ways = {"authentication": "predefinedCredentialType", "genericAuthType": None, "nodeCredentialType": "anthropicApi"}
    node = http(**ways, headerParameters=headers(VERSION, ("x-api-key", value)))
    checked = check_nodes(json.dumps(node), today=TODAY)
    assert checked.corrected is not None
    assert json.loads(checked.corrected)["parameters"] == http(**ways)["parameters"]


def test_a_placeholder_in_code_is_found() -> None:
    call = "return this.helpers.httpRequest({ url: 'https://api.anthropic.com/v1/messages', headers: { 'x-api-key': "
    assert Rule.KEY_PLACEHOLDER in found(code(call + "'YOUR_API_KEY' } });"))
    assert Rule.KEY_PLACEHOLDER not in found(code(call + "$json.key } });"))
    assert Rule.KEY_PLACEHOLDER not in found(code("// 'x-api-key': 'YOUR_API_KEY'\n" + call + "$json.key } });"))


def test_braces_in_a_fixed_field_are_no_expression() -> None:
    assert Rule.ENVIRONMENT_READ not in found(http(jsonBody=body(system="read {{ $env.X }}")))
    assert Rule.ENVIRONMENT_READ in found(http(jsonBody="=" + body(system="read {{ $env.X }}")))
    assert Rule.CREDENTIAL_EXPRESSION not in found(http(jsonBody=body(system="{{ $credentials.x }}")))


def test_headers_and_body_from_data_are_not_guessed_at() -> None:
    assert found(http(**as_json() | {"jsonHeaders": "={{ $json.headers }}"}, authentication="none")) == set()
    assert found(http(headerParameters=headers(("={{ $json.name }}", "x")), authentication="none")) == set()
    assert found(http(genericAuthType="httpTemplatedCustomAuth", headerParameters=headers(("a", "b")))) == set()
    assert found(http(authentication="predefinedCredentialType", nodeCredentialType="acmeClaudeApi")) == set()
    assert found(http(jsonBody=BODY.replace("max_tokens: 1024", "...$json.more"))) == set()
