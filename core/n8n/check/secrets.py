"""Where a copy holds secrets, and the same copy with placeholders in their places."""

from collections.abc import Iterator
from typing import Final

import msgspec

from core.n8n.check.reader import Pasted
from core.n8n.check.shown import Shown, kinds_of, secret_pieces
from core.n8n.check.source import Json, edited
from core.paste.values import has_digit
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


def placeholder(kind: SecretKind) -> str:
    """Return what is written in the place of a secret, such as ``YOUR_OPENAI_KEY_HERE``; redaction leaves it alone."""
    return "_".join(["YOUR", *kind.upper().replace("N8N", "").split(), "HERE"])


def secret_places(copy: Pasted, shown: Shown) -> tuple[SecretPlace, ...]:
    """Return where a copy holds what redaction takes for a secret, node by node."""
    inside = frozenset(id(node) for node in copy.nodes)
    found = [
        _place(shown, str(node.get("name") or ""), path, text)
        for node in copy.nodes
        for path, text in _texts(node, "", frozenset())
        if shown.masks(text)
    ]
    outside = _texts(copy.value, "", inside)
    return (*found, *(_place(shown, "", path, text) for path, text in outside if shown.masks(text)))


def with_placeholders(copy: Pasted, shown: Shown) -> str:
    """Return a copy with a placeholder in the place of every secret, and nothing else changed."""
    return edited(copy.text, copy.halves.back(_replaced(copy.value, shown)))


def _place(shown: Shown, node: str, path: str, text: str) -> SecretPlace:
    kinds = tuple(sorted(shown.kinds(text)))
    return SecretPlace(
        node=shown.text(node),
        field=shown.text(path),
        kinds=kinds,
        placeholders=tuple(placeholder(kind) for kind in kinds),
        likely=any(_is_likely(*piece) for piece in secret_pieces(text, shown.text(text))),
    )


def _is_likely(secret: str, mask: str) -> bool:
    (kind,) = kinds_of([mask])
    if kind not in _BY_NAME:
        return kind in KEYS
    return " " not in secret and has_digit(secret) and looks_random(secret.encode("utf-8", "replace"))


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


def _replaced(value: Json, shown: Shown) -> Json:
    if isinstance(value, dict):
        return {_with_placeholders(name, shown): _replaced(one, shown) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, shown) for one in value]
    if isinstance(value, str):
        return _with_placeholders(value, shown)
    return _with_placeholders(str(value), shown) if isinstance(shown.value(value), str) else value


def _with_placeholders(text: str, shown: Shown) -> str:
    replaced = shown.text(text)
    for mask in shown.masks(text):
        (kind,) = kinds_of([mask])
        replaced = replaced.replace(mask, placeholder(kind))
    return replaced
