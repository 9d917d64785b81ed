"""Loading the catalogue: every card is checked before the first paste is read, and a bad one stops the program.

Patterns come with the program and take long to compile, so only `parse` checks them, which a test asks about each card.

CardError
    a card that cannot be used, or a catalogue that lacks what code asks for; names the file and what is wrong with it
"""

import functools
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import msgspec
import re2

from core.causes import templates
from core.causes.card import NOT_CONDITIONS, Card, Certainty, ChosenWhen, Family, KeyVerdict, Match
from core.causes.ids import CauseId
from core.keys.key_text import KeyFault
from core.models.catalogue import ModelState
from core.n8n.versions import Range
from core.net.base_url import TargetProblem
from core.paste.failure import FACTS

_PATTERNS: Final = ("message", "sent_key", "url", "host", "path", "model")


class CardError(Exception):
    """A card that cannot be used, or a catalogue that lacks what code asks for."""


@functools.cache
def load() -> Mapping[str, Card]:
    """Return every card by its cause id; raises `CardError` for the first one that is not sound."""
    return catalogue_of(_read_all())


def catalogue_of(cards: Iterable[Card]) -> Mapping[str, Card]:
    """Return cards by their cause ids; raises `CardError` where they do not fit together or lack what code asks for."""
    by_cause = {card.id: card for card in cards}
    _check_named_in_code(by_cause)
    for card in by_cause.values():
        _check_names(card, by_cause)
    _check_facts(by_cause.values())
    return by_cause


def card_chosen_when(situation: ChosenWhen) -> Card:
    """Return the card that the diagnosis chooses by itself in a situation."""
    return next(card for card in load().values() if card.chosen_when is situation)


def card_of_key_fault(fault: KeyFault) -> Card:
    """Return the card of a fault in a key's text."""
    return next(card for card in load().values() if card.key_fault is fault)


def card_of_base_url_problem(problem: TargetProblem) -> Card | None:
    """Return the card of a base URL that was refused; None where only this portal refuses it."""
    return next((card for card in load().values() if problem in card.base_url_problems), None)


def card_of_model_state(state: ModelState) -> Card | None:
    """Return the card of what becomes of a call to a model in this state; None where it may succeed."""
    return next((card for card in load().values() if card.model_state is state), None)


def parse(text: str, family: str, cause: str) -> Card:
    """Return the card in a TOML text that belongs at ``<family>/<cause>.toml``; raises `CardError`."""
    card = _card(text, family, cause)
    for number, match in enumerate(card.match, 1):
        for name in _PATTERNS:
            _check_pattern(getattr(match, name), f"{family}/{cause}.toml: match {number}: {name}")
    return card


def _card(text: str, family: str, cause: str) -> Card:
    """Return a card with everything checked but its patterns."""
    file = f"{family}/{cause}.toml"
    try:
        card = msgspec.convert(tomllib.loads(text), Card)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CardError(f"{file}: {error}") from error
    if (card.id, card.family) != (cause, family):
        raise CardError(f"{file}: says it is {card.family}/{card.id}; file, folder and card must agree")
    _check_matches(card, file)
    _check_words(card, file)
    _check_probe(card, file)
    return card


def _read_all() -> Iterator[Card]:
    root = resources.files("core.causes")
    for family in Family:
        for file in _toml_files(root / family.value):
            yield _card(file.read_text(encoding="utf-8"), family.value, file.name.removesuffix(".toml"))


def _toml_files(folder: Traversable) -> list[Traversable]:
    return sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)


def _check_matches(card: Card, file: str) -> None:
    if not card.match and card.chosen_when is None:
        raise CardError(f"{file}: has no [[match]], so nothing can ever be recognised by it")
    for number, match in enumerate(card.match, 1):
        if match.invented and match.certainty is not Certainty.POSSIBLE:
            raise CardError(f"{file}: match {number} is invented, so it can only be possible")
        if unknown := set(match.absent) - set(FACTS):
            raise CardError(f"{file}: match {number}: absent names {', '.join(sorted(unknown))}, which is no fact")
        _check_range(match.n8n, f"{file}: match {number}")
        if not _conditions(match):
            raise CardError(f"{file}: match {number} holds for everything")


def _check_pattern(pattern: str | None, file: str) -> None:
    if pattern is None:
        return
    try:
        re2.compile(pattern)
    except re2.error as error:
        reason = error.args[0]  # RE2 speaks in bytes
        raise CardError(f"{file}: {reason.decode() if isinstance(reason, bytes) else reason}") from error


def _check_range(versions: str | None, file: str) -> None:
    if versions is None:
        return
    try:
        Range.parse(versions)
    except ValueError as error:
        raise CardError(f"{file}: {error}") from error


def _conditions(match: Match) -> int:
    """Return how many fields of a match narrow it."""
    return sum(bool(getattr(match, name)) for name in Match.__struct_fields__ if name not in NOT_CONDITIONS)


def _check_words(card: Card, file: str) -> None:
    if not (card.steps and card.sources and card.not_tested):
        raise CardError(f"{file}: needs steps, sources and what was not tested")
    for text in templates.texts_of(card):
        if not text.strip():
            raise CardError(f"{file}: has an empty text")
        _check_placeholders(text, file)
    for link in card.links:
        _check_placeholders("{" + link + "}", file)
    for variant in card.variant:
        _check_range(variant.when.n8n, f"{file}: variant")


def _check_placeholders(text: str, file: str) -> None:
    try:
        templates.check(text)
    except ValueError as error:
        raise CardError(f"{file}: {error}") from error


def _check_probe(card: Card, file: str) -> None:
    if card.probe.proves_key_valid and card.key_verdict is not KeyVerdict.GOOD:
        raise CardError(f"{file}: proves_key_valid needs the key verdict good, not {card.key_verdict}")


def _check_named_in_code(cards: Mapping[str, Card]) -> None:
    if missing := set(CauseId) - set(cards):
        raise CardError(f"ids.py: names {', '.join(sorted(missing))}, which is no cause")


def _check_facts(cards: Iterable[Card]) -> None:
    """Refuse a fact that two cards claim, and one that code asks for and no card has."""
    files: defaultdict[tuple[str, StrEnum], list[str]] = defaultdict(list)
    for card in cards:
        for claim in _claims(card):
            files[claim].append(f"{card.family}/{card.id}.toml")
    for (field, value), names in files.items():
        if len(names) > 1:
            raise CardError(f"{' and '.join(names)}: only one card may have {field} {value.value}")
    needed: list[tuple[str, StrEnum]] = [("chosen_when", each) for each in ChosenWhen]
    needed += [("key_fault", each) for each in KeyFault]
    if missing := [f"{field} {value.value}" for field, value in needed if (field, value) not in files]:
        raise CardError(f"no card has {', '.join(missing)}")


def _claims(card: Card) -> Iterator[tuple[str, StrEnum]]:
    """Yield each fact of a card that no other card may have, with its field."""
    for field in ("chosen_when", "key_fault", "model_state"):
        value = getattr(card, field)
        if value is not None:
            yield field, value
    yield from (("base_url_problems", problem) for problem in card.base_url_problems)


def _check_names(card: Card, cards: Mapping[str, Card]) -> None:
    named = {*card.beats, *(other.cause for other in card.alternative)}
    if missing := named - set(cards):
        raise CardError(f"{card.family}/{card.id}.toml: names {', '.join(sorted(missing))}, which is no cause")
