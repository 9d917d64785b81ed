"""Where a call was made, as the words of a text without a node tell it."""

from typing import Final

import re2

from core.paste.facts.prose import tells_of_test
from core.paste.failure import Surface

_TESTED: Final = re2.compile(r"(?i)\breceived HTTP status code: ?\d{3}")
"""How n8n's credential test names a status for which it has no phrase."""
_CODE_LINE: Final = re2.compile(r"\[line \d{1,6}(?:, for item \d{1,9})?\]\s*$")


def surface_in(text: str) -> Surface | None:
    """Return the surface that a text's own words tell: a line of code, or the test of a credential."""
    if "[line " in text and _CODE_LINE.search(text):
        return Surface.CODE_NODE
    if "status code" in text and _TESTED.search(text):
        return Surface.CREDENTIAL_TEST
    return Surface.CREDENTIAL_TEST if tells_of_test(text) else None
