"""Careful reading of single values in strangers' JSON: any type may be anywhere."""

import ast
import io
import itertools
import json
import warnings
from typing import Any, Final

import msgspec
import re2

# Python warns of escapes and numbers that a stranger's text holds; that is no news for our log.
warnings.filterwarnings("ignore", module="<unknown>")

_DECODER: Final = json.JSONDecoder(strict=False)
_LITERAL_LIMIT: Final = 200_000
_INT_BITS: Final = 64
_SHORTEST_JSON: Final = 12
_QUOTING: Final = 4
_LONE_SURROGATE: Final = re2.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}|\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_ESCAPED_SURROGATE: Final = re2.compile(
    rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_SURROGATE_LIMIT: Final = 500_000
_PAIR: Final = re2.compile(r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")


def has_digit(text: str) -> bool:
    """Return whether a digit is in `text`: a cheap question before a pattern that needs one."""
    return any(map(str.isdigit, text))


def as_dict(value: object) -> dict[str, Any]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return `value` if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: object) -> str | None:
    """Return a string that says something, else None."""
    return encodable(value).strip() or None if isinstance(value, str) else None


def encodable(text: str) -> str:
    """Return `text` with lone surrogates, which no UTF-8 can hold, replaced by question marks; its length is kept."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def as_int(value: object) -> int | None:
    """Return a whole number, also from its text form."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return None


def as_label(value: object) -> str | None:
    """Return a short name: a string, or a number as text (node versions are 4.2 or "4.2")."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return as_text(value)


def as_status(value: object) -> int | None:
    """Return an HTTP status, 100 to 599, from a number or its text."""
    number = as_int(value)
    return number if number is not None and 100 <= number <= 599 else None


def parse_json(text: str) -> Any:
    """Parse `text` as JSON as forgivingly as is safe; raises ValueError where it is not JSON.

    Accepts raw line breaks in strings, NaN and lone surrogates, as n8n and terminals write them. Too deep nesting
    counts as not JSON.
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        pass
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def parse_first(text: str, start: int = 0) -> tuple[Any, int]:
    """Parse the JSON value that begins at `start`; return it with the offset after it. Raises ValueError."""
    try:
        return _DECODER.raw_decode(text, start)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def held_json(text: str, depth: int = 0) -> object:
    """Return the object or array that a text is, through up to four layers of quoting; None if it is none."""
    start = text[:200].lstrip()[:1]
    if start not in ("{", "[", '"') or len(text) < _SHORTEST_JSON or depth >= _QUOTING:
        return None
    try:
        value = parse_json(text)
    except ValueError:
        return None
    return held_json(value, depth + 1) if isinstance(value, str) else value


def parse_literal(text: str) -> Any:
    """Parse a Python literal such as ``{'type': 'error'}``, as Python SDKs print bodies; raises ValueError.

    The value holds only what JSON can hold; a tuple becomes a list, a literal with anything else in it is none.
    """
    if len(text) > _LITERAL_LIMIT:
        raise ValueError("too long for a literal")
    try:
        return _as_json(ast.literal_eval(text))
    except (SyntaxError, MemoryError, RecursionError, TypeError, ValueError) as error:
        raise ValueError("not a literal") from error


def _as_json(value: object) -> Any:
    if isinstance(value, dict):
        return {_as_name(name): _as_json(child) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(child) for child in value]
    if isinstance(value, str):
        return encodable(value)
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and value.bit_length() < _INT_BITS):
        return value
    raise ValueError("not what JSON can hold")


def _as_name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError("not a name")
    return encodable(name)


def parse_any(text: str) -> Any:
    """Parse JSON, else a Python literal; raises ValueError."""
    try:
        return parse_json(text)
    except ValueError:
        return parse_literal(text)


def fix_surrogates_in(data: bytes) -> bytes:
    """Do the same as `fix_surrogates` to the bytes of a big file, in one copy of them."""
    fixed = io.BytesIO()
    view, at = memoryview(data), 0
    for match in itertools.islice(_ESCAPED_SURROGATE.finditer(data), _SURROGATE_LIMIT):
        if not match.group(1):
            fixed.write(view[at : match.start()])
            fixed.write(b"\\ufffd")
            at = match.end()
    fixed.write(view[at:])
    return fixed.getvalue()


def fix_surrogates(text: str) -> str:
    """Replace escapes of lone surrogates, which n8n writes when it cuts a text inside an emoji, by U+FFFD."""
    parts = _PAIR.split(text)
    return "".join(part if index % 2 else _LONE_SURROGATE.sub(r"\\ufffd", part) for index, part in enumerate(parts))
