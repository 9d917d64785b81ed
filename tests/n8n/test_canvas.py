"""Pasting on n8n's canvas, in the real editor in Chromium: every form is taken whole, and nothing is renamed."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from core.n8n.choices import Auth, NodeChoices, OnError
from core.n8n.generate import OutputKind, WorkflowForm, generate
from tests.conftest import UNAVAILABLE
from tests.e2e.conftest import FLAGS, chromium
from tests.n8n.fake_anthropic import FakeAnthropic
from tests.n8n.server import N8n
from tests.n8n.work import run

pytestmark = [pytest.mark.n8n, pytest.mark.browser]

EMPTY_CANVAS = '[data-test-id="canvas-plus-button"]'
DEFAULTS = {
    ("method", "GET"),
    ("outputPropertyName", "data"),
    ("type", "stringValue"),
    ("resume", "timeInterval"),
    ("unit", "seconds"),
    ("numberOutputs", "4"),
    ("outputsAmount", "4"),
}
"""What n8n's editor leaves out when it saves, since the node's description says the same."""

NODES = '[data-test-id="canvas-node"], [data-test-id="sticky"]'


@pytest.fixture(scope="module")
def page(n8n: N8n) -> Iterator[Page]:
    """The editor, logged in."""
    path = chromium()
    if path is None:
        reason = f"{UNAVAILABLE}canvas suite (tests/n8n): no Chromium found, install the package chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        context = browser.new_context()
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=n8n.url)
        cookies = [{"name": one.name, "value": one.value or "", "url": n8n.url} for one in n8n.client.cookies.jar]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        # The session belongs to a browser id, which the editor keeps in its storage.
        context.add_init_script("localStorage.setItem('n8n-browserId', 'test')")
        yield context.new_page()
        browser.close()


def _pasted(page: Page, n8n: N8n, text: str) -> dict[str, Any]:
    """Paste on the canvas of an empty workflow, save, and return what n8n has saved."""
    workflow = n8n.create({"name": "The user's own", "nodes": [], "connections": {}})
    page.goto(f"{n8n.url}/workflow/{workflow}")
    page.locator(EMPTY_CANVAS).wait_for(timeout=60_000)
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")
    nodes = len(json.loads(text)["nodes"])
    expect(page.locator(NODES)).to_have_count(nodes, timeout=30_000)
    page.keyboard.press("Control+S")
    for _ in range(60):
        saved: dict[str, Any] = n8n.rest("GET", f"/workflows/{workflow}")
        if len(saved["nodes"]) == nodes:
            return saved
        page.wait_for_timeout(250)
    raise AssertionError("the workflow was not saved")


@pytest.mark.parametrize("auth", Auth)
def test_single_node_is_pasted_whole(page: Page, n8n: N8n, auth: Auth) -> None:
    choices = NodeChoices(auth=auth, system='He said "{{ $json.x }}"', tries=3, on_error=OnError.ERROR_OUTPUT)
    text = generate(OutputKind.CLIPBOARD, choices)
    saved = _pasted(page, n8n, text)
    (sent,), (kept,) = json.loads(text)["nodes"], saved["nodes"]
    for name in ("parameters", "name", "type", "typeVersion", "onError", "retryOnFail", "maxTries", "waitBetweenTries"):
        assert kept[name] == sent[name], name
    assert saved["name"] == "The user's own"


def _dropped(sent: Any, kept: Any) -> set[tuple[str, str]]:
    """The (name, value) pairs of `sent` that are not in `kept`; everything else has to be equal."""
    if isinstance(sent, dict) and isinstance(kept, dict):
        assert set(kept) <= set(sent)
        gone = {(name, str(value)) for name, value in sent.items() if name not in kept}
        return gone.union(*(_dropped(sent[name], kept[name]) for name in kept))
    if isinstance(sent, list) and isinstance(kept, list):
        assert len(sent) == len(kept)
        return set().union(*(_dropped(*pair) for pair in zip(sent, kept, strict=True)))
    assert sent == kept
    return set()


@pytest.mark.parametrize(
    "kind", [OutputKind.WORKFLOW, OutputKind.SELF_TEST, OutputKind.ERROR_WORKFLOW, OutputKind.FALLBACK]
)
@pytest.mark.parametrize("version", [None, "1.20"])
def test_workflow_is_pasted_whole_and_runs(
    page: Page, n8n: N8n, anthropic: FakeAnthropic, kind: OutputKind, version: str | None
) -> None:
    text = generate(kind, NodeChoices(n8n_version=version), WorkflowForm.CLIPBOARD)
    saved = _pasted(page, n8n, text)
    sent = {node["name"]: node for node in json.loads(text)["nodes"]}
    kept = {node["name"]: node for node in saved["nodes"]}
    assert set(kept) == set(sent)
    for name, node in sent.items():
        assert _dropped(node["parameters"], kept[name]["parameters"]) <= DEFAULTS, name
        assert kept[name]["typeVersion"] == node["typeVersion"]
        assert kept[name].get("onError") == node.get("onError")
    assert saved["connections"] == json.loads(text)["connections"]
    assert saved["name"] == "The user's own"
    if kind is not OutputKind.ERROR_WORKFLOW:
        done = run(saved, n8n, "ok")
        assert done.status == "success", done.error
        assert len(anthropic.calls("ok")) == 1


def test_named_credential_is_taken_up(page: Page, n8n: N8n) -> None:
    made = n8n.credential("httpHeaderAuth", "sk-ant-api03-test-pasted")
    saved = _pasted(page, n8n, generate(OutputKind.CLIPBOARD, NodeChoices(credential_name=made["name"])))
    assert saved["nodes"][0]["credentials"]["httpHeaderAuth"] == {"id": made["id"], "name": made["name"]}
