"""Matching: which cards recognise a failure, and in which order.

Typed facts are compared first; patterns of all cards are searched at once with one RE2 set, so the cost of a message
does not grow with the catalogue. Order: certainty, then how much a block asks for; a card that another matching card
`beats` gives way.
"""

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec
import re2

from core.causes.card import NOT_CONDITIONS, Card, Certainty, Match
from core.causes.kinds import Kind, kinds
from core.causes.loader import load
from core.models.catalogue import ModelState
from core.n8n import versions
from core.paste.failure import AnsweredBy, Failure, Provider, Shape, Surface

_ORDER: Final = {certainty: rank for rank, certainty in enumerate(Certainty)}
_WEIGHT: Final = {"message": 3, "sent_key": 3, "error_code": 3, "model_state": 2, "error_type": 2, "code": 2, "n8n": 2}
_SET_MEMORY: Final = 64 * 1024 * 1024
_TYPED_FACTS: Final = (
    "error_code",
    "error_type",
    "stop_reason",
    "code",
    "n8n_error",
    "failed_in",
    "node_type",
    "status",
    "headline",
    "answered_by",
    "provider",
    "surface",
)
_TYPED: Final = ("says", *_TYPED_FACTS[:6], "model_state", *_TYPED_FACTS[6:], "shape")
"""The conditions on typed facts, those that fewest failures meet first: blocks are found by their first one."""
_ENVELOPE: Final = frozenset(("status", "error_type", "answered_by"))
"""What a relay may change about the sentence that it passes on."""
_TELLING: Final = (*_TYPED_FACTS[:6], "model_state", "headline", "sent_key", "url", "host", "path")
"""Conditions that tell more than who answered with which status."""
_COUNTED: Final = re2.compile(r"([^\\])\{\d+,\d*\}")
_CLOUDS: Final = frozenset((Provider.AWS, Provider.GOOGLE, Provider.AZURE))
_PATTERN_FACTS: Final = ("sent_key", "url", "host", "path", "model")


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the failure: the paste's shape, the model's state today, the n8n version."""

    shape: Shape | None = None
    model_state: ModelState | None = None
    n8n_version: str | None = None


class CardMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A card that recognises a failure: by which block, how surely, and in which text its pattern was found."""

    card: Card
    match: Match
    certainty: Certainty
    weight: int
    text: str | None = None


class _Block(msgspec.Struct, frozen=True):
    card: Card
    match: Match
    weight: int
    typed: tuple[tuple[str, frozenset[object]], ...]
    patterns: tuple[tuple[str, re2._Regexp], ...]
    message: int | None
    versions: versions.Range | None
    asks_for_others: bool


class Matcher:
    """All blocks of all cards, ready to be asked about failures; safe to share between threads.

    Only blocks that can hold are looked at: those whose message pattern is found, and of the others those whose first
    typed condition names one of the failure's own facts.
    """

    def __init__(self, cards: Iterable[Card]) -> None:
        options = re2.Options()
        options.case_sensitive = False
        options.max_mem = _SET_MEMORY
        self._messages = re2.Set.SearchSet(options)
        self._exact: dict[int, bytes] = {}
        self._by_message: defaultdict[int, list[_Block]] = defaultdict(list)
        self._by_fact: defaultdict[tuple[str, object], list[_Block]] = defaultdict(list)
        self._by_pattern: list[_Block] = []
        for block in [self._block(card, match) for card in cards for match in card.match]:
            self._file(block)
        self._messages.Compile()

    def _block(self, card: Card, match: Match) -> _Block:
        return _Block(
            card,
            match,
            _weight_of(match),
            typed=tuple((name, frozenset(getattr(match, name))) for name in _TYPED if getattr(match, name)),
            patterns=tuple(
                (name, re2.compile("(?i)" + getattr(match, name))) for name in _PATTERN_FACTS if getattr(match, name)
            ),
            message=self._add_message(match.message) if match.message else None,
            versions=versions.Range.parse(match.n8n) if match.n8n else None,
            asks_for_others=bool(
                match.others_too or match.surface or match.provider or match.n8n_error or match.node_type
            ),
        )

    def _add_message(self, pattern: str) -> int:
        """Put a relaxed form of a pattern into the set; what the set finds is searched again exactly."""
        relaxed = _relaxed(pattern)
        index: int = self._messages.Add(relaxed)
        if relaxed != pattern:
            self._exact[index] = b"(?i)" + pattern.encode()
        return index

    def _file(self, block: _Block) -> None:
        if block.message is not None:
            self._by_message[block.message].append(block)
        elif block.typed:
            name, allowed = block.typed[0]
            for value in allowed:
                self._by_fact[name, value].append(block)
        else:
            self._by_pattern.append(block)

    def hits(self, failure: Failure, circumstances: Circumstances) -> list[CardMatch]:
        """Return the cards that recognise a failure, best first, without those that give way to another.

        Relays change status and type of a sentence that they pass on: where no card knows a relayed sentence in its
        envelope, the sentence alone counts; where none is sure, the kind of failing that it speaks of.
        """
        found = self._found_messages(failure)
        hits = self._hits(found, failure, circumstances, _fits)
        if failure.is_elsewhere and found and not (hits and _is_about_words(hits[0])):
            hits = self._hits(found, failure, circumstances, _fits_in_words) or hits
        if hits and hits[0].certainty is not Certainty.POSSIBLE:
            return hits
        said = kinds().said(failure)
        return self._hits(found, failure, circumstances, _fits, said) if said else hits

    def _hits(
        self,
        found: Mapping[int, str],
        failure: Failure,
        circumstances: Circumstances,
        fits: "_Fits",
        said: tuple[Kind, str] | None = None,
    ) -> list[CardMatch]:
        facts = _known_facts(failure, circumstances)
        if said:
            facts["says"] = said[0]
        foreign = _is_foreign(failure)
        version = versions.parse(circumstances.n8n_version or failure.n8n_version or "")
        best: dict[str, CardMatch] = {}
        for block in self._candidates(found, facts):
            if (foreign and not block.asks_for_others) or not fits(block, failure, facts, version):
                continue
            text = found[block.message] if block.message is not None else said[1] if said and block.match.says else None
            certainty = block.match.certainty if fits is _fits else _at_most_likely(block.match.certainty)
            hit = CardMatch(card=block.card, match=block.match, certainty=certainty, weight=block.weight, text=text)
            if block.card.id not in best or _rank(hit) < _rank(best[block.card.id]):
                best[block.card.id] = hit
        beaten = {cause for hit in best.values() for cause in hit.card.beats if _may_beat(hit, best.get(cause))}
        return sorted((hit for hit in best.values() if hit.card.id not in beaten), key=_rank)

    def _candidates(self, found: Iterable[int], facts: Mapping[str, object]) -> Iterator[_Block]:
        for index in found:
            yield from self._by_message[index]
        for fact in facts.items():
            if fact in self._by_fact:
                yield from self._by_fact[fact]
        yield from self._by_pattern

    def _found_messages(self, failure: Failure) -> dict[int, str]:
        """Return, for every message pattern that is found, the first text it is found in."""
        found: dict[int, str] = {}
        for text in (failure.message, *failure.also):
            if text is None:
                continue
            for form in _forms(text):
                data = form.encode()
                for index in self._messages.Match(data) or ():
                    if index not in found and self._is_exact(index, data):
                        found[index] = text
        return found

    def _is_exact(self, index: int, form: bytes) -> bool:
        pattern = self._exact.get(index)
        return pattern is None or bool(_compiled(pattern).search(form))


@functools.cache
def matcher() -> Matcher:
    """Return the matcher of the bundled catalogue."""
    return Matcher(load().values())


@functools.cache
def _compiled(pattern: bytes) -> "re2._Regexp[bytes]":
    """Compile a card's pattern when it is first needed; re2's own cache holds fewer than the catalogue has."""
    return re2.compile(pattern)


def _relaxed(pattern: str) -> str:
    """Return a pattern that finds at least as much, with every counted repetition open.

    A counted gap (``.{0,200}``) costs a state a character; hundreds of them in one set would make the set's memory
    overflow on ordinary prose, and each search two hundred times slower (measured, November 2026).
    """
    return str(_COUNTED.sub(lambda counted: counted.group(1) + "*", pattern))


def _forms(text: str) -> tuple[str, ...]:
    """A text with white space collapsed; where lines are broken, also with the breaks taken out of words."""
    clean = text.encode("utf-8", "replace").decode() if not text.isascii() else text
    collapsed = " ".join(clean.split())
    return (collapsed, clean.replace("\r", "").replace("\n", "")) if "\n" in clean else (collapsed,)


def _is_foreign(failure: Failure) -> bool:
    """Whether the words are another vendor's, another node's, or those that a Code node's author wrote."""
    if failure.surface is Surface.OTHER_NODE:
        return True
    if failure.provider not in (None, Provider.ANTHROPIC) and not _is_claude_in_cloud(failure):
        return True
    own_words = failure.status is None and failure.answered_by is None and failure.code is None
    return failure.surface is Surface.CODE_NODE and own_words


def _is_claude_in_cloud(failure: Failure) -> bool:
    """Whether a cloud that hosts Claude was asked for it: its answers about the request are as Anthropic's."""
    return failure.provider in _CLOUDS and "claude" in (failure.model or "").lower()


def _known_facts(failure: Failure, circumstances: Circumstances) -> dict[str, object]:
    """Return the typed facts that are known, by the name of the condition that asks for them."""
    facts = {name: getattr(failure, name) for name in _TYPED_FACTS}
    facts["shape"] = circumstances.shape
    facts["model_state"] = circumstances.model_state
    return {name: value for name, value in facts.items() if value is not None}


def _may_beat(hit: CardMatch, other: CardMatch | None) -> bool:
    """Whether a card may make another give way; one that only knows the kind of failing never beats a surer one."""
    return not hit.match.says or other is None or _ORDER[hit.certainty] <= _ORDER[other.certainty]


def _is_about_words(hit: CardMatch) -> bool:
    """Whether a card knows what was said, not only the status that it came with."""
    return hit.text is not None or any(getattr(hit.match, name) for name in _TELLING)


_Fits = Callable[[_Block, Failure, Mapping[str, object], versions.Version | None], bool]


def _fits(block: _Block, failure: Failure, facts: Mapping[str, object], version: versions.Version | None) -> bool:
    return _fits_but(frozenset(), block, failure, facts, version)


def _fits_in_words(
    block: _Block, failure: Failure, facts: Mapping[str, object], version: versions.Version | None
) -> bool:
    """Whether a block applies but for the envelope that its words are in."""
    return block.message is not None and _fits_but(_ENVELOPE, block, failure, facts, version)


def _at_most_likely(certainty: Certainty) -> Certainty:
    return Certainty.LIKELY if certainty is Certainty.CERTAIN else certainty


def _is_anthropics(name: str, allowed: frozenset[object]) -> bool:
    """Whether a condition is on Anthropic's envelope, which a relay changes, and not on another service's."""
    return name != "answered_by" or AnsweredBy.ANTHROPIC in allowed


def _fits_but(
    ignored: frozenset[str],
    block: _Block,
    failure: Failure,
    facts: Mapping[str, object],
    version: versions.Version | None,
) -> bool:
    for name, allowed in block.typed:
        if facts.get(name) not in allowed and not (name in ignored and _is_anthropics(name, allowed)):
            return False
    if block.match.elsewhere is not None and block.match.elsewhere is not failure.is_elsewhere:
        return False
    for name in block.match.absent:
        if name not in ignored and getattr(failure, name) is not None:
            return False
    if block.versions is not None and (version is None or not block.versions.holds(version)):
        return False
    return not block.patterns or all(_searched(pattern, getattr(failure, name)) for name, pattern in block.patterns)


def _searched(pattern: "re2._Regexp", value: str | None) -> bool:
    return value is not None and bool(pattern.search(value.encode("utf-8", "replace").decode()))


def _weight_of(match: Match) -> int:
    return sum(
        _WEIGHT.get(name, 1) for name in Match.__struct_fields__ if name not in NOT_CONDITIONS and getattr(match, name)
    )


def _rank(hit: CardMatch) -> tuple[int, int, str]:
    return _ORDER[hit.certainty], -hit.weight, hit.card.id


def by_id(cause: str) -> Card:
    """Return the card of a cause; raises KeyError for an id that is not in the catalogue."""
    cards: Mapping[str, Card] = load()
    return cards[cause]
