"""What becomes of a text before it may be stored: no secret, no control characters, no more than its share."""

import unicodedata
from typing import Final

import re2

from core.redaction import RedactionFailed, Redactor
from core.storage.errors import Refused

LABEL_CHARS: Final = 120
TOKEN_CHARS: Final = 200
LONGEST_BLOCK: Final = 200_000
_TOKEN: Final = re2.compile(r"^[A-Za-z0-9@_][A-Za-z0-9._:/@+-]{0,199}$")
_KEPT_CONTROLS: Final = "\n\t"
_SPACES: Final = "\n\t\r"  # a space stands for each on one line; the other invisible ones are left out


class Cleaner:
    """Makes texts fit to be stored, masking secrets under one salt; keeps nothing of them."""

    def __init__(self, salt: bytes) -> None:
        self._redactor = Redactor(salt)

    def line(self, text: str, what: str, *, longest: int = LABEL_CHARS) -> str:
        """Return a label on one line.

        Raises `Refused` when it is longer than `longest`, with `what` it is in the sentence.
        """
        flat = " ".join(_printable(text).split())
        return self._fitting(flat, what, longest)

    def block(self, text: str, what: str, *, longest: int = LONGEST_BLOCK) -> str:
        """Return a text of several lines; raises `Refused` as `line` does."""
        return self._fitting(_printable(text.replace("\r\n", "\n"), keep=_KEPT_CONTROLS).strip(), what, longest)

    def token(self, value: str | None) -> str | None:
        """Return a fact such as a model, a host or a request id; None for anything that does not look like one."""
        if value is None or len(value) > TOKEN_CHARS or not _TOKEN.search(value):
            return None
        return value if self._redacted(value) == value else None

    def _fitting(self, text: str, what: str, longest: int) -> str:
        if len(text) > LONGEST_BLOCK:
            raise Refused(_too_long(what, longest))
        # Before measuring, so that nothing is cut in the middle of a secret.
        safe = self._redacted(text)
        if len(safe) > longest:
            raise Refused(_too_long(what, longest))
        return safe

    def _redacted(self, text: str) -> str:
        try:
            return self._redactor.redact(text).text
        except RedactionFailed:
            raise Refused from None


def _too_long(what: str, longest: int) -> str:
    return f"The {what} is longer than {longest:,} characters. Shorten it; nothing was kept."


def _printable(text: str, keep: str = "") -> str:
    """Return the text without control and invisible characters and halves of characters.

    They hide things or upset databases.
    """
    changed = {ord(sign): " " if sign in _SPACES else "" for sign in set(text) if sign not in keep and _hides(sign)}
    return text.translate(changed) if changed else text


def _hides(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn")
