"""The error workflow in a real n8n: a failed production run is reported, with allow-listed facts only."""

import time
from typing import Any

import httpx
import pytest

from core.diagnosis import diagnose
from core.n8n.choices import NodeChoices, ReportTo
from core.n8n.generate import OutputKind, document
from tests.n8n.fake_anthropic import FakeAnthropic, Seen
from tests.n8n.faults import FAULTS
from tests.n8n.server import N8n
from tests.n8n.work import key, with_credentials

pytestmark = pytest.mark.n8n

PROMPT = "a very private prompt"


def _fail_in_production(n8n: N8n, watcher: str, label: str) -> None:
    """Run a workflow by a webhook, with `watcher` as its error workflow."""
    call = document(OutputKind.CLIPBOARD, NodeChoices(prompt=PROMPT))["nodes"][0]
    path = f"fail-{watcher}-{label}"
    hook = {
        "parameters": {"path": path, "httpMethod": "POST", "options": {}},
        "id": "hook",
        "name": "Webhook",
        "type": "n8n-nodes-base.webhook",
        "typeVersion": 2,
        "webhookId": path,
        "position": [0, 0],
    }
    workflow = {
        "name": "Watched workflow",
        "nodes": [hook, call],
        "connections": {"Webhook": {"main": [[{"node": "Call Claude", "type": "main", "index": 0}]]}},
        "settings": {"errorWorkflow": watcher, "executionOrder": "v1"},
    }
    made = n8n.create(with_credentials(workflow, n8n, label))
    n8n.public("POST", f"/workflows/{made}/activate")
    for _ in range(40):
        answer = httpx.post(f"{n8n.url}/webhook/{path}", json={}, timeout=60, trust_env=False)
        if answer.status_code != 404:
            return
        time.sleep(0.25)
    raise AssertionError("the webhook never answered")


def _report(n8n: N8n, anthropic: FakeAnthropic, choices: NodeChoices, label: str) -> Seen:
    watcher = n8n.create(with_credentials(document(OutputKind.ERROR_WORKFLOW, choices), n8n, "ok"))
    n8n.public("POST", f"/workflows/{watcher}/activate")
    _fail_in_production(n8n, watcher, label)
    for _ in range(80):
        if anthropic.reports():
            return anthropic.reports()[0]
        time.sleep(0.25)
    raise AssertionError("no report arrived")


def _texts(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(_texts(one) for one in value.values())
    return " ".join(_texts(one) for one in value) if isinstance(value, list) else str(value)


@pytest.mark.parametrize(
    ("label", "status", "kind"),
    [
        ("invalid", "401", "authentication_error"),
        ("credit", "400", "invalid_request_error"),
        ("e529", "529", "overloaded_error"),
    ],
)
def test_report_to_the_intake(n8n: N8n, anthropic: FakeAnthropic, label: str, status: str, kind: str) -> None:
    seen = _report(n8n, anthropic, NodeChoices(report_url=f"{anthropic.url}/sink"), label)
    report = seen.json
    error = report["execution"]["error"]
    assert report["workflow"]["name"] == "Watched workflow"
    assert error["httpCode"] == status
    assert error["context"]["data"]["error"]["type"] == kind
    assert error["context"]["data"]["request_id"].startswith("req_")
    assert error["node"]["name"] == "Call Claude"
    assert error["node"]["parameters"] == {"model": "claude-sonnet-5"}
    assert seen.headers["x-api-key"].endswith("-ok")  # the Header Auth credential of the sending node
    assert PROMPT not in _texts(report)
    assert key(label) not in _texts(report)
    assert diagnose(seen.body).findings[0].cause == FAULTS[label].cause


def test_report_to_a_chat_is_one_sentence(n8n: N8n, anthropic: FakeAnthropic) -> None:
    choices = NodeChoices(report_to=ReportTo.SLACK, report_url=f"{anthropic.url}/sink")
    seen = _report(n8n, anthropic, choices, "invalid")
    assert list(seen.json) == ["text"]
    assert "“Watched workflow” failed at “Call Claude”" in seen.json["text"]
    assert "invalid x-api-key" in seen.json["text"]
    assert PROMPT not in seen.json["text"]
