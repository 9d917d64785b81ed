"""Finding nodes in a paste: a workflow, n8n's clipboard, one node, a list, also inside prose or code fences.

Several values in one paste become one. Damaged JSON is never read in part, since one node out of the middle of a
workflow would look like all of it.

Errors: `NotANodeError`, and under it `DamagedJsonError`.
"""

import json
from typing import Any, Final

import msgspec
import re2

from core import paste
from core.n8n.check.damage import (
    N8N,
    DamagedJsonError,
    JsonBreak,
    JsonSpan,
    NotANodeError,
    is_part,
    json_break,
    refuse_damaged,
    refuse_part,
    refuse_rest,
)
from core.n8n.check.json_source import after_blanks, decode, items
from core.paste.formats.json_values import encodable
from core.sizes import MAX_NODE_CHARS

__all__ = ["DamagedJsonError", "Halves", "NotANodeError", "Pasted", "parsed", "read", "text_of_file"]

MAX_LEVELS: Final = 100
"""How deeply lists and objects may be nested; a node has about ten levels."""

_MOST_FAILURES: Final = 2_000
_MOST_WORK: Final = 20
"""How many times its own length a text may be read without success while looking for JSON in prose."""


class Pasted(msgspec.Struct, frozen=True):
    """The JSON as pasted and as read, its nodes (parts of `value`) with their offsets in `text`, and their connections.

    Lone halves of surrogate pairs, which JSON can write and no pattern can read, are replaced in `value`; see `Halves`.
    """

    text: str
    value: Any
    nodes: list[dict[str, Any]]
    spans: list[tuple[int, int]]
    connections: dict[str, Any]
    halves: "Halves"


class Halves(msgspec.Struct, frozen=True):
    r"""Stand-ins for lone halves of surrogate pairs (``\ud83d``): code points that the text itself does not have.

    `base` is the first of them; None where the text has no such half.
    """

    base: int | None = None

    def out(self, value: Any) -> Any:
        """Return a value with its halves replaced by their stand-ins."""
        return value if self.base is None else _translated(value, {_HIGH + at: self.base + at for at in range(_HALVES)})

    def back(self, value: Any) -> Any:
        """Return a value with its halves put back."""
        return value if self.base is None else _translated(value, {self.base + at: _HIGH + at for at in range(_HALVES)})

    def shown(self, text: str) -> str:
        """Return a text with U+FFFD for every stand-in, for the screen."""
        return text if self.base is None else text.translate({self.base + at: "\ufffd" for at in range(_HALVES)})


_HIGH: Final = 0xD800
_HALVES: Final = 0x800
_PRIVATE: Final = range(0xF0000, 0x10F800, _HALVES)
_HALF: Final = re2.compile(r"(?i)\\ud[89a-f]")


_NOTHING: Final = (
    "There is no n8n node in this. In n8n, click the node on the canvas, press Ctrl+C (on a Mac Cmd+C), and paste "
    "here; or paste a whole workflow (menu ⋯ → Download)."
)
_TOO_DEEP: Final = f"In this, lists are inside lists more than {MAX_LEVELS} levels deep. Paste the node alone."


def text_of_file(data: bytes) -> str:
    """Return a file's text. Raises `core.paste.PasteError`, and `NotANodeError` where a copy would lose characters."""
    plain = paste.to_utf8(data, repairs=False)
    text = paste.to_text(plain)
    if text.count("\ufffd") != plain.count("\ufffd".encode()):
        raise NotANodeError("This file is not in UTF-8, so some of its characters cannot be read. Save it as UTF-8.")
    return text


def read(text: str) -> Pasted:
    """Return the nodes in a paste; raises `NotANodeError`."""
    if len(text) > MAX_NODE_CHARS:
        raise NotANodeError(f"This is longer than {MAX_NODE_CHARS:,} characters. Paste the node alone.")
    text = encodable(text)
    values = _values_with_nodes(text)
    if not values:
        raise NotANodeError(_NOTHING)
    if len(values) == 1:
        return parsed(text[values[0].start : values[0].end])
    combined = parsed("[" + ",\n".join(text[one.start : one.end] for one in values) + "]")
    if all(map(_is_node, combined.value)):
        # The form of n8n's clipboard, since its canvas takes no bare list.
        return parsed(f'{{"nodes": {combined.text}, "connections": {{}}}}')
    return combined


def parsed(text: str) -> Pasted:
    """Return the nodes of a text that is JSON and nothing else; raises `ValueError` where it is not JSON."""
    value, _ = decode(text)
    halves = _halves(text, value)
    value = halves.out(value)
    nodes, connections = _nodes_in(value)
    return Pasted(text, value, nodes, _spans(text, 0, value), connections, halves)


def _values_with_nodes(text: str) -> list[JsonSpan]:
    """Return where the values with nodes are; raises `NotANodeError` where JSON is damaged or too deep."""
    values: list[JsonSpan] = []
    breaks: list[JsonBreak] = []
    parts: list[JsonSpan] = []
    at, work = 0, 0
    brackets: dict[str, int] = {}
    while (start := _next_bracket(text, at, brackets)) < len(text):
        try:
            value, end = decode(text, start)
        except (ValueError, RecursionError) as error:
            breaks.append(json_break(text, start, error))
            work += breaks[-1].at - start
            at = start + 1
            if len(breaks) > _MOST_FAILURES or work > _MOST_WORK * max(len(text), 1000):
                break
            continue
        if _holds_nodes(value, text[start:end]):
            refuse_part(text, JsonSpan(start, end), breaks)
            values.append(JsonSpan(start, end))
        elif is_part(text, JsonSpan(start, end)):
            parts.append(JsonSpan(start, end))
        at = end
    if values:
        refuse_rest(text, breaks, parts)
    else:
        refuse_damaged(text, breaks, parts)
    return values


def _next_bracket(text: str, at: int, positions: dict[str, int]) -> int:
    """Return where the next bracket opens; `positions` keeps the place of each kind, so that nothing is read twice."""
    for bracket in "{[":
        if positions.get(bracket, -1) < at:
            position = text.find(bracket, at)
            positions[bracket] = len(text) if position < 0 else position
    return min(positions.values())


def _holds_nodes(value: Any, text: str) -> bool:
    # Check the depth first, since looking for nodes recurses into the value.
    if _is_flat(value):
        return bool(_nodes_in(value)[0])
    if N8N.search(text):
        raise NotANodeError(_TOO_DEEP)
    return False


def _spans(text: str, at: int, value: Any) -> list[tuple[int, int]]:
    """Return where the nodes of a value are in its text, in the order of `_nodes_in`."""
    at = after_blanks(text, at)
    if isinstance(value, list):
        inside = zip(items(text, at), value, strict=True)
        return [
            span for item, one in inside if _is_workflow(one) or _is_node(one) for span in _spans(text, item.value, one)
        ]
    if not isinstance(value, dict):
        return []
    if _is_workflow(value):
        listed = items(text, _last(text, at, "nodes"))
        return [(item.start, item.end) for item, one in zip(listed, value["nodes"], strict=True) if _is_node(one)]
    if _is_node(value):
        return [(at, decode(text, at)[1])]
    name = _wrapper(value)
    return [] if name is None else _spans(text, _last(text, at, name), value[name])


def _last(text: str, at: int, name: str) -> int:
    """Return where the value of that name begins; of a repeated name the last counts."""
    return next(item.value for item in reversed(items(text, at)) if item.name == name)


def _nodes_in(value: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    if isinstance(value, list):
        pairs = [_nodes_in(one) for one in value if _is_workflow(one) or _is_node(one)]
        return [node for nodes, _ in pairs for node in nodes], {k: v for _, links in pairs for k, v in links.items()}
    if not isinstance(value, dict):
        return [], {}
    if _is_workflow(value):
        links = value.get("connections")
        return [node for node in value["nodes"] if _is_node(node)], links if isinstance(links, dict) else {}
    if _is_node(value):
        return [value], {}
    name = _wrapper(value)
    return ([], {}) if name is None else _nodes_in(value[name])


def _wrapper(value: dict[str, Any]) -> str | None:
    """Return the name under which an answer of n8n's API holds a workflow."""
    return next(
        (name for name in ("workflow", "workflowData", "data") if isinstance(value.get(name), dict | list)), None
    )


def _is_flat(value: Any, levels: int = MAX_LEVELS) -> bool:
    """Return whether a value is not nested so deeply that it could be read but not written again."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_flat(one, levels - 1) for one in inside if isinstance(one, dict | list))


def _is_workflow(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("nodes"), list)


def _is_node(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str) and isinstance(value.get("parameters"), dict)


def _halves(text: str, value: Any) -> Halves:
    if not _HALF.search(text):
        return Halves()
    chars = set(json.dumps(value, ensure_ascii=False))
    if not any(_HIGH <= ord(char) < _HIGH + _HALVES for char in chars):
        return Halves()
    taken = {(ord(char) - _PRIVATE.start) // _HALVES for char in chars}
    return Halves(next((base for number, base in enumerate(_PRIVATE) if number not in taken), _PRIVATE.start))


def _translated(value: Any, table: dict[int, int]) -> Any:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, list):
        return [_translated(one, table) for one in value]
    if isinstance(value, dict):
        return {_translated(name, table): _translated(one, table) for name, one in value.items()}
    return value
