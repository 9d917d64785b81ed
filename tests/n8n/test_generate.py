"""Tests of core.n8n.generate."""

import json
import shlex
from typing import Any

import pytest

from core.models.catalogue import ThinkingMode
from core.n8n.choices import Auth, ChoiceRefusedError, NodeChoices, OnError
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


def test_the_names_of_kinds_and_forms_are_those_that_the_command_takes() -> None:
    kinds = ["clipboard", "workflow", "public-api", "self-test", "error-workflow", "fallback", "curl"]
    assert [kind.value for kind in OutputKind] == kinds
    assert [form.value for form in WorkflowForm] == ["clipboard", "workflow", "public-api"]


def test_clipboard_has_one_node_without_name_id_or_credentials_of_its_own() -> None:
    made = document(OutputKind.CLIPBOARD, NodeChoices())
    assert set(made) == {"nodes", "connections"}
    (only,) = made["nodes"]
    assert "credentials" not in only
    assert only["typeVersion"] == 4.2


def test_the_default_node_calls_the_messages_api_with_a_header_auth_credential() -> None:
    """The whole node, so that none of its parameters can change unseen."""
    (only,) = document(OutputKind.CLIPBOARD, NodeChoices())["nodes"]
    assert only == {
        "id": only["id"],
        "name": "Call Claude",
        "type": "n8n-nodes-base.httpRequest",
        "typeVersion": 4.2,
        "position": [0, 0],
        "parameters": {
            "method": "POST",
            "url": "https://api.anthropic.com/v1/messages",
            "authentication": "genericCredentialType",
            "genericAuthType": "httpHeaderAuth",
            "sendHeaders": True,
            "headerParameters": {"parameters": [{"name": "anthropic-version", "value": "2023-06-01"}]},
            "sendBody": True,
            "specifyBody": "json",
            "jsonBody": '={{ JSON.stringify({ model: "claude-sonnet-5", max_tokens: 1024, '
            "messages: [ { role: 'user', content: $json.prompt } ] }) }}",
            "options": {"timeout": 300_000},
        },
    }


@pytest.mark.parametrize(
    ("auth", "parameters", "credential"),
    [
        (
            Auth.HEADER,
            {"authentication": "genericCredentialType", "genericAuthType": "httpHeaderAuth"},
            "httpHeaderAuth",
        ),
        (
            Auth.PREDEFINED,
            {"authentication": "predefinedCredentialType", "nodeCredentialType": "anthropicApi"},
            "anthropicApi",
        ),
    ],
)
def test_each_way_to_authenticate_asks_for_its_kind_of_credential_alone(
    auth: Auth, parameters: dict[str, str], credential: str
) -> None:
    made = node(OutputKind.CLIPBOARD, NodeChoices(auth=auth, credential_name="My key"))
    kinds = {"authentication", "genericAuthType", "nodeCredentialType"}
    assert {name: value for name, value in made["parameters"].items() if name in kinds} == parameters
    assert made["credentials"] == {credential: {"id": None, "name": "My key"}}


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_every_form_has_the_keys_of_its_import_path(kind: OutputKind) -> None:
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
    choices = NodeChoices(on_error=OnError.ERROR_OUTPUT)
    others = {
        one["name"] for kind in (OutputKind.WORKFLOW, OutputKind.SELF_TEST) for one in document(kind, choices)["nodes"]
    }
    assert "Call Claude" in others
    for name in others - {"Call Claude"}:
        with pytest.raises(ChoiceRefusedError, match="name already") as refused:
            document(OutputKind.WORKFLOW, NodeChoices(node_name=name))
        assert refused.value.field == "node_name"


def test_curl_takes_the_key_from_the_environment_and_quotes_the_rest() -> None:
    choices = NodeChoices(
        model="claude-opus-5",
        sample_prompt='It\'s "quoted" $HOME `date` \\ {{ x }}\nline',
        system="be 'brief'",
        thinking=ThinkingMode.ADAPTIVE,
        workspace_id="wrkspc_1",
    )
    *words, sent = shlex.split(curl(choices).replace("\\\n", " "))
    assert words == [
        *("curl", "--max-time", "300", "https://api.anthropic.com/v1/messages"),
        *("--header", "x-api-key: $ANTHROPIC_API_KEY"),
        *("--header", "anthropic-version: 2023-06-01"),
        *("--header", "content-type: application/json"),
        *("--header", "anthropic-workspace-id: wrkspc_1"),
        "--data-raw",
    ]
    assert json.loads(sent) == {
        "model": "claude-opus-5",
        "max_tokens": 1024,
        "system": "be 'brief'",
        "thinking": {"type": "adaptive"},
        "messages": [{"role": "user", "content": choices.sample_prompt}],
    }
