"""How many years of school a text asks for (Flesch-Kincaid), by hyphenation patterns.

`textstat` measures the cards with a pronouncing dictionary, which takes seconds to load; a page's few sentences are
measured here with the patterns of `pyphen`.
"""

import functools

import pyphen
import re2

_SENTENCE_END = re2.compile(r"[.!?]+(?:\s|$)|\n+")
_WORD = re2.compile(r"[A-Za-z][A-Za-z'’-]*")
_NO_PROSE = re2.compile(r"https?://\S+|[*_`#]|<[^>]*>")


def reading_grade(text: str) -> float:
    """The Flesch-Kincaid grade; addresses and markup are left out, and an empty text has grade 0."""
    prose = str(_NO_PROSE.sub(" ", text))
    sentences = [part for part in _SENTENCE_END.split(prose) if _WORD.search(part)]
    words = _WORD.findall(prose)
    if not words:
        return 0.0
    syllables = sum(_syllables(word.lower()) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


@functools.cache
def _syllables(word: str) -> int:
    return len(_patterns().positions(word)) + 1


@functools.cache
def _patterns() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US", left=1, right=1)
