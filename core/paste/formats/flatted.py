"""Reading n8n's flatted run data: an array in which every string inside an object or array is an index.

Only what a reader needs is revived, and cycles survive: 2 of 372 stored executions of n8n 2.41.1 are circular. The
format is that of the npm package `flatted` (slot 0 is the root; a slot that is itself a string is a plain string).
"""

import itertools
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final

import msgspec
import numpy as np
import re2

from core.paste.errors import TooLarge
from core.paste.formats.json_values import as_int, fix_surrogates, fix_surrogates_in
from core.paste.formats.slots import slot_ends

_REVIVE_LIMIT: Final = 200_000
_READ_AGAIN: Final = 8
_READ_ALWAYS: Final = 20_000_000
"""Bytes that are decoded in all: so many times the text's own, and so many more; real run data needs about once."""
_DEPTH_LIMIT: Final = 60
CIRCULAR: Final = "[Circular Reference]"
"""What n8n's public API prints for a cycle."""
_SIGN: Final = rb'"(?:error"\s*:\s*"\d|statusCode"\s*:\s*[45]\d\d)'
"""An item's own error, or the status of an answer that "Never Error" let through."""
_SIGN_LIMIT: Final = 400


class Flatted:
    """A flatted array whose values are revived on demand.

    With `quoted`, `data` is the inside of the JSON string that holds the array, as in a database row; it is never
    unquoted as a whole. Raises `TooLarge` for too many slots and `msgspec.DecodeError` for text that is not an array.
    """

    def __init__(self, data: bytes | memoryview, *, quoted: bool = False) -> None:
        self._data = data
        self._quoted = quoted
        self._ends = slot_ends(data, quoted=quoted)
        self._budget = _REVIVE_LIMIT
        self._bytes_left = _READ_AGAIN * len(data) + _READ_ALWAYS

    def root(self) -> dict[str, Any]:
        """Return the root object with its values as unrevived indexes."""
        return self.fields(0)

    def slot(self, index: object) -> Any:
        """Return one slot's own value, its children still indexes."""
        number = as_int(index)
        if number is None or not 0 <= number < len(self._ends) - 1:
            return None
        start, end = int(self._ends[number]) + 1, int(self._ends[number + 1])
        self._bytes_left -= end - start
        if self._bytes_left < 0:
            raise TooLarge("The run data points to the same parts over and over. Export the execution again.")
        return _decoded(bytes(self._data[start:end]), quoted=self._quoted)

    def fields(self, index: object) -> dict[str, Any]:
        """Return the object in a slot, its children still indexes; empty if it is none."""
        value = self.slot(index)
        return value if isinstance(value, dict) else {}

    def revive(self, index: object, path: tuple[int, ...] = ()) -> Any:
        """Return a slot with all it holds; a cycle, too deep a branch and a spent budget end in `CIRCULAR`."""
        number = as_int(index)
        if number is None or number in path or len(path) > _DEPTH_LIMIT or self._budget <= 0:
            return CIRCULAR
        self._budget -= 1
        value = self.slot(number)
        below = (*path, number)
        if isinstance(value, dict):
            return {name: self._child(child, below) for name, child in value.items()}
        if isinstance(value, list):
            return [self._child(child, below) for child in value]
        return value

    def telling_items(self, items: Sequence[object]) -> list[tuple[int, dict[str, Any]]]:
        """Return those of a node's items that show a sign of failing, each with its index, revived."""
        telling = self._telling
        indexes = (index for index, item in enumerate(items) if isinstance(item, str) and item in telling)
        return [(index, self.revive(items[index])) for index in indexes]

    @cached_property
    def _telling(self) -> frozenset[str]:
        """The slots of items whose own `json` shows a sign of failing."""
        hits = itertools.islice(self._find(_SIGN), _SIGN_LIMIT)
        signs = b"|".join(b"%d" % self._slot_at(hit.start()) for hit in hits)
        held = self._find(rb'"json"\s*:\s*"(?:' + signs + rb')"') if signs else ()
        return frozenset(str(self._slot_at(hit.start())) for hit in held)

    def _find(self, pattern: bytes) -> "Iterator[re2._Match[bytes]]":
        """Search the text between strings for a pattern written with plain quotes."""
        written = pattern.replace(b'"', rb'\\"') if self._quoted else pattern
        matches: Iterator[re2._Match[bytes]] = re2.finditer(written, self._data)
        return matches

    def _slot_at(self, offset: int) -> int:
        return int(np.searchsorted(self._ends, offset)) - 1

    def _child(self, child: Any, path: tuple[int, ...]) -> Any:
        return self.revive(child, path) if isinstance(child, str) else child


def is_flatted(start: bytes) -> bool:
    """Return whether a JSON array's first bytes are those of n8n's flatted run data."""
    return start.lstrip()[:1] == b"[" and b'"resultData":"' in start[:600].replace(b'": "', b'":"')


def _decoded(slot: bytes, *, quoted: bool) -> Any:
    """Parse one slot; lone surrogates, which n8n writes when it cuts a text inside an emoji, are replaced."""
    if quoted:
        return _parsed(_parsed(b'"' + slot + b'"'))
    return _parsed(slot)


def _parsed(data: bytes | str) -> Any:
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError:
        return msgspec.json.decode(fix_surrogates(data) if isinstance(data, str) else fix_surrogates_in(data))
