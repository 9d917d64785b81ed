"""What the settings of the node that failed add to its error."""

import json

import pytest

from core.paste import read

ERROR = {"message": "Bad request - please check your parameters", "httpCode": "400"}


def failure_of(node_type: str, parameters: dict):
    """The failure of a run whose only node has these settings."""
    run = {"executionStatus": "error", "error": ERROR, "source": []}
    node = {"name": "The node", "type": node_type, "typeVersion": 1, "parameters": parameters}
    paste = {
        "id": "1",
        "status": "error",
        "data": {"resultData": {"runData": {"The node": [run]}, "lastNodeExecuted": "The node", "error": ERROR}},
        "workflowData": {"nodes": [node], "connections": {}},
    }
    return read(json.dumps(paste)).failures[0]


@pytest.mark.parametrize(
    ("parameters", "model"),
    [
        ({"model": "claude-sonnet-5-5"}, "claude-sonnet-5-5"),
        ({"model": {"__rl": True, "value": " claude-sonnet-5-5 "}}, "claude-sonnet-5-5"),
        ({"modelId": {"__rl": True, "value": "claude-sonnet-5-5"}}, "claude-sonnet-5-5"),
        ({"model": "={{ $json.model }}"}, None),
        ({}, None),
    ],
)
def test_the_model_is_the_one_of_either_setting(parameters: dict, model: str | None):
    assert failure_of("@n8n/n8n-nodes-langchain.lmChatAnthropic", parameters).model == model


@pytest.mark.parametrize(
    ("name", "value", "version"),
    [("anthropic-version", "2023-06-01", "2023-06-01"), ("accept", "2023-06-01", None)],
)
def test_the_version_is_the_one_of_its_header(name: str, value: str, version: str | None):
    headers = {"parameters": [{"name": name, "value": value}]}
    failure = failure_of(
        "n8n-nodes-base.httpRequest",
        {"url": "=https://api.anthropic.com/v1/messages", "headerParameters": headers},
    )
    assert failure.api_version == version
    assert (failure.host, failure.path) == ("api.anthropic.com", "/v1/messages")
