"""What several suites do with a generated workflow: give it a credential, put a prompt before it, run it."""

from collections.abc import Mapping
from typing import Any

from tests.n8n.server import N8n, Run


def key(label: str) -> str:
    """A fake key that makes the fake API answer as `label` says."""
    return f"sk-ant-api03-test-{label}"


def with_credentials(document: Mapping[str, Any], n8n: N8n, label: str, **others: str) -> dict[str, Any]:
    """Return the workflow with a credential in every node that asks for one; `others` are labels by node name."""
    labels = {name.replace("_", " "): other for name, other in others.items()}
    nodes = []
    for node in document["nodes"]:
        kind = node["parameters"].get("nodeCredentialType") or node["parameters"].get("genericAuthType")
        if kind:
            made = n8n.credential(kind, key(labels.get(node["name"], label)))
            node = node | {"credentials": {kind: made}}
        nodes.append(node)
    return {**document, "nodes": nodes}


def startable(document: Mapping[str, Any], prompts: list[str]) -> dict[str, Any]:
    """Return a clipboard's single node behind a trigger and a Code node that gives out `prompts`, one item each."""
    node = document["nodes"][0]
    items = ", ".join(f"{{ json: {{ prompt: {_escaped(prompt)} }} }}" for prompt in prompts)
    feed = {
        "parameters": {"jsCode": f"return [{items}];"},
        "id": "feed",
        "name": "Feed",
        "type": "n8n-nodes-base.code",
        "typeVersion": 2,
        "position": [-200, 0],
    }
    start = {
        "parameters": {},
        "id": "start",
        "name": "Start",
        "type": "n8n-nodes-base.manualTrigger",
        "typeVersion": 1,
        "position": [-400, 0],
    }

    def link(to: str) -> dict[str, Any]:
        return {"main": [[{"node": to, "type": "main", "index": 0}]]}

    connections = {"Start": link("Feed"), "Feed": link(node["name"])}
    return {"nodes": [start, feed, *document["nodes"]], "connections": connections}


def run(document: Mapping[str, Any], n8n: N8n, label: str, **others: str) -> Run:
    """Import a workflow with credentials, run it by hand and return the run."""
    return n8n.run(n8n.create(with_credentials(document, n8n, label, **others)))


def _escaped(text: str) -> str:
    """A JavaScript string of nothing but escapes, by UTF-16 units, so that nothing on the way can touch it."""
    raw = text.encode("utf-16-be", "surrogatepass")
    units = (raw[i : i + 2].hex() for i in range(0, len(raw), 2))
    return '"' + "".join(f"\\u{unit}" for unit in units) + '"'
