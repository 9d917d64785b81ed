"""A node's place in its workflow: invented types, models in the main flow, many calls at once, what n8n 3 removes."""

import itertools
import json
from typing import Any

import pytest

from core.n8n import shipped_types
from core.n8n.check import Rule, Severity, check_nodes
from tests.n8n import install
from tests.n8n.check.test_rules import TODAY, chat, http

Node = dict[str, Any]


def node(name: str, kind: str, version: float = 1, **parameters: Any) -> Node:
    """A node of n8n's base package, or of the package named in `kind`."""
    full = kind if "." in kind else f"n8n-nodes-base.{kind}"
    return {"type": full, "typeVersion": version, "name": name, "position": [0, 0], "parameters": parameters}


def chain(*nodes: Node) -> dict[str, Any]:
    """A workflow in which each node leads to the next."""
    links = {
        first["name"]: {"main": [[{"node": second["name"], "type": "main", "index": 0}]]}
        for first, second in itertools.pairwise(nodes)
    }
    return {"nodes": list(nodes), "connections": links}


def rules_at(workflow: dict[str, Any]) -> set[tuple[str, Rule]]:
    """Node and rule of each finding."""
    return {(each.node, each.rule) for each in check_nodes(json.dumps(workflow), today=TODAY).findings}


SHEET = node("Rows", "googleSheets", 4.5, operation="read")
MANY = [
    node("Rows", "splitOut"),
    node("Rows", "itemLists", 3),
    node("Rows", "spreadsheetFile", 2),
    node("Rows", "extractFromFile", operation="xlsx"),
    SHEET,
    node("Rows", "airtable", 2, operation="search"),
    node("Rows", "rssFeedRead"),
]
FEW = [
    node("Rows", "manualTrigger"),
    node("Rows", "itemLists", 3, operation="concatenateItems"),
    node("Rows", "extractFromFile", operation="pdf"),
    node("Rows", "googleSheets", 4.5, operation="append"),
    node("Rows", "airtable", 2, operation="create"),
    node("Rows", "code", 2, jsCode="return items;"),
    SHEET | {"executeOnce": True},
]


@pytest.mark.parametrize("first", MANY, ids=range(len(MANY)))
def test_a_call_for_each_of_many_items_at_once_is_found(first: Node) -> None:
    assert ("Ask", Rule.MANY_AT_ONCE) in rules_at(chain(first, http()))
    assert ("Ask", Rule.MANY_AT_ONCE) in rules_at(chain(first, node("Fields", "set", 3.4), node("If", "if"), http()))


@pytest.mark.parametrize("first", FEW, ids=range(len(FEW)))
def test_a_call_for_few_items_is_clean(first: Node) -> None:
    assert Rule.MANY_AT_ONCE not in {rule for _, rule in rules_at(chain(first, http()))}


@pytest.mark.parametrize(
    "between",
    [
        node("Loop", "splitInBatches", 3),
        node("One", "limit"),
        node("All", "aggregate"),
        node("Prompt", "code", 2, jsCode="return [{ json: { p: 'x' } }];"),
    ],
)
def test_what_takes_the_items_together_or_one_by_one_is_clean(between: Node) -> None:
    assert rules_at(chain(SHEET, between, http())) == set()


@pytest.mark.parametrize(
    "call",
    [
        http(options={"batching": {"batch": {"batchSize": 1, "batchInterval": 1000}}}),
        http() | {"executeOnce": True},
        http(url="https://openrouter.ai/api/v1/chat/completions"),
    ],
)
def test_a_call_that_waits_or_runs_once_is_clean(call: Node) -> None:
    assert Rule.MANY_AT_ONCE not in {rule for _, rule in rules_at(chain(SHEET, call))}


def test_many_at_once_is_a_warning_about_the_rate_limit() -> None:
    (finding,) = check_nodes(json.dumps(chain(SHEET, http())), today=TODAY).findings
    assert (finding.severity, finding.cause, finding.fixed) == (Severity.WARNING, "rate_limited", False)


def test_a_chat_model_belongs_to_an_agent_and_not_into_the_main_flow() -> None:
    model = chat({"__rl": True, "mode": "list", "value": "claude-sonnet-5"}) | {"name": "Model"}
    agent = node("Agent", "@n8n/n8n-nodes-langchain.agent", 2.2)
    start, end = node("Start", "manualTrigger"), node("End", "noOp")
    wrong = ("Model", Rule.MODEL_IN_MAIN_FLOW)
    assert wrong in rules_at(chain(start, model))
    assert wrong in rules_at(chain(model, end))
    right = {"Model": {"ai_languageModel": [[{"node": "Agent", "type": "ai_languageModel", "index": 0}]]}}
    assert rules_at({"nodes": [model, agent], "connections": right}) == set()
    assert rules_at({"nodes": [model], "connections": {}}) == set()


@pytest.mark.parametrize(
    "kind",
    ["n8n-nodes-base.anthropic", "n8n-nodes-base.claude", "@n8n/n8n-nodes-langchain.lmChatClaude", "n8n-nodes-base."],
)
def test_an_invented_type_is_found(kind: str) -> None:
    assert rules_at(chain(node("X", kind))) == {("X", Rule.NODE_TYPE_UNKNOWN)}


@pytest.mark.parametrize(
    "kind",
    [
        "n8n-nodes-base.httpRequestTool",
        "n8n-nodes-base.slackHitlTool",
        "n8n-nodes-base.start",
        "n8n-nodes-base.interval",
        "@n8n/n8n-nodes-langchain.lmChatAnthropic",
        "@n8n/n8n-nodes-langchain.vectorStoreInMemory",
        "n8n-nodes-anthropic.claude",
        "@acme/n8n-nodes-claude.claude",
        "CUSTOM.myNode",
    ],
)
def test_types_that_n8n_or_somebody_else_ships_are_not_invented(kind: str) -> None:
    assert shipped_types.exists(kind)


@pytest.mark.n8n
def test_every_type_of_the_installed_n8n_is_in_the_list(installed: Any) -> None:
    for package in ("n8n-nodes-base", "@n8n/n8n-nodes-langchain"):
        known = json.loads((install.home() / "node_modules" / package / "dist/known/nodes.json").read_text("utf-8"))
        assert [name for name in known if not shipped_types.exists(f"{package}.{name}")] == []


REMOVED = [
    node("Old", "function", functionCode="return items;"),
    node("Old", "functionItem", functionCode="return item;"),
    node("Old", "itemLists", 3, operation="sort"),
    node("Old", "aiTransform"),
    node("Old", "@n8n/n8n-nodes-langchain.code"),
    node("Old", "executeWorkflow", 1.2, mode="each"),
]


@pytest.mark.parametrize("old", REMOVED, ids=range(len(REMOVED)))
def test_what_n8n_3_removes_is_noted_where_the_workflow_calls_claude(old: Node) -> None:
    assert rules_at(chain(old, http())) == {("Old", Rule.REMOVED_IN_N8N_3)}
    assert rules_at(chain(old, node("End", "noOp"))) == set()


def test_the_mode_that_stays_is_clean() -> None:
    assert rules_at(chain(node("Sub", "executeWorkflow", 1.2), http())) == set()


def test_old_agents_are_noted_once() -> None:
    agents = [node(f"Agent {number}", "@n8n/n8n-nodes-langchain.agent", 1.7, agent="sqlAgent") for number in range(3)]
    findings = check_nodes(json.dumps({"nodes": agents, "connections": {}}), today=TODAY).findings
    assert [(each.node, each.severity) for each in findings] == [("Agent 0", Severity.NOTE)]
    assert "SQL Agent" in findings[0].says
    assert "2 more" in findings[0].says
    assert "Postgres" in findings[0].fix
    newer = node("Agent", "@n8n/n8n-nodes-langchain.agent", 2)
    assert rules_at(chain(newer)) == set()


def test_a_failure_that_any_later_node_reads_is_not_hidden() -> None:
    call = http() | {"onError": "continueRegularOutput"}
    plain, reader = node("Next", "set", 3.4), node("Check", "if", 2, value="={{ $json.error }}")
    assert rules_at(chain(call, plain, reader)) == set()
    assert rules_at(chain(call, plain)) == {("Ask", Rule.ERRORS_HIDDEN)}
    assert rules_at(chain(reader, call, plain)) == {("Ask", Rule.ERRORS_HIDDEN)}


def test_how_a_run_goes_on_after_a_failure_is_never_changed() -> None:
    for mode in ("continueRegularOutput", "continueErrorOutput"):
        call = http(method="GET") | {"onError": mode}
        corrected = check_nodes(json.dumps(chain(call, node("Next", "noOp"))), today=TODAY).corrected
        assert corrected is not None
        assert json.loads(corrected)["nodes"][0]["onError"] == mode


def test_a_tool_gives_its_failure_to_the_agent() -> None:
    tool = http() | {"type": "n8n-nodes-base.httpRequestTool", "onError": "continueRegularOutput"}
    assert rules_at(chain(tool)) == set()


def test_large_circles_are_answered() -> None:
    nodes = [http() | {"name": f"Ask {number}", "onError": "continueRegularOutput"} for number in range(50)]
    workflow = chain(*nodes)
    workflow["connections"]["Ask 49"] = {"main": [[{"node": "Ask 0", "type": "main", "index": 0}]]}
    assert {rule for _, rule in rules_at(workflow)} == {Rule.ERRORS_HIDDEN}


def test_a_model_that_shows_once_the_call_can_be_read_is_corrected_too() -> None:
    fields = [{"id": "1", "name": "aiModel", "value": "claude-3-opus-20240229", "type": "string"}]
    setter = node("Config", "set", 3.4, assignments={"assignments": fields})
    broken = '={{ "model": $json.aiModel, "max_tokens": 9, "messages": $json.m }}'
    text = json.dumps(chain(setter, http(jsonBody=broken)))
    checked = check_nodes(text, today=TODAY)
    assert {(one.node, one.rule, one.fixed) for one in checked.findings} == {
        ("Ask", Rule.BODY_EXPRESSION_BROKEN, True),
        ("Config", Rule.MODEL_RETIRED, True),
    }
    assert checked.corrected is not None
    assert check_nodes(checked.corrected, today=TODAY).corrected is None
