"""Every generated form goes in by each way that n8n has: command line, editor's import, public API."""

import json
from pathlib import Path

import pytest

from core.n8n.choices import NodeChoices
from core.n8n.generate import OutputKind, WorkflowForm, document
from tests.n8n.server import N8n

pytestmark = pytest.mark.n8n

WHOLE = [OutputKind.WORKFLOW, OutputKind.SELF_TEST, OutputKind.ERROR_WORKFLOW, OutputKind.FALLBACK]


@pytest.mark.parametrize("kind", WHOLE)
def test_command_line_imports_it(n8n: N8n, tmp_path: Path, kind: OutputKind) -> None:
    made = document(kind, NodeChoices())
    file = tmp_path / "workflow.json"
    file.write_text(json.dumps(made))
    n8n.cli("import:workflow", f"--input={file}")
    kept = n8n.rest("GET", f"/workflows/{made['id']}")
    assert kept["name"] == made["name"]
    assert [node["parameters"] for node in kept["nodes"]] == [node["parameters"] for node in made["nodes"]]


@pytest.mark.parametrize("kind", WHOLE)
def test_editor_imports_it(n8n: N8n, kind: OutputKind) -> None:
    made = document(kind, NodeChoices())
    kept = n8n.rest("GET", f"/workflows/{n8n.create(made)}")
    assert len(kept["nodes"]) == len(made["nodes"])
    assert kept["connections"] == made["connections"]


@pytest.mark.parametrize("kind", [OutputKind.PUBLIC_API, *WHOLE])
@pytest.mark.parametrize("choices", [NodeChoices(), NodeChoices(n8n_version="1.20", credential_name="Anthropic")])
def test_public_api_takes_it(n8n: N8n, kind: OutputKind, choices: NodeChoices) -> None:
    made = n8n.public("POST", "/workflows", document(kind, choices, WorkflowForm.PUBLIC_API))
    assert made["id"]


def test_public_api_kind_is_its_body(n8n: N8n) -> None:
    assert n8n.public("POST", "/workflows", document(OutputKind.PUBLIC_API, NodeChoices()))["name"] == "Call Claude"
