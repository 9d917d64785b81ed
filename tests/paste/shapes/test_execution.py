"""Executions with an agent and its model: what the workflow tells, and what the runs tell without it."""

import json

import pytest

from core.paste import read
from core.paste.failure import Provider

LANGCHAIN = "@n8n/n8n-nodes-langchain"
ERROR = {"name": "NodeOperationError", "message": "529 Overloaded", "level": "error"}


def execution(failing: str, kind: str) -> dict:
    """An agent with a model of this kind below it; the run of one of the two failed, as n8n's public API gives it."""
    nodes = [
        {"name": "Agent", "type": f"{LANGCHAIN}.agent", "typeVersion": 2, "parameters": {}},
        {"name": "Model", "type": f"{LANGCHAIN}.{kind}", "typeVersion": 1, "parameters": {"model": "some-model-4"}},
    ]
    runs = {
        "Model": [
            {
                "executionStatus": "success",
                "source": [{"previousNode": "Agent"}],
                "data": {"ai_languageModel": [[{"json": {"response": {"generations": []}}}]]},
            }
        ],
        "Agent": [{"executionStatus": "success", "source": [], "data": {"main": [[{"json": {"output": "Hi"}}]]}}],
    }
    runs[failing][0] |= {"executionStatus": "error", "error": ERROR}
    return {
        "id": "1",
        "status": "error",
        "data": {"resultData": {"error": ERROR, "runData": runs, "lastNodeExecuted": "Agent"}},
        "workflowData": {
            "nodes": nodes,
            "connections": {"Model": {"ai_languageModel": [[{"node": "Agent", "type": "ai_languageModel"}]]}},
        },
    }


@pytest.mark.parametrize(
    ("kind", "provider"), [("lmChatAnthropic", Provider.ANTHROPIC), ("lmChatOpenAi", Provider.OPENAI)]
)
def test_an_agents_failure_is_of_the_vendor_and_the_model_below_it(kind: str, provider: Provider):
    (failure,) = read(json.dumps(execution("Agent", kind))).failures
    assert (failure.node, failure.provider, failure.model) == ("Agent", provider, "some-model-4")


@pytest.mark.parametrize("with_workflow", [True, False])
def test_a_failing_model_is_known_to_be_below_its_agent(with_workflow: bool):
    whole = execution("Model", "lmChatAnthropic")
    if not with_workflow:
        del whole["workflowData"]
    (failure,) = read(json.dumps(whole)).failures
    assert (failure.node, failure.root_node, failure.status) == ("Model", "Agent", 529)
