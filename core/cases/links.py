"""Private links: 128 random bits, of which the database keeps the SHA-256 digest alone.

A link is found by its digest. What an attacker could learn from the time of such a look-up is about digests, which
they cannot choose, so no character of a link can be guessed one after the other.
"""

import hashlib
import secrets
from typing import Final

LINK_BYTES: Final = 16


def new_link() -> str:
    """A fresh link id, 22 characters that fit into an address."""
    return secrets.token_urlsafe(LINK_BYTES)


def digest(link: str) -> str:
    """What is stored of a link, and what it is looked up by; takes any text."""
    return hashlib.sha256(link.encode("utf-8", "surrogatepass")).hexdigest()
