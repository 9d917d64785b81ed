"""The texts and numbers of a JSON text that hold secrets: where they are, and how they may be shown.

A text is judged where it is, since a password is known by the name beside it; elsewhere the same word is none.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from core.n8n.check.json_source import after_blanks, decode, edited, items
from core.redaction import Redactor


class Leaf(NamedTuple):
    """A text, a number or a name: its offsets, its path below the root that it belongs to, and that root's offset."""

    root: int | None
    path: tuple[str | int, ...]
    start: int
    end: int


class SecretLeaf(NamedTuple):
    """A leaf that holds a secret, with its text as it is and as it may be shown."""

    leaf: Leaf
    text: str
    shown: str


def secret_leaves(redactor: Redactor, source: str, roots: frozenset[int] = frozenset()) -> list[SecretLeaf]:
    """Return the leaves of a JSON text that hold secrets; paths start again at the values at the offsets `roots`."""
    redacted = redactor.redact(source).text
    if redacted == source:
        return []
    leaves = _leaves(source, after_blanks(source, 0), None, (), roots)
    pairs = zip(leaves, _texts(redactor, source, redacted), strict=True)
    return [SecretLeaf(leaf, text, shown) for leaf, (text, shown) in pairs if text != shown]


def rewritten(source: str, changes: Iterable[tuple[Leaf, str]], start: int = 0, end: int | None = None) -> str:
    """Return JSON from `start` to `end` with some leaves replaced by other texts; `changes` are in order."""
    pieces: list[str] = []
    at = start
    for leaf, text in changes:
        pieces += source[at : leaf.start], edited(source[leaf.start : leaf.end], text)
        at = leaf.end
    return "".join([*pieces, source[at:end]])


def texts_in(source: str) -> list[str]:
    """Return every text, number and name of a JSON text, of repeated names too; nothing if the source is not JSON."""
    return _read(source) or []


def _leaves(
    source: str, at: int, root: int | None, path: tuple[str | int, ...], roots: frozenset[int]
) -> Iterator[Leaf]:
    if at in roots:
        root, path = at, ()
    if source[at] == "[":
        for index, item in enumerate(items(source, at)):
            yield from _leaves(source, item.value, root, (*path, index), roots)
    elif source[at] == "{":
        for item in items(source, at):
            yield Leaf(root, path, item.start, decode(source, item.start)[1])
            yield from _leaves(source, item.value, root, (*path, item.name), roots)
    elif source[at] == '"' or source[at].isdigit() or source[at + 1 : at + 2].isdigit():
        yield Leaf(root, path, at, decode(source, at)[1])


def _texts(redactor: Redactor, source: str, redacted: str) -> Iterator[tuple[str, str]]:
    """Yield every text, number and name of a JSON value in order, as it is and as it may be shown."""
    own, shown = _read(source) or [], _read(redacted)
    if shown is not None and len(own) == len(shown):
        yield from zip(own, shown, strict=True)
        return
    # Redaction hid more than single texts, so go on part by part, each member with its name.
    start = after_blanks(source, 0)
    inside = items(source, start) if source[start] in "{[" else []
    for item in inside if len(inside) > 1 else ():
        part = source[item.start : item.end]
        part = f"{{{part}}}" if source[start] == "{" else part
        yield from _texts(redactor, part, redactor.redact(part).text)
    if len(inside) == 1 and source[inside[0].value] in "{[":
        if source[start] == "{":
            yield inside[0].name, redactor.redact(inside[0].name).text
        part = source[inside[0].value : inside[0].end]
        yield from _texts(redactor, part, redactor.redact(part).text)
    elif len(inside) <= 1:
        yield from ((text, redacted) for text in own)


def _read(source: str) -> list[str] | None:
    """Return every text, number and name of a JSON value, of repeated names too; None if the source is not JSON."""
    texts: list[str] = []
    try:
        _collect(json.loads(source, object_pairs_hook=tuple, parse_int=str, parse_float=str), texts)
    except (ValueError, RecursionError):
        return None
    return texts


def _collect(value: Any, texts: list[str]) -> None:
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, list):
        for one in value:
            _collect(one, texts)
    elif isinstance(value, tuple):
        for name, one in value:
            texts.append(name)
            _collect(one, texts)
