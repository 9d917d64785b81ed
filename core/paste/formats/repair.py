"""Repairing JSON that a copy damaged: cut off, wrapped by a terminal, a trailing comma, a web page's hard spaces."""

import json
from typing import Any, Final

import re2

from core.paste.formats.json_values import parse_first, parse_json, parse_literal


class _BracketsOnly(dict[int, int | None]):
    """A translation table that drops every character but brackets."""

    def __missing__(self, code: int) -> int | None:
        return code if chr(code) in "{}[]" else None


_BRACKETS_ONLY: Final = _BracketsOnly()
_TRAILING_COMMA: Final = re2.compile(r",(\s*[}\]])")
_STRING: Final = re2.compile(r'"((?:[^"\\]|\\(?s:.))+)"')
_TELLING: Final = re2.compile(
    r"(?i)^\s*(?:\w*error: )?\d{3} ?[-{<]|\"type\":\s*\"error\"|failed with status code|please check your"
    r"|ECONN|ENOTFOUND|certificate|could not be found|^connection error|too many requests|the service "
    r"|perhaps (?:check|try|it is)|credential|invalid x-api-key"
)
_STRING_LIMIT: Final = 40
_SHORTEST: Final = 10
_LONGEST: Final = 6_000
_PARTIAL_ESCAPE: Final = re2.compile(r"\\(?:u[0-9a-fA-F]{0,3})?$")
_DEPTH_LIMIT: Final = 400
_LITERAL_ENDS: Final = ("'}}", '"}}', "}}", "}")
"""What may be missing at the end of a Python literal that was cut off."""
_CUT_SPAN: Final = 20_000


def without_wraps(text: str) -> str:
    """Join lines: a terminal that wraps at its width breaks words, escapes and keys alike."""
    return text.replace("\r", "").replace("\n", "")


def plain_spaces(text: str) -> str:
    """Turn the no-break spaces that web pages indent with into spaces; the length is kept."""
    return text.replace("\u00a0", " ")


def without_trailing_commas(text: str) -> str:
    """Remove commas before a closing bracket."""
    return str(_TRAILING_COMMA.sub(r"\1", text))


def completions(text: str) -> list[str]:
    """Return ways to close JSON that ends in the middle, the one that keeps most first; empty if it is not cut off."""
    open_brackets, in_string = _state(text)
    if (not open_brackets and not in_string) or len(open_brackets) > _DEPTH_LIMIT:
        return []
    closing = "".join("}" if bracket == "{" else "]" for bracket in reversed(open_brackets))
    body = _PARTIAL_ESCAPE.sub("", text) + '"' if in_string else text.rstrip()
    without_end = body[: body.rfind(",")] if "," in body else body
    return [
        body + closing,
        body.rstrip(",: \n") + closing,
        body + ":null" + closing,
        body + "null" + closing,
        without_end + closing,
    ]


def parse_cut_off(text: str) -> Any:
    """Parse JSON that ends in the middle; raises ValueError where it is whole, too long or no JSON."""
    if len(text) <= _CUT_SPAN:
        for candidate in completions(text):
            try:
                return parse_json(candidate)
            except ValueError:
                continue
    raise ValueError("not JSON that was cut off")


def telling_strings(text: str) -> list[str]:
    """Return the strings in damaged JSON that sound like an error, unescaped; for when its structure is lost."""
    strings: list[str] = []
    for match in _STRING.finditer(text):
        if not _SHORTEST <= match.end() - match.start() <= _LONGEST:
            continue
        try:
            value = json.loads('"' + match.group(1) + '"', strict=False)
        except ValueError:
            continue
        if _TELLING.search(value[:4000].encode("utf-8", "replace").decode()) and value not in strings:
            strings.append(value)
            if len(strings) >= _STRING_LIMIT:
                break
    return strings


def _state(text: str) -> tuple[list[str], bool]:
    """Return the brackets that are open at the end, and whether the text ends inside a string."""
    pieces = text.replace("\\\\", "").replace('\\"', "").split('"')  # every other piece is inside a string
    in_string = len(pieces) % 2 == 0
    stack: list[str] = []
    for char in "".join(pieces[::2]).translate(_BRACKETS_ONLY):
        if char in "{[":
            stack.append(char)
            if len(stack) > _DEPTH_LIMIT:
                break
        elif stack:
            stack.pop()
    return stack, in_string


def innermost_error(text: str) -> object:
    """Return the error body in a text whose quotes a relay or a copy damaged; None if there is none.

    >>> innermost_error('{"raw":"{"type":"error","error":{"type":"api_error"}}"}')
    {'type': 'error', 'error': {'type': 'api_error'}}
    """
    plain = text.replace("\\", "").replace("\r", "").replace("\n", " ")
    start = plain.rfind('{"type":"error"')
    if start <= 0:
        return None
    try:
        return parse_first(plain, start)[0]
    except ValueError:
        return None


def close_literal(text: str) -> object:
    """Return the value of a Python literal that was cut off inside; raises ValueError for anything else.

    >>> close_literal("{'error': {'message': 'Overloaded")
    {'error': {'message': 'Overloaded'}}
    """
    for end in _LITERAL_ENDS if text[1:2] == "'" else ():
        try:
            return parse_literal(text + end)
        except ValueError:
            continue
    raise ValueError("this is no Python literal")
