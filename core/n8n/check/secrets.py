"""Where a copy holds secrets, and the same copy with placeholders in their places."""

from collections.abc import Iterator
from typing import Final

import msgspec

from core.n8n.check.reader import Pasted
from core.n8n.check.shown import Shown, kinds_of, secret_pieces
from core.n8n.check.source import Json, edited
from core.redaction import KEYS, SecretKind
from core.redaction.placeholders import looks_random

_BY_NAME: Final = frozenset(
    {SecretKind.PASSWORD, SecretKind.COOKIE, SecretKind.TOKEN, SecretKind.SECRET, SecretKind.BEARER_TOKEN}
)
"""Kinds that are known by the name beside them alone; ordinary words can have such a name too."""


class SecretPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A field that holds a secret, as it may be shown; `node` is empty for one outside the nodes.

    `likely` is false where only the field's name speaks for a secret, and its value looks like a word.
    """

    node: str
    field: str
    kinds: tuple[SecretKind, ...]
    placeholders: tuple[str, ...]
    likely: bool


class _Names:
    """Placeholders by mask: one for each secret, numbered where several are of one kind."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, mask: str) -> str:
        """Return a mask's placeholder, such as ``<YOUR_OPENAI_KEY>``."""
        if mask not in self._names:
            kind = mask[1 : mask.rindex(" #")]
            count = sum(known.startswith(f"[{kind} #") for known in self._names) + 1
            name = "YOUR_" + kind.upper().replace(" ", "_")
            self._names[mask] = f"<{name}>" if count == 1 else f"<{name}_{count}>"
        return self._names[mask]


def secret_places(copy: Pasted, shown: Shown) -> tuple[SecretPlace, ...]:
    """Return where a copy holds what redaction takes for a secret, node by node."""
    names = _Names()
    inside = frozenset(id(node) for node in copy.nodes)
    found = [
        _place(shown, names, str(node.get("name") or ""), path, text)
        for node in copy.nodes
        for path, text in _texts(node, "", frozenset())
        if shown.masks(text)
    ]
    outside = _texts(copy.value, "", inside)
    return (*found, *(_place(shown, names, "", path, text) for path, text in outside if shown.masks(text)))


def with_placeholders(copy: Pasted, shown: Shown) -> str:
    """Return a copy with a placeholder in the place of every secret, and nothing else changed."""
    return edited(copy.text, copy.halves.back(_replaced(copy.value, shown, _Names())))


def _place(shown: Shown, names: _Names, node: str, path: str, text: str) -> SecretPlace:
    masks = shown.masks(text)
    return SecretPlace(
        node=shown.text(node),
        field=shown.text(path),
        kinds=tuple(sorted(kinds_of(masks))),
        placeholders=tuple(dict.fromkeys(names.of(mask) for mask in masks)),
        likely=any(_is_likely(*piece) for piece in secret_pieces(text, shown.text(text))),
    )


def _is_likely(secret: str, mask: str) -> bool:
    (kind,) = kinds_of([mask])
    return kind in KEYS - _BY_NAME or (kind in _BY_NAME and looks_random(secret.encode("utf-8", "replace")))


def _texts(value: Json, path: str, without: frozenset[int]) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of every text, number and name in a value; `without` are ids of values to skip."""
    if id(value) in without:
        return
    if isinstance(value, dict):
        for name, one in value.items():
            yield path, name
            yield from _texts(one, f"{path}.{name}" if path else name, without)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _texts(one, f"{path}[{index}]", without)
    elif isinstance(value, str):
        yield path, value
    elif value is not None and not isinstance(value, bool):
        yield path, str(value)


def _replaced(value: Json, shown: Shown, names: _Names) -> Json:
    if isinstance(value, dict):
        return {_with_names(name, shown, names): _replaced(one, shown, names) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, shown, names) for one in value]
    if isinstance(value, str):
        return _with_names(value, shown, names)
    hidden = shown.value(value)
    return _with_names(str(value), shown, names) if isinstance(hidden, str) else value


def _with_names(text: str, shown: Shown, names: _Names) -> str:
    replaced = shown.text(text)
    for mask in shown.masks(text):
        replaced = replaced.replace(mask, names.of(mask))
    return replaced
