"""Limit the work on a text that is crowded with candidates: past the limit, all the rest is one secret.

No paste or export has that many secrets; a text that does is an attack on the processor, and hiding the rest fails
closed.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import re2

from core.redaction.secret_kinds import SecretKind
from core.redaction.shape_patterns import Find

MOST_PLACES: Final = 2_000
"""Candidates of one kind that are judged one by one, per megabyte and at least in any text."""


class Crowded(Exception):
    """A finder met too many candidates; `at` is the offset of the first that it did not judge."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at


def most_places(size: int) -> int:
    """Return how many candidates of one kind are judged in a text of this size."""
    return max(MOST_PLACES, MOST_PLACES * size // 1_000_000)


def limited(matches: Iterable["re2._Match[bytes]"], size: int) -> Iterator["re2._Match[bytes]"]:
    """Yield the matches; raise `Crowded` at the first past the limit for a text of this size."""
    left = most_places(size)
    for match in matches:
        if not left:
            raise Crowded(match.start())
        left -= 1
        yield match


def up_to_crowd(finds: Iterable[Find], size: int) -> Iterator[Find]:
    """Yield the finds, and past the limit one that covers the rest of the text."""
    try:
        yield from finds
    except Crowded as crowd:
        yield Find(crowd.at, size, SecretKind.SECRET)
