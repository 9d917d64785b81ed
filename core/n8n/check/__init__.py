"""Check my node: what is wrong with the nodes that call Claude, and a corrected copy.

    checked = check_nodes(pasted_text)
    checked.findings    # rule, severity, node, plain sentence, fix, cause
    checked.corrected   # JSON to paste back, or None where nothing could be mended
    checked.difference  # unified diff between the two

The paste is redacted before anything is read from it, so no secret can come back in a finding or in the copy.
Errors: `NotANodeError` (the message says what to copy), `core.redaction.RedactionFailed`.
"""

import datetime as dt
import difflib
import json
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from core.n8n.check import access, address, request, running
from core.n8n.check.findings import CAUSES, Hit, NodeFinding, Rule, Severity
from core.n8n.check.reader import NotANodeError, Pasted, read
from core.n8n.check.view import View, dict_of, view_of
from core.redaction import Hidden, Redactor

__all__ = ["CAUSES", "NodeCheck", "NodeFinding", "NotANodeError", "Rule", "Severity", "check_nodes"]

_ORDER: Final = list(Severity)
_ROUNDS: Final = 4
"""A mended node can show a next fault: the replacement of a retired model may refuse a parameter."""


class NodeCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, worst first. `checked` counts the nodes that call Claude, `nodes` all of them.

    `original` and `corrected` are redacted JSON; in place of a secret stands a mask, never the secret.
    """

    findings: tuple[NodeFinding, ...]
    checked: int
    nodes: int
    original: str
    corrected: str | None
    difference: str
    hidden: tuple[Hidden, ...]


def check_nodes(text: str, *, salt: bytes | None = None, today: dt.date | None = None) -> NodeCheck:
    """Check every node in a paste that calls Claude. Raises `NotANodeError`."""
    redacted = Redactor(salt).redact(text)
    pasted = read(redacted.text)
    original = _written(pasted.value)
    day = today or dt.datetime.now(dt.UTC).date()
    views = [view for view in map(view_of, pasted.nodes) if view is not None]
    findings: dict[tuple[int, str], NodeFinding] = {}
    for _ in range(_ROUNDS):
        hits = [(view.node, hit) for view in views for hit in _hits(view, pasted, day)]
        for node, hit in hits:
            findings.setdefault((id(node), hit.says), hit.finding(node))
        # The views look at the pasted nodes themselves, so these are changed only after all have been judged.
        mendable = [(node, hit.mend) for node, hit in hits if hit.mend is not None]
        for node, mend in mendable:
            mend(node)
        if not mendable:
            break
        views = [view for view in map(view_of, pasted.nodes) if view is not None]
    corrected = _written(pasted.value)
    return NodeCheck(
        findings=tuple(sorted(findings.values(), key=lambda finding: _ORDER.index(finding.severity))),
        checked=len(views),
        nodes=len(pasted.nodes),
        original=original,
        corrected=None if corrected == original else corrected,
        difference=_difference(original, corrected),
        hidden=redacted.hidden,
    )


def _hits(view: View, pasted: Pasted, today: dt.date) -> Iterator[Hit]:
    yield from access.rules(view)
    yield from address.rules(view)
    yield from request.rules(view, today)
    yield from running.rules(view, pasted.nodes, dict_of(pasted.connections))


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _difference(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "your node", "corrected", lineterm="", n=2)
    return "\n".join(lines)
