"""Damaged JSON or prose with brackets: where JSON broke, why, and whether a value is part of it."""

import json
from typing import Final, NamedTuple

import re2

from core.n8n.check.json_source import after_blanks

N8N: Final = re2.compile(r'"(?:nodes|parameters|typeVersion|n8n-nodes-[\w.-]+)\b|"@n8n/')
"""Quoted words that only n8n's JSON has."""

_NAMED: Final = re2.compile(r'"\s*:\s*$')
_NEAR: Final = 200
"""How many characters before a value are read to see whether it has a name."""

_TOO_MANY: Final = "a bracket before or after this has no partner"
_CUT: Final = "it ends here, before its last bracket is closed"
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
"""What Python's JSON reader reports (json.decoder of 3.11 to 3.13), in plain words."""


class NotANodeError(ValueError):
    """The paste holds no n8n node; the message says what to copy instead."""


class DamagedJsonError(NotANodeError):
    """The paste is damaged JSON of n8n; `line` and `column` count from 1, `at` is the offset."""

    def __init__(self, text: str, at: int, reason: str, excerpt: str = "") -> None:
        self.at = at
        self.reason = reason
        self.line = text.count("\n", 0, at) + 1
        self.column = at - text.rfind("\n", 0, at)
        self.excerpt = excerpt
        """The damaged line with its secrets hidden; empty where that cannot be made sure."""
        super().__init__(
            f"The JSON is damaged at line {self.line}, column {self.column}: {reason}. "
            "Copy it from n8n again, all of it."
        )


class JsonSpan(NamedTuple):
    """Where a whole value begins and ends."""

    start: int
    end: int


class JsonBreak(NamedTuple):
    """JSON that cannot be read: where it begins, where it broke, and why."""

    start: int
    at: int
    reason: str


def json_break(text: str, start: int, error: Exception) -> JsonBreak:
    """Return where and why the JSON that begins at an offset cannot be read, in plain words."""
    if not isinstance(error, json.JSONDecodeError):
        return JsonBreak(start, start, "it is nested too deeply")
    cut = after_blanks(text, error.pos) == len(text)
    return JsonBreak(
        start, error.pos, _CUT if cut else _REASONS.get(error.msg.split(": ")[0], "it is not JSON from here")
    )


def refuse_part(text: str, value: JsonSpan, breaks: list[JsonBreak]) -> None:
    """Raise `DamagedJsonError` where a value is part of JSON that is broken around it."""
    around = [each for each in breaks if _is_like_json(text, each.start)]
    enclosing = next((each for each in around if each.at >= value.start), None)
    if enclosing is not None:
        raise DamagedJsonError(text, enclosing.at, enclosing.reason)
    follows = bool(around) and _before(text, value.start).endswith((",", '"', "}", "]"))
    if follows or is_part(text, value):
        raise _damaged_around(text, value, around)


def refuse_rest(text: str, breaks: list[JsonBreak], parts: list[JsonSpan]) -> None:
    """Raise `DamagedJsonError` where a comma binds something broken to the values before it."""
    broken = {each.start: each for each in breaks if _is_like_json(text, each.start)}
    for start in [*broken, *(part.start for part in parts)]:
        if _before(text, start).endswith(","):
            fault = broken.get(start, JsonBreak(start, start, _TOO_MANY))
            raise DamagedJsonError(text, fault.at, fault.reason)


def refuse_damaged(text: str, breaks: list[JsonBreak], parts: list[JsonSpan]) -> None:
    """Raise `DamagedJsonError` where no node could be read, but broken JSON has n8n's own words in it."""
    if not N8N.search(text):
        return
    broken = next((each for each in breaks if _is_like_json(text, each.start)), None)
    if broken is not None and N8N.search(text[broken.start :]):
        raise DamagedJsonError(text, broken.at, broken.reason)
    if parts:
        raise _damaged_around(text, parts[0], breaks)


def is_part(text: str, value: JsonSpan) -> bool:
    """Return whether a name, a comma or a bracket beside a value says that it is inside something else."""
    before = _before(text, value.start)
    behind = _behind(text, value.end)
    named = _NAMED.search(before) is not None and text.startswith(('"', "}", "]"), behind)
    goes_on = text.startswith(",", after_blanks(text, value.end)) and text.startswith('"', behind)
    return named or goes_on or before.endswith(("{", "[")) or text.startswith(("}", "]", ":"), behind)


def _damaged_around(text: str, value: JsonSpan, breaks: list[JsonBreak]) -> DamagedJsonError:
    if breaks:
        return DamagedJsonError(text, breaks[0].at, breaks[0].reason)
    start = after_blanks(text, 0)
    if text.startswith('"', start):
        return DamagedJsonError(text, start, "an opening bracket is missing before this")
    return DamagedJsonError(text, _behind(text, value.end), _TOO_MANY)


def _is_like_json(text: str, start: int) -> bool:
    """Return whether what follows a bracket is JSON, rather than words or code."""
    at = after_blanks(text, start + 1)
    inside = text[at : at + 1]
    return inside == '"' or (text[start] == "[" and inside in ("{", "["))


def _before(text: str, at: int) -> str:
    return text[max(0, at - _NEAR) : at].rstrip()


def _behind(text: str, at: int) -> int:
    """Return the offset of what comes after a value and its commas."""
    at = after_blanks(text, at)
    while text.startswith(",", at):
        at = after_blanks(text, at + 1)
    return at
