"""Find secrets by the heading of their column in CSV, tab or semicolon separated and Markdown tables, and in HTML rows.

A row belongs to a table as long as it has as many cells as the heading, which keeps the work linear.
"""

from collections.abc import Iterator
from typing import Final

import re2

from core.redaction.by_scheme import pieces
from core.redaction.not_secret import is_code, is_evident, is_mixed, may_be_secret
from core.redaction.secret_kinds import SecretKind
from core.redaction.secret_names import SUFFIX, WORDS, Strength, kind_of_name, strength
from core.redaction.shape_patterns import Find, any_of
from core.redaction.work_limit import Crowded, limited, most_places

_HEADING: Final = re2.compile(
    rb"(?im)(?:" + WORDS + rb")" + SUFFIX + rb"[\"'*`)]{0,3}[ \t]*[|,;\t]"
    rb"|[|,;\t][ \t\"'*`]*[\w .-]*(?:" + WORDS + rb")" + SUFFIX + rb"[\"'*`)]{0,3}[ \t]*\r?$"
)
_RULE: Final = re2.compile(rb"[\s|:=+-]+")
_DELIMITERS: Final = (b"|", b"\t", b";", b",")
_FIELD: Final = {
    delimiter: re2.compile(rb"[ \t]*(\"(?:[^\"\r\n]|\"\")*\"|[^" + delimiter + rb"\r\n]*)") for delimiter in _DELIMITERS
}
_INTO: Final = re2.compile(rb"(?i)\b(?:insert|replace)\s+into\s")
_INSERT: Final = re2.compile(
    rb"(?i)\b(?:insert"
    rb"|replace)\s+into\s+[^\s(]{1,80}\s{0,4}\(([^()]{1,600})\)\s{0,20}values\s{0,20}\(([^()]{1,999})\)"
)
_VALUE: Final = re2.compile(rb"\s*(?:[NE]?'((?:[^'\\]|''|\\.)*)'|([^,]*))\s*(?:,|$)")
_LONGEST_HEADING: Final = 600
_SHORTEST: Final = 3
_MOST_COLUMNS: Final = 60
_HTML_ROW: Final = re2.compile(
    rb"(?i)<t[hd][^<>]{0,100}>\s{0,20}([\w .-]{0,40}(?:"
    + WORDS
    + rb")"
    + SUFFIX
    + rb")\s{0,4}:?\s{0,20}</t[hd]>\s{0,20}"
    rb"<td[^<>]{0,100}>\s{0,20}([^<>]{3,300}?)\s{0,20}</td>"
)
_ROW: Final = re2.compile(
    rb"(?im)^[ \t>]*\|?[ \t]*[*`\"']{0,3}([\w .()-]{0,40}(?:"
    + WORDS
    + rb")"
    + SUFFIX
    + rb")[*`\"']{0,3}[ \t]*[|\t;][ \t]*"
    rb"[*`\"']{0,3}([^|\t;\s`\"']{4,300})[*`\"']{0,3}[ \t]*(?:[|\t;]|\r?$)"
)
"""A name and its value side by side, whatever the heading says."""

ANY_TABLE: Final = any_of(_HEADING, _HTML_ROW, _INTO)
_MOST_ROWS: Final = 4_000


def find_in_tables(data: bytes) -> Iterator[Find]:
    """Yield the cells below a heading that is a secret's name."""
    if not ANY_TABLE.search(data):
        return
    yield from _inserted(data)
    at, left = 0, most_places(len(data))
    while match := _HEADING.search(data, at):
        if left <= 0:
            raise Crowded(match.start())
        left -= 1
        start, end = _line_around(data, match.start(), match.end())
        at = max(end, match.end())
        if end - start > _LONGEST_HEADING:
            continue
        line = data[start:end]
        columns, delimiter = _secret_columns(line)
        if columns:
            for find in _cells(data, end, columns, delimiter, _count(line, delimiter)):
                if left <= 0:
                    raise Crowded(find.start)
                at, left = max(at, find.end), left - 1
                yield find
    for match in limited(_ROW.finditer(data), len(data)):
        yield from _beside(data, match)
    if b"<t" in data or b"<T" in data:
        for match in limited(_HTML_ROW.finditer(data), len(data)):
            if may_be_secret(match[2], match[1], strength(match[1]), header=False):
                yield from pieces(data, match.start(2), match.end(2), kind_of_name(match[1]))


def _inserted(data: bytes) -> Iterator[Find]:
    """Yield what SQL inserts into columns with a secret's name."""
    for match in limited(_INSERT.finditer(data), len(data)):
        names = [name.strip(b" \t\r\n\"`[]'") for name in match[1].split(b",")]
        values, first = list(_VALUE.finditer(match[2])), match.start(2)
        for name, value in zip(names, values, strict=False):
            group = 1 if value[1] is not None else 2
            if value[group] and strength(name) > Strength.NONE:
                yield from _cell(data, first + value.start(group), first + value.end(group), name)


def _beside(data: bytes, match: "re2._Match[bytes]") -> Iterator[Find]:
    name, value, name_strength = match[1], match[2], strength(match[1])
    counts = is_mixed(value) if name_strength is Strength.PASSWORD else is_evident(value)
    if counts and may_be_secret(value, name, name_strength, header=False):
        kind = kind_of_name(name)
        yield from pieces(
            data, match.start(2), match.end(2), kind if kind is not SecretKind.COOKIE else SecretKind.SECRET
        )


def _line_around(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the line of a cell without its line break, at most `_LONGEST_HEADING` bytes in each direction."""
    first = data.rfind(b"\n", max(0, start - _LONGEST_HEADING), start + 1) + 1 or max(0, start - _LONGEST_HEADING)
    last = data.find(b"\n", end - 1, end + _LONGEST_HEADING)
    last = last if last >= 0 else min(len(data), end + _LONGEST_HEADING)
    return first, last - (data[last - 1 : last] == b"\r")


def _count(line: bytes, delimiter: bytes) -> int:
    return len(_fields(line, 0, len(line), delimiter))


def _secret_columns(line: bytes) -> tuple[dict[int, bytes], bytes]:
    """Return the columns with a secret's name, and the delimiter; no columns if the line is not a heading."""
    for delimiter in _DELIMITERS:
        if delimiter not in line:
            continue
        spans = _fields(line, 0, len(line), delimiter)
        names = [line[start:end].strip(b" \t\"'*`") for start, end in spans]
        if len(names) < 2 or any(len(name) > 60 or b"=" in name or b":" in name or b"{" in name for name in names):
            return {}, delimiter
        columns = {
            column: name
            for column, name in enumerate(names)
            if strength(name) > Strength.NONE and len(name.split()) <= 4
        }
        return columns, delimiter
    return {}, b","


def _fields(data: bytes, start: int, end: int, delimiter: bytes) -> list[tuple[int, int]]:
    """Return the offsets of the fields of a line, quotes included."""
    spans: list[tuple[int, int]] = []
    at = start
    while at <= end and len(spans) < _MOST_COLUMNS:
        field = _FIELD[delimiter].match(data, at, end)
        stop = field.end() if field else end
        spans.append((field.start(1) if field else at, stop))
        following = data.find(delimiter, stop, end)
        if following < 0:
            break
        at = following + 1
    return spans


def _cells(data: bytes, at: int, columns: dict[int, bytes], delimiter: bytes, count: int) -> Iterator[Find]:
    for _ in range(_MOST_ROWS):
        start = data.find(b"\n", at, at + 2) + 1
        if not start:
            return
        if start >= len(data):
            return
        stop = data.find(b"\n", start)
        stop = len(data) if stop < 0 else stop
        end = stop - 1 if data[stop - 1 : stop] == b"\r" else stop
        at = end
        if end - start > 10_000:
            return
        if _RULE.fullmatch(data, start, end):
            continue
        spans = _fields(data, start, end, delimiter)
        if len(spans) != count:
            return
        for column, name in columns.items():
            yield from _cell(data, *spans[column], name)


def _cell(data: bytes, start: int, end: int, name: bytes) -> Iterator[Find]:
    cell = data[start:end]
    content = cell.strip(b' \t"`')
    start += cell.find(content) if content else 0
    name_strength = max(strength(name), Strength.MEDIUM) if strength(name) is Strength.WEAK else strength(name)
    end = start + len(content)
    if len(content) < _SHORTEST or content.isdigit() or is_code(data, start, end, quoted=True):
        return
    if may_be_secret(content, name, name_strength, header=False):
        kind = kind_of_name(name)
        yield from pieces(data, start, end, kind if kind is not SecretKind.COOKIE else SecretKind.SECRET)
