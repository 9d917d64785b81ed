"""Logging without secrets, pastes or ids of share links.

Streamlit, uvicorn and httpx put handlers of their own on loggers that do not reach the root, so a filter on the root
would miss them. Redaction therefore sits where every record of the process is made: in the record factory. It fails
closed: a record that cannot be redacted is replaced by a sentence that says so. Of an exception only its type and the
places in our code are kept, since its message can quote what a person pasted.
"""

import logging
import sys
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

import re2

from core.redaction import Redactor, session_salt

FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
WITHHELD: Final = "A log record was withheld because it could not be redacted."
LONGEST: Final = 2_000
"""Characters of a message that are logged; a longer one is not a message but a person's text."""

_QUERY: Final = re2.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*")
_SESSION: Final = re2.compile(r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
"""A session's id as Streamlit logs it and as the address of an upload holds it."""
# its formatter reads the arguments one by one
_ACCESS_LOG: Final = "uvicorn.access"

Trace = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
"""What `sys.exc_info` returns."""


def configure(threshold: int) -> None:
    """Redact every record that this process makes from now on, and print our own from `threshold` up.

    `threshold` is a number of `logging`; calling this again only changes it.
    """
    current = logging.getLogRecordFactory()
    if not isinstance(current, _RedactingFactory):
        logging.setLogRecordFactory(_RedactingFactory(current))
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter(FORMAT))
        root.addHandler(handler)
    logging.getLogger("core").setLevel(threshold)
    for noisy in ("httpx", "httpcore"):  # they name addresses, and at DEBUG whole headers
        logging.getLogger(noisy).setLevel(logging.WARNING)


class _RedactingFactory:
    """Makes log records without secrets; the fingerprints' salt lives as long as the process."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make
        self._redactor = Redactor(session_salt())

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._make(*args, **kwargs)
        try:
            self._redact(record)
        except Exception:
            # whatever went wrong, nothing of this record may be printed
            record.msg, record.args, record.exc_info, record.exc_text = WITHHELD, (), None, None
        return record

    def _redact(self, record: logging.LogRecord) -> None:
        if record.name == _ACCESS_LOG and isinstance(record.args, tuple):
            record.args = tuple(self._clean(each) if isinstance(each, str) else each for each in record.args)
            return
        record.msg, record.args = self._clean(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = places(record.exc_info)
            record.exc_info = None
        record.stack_info = None

    def _clean(self, text: str) -> str:
        without_ids = _SESSION.sub("[id]", str(_QUERY.sub("", text[: LONGEST * 2])))
        redacted = self._redactor.redact(str(without_ids)).text
        return redacted if len(redacted) <= LONGEST else redacted[:LONGEST] + "…"


def places(trace: Trace) -> str:
    """Return the exception's type, those of its causes, and where each was raised, but never a message."""
    lines: list[str] = []
    error: BaseException | None = trace[1]
    while error is not None and len(lines) < 200:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(lines)
