"""Telling apart the texts that have no form of their own: a web page, a traceback, a toast, log lines, plain words."""

from collections.abc import Callable
from typing import Final, NamedTuple

import re2

from core.paste.facts.pages import is_html
from core.paste.failure import Shape

_LOG_MARK: Final = re2.compile(
    r"^\s*\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|^\s*(?:error|warn|info|debug)\s{1,6}[:|]|^\s*\[(?:ERROR|WARN|INFO)"
)
_TOAST_LINES: Final = 6
_TOAST: Final = re2.compile(r"(?m)^(?:Problem in node|Error in sub-node) ?[‘'\"]")
_TOAST_LIMIT: Final = 2_000
"""Characters in which a person's words and a toast below them begin."""


class KindOfWords(NamedTuple):
    """One row of `KINDS`: how a text without a form of its own is recognised, with an example."""

    shape: Shape
    is_it: Callable[[str], bool]
    example: str
    before: tuple[Shape, ...] = ()


def _is_page(text: str) -> bool:
    return is_html(text[:600].lstrip()[:400]) and text.lstrip().startswith("<")


def _is_traceback(text: str) -> bool:
    return "Traceback (most recent call last)" in text or "@anthropic-ai/sdk" in text


def _is_toast(text: str) -> bool:
    if text.lstrip()[:8] in ("Problem ", "Error in") and text.count("\n") < _TOAST_LINES:
        return True
    return "\n    at " not in text and bool(_TOAST.search(text[:_TOAST_LIMIT]))


def _is_log(text: str) -> bool:
    return bool(_LOG_MARK.search(text.lstrip()[:200])) or "\n    at " in text


KINDS: Final = (
    KindOfWords(Shape.HTML_PAGE, _is_page, "<!DOCTYPE html><html><title>Just a moment...</title></html>"),
    # an SDK's trace in a log is still the SDK's, and the log mark of JavaScript is any trace
    KindOfWords(
        Shape.SDK_TRACEBACK,
        _is_traceback,
        "APIError: 529\n    at APIError.generate (node_modules/@anthropic-ai/sdk/src/error.ts:98:14)",
        before=(Shape.LOG,),
    ),
    # a toast with a trace below it
    KindOfWords(
        Shape.TOAST,
        _is_toast,
        "Problem in node ‘Claude‘\nOverloaded\n    at run (node.ts:1:1)",
        before=(Shape.LOG,),
    ),
    KindOfWords(Shape.LOG, _is_log, "2026-11-20T10:00:00.000Z | error | Overloaded"),
)
"""The shapes that words without a form can have, in the order in which they are tried; `TEXT` where none fits."""


def shape_of_words(text: str) -> Shape:
    """Return the kind of a text without a form of its own."""
    return next((kind.shape for kind in KINDS if kind.is_it(text)), Shape.TEXT)
