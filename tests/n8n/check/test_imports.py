"""Every corrected copy is a workflow that the real n8n takes, with its nodes as they are in the copy."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from core.n8n.check import NotANodeError, check_nodes
from tests.n8n.check.test_rules import BAD, TODAY
from tests.n8n.server import N8n
from tests.paths import DATA

FILES: Final = sorted([*(DATA / "check_node").glob("*.json"), *(DATA / "workflows").rglob("*.json")])
OTHER: Final = {
    "type": "n8n-nodes-base.noOp",
    "name": "Other",
    "typeVersion": 1,
    "position": [200, 0],
    "parameters": {},
}


@cache
def corrected() -> dict[str, dict[str, Any]]:
    """The corrected copy of each file, and of each fault that can be fixed, in a workflow of its own."""
    links = {"Ask": {"main": [[{"node": "Other", "type": "main", "index": 0}]]}}
    texts = {path.name: path.read_text() for path in FILES}
    for number, (rule, node) in enumerate(BAD):
        flow = {"name": f"{number} {rule}", "nodes": [node, OTHER], "connections": links, "settings": {}}
        texts[str(flow["name"])] = json.dumps(flow)
    copies = {}
    for name, text in texts.items():
        try:
            copy = check_nodes(text, today=TODAY).corrected
        except NotANodeError:
            continue
        value = json.loads(copy) if copy else None
        if isinstance(value, dict) and "nodes" in value and "connections" in value:
            copies[name] = value
    return copies


def test_the_corpus_holds_copies() -> None:
    assert len(corrected()) > 30


@pytest.mark.n8n
def test_n8n_takes_every_corrected_copy(n8n: N8n, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    for number, (name, copy) in enumerate(corrected().items()):
        (folder / f"{number}.json").write_text(
            json.dumps(copy | {"id": f"copy{number}", "name": name, "active": False})
        )
    n8n.cli("import:workflow", "--separate", f"--input={folder}")
    for number, copy in enumerate(corrected().values()):
        kept = n8n.rest("GET", f"/workflows/copy{number}")
        assert [_facts(node) for node in kept["nodes"]] == [_facts(node) for node in copy["nodes"]]
        assert kept["connections"] == copy["connections"]


def _facts(node: dict[str, Any]) -> dict[str, Any]:
    return {name: node.get(name) for name in ("name", "type", "typeVersion", "parameters", "onError")}
