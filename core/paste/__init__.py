"""Reading: from a redacted paste to its failures.

``read(text)`` for text that was redacted as a whole, ``read_large(data, redact)`` for the bytes of a big file. One
module a shape; `wording` unwraps a sentence, `bodies` tells whose answer a JSON body is, `runs` joins the traces that
one failing call leaves in an execution.
"""

from core.paste.errors import NotText, PasteError, TooDeep, TooLarge
from core.paste.failure import Failure, Reading, Shape, Span, Success, Surface
from core.paste.formats.decode import FILE_LIMIT, TEXT_LIMIT, to_text, to_utf8
from core.paste.large import read_large
from core.paste.reader import read

__all__ = [
    "FILE_LIMIT",
    "TEXT_LIMIT",
    "Failure",
    "NotText",
    "PasteError",
    "Reading",
    "Shape",
    "Span",
    "Success",
    "Surface",
    "TooDeep",
    "TooLarge",
    "read",
    "read_large",
    "to_text",
    "to_utf8",
]
