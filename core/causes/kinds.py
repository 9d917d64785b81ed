"""Kinds of failing: what a line says, no matter who wrote it, where no card knows its sentence.

Programs refuse in endless sentences about few things: a key, money, a model, a field, a picture. ``kinds.toml`` has the
words for these things and for what is said of them, in the languages of clients and relays; a card names the kinds
that are its cause in `says`. A kind is only asked for where no card is sure, so it never changes a known answer.
"""

import functools
import tomllib
from enum import StrEnum
from importlib import resources
from itertools import chain
from typing import Final

import msgspec
import re2

from core.paste.facts.envelopes import ANTHROPIC_TYPES
from core.paste.failure import AnsweredBy, Failure

_GAP: Final = 40
"""Characters between two words of one thing."""
_TEXT_LIMIT: Final = 600
"""Characters of a text in which its kind is looked for: a longer one tells of more than one thing."""
_NOBODYS: Final = (None, AnsweredBy.HTML, AnsweredBy.PLAIN_TEXT, AnsweredBy.EMPTY)
_WORD_START: Final = re2.compile(r"([a-z])([A-Z])")


class Kind(StrEnum):
    """What a failing line says, the more special kinds first; each is in ``kinds.toml``."""

    PROGRAM_FAILED = "program_failed"
    CLIENT_NOT_ALLOWED = "client_not_allowed"
    OUTPUT_UNPARSABLE = "output_unparsable"
    MONEY_USED_UP = "money_used_up"
    REGION = "region"
    BUSY = "busy"
    RATE = "rate"
    QUOTA_USED_UP = "quota_used_up"
    FILTERED = "filtered"
    EMPTY_CONTENT = "empty_content"
    TOOL_RESULTS = "tool_results"
    THINKING_REFUSED = "thinking_refused"
    CACHE_BLOCKS = "cache_blocks"
    PREFILL_REFUSED = "prefill_refused"
    SAMPLING_REFUSED = "sampling_refused"
    TOO_MANY_OUTPUT_TOKENS = "too_many_output_tokens"
    REQUEST_TOO_BIG = "request_too_big"
    MEDIA_TOO_BIG = "media_too_big"
    INPUT_TOO_LONG = "input_too_long"
    MEDIA_BAD = "media_bad"
    TOOL_SCHEMA_BAD = "tool_schema_bad"
    REQUEST_NOT_JSON = "request_not_json"
    FIELD_UNKNOWN = "field_unknown"
    MODEL_NOT_ALLOWED = "model_not_allowed"
    MODEL_NOT_THERE = "model_not_there"
    KEY_ABSENT = "key_absent"
    KEY_REFUSED = "key_refused"
    FIELD_MISSING = "field_missing"
    NOT_LET_IN = "not_let_in"
    NOT_PERMITTED = "not_permitted"
    PATH_WRONG = "path_wrong"
    STREAM_BROKEN = "stream_broken"
    ANSWER_EMPTY = "answer_empty"
    RELAY_FAILED = "relay_failed"
    SERVER_FAILED = "server_failed"


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    latin: str
    other: str

    @property
    def pattern(self) -> str:
        return rf"(?:\b(?:{self.latin})(?:\b|_)|{self.other})"


class _Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Kind
    gap: int = _GAP
    near: list[tuple[str, str]] = []
    also: list[str] = []


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: dict[str, _Words]
    kind: list[_Kind]


class Kinds:
    """The kinds of a vocabulary, ready to be asked; safe to share between threads."""

    def __init__(self, text: str) -> None:
        file = msgspec.convert(tomllib.loads(text), _File)
        self._patterns = [(kind.id, re2.compile("(?i)" + _pattern(kind, file.words))) for kind in file.kind]

    def said(self, failure: Failure) -> tuple[Kind, str] | None:
        """Return the kind that a failure's texts say, and the text that says it; None where none does.

        The message comes first, then the type and the code that a service gave, then the further texts.
        """
        names = (failure.error_code, None if failure.error_type in ANTHROPIC_TYPES else failure.error_type)
        further = failure.also if failure.answered_by in _NOBODYS else ()  # else the words around an answer
        for text in chain((failure.message,), names, further):
            kind = self._kind_of(text) if text else None
            if kind is not None and text is not None:
                return kind, text
        return None

    def _kind_of(self, text: str) -> Kind | None:
        plain = _plain(text)
        return next((kind for kind, pattern in self._patterns if pattern.search(plain)), None)


@functools.cache
def kinds() -> Kinds:
    """Return the bundled vocabulary."""
    return Kinds((resources.files("core.causes") / "kinds.toml").read_text(encoding="utf-8"))


def _pattern(kind: _Kind, words: dict[str, _Words]) -> str:
    """Return the pattern of a kind: its pairs of words in either order, and its further sentences."""
    pairs = [(words[one].pattern, words[two].pattern) for one, two in kind.near]
    gap = f".{{0,{kind.gap}}}"
    near = [f"{one}{gap}{two}|{two}{gap}{one}" if one != two else one for one, two in pairs]
    return "|".join((*near, *kind.also))


def _plain(text: str) -> str:
    """Return a text on one line, with the words of a name such as ``InsufficientBalance`` or ``quota_used`` apart."""
    line = " ".join(text[:_TEXT_LIMIT].split())
    if " " in line or not line.isascii():
        return line.encode("utf-8", "replace").decode()
    return str(_WORD_START.sub(r"\1 \2", line)).replace("_", " ").replace(".", " ")
