"""Telling a service's sentence that was copied from one that a person wove into their own.

A sentence without the answer around it proves something only where it is a line of its own, as n8n, a client or a log
writes it. The words of such a line are those of the card's own examples, or what programs write around a sentence: a
status, a class, a label. Any other word, in whatever language, is a person's.
"""

import functools
from typing import Final

import re2

from core.causes.card import Card
from core.causes.matcher import by_id
from core.paste.headlines import SENTENCES
from core.paste.prose import is_told
from core.paste.spans import locate

_WORD: Final = re2.compile(r"[\p{L}\p{M}\p{N}_'’./:@#$-]*\p{L}[\p{L}\p{M}\p{N}_'’./:@#$-]*")
_TIED: Final = re2.compile(r"[\p{N}_/@#$.:]")
"""What makes a word a name: of a model, a field, a request, a place."""
_NODE: Final = re2.compile(
    r"(?i)\b(?:problem in node|error in sub-node|node|workflow) ?[‘'\"“][^’'\"”‘]{1,100}[’'\"”‘]"
)
_FRAME: Final = frozenset(
    (
        *(
            "error",
            "errors",
            "status",
            "code",
            "http",
            "message",
            "type",
            "request",
            "id",
            "failed",
            "with",
            "exception",
        ),
        *(
            "api",
            "anthropic",
            "claude",
            "n8n",
            "node",
            "response",
            "details",
            "description",
            "full",
            "warn",
            "info",
            "debug",
        ),
        *(
            "bad",
            "unauthorized",
            "forbidden",
            "not",
            "found",
            "too",
            "many",
            "requests",
            "item",
            "invalid_request_error",
        ),
        *(
            "original",
            "uncaught",
            "in",
            "at",
            "problem",
            "sub-node",
            "workflow",
            "execution",
            "from",
            "line",
            "data",
            "cause",
        ),
        *("apierror", "reason", "stop", "result", "body", "payload", "server", "service", "returned", "the"),
    )
)
"""What programs write around a sentence."""
_CLASS: Final = re2.compile(r"^(?:\w+\.)*\w*(?:error|exception)s?$")


def is_its_own(sentence: str, excerpt: str, cause: str) -> bool:
    """Whether the line in `excerpt` that holds a service's sentence is nothing but that sentence and its frame."""
    span = locate(sentence, excerpt)
    if span is None:
        return True
    start = excerpt.rfind("\n", 0, span.start) + 1
    end = excerpt.find("\n", span.end)
    line = excerpt[start : end if end >= 0 else len(excerpt)]
    return all(_is_known(word, _vocabulary(cause)) for word in _words(_NODE.sub("", line)))


def _words(text: str) -> list[str]:
    return [word.strip("'’./:@#$-").lower() for word in _WORD.findall(text)]


def _is_known(word: str, vocabulary: frozenset[str]) -> bool:
    if word in vocabulary or _CLASS.search(word):
        return True
    return word.isascii() and bool(_TIED.search(word))


@functools.cache
def _vocabulary(cause: str) -> frozenset[str]:
    """Return the words that programs write for a cause: those of its card's examples that no person tells."""
    card: Card = by_id(cause)
    lines = (line for example in card.example for line in example.text.split("\n"))
    words = {word for line in lines if not is_told(line) for word in _words(line)}
    headlines = {word for sentence in SENTENCES for word in _words(sentence.text)}
    return frozenset(words | headlines | _FRAME)
