"""Check my node: what is wrong with the nodes that call Claude, and a corrected copy.

>>> checked = check_nodes('''{"nodes": [{"name": "Ask", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2,
...     "parameters": {"method": "GET", "url": "https://api.anthropic.com/v1/messages"}}]}''')
>>> checked.findings[0].rule.value
'authentication_missing'
>>> '"method": "POST"' in checked.corrected
True
>>> "-" in checked.difference
True

The original is checked, and the copy is the original with its faults corrected: the only thing here that can hold a
secret. Everything else that leaves this package is redacted.
Errors: `NotANodeError` (the message says what to copy), under it `DamagedJsonError`; `core.redaction.RedactionFailed`.
"""

import datetime as dt
import difflib
import json
from collections.abc import Iterator
from typing import Final

import msgspec

from core.n8n.check.correction import NodeHit, correct
from core.n8n.check.json_source import Json, decode
from core.n8n.check.leaves import Leaf, SecretLeaf, rewritten
from core.n8n.check.node_finder import DamagedJsonError, NotANodeError, Pasted, read, text_of_file
from core.n8n.check.rules import CAUSES, NodeFinding, Rule, Severity, severity_of
from core.n8n.check.secrets import SecretPlace, secret_places, secrets_in, with_placeholders
from core.n8n.check.shown import WorkflowSecrets
from core.paste.formats.json_values import encodable
from core.redaction import Hidden, Redactor

__all__ = [
    "CAUSES",
    "WHOLE",
    "DamagedJsonError",
    "NodeCheck",
    "NodeFinding",
    "NotANodeError",
    "Rule",
    "SecretPlace",
    "Severity",
    "check_nodes",
    "json_alone",
    "text_of_file",
]

WHOLE: Final = "(the workflow)"
"""Stands for a node's name in a finding on the whole workflow."""

_ORDER: Final = list(Severity)
_MOST_LINES: Final = 5_000  # of a node that is compared line by line
_MOST_NAMED: Final = 5  # places that one sentence names
_BEFORE: Final = 60  # characters shown before damage
_BEHIND: Final = 60


class NodeCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, worst first. `checked` counts the nodes that call Claude, `nodes` all of them.

    `corrected` is the original JSON with its faults corrected, secrets and all; `is_plain` says whether it may be drawn
    as it is, since redaction hides nothing in it. Where it may not, `secrets` says where they are, and `cleaned` is the
    copy with placeholders in their places. All the rest is redacted.
    """

    findings: tuple[NodeFinding, ...]
    checked: int
    nodes: int
    corrected: str | None
    is_plain: bool
    cleaned: str | None
    secrets: tuple[SecretPlace, ...]
    difference: str
    hidden: tuple[Hidden, ...]

    def __repr__(self) -> str:
        """Return counts alone, so that no log or traceback shows the copy."""
        return f"NodeCheck({self.nodes} nodes, {self.checked} checked, {len(self.findings)} findings)"


def check_nodes(text: str, *, salt: bytes | None = None, today: dt.date | None = None) -> NodeCheck:
    """Check every node in a paste that calls Claude. Raises `NotANodeError` and `RedactionFailed`."""
    redactor = Redactor(salt)
    redacted = redactor.redact(text)
    try:
        pasted = read(text)
    except DamagedJsonError as damaged:
        excerpt = _excerpt(text, redacted.text, damaged)
        raise DamagedJsonError(text, damaged.at, damaged.reason, excerpt) from None
    shown = WorkflowSecrets(redactor, pasted)
    corrected = correct(pasted, shown, today or dt.datetime.now(dt.UTC).date())
    last = corrected.copy or pasted
    secrets = shown.leaves if corrected.copy is None else secrets_in(corrected.copy, redactor)
    places = secret_places(last, secrets, shown)
    findings = [_finding(found, pasted, shown) for found in corrected.found]
    if corrected.checked:
        findings += _elsewhere(places, findings)
    is_plain, difference = True, ""
    if corrected.copy is not None:
        is_plain = redactor.redact(corrected.copy.text).text == corrected.copy.text
        changes = _difference(pasted, corrected.copy, corrected.changed, shown.leaves, secrets)
        difference = redactor.redact(changes).text
    return NodeCheck(
        findings=tuple(sorted(findings, key=lambda finding: _ORDER.index(finding.severity))),
        checked=corrected.checked,
        nodes=len(pasted.nodes),
        corrected=corrected.copy.text if corrected.copy else None,
        is_plain=is_plain,
        cleaned=None if is_plain else _cleaned(last, secrets, redactor),
        secrets=places,
        difference=difference,
        hidden=redacted.hidden,
    )


def json_alone(text: str) -> str:
    """Return the JSON in a paste as it was pasted, without what stands around it. Raises `NotANodeError`."""
    return read(text).text


def _cleaned(copy: Pasted, secrets: list[SecretLeaf], redactor: Redactor) -> str | None:
    """Return a copy without its secrets; None where redaction still hides something in it."""
    cleaned = with_placeholders(copy, secrets)
    return cleaned if redactor.redact(cleaned).text == cleaned else None


def _finding(found: NodeHit, pasted: Pasted, shown: WorkflowSecrets) -> NodeFinding:
    node = pasted.nodes[found.node]

    def screened(text: str) -> str:
        return pasted.halves.shown(shown.text(text))

    return NodeFinding(
        rule=found.hit.rule,
        severity=severity_of(found.hit.rule),
        node=screened(str(node.get("name") or "(no name)")),
        node_type=screened(str(node.get("type") or "")),
        says=screened(found.hit.says),
        fix=screened(found.hit.fix),
        cause=CAUSES.get(found.hit.rule),
        fixed=found.fixed,
        left=found.left,
    )


def _elsewhere(places: tuple[SecretPlace, ...], findings: list[NodeFinding]) -> list[NodeFinding]:
    """Return one note on the secrets in nodes of which no finding says so."""
    told = {finding.node for finding in findings if finding.rule is Rule.KEY_IN_PLAIN_TEXT and finding.left}
    names = [_where(place) for place in places if place.likely and place.node not in told]
    if not names:
        return []
    some = list(dict.fromkeys(names))
    more = f" and {len(some) - _MOST_NAMED} more" if len(some) > _MOST_NAMED else ""
    return [
        NodeFinding(
            rule=Rule.SECRET_ELSEWHERE,
            severity=severity_of(Rule.SECRET_ELSEWHERE),
            node=WHOLE,
            node_type="",
            says="What looks like a secret is written in this workflow: " + ", ".join(some[:_MOST_NAMED]) + more + ".",
            fix="If it is one, move it into an n8n credential. Everybody who gets a copy of the workflow can read it.",
            cause=None,
            fixed=False,
            left=True,
        )
    ]


def _where(place: SecretPlace) -> str:
    return f"“{place.node}”, {place.field}" if place.node else place.field


def _difference(
    pasted: Pasted, copy: Pasted, changed: tuple[int, ...], leaves: list[SecretLeaf], new: list[SecretLeaf]
) -> str:
    """Return what changed; node by node, since comparing takes the square of the lines."""
    before, after = _hidden_nodes(pasted, changed, leaves), _hidden_nodes(copy, changed, new)
    return "\n".join(_changes(*pair) for pair in zip(before, after, strict=True))


def _hidden_nodes(pasted: Pasted, numbers: tuple[int, ...], leaves: list[SecretLeaf]) -> Iterator[Json]:
    """Yield some nodes as they may be shown."""
    hidden: dict[int | None, list[tuple[Leaf, str]]] = {}
    for each in leaves:
        hidden.setdefault(each.leaf.root, []).append((each.leaf, each.shown))
    for start, end in (pasted.spans[number] for number in numbers):
        value, _ = decode(rewritten(pasted.text, hidden.get(start, ()), start, end))
        yield value


def _changes(before: Json, after: Json) -> str:
    """Return the unified difference of two nodes."""
    name = encodable(str(before.get("name") or "")) if isinstance(before, dict) else ""
    first, second = (f"{whose} {' '.join(name.split())}".strip() for whose in ("your node", "corrected"))
    old, new = (encodable(json.dumps(value, ensure_ascii=False, indent=2)).splitlines() for value in (before, after))
    if max(len(old), len(new)) > _MOST_LINES:
        lines = ["(too long to compare line by line)"]
    elif old == new:
        lines = ["(the line that changes holds a secret, so it is not shown)"]
    else:
        return "\n".join(difflib.unified_diff(old, new, first, second, lineterm="", n=2))
    return "\n".join([f"--- {first}", f"+++ {second}", *lines])


def _excerpt(text: str, redacted: str, damaged: DamagedJsonError) -> str:
    """Return the damaged line around the damage, redacted; empty where it cannot be found in the redacted text."""
    lines = redacted.split("\n")
    if text.count("\n") + 1 != len(lines):
        return ""
    start = damaged.at - damaged.column + 1
    before = text[max(start, damaged.at - _BEFORE) : damaged.at]
    line = lines[damaged.line - 1]
    if before and line.count(before) != 1:
        return ""
    at = line.index(before)
    end = at + max(len(before), _BEFORE) + _BEHIND
    return ("… " if at else "") + line[at:end] + (" …" if end < len(line) else "")
