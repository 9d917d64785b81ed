"""The shapes of secrets that need no name, as RE2 patterns over a view's ASCII bytes.

A shape is a head (``sk-ant-api03-``) and a body; `core.redaction.by_shape` follows the body across line breaks. Sources
of the heads: gitleaks b58d3f1, TruffleHog 3ab759f and the vendors' documentation, read November 2026. Lengths come
from such scanners, not from vendors, so they guide the search and never decide by themselves.
"""

from typing import Final, NamedTuple

import re2

from core.redaction.secret_kinds import SecretKind


class Find(NamedTuple):
    """A secret in a view: where it is, its kind, and its text without breaks, None if it is as in the source.

    `quote` goes around the mask, since a JSON number can only become a string.
    """

    start: int
    end: int
    kind: SecretKind
    secret: bytes | None = None
    quote: bytes = b""


class KeyHead(NamedTuple):
    """How a kind of key begins, the body's length where it is fixed, and from which length a body counts."""

    prefix: bytes
    kind: SecretKind
    length: int | None
    shortest: int


HEADS: Final = (
    KeyHead(b"sk-proj-", SecretKind.OPENAI_KEY, None, 8),
    KeyHead(b"sk-svcacct-", SecretKind.OPENAI_KEY, None, 8),
    KeyHead(b"sk-service-", SecretKind.OPENAI_KEY, None, 8),
    KeyHead(b"sk-admin-", SecretKind.OPENAI_KEY, None, 8),
    KeyHead(b"sk-or-", SecretKind.OPENROUTER_KEY, 67, 8),
    KeyHead(b"aiza", SecretKind.GOOGLE_KEY, 35, 16),
    KeyHead(b"gsk_", SecretKind.GROQ_KEY, 52, 16),
    KeyHead(b"xai-", SecretKind.XAI_KEY, 80, 16),
    KeyHead(b"pplx-", SecretKind.PERPLEXITY_KEY, 48, 16),
    KeyHead(b"hf_", SecretKind.HUGGING_FACE_TOKEN, 34, 16),
    KeyHead(b"bedrock-api-key-", SecretKind.BEDROCK_KEY, None, 8),
)
"""Heads of other vendors' keys, in lower case."""

ANTHROPIC_LENGTH: Final = 95
"""Characters after ``sk-ant-api03-``, ``AA`` being the last two; the other kinds are about as long."""

UNTYPED: Final = b"sk-ant-"

HEAD: Final = re2.compile(
    rb"(?i:(?:sk-ant-)*(?:sk-ant-[a-z]{2,10}[0-9]{2}-)+|sk-ant-[a-z0-9_-]{12}|sk-(?:proj|svcacct|service|admin)-|sk-or-(?:v1-)?)"
    rb"|AIza|\bgsk_|\bxai-|\bpplx-|\bhf_|bedrock-api-key-"
)
TYPED_HEAD: Final = re2.compile(rb"(?i)(?:sk-ant-[a-z]{2,10}[0-9]{2}-)+|sk-proj-|sk-or-v1-")
LAST_TYPED_HEAD: Final = re2.compile(rb"(?i)sk-ant-[a-z]{2,10}[0-9]{2}-$")
EXACT_ANTHROPIC: Final = re2.compile(rb"(?i)sk-ant-(?:api03|admin01)-[A-Z0-9_-]{93}AA")
GENERIC_SK: Final = re2.compile(rb"(?i)(?:^|[^A-Z0-9_-]|\\[nrt]|[=_-]{2})sk-[A-Z0-9_-]{4,}")

FIXED: Final = re2.compile(
    rb"\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"
    rb"|ABSK[A-Za-z0-9+/]{40,}={0,2}"
    rb"|\bAQ\.Ab[A-Za-z0-9_-]{20,}"
    rb"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"
    rb"|U2FsdGVkX1[A-Za-z0-9+/=]{8,}"
)
"""Shapes that are a single match; `fixed_kind` says of which kind."""

PRIVATE_KEY: Final = re2.compile(rb"-----? ?(?:BEGIN|END) [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)? ?-----?")
KEY_END: Final = re2.compile(rb"[A-Za-z0-9_-]+AA(?:[^A-Za-z0-9_=+/-]|$)")
AFTER_DOTS: Final = re2.compile(rb"(?:\.{3,}|\*{2,})[A-Za-z0-9_-]{16,}")
TOKEN_END: Final = re2.compile(
    rb"(?:\x01|[A-Za-z0-9_-]{10})\.(?:[A-Za-z0-9_-]{43}|[A-Za-z0-9_-]{86}|[A-Za-z0-9_-]{342})(?:[^A-Za-z0-9_.-]|\.?\s|$)"
)
"""The signature of a JWT whose head was cut off, with the last of its claims: lengths of HS256, ES256 and RS256."""

PEM_BODY: Final = re2.compile(rb"(?:[A-Za-z0-9+/=:,\s-]|\\+[nrt])*")


def any_of(*patterns: "re2._Regexp[bytes]") -> "re2._Regexp[bytes]":
    """Return a pattern that matches wherever one of these does, so that one scan usually replaces the others."""
    joined = b"|".join(b"(?:" + pattern.pattern.replace(GROUP, b"(?:") + b")" for pattern in patterns)
    return re2.compile(joined, generous_options())


def generous_options() -> "re2.Options":
    """Return options for a pattern of many parts: memory for its states, and no messages on standard error."""
    options = re2.Options()
    options.max_mem = 48 << 20
    options.log_errors = False
    return options


GROUP: Final = b"(?P<secret>"
"""The group that marks the part of a shape that is the secret."""


ANY_SHAPE: Final = any_of(HEAD, GENERIC_SK, FIXED)
ANY_TAIL: Final = any_of(KEY_END, AFTER_DOTS, TOKEN_END)

_BY_START: Final = (
    (b"ABSK", SecretKind.BEDROCK_KEY),
    (b"AQ.", SecretKind.GOOGLE_KEY),
    (b"A", SecretKind.AWS_KEY),
    (b"eyJ", SecretKind.JWT),
    (b"U2FsdGVkX1", SecretKind.N8N_ENCRYPTED),
)


def fixed_kind(match_text: bytes) -> SecretKind:
    """Return the kind of a `FIXED` match."""
    return next((kind for start, kind in _BY_START if match_text.startswith(start)), SecretKind.TOKEN)
