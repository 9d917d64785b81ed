"""Every kind of generated document, to the letter.

Without a real n8n nothing else notices a lost connection, a misspelt node type or a parameter with another value.
``RENEW_N8N_DOCUMENTS=1`` rewrites the kept documents; run the whole of tests/n8n before they are committed.
Our JavaScript and the words of the sticky notes are left out, since they change more often and have tests of their own.
"""

import json
import os
from typing import Any

import pytest

from core.models.catalogue import ThinkingMode
from core.n8n.choices import Auth, NodeChoices, OnError, ReportTo
from core.n8n.generate import OutputKind, document
from core.n8n.nodes import script
from tests.paths import DATA

KEPT = DATA / "n8n_documents"
MUCH_CHOSEN = NodeChoices(
    model="my-deployment",
    auth=Auth.PREDEFINED,
    base_url="https://gateway.example.com/anthropic",
    max_tokens=2048,
    system="Be brief, {{ $json.name }}.",
    prompt="Sum up {{ $json.text }} in {{ $json.language }}",
    sample_prompt="=What is 1 + 1?",
    temperature=0.5,
    top_p=0.9,
    top_k=40,
    effort="low",
    thinking=ThinkingMode.ENABLED,
    thinking_budget=1024,
    workspace_id="wrkspc_1",
    timeout_s=60,
    tries=3,
    wait_between_tries_ms=1500,
    on_error=OnError.ERROR_OUTPUT,
    n8n_version="1.20",
    credential_name="Anthropic account",
    second_model="another-deployment",
    rounds=5,
    longest_wait_s=30,
    report_to=ReportTo.SLACK,
)
CHOICES = {
    "default": NodeChoices(),
    "much_chosen": MUCH_CHOSEN,
    "to_discord": NodeChoices(report_to=ReportTo.DISCORD, report_url="https://chat.example.com/hook"),
}
DOCUMENTS = [
    *((kind, name) for kind in OutputKind if kind is not OutputKind.CURL for name in ("default", "much_chosen")),
    (OutputKind.ERROR_WORKFLOW, "to_discord"),
]


def without_scripts_and_notes(made: dict[str, Any]) -> dict[str, Any]:
    """The document with the name of each script in its place; the id depends on the scripts and goes too."""
    for node in made["nodes"]:
        parameters = node["parameters"]
        if node["type"].endswith(".stickyNote"):
            parameters["content"] = "(words)"
        for name in ("redact", "answer", "fallback", "self_test", "error_report"):
            if "jsCode" in parameters:
                parameters["jsCode"] = parameters["jsCode"].replace(script(name), f"({name}.js)")
    if "id" in made:
        made["id"] = "(id)"
    return made


@pytest.mark.parametrize(("kind", "choices"), DOCUMENTS)
def test_a_document_is_the_one_that_is_kept(kind: OutputKind, choices: str) -> None:
    file = KEPT / f"{kind.value}.{choices}.json"
    made = without_scripts_and_notes(document(kind, CHOICES[choices]))
    if os.environ.get("RENEW_N8N_DOCUMENTS"):
        KEPT.mkdir(exist_ok=True)
        file.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", "utf-8")
    assert made == json.loads(file.read_text("utf-8"))


@pytest.mark.parametrize("kind", [kind for kind in OutputKind if kind not in (OutputKind.CURL, OutputKind.CLIPBOARD)])
@pytest.mark.parametrize(("auth", "credential"), [(Auth.HEADER, "Header Auth"), (Auth.PREDEFINED, "Anthropic")])
def test_the_note_names_what_has_to_be_picked_and_was_chosen(kind: OutputKind, auth: Auth, credential: str) -> None:
    choices = NodeChoices(auth=auth, node_name="Ask Claude", second_model="my-deployment", rounds=7)
    note = next(one for one in document(kind, choices)["nodes"] if one["name"] == "Read me")
    words = note["parameters"]["content"]
    assert words == words.strip()
    assert words.startswith("### ")
    if kind in (OutputKind.WORKFLOW, OutputKind.PUBLIC_API, OutputKind.SELF_TEST):
        assert f"**{credential}**" in words
    if kind in (OutputKind.WORKFLOW, OutputKind.PUBLIC_API):
        assert "Open **Ask Claude**" in words
    if kind is OutputKind.FALLBACK:
        assert "It asks my-deployment." in words
        assert "up to 7 times" in words


def test_the_note_of_the_error_workflow_tells_of_the_place_where_reports_go() -> None:
    def words(report_to: ReportTo) -> str:
        nodes = document(OutputKind.ERROR_WORKFLOW, NodeChoices(report_to=report_to))["nodes"]
        return str(next(one for one in nodes if one["name"] == "Read me")["parameters"]["content"])

    assert "your portal's intake" in words(ReportTo.INTAKE)
    assert words(ReportTo.SLACK) == words(ReportTo.DISCORD) != words(ReportTo.INTAKE)
    assert "incoming webhooks" in words(ReportTo.SLACK)
