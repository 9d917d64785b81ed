"""Keep masks inside the strings of a JSON document, so that it is still valid JSON afterwards.

A secret's end is read from the text around it, where a stranger's value (``"key: \\""``, ``"<password>"``) can
look like the beginning of something that ends in a later string. In JSON, or in a line of a log that is JSON, the
quotes decide: a mask ends with its string and continues in the next.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec
import re2

_STRING: Final = re2.compile(rb"\"(?:[^\"\\]|\\.)*\"")
_CUT_ESCAPE: Final = re2.compile(rb"\\u[0-9a-fA-F]{0,3}$")
_SHORTEST_REST: Final = 4
_LONGEST_ESCAPE: Final = 5


class Strings(NamedTuple):
    """The strings of JSON documents in a text: where each begins and ends, without its quotes."""

    data: bytes
    documents: list[tuple[int, int]]
    starts: list[int]
    ends: list[int]

    def inside(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of a span of the text that are in strings; all of it outside documents."""
        document = bisect_right(self.documents, (start, len(self.data) + 1)) - 1
        if document < 0 or start >= self.documents[document][1]:
            yield start, end
            return
        first = max(0, bisect_right(self.starts, start) - 1)
        for number in range(first, len(self.starts)):
            if self.starts[number] >= end:
                return
            a, b = max(start, self.starts[number]), min(end, self.ends[number])
            if b > a and (a == start or _is_rest(self.data[a:b])):
                yield self._unbroken(a, b, self.starts[number], self.ends[number])

    def _unbroken(self, start: int, end: int, first: int, last: int) -> tuple[int, int]:
        """Widen a span of a string so that it cuts no escape."""
        escape = _CUT_ESCAPE.search(self.data[max(first, start - _LONGEST_ESCAPE) : start])
        if escape and _slashes(self.data, first, start - len(escape[0]) + 1) % 2:
            start -= len(escape[0])
        elif _slashes(self.data, first, start) % 2:
            start -= 1
        return start, end + 1 if end < last and _slashes(self.data, first, end) % 2 else end


def _slashes(data: bytes, first: int, at: int) -> int:
    """Return how many backslashes precede an offset."""
    start = at
    while at > first and data[at - 1] == 0x5C:
        at -= 1
    return start - at


def _is_rest(piece: bytes) -> bool:
    return len(piece) >= _SHORTEST_REST and any(chr(code).isalnum() for code in piece)


def strings_of(text: str, at: Iterable[int]) -> Strings:
    """Return the strings of the text if it is a JSON document, else those of its JSON lines that hold an offset."""
    data = text.encode("ascii", "replace")
    documents = [(0, len(data))] if _is_document(text) else _lines(text, at)
    starts, ends = [], []
    for start, end in documents:
        for match in _STRING.finditer(data, start, end):
            starts.append(match.start() + 1)
            ends.append(match.end() - 1)
    return Strings(data, documents, starts, ends)


def _lines(text: str, at: Iterable[int]) -> list[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    for offset in at:
        if lines and offset < lines[-1][1]:
            continue
        start = text.rfind("\n", lines[-1][1] if lines else 0, offset) + 1 or (lines[-1][1] if lines else 0)
        end = text.find("\n", offset)
        lines.append((start, end if end >= 0 else len(text)))
    return [(start, end) for start, end in lines if _is_document(text[start:end])]


def _is_document(text: str) -> bool:
    if not text.strip().startswith(("{", "[", '"')):
        return False
    try:
        msgspec.json.decode(text.encode("utf-8", "replace"), type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
