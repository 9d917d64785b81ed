"""Check my node: what is wrong with the nodes that call Claude, and a corrected copy.

A check runs through these modules in this order:

* `node_finder`, `damage`: the nodes in a paste; `json_source`: JSON as it is written, and the smallest changes to it
* `leaves`, `workflow_secrets`, `secrets`, `key_placeholders`: the workflow's secrets, their masks and placeholders
* `node_view`: a node as the rules see it, made from `layouts`, `body_fields`, `callee`, `model_references`; below these
  `parameter_values`, `javascript`; `flow`: the workflow around the nodes
* the rules: `authentication`, `url_rules`, `body_rules` with `json_templates` and `near_json`, `message_fields`,
  `model_rules` with `parameters`, `openrouter`, `run_settings`, `wiring`; `rules` lists what they can find
* `correction`: the copy, checked again

>>> checked = check_nodes('''{"nodes": [{"name": "Ask", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2,
...     "parameters": {"method": "GET", "url": "https://api.anthropic.com/v1/messages"}}]}''')
>>> checked.findings[0].rule.value
'authentication_missing'
>>> '"method": "POST"' in checked.corrected
True
>>> "-" in checked.difference
True

The copy is the original with its faults corrected, and the only result that can hold a secret; all others are redacted.
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
from core.n8n.check.workflow_secrets import WorkflowSecrets
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
"""The node's name in a finding about the whole workflow."""

_ORDER: Final = list(Severity)
_MOST_LINES: Final = 5_000
"""Lines of a node that are still compared one by one."""

_MOST_NAMED: Final = 5
"""Secrets that one sentence names."""

_BEFORE: Final = 60
_BEHIND: Final = 60
"""Characters that are shown before and behind damage."""


class NodeCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found, worst first. `checked` counts the nodes that call Claude, `nodes` all of them.

    `corrected` is the original JSON with its faults corrected, secrets and all; `is_plain` says whether it may be drawn
    as it is, since redaction hides nothing in it. Where it may not, `secrets` says where its secrets are, and `cleaned`
    is the copy with placeholders instead. All the rest is redacted.
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
    workflow_secrets = WorkflowSecrets(redactor, pasted)
    result = correct(pasted, workflow_secrets, today or dt.datetime.now(dt.UTC).date())
    newest = result.copy or pasted
    secrets = workflow_secrets.leaves if result.copy is None else secrets_in(result.copy, redactor)
    places = secret_places(newest, secrets, workflow_secrets)
    findings = [_finding(node_hit, pasted, workflow_secrets) for node_hit in result.hits]
    if result.checked:
        findings += _elsewhere(places, findings)
    is_plain, difference = True, ""
    if result.copy is not None:
        is_plain = redactor.redact(result.copy.text).text == result.copy.text
        changes = _difference(pasted, result.copy, result.changed, workflow_secrets.leaves, secrets)
        difference = redactor.redact(changes).text
    return NodeCheck(
        findings=tuple(sorted(findings, key=lambda finding: _ORDER.index(finding.severity))),
        checked=result.checked,
        nodes=len(pasted.nodes),
        corrected=result.copy.text if result.copy else None,
        is_plain=is_plain,
        cleaned=None if is_plain else _cleaned(newest, secrets, redactor),
        secrets=places,
        difference=difference,
        hidden=redacted.hidden,
    )


def json_alone(text: str) -> str:
    """Return the JSON in a paste as it was pasted, without the text around it. Raises `NotANodeError`."""
    return read(text).text


def _cleaned(copy: Pasted, secrets: list[SecretLeaf], redactor: Redactor) -> str | None:
    """Return a copy without its secrets; None where redaction still hides something in it."""
    cleaned = with_placeholders(copy, secrets)
    return cleaned if redactor.redact(cleaned).text == cleaned else None


def _finding(node_hit: NodeHit, pasted: Pasted, workflow_secrets: WorkflowSecrets) -> NodeFinding:
    node = pasted.nodes[node_hit.node]

    def screened(text: str) -> str:
        return pasted.halves.shown(workflow_secrets.text(text))

    return NodeFinding(
        rule=node_hit.hit.rule,
        severity=severity_of(node_hit.hit.rule),
        node=screened(str(node.get("name") or "(no name)")),
        node_type=screened(str(node.get("type") or "")),
        says=screened(node_hit.hit.says),
        fix=screened(node_hit.hit.fix),
        cause=CAUSES.get(node_hit.hit.rule),
        fixed=node_hit.fixed,
        left=node_hit.left,
    )


def _elsewhere(places: tuple[SecretPlace, ...], findings: list[NodeFinding]) -> list[NodeFinding]:
    """Return one note about the secrets in nodes for which no finding mentions one."""
    named = {finding.node for finding in findings if finding.rule is Rule.KEY_IN_PLAIN_TEXT and finding.left}
    names = [_where(place) for place in places if place.likely and place.node not in named]
    if not names:
        return []
    distinct = list(dict.fromkeys(names))
    more = f" and {len(distinct) - _MOST_NAMED} more" if len(distinct) > _MOST_NAMED else ""
    return [
        NodeFinding(
            rule=Rule.SECRET_ELSEWHERE,
            severity=severity_of(Rule.SECRET_ELSEWHERE),
            node=WHOLE,
            node_type="",
            says="What looks like a secret is written in this workflow: "
            + ", ".join(distinct[:_MOST_NAMED])
            + more
            + ".",
            fix="If it is one, move it into an n8n credential. Everybody who gets a copy of the workflow can read it.",
            cause=None,
            fixed=False,
            left=True,
        )
    ]


def _where(place: SecretPlace) -> str:
    return f"“{place.node}”, {place.field}" if place.node else place.field


def _difference(
    pasted: Pasted, copy: Pasted, changed: tuple[int, ...], leaves: list[SecretLeaf], copy_leaves: list[SecretLeaf]
) -> str:
    """Return what changed, node by node, since the work grows with the square of the lines compared."""
    before, after = _hidden_nodes(pasted, changed, leaves), _hidden_nodes(copy, changed, copy_leaves)
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
