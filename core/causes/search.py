"""Finding a cause without a paste: by words, by a status, or by the line that n8n shows.

>>> search("credit").cards[0].id
'credit_exhausted'

Words find the cards whose words or examples hold them; a status ("529") or a line of n8n's ("Bad request") finds every
cause that it can stand for. The latter is read from the cards' own examples, by the reader that reads pastes.
"""

import difflib
import functools
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
import re2

from core import paste
from core.causes import similar
from core.causes.card import Card, ChosenWhen
from core.causes.loader import card_chosen_when, load
from core.causes.matcher import Circumstances, matcher
from core.paste.facts.headlines import SENTENCES, Sentence
from core.paste.failure import Failure, Headline
from core.paste.formats.json_values import encodable
from core.redaction import redact

LONGEST: Final = 300
"""Most characters of a query that are read; a longer text is a paste."""

_TYPE_STATUS: Final = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""Claude API docs, errors, 10 October 2026."""

_WORD: Final = re2.compile(r"[\w][\w./-]*[\w]|\w")
_STATUS: Final = re2.compile(r"^[1-5]\d\d$")
_PHRASES: Final = {each.value: each.phrase.lower() for each in HTTPStatus if each >= HTTPStatus.BAD_REQUEST}
_AROUND_A_STATUS: Final = {
    *("http", "https", "status", "statuscode", "code", "error", "errors", "request", "failed", "with", "response"),
    *("answer", "n8n", "says", "i", "get", "a", "an", "the", "overloaded"),
}
"""Words beside a status that add nothing to it."""
_EMPTY_WORDS: Final = frozenset(("a", "an", "i", "in", "is", "it", "my", "no", "not", "of", "the", "to", "why"))
_LINE_ELSE: Final = {4: Headline.INVALID_REQUEST, 5: Headline.SERVICE_FAILED}
"""n8n's line for a status that has none of its own (n8n-workflow 2.41.0)."""
_ITEM: Final = re2.compile(r"\[item \d+\]\s*$")  # n8n adds it where a node had several items
_NODE_LINES: Final = {"problem in node": Headline.PROBLEM_IN_NODE, "error in sub-node": Headline.SUB_NODE}
"""Lines that name a node and no reason; only the whole error says more."""
_NODE_LINE_WORDS: Final = 8
_LINE_START: Final = 5  # fewer characters start too many lines
_LINE_PART: Final = 12  # ... and fewer inside one are too common


class Symptom(msgspec.Struct, frozen=True, kw_only=True):
    """What a person sees of an error without its reason: a status, or the line that n8n shows for it."""

    status: int | None = None
    headline: Headline | None = None
    line: str | None = None  # n8n's own sentence


class SearchResult(msgspec.Struct, frozen=True, kw_only=True):
    """The causes for a query, best first; with `symptom` they are all that it can mean.

    `corrected` is the query with its misspelled words corrected, where those were looked for.
    """

    cards: tuple[Card, ...]
    symptom: Symptom | None = None
    corrected: str | None = None


def search(query: str) -> SearchResult:
    """Return the causes for a query; an empty one finds every cause, in the catalogue's order."""
    query = encodable(query.strip()[:LONGEST])
    if not query:
        return SearchResult(cards=tuple(load().values()))
    found = _known(query)
    if found is not None:
        return found
    corrected = _spelled_right(query)
    if corrected is None:
        return SearchResult(cards=tuple(_by_words(query)))
    found = _known(corrected) or SearchResult(cards=tuple(_by_words(corrected)))
    return msgspec.structs.replace(found, corrected=corrected)


def _known(query: str) -> SearchResult | None:
    """Return the causes for a query that is a status, n8n's line, a cause's id or an error's own words."""
    symptom = symptom_of(query)
    if symptom is not None:
        return SearchResult(cards=causes_of(symptom), symptom=symptom)
    first = (load()[query],) if query in load() else _recognised(query)
    if not first:
        return None
    return SearchResult(cards=(*first, *(card for card in _by_words(query) if card not in first)))


def statuses() -> tuple[int, ...]:
    """Return every status that can mean some cause and that people meet, lowest first."""
    return tuple(sorted({*_TYPE_STATUS.values(), *(each.status for each in SENTENCES if each.status)}))


def by_status(status: int) -> SearchResult:
    """Return every cause that a status can mean."""
    symptom = _symptom_of_status(status)
    return SearchResult(cards=causes_of(symptom), symptom=symptom)


def symptom_of(query: str) -> Symptom | None:
    """Return the status or n8n line that a query names, or None for a query that says more than that."""
    words = _words(query)
    numbers = [int(word) for word in words if _STATUS.search(word)]
    if numbers:
        return _symptom_of_status(numbers[0]) if _only_a_status(words, numbers) else None
    sentence = _sentence_of(query)
    if sentence is not None:
        return Symptom(status=sentence.status, headline=sentence.headline, line=sentence.text)
    place = _NODE_LINES.get(" ".join(words[:3])) if len(words) <= _NODE_LINE_WORDS else None
    if place is not None:
        return Symptom(headline=place, line=" ".join(words[:3]).capitalize())
    status = next((status for status, phrase in _PHRASES.items() if phrase == " ".join(words)), None)
    return _symptom_of_status(status) if status else None


def _only_a_status(words: list[str], numbers: list[int]) -> bool:
    """Whether a query holds one status and nothing beside it but its name in HTTP and empty words."""
    if len(numbers) != 1:
        return False
    others = " ".join(word for word in words if word != str(numbers[0]))
    return _AROUND_A_STATUS.issuperset(others.replace(_PHRASES.get(numbers[0], ""), "").split())


def causes_of(symptom: Symptom) -> tuple[Card, ...]:
    """Return the causes that a status or a line can mean, in the catalogue's order."""
    if symptom.headline in _NODE_LINES.values():
        return (card_chosen_when(ChosenWhen.DETAIL_LOST),)
    seen = _seen_with_by_cause()
    return tuple(
        card
        for card in load().values()
        if card.chosen_when is None
        and (
            (symptom.status is not None and symptom.status in seen[card.id].statuses)
            or (symptom.headline is not None and symptom.headline in seen[card.id].headlines)
        )
    )


class _SeenWith(msgspec.Struct, frozen=True):
    """The statuses and lines with which a cause has been seen."""

    statuses: frozenset[int]
    headlines: frozenset[Headline]


@functools.cache
def _seen_with_by_cause() -> Mapping[str, _SeenWith]:
    return {card.id: _seen_with(card) for card in load().values()}


def _seen_with(card: Card) -> _SeenWith:
    failures = [failure for example in card.example for failure in _read(example.text) if _fits(card, failure)]
    statuses = {status for match in card.match for status in match.status}
    statuses |= {failure.status for failure in failures if failure.status}
    types = {name for match in card.match for name in match.error_type}
    types |= {failure.error_type for failure in failures if failure.error_type and not failure.status}
    statuses |= {_TYPE_STATUS[name] for name in types if name in _TYPE_STATUS}
    headlines = {headline for match in card.match for headline in match.headline}
    headlines |= {failure.headline for failure in failures if failure.headline}
    return _SeenWith(frozenset(statuses), frozenset(headlines))


def _read(text: str) -> tuple[Failure, ...]:
    return paste.read(redact(text).text).failures


def _fits(card: Card, failure: Failure) -> bool:
    """Whether this failure of the example is the card's, and not another that the same run holds."""
    return any(hit.card.id == card.id for hit in matcher().hits(failure, Circumstances()))


def _symptom_of_status(status: int) -> Symptom:
    lines = {each.status: each.text for each in SENTENCES if each.status}
    other = _LINE_ELSE.get(status // 100)
    line = lines.get(status) or next((each.text for each in SENTENCES if each.headline == other), None)
    return Symptom(status=status, line=line)


def _sentence_of(query: str) -> Sentence | None:
    """Return n8n's line that a query is, begins, or is a good part of; None if the query goes on after it."""
    text = _plain(str(_ITEM.sub("", query)))
    begun = [each for each in SENTENCES if len(text) >= _LINE_START and _plain(each.text).startswith(text)]
    holding = [each for each in SENTENCES if len(text) >= _LINE_PART and text in _plain(each.text)]
    meant = begun or holding
    return meant[0] if len({each.headline for each in meant}) == 1 else None


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").replace("‘", "'").split()).rstrip(" .!?:")


def _recognised(query: str) -> tuple[Card, ...]:
    """Return the causes that the query's words would be recognised as in a paste, best first."""
    if len(_words(query)) < 2:
        return ()
    hits = [hit for failure in _read(query) for hit in matcher().hits(failure, Circumstances())]
    causes = dict.fromkeys(hit.card.id for hit in hits if hit.card.chosen_when is None)
    return tuple(load()[cause] for cause in causes)


_FEW: Final = 6
_LETTERS: Final = 4  # shorter words are too like each other
_LIKENESS: Final = 0.81  # of difflib: "ovrload" is 0.82 like "overloaded", "rotate" 0.8 like "rate"


def _by_words(query: str) -> list[Card]:
    """Return the cards that hold every telling word of a query, or the start of it, the best first.

    Where none holds them all, as with a whole sentence, return the few that it looks most like, as in a diagnosis.
    """
    words = [word for word in _words(query) if word not in _EMPTY_WORDS] or _words(query)
    index = similar.catalogue()
    nearest = [hit.id for hit in similar.nearest(query)]
    alike = [hit.id for hit in index.hits(query) if hit.words][:_FEW]
    return [load()[cause] for cause in index.holding(words) or dict.fromkeys((*nearest, *alike))]


def _spelled_right(query: str) -> str | None:
    """Return the query with the words of no card replaced by the nearest that a card has; None if none is."""
    words = _words(query)
    index = similar.catalogue()
    right = [word if len(word) < _LETTERS or index.holding([word]) else _nearest(word) for word in words]
    return " ".join(right) if right != words else None


def _nearest(word: str) -> str:
    return next(iter(difflib.get_close_matches(word, _vocabulary(), n=1, cutoff=_LIKENESS)), word)


@functools.cache
def _vocabulary() -> tuple[str, ...]:
    """The words that name or describe a cause, and those of HTTP's and Anthropic's names for an error."""
    texts = [text for card in load().values() for text in (card.id, card.title, card.what_happened)]
    named = " ".join((*texts, *_PHRASES.values(), *_TYPE_STATUS)).replace("_", " ")
    return tuple(sorted({word for word in _words(named) if len(word) >= _LETTERS and word.isalpha()}))


def _words(text: str) -> list[str]:
    return [str(word) for word in _WORD.findall(_plain(text))]
