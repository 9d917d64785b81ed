"""From the bytes of a big file to its failures.

The file is too big to redact as a whole first: outer shapes are decoded typed, inner parts on demand, every string that
is taken out is redacted before it leaves, and of the file only a redacted excerpt for each failure is kept.
"""

import json
from typing import Any, Final, cast

import msgspec
import re2

from core.paste.documents import read_json
from core.paste.draft import Draft, DraftReading, Facts
from core.paste.errors import TooLarge
from core.paste.failure import FAILURES, Failure, Reading, Shape
from core.paste.formats.decode import TEXT_LIMIT
from core.paste.formats.json_values import fix_surrogates_in, parse_first
from core.paste.reader import Redact, ordered, read, reading_of
from core.paste.shapes.items import read_item
from core.paste.shapes.runs import merge
from core.paste.spans import spans_of

_EXCERPT_LIMIT: Final = 8_000
_TELLING: Final = re2.compile(
    rb"(?i)anthropic|claude|error|exception|status code|refused|timed? ?out|certificate|credential"
)
_WINDOWS: Final = 120
_BEFORE: Final = 400
_AFTER: Final = 1_000
_ERROR: Final = re2.compile(rb'"error"\s*:\s*[{]')
_ERROR_SIZE: Final = 200_000
_ERROR_ATTEMPTS: Final = 2_000
_EMPTY: Final = (b"{},{},{},{},", b"[],[],[],[],")
_EMPTY_LIMIT: Final = 100_000
"""Rows of empty parts, each of which would cost thirty times its bytes in memory."""


def read_large(data: bytes, redact: Redact) -> Reading:
    """Return what a big file holds; everything that leaves here has been through `redact`.

    Memory stays near the size of the input: outer shapes are decoded typed, inner parts on demand.
    """
    if any(data.count(empty) > _EMPTY_LIMIT for empty in _EMPTY):
        raise TooLarge("This file is full of empty parts, as no n8n export is. Export the execution again.")
    reading = read_json(data)
    if reading is None and b"\\ud" in data:
        reading = read_json(fix_surrogates_in(data))
    if reading is None:
        return _read_large_text(data, redact)
    return _freeze_large(reading, redact)


def _freeze_large(reading: DraftReading, redact: Redact) -> Reading:
    failures = tuple(_redacted_failure(draft, redact) for draft in ordered(reading.drafts)[:FAILURES])
    reading.successes = [
        msgspec.structs.replace(
            one, node=_clean(one.node, redact), model=_clean(one.model, redact), host=_clean(one.host, redact)
        )
        for one in reading.successes
    ]
    return reading_of(reading, failures, failures[0].excerpt if failures else "")


def _redacted_failure(draft: Draft, redact: Redact) -> Failure:
    facts = {name: _clean(value, redact) for name, value in draft.facts.items()}
    clean = Draft(**cast(Facts, facts))
    clean.also = [redact(text).text for text in draft.also]
    excerpt = redact(_excerpt_of(draft)).text[:_EXCERPT_LIMIT]  # cut last: half a key is harder to know
    return msgspec.structs.replace(clean.failure(excerpt), spans=spans_of(clean.facts, excerpt))


def _clean(value: Any, redact: Redact) -> Any:
    return redact(value).text if type(value) is str else value


def _excerpt_of(draft: Draft) -> str:
    if draft.source is None:
        return "\n".join(str(text) for text in (draft.headline_text, draft.message, *draft.also) if text)
    return json.dumps(draft.source, indent=1, ensure_ascii=False, default=str)[:_ERROR_SIZE]


def _read_large_text(data: bytes, redact: Redact) -> Reading:
    """Read a big file that is not one JSON document: its lines as documents, its errors, or its telling lines."""
    reading = _large_lines(data) or _large_errors(data)
    if reading is not None:
        return _freeze_large(reading, redact)
    lines = _telling_lines(data) or [data[:_EXCERPT_LIMIT].decode("utf-8", "replace")]
    return read(redact("\n".join(lines)).text, redact)


def _large_errors(data: bytes) -> DraftReading | None:
    """Read the error objects in a damaged export; what is around them is lost."""
    if data[:1] not in (b"{", b"["):
        return None
    drafts: list[Draft] = []
    at = 0
    for _ in range(_ERROR_ATTEMPTS):
        hit = _ERROR.search(data, at)
        if not hit or len(drafts) >= FAILURES:
            break
        at = hit.end()
        text = data[at - 1 : at + _ERROR_SIZE].decode("utf-8", "replace")
        try:
            value, end = parse_first(text)
        except ValueError:
            continue
        at += len(text[:end].encode()) - 1
        draft = read_item({"error": value})
        if isinstance(draft, Draft):
            drafts.append(draft)
    drafts = merge(drafts, {})
    return DraftReading(Shape.EXECUTION, drafts, cut_off=True) if drafts else None


def _telling_lines(data: bytes) -> list[str]:
    """Return the lines that tell of a failure, or what is around it in very long ones."""
    lines: list[str] = []
    size = at = 0
    while len(lines) < _WINDOWS and size < TEXT_LIMIT // 4 and (hit := _TELLING.search(data, at)):
        start = data.rfind(b"\n", max(at, hit.start() - _BEFORE), hit.start()) + 1 or max(at, hit.start() - _BEFORE)
        end = data.find(b"\n", hit.end(), hit.end() + _AFTER)
        at = end if end >= 0 else hit.end() + _AFTER
        lines.append(data[start:at].decode("utf-8", "replace"))
        size += len(lines[-1])
    return lines


def _large_lines(data: bytes) -> DraftReading | None:
    reading = DraftReading(Shape.EXECUTION_LIST)
    if data[:1] != b"{" or data.count(b"\n") > 20_000:
        return None
    for line in data.split(b"\n"):
        part = read_json(line) if line.strip() else None
        if part is not None:
            reading.add(part)
    return reading if reading.is_telling else None
