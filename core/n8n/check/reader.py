"""Finding nodes in what a person pasted: a workflow, a clipboard, one node, a list, also inside prose or fences.

Several values in one paste become one list. Damaged JSON is never read in part: a node taken out of the middle of a
workflow would look like the whole of it.

Errors: `NotANodeError`, and under it `DamagedJsonError`.
"""

import json
from typing import Any, Final, NamedTuple

import msgspec
import re2

from core.n8n.check.source import after_blanks, decode, items

MAX_CHARS: Final = 2_000_000
MAX_LEVELS: Final = 100  # of lists and objects in each other; a node has about ten
_MOST_FAILURES: Final = 2_000
_MOST_WORK: Final = 20
"""How often the length of a text may be read in vain while looking for JSON in prose."""

_N8N: Final = re2.compile(r'"(?:nodes|parameters|typeVersion|n8n-nodes-[\w.-]+)\b|"@n8n/')
_NAMED: Final = re2.compile(r'"\s*:\s*$')
_NEAR: Final = 200
"""Characters before a value that tell whether it has a name."""


class Pasted(msgspec.Struct, frozen=True):
    """The JSON as pasted and as read, its nodes (parts of `value`) with their offsets in `text`, and their connections.

    Halves of characters, which JSON can write and no pattern can read, are replaced in `value`; see `Halves`.
    """

    text: str
    value: Any
    nodes: list[dict[str, Any]]
    spans: list[tuple[int, int]]
    connections: dict[str, Any]
    halves: "Halves"


class Halves(msgspec.Struct, frozen=True):
    r"""Stand-ins for halves of characters (``\ud83d``): as many code points that the text itself does not have.

    `base` is the first of them; None where the text has no such half.
    """

    base: int | None = None

    def out(self, value: Any) -> Any:
        """Return a value with its halves replaced by their stand-ins."""
        return value if self.base is None else _translated(value, {_HIGH + at: self.base + at for at in range(_HALVES)})

    def back(self, value: Any) -> Any:
        """Return a value with its halves in their places again."""
        return value if self.base is None else _translated(value, {self.base + at: _HIGH + at for at in range(_HALVES)})

    def shown(self, text: str) -> str:
        """Return a text with U+FFFD for every stand-in, for the screen."""
        return text if self.base is None else text.translate({self.base + at: "\ufffd" for at in range(_HALVES)})


_HIGH: Final = 0xD800
_HALVES: Final = 0x800
_PRIVATE: Final = range(0xF0000, 0x10F800, _HALVES)
_HALF: Final = re2.compile(r"(?i)\\ud[89a-f]")


class NotANodeError(ValueError):
    """The paste holds no n8n node; the message says what to copy instead."""


class DamagedJsonError(NotANodeError):
    """The paste is JSON of n8n that is damaged; `line` and `column` count from 1, `at` is the offset."""

    def __init__(self, text: str, at: int, reason: str, excerpt: str = "") -> None:
        self.at = at
        self.reason = reason
        self.line = text.count("\n", 0, at) + 1
        self.column = at - text.rfind("\n", 0, at)
        self.excerpt = excerpt
        """The damaged line as it may be shown; empty where that is not certain."""
        super().__init__(
            f"The JSON is damaged at line {self.line}, column {self.column}: {reason}. "
            "Copy it from n8n again, all of it."
        )


_NOTHING: Final = (
    "There is no n8n node in this. In n8n, click the node on the canvas, press Ctrl+C (on a Mac Cmd+C), and paste "
    "here; or paste a whole workflow (menu ⋯ → Download)."
)
_TOO_DEEP: Final = f"In this, lists are inside lists more than {MAX_LEVELS} levels deep. Paste the node alone."
_TOO_MANY: Final = "a bracket before or after this has no partner"
_REASONS: Final = {
    "Expecting ',' delimiter": "a comma or a closing bracket is missing before this",
    "Expecting ':' delimiter": "a colon is missing before this",
    "Expecting property name enclosed in double quotes": "a name in double quotes must come here",
    "Expecting value": "a value is missing here",
    "Illegal trailing comma before end of object": "this comma is one too many",
    "Illegal trailing comma before end of array": "this comma is one too many",
    "Unterminated string starting at": "the text that begins here has no closing quote",
    "Invalid control character at": "a line break or tab is inside a text here",
    "Invalid \\escape": "a backslash is wrong here",
    "Invalid \\uXXXX escape": "a backslash is wrong here",
}
_CUT: Final = "it ends here, before its last bracket is closed"


def read(text: str) -> Pasted:
    """Return the nodes in a paste; raises `NotANodeError`."""
    if len(text) > MAX_CHARS:
        raise NotANodeError(f"This is longer than {MAX_CHARS:,} characters. Paste the node alone.")
    values = _values_with_nodes(text)
    if not values:
        raise NotANodeError(_NOTHING)
    if len(values) == 1:
        return parsed(text[values[0].start : values[0].end])
    return parsed("[" + ",\n".join(text[one.start : one.end] for one in values) + "]")


class _Value(NamedTuple):
    start: int
    end: int


class _Failure(NamedTuple):
    """JSON that does not parse: where it begins, where it broke, and why."""

    start: int
    at: int
    reason: str


def parsed(text: str) -> Pasted:
    """Return the nodes of a text that is JSON and nothing else; raises `ValueError` where it is none."""
    halves = Halves(next((base for base in _PRIVATE if not _holds(text, base)), None) if _HALF.search(text) else None)
    value = halves.out(decode(text)[0])
    nodes, connections = _nodes_in(value)
    return Pasted(text, value, nodes, _spans(text, 0, value), connections, halves)


def _values_with_nodes(text: str) -> list[_Value]:
    """Return where the values are that hold nodes; raises `NotANodeError` where JSON is damaged or too deep."""
    found: list[_Value] = []
    failures: list[_Failure] = []
    parts: list[_Value] = []
    at, work = 0, 0
    brackets: dict[str, int] = {}
    while (start := _next_bracket(text, at, brackets)) < len(text):
        try:
            value, end = decode(text, start)
        except (ValueError, RecursionError) as error:
            failure = _failure(text, start, error)
            failures.append(failure)
            work += failure.at - start
            at = start + 1
            if len(failures) > _MOST_FAILURES or work > _MOST_WORK * max(len(text), 1000):
                break
            continue
        if _holds_nodes(value, text[start:end]):
            _refuse_part(text, _Value(start, end), failures)
            found.append(_Value(start, end))
        elif _is_part(text, _Value(start, end)):
            parts.append(_Value(start, end))
        at = end
    if found:
        _refuse_rest(text, [each for each in failures if _is_like_json(text, each.start)], parts)
    else:
        _refuse_damaged(text, failures, parts)
    return found


def _next_bracket(text: str, at: int, known: dict[str, int]) -> int:
    """Return where the next bracket opens; `known` keeps where each kind was found, to read nothing twice."""
    for bracket in "{[":
        if known.get(bracket, -1) < at:
            found = text.find(bracket, at)
            known[bracket] = len(text) if found < 0 else found
    return min(known.values())


def _holds_nodes(value: Any, text: str) -> bool:
    # The depth is asked first: what looks for nodes goes down into the value.
    if _is_flat(value):
        return bool(_nodes_in(value)[0])
    if _N8N.search(text):
        raise NotANodeError(_TOO_DEEP)
    return False


def _failure(text: str, start: int, error: Exception) -> _Failure:
    if not isinstance(error, json.JSONDecodeError):
        return _Failure(start, start, "it is nested too deeply")
    cut = after_blanks(text, error.pos) == len(text)
    return _Failure(start, error.pos, _CUT if cut else _REASONS.get(error.msg, "it is not JSON from here on"))


def _refuse_part(text: str, value: _Value, failures: list[_Failure]) -> None:
    """Raise `DamagedJsonError` where a value is a part of JSON that is broken around it."""
    around = [failure for failure in failures if _is_like_json(text, failure.start)]
    enclosing = next((failure for failure in around if failure.at >= value.start), None)
    if enclosing is not None:
        raise DamagedJsonError(text, enclosing.at, enclosing.reason)
    before = text[max(0, value.start - _NEAR) : value.start].rstrip()
    follows = bool(around) and before.endswith((",", '"', "}", "]"))
    if follows or _is_part(text, value):
        raise _damaged_around(text, value, around)


def _is_part(text: str, value: _Value) -> bool:
    """Whether a name, a comma or a bracket beside a value says that it is inside of something else."""
    before = text[max(0, value.start - _NEAR) : value.start].rstrip()
    behind = _behind(text, value.end)
    named = _NAMED.search(before) is not None and text.startswith(('"', "}", "]"), behind)
    goes_on = text.startswith(",", after_blanks(text, value.end)) and text.startswith('"', behind)
    return named or goes_on or before.endswith(("{", "[")) or text.startswith(("}", "]", ":"), behind)


def _damaged_around(text: str, value: _Value, failures: list[_Failure]) -> DamagedJsonError:
    if failures:
        return DamagedJsonError(text, failures[0].at, failures[0].reason)
    start = after_blanks(text, 0)
    if text.startswith('"', start):
        return DamagedJsonError(text, start, "an opening bracket is missing before this")
    return DamagedJsonError(text, min(_behind(text, value.end), len(text)), _TOO_MANY)


def _behind(text: str, at: int) -> int:
    """Return the offset of what comes after a value and its commas."""
    at = after_blanks(text, at)
    while text.startswith(",", at):
        at = after_blanks(text, at + 1)
    return at


def _is_like_json(text: str, start: int) -> bool:
    """Whether a bracket is followed by what follows it in JSON, rather than by words or code."""
    at = after_blanks(text, start + 1)
    inside = text[at : at + 1]
    return inside == '"' or (text[start] == "[" and inside in ("{", "["))


def _refuse_rest(text: str, failures: list[_Failure], parts: list[_Value]) -> None:
    """Raise `DamagedJsonError` where a comma binds broken JSON to the values before it."""
    starts = [*(failure.start for failure in failures), *(part.start for part in parts)]
    for start in starts:
        if text[max(0, start - _NEAR) : start].rstrip().endswith(","):
            broken = next((failure for failure in failures if failure.start == start), None)
            reason = broken.reason if broken else _TOO_MANY
            raise DamagedJsonError(text, broken.at if broken else start, reason)


def _refuse_damaged(text: str, failures: list[_Failure], parts: list[_Value]) -> None:
    """Raise `DamagedJsonError` where no node could be read, but n8n's own words are in JSON that is broken."""
    if not _N8N.search(text):
        return
    broken = [failure for failure in failures if _is_like_json(text, failure.start)]
    if broken and _N8N.search(text, broken[0].start):
        raise DamagedJsonError(text, broken[0].at, broken[0].reason)
    if parts:
        raise _damaged_around(text, parts[0], failures)


def _spans(text: str, at: int, value: Any) -> list[tuple[int, int]]:
    """Return where the nodes of a value stand in its text, in the order of `_nodes_in`."""
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
    """Return where the value of that name begins; of a doubled name the last counts."""
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
    """Whether a value is not nested so deeply that it could be read but not written again."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_flat(one, levels - 1) for one in inside if isinstance(one, dict | list))


def _is_workflow(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("nodes"), list)


def _is_node(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str) and isinstance(value.get("parameters"), dict)


def _holds(text: str, base: int) -> bool:
    return any(base <= ord(char) < base + _HALVES for char in text if char > "\uffff")


def _translated(value: Any, table: dict[int, int]) -> Any:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, list):
        return [_translated(one, table) for one in value]
    if isinstance(value, dict):
        return {_translated(name, table): _translated(one, table) for name, one in value.items()}
    return value
