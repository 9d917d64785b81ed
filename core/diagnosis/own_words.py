"""The difference between a service's sentence that was copied and one that a person wove into their own.

A sentence without the answer around it proves something only where it is a line of its own, as n8n, a client or a log
writes it. The words of such a line are those of the card's own examples, or what programs write around a sentence: a
status, a class, a label. Any other word, in whatever language, is a person's.
"""

import functools
from typing import Final

import re2

from core.causes.loader import load
from core.causes.matcher import by_id
from core.diagnosis.key_verdict import BLAMES
from core.paste.facts.headlines import SENTENCES, sentence_of
from core.paste.facts.prose import is_told
from core.paste.spans import locate

_WORD: Final = re2.compile(r"[\p{L}\p{M}\p{N}_'’./:@#$-]*\p{L}[\p{L}\p{M}\p{N}_'’./:@#$-]*")
_TIED: Final = re2.compile(r"[\p{N}_/@#$.:]")
"""What makes a word a name: of a model, a field, a request, a place."""
_NODE: Final = re2.compile(
    r"(?i)\b(?:problem in node|error in sub-node|node|workflow) ?[‘'\"“][^’'\"”‘]{1,100}[’'\"”‘]"
)
_FRAME: Final = frozenset((
    "status", "code", "message", "type", "id", "api", "anthropic", "claude", "response", "description", "full", "warn",
    "info", "debug", "unauthorized", "item", "original", "uncaught", "at", "problem", "sub-node", "workflow",
    "execution", "line", "data", "cause", "reason", "stop", "result", "body", "payload",
))  # fmt: skip
"""What programs write around a sentence, beside n8n's own lines and the names of errors."""
_FIELD: Final = re2.compile(r"^\s*(?:\d{3} )?(?:`[a-z]|[a-z_]+(?:\.\w+)+: |[a-z]+_[a-z_]+: )")
"""How a sentence begins that names a field of the request; a person's does not."""
_FIRST: Final = 3
_BEGINNING: Final = 8
"""Words that show whose sentence a line begins with: the first ones are of the cause's own sentences."""
_CLASS: Final = re2.compile(r"^(?:\w+\.)*\w*(?:error|exception)s?$")


def is_its_own(sentence: str, excerpt: str, cause: str) -> bool:
    """Return whether the line in `excerpt` with a service's sentence is nothing but that sentence and its frame.

    A key is refused in few short sentences, whose words are all known. Of a longer one about a request or an account,
    the beginning counts: it names a field, is below n8n's own sentence, or is made of known words.
    """
    span = locate(sentence, excerpt)
    if span is None:
        return True
    start = excerpt.rfind("\n", 0, span.start) + 1
    end = excerpt.find("\n", span.end)
    line = excerpt[start : end if end >= 0 else len(excerpt)]
    words = _words(_NODE.sub("", line))
    if by_id(cause).key_verdict in BLAMES:
        return _all_known(words, _own_vocabulary(cause))
    begins = _all_known(words[:_FIRST], _own_vocabulary(cause)) and _all_known(words[:_BEGINNING], _vocabulary())
    above = excerpt[:start].strip().rsplit("\n", 1)[-1].strip()
    return bool(_FIELD.search(line)) or _is_n8ns(above) or begins


def _is_n8ns(line: str) -> bool:
    """Return whether a line is n8n's own sentence, or names the node that failed."""
    return sentence_of(line) is not None or (bool(_NODE.search(line)) and not _words(_NODE.sub("", line)))


def _words(text: str) -> list[str]:
    return [word.strip("'’./:@#$-").lower() for word in _WORD.findall(text)]


def _all_known(words: list[str], vocabulary: frozenset[str]) -> bool:
    """Return whether every word is in the vocabulary, an error's class, or a name."""
    return all(word in vocabulary or _CLASS.search(word) or (word.isascii() and _TIED.search(word)) for word in words)


@functools.cache
def _own_vocabulary(cause: str) -> frozenset[str]:
    """Return the words that programs write for a cause: of its card's examples, those that no person writes."""
    lines = (line for example in by_id(cause).example for line in example.text.split("\n"))
    words = {word for line in lines if not is_told(line) for word in _words(line)}
    headlines = {word for sentence in SENTENCES for word in _words(sentence.text)}
    return frozenset(words | headlines | _FRAME)


@functools.cache
def _vocabulary() -> frozenset[str]:
    """Return the words that programs write for any cause."""
    return frozenset().union(*map(_own_vocabulary, load()))
