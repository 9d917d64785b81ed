"""Hide secrets in a text."""

from collections import Counter

import re2

from core.redaction.fingerprint import fingerprint, session_salt
from core.redaction.kinds import Hidden, Redacted, SecretKind, anthropic_kind, mask

_ANTHROPIC = re2.compile(r"(?i)sk-ant-([a-z]{2,10}[0-9]{2})-[a-z0-9_-]{4,}")


class Redactor:
    """Redacts texts under one salt, so that equal secrets get equal fingerprints; keeps nothing of any text."""

    def __init__(self, salt: bytes | None = None) -> None:
        self._salt = salt or session_salt()

    def redact(self, text: str) -> Redacted:
        """Return the text with every secret masked."""
        text = text.encode("utf-8", "replace").decode()
        counts: Counter[tuple[SecretKind, str]] = Counter()

        def hide(match: "re2._Match[str]") -> str:
            kind, found = anthropic_kind(match[1]), fingerprint(match[0], self._salt)
            counts[kind, found] += 1
            return mask(kind, found)

        text = _ANTHROPIC.sub(hide, text)
        return Redacted(
            text=text,
            hidden=tuple(Hidden(kind=k, count=n, fingerprint=f) for (k, f), n in counts.items()),
        )


def redact(text: str, salt: bytes | None = None) -> Redacted:
    """Return the text with every secret masked, under the given salt or a fresh one."""
    return Redactor(salt).redact(text)
