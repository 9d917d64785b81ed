"""Similarity: which documents, such as the catalogue's cards, a text looks most like by the words that they share.

SQLite's full-text index (FTS5, BM25, English word stems) ranks them: Python brings it along, it is ready in a fraction
of a second. TF-IDF over words (scikit-learn) ranked a little better on the cards' own examples and no better on other
labelled texts, and takes seconds to import and 200 MB to install.
Only shared words count, so a word that no document holds changes nothing, and neither does the order of words or where
lines break.

>>> nearest("The credit balance of your account seems too low for this")[0].id
'credit_exhausted'
"""

import functools
import itertools
import math
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec
import re2

from core.causes import templates
from core.causes.card import Card, Family
from core.causes.loader import load
from core.causes.sentences import sentences
from core.paste.formats.json_values import encodable

MOST: Final = 3
"""Causes that are named where none is known."""

_LONGEST_QUESTION: Final = 200
_READ: Final = 6_000  # characters of a text that are looked at
_MOST_WORDS: Final = 64
_LONGEST_WORD: Final = 40
_STEM: Final = 4  # words of one stem begin alike
_COLUMNS: Final = ("name", "words", "examples", "rest")
_WEIGHTS: Final = (4.0, 1.0, 2.0, 0.5)  # tried on the cards' examples and on labelled texts
_RANKED: Final = "SELECT id, -bm25(documents, ?, ?, ?, ?, ?) FROM documents WHERE documents MATCH ?"
"""With a weight for the id and for each of the columns."""
_TOLD: Final = "{name words examples}"
_SIMILAR: Final = 9.0  # of BM25; 79 % of examples left out have a hit, and 5 of 39 unrelated texts
_FEW_WORDS: Final = 5  # what a person types who looks for an error, and no sentence of a program
_FEWEST: Final = 2  # words that must be shared; one alone is chance
_SHARE: Final = 0.25  # of what a text's known words tell, so that much text does not add up to a likeness
_STEPS: Final = 12  # between no score and the best; a finer difference is none
_OF_N8N: Final = (Family.N8N, Family.NOT_ANTHROPIC)
_COMMON: Final = 0.25  # a word in more of the documents than this tells nothing

_NOISE: Final = re2.compile(
    r"\[[^\[\]\n]{1,60} #[0-9a-f]{6}\]|\breq_\w+|https?://\S+|(?m:^\s*at .*$)"
    r"|(?i:problem in node) [‘’'][^‘’'\n]{1,80}[‘’']"
)
"""Hidden secrets, request ids, addresses, a stack's frames and the names of nodes: their words are no message."""
_CAMEL: Final = re2.compile(r"(\p{Ll})(\p{Lu})")
_WORD: Final = re2.compile(r"[\p{L}\p{N}]+")
_STATUS: Final = re2.compile(r"^[45]\d\d$")
_EMPTY: Final = frozenset((
    "a", "about", "after", "again", "all", "also", "am", "an", "and", "any", "anthropic", "api", "are", "as", "at",
    "be", "because", "been", "before", "broken", "but", "by", "can", "claude", "code", "could", "data",  "did", "do",
    "does",
    "error", "errors", "execution", "failed", "false", "for", "from", "get", "gets", "got", "had", "has", "have",
    "he", "hello", "help", "her", "hi", "how", "i", "if", "in", "into", "is", "it", "item", "items", "its", "just",
    "may", "me", "message", "might", "more", "most", "my", "n8n", "name", "new", "no", "node", "nodes", "not", "now",
    "null", "of", "on", "one", "only", "or", "other", "our", "out", "please", "problem", "really", "request",
    "response", "run", "said", "say", "says", "see", "she", "should", "so", "some", "status", "sub", "than", "thank",
    "thanks", "that",
    "the", "their", "them", "then", "there", "they", "this", "those", "to", "too", "true", "two", "type", "undefined",
    "up", "use", "used", "using", "very", "was", "we", "were", "what", "when", "where", "which", "while", "who",
    "why", "will", "work", "working", "works", "with", "workflow", "would", "you", "your",
))  # fmt: skip
"""Words of every error and every sentence; they tell nothing about the cause."""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What can be found; its texts by what they are, the most telling first."""

    id: str
    name: str
    words: str = ""
    examples: str = ""
    rest: str = ""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A document that a text looks like, and the text's words that they share, the most telling first."""

    id: str
    score: float
    words: tuple[str, ...]
    share: float  # of what the text's known words tell, 0 to 1

    @property
    def is_similar(self) -> bool:
        """Whether they share more than chance does."""
        return self.score >= _SIMILAR and len(self.words) >= _FEWEST and self.share >= _SHARE


class Index:
    """A full-text index of documents, in memory; safe to share between threads."""

    def __init__(self, documents: Iterable[Document]) -> None:
        rows = [(each.id, *(" ".join(_split(getattr(each, column))) for column in _COLUMNS)) for each in documents]
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            f"CREATE VIRTUAL TABLE documents USING fts5(id UNINDEXED, {', '.join(_COLUMNS)}, "
            "tokenize='porter unicode61')"
        )
        self._database.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?)", rows)
        self._order = {document: place for place, document in enumerate(dict.fromkeys(row[0] for row in rows))}
        self._size = len(self._order)
        self._beginnings = frozenset(word[:_STEM] for row in rows for text in row[1:] for word in text.split())

    def hits(self, text: str) -> list[Hit]:
        """Return the documents that share a telling word with a text, the most similar first."""
        words = list(itertools.islice(self._known(text), _MOST_WORDS))
        if not words:
            return []
        holders = {word: self._ids(f'{_TOLD} : "{word}"') for word in words}
        tells = {word: math.log(self._size / len(ids)) for word, ids in holders.items() if ids}
        all_told = sum(tells.values()) or 1.0
        hits = []
        for document, score in self._ranked(" OR ".join(f'"{word}"' for word in words)).items():
            shared = [word for word in tells if document in holders[word]]
            telling = [word for word in shared if len(holders[word]) <= self._size * _COMMON]
            telling.sort(key=lambda word: -tells[word])
            share = sum(tells[word] for word in shared) / all_told
            hits.append(Hit(id=document, score=score, words=tuple(telling), share=share))
        return hits

    def holding(self, words: Sequence[str]) -> list[str]:
        """Return the documents that hold every word, or the start of it: those named so first, then the best."""
        parts = [part for word in words for part in _split(word)]
        if not parts:
            return []
        query = " AND ".join(f'"{part}"*' for part in parts)
        named = self._ranked(f"name : ({query})")
        return sorted(self._ranked(query), key=lambda document: document not in named)

    def meant(self, text: str) -> list[str]:
        """Return the documents that hold every telling word of few words, the best first; none for a longer text."""
        words = _split(text) if len(text) <= _LONGEST_QUESTION else []
        return self.holding([word for word in words if is_telling(word)]) if len(words) <= _FEW_WORDS else []

    def _known(self, text: str) -> Iterator[str]:
        """Yield the telling words of a text that a document may hold, each once."""
        words = dict.fromkeys(_split(str(_NOISE.sub(" ", encodable(text[:_READ])))))
        yield from (word for word in words if is_telling(word) and word[:_STEM] in self._beginnings)

    def _ids(self, query: str) -> frozenset[str]:
        return frozenset(row[0] for row in self._rows("SELECT id FROM documents WHERE documents MATCH ?", query))

    def _ranked(self, query: str) -> dict[str, float]:
        """Return each document that fits a query with its best score, best first; near equals in their own order."""
        best: dict[str, float] = {}
        for document, score in self._rows(_RANKED, 0.0, *_WEIGHTS, query):
            best[document] = max(score, best.get(document, score))
        steps = _STEPS / max(best.values(), default=1.0)
        return dict(sorted(best.items(), key=lambda pair: (-round(pair[1] * steps), self._order[pair[0]])))

    def _rows(self, statement: str, *values: float | str) -> list[tuple[str, float]]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()


def is_question(text: str) -> bool:
    """Return whether a text asks how to do something, so that the guide answers it better than a cause does."""
    words = text.split(maxsplit=1)
    return (
        bool(words)
        and len(text) <= _LONGEST_QUESTION
        and (
            text.rstrip().endswith("?")
            or words[0].lower() in ("how", "what", "where", "which", "who", "why", "can", "do")
        )
    )


def nearest(text: str) -> tuple[Hit, ...]:
    """Return the causes that a text looks most like, at most `MOST`; none where it is similar to nothing.

    A few words, such as "key expired", mean the causes that hold them all.
    """
    index = catalogue()
    hits = {hit.id: hit for hit in index.hits(text) if load()[hit.id].chosen_when is None}
    meant = [hits[cause] for cause in index.meant(text) if cause in hits and hits[cause].words]
    similar = meant or (hit for hit in hits.values() if hit.is_similar)
    return tuple(itertools.islice(similar, MOST))


@functools.cache
def catalogue() -> Index:
    """Return the index of the bundled catalogue and its sentences; the first call builds it.

    What n8n and other nodes say about themselves is left out: there is so much of it that it drew texts of all kinds.
    """
    cards = load()
    said = ((each.sentence, cards[each.cause]) for each in sentences() if each.cause)
    return index_of(cards, ((sentence, card.id) for sentence, card in said if card.family not in _OF_N8N))


def index_of(cards: Mapping[str, Card], more: Iterable[tuple[str, str]] = ()) -> Index:
    """Return an index of the cards, and of further sentences, each with its cause's id.

    Near misses are left out: counted against their card, they made the ranking worse.
    """
    said = [Document(id=cause, name="", rest=sentence) for sentence, cause in more if cause in cards]
    return Index([*map(_document, cards.values()), *said])


def _document(card: Card) -> Document:
    def joined(texts: Iterable[str | None]) -> str:
        return "\n".join(templates.fill(text, None) for text in texts if text)

    matched = [word for match in card.match for word in (*match.error_type, *match.error_code, *match.code)]
    examples = [str(_NOISE.sub(" ", example.text)) for example in card.example]
    return Document(
        id=card.id,
        name=joined((card.title, card.id.replace("_", " "))),
        words=joined((card.what_happened, *matched, *(each.title for each in card.variant))),
        examples="\n".join(examples),
        rest=joined((card.why, *card.steps)),
    )


def is_telling(word: str) -> bool:
    """Return whether a word may say something about a cause; numbers do so only as a status."""
    says = word.isalpha() and 1 < len(word) <= _LONGEST_WORD
    return word not in _EMPTY and (says or bool(_STATUS.search(word)))


def _split(text: str) -> list[str]:
    """Return the words of a text in small letters; names of programs are taken apart."""
    text = str(_CAMEL.sub(r"\1 \2", encodable(text))).lower()
    return text.translate(_APART).split() if text.isascii() else [str(word) for word in _WORD.findall(text)]


_APART: Final = {number: " " for number in range(128) if not chr(number).isalnum()}
