"""Tests of core.n8n.explain."""

from core.n8n.choices import Auth, NodeChoices, OnError
from core.n8n.explain import explain
from core.n8n.generate import OutputKind, document


def test_every_note_says_what_the_node_has() -> None:
    choices = NodeChoices(workspace_id="wrkspc_1", tries=3, on_error=OnError.ERROR_OUTPUT, timeout_s=20)
    notes = {note.label: note.value for note in explain(choices)}
    (node,) = document(OutputKind.CLIPBOARD, choices)["nodes"]
    parameters = node["parameters"]
    assert notes["Method"] == parameters["method"]
    assert notes["URL"] == parameters["url"]
    assert notes["JSON"] == parameters["jsonBody"]
    assert notes["Options → Timeout"] == f"{parameters['options']['timeout']:,} ms"
    headers = {one["name"]: one["value"] for one in parameters["headerParameters"]["parameters"]}
    assert {name: notes[f"Send Headers → {name}"] for name in headers} == headers
    assert notes["Settings → Retry On Fail"] == f"{node['maxTries']} tries"
    assert notes["Settings → On Error"] == "Continue (using error output)"


def test_the_two_credentials_are_explained_differently() -> None:
    header = {note.label: note.value for note in explain(NodeChoices())}
    predefined = {note.label: note.value for note in explain(NodeChoices(auth=Auth.PREDEFINED))}
    assert header["Header Auth → Name"] == "x-api-key"
    assert predefined["Credential Type"] == "Anthropic"
    assert "Header Auth → Name" not in predefined


def test_every_note_has_a_reason() -> None:
    for note in explain(NodeChoices()):
        assert note.why.endswith(".")
