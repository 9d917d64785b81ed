"""Follow secrets through flatted run data, where a field's name and its value are in different slots.

n8n's database keeps run data as one array: ``[{"x-api-key":"1"},"the value"]``. A number in a string is the index of
a slot (https://github.com/WebReflection/flatted). The array may itself be a JSON string inside a bigger document.
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

import msgspec
import re2

from core.redaction.by_name import HEADER_NAME, find_in_value
from core.redaction.secret_names import Strength, strength
from core.redaction.shape_patterns import Find
from core.redaction.views import TextView, first_view

_START: Final = re2.compile(
    rb"\[\s*\{\s*(?:\\*\"[\w.-]+\\*\":\s*(?:[0-9]+|true|false|null),\s*){0,4}"
    rb"\\*\"[\w.$@ -]+\\*\":\s*\\*\"[0-9]{1,7}\\*\"\s*[,}]"
)
_INDEX: Final = re2.compile(r"[0-9]{1,7}")
_MOST_DOCUMENTS: Final = 50


class FlattedDocument(NamedTuple):
    """One flatted array: its slots ([] if it is cut off), and how many backslashes precede its quotes."""

    slots: list[Any]
    depth: int


def flatted_documents(text: str, view: TextView) -> list[FlattedDocument]:
    """Return the flatted arrays of a text; expects its first view."""
    documents = []
    for match in islice(_START.finditer(view.data), _MOST_DOCUMENTS):
        before_name = match[0][: match[0].find(b'"')]
        depth = len(before_name) - len(before_name.rstrip(b"\\"))
        slots = _slots(text, match.start(), depth)
        if not slots or _is_flatted(slots):
            documents.append(FlattedDocument(slots, depth))
    return documents


def find_in_slots(documents: list[FlattedDocument], view: TextView) -> Iterator[Find]:
    """Yield the slots that hold a secret, according to the name that another slot gives them.

    Expects the first view of the text, with keys found by shape masked already.
    """
    for document in documents:
        names = {value: name for name, value in _secret_values(document.slots) if not _INDEX.fullmatch(value)}
        yield from _hide(view.data, names, document.depth)


def _slots(text: str, start: int, depth: int) -> list[Any]:
    """Return the slots of the flatted array at an offset; [] if it cannot be read (cut off, not an array)."""
    try:
        if depth == 0:
            return _decode(text[start:])
        if depth == 1 and text[start - 1 : start] == '"':
            inner, _ = json.decoder.scanstring(text, start)  # type: ignore[attr-defined]
            return _decode(inner)
    except (ValueError, RecursionError):
        pass
    return []


def _decode(text: str) -> list[Any]:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        value, _ = json.JSONDecoder().raw_decode(text)
    return value if isinstance(value, list) else []


def _is_flatted(slots: list[Any]) -> bool:
    """Return whether an array is flatted: all references of its first slot lead to a slot."""
    first = slots[0]
    if not isinstance(first, dict):
        return False
    references = [int(v) for v in first.values() if isinstance(v, str) and _INDEX.fullmatch(v)]
    return bool(references) and all(0 < index < len(slots) for index in references)


def _secret_values(slots: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield (name, value) of every value with a secret's name."""

    def at(reference: object) -> Any:
        if isinstance(reference, str) and _INDEX.fullmatch(reference) and int(reference) < len(slots):
            return slots[int(reference)]
        return None

    def strings(name: str, reference: object) -> Iterator[tuple[str, str]]:
        value = at(reference)
        for item in value if isinstance(value, list) else [reference]:
            if isinstance(text := at(item), str) and text:
                yield name, text

    for slot in slots:
        if isinstance(slot, dict):
            for name, reference in slot.items():
                if _is_secret_name(name):
                    yield from strings(name, reference)
            name = at(slot.get("name", slot.get("key")))
            if isinstance(name, str) and "value" in slot and _is_secret_name(name):
                yield from strings(name, slot["value"])
        elif isinstance(slot, list):
            names = [at(reference) for reference in slot]
            for name, reference in zip(names, slot[1:], strict=False):
                if isinstance(name, str) and HEADER_NAME.fullmatch(name.encode("ascii", "replace")):
                    yield from strings(name, reference)


_LONGEST_NAME: Final = 100


def _is_secret_name(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and strength(name.encode("ascii", "replace")) > Strength.NONE


def _hide(data: bytes, names: dict[str, str], depth: int) -> Iterator[Find]:
    """Yield what to hide in the slots with these values, by their names; a slot is a whole quoted string."""
    quote = b"\\" * depth + b'"'
    for value, name in names.items():
        for spelling in _spellings(value, depth):
            slot = quote + first_view(spelling).data + quote
            at = data.find(slot)
            while at >= 0:
                yield from find_in_value(data, at + len(quote), at + len(slot) - len(quote), name)
                at = data.find(slot, at + len(slot))


def _spellings(value: str, depth: int) -> set[str]:
    spellings = set()
    for ascii_only in (True, False):
        spelling = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        spellings.add(json.dumps(spelling, ensure_ascii=ascii_only)[1:-1] if depth else spelling)
    return spellings
