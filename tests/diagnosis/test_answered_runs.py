"""A fault that keeps a node from calling anybody is no finding for a node that Claude answered in the same run."""

import json
from typing import Any

import pytest

from core.causes.loader import load
from core.diagnosis import diagnose
from tests.labelled import AS_OF

LANGCHAIN = "@n8n/n8n-nodes-langchain"
NODES = {
    "AI Agent": f"{LANGCHAIN}.agent",
    "Claude": f"{LANGCHAIN}.lmChatAnthropic",
    "First choice": f"{LANGCHAIN}.lmChatAnthropic",
    "Mail": "n8n-nodes-base.gmailTool",
    "Summary": f"{LANGCHAIN}.anthropic",
}
BELOW = {"Claude": "ai_languageModel", "First choice": "ai_languageModel", "Mail": "ai_tool"}
ANSWER = {"generations": [[{"text": "Hi", "generationInfo": {"stop_reason": "end_turn"}}]], "llmOutput": {}}
WARNINGS = {
    "missing_credential": "Node does not have any credentials set",
    "credential_access": 'Node "Claude" does not have access to the credential',
    "encryption_key_changed": "Credentials could not be decrypted. The likely reason is that a different "
    '"encryptionKey" was used to encrypt the data.',
}


def a_run(node: str, trace: dict[str, Any], *, answered: bool = True, error: dict[str, Any] | None = None) -> str:
    """Return an execution in which the agent's model was answered and one node left a trace."""
    runs: dict[str, list[dict[str, Any]]] = {}
    if answered:
        runs["Claude"] = [
            {"executionStatus": "success", "data": {"ai_languageModel": [[{"json": {"response": ANSWER}}]]}}
        ]
        runs["AI Agent"] = [{"executionStatus": "success", "data": {"main": [[{"json": {"output": "Hi"}}]]}}]
    runs.setdefault(node, []).insert(0, trace)
    result = {"runData": runs, "lastNodeExecuted": "AI Agent"} | ({"error": error} if error else {})
    joined = {name: {kind: [[{"node": "AI Agent", "type": kind, "index": 0}]]} for name, kind in BELOW.items()}
    nodes = [{"name": name, "type": kind, "typeVersion": 1, "parameters": {}} for name, kind in NODES.items()]
    return json.dumps({
        "id": "7", "status": "error" if error else "success", "startedAt": "2026-11-20T10:00:00.000Z",
        "data": {"resultData": result}, "workflowData": {"name": "w", "nodes": nodes, "connections": joined},
    })  # fmt: skip


def failed(sentence: str) -> dict[str, Any]:
    return {"executionStatus": "error", "error": {"name": "NodeOperationError", "message": sentence}}


def passed_on(sentence: str) -> dict[str, Any]:
    return {"executionStatus": "success", "data": {"main": [[{"json": {"error": sentence}}]]}}


def hinted(sentence: str) -> dict[str, Any]:
    hints = [{"message": sentence, "type": "warning"}]
    return {"executionStatus": "success", "hints": hints, "data": {"main": [[{"json": {"output": "Hi"}}]]}}


def causes(text: str) -> list[str]:
    return [finding.cause for finding in diagnose(text, today=AS_OF).findings]


@pytest.mark.parametrize(("cause", "sentence"), WARNINGS.items())
@pytest.mark.parametrize("trace", [failed, passed_on, hinted])
@pytest.mark.parametrize("node", ["Claude", "AI Agent", "First choice"])
def test_a_node_that_was_answered_is_not_failing_for_a_credential(node: str, trace, cause: str, sentence: str):
    assert load()[cause].stops_every_call
    assert causes(a_run(node, trace(sentence))) == ["no_failure"]


@pytest.mark.parametrize("node", ["Summary", "Mail"])
def test_another_node_of_an_answered_run_may_still_lack_its_credential(node: str):
    assert causes(a_run(node, failed(WARNINGS["missing_credential"]))) == ["missing_credential"]


def test_an_answer_that_only_looks_like_claudes_disproves_nothing():
    looks_alike = {"executionStatus": "success", "data": {"main": [[{"json": {"content": [{"type": "text"}]}}]]}}
    runs = {"It": [failed(WARNINGS["missing_credential"]), looks_alike]}
    assert causes(json.dumps({"data": {"resultData": {"runData": runs, "lastNodeExecuted": "It"}}})) == [
        "missing_credential"
    ]


@pytest.mark.parametrize("node", ["Claude", "AI Agent"])
def test_without_an_answer_or_where_the_run_stopped_the_credential_is_the_cause(node: str):
    trace = failed(WARNINGS["missing_credential"])
    assert causes(a_run(node, trace, answered=False)) == ["missing_credential"]
    assert "missing_credential" in causes(a_run(node, trace, error=trace["error"] | {"node": {"name": node}}))


def test_a_fault_of_one_item_is_named_although_the_node_was_answered():
    assert not load()["node_not_configured"].stops_every_call
    assert causes(a_run("AI Agent", passed_on("Your credit balance is too low to access the Anthropic API."))) == [
        "credit_exhausted"
    ]
