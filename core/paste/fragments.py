"""Finding the JSON values and Python literals that stand inside a text."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
import re2

from core.paste.values import held_json, parse_first, parse_literal

_START: Final = re2.compile(r"""[{\[]\s*["'{\[]|"\s*[{\[](?:[{\[\s]|\\+[nrt])*\\+\"""")
_BRACKET: Final = re2.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[{}\[\]]""")
_ATTEMPTS: Final = 60
_LITERAL_SPAN: Final = 50_000
_SHORTEST: Final = 12


class Fragment(msgspec.Struct, frozen=True):
    """A value that stands in a text, with the characters it takes there."""

    value: Any
    start: int
    end: int


def fragments_in(text: str) -> Iterator[Fragment]:
    """Yield the outermost values in `text`, in order; gives up after a fixed number of failed or empty attempts."""
    at, failed = 0, 0
    while failed < _ATTEMPTS:
        found = _START.search(text, at)
        if not found:
            return
        fragment = _fragment_at(text, found.start())
        if fragment is None or fragment.end - fragment.start < _SHORTEST:
            at, failed = fragment.end if fragment else found.start() + 1, failed + 1
        else:
            yield fragment
            at = fragment.end


def _fragment_at(text: str, start: int) -> Fragment | None:
    try:
        value, end = parse_first(text, start)
    except ValueError:
        return _literal_at(text, start)
    if isinstance(value, str):  # JSON inside a JSON string
        value = held_json(value)
    return Fragment(value, start, end) if value is not None else None


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
    if "'" not in text[start : start + 4]:
        return None
    depth = 0
    for token in _BRACKET.finditer(text, start, min(len(text), start + _LITERAL_SPAN)):
        if token.group() in "{[":
            depth += 1
        elif token.group() in "}]":
            depth -= 1
            if depth == 0:
                return int(token.end())
    return None
