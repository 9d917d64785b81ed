"""The outer fields of a request body that is written as JSON, as JavaScript, or as JSON with ``{{ }}`` holes.

This is not a parser of any of them but a scanner that knows strings, brackets and holes, enough to tell a field from a
word in a prompt. Linear in the text; never raises on strangers' text.
"""

from typing import Final

import msgspec
import re2

_WRAPPED: Final = re2.compile(r"(?s)^\s*=\s*\{\{\s*(?:JSON\s*\.\s*stringify\s*\()?\s*\(?\s*(\{.*\})\s*\)?.*\}\}\s*$")
_NAME: Final = re2.compile(r"""(?s)^\s*(?:"([^"\\]*)"|'([^'\\]*)'|([A-Za-z_$][\w$]*))\s*:(.*)$""")
_LITERAL: Final = re2.compile(r"""(?s)^\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*$""")
_NUMBER: Final = re2.compile(r"^\s*-?\d+(?:\.\d+)?\s*$")


class BodyField(msgspec.Struct, frozen=True):
    """One outer field: offsets of the whole `name: value` and of its value in the source."""

    start: int
    value_start: int
    end: int


class RequestBody(msgspec.Struct, frozen=True):
    """The outer fields of a body. `is_javascript`: inside one ``{{ }}``; else JSON, perhaps with holes."""

    source: str
    fields: dict[str, BodyField]
    is_javascript: bool

    def value(self, name: str) -> str:
        """Return a field's value as it is written; an empty text for a field that is not there."""
        field = self.fields.get(name)
        return "" if field is None else self.source[field.value_start : field.end].strip()

    def text(self, name: str) -> str | None:
        """Return a field's value if it is a plain string, without holes."""
        match = _LITERAL.match(self.value(name))
        if match is None:
            return None
        text = match[1] if match[1] is not None else match[2]
        return None if "{{" in text else text

    def number(self, name: str) -> float | None:
        """Return a field's value if it is a plain number."""
        value = self.value(name)
        return float(value) if _NUMBER.match(value) else None

    def objects(self, name: str) -> list["RequestBody"]:
        """Return the objects in a field that is a list, as far as they can be read."""
        source = self.value(name)
        if not source.startswith("[") or not source.endswith("]"):
            return []
        bodies = (read_body(source[start:end]) for start, end in _pieces(source, 1, len(source) - 1))
        return [one for one in bodies if one is not None]


def read_body(source: str) -> RequestBody | None:
    """Return the outer fields of a JSON Body parameter, or None if they cannot be read."""
    wrapped = _WRAPPED.match(source)
    start, end = (wrapped.start(1), wrapped.end(1)) if wrapped else _bare(source)
    if end - start < 2 or source[start] != "{" or source[end - 1] != "}":
        return None
    if not wrapped and source.startswith("{{", start):
        return None
    fields: dict[str, BodyField] = {}
    for piece_start, piece_end in _pieces(source, start + 1, end - 1):
        match = _NAME.match(source[piece_start:piece_end])
        if match is not None:
            name = match[1] or match[2] or match[3]
            fields[name] = BodyField(piece_start, piece_start + match.start(4), piece_end)
        elif source[piece_start:piece_end].strip():
            fields[f"...{piece_start}"] = BodyField(
                piece_start, piece_start, piece_end
            )  # a spread, or something unread
    return RequestBody(source, fields, is_javascript=wrapped is not None)


def with_value(source: str, name: str, value: str) -> str:
    """Return the body with another value in a field; unchanged if the field cannot be found."""
    body = read_body(source)
    if body is None or name not in body.fields:
        return source
    field = body.fields[name]
    old_value = source[field.value_start : field.end]
    space = len(old_value) - len(old_value.lstrip())
    tail = old_value[len(old_value.rstrip()) :]
    return source[: field.value_start + space] + value + tail + source[field.end :]


def without(source: str, name: str) -> str:
    """Return the body without a field and its comma; unchanged if the field cannot be found."""
    body = read_body(source)
    if body is None or name not in body.fields:
        return source
    field = body.fields[name]
    before, after = source[: field.start], source[field.end :]
    if after.startswith(","):
        return before + after[1:].lstrip(" ") if before.endswith(" ") else before + after[1:]
    tail = source[field.start : field.end]
    return before.rstrip().removesuffix(",") + tail[len(tail.rstrip()) :] + after


def with_field(source: str, name: str, value: str) -> str:
    """Return the body with one more field, as its first; unchanged if the body cannot be read or has no field.

    It is the first, since a comment may follow the last one. JavaScript takes a quoted name too.
    """
    body = read_body(source)
    if body is None or not body.fields:
        return source
    start = min(field.start for field in body.fields.values())
    space = source[start:][: len(source[start:]) - len(source[start:].lstrip())]
    at = start + len(space)
    return f'{source[:at]}"{name}": {value},{space or " "}{source[at:]}'


def _bare(source: str) -> tuple[int, int]:
    start = len(source) - len(source.lstrip())
    start += 1 if source.startswith("=", start) else 0
    start += len(source[start:]) - len(source[start:].lstrip())
    return start, len(source.rstrip())


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the pieces between the commas that are outside strings and brackets, as offsets."""
    pieces: list[tuple[int, int]] = []
    depth = 0
    quote = ""
    skip = False
    for position in range(start, end):
        char = text[position]
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "\"'`":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth == 0:
            pieces.append((start, position))
            start = position + 1
    return [*pieces, (start, end)]
