"""Salted fingerprints: see that two places hold the same secret without keeping anything of it."""

import hmac
import secrets

DIGITS = 6


def session_salt() -> bytes:
    """Return 32 fresh random bytes, to be kept for one session so that its fingerprints can be compared."""
    return secrets.token_bytes(32)


def fingerprint(secret: str, salt: bytes) -> str:
    """Return 6 hex digits of HMAC-SHA256 over the secret.

    Case is folded first, so that a key that some tool upper-cased still shows as the same one.
    """
    return hmac.digest(salt, secret.lower().encode("utf-8", "replace"), "sha256").hex()[:DIGITS]
