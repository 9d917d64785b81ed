"""Finding nodes in what a person pasted: a workflow, a clipboard, one node, a list, also inside prose or fences."""

import json
from typing import Any, Final

import msgspec

MAX_CHARS: Final = 2_000_000
MAX_LEVELS: Final = 100  # of lists and objects in each other; a node has about ten
_ATTEMPTS: Final = 50


class Pasted(msgspec.Struct, frozen=True):
    """The JSON as pasted, its nodes (the same objects), and the connections between them."""

    value: Any
    nodes: list[dict[str, Any]]
    connections: dict[str, Any]


class NotANodeError(ValueError):
    """The paste holds no n8n node; the message says what to copy instead."""


_NOTHING: Final = (
    "There is no n8n node in this. In n8n, click the node on the canvas, press Ctrl+C (on a Mac Cmd+C), and paste "
    "here; or paste a whole workflow (menu ⋯ → Download)."
)
_TOO_DEEP: Final = f"In this, lists stand in lists more than {MAX_LEVELS} levels deep. Paste the node alone."


def read(text: str) -> Pasted:
    """Return the nodes in a paste; raises `NotANodeError`."""
    if len(text) > MAX_CHARS:
        raise NotANodeError(f"This is longer than {MAX_CHARS:,} characters. Paste the node alone.")
    for value in _values(text):
        if not _is_flat(value):
            raise NotANodeError(_TOO_DEEP)
        nodes, connections = _nodes_in(value)
        if nodes:
            return Pasted(value, nodes, connections)
    raise NotANodeError(_NOTHING)


def _values(text: str) -> list[Any]:
    """Return the JSON values in a text, outermost first."""
    try:
        return [_writable(json.loads(text))]
    except (ValueError, RecursionError):
        pass
    decoder = json.JSONDecoder()
    found: list[Any] = []
    position = 0
    for _ in range(_ATTEMPTS):
        starts = [start for start in (text.find("{", position), text.find("[", position)) if start >= 0]
        if not starts:
            break
        try:
            value, position = decoder.raw_decode(text, min(starts))
            found.append(_writable(value))
        except (ValueError, RecursionError):
            position = min(starts) + 1
    return found


def _writable(value: Any) -> Any:
    """Return the value with ? for halves of characters (``\\ud83d``), which JSON can write and no output can hold."""
    text = json.dumps(value, ensure_ascii=False)
    return value if text.isascii() else json.loads(text.encode("utf-8", "replace"))


def _is_flat(value: Any, levels: int = MAX_LEVELS) -> bool:
    """Whether a value is not nested so deeply that it could be read but not written again."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_flat(one, levels - 1) for one in inside if isinstance(one, dict | list))


def _nodes_in(value: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    if isinstance(value, list):
        if value and all(_is_workflow(one) for one in value):
            pairs = [_nodes_in(one) for one in value]
            return [node for nodes, _ in pairs for node in nodes], {
                k: v for _, links in pairs for k, v in links.items()
            }
        return [node for node in value if _is_node(node)], {}
    if not isinstance(value, dict):
        return [], {}
    if _is_workflow(value):
        links = value.get("connections")
        return [node for node in value["nodes"] if _is_node(node)], links if isinstance(links, dict) else {}
    if _is_node(value):
        return [value], {}
    for name in ("workflow", "workflowData", "data"):
        if isinstance(value.get(name), dict | list):
            return _nodes_in(value[name])
    return [], {}


def _is_workflow(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("nodes"), list)


def _is_node(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str) and isinstance(value.get("parameters"), dict)
