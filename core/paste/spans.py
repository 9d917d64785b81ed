"""Where in an excerpt each fact was read."""

import functools
import json
from typing import Any, Final

import re2

from core.paste.failure import FACTS, Span

_SKIPPED: Final = frozenset(("answered_by", "surface", "provider", "item_index", "started_at", "headline"))
_WRAPPED_LIMIT: Final = 50_000
_STATUS: Final = r"(?:^|[^\w.-])({})(?:[^\w.-]|[.,-]?(?:\s|$))"


def spans_of(facts: dict[str, Any], excerpt: str) -> dict[str, Span]:
    """Return where each fact's value first stands in `excerpt`, also JSON-escaped; unseen facts are left out."""
    spans = {}
    for name in FACTS:
        value = facts.get(name)
        if value is None or name in _SKIPPED:
            continue
        span = _status_span(value, excerpt) if name == "status" else locate(str(value), excerpt)
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
    places = [place for place, char in enumerate(excerpt) if not char.isspace()]
    return Span(places[start], places[start + len(wanted) - 1] + 1)


@functools.lru_cache(maxsize=500)
def _status_pattern(value: int) -> "re2._Regexp[str]":
    return re2.compile(_STATUS.format(value))


def _status_span(value: int, excerpt: str) -> Span | None:
    found = _status_pattern(value).search(excerpt)
    return Span(found.start(1), found.end(1)) if found else None
