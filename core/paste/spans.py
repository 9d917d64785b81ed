"""Where in an excerpt each fact was read."""

import functools
import json
from collections.abc import Mapping
from typing import Final

import re2

from core.paste.failure import FACTS, Span

_SKIPPED: Final = frozenset(("answered_by", "surface", "provider", "item_index", "started_at", "headline"))
_WRAPPED_LIMIT: Final = 50_000
_STATUS: Final = r"(?:^|[^\w.-])({})(?:[^\w.-]|[.,-]?(?:\s|$))"


def spans_of(facts: Mapping[str, object], excerpt: str) -> dict[str, Span]:
    """Return where each fact's value is first in `excerpt`, also JSON-escaped; unseen facts are left out."""
    spans = {}
    for name in FACTS:
        value = facts.get(name)
        if value is None or name in _SKIPPED:
            continue
        span = _status_span(str(value), excerpt) if name == "status" else locate(str(value), excerpt)
        if span is not None:
            spans[name] = span
    return spans


def locate(value: str, excerpt: str) -> Span | None:
    """Return where a text is in `excerpt`: as it is, escaped as JSON in JSON does, or with other white space."""
    if not value:
        return None
    form = value
    for _ in range(4):
        start = excerpt.find(form)
        if start >= 0:
            return Span(start, start + len(form))
        longer = json.dumps(form, ensure_ascii=False)[1:-1]
        if longer == form:
            break
        form = longer
    return _locate_wrapped(value, excerpt)


def _locate_wrapped(value: str, excerpt: str) -> Span | None:
    """Return where a text is whose lines were wrapped or joined, even inside a word; very long ones are left out."""
    wanted = "".join(value.split())
    if not wanted or len(excerpt) > _WRAPPED_LIMIT:
        return None
    start = "".join(excerpt.split()).find(wanted)
    if start < 0:
        return None
    offsets = [offset for offset, char in enumerate(excerpt) if not char.isspace()]
    return Span(offsets[start], offsets[start + len(wanted) - 1] + 1)


@functools.lru_cache(maxsize=500)
def _status_pattern(status: str) -> "re2._Regexp[str]":
    return re2.compile(_STATUS.format(status))


def _status_span(status: str, excerpt: str) -> Span | None:
    match = _status_pattern(status).search(excerpt)
    return Span(match.start(1), match.end(1)) if match else None
