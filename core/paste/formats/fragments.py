"""Finding the JSON values and Python literals inside a text."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
import re2

from core.paste.formats.json_values import held_json, parse_first, parse_literal
from core.paste.formats.repair import parse_cut_off

_START: Final = re2.compile(r"""[{\[]\s*["'{\[]|"\s*[{\[](?:[{\[\s]|\\+[nrt])*\\+\"""")
_BRACKET: Final = re2.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[{}\[\]]""")
_FRAGMENTS: Final = 200
_ATTEMPTS: Final = 60
_LITERAL_ATTEMPTS: Final = 4
_LITERAL_DEPTH: Final = 60
_LITERAL_SPAN: Final = 50_000
_SHORTEST: Final = 12
_CUT_ATTEMPTS: Final = 3


class Fragment(msgspec.Struct, frozen=True):
    """A value in a text, with the characters it takes there."""

    value: Any
    start: int
    end: int


def fragments_in(text: str) -> Iterator[Fragment]:
    """Yield the outermost values in `text`, in order; gives up after fixed numbers of values and of vain attempts."""
    at, failed, unclosed, cut, yielded = 0, 0, 0, 0, 0
    while failed < _ATTEMPTS and yielded < _FRAGMENTS:
        match = _START.search(text, at)
        if not match:
            return
        start = match.start()
        fragment = _json_at(text, start)
        if fragment is None and unclosed < _LITERAL_ATTEMPTS and "'" in text[start : start + 4]:
            fragment = _literal_at(text, start)
            unclosed += fragment is None
        if fragment is None and cut < _CUT_ATTEMPTS and text[start] == "{":
            fragment = _cut_off_at(text, start)
            cut += fragment is None
        if fragment is None or fragment.end - fragment.start < _SHORTEST:
            at, failed = fragment.end if fragment else start + 1, failed + 1
        else:
            yield fragment
            at, yielded = fragment.end, yielded + 1


def _json_at(text: str, start: int) -> Fragment | None:
    try:
        value, end = parse_first(text, start)
    except ValueError:
        return None
    if isinstance(value, str):  # JSON inside a JSON string
        value = held_json(value)
    return Fragment(value, start, end) if value is not None else None


def _cut_off_at(text: str, start: int) -> Fragment | None:
    """The object that begins at `start` and that the end of the text cuts off."""
    try:
        return Fragment(parse_cut_off(text[start:]), start, len(text))
    except ValueError:
        return None


def _literal_at(text: str, start: int) -> Fragment | None:
    closing = _literal_end(text, start)
    if closing is None:
        return None
    try:
        return Fragment(parse_literal(text[start:closing]), start, closing)
    except ValueError:
        return None


def _literal_end(text: str, start: int) -> int | None:
    """Return the offset after the bracket that closes the one at `start`, quotes respected."""
    depth = 0
    for token in _BRACKET.finditer(text, start, min(len(text), start + _LITERAL_SPAN)):
        if token.group() in "{[":
            depth += 1
            if depth > _LITERAL_DEPTH:
                return None
        elif token.group() in "}]":
            depth -= 1
            if depth == 0:
                return int(token.end())
    return None
