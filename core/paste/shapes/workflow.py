"""Reading a workflow or a canvas clipboard without a run: only what is configured can be judged.

Every node that calls Claude gives one draft with the facts of its settings (address, header, key text, model); the
cards that recognise a fault from settings alone (a doubled path, a retired model, an expression sent as a key) match
it, and a draft that matches none of them is dropped by the diagnosis.
"""

from typing import Any, Final

import re2

from core.paste.draft import Draft, DraftReading
from core.paste.facts.node_types import kind_of
from core.paste.failure import Provider, Shape, Surface
from core.paste.formats.json_values import as_dict, as_list, as_text
from core.paste.shapes.n8n_error import learn_node

NEEDS_RUN: Final = (
    "This is a workflow without a run. Run it, click the red node and copy its error details, or download the"
    " failed execution."
)
_CREDENTIALS: Final = re2.compile(r"\$credentials\b[\w.\[\]'\"]{0,80}")


def is_node(value: object) -> bool:
    """Return whether an object is one node's definition."""
    fields = as_dict(value)
    return isinstance(fields.get("type"), str) and "parameters" in fields and "." in str(fields.get("type"))


def _nodes_in(value: object) -> list[dict[str, Any]]:
    """Return the nodes of a workflow, a clipboard, a list of nodes or a single node."""
    if isinstance(value, list):
        return [node for node in value if is_node(node)]
    fields = as_dict(value)
    if is_node(fields):
        return [fields]
    return [node for node in as_list(fields.get("nodes")) if isinstance(node, dict)]


def read_workflow(value: object) -> DraftReading | None:
    """Return a draft for every node that calls Claude; None for what has no nodes."""
    nodes = _nodes_in(value)
    if not nodes and not isinstance(as_dict(value).get("nodes"), list):
        return None
    drafts = [draft for node in nodes if (draft := _read_node(node))]
    return DraftReading(Shape.WORKFLOW, drafts, nodes=len(nodes), needs=NEEDS_RUN)


def _read_node(node: dict[str, Any]) -> Draft | None:
    kind = kind_of(as_text(node.get("type")) or "")
    if kind.surface not in (Surface.HTTP_REQUEST, Surface.CODE_NODE, Surface.CHAT_MODEL, Surface.VENDOR_NODE):
        return None
    draft = Draft()
    learn_node(draft, node)
    if kind.surface is Surface.CODE_NODE:
        return _read_code(draft, as_dict(node.get("parameters")))
    return draft if draft.provider is Provider.ANTHROPIC or _calls_messages(draft) else None


def _calls_messages(draft: Draft) -> bool:
    return str(draft.path or "").endswith("/messages") or "claude" in str(draft.model or "")


def _read_code(draft: Draft, parameters: dict[str, Any]) -> Draft | None:
    code = as_text(parameters.get("jsCode")) or as_text(parameters.get("functionCode")) or ""
    if "anthropic" not in code.lower():
        return None
    match = _CREDENTIALS.search(code)
    draft.learn(provider=Provider.ANTHROPIC, sent_key="{{ " + match.group(0) + " }}" if match else None)
    return draft
