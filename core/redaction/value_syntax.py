"""Read the value after a name: a quoted string at any depth of JSON escaping, a token, a header's line."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import re2

_OPEN: Final = re2.compile(rb"(?:\r?\n[ \t]+|\\+r\\+n(?:[ \t]|\\+t)+)?(?:\[\s{0,20}|\(\s{0,4})?(?:[bfr]?(\\*[\"'`]))?")
_NEXT_ITEM: Final = re2.compile(rb"\s{0,20},\s{0,20}(\\*[\"'])")
_BARE: Final = re2.compile(rb"[^\s\"'`,;&<>\\|(){}\[\]]+")
_BARE_IN_ADDRESS: Final = re2.compile(rb"[^\s\"'`;&<>\\]+")
_LINE: Final = re2.compile(rb"[^\r\n\"'`\\]+")
_JSON_GOES_ON: Final = re2.compile(rb"\"\s*(?:[:}\]]|,\s*(?:[\"{\[0-9-]|$)|,\s*(?:true|false|null))")
_PARAMETER: Final = rb"[\w-]+=(?:\"[^\"\r\n\\]*\"|\\+\"[^\"\r\n\\]*\\+\"|[^\s,\"'\\]+)"
_SCHEMED: Final = re2.compile(
    rb"(?i)[a-z][\w-]{0,30}[ \t]+(?:(?:token|key|bearer|api-?key|basic)[ \t]+)?"
    rb"(?:" + _PARAMETER + rb"(?:[ \t]*,?[ \t]*" + _PARAMETER + rb")*|[^\s\"'`,;\\<>]+)"
)
_OPENING: Final = {b")": b"(", b"]": b"[", b"}": b"{"}
_QUOTED_NAME: Final = re2.compile(rb"[\"'`][\s:=>]*$")
_LONGEST_LIST: Final = 50


class Value(NamedTuple):
    """A value after a secret's name: its offsets, whether it is quoted, and where reading continues."""

    start: int
    end: int
    quoted: bool
    after: int


class ByteFinder:
    """Finds the next position of a byte and remembers it, so that a missing byte is searched only once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._known: dict[bytes, tuple[int, int]] = {}

    def next(self, byte: bytes, at: int) -> int:
        """Return the byte's next offset from `at` on, or the length of the data."""
        searched_from, position = self._known.get(byte, (0, -1))
        if not searched_from <= at <= position:
            position = self._data.find(byte, at)
            position = position if position >= 0 else len(self._data)
            self._known[byte] = (at, position)
        return position


def read_values(data: bytes, at: int, name: bytes, outer: bytes, byte_finder: ByteFinder) -> Iterator[Value]:
    """Yield the value that begins at `at`, or all strings of the list that begins there (``set-cookie: [..]``).

    `outer` is the byte before the name: a quote there means that name and value are one string (``-H 'a: b'``).
    """
    if name.endswith(b">") and not name.endswith((b"=>", b"->")):
        element = _element_value(data, at)
        if element:
            yield element
        return
    opening = _OPEN.match(data, at)
    if opening is None or opening[1] is None:
        bare = _bare_value(data, opening.end() if opening else at, name, outer, byte_finder)
        if bare:
            yield bare
        return
    start, quote = opening.end(), opening[1]
    value = _quoted_value(data, start, quote, byte_finder)
    yield value
    for _ in range(_LONGEST_LIST if b"[" in opening[0] else 0):
        following = _NEXT_ITEM.match(data, value.after)
        if not following:
            return
        value = _quoted_value(data, following.end(), following[1], byte_finder)
        yield value


def _quoted_value(data: bytes, start: int, quote: bytes, byte_finder: ByteFinder) -> Value:
    """Read a quoted string whose opening quote has `quote`'s backslashes, up to the quote that closes it."""
    depth, mark = len(quote) - 1, quote[-1:]
    limit = byte_finder.next(b"\n", start)
    at = start
    while (position := byte_finder.next(mark, at)) < limit:
        slashes = 0
        while position - slashes > start and data[position - slashes - 1] == 0x5C:
            slashes += 1
        if slashes < depth or (slashes - depth) % (2 * (depth + 1)) == 0:
            return _within_json(data, start, position - min(slashes, depth), position + 1, mark)
        at = position + 1
    return _within_json(data, start, limit, limit, mark)


def _within_json(data: bytes, start: int, end: int, after: int, mark: bytes) -> Value:
    """Cut a string in other quotes at the end of the JSON string around it."""
    if mark != b'"':
        outer = _JSON_GOES_ON.search(data, start, end + 2)
        if outer and outer.start() < end:
            cut = outer.start()
            return Value(start, cut, quoted=True, after=cut)
    return Value(start, end, quoted=True, after=after)


def _bare_value(data: bytes, at: int, name: bytes, outer: bytes, byte_finder: ByteFinder) -> Value | None:
    """Read an unquoted value: the rest of a header's line, or one token."""
    lowered = name.lower()
    match = None
    if outer in (b"'", b'"') and b"authorization" in lowered and not _QUOTED_NAME.search(name):
        return _rest_of_string(data, at, outer, byte_finder)
    if _QUOTED_NAME.search(name):
        # a value in JSON or code, not a header's line
        pass
    elif b"cookie" in lowered:
        match = _LINE.match(data, at)
    elif b"authorization" in lowered:
        match = _SCHEMED.match(data, at)
    match = match or (_BARE_IN_ADDRESS if b"=" in name else _BARE).match(data, at)
    if not match:
        return None
    end = match.start() + _without_foreign_brackets(match[0])
    return Value(match.start(), end, quoted=False, after=match.end())


def _rest_of_string(data: bytes, at: int, quote: bytes, byte_finder: ByteFinder) -> Value | None:
    """Read up to the quote that closes the string around the name."""
    end = min(byte_finder.next(quote, at), byte_finder.next(b"\n", at))
    while end > at and data[end - 1] == 0x5C:
        end -= 1
    return Value(at, end, quoted=False, after=end) if end > at else None


def _without_foreign_brackets(value: bytes) -> int:
    """Return where a value ends without the closing brackets that code around it needs: ``f(api_key=value)``."""
    end = len(value)
    while end and value[end - 1 : end] in _OPENING and _OPENING[value[end - 1 : end]] not in value:
        end -= 1
    return end


def _element_value(data: bytes, at: int) -> Value | None:
    end = data.find(b"<", at, at + 4000)
    if end > at and data.startswith(b"</", end):
        return Value(at, end, quoted=True, after=end)
    return None
