"""Tables as CSV that no spreadsheet program runs.

A cell that starts with ``=``, ``+``, ``-``, ``@`` or a control character is a formula to Excel and the like; such a
cell is written with an apostrophe before it (OWASP, CSV injection). Programs differ in what they leave out before they
look, so everything that nobody sees is left out here.
"""

import unicodedata
from typing import Final

import pandas as pd

_FORMULA: Final = "=+-@−"  # and what normalises to one of these, such as the full-width signs
_BREAKS: Final = "\t\r\n"
_UNSEEN_KINDS: Final = ("Z", "C", "Mn", "Me")  # spaces; controls and formats; marks without a letter to stand on
_UNSEEN: Final = "\u115f\u1160\u2800\u3164\uffa0"  # spaces that Unicode counts among letters and symbols


def to_csv(frame: pd.DataFrame) -> bytes:
    """Return a frame as UTF-8 CSV with a byte order mark, which Excel needs; numbers stay numbers."""
    safe = frame.rename(columns=lambda name: defused(str(name)))
    for column in safe.columns:
        if safe[column].dtype == object or pd.api.types.is_string_dtype(safe[column]):
            safe[column] = safe[column].map(lambda value: defused(value) if isinstance(value, str) else value)
    # With this line's end, a line break in a cell is quoted.
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def defused(text: str) -> str:
    """Return a cell's text, with an apostrophe before what a spreadsheet would take for a formula."""
    for sign in text:
        if sign in _BREAKS:
            return f"'{text}"
        if not _is_unseen(sign):
            return f"'{text}" if unicodedata.normalize("NFKC", sign) in _FORMULA else text
    return text


def _is_unseen(sign: str) -> bool:
    return sign in _UNSEEN or unicodedata.category(sign).startswith(_UNSEEN_KINDS)
