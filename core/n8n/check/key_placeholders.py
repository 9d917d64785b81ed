"""Placeholders, which show where a key or secret belongs: ``YOUR_API_KEY``, ``<token>``, ``YOUR/SLACK/WEBHOOK``."""

from typing import Final

import re2

from core.paste.formats.json_values import encodable
from core.redaction import SecretKind

_KEY: Final = re2.compile(
    r"(?i)^(?:bearer\s+)?(?:"
    r".*\b(?:your|my|insert|enter|replace|paste|add|put)[\s_-].*(?:key|token|here|secret).*"  # YOUR_ANTHROPIC_API_KEY
    r"|.*(?:api|secret)[\s_-]?key[\s_-]*(?:here|goes).*"
    r"|\W*(?:anthropic|claude)?[\s_-]*(?:x[\s_-])?api[\s_-]?(?:key|token)\W*"  # API_KEY, <ANTHROPIC_API_KEY>
    r"|(?:sk-(?:ant-)?(?:api\d\d-)?)?[x*•.…_-]{3,}"  # sk-ant-xxxx
    r"|sk-(?:ant-)?(?:api\d\d-)?(?:your|my|\W|\.\.\.|…|<).*"
    r"|<[^<>]*>|\[[^\[\]#]*\]|\{\{?[^{}]*\}?\}"  # <key>, {{API_KEY}} as text
    r"|todo|changeme|placeholder|redacted|hidden|removed|key|token|secret|none|null|undefined"
    r")$"
)
_WORDS: Final = re2.compile(r"^(?:[A-Z]{2,15}|[A-Z]?[a-z]{1,15})(?:[\s_.-]+(?:[A-Z]{2,15}|[A-Z]?[a-z]{1,15}))*$")
_FILLED_UP: Final = re2.compile(r"(?i)^[a-z]?(?:x+|0+|1234567890*|\*+|\.{2,}|…)$")
_PASSWORD: Final = re2.compile(r"(?i)^(?:your|my|the|db|user|admin)?[\s_-]*(?:password|passwort|passwd|pass|pwd)$")


def is_key_placeholder(text: str) -> bool:
    """Return whether a text where a key belongs is only a placeholder for it."""
    return _KEY.match(text.strip()) is not None


def is_placeholder(text: str, kind: SecretKind) -> bool:
    """Return whether a text that was hidden as a secret of that kind is only a placeholder for one.

    The secret in a webhook's address is its last or its longest part, and random: words (``YOUR/SLACK/WEBHOOK``,
    ``DISABLED``) or one repeated character (``T00000000/B00000000/XXXXXXXX``) are not.
    """
    text = encodable(text)
    if kind is SecretKind.WEBHOOK_URL:
        parts = text.strip("/").split("/")
        return _is_stand_in(parts[-1]) or _is_stand_in(max(parts, key=len))
    return is_key_placeholder(text) or _PASSWORD.match(text) is not None


def _is_stand_in(part: str) -> bool:
    return any(pattern.match(part) for pattern in (_KEY, _WORDS, _FILLED_UP))
