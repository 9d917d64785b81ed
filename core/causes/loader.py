"""Loading the catalogue: every card is checked before the first paste is read, and a bad one stops the program.

CardError
    a card that cannot be used; names the file and what is wrong with it
"""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import msgspec
import re2

from core.causes import templates
from core.causes.card import NOT_CONDITIONS, Card, Certainty, Family, Match
from core.n8n.versions import Range
from core.paste.failure import FACTS

WITHOUT_MATCH: Final = frozenset(("no_failure", "unknown", "detail_lost"))
"""Causes that the diagnosis chooses by itself, when nothing failed, nothing is said, or too little survived."""

_PATTERNS: Final = ("message", "sent_key", "url", "host", "path", "model")


class CardError(Exception):
    """A card that cannot be used."""


@functools.cache
def load() -> Mapping[str, Card]:
    """Return every card by its cause id; raises `CardError` for the first one that is not sound."""
    cards = {card.id: card for card in _read_all()}
    for card in cards.values():
        _check_names(card, cards)
    return cards


def parse(text: str, family: str, cause: str) -> Card:
    """Return the card in a TOML text that belongs at ``<family>/<cause>.toml``; raises `CardError`."""
    place = f"{family}/{cause}.toml"
    try:
        card = msgspec.convert(tomllib.loads(text), Card)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CardError(f"{place}: {error}") from error
    if (card.id, card.family) != (cause, family):
        raise CardError(f"{place}: says it is {card.family}/{card.id}; file, folder and card must agree")
    _check_matches(card, place)
    _check_words(card, place)
    return card


def _read_all() -> Iterator[Card]:
    root = resources.files("core.causes")
    for family in Family:
        for file in _toml_files(root / family.value):
            yield parse(file.read_text(encoding="utf-8"), family.value, file.name.removesuffix(".toml"))


def _toml_files(folder: Traversable) -> list[Traversable]:
    return sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)


def _check_matches(card: Card, place: str) -> None:
    if not card.match and card.id not in WITHOUT_MATCH:
        raise CardError(f"{place}: has no [[match]], so nothing can ever be recognised by it")
    for number, match in enumerate(card.match, 1):
        if match.invented and match.certainty is not Certainty.POSSIBLE:
            raise CardError(f"{place}: match {number} is invented, so it can only be possible")
        for name in _PATTERNS:
            _check_pattern(getattr(match, name), f"{place}: match {number}: {name}")
        if unknown := set(match.absent) - set(FACTS):
            raise CardError(f"{place}: match {number}: absent names {', '.join(sorted(unknown))}, which is no fact")
        _check_range(match.n8n, f"{place}: match {number}")
        if not _conditions(match):
            raise CardError(f"{place}: match {number} holds for everything")


def _check_pattern(pattern: str | None, place: str) -> None:
    if pattern is None:
        return
    try:
        re2.compile(pattern)
    except re2.error as error:
        reason = error.args[0]  # RE2 speaks in bytes
        raise CardError(f"{place}: {reason.decode() if isinstance(reason, bytes) else reason}") from error


def _check_range(versions: str | None, place: str) -> None:
    if versions is None:
        return
    try:
        Range.parse(versions)
    except ValueError as error:
        raise CardError(f"{place}: {error}") from error


def _conditions(match: Match) -> int:
    """Return how many fields of a match narrow it."""
    return sum(bool(getattr(match, name)) for name in Match.__struct_fields__ if name not in NOT_CONDITIONS)


def _check_words(card: Card, place: str) -> None:
    if not (card.steps and card.sources and card.not_tested):
        raise CardError(f"{place}: needs steps, sources and what was not tested")
    for text in templates.texts_of(card):
        if not text.strip():
            raise CardError(f"{place}: has an empty text")
        _check_placeholders(text, place)
    for link in card.links:
        _check_placeholders("{" + link + "}", place)
    for variant in card.variant:
        _check_range(variant.when.n8n, f"{place}: variant")


def _check_placeholders(text: str, place: str) -> None:
    try:
        templates.check(text)
    except ValueError as error:
        raise CardError(f"{place}: {error}") from error


def _check_names(card: Card, cards: Mapping[str, Card]) -> None:
    named = {*card.beats, *(other.cause for other in card.alternative)}
    if missing := named - set(cards):
        raise CardError(f"{card.family}/{card.id}.toml: names {', '.join(sorted(missing))}, which is no cause")
