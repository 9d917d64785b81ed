"""Private links: 128 random bits, of which the database keeps the SHA-256 digest alone.

A link is found by its digest. What an attacker could learn from the time of such a look-up is about digests, which
they cannot choose, so no character of a link can be guessed one after the other.
"""

import hashlib
import secrets
from typing import Final

import re2

LINK_BYTES: Final = 16

_LINK: Final = re2.compile(r"[\w-]{21}[AQgw]")  # the last character holds two bits, followed by zeros


def new_link() -> str:
    """Return a fresh link id, 22 characters that fit into an address."""
    return secrets.token_urlsafe(LINK_BYTES)


def is_link(text: str) -> bool:
    """Return whether a text has the exact form of a link id.

    >>> is_link(new_link()), is_link("guessed")
    (True, False)
    """
    return _LINK.fullmatch(text) is not None


def digest(link: str) -> str:
    """Return what is stored of a link, and what it is looked up by; takes any text."""
    return hashlib.sha256(link.encode("utf-8", "surrogatepass")).hexdigest()
