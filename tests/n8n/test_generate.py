"""Tests of core.n8n.generate."""

import json
import shlex
from typing import Any

import pytest

from core.models.catalogue import ThinkingMode
from core.n8n.choices import Auth, ChoiceRefusedError, NodeChoices
from core.n8n.generate import OutputKind, WorkflowForm, curl, document, generate
from core.redaction import redact

WORKFLOWS = [
    OutputKind.WORKFLOW,
    OutputKind.PUBLIC_API,
    OutputKind.SELF_TEST,
    OutputKind.ERROR_WORKFLOW,
    OutputKind.FALLBACK,
]


def node(kind: OutputKind, choices: NodeChoices, name: str = "Call Claude") -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in document(kind, choices)["nodes"] if one["name"] == name)
    return found


def test_clipboard_has_one_node_without_name_id_or_credentials_of_its_own() -> None:
    made = document(OutputKind.CLIPBOARD, NodeChoices())
    assert set(made) == {"nodes", "connections"}
    (only,) = made["nodes"]
    assert "credentials" not in only
    assert only["typeVersion"] == 4.2


def test_credential_is_named_never_numbered() -> None:
    made = node(OutputKind.CLIPBOARD, NodeChoices(auth=Auth.PREDEFINED, credential_name="Anthropic"))
    assert made["credentials"] == {"anthropicApi": {"id": None, "name": "Anthropic"}}
    assert made["parameters"]["nodeCredentialType"] == "anthropicApi"


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_every_form_has_the_keys_of_its_door(kind: OutputKind) -> None:
    bare = {"nodes", "connections"}
    assert set(document(kind, NodeChoices(), WorkflowForm.CLIPBOARD)) == bare
    assert set(document(kind, NodeChoices(), WorkflowForm.WORKFLOW)) == bare | {"id", "name", "settings"}
    assert set(document(kind, NodeChoices(), WorkflowForm.PUBLIC_API)) == bare | {"name", "settings"}


def test_public_api_kind_has_no_id() -> None:
    assert "id" not in document(OutputKind.PUBLIC_API, NodeChoices())
    assert len(document(OutputKind.WORKFLOW, NodeChoices())["id"]) == 16


def test_id_follows_the_content() -> None:
    first = document(OutputKind.WORKFLOW, NodeChoices())
    assert first == document(OutputKind.WORKFLOW, NodeChoices())
    assert first["id"] != document(OutputKind.WORKFLOW, NodeChoices(max_tokens=5))["id"]


@pytest.mark.parametrize("kind", OutputKind)
def test_no_secret_and_no_key_stands_in_it(kind: OutputKind) -> None:
    text = generate(kind, NodeChoices(n8n_version="1.20"))
    assert redact(text).hidden == ()
    assert "sk-ant" not in text


def test_older_n8n_gets_older_nodes() -> None:
    made = document(OutputKind.FALLBACK, NodeChoices(n8n_version="1.20"))
    versions = {one["type"].split(".")[1]: one["typeVersion"] for one in made["nodes"]}
    assert versions["httpRequest"] == 4.1
    assert versions["set"] == 3.2
    assert versions["switch"] == 2
    assert "fields" in node(OutputKind.WORKFLOW, NodeChoices(n8n_version="1.20"), "Prompt")["parameters"]


def test_a_node_cannot_take_the_name_of_another() -> None:
    with pytest.raises(ChoiceRefusedError, match="name already"):
        document(OutputKind.WORKFLOW, NodeChoices(node_name="Prompt"))


def test_curl_takes_the_key_from_the_environment_and_quotes_the_rest() -> None:
    choices = NodeChoices(
        model="claude-opus-5",
        sample_prompt='It\'s "quoted" $HOME `date` \\ {{ x }}\nline',
        system="be 'brief'",
        thinking=ThinkingMode.ADAPTIVE,
        workspace_id="wrkspc_1",
    )
    words = shlex.split(curl(choices).replace("\\\n", " "))
    assert "x-api-key: $ANTHROPIC_API_KEY" in words
    assert "anthropic-workspace-id: wrkspc_1" in words
    assert "https://api.anthropic.com/v1/messages" in words
    sent = json.loads(words[words.index("--data-raw") + 1])
    assert sent == {
        "model": "claude-opus-5",
        "max_tokens": 1024,
        "system": "be 'brief'",
        "thinking": {"type": "adaptive"},
        "messages": [{"role": "user", "content": choices.sample_prompt}],
    }
