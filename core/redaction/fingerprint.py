"""Salted fingerprints, which show that two secrets are the same without keeping anything of them."""

import hmac
import html
import secrets
import unicodedata
from typing import Final
from urllib.parse import unquote

import re2

DIGITS: Final = 6
_UNICODE_ESCAPE: Final = re2.compile(r"\\+u([0-9a-fA-F]{4})")


def session_salt() -> bytes:
    """Return 32 new random bytes, to be kept for one session so that its fingerprints can be compared."""
    return secrets.token_bytes(32)


def fingerprint(secret: str, salt: bytes) -> str:
    """Return 6 hex digits of HMAC-SHA256 over the secret.

    Case is folded first, so that a key that some tool upper-cased still shows as the same one.
    """
    return hmac.digest(salt, secret.lower().encode("utf-8", "replace"), "sha256").hex()[:DIGITS]


def plain_form(spelling: str) -> str:
    """Return a secret itself from its spelling in the source: unescaped, decoded, without invisible characters."""
    text = html.unescape(unquote(spelling)) if "&" in spelling or "%" in spelling else spelling
    if "\\" in text:
        text = _UNICODE_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text.encode("utf-8", "replace").decode())
        text = text.replace("\\", "")
    if text.isascii():
        return text.strip()
    kept = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return kept.strip()
