"""Find the secret at the end of an address that is its own password: webhooks, heartbeats, links with a key.

The vendor does not matter: a part of the path says what follows (``/hooks/…``, ``/push/…``, ``/token/…``), or the host
does (``hooks.example.com``). The addresses of n8n's own webhooks are known to the people who use n8n, and stay.
"""

from collections.abc import Iterator
from typing import Final

import re2

from core.redaction.not_secret import is_key
from core.redaction.placeholders import looks_random
from core.redaction.secret_kinds import SecretKind
from core.redaction.shape_patterns import Find, any_of
from core.redaction.work_limit import limited

_BY_PATH: Final = re2.compile(
    rb"(?i)://[\w.-]+(?::[0-9]{1,5})?/(?:[\w.~%@:+-]*/)*?(?:[\w-]*hooks?|\w*webhook\w*|push|heartbeats?|ping|pings"
    rb"|key|apikey|api[-_]key|token|secret|incoming|inbound|ingest|trigger|invoke|notify|reset|magic|verify"
    rb"|ical)((?:/[\w.~%@:+=-]+)+)"
)
_BY_HOST: Final = re2.compile(
    rb"(?i)://(?:[\w-]+\.)*(?:[\w-]*hooks?|hc-ping|heartbeat|cronitor|push|inbound)\.[\w.-]+(?::[0-9]{1,5})?"
    rb"((?:/[\w.~%@:+=-]+)+)"
)
_OF_N8N: Final = re2.compile(rb"(?i)/(?:webhook|form|mcp)(?:-test|-waiting)?/")
_PART: Final = re2.compile(rb"[^/]+")
_UUID: Final = re2.compile(rb"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_HEX: Final = re2.compile(rb"(?i)[0-9a-f]{24,}")
ANY_ADDRESS: Final = any_of(_BY_PATH, _BY_HOST)
_SHORTEST: Final = 10
_SHORTEST_SMALL: Final = 16


def find_in_addresses(data: bytes) -> Iterator[Find]:
    """Yield the random parts of a path where an earlier part, or the host, says that they are a secret."""
    if not ANY_ADDRESS.search(data):
        return
    for pattern in (_BY_PATH, _BY_HOST):
        for match in limited(pattern.finditer(data), len(data)):
            if _OF_N8N.search(match[0]):
                continue
            for part in _PART.finditer(data, match.start(1), match.end(1)):
                if _is_secret(part[0]):
                    yield Find(part.start(), part.end(), SecretKind.WEBHOOK_URL, part[0])


def _is_secret(part: bytes) -> bool:
    """Return whether a part is random characters, long hex digits or a UUID, not a word, a number or a short id."""
    if _UUID.fullmatch(part) or _HEX.fullmatch(part) or is_key(part):
        return True
    digits = sum(48 <= code <= 57 for code in part)
    if part.islower() and part.isalnum() and len(part) >= _SHORTEST_SMALL and digits >= 2:
        return True
    return len(part) >= _SHORTEST and looks_random(part) and digits > 0
