"""Filling the words of a card: places of the Console and of n8n, and facts of the failure.

``{console.billing}`` becomes a place's label, ``{model.opus}`` the newest id of that family, and
``{fact.model|the model}`` a fact or, where the paste does not say, the words after the bar. A fact is a stranger's
text: in sentences only harmless characters of it are used, so that it can never become markup, a link or an
instruction.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

import re2

from core.causes.card import Card
from core.causes.places import places
from core.models import catalogue
from core.paste.failure import FACTS, Failure, Hosting
from core.paste.formats.json_values import encodable

_PLACEHOLDER: Final = re2.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)(?:\|([^{}]*))?\}")
_HARMLESS: Final = re2.compile(r"^[\pL\pM\pN_ .,:;()@+/'’-]+$")
_LONGEST: Final = 120
_MARKUP: Final = re2.compile(r"(?i)://|www\.|@[\w-]+\.\w|:[\w/+-]+:|(?:^|[^\pL\pN])_|_(?:[^\pL\pN]|$)")
"""What harmless characters can still become: a link, an address to write to, an icon, emphasis."""


def texts_of(card: Card) -> Iterator[str]:
    """Yield every text of a card in which placeholders may be."""
    yield from (card.title, card.what_happened, card.why, card.how_to_check)
    yield from (*card.steps, *card.not_tested, *card.assistant_prompts)
    optional = (card.still_needs, card.still_unknown, card.copy_next, card.probe.stops)
    yield from (text for text in optional if text is not None)
    for variant in card.variant:
        words = (
            variant.title,
            variant.what_happened,
            variant.why,
            variant.how_to_check,
            variant.still_unknown,
            variant.copy_next,
        )
        yield from variant.steps or ()
        yield from (text for text in words if text is not None)
    yield from (other.check for other in card.alternative)


def check(text: str) -> None:
    """Raise ValueError for a placeholder that names no place or fact, or a fact without words to use instead."""
    for name, instead in _PLACEHOLDER.findall(text):
        if name.startswith("fact."):
            if name.removeprefix("fact.") not in FACTS:
                raise ValueError(f"{{{name}}} is no fact")
            if not instead.strip():
                raise ValueError(f"{{{name}}} needs words for when the paste does not say: {{{name}|...}}")
        elif not _is_ours(name):
            what = "family; models.toml" if name.startswith("model.") else "place; places.toml"
            raise ValueError(f"{{{name}}} is no {what} lists them")


class _FactSlot(NamedTuple):
    """Where a fact goes, and the words to use without it."""

    fact: str
    instead: str


def fill(text: str, failure: Failure | None, n8n_major: int = 2, *, quoting: bool = False) -> str:
    """Return `text` with its placeholders filled; `quoting` allows a fact's text as it is (plain-text outputs only)."""
    parts = _parts(text, n8n_major, failure.hosting if failure is not None else None)
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    filled = (part if isinstance(part, str) else _fact(part, failure, quoting=quoting) for part in parts)
    return "".join(filled).strip()


def _fact(slot: _FactSlot, failure: Failure | None, *, quoting: bool) -> str:
    value = getattr(failure, slot.fact, None) if failure is not None else None
    if value is None:
        return slot.instead
    words = str(value)
    return words if quoting or is_harmless(words) else slot.instead


@lru_cache(maxsize=4096)
def _parts(text: str, n8n_major: int, hosting: Hosting | None) -> tuple[str | _FactSlot, ...]:
    """Take a text of ours apart at its facts, its places named; the catalogue's texts are few and always the same."""
    text = text.strip()
    if "{fact." not in text:
        return (str(_PLACEHOLDER.sub(lambda found: _name_of_ours(found.group(1), n8n_major, hosting), text)),)
    parts: list[str | _FactSlot] = []
    at = 0
    for found in _PLACEHOLDER.finditer(text):
        name = found.group(1)
        parts.append(text[at : found.start()])
        if name.startswith("fact."):
            parts.append(_FactSlot(name.removeprefix("fact."), found.group(2) or ""))
        else:
            parts.append(_name_of_ours(name, n8n_major, hosting))
        at = found.end()
    return (*parts, text[at:])


def _name_of_ours(name: str, n8n_major: int, hosting: Hosting | None = None) -> str:
    """Return what a place is called, or the newest model of a family; raises KeyError for a name that is neither."""
    if name.startswith("model."):
        return catalogue.load().newest(name.removeprefix("model.")).id
    return places()[name].label_for(n8n_major, hosting)


def _is_ours(name: str) -> bool:
    try:
        _name_of_ours(name, 2)
    except KeyError:
        return False
    return True


def is_harmless(value: str) -> bool:
    """Return whether a stranger's text can be part of a sentence of ours: short, no markup, no link."""
    if len(value) > _LONGEST or encodable(value) != value:
        return False
    return bool(_HARMLESS.search(value)) and not _MARKUP.search(value)
