"""Check my node: what is wrong with the nodes that call Claude, and a corrected copy.

    checked = check_nodes(pasted_text)
    checked.findings    # rule, severity, node, plain sentence, fix, cause
    checked.corrected   # JSON to paste back, or None where nothing could be mended
    checked.difference  # unified diff between the two, node by node

The paste is redacted before anything is read from it, so no secret can come back in a finding or in the copy.
Errors: `NotANodeError` (the message says what to copy), `core.redaction.RedactionFailed`.
"""

import datetime as dt
import difflib
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from core.n8n.check import access, address, bodies, models, openrouter, request, running, wiring
from core.n8n.check.findings import CAUSES, Hit, NodeFinding, Rule, Severity
from core.n8n.check.reader import NotANodeError, Pasted, read
from core.n8n.check.view import View, view_of
from core.redaction import Hidden, Redacted, Redactor

__all__ = ["CAUSES", "NodeCheck", "NodeFinding", "NotANodeError", "Rule", "Severity", "check_nodes", "check_redacted"]

_ORDER: Final = list(Severity)
_MOST_LINES: Final = 5_000  # of a node that is compared line by line
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
    return check_redacted(Redactor(salt).redact(text), today=today)


def check_redacted(redacted: Redacted, *, today: dt.date | None = None) -> NodeCheck:
    """Check every node in a redacted paste that calls Claude. Raises `NotANodeError`."""
    pasted = read(redacted.text)
    original = _written(pasted.value)
    views = _views(pasted.nodes)
    before = [_written(view.node) for view in views]
    findings = _judge_and_mend(views, pasted, today or dt.datetime.now(dt.UTC).date())
    corrected = _written(pasted.value)
    return NodeCheck(
        findings=tuple(sorted(findings, key=lambda finding: _ORDER.index(finding.severity))),
        checked=sum(view.calls_claude for view in views),
        nodes=len(pasted.nodes),
        original=original,
        corrected=None if corrected == original else corrected,
        difference="\n".join(filter(None, map(_difference, before, (view.node for view in views)))),
        hidden=redacted.hidden,
    )


def _judge_and_mend(views: list[View], pasted: Pasted, today: dt.date) -> list[NodeFinding]:
    """Return what is wrong with the nodes, and mend in place what can be mended."""
    flow = running.flow_of(pasted.nodes, pasted.connections)
    findings: dict[tuple[int, str], NodeFinding] = {}
    left: set[tuple[int, str]] = set()
    for _ in range(_ROUNDS):
        hits = [(view.node, hit) for view in views for hit in _hits(view, flow, today)]
        left = {(id(node), hit.says) for node, hit in hits}
        for node, hit in hits:
            findings.setdefault((id(node), hit.says), hit.finding(node))
        # The views look at the pasted nodes themselves, so these are changed only after all have been judged.
        mendable = [(node, hit.mend) for node, hit in hits if hit.mend is not None]
        for node, mend in mendable:
            mend(node)
        if not mendable:
            break
        views = _views({id(node): node for node, _ in mendable}.values())
    # What the last look still finds is not mended, whatever was tried.
    return [msgspec.structs.replace(found, mended=found.mended and key not in left) for key, found in findings.items()]


def _views(nodes: Iterable[dict[str, Any]]) -> list[View]:
    return [view for view in map(view_of, nodes) if view is not None]


def _hits(view: View, flow: running.Flow, today: dt.date) -> Iterator[Hit]:
    yield from access.rules(view)
    yield from address.rules(view)
    yield from bodies.rules(view)
    yield from request.rules(view)
    yield from models.rules(view, today)
    yield from openrouter.rules(view, today)
    yield from running.rules(view, flow)
    yield from wiring.rules(view, flow, today)


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _difference(before: str, node: dict[str, Any]) -> str:
    """Return what changed in one node; node by node, since comparing takes the square of the lines."""
    after = _written(node)
    if after == before:
        return ""
    name = " ".join(str(node.get("name") or "").split())
    titles = (f"your node {name}".strip(), f"corrected {name}".strip())
    old, new = before.splitlines(), after.splitlines()
    if len(old) > _MOST_LINES:
        return f"--- {titles[0]}\n+++ {titles[1]}\n(too long to compare line by line)"
    return "\n".join(difflib.unified_diff(old, new, *titles, lineterm="", n=2))
