"""Stack traces in a text: which lines belong to one, and what a frame says about where the call was made."""

from typing import Final

import re2

from core.paste.draft import Draft
from core.paste.failure import Provider, Surface

_STARTS: Final = ("at ", 'File "', "Traceback (most", "During handling", "The above exception")
_MARKS: Final = re2.compile(r"^(?:\^+\s*$|~+\^|\.\.\. \d+ )")
_QUOTED_CODE: Final = re2.compile(r"^\s{4,}\S")
_SURFACES: Final = (
    ("nodes/vendors/Anthropic/", Surface.VENDOR_NODE),
    ("n8nLlmFailedAttemptHandler", Surface.CHAT_MODEL),
    ("@langchain/anthropic", Surface.CHAT_MODEL),
    ("nodes/HttpRequest/", Surface.HTTP_REQUEST),
    ("nodes/Code/", Surface.CODE_NODE),
)


def is_stack_line(line: str) -> bool:
    """Return whether a line belongs to a stack trace."""
    start = line.lstrip()
    return start.startswith(_STARTS) or (start[:1] in ("^", "~", ".") and bool(_MARKS.search(start)))


def is_quoted_code(line: str) -> bool:
    """Return whether a line below a frame can be the program's code, as Python's tracebacks quote it."""
    return bool(_QUOTED_CODE.search(line))


def place_in(line: str) -> Draft | None:
    """Return where the call was made, as far as a frame tells; None where it tells nothing."""
    surface = next((surface for mark, surface in _SURFACES if mark in line), None)
    if surface:
        return Draft(surface=surface)
    return Draft(provider=Provider.ANTHROPIC) if "@anthropic-ai/sdk" in line or "/anthropic/" in line else None
