"""Models are found wherever a node names them, and nowhere else; a fix changes exactly those characters."""

import json
from typing import Any

import pytest

from core.n8n.check import NodeCheck, Rule, check_nodes
from core.n8n.check.model_references import in_code, in_field, in_request_object
from tests.n8n.check.test_rules import TODAY, body, chat, code, fields, found, http, vendor

OLD = "claude-3-7-sonnet-20250219"
NEW = "claude-sonnet-5-5"
CALL = "this.helpers.httpRequest({ url: 'https://api.anthropic.com/v1/messages', "
STATE = {Rule.MODEL_RETIRED, Rule.MODEL_RETIRING, Rule.MODEL_UNKNOWN}


def check(content: Any) -> NodeCheck:
    """Check a node or a workflow."""
    return check_nodes(json.dumps(content), today=TODAY)


WHEREVER = [
    chat(OLD, 1.2),
    chat({"__rl": True, "mode": "id", "value": f"={OLD}"}),
    chat({"__rl": True, "mode": "list", "value": OLD, "cachedResultName": "Claude Sonnet 3.7"}),
    chat({"__rl": True, "mode": "id", "value": f"={{{{ $json.model || '{OLD}' }}}}"}),
    chat({"__rl": True, "mode": "id", "value": f"={{{{ $json.model ?? '{OLD}' }}}}"}),
    chat({"__rl": True, "mode": "id", "value": f"={{{{ $json.fast ? 'claude-haiku-4-5' : '{OLD}' }}}}"}),
    chat({"__rl": True, "mode": "id", "value": f"={{{{ $fromAI('model', 'which one', 'string', '{OLD}') }}}}"}),
    vendor(OLD),
    vendor(f"={{{{ '{OLD}' }}}}"),
    http(jsonBody=body(model=OLD)),
    http(jsonBody=f"={{{{ JSON.stringify({{ model: '{OLD}', max_tokens: 9, messages: $json.m }}) }}}}"),
    http(jsonBody=f"={{{{ JSON.stringify({{ model: $json.m || '{OLD}', max_tokens: 9, messages: $json.m }}) }}}}"),
    http(jsonBody=f'={{"model": "{OLD}", "max_tokens": 9, "messages": {{{{ $json.m.toJsonString() }}}} }}'),
    http(jsonBody=f'={{"model": "{{{{ $json.m || \'{OLD}\' }}}}", "max_tokens": 9, "messages": {{{{ $json.m }}}} }}'),
    http(
        jsonBody=f"={{{{ (() => {{ const model = '{OLD}'; return JSON.stringify({{ model, max_tokens: 9 }}); }})() }}}}"
    ),
    http(jsonBody=f'={{{{ $fromAI(\'JSON\', `{{"model": "{OLD}", "max_tokens": 9}}`, \'json\') }}}}'),
    http(specifyBody=None, jsonBody=None, bodyParameters=fields(model=OLD)),
    http(specifyBody=None, jsonBody=None, bodyParameters=fields(model=f"={OLD}")),
    http(specifyBody=None, jsonBody=None, bodyParameters=fields(model=f"={{{{ $json.model || '{OLD}' }}}}")),
    code(f"return {CALL} body: {{ model: '{OLD}', max_tokens: 9, messages: [] }} }});"),
    code(f"const MODEL = '{OLD}'\nconst other = 1\nreturn {CALL} body: {{ model: MODEL }} }});"),
    code(f'const claude_model = $json.model ?? "{OLD}";\nreturn {CALL} body: {{}} }});'),
    code(f'const body = `{{"model": "{OLD}", "max_tokens": 9}}`; return {CALL} body }});'),
]


@pytest.mark.parametrize("node", WHEREVER, ids=range(len(WHEREVER)))
def test_a_retired_model_is_found_and_only_its_characters_change(node: dict[str, Any]) -> None:
    checked = check(node)
    retired = [each for each in checked.findings if each.rule is Rule.MODEL_RETIRED]
    assert [each.fixed for each in retired] == [True]
    assert OLD in retired[0].says
    assert checked.corrected is not None
    assert OLD not in checked.corrected
    if node["type"] in ("n8n-nodes-base.httpRequest", "n8n-nodes-base.code"):
        assert json.loads(checked.corrected) == json.loads(json.dumps(node).replace(OLD, NEW))


NOWHERE = [
    http(
        jsonBody="={{ JSON.stringify({ model: $json.m === 'claude-2' ? 'claude-sonnet-5' : 'claude-haiku-4-5', "
        "max_tokens: 9, messages: $json.m }) }}"
    ),
    http(
        jsonBody="={{ JSON.stringify({ model: ['claude-2'].includes($json.m) ? 'claude-sonnet-5' : $json.m, "
        "max_tokens: 9, messages: [] }) }}"
    ),
    http(jsonBody="={{ JSON.stringify({ model: 'claude-' + $json.v, max_tokens: 9, messages: $json.m }) }}"),
    http(jsonBody=body(messages=[{"role": "user", "content": 'is "model": "claude-2" gone?'}])),
    http(jsonBody=body(metadata={"model": "claude-2"})),
    chat({"__rl": True, "mode": "id", "value": "={{ { 'claude-2': 'claude-sonnet-5' }[$json.m] }}"}),
    code(f"// model: 'claude-2'\nreturn {CALL} body: {{ model: 'claude-sonnet-5', max_tokens: 9 }} }});"),
    code(f"const prices = [{{ model: 'claude-2', in: 8 }}];\nreturn {CALL} body: $json.b }});"),
    code(f"const models = ['claude-2', 'claude-sonnet-5'];\nreturn {CALL} body: $json.b }});"),
    code("return [{ json: { model: 'claude-2', price: 8 } }];"),
    code(f"const r = await {CALL} body: $json.b }}); return [{{ json: {{ text: r, model: 'claude-2' }} }}];"),
    code(f"if (model === 'claude-2') x(); return {CALL} body: {{}} }});"),
]


@pytest.mark.parametrize("node", NOWHERE, ids=range(len(NOWHERE)))
def test_a_model_that_is_not_asked_for_is_no_fault(node: dict[str, Any]) -> None:
    assert not found(node) & STATE


def setter(name: str, field: str, value: str, version: float = 3.4) -> dict[str, Any]:
    """An Edit Fields node with one field."""
    kept: dict[str, Any] = {"assignments": {"assignments": [{"name": field, "value": value, "type": "string"}]}}
    if version < 3.3:
        kept = {"fields": {"values": [{"name": field, "stringValue": value}]}}
    if version < 3:
        kept = {"values": {"string": [{"name": field, "value": value}]}}
    return {"type": "n8n-nodes-base.set", "typeVersion": version, "name": name, "parameters": kept}


def flow(first: dict[str, Any], call: dict[str, Any], *, connected: bool = True) -> dict[str, Any]:
    """A workflow of two nodes."""
    links = {first["name"]: {"main": [[{"node": call["name"], "type": "main", "index": 0}]]}}
    return {"nodes": [first, call], "connections": links if connected else {}}


READS = [
    "$json.model",
    "$json['model']",
    "$('Set').item.json.model",
    "$('Set').first().json['model']",
    '$node["Set"].json.model',
]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("version", [2, 3.2, 3.4])
def test_a_field_that_gives_the_model_is_judged(read: str, version: float) -> None:
    call = http(jsonBody=f"={{{{ JSON.stringify({{ model: {read}, max_tokens: 9, messages: $json.m }}) }}}}")
    checked = check(flow(setter("Set", "model", OLD, version), call))
    assert [(each.node, each.rule, each.fixed) for each in checked.findings] == [("Set", Rule.MODEL_RETIRED, True)]
    assert checked.corrected is not None
    assert OLD not in checked.corrected


def test_a_field_that_no_call_takes_its_model_from_is_not_judged() -> None:
    call = http(jsonBody="={{ JSON.stringify({ model: $json.model, max_tokens: 9, messages: $json.m }) }}")
    assert found(flow(setter("Set", "old_model", OLD), call)) == set()
    assert found(flow(setter("Set", "model", OLD), call, connected=False)) == set()
    assert found(flow(setter("Set", "model", OLD), http())) == set()
    assert found(setter("Set", "model", OLD)) == set()


def test_code_that_builds_the_request_of_another_node_is_judged() -> None:
    built = f"return [{{ json: {{ claudeBody: {{ model: '{OLD}', max_tokens: 9, messages: [] }} }} }}];"
    call = http(jsonBody="={{ JSON.stringify($json.claudeBody) }}")
    builder = code(built) | {"name": "Build"}
    assert [each.node for each in check(flow(builder, call)).findings] == ["Build"]
    assert found(builder) == set()


@pytest.mark.parametrize("name", ["gpt-4o", "anthropic/claude-3.7-sonnet", "claude-sonnet-5.5", "sonnet"])
def test_a_model_that_anthropic_never_had_is_doubted(name: str) -> None:
    by_fields = {"specifyBody": None, "jsonBody": None, "bodyParameters": fields(model=name)}
    for node in (http(jsonBody=body(model=name)), http(**by_fields), vendor(name), chat({"value": name})):
        assert found(node) == {Rule.MODEL_UNKNOWN}


def test_a_misspelled_model_is_corrected() -> None:
    for name in ("claude-sonnet-5.5", "Sonnet 5.5"):
        checked = check(http(jsonBody=body(model=name)))
        assert checked.corrected is not None
        assert json.loads(checked.corrected) == http(jsonBody=body(model=NEW))


def test_a_placeholder_is_called_one() -> None:
    assert found(chat({"__rl": True, "mode": "list", "value": "your-llm-model"})) == {Rule.MODEL_MISSING}


@pytest.mark.parametrize(
    ("resource", "operation", "needs"),
    [
        (None, None, True),
        ("text", "message", True),
        ("image", None, True),
        ("document", "analyze", True),
        ("file", "upload", False),
        ("prompt", "generate", False),
    ],
)
def test_a_model_is_missed_only_where_the_node_has_the_field(
    resource: str | None, operation: str | None, needs: bool
) -> None:
    given = {"resource": resource, "operation": operation, "modelId": {"__rl": True, "mode": "list", "value": ""}}
    kept = {name: value for name, value in given.items() if value is not None}
    node = {"type": "@n8n/n8n-nodes-langchain.anthropic", "typeVersion": 1, "name": "A", "parameters": kept}
    assert (Rule.MODEL_MISSING in found(node)) is needs


THINKING = [
    (1.3, {"thinking": True, "thinkingBudget": 2000}, {}),
    (1.4, {"thinking": True, "temperature": 1}, {}),
    (1.5, {"thinkingMode": "manual", "thinkingBudget": 2000}, {"thinkingMode": "adaptive"}),
    (1.6, {"thinkingMode": "disabled"}, {}),
]


@pytest.mark.parametrize(("version", "options", "left"), THINKING)
@pytest.mark.parametrize("model", [OLD, NEW])
def test_thinking_that_a_model_refuses_is_switched_off_in_the_copy(
    version: float, options: dict[str, Any], left: dict[str, Any], model: str
) -> None:
    checked = check(chat({"__rl": True, "mode": "id", "value": model}, version, **options))
    first = Rule.MODEL_RETIRED if model == OLD else Rule.THINKING_REFUSED
    assert checked.findings[0].rule is first
    assert checked.corrected is not None
    assert json.loads(checked.corrected)["parameters"]["options"] == left
    assert found(json.loads(checked.corrected)) == set()


def test_the_option_is_called_by_its_name_in_the_node() -> None:
    assert "Output Randomness (Temperature)" in check(vendor(NEW, temperature=1)).findings[0].fix
    assert "Sampling Temperature" in check(chat({"value": NEW}, temperature=1)).findings[0].fix
    assert check(http(jsonBody=body(model=NEW, temperature=1))).findings[0].fix == "Remove temperature."


def test_an_old_chat_model_is_to_be_added_again() -> None:
    old = check(chat(OLD, 1.2))
    assert [each.rule for each in old.findings] == [Rule.MODEL_RETIRED]
    assert "add Anthropic Chat Model again and choose Claude Sonnet 5.5" in old.findings[0].fix
    assert old.corrected is not None
    assert json.loads(old.corrected)["typeVersion"] == 1.3  # the first with a Model field that takes any id
    assert found(json.loads(old.corrected)) == set()


def test_references_are_the_exact_characters() -> None:
    text = "={{ $json.model || 'claude-2' }}"
    (reference,) = in_field(text, ("model",))
    assert text[reference.start : reference.end] == reference.model == "claude-2"
    assert in_field("{{ $json.model }}", ()) == []
    source = "x = { model: 'claude-2', messages: [] }; y = { model: 'claude-3-opus' }"
    assert [reference.model for reference in in_request_object(source, ())] == ["claude-2"]
    assert [reference.model for reference in in_code(source, 0, len(source), ())] == ["claude-2", "claude-3-opus"]
    assert in_code(source, 0, len(source), (), keys=False) == []


@pytest.mark.parametrize(
    ("thinking", "left"),
    [
        ({"type": "enabled", "budget_tokens": 2000}, {"type": "adaptive"}),
        ({"type": "disabled"}, None),
    ],
)
def test_thinking_in_a_body_becomes_what_the_model_takes_or_goes(
    thinking: dict[str, Any], left: dict[str, Any] | None
) -> None:
    checked = check(http(jsonBody=body(model=NEW, thinking=thinking)))
    assert [(each.rule, each.fixed) for each in checked.findings] == [(Rule.THINKING_REFUSED, True)]
    assert checked.corrected is not None
    assert json.loads(json.loads(checked.corrected)["parameters"]["jsonBody"]).get("thinking") == left
