"""Reading the text of n8n's error panel, as selected and copied from the screen.

A header, a description, then sections under fixed labels ("Error code", "Full message", "Other info", "Node version",
"n8n version", ...), each label on a line of its own (n8n 1.x and 2.41.1, English).
"""

from itertools import pairwise
from typing import Final

import re2

from core.paste.draft import Draft
from core.paste.facts.names import learn_url
from core.paste.facts.stack import learn_stack
from core.paste.facts.wording import learn_object, learn_text
from core.paste.failure import FailedIn
from core.paste.formats.json_values import as_dict, as_int, as_status, parse_first
from core.paste.shapes.n8n_error import learn_kind

_LABELS: Final = frozenset(
    (
        "error details",
        "error code",
        "full message",
        "error data",
        "error extra",
        "error cause",
        "request",
        "other info",
        "item index",
        "run index",
        "node type",
        "node version",
        "n8n version",
        "parameter",
        "time",
        "stack trace",
        "resource",
        "operation",
        "ask assistant",
        "open node",
        "copy",
    )
)
_ENDS_PANEL: Final = re2.compile(r"^\s+at |^\}\s*$")
_TELLING: Final = frozenset(("error details", "other info", "n8n version", "node type", "full message", "stack trace"))


def looks_like_panel(lines: list[str]) -> bool:
    """Return whether at least two of the panel's own labels are lines of their own."""
    return len({line.strip().lower() for line in lines} & _TELLING) >= 2


def panels_in(text: str) -> list[str]:
    """Return the panels that were copied one after another; each begins behind the trace of the one before."""
    lines = text.split("\n")
    marks = [number for number, line in enumerate(lines) if line.strip().lower() == "error details"]
    starts = [0]
    for before, mark in pairwise(marks):
        ends = [number for number in range(before, mark) if _ENDS_PANEL.search(lines[number])]
        starts.append(ends[-1] + 1 if ends else mark)
    return ["\n".join(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]


def read_panel(text: str) -> Draft:
    """Return the failure that a panel shows."""
    head, sections = _sections(text.split("\n"))
    draft = Draft()
    for label in ("error data", "full message", "error cause"):
        if sections.get(label):
            _learn_section(draft, label, sections[label])
    code = sections.get("error code", "")
    draft.learn(status=as_status(code), code=code if code and not code.isdigit() else None)
    _learn_head(draft, head)
    _learn_info(draft, sections)
    return draft


def _sections(lines: list[str]) -> tuple[str, dict[str, str]]:
    head: list[str] = []
    sections: dict[str, list[str]] = {}
    current: list[str] = head
    for line in lines:
        label = line.strip().lower()
        if label in _LABELS:
            current = sections.setdefault(label, [])
        elif label.startswith("from ") and len(label) < 200 and "error details" in sections:
            sections["from"] = [line.strip()[5:]]
        else:
            current.append(line)
    return "\n".join(head).strip(), {label: "\n".join(lines).strip() for label, lines in sections.items()}


def _learn_section(draft: Draft, label: str, text: str) -> None:
    if label == "full message":
        learn_text(draft, text)
        return
    try:
        value = parse_first(text)[0]
    except ValueError:
        learn_text(draft, text)
        return
    if label == "error cause" and isinstance(value, dict):
        learn_text(draft, str(value.get("message") or ""))
    else:
        learn_object(draft, value)


def _learn_head(draft: Draft, head: str) -> None:
    """The header is n8n's sentence; what follows is the description, sometimes a whole web page."""
    first, _, rest = head.partition("\n")
    opening = Draft()
    learn_text(opening, first)
    if opening.headline is None:
        learn_text(draft, first)
    description = _plain(rest)
    if description:
        learn_text(draft, description)
    learn_text(draft, first)


def _plain(text: str) -> str:
    """Undo the panel's own mark-up of back-ticks."""
    return text.replace("<code>", "`").replace("</code>", "`").strip()


def _learn_info(draft: Draft, sections: dict[str, str]) -> None:
    node_type = sections.get("node type", "").split("\n", 1)[0]
    draft.learn(
        node=sections.get("from"),
        node_type=node_type,
        node_version=sections.get("node version", "").split(" ", 1)[0],
        n8n_version=sections.get("n8n version", "").split(" ", 1)[0],
        item_index=as_int(sections.get("item index")),
        started_at=sections.get("time", "").split("\n", 1)[0],
    )
    learn_kind(draft, node_type)
    trace = sections.get("stack trace", "")
    error_class = trace.split(":", 1)[0]
    if error_class.isidentifier():
        draft.learn(n8n_error=error_class)
    learn_stack(draft, [trace])
    if error_class == "WrappedExecutionError" or draft.failed_in is FailedIn.CODE_NODE:
        learn_kind(draft, "n8n-nodes-base.code")
    _learn_request(draft, sections.get("request", ""))


def _learn_request(draft: Draft, text: str) -> None:
    try:
        request = as_dict(parse_first(text)[0]) if text.startswith("{") else {}
    except ValueError:
        request = {}
    learn_url(draft, str(request.get("uri") or ""))
    draft.learn(model=str(as_dict(request.get("body")).get("model") or ""))
