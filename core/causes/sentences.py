"""The sentences that n8n and its clients can say, and what each of them means.

``sentences.jsonl`` has a line for every error sentence of their packages (``python -m tests.harvest`` finds them; where
they were read is in ``tests/harvest/packages.toml``): the sentence with ``{}`` for what differs from case to case, the
packages that hold it, and either the cause or why it is not ours. It is the net beneath the cards: `table` is asked
only where no card recognises a failure by its words, and what it answers is likely and proves nothing about a key.

Every sentence's longest fixed part is searched at once with one RE2 set; what is found is compared as a whole.
"""

import functools
from collections.abc import Iterable
from enum import StrEnum
from importlib import resources
from typing import Final

import msgspec
import re2

from core.causes.card import Certainty, Family, Match
from core.causes.matcher import CardMatch, by_id
from core.paste.failure import Failure, Provider, Surface

_HOLE: Final = "{}"
_GAP: Final = 300
"""Characters that what differs in a sentence may have; more are rarely one value, and the parts then two sentences'."""
_QUOTES: Final = str.maketrans("‘’“”", "''\"\"")
_MARKUP: Final = re2.compile(r"</?[a-zA-Z][^<>]*>")
"""Links and line breaks in n8n's sentences, which the screen shows without their marks."""
_BEFORE: Final = re2.compile(r"^(?:\S{0,60}(?:error|exception): ?)?['\"]?$")
_AFTER: Final = re2.compile(r"^['\"]?(?: ?\[item \d+\])?[.!]?$")
"""What may be around a sentence that is the whole message: an error's class, quotation marks, n8n's item."""
_SEARCHED: Final = 20_000
"""Characters of a text that are searched; a sentence is the message, or near its beginning."""
_SET_MEMORY: Final = 64 * 1024 * 1024
_FROM_N8N: Final = (Family.N8N, Family.NOT_ANTHROPIC)
"""The causes that a node which does not call Claude can have."""


class Recognised(StrEnum):
    """How a sentence is recognised by its words."""

    ANYWHERE = "anywhere"  # inside other words too
    WHOLE = "whole"  # too short or too general for that: only where it is the whole message
    NEVER = "never"  # nearly all of it differs, redaction masks it, or a card takes its words: not by its words


class NotOurs(StrEnum):
    """Why a sentence has no cause."""

    API_CONTRACT = "api_contract"  # only who writes a program with the library meets it
    FEATURE_UNUSED = "feature_unused"  # of a part of the library that n8n and its nodes do not use
    WRAPPER = "wrapper"  # only passes on another error's words, which are read by themselves
    ADMINISTRATION = "administration"  # for who runs the server or the gateway; no run fails by it
    INTERNAL_NAME = "internal_name"  # a name in the program, never shown by itself
    NAMES_NO_CAUSE = "names_no_cause"  # says that something failed, not what
    MANY_SAY_IT = "many_say_it"  # many services say the same: the answer around it tells whose it is
    MODELS_EYES = "models_eyes"  # an answer to the agent's model, which nobody sees


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A line of ``sentences.jsonl``: it has either a `cause` or a reason not to have one."""

    sentence: str
    packages: tuple[str, ...]
    cause: str | None = None
    not_ours: NotOurs | None = None
    recognised: Recognised = Recognised.ANYWHERE


class Table:
    """The sentences, ready to be asked about failures; safe to share between threads.

    Those that are not ours are found too, so that none of them is taken for a more general one that is.
    """

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        options = re2.Options()
        options.case_sensitive = False
        options.max_mem = _SET_MEMORY
        self._parts = re2.Set.SearchSet(options)
        self._sentences: list[Sentence] = []
        for sentence in sentences:
            parts = fixed_parts(sentence.sentence)
            if parts and sentence.recognised is not Recognised.NEVER:
                self._parts.Add(re2.escape(max(parts, key=len)))
                self._sentences.append(sentence)
        self._parts.Compile()

    def hit(self, failure: Failure) -> CardMatch | None:
        """Return the cause of the sentence that a failure holds; None for another vendor's and a Code node's words."""
        if failure.provider not in (None, Provider.ANTHROPIC) or failure.surface is Surface.CODE_NODE:
            return None
        for text in (failure.message, *failure.also):
            found = self.find(text) if text else None
            if found is None or found.cause is None:
                continue
            card = by_id(found.cause)
            if failure.surface is Surface.OTHER_NODE and card.family not in _FROM_N8N:
                continue
            match = Match(certainty=Certainty.LIKELY, message=found.sentence, before_sending=True)
            return CardMatch(card=card, match=match, certainty=Certainty.LIKELY, weight=0, text=text)
        return None

    def find(self, text: str) -> Sentence | None:
        """Return the sentence of the table that is in `text`, the one with most fixed words; None if there is none."""
        form = _normal(text[:_SEARCHED])
        found = [self._sentences[index] for index in self._parts.Match(form.encode("utf-8", "replace")) or ()]
        lower = form.lower()
        held = (each for each in found if _holds(lower, each))
        return max(held, key=lambda each: (_fixed_length(each.sentence), each.sentence), default=None)


@functools.cache
def sentences() -> tuple[Sentence, ...]:
    """Return every line of ``sentences.jsonl``."""
    data = resources.files("core.causes").joinpath("sentences.jsonl").read_bytes()
    return tuple(msgspec.json.Decoder(Sentence).decode_lines(data))


@functools.cache
def table() -> Table:
    """Return the table of the bundled sentences, made when it is first needed."""
    return Table(sentences())


def fixed_parts(sentence: str) -> list[str]:
    """Return the parts of a sentence that never differ, in order.

    >>> fixed_parts("Model {} is not allowed<br/>for '{}'")
    ['Model', 'is not allowed', "for '", "'"]
    """
    parts = (part.strip() for part in _normal(_MARKUP.sub(_HOLE, sentence)).split(_HOLE))
    return [part for part in parts if part]


def _normal(text: str) -> str:
    """Return a text with white space collapsed and plain quotation marks."""
    return " ".join(text.translate(_QUOTES).split())


def _fixed_length(sentence: str) -> int:
    return sum(map(len, fixed_parts(sentence)))


def _holds(form: str, sentence: Sentence) -> bool:
    """Return whether a text holds a sentence: its fixed parts in order, each not far behind the one before."""
    parts = [part.lower() for part in fixed_parts(sentence.sentence)]
    template = _normal(_MARKUP.sub(_HOLE, sentence.sentence))
    open_ends = template.startswith(_HOLE), template.endswith(_HOLE)
    start = form.find(parts[0])
    while start >= 0:
        end = _end_of(form, parts, start)
        if end is not None and _stands_alone(form, (start, end), open_ends, sentence.recognised):
            return True
        start = form.find(parts[0], start + 1)
    return False


def _end_of(form: str, parts: list[str], start: int) -> int | None:
    """Return where the last part ends when the first one is at `start`; None where a part is missing."""
    end = start + len(parts[0])
    for part in parts[1:]:
        at = form.find(part, end, end + _GAP + len(part))
        if at < 0:
            return None
        end = at + len(part)
    return end


def _stands_alone(form: str, span: tuple[int, int], open_ends: tuple[bool, bool], recognised: Recognised) -> bool:
    """Return whether a sentence ends where its words do; one that is recognised as a whole has nothing around it."""
    before, after = form[: span[0]], form[span[1] :]
    if recognised is Recognised.WHOLE:
        return (open_ends[0] or bool(_BEFORE.search(before))) and (open_ends[1] or bool(_AFTER.search(after)))
    cut_in_front = before[-1:].isalnum() and form[span[0]].isalnum()
    cut_behind = after[:1].isalnum() and form[span[1] - 1].isalnum()
    return not (cut_in_front and not open_ends[0]) and not (cut_behind and not open_ends[1])
