"""Bound the work on a text that is crowded with candidates: past the bound, all that follows is one secret.

No paste or export holds as many secrets; a text that does is an attack on our time, and hiding the rest fails closed.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import re2

from core.redaction.secret_kinds import SecretKind
from core.redaction.shape_patterns import Find

MOST_PLACES: Final = 2_000
"""Candidates of one kind per megabyte, and in any text, that are judged one by one."""


class Crowded(Exception):
    """Raised by a finder that met too many candidates; `at` is the first that it did not judge."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at


def most_places(size: int) -> int:
    """Return how many candidates of one kind are judged in a text of this size."""
    return max(MOST_PLACES, MOST_PLACES * size // 1_000_000)


def few(matches: Iterable["re2._Match[bytes]"], size: int) -> Iterator["re2._Match[bytes]"]:
    """Yield the matches; raise `Crowded` at the first that is one too many for a text of this size."""
    left = most_places(size)
    for match in matches:
        if not left:
            raise Crowded(match.start())
        left -= 1
        yield match


def until_crowded(finds: Iterable[Find], size: int) -> Iterator[Find]:
    """Yield the finds, and at a crowd one that takes in the rest of the text."""
    try:
        yield from finds
    except Crowded as crowd:
        yield Find(crowd.at, size, SecretKind.SECRET)
