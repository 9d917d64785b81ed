"""Reading n8n's flatted run data: an array in which every string inside an object or array is an index.

Only what is asked for is revived, and cycles survive: 2 of 372 stored executions of n8n 2.41.1 are circular. The
format is that of the npm package `flatted` (slot 0 is the root; a slot that is itself a string is a plain string).
"""

from typing import Any, Final

import msgspec

from core.paste.errors import TooLarge

SLOT_LIMIT: Final = 12_000_000
DENSE_LIMIT: Final = 2_000_000
"""Commas that are taken on, where they stand as in run data, and where under ten bytes lie between them.

Every slot costs some 60 bytes before anything is revived; 100 MB of real run data hold some 7 million commas.
"""
_REVIVE_LIMIT: Final = 200_000
_READ_AGAIN: Final = 8
_READ_ALWAYS: Final = 20_000_000
"""Bytes that are decoded in all: so many times the text's own, and so many more; real run data needs about once."""
_DEPTH_LIMIT: Final = 60
CIRCULAR: Final = "[Circular Reference]"
"""What n8n's public API prints for a cycle."""

_SLOTS: Final = msgspec.json.Decoder(list[msgspec.Raw])


class Flatted:
    """A flatted array whose values are revived on demand.

    Raises `TooLarge` for too many slots and `msgspec.DecodeError` for text that is not an array.
    """

    def __init__(self, data: bytes) -> None:
        commas = data.count(b",") if len(data) > DENSE_LIMIT else 0
        if commas > SLOT_LIMIT or (commas > DENSE_LIMIT and len(data) < commas * 10):
            raise TooLarge("The run data has more parts than can be read here. Export one execution at a time.")
        self._slots = _SLOTS.decode(data)
        self._budget = _REVIVE_LIMIT
        self._bytes_left = _READ_AGAIN * len(data) + _READ_ALWAYS

    def root(self) -> dict[str, Any]:
        """Return the root object with its values as unrevived indexes."""
        return self.fields(0)

    def slot(self, index: object) -> Any:
        """Return one slot's own value, its children still indexes."""
        number = int(index) if isinstance(index, str) and index.isdigit() else index
        if not isinstance(number, int) or not 0 <= number < len(self._slots):
            return None
        raw = self._slots[number]
        self._bytes_left -= memoryview(raw).nbytes
        if self._bytes_left < 0:
            raise TooLarge("The run data points to the same parts over and over. Export the execution again.")
        return msgspec.json.decode(raw)

    def fields(self, index: object) -> dict[str, Any]:
        """Return the object in a slot, its children still indexes; empty if it is none."""
        value = self.slot(index)
        return value if isinstance(value, dict) else {}

    def revive(self, index: object, path: tuple[int, ...] = ()) -> Any:
        """Return a slot with all it holds; a cycle, too deep a branch and a spent budget end in `CIRCULAR`."""
        number = int(index) if isinstance(index, str) and index.isdigit() else index
        if not isinstance(number, int) or number in path or len(path) > _DEPTH_LIMIT or self._budget <= 0:
            return CIRCULAR
        self._budget -= 1
        value = self.slot(number)
        below = (*path, number)
        if isinstance(value, dict):
            return {name: self._child(child, below) for name, child in value.items()}
        if isinstance(value, list):
            return [self._child(child, below) for child in value]
        return value

    def size(self, index: object) -> int:
        """Return the bytes of one slot's own JSON."""
        number = int(index) if isinstance(index, str) and index.isdigit() else index
        return len(bytes(self._slots[number])) if isinstance(number, int) and 0 <= number < len(self._slots) else 0

    def _child(self, child: Any, path: tuple[int, ...]) -> Any:
        return self.revive(child, path) if isinstance(child, str) else child


def is_flatted(start: bytes) -> bool:
    """Whether a JSON array's first bytes are those of n8n's flatted run data."""
    return start.lstrip()[:1] == b"[" and b'"resultData":"' in start[:600].replace(b'": "', b'":"')
