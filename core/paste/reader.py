"""From a redacted paste to its failures: which shape is it, and what does it say?

A paste that begins as JSON is read as a document (`core.paste.documents.DOCUMENTS`), also where a copy damaged it. Any
other text, and what no document's shape fits, goes through `TEXTS`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import msgspec
import re2

from core.paste import log
from core.paste.documents import read_json, read_value
from core.paste.draft import Draft, DraftReading
from core.paste.errors import TooDeep
from core.paste.facts.doubt import casts_doubt
from core.paste.facts.hosting import hosting_in
from core.paste.failure import FAILURES, Failure, Reading, Shape
from core.paste.formats.decode import TEXT_LIMIT
from core.paste.formats.json_values import encodable, fix_surrogates, parse_json, parse_literal
from core.paste.formats.repair import completions, plain_spaces, telling_strings, without_trailing_commas, without_wraps
from core.paste.freetext import read_free_text
from core.paste.shapes import ShapeReader, first_reading
from core.paste.shapes.exchange import looks_like_exchange, read_exchange
from core.paste.shapes.panel import looks_like_panel, panels_in, read_panel
from core.paste.spans import spans_of
from core.paste.unwrap import LAYERS, unwrapped
from core.redaction import Redacted

Redact = Callable[[str], Redacted]
_DEPTH: Final = 3
_DEEP: Final = re2.compile(r"(?:[\[{]\s*(?:\"[^\"]*\"\s*:\s*)?){300}")
_JSON_START: Final = re2.compile(r"^(?:\{|\[\s*(?:[\[{\"'\d\]-]|true|false|null|$))")
"""A log's "[error] ..." begins with a bracket too."""


def read(text: str, redact: Redact | None = None) -> Reading:
    """Return what a redacted paste holds; raises `TooDeep` where it nests beyond any export.

    What is wrapped around it is taken off first, and `redact` sees the text again each time: a secret may have been
    cut by a wrapping. The excerpt is the text as it was read.
    """
    if not text.strip():
        return Reading(shape=Shape.EMPTY)
    text = encodable(text)
    for _ in range(LAYERS):
        document = _document(text, 0)
        inner = unwrapped(text, recognised=document is not None and document.is_enough)
        if inner is text or not inner.strip():
            return _freeze(document or _read_words(text, 0), text)
        text = encodable(redact(inner).text if redact else inner)
    return _freeze(_read(text, 0), text)


def _read(text: str, depth: int) -> DraftReading:
    return _document(text, depth) or _read_words(text, depth)


def _document(text: str, depth: int) -> DraftReading | None:
    start = text.lstrip("\ufeff \t\r\n")
    return _read_document(start, depth) if start[:1] in ("{", "[", '"', "'") else None


def _read_words(text: str, depth: int) -> DraftReading:
    return first_reading(TEXTS, PastedText(text, depth)) or DraftReading(Shape.TEXT)


@dataclass(frozen=True)
class PastedText:
    """A text that is no JSON document; `depth` counts the texts around it, whose string or log message it was."""

    text: str
    depth: int = 0

    @cached_property
    def lines(self) -> list[Any]:
        """The values of its lines, where it consists of JSON lines."""
        return log.json_lines(self.text) if self.depth < _DEPTH else []


def _json_log(paste: PastedText) -> DraftReading | None:
    if not paste.lines or log.log_message(paste.lines[0]) is None:
        return None
    reading = _read_lines(paste, Shape.LOG)
    reading.drafts = _without_repeats(reading.drafts)
    return reading


def _json_lines(paste: PastedText) -> DraftReading | None:
    return _read_lines(paste, Shape.EXECUTION_LIST) if paste.lines else None


def _read_lines(paste: PastedText, shape: Shape) -> DraftReading:
    """Read JSON lines one by one: the message of a log's line, or the document that a line is."""
    reading = DraftReading(shape)
    for value in paste.lines:
        if len(reading.drafts) >= FAILURES:
            break
        message = log.log_message(value)
        part = _read(message, paste.depth + 1) if message else read_value(value)
        if part is not None:
            reading.add(part)
    return reading


def _cli_output(paste: PastedText) -> DraftReading | None:
    return log.read_cli_output(paste.text)


def _panel(paste: PastedText) -> DraftReading | None:
    if not looks_like_panel(paste.text.split("\n", 400)):
        return None
    reading = DraftReading(Shape.PANEL, [read_panel(panel) for panel in panels_in(paste.text)])
    return _doubted(reading, paste.text)


def _exchange(paste: PastedText) -> DraftReading | None:
    draft = read_exchange(paste.text) if looks_like_exchange(paste.text) else Draft()
    return _doubted(DraftReading(Shape.HTTP_EXCHANGE, [draft]), paste.text) if draft.says_something else None


def _free_text(paste: PastedText) -> DraftReading:
    return _doubted(read_free_text(paste.text), paste.text)


_RUN: Final = '{"data": {"resultData": {"error": {"message": "Overloaded", "httpCode": "529"}, "runData": {}}}}'

TEXTS: Final[tuple[ShapeReader[PastedText], ...]] = (
    # every line is a document of its own, which words around it would only hide
    ShapeReader(
        Shape.LOG,
        _json_log,
        '{"level": "error", "message": "529 Overloaded"}\n{"level": "info", "message": "Stopping n8n"}',
        before=(Shape.EXECUTION_LIST,),
    ),
    ShapeReader(Shape.EXECUTION_LIST, _json_lines, f"{_RUN}\n{_RUN}", before=(Shape.EXECUTION_CLI,)),
    # its run tells more than the lines above it, which may hold the labels of a panel
    ShapeReader(
        Shape.EXECUTION_CLI,
        _cli_output,
        f"Execution error:\n====================================\n{_RUN}",
    ),
    # a panel shows the request with its headers and the answer's web page
    ShapeReader(
        Shape.PANEL,
        _panel,
        "Overloaded\nError details\nError data\nHTTP/1.1 529\nrequest-id: req_011\nOther info\nn8n version\n2.41.1",
        before=(Shape.HTTP_EXCHANGE,),
    ),
    ShapeReader(Shape.HTTP_EXCHANGE, _exchange, "< HTTP/2 529\n< request-id: req_011"),
    # takes whatever is left; `core.paste.shapes.words.KINDS` tells its kinds apart
    ShapeReader(Shape.TEXT, _free_text, "it does not work"),
)
"""The shapes of a text that is no JSON document, in the order in which they are tried."""
_LINES: Final = TEXTS[:2]
"""Those that consist of JSON documents."""


def _doubted(reading: DraftReading, text: str) -> DraftReading:
    """Note where a person's words around the answers say that they prove nothing about the key in question."""
    sentences = [draft.message for draft in reading.drafts if draft.has_answer and draft.message]
    if not reading.is_telling or not casts_doubt(text, sentences, reading.values):
        return reading
    for draft in reading.drafts:
        draft.learn(doubted=True)
    reading.successes = [msgspec.structs.replace(success, claudes=False) for success in reading.successes]
    return reading


def _read_document(text: str, depth: int) -> DraftReading | None:
    """Read a paste that begins as JSON, fixing what a copy may have broken."""
    if "\n{" in text[:50_000] and (lines := first_reading(_LINES, PastedText(text, depth))) is not None:
        return lines
    if text[0] == '"' and depth < _DEPTH and (inner := _string_value(text)):
        return _read(inner, depth + 1)
    if _is_whole_json(text):
        return _read_strict(text)
    if _DEEP.search(text[:200_000]):
        raise TooDeep("This paste nests far deeper than any n8n export. Copy the error details again and paste those.")
    if text[0] not in "{[":
        return None
    fixed = (fix_surrogates(text), plain_spaces(text), without_trailing_commas(text), without_wraps(text))
    for form in fixed:
        if form != text and _is_whole_json(form):
            return _read_strict(form)
    return _read_lenient(text) or _read_literal(text) or _read_cut_off(text)


def _read_strict(text: str) -> DraftReading | None:
    """Read a whole JSON document; one in which no shape is known may hold one inside."""
    data = text.encode("utf-8", "replace")
    reading = read_json(data)
    if reading is not None and reading.is_enough and reading.shape is not Shape.HTTP_BODY:
        return reading
    try:
        return read_value(parse_json(text)) if len(data) <= TEXT_LIMIT else reading
    except ValueError:  # a number that no program can hold
        return reading


def _read_lenient(text: str) -> DraftReading | None:
    """What only the standard library's parser takes: raw line breaks in strings, NaN."""
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return read_value(value) if isinstance(value, dict | list) else None


def _is_whole_json(text: str) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    return True


def _string_value(text: str) -> str | None:
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return encodable(value) if isinstance(value, str) else None


def _read_literal(text: str) -> DraftReading | None:
    try:
        return read_value(parse_literal(text.strip()))
    except ValueError:
        return None


def _read_cut_off(text: str) -> DraftReading | None:
    """Read JSON that ends in the middle: closed where it was cut, or at least the sentences in it."""
    if not _JSON_START.search(text):
        return None
    candidates = completions(text)
    for candidate in candidates:
        reading = _read_strict(candidate) if _is_whole_json(candidate) else None
        if reading is not None and reading.is_telling:
            reading.cut_off = True
            return reading
    if not candidates:
        return None
    reading = read_free_text("\n".join(telling_strings(text)))
    reading.cut_off = True
    return reading


def _without_repeats(drafts: list[Draft]) -> list[Draft]:
    """Leave out log lines that tell again, with less, what another line tells, and those about nothing that failed."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda draft: not draft.has_answer):
        tells = draft.has_answer or any(
            fact is not None for fact in (draft.status, draft.code, draft.headline, draft.failed_in)
        )
        if tells and not any(_covers(other, draft) for other in kept):
            kept.append(draft)
    return kept


def _covers(other: Draft, draft: Draft) -> bool:
    if any(mark not in (None, others) for mark, others in zip(draft.marks, other.marks, strict=True)):
        return False
    return draft.message in (None, other.message, *other.also) or not draft.has_answer


def _freeze(reading: DraftReading, text: str) -> Reading:
    failures = []
    for draft in ordered(reading.drafts)[:FAILURES]:
        failure = draft.failure(text)
        failures.append(msgspec.structs.replace(failure, spans=spans_of(draft.facts, text)))
    return reading_of(reading, tuple(failures), text)


def reading_of(reading: DraftReading, failures: tuple[Failure, ...], excerpt: str) -> Reading:
    """Return a reading with its frozen failures."""
    hosting = hosting_in(excerpt)
    if hosting is not None:
        failures = tuple(msgspec.structs.replace(failure, hosting=hosting) for failure in failures)
    version = reading.n8n_version or next((failure.n8n_version for failure in failures if failure.n8n_version), None)
    return Reading(
        shape=reading.shape,
        failures=failures,
        successes=tuple(reading.successes),
        nodes=reading.nodes,
        n8n_version=version,
        hosting=hosting,
        cut_off=reading.cut_off,
        needs=reading.needs,
        excerpt=excerpt,
    )


def ordered(drafts: list[Draft]) -> list[Draft]:
    """Return the drafts in order: the failure that stopped the run first, swallowed ones last."""
    return sorted((draft for draft in drafts if draft), key=lambda draft: draft.stopped_run is False)
