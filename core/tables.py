"""Tables as CSV that no spreadsheet program runs.

A cell that starts with ``=``, ``+``, ``-``, ``@`` or a control character is a formula to Excel and its kin; such a
cell is written with an apostrophe before it (OWASP, CSV injection).
"""

from typing import Final

import pandas as pd

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(frame: pd.DataFrame) -> bytes:
    """Return a frame as UTF-8 CSV with a byte order mark, which Excel needs; numbers stay numbers."""
    safe = frame.rename(columns=lambda name: defused(str(name)))
    for column in safe.columns:
        if safe[column].dtype == object or pd.api.types.is_string_dtype(safe[column]):
            safe[column] = safe[column].map(lambda value: defused(value) if isinstance(value, str) else value)
    text: str = safe.to_csv(index=False, lineterminator="\r\n")  # so that a line break in a cell is quoted
    return text.encode("utf-8-sig")


def defused(text: str) -> str:
    """Return a cell's text, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
