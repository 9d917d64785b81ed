"""The corrected copy: rules run, what they can correct is changed in the original text, and the copy is checked again.

A fix counts only when the rules find neither its fault nor a new one in the copy.
"""

import copy
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from core.n8n.check import (
    authentication,
    body_rules,
    message_fields,
    model_rules,
    openrouter,
    run_settings,
    url_rules,
    wiring,
)
from core.n8n.check.flow import Flow, flow_of
from core.n8n.check.json_source import decode, edited
from core.n8n.check.node_finder import Pasted, parsed
from core.n8n.check.node_view import NodeView, view_of
from core.n8n.check.rules import Correction, RuleHit
from core.n8n.check.workflow_secrets import WorkflowSecrets

_ROUNDS: Final = 4
"""A fixed node can show a next fault: the replacement of a retired model may refuse a parameter."""

Key = tuple[int, str]
"""A node's number and the sentence about it, which tell one hit from another."""


class NodeHit(msgspec.Struct, frozen=True):
    """One hit on one node: whether the copy is right there, and whether the hit is still found in it."""

    node: int
    hit: RuleHit
    fixed: bool
    left: bool


class CorrectionResult(msgspec.Struct, frozen=True):
    """What was found, and the copy, None where nothing was changed; `changed` are the numbers of its new nodes."""

    hits: tuple[NodeHit, ...]
    checked: int
    copy: Pasted | None
    changed: tuple[int, ...]


class _WorkflowCheck(msgspec.Struct, frozen=True):
    """A workflow and what the rules found in it, by the numbers of the nodes, with all that the rules need."""

    pasted: Pasted
    views: dict[int, NodeView]
    flow: Flow
    workflow_secrets: WorkflowSecrets
    today: dt.date
    hits: list[tuple[int, RuleHit]] = []

    @classmethod
    def of(
        cls, pasted: Pasted, views: dict[int, NodeView], workflow_secrets: WorkflowSecrets, today: dt.date
    ) -> "_WorkflowCheck":
        """Run the rules on a workflow with these views of its nodes."""
        flow = flow_of(pasted.nodes, pasted.connections, views.values())
        unchecked = cls(pasted, views, flow, workflow_secrets, today)
        hits = [(number, hit) for number, view in views.items() for hit in unchecked.hits_of(view)]
        return msgspec.structs.replace(unchecked, hits=hits)

    def hits_of(self, view: NodeView) -> Iterator[RuleHit]:
        """Yield what is wrong with a node in this workflow."""
        yield from authentication.rules(view, self.workflow_secrets.kinds)
        yield from url_rules.rules(view)
        yield from body_rules.rules(view)
        yield from message_fields.rules(view)
        yield from model_rules.rules(view, self.today)
        yield from openrouter.rules(view, self.today)
        yield from run_settings.rules(view, self.flow)
        yield from wiring.rules(view, self.flow, self.today)

    def with_nodes(self, copy: Pasted, changed: Iterable[int]) -> "_WorkflowCheck":
        """Run the rules on a copy in which some nodes have changed."""
        views = self.views | _views((number, copy.nodes[number]) for number in changed)
        return _WorkflowCheck.of(copy, views, self.workflow_secrets, self.today)


class _EditedNode:
    """One node that is being corrected: its JSON as it is written, and its value, which the rules change."""

    def __init__(self, pasted: Pasted, number: int) -> None:
        start, end = pasted.spans[number]
        self.source = self.original = pasted.text[start:end]
        self._halves = pasted.halves
        self.node: dict[str, Any] = self._halves.out(decode(self.source)[0])

    def correct(self, corrections: Iterable[Correction]) -> None:
        """Apply corrections to the value, and then to its text."""
        for correction in corrections:
            correction(self.node)
            # One by one where characters are escaped, so that what lies between two changes keeps its escapes.
            if "\\u" in self.source or "\\/" in self.source:
                self._rewrite()
        self._rewrite()

    def _rewrite(self) -> None:
        self.source = edited(self.source, self._halves.back(self.node))


def correct(pasted: Pasted, workflow_secrets: WorkflowSecrets, today: dt.date) -> CorrectionResult:
    """Return what is wrong with the nodes that call Claude, and a copy with the corrections that can be made."""
    original = last = _WorkflowCheck.of(pasted, _views(enumerate(pasted.nodes)), workflow_secrets, today)
    checked = sum(view.calls_claude for view in original.views.values())
    edited_nodes: dict[int, _EditedNode] = {}
    hits_by_key: dict[Key, RuleHit] = {}
    hits = original.hits
    for _ in range(_ROUNDS):
        for number, hit in hits:
            hits_by_key.setdefault((number, hit.says), hit)
        changed = _correct(pasted, edited_nodes, hits)
        if not changed:
            break
        last = last.with_nodes(parsed(_spliced(pasted, edited_nodes)), changed)
        # A correction can make a call readable, and so show from which node it takes its model.
        hits = [(number, hit) for number, hit in last.hits if number in changed or hit.correction is not None]
    numbers = tuple(
        sorted(number for number, edited_node in edited_nodes.items() if edited_node.source != edited_node.original)
    )
    if not numbers:
        untouched = tuple(NodeHit(number, hit, fixed=False, left=True) for (number, _), hit in hits_by_key.items())
        return CorrectionResult(untouched, checked, None, ())
    return CorrectionResult(tuple(_outcomes(original, hits_by_key, last.hits)), checked, last.pasted, numbers)


def _views(nodes: Iterable[tuple[int, dict[str, Any]]]) -> dict[int, NodeView]:
    return {number: view for number, node in nodes if (view := view_of(node)) is not None}


def _correct(pasted: Pasted, edited_nodes: dict[int, _EditedNode], hits: Iterable[tuple[int, RuleHit]]) -> set[int]:
    """Correct what can be corrected, and return the numbers of the nodes that were edited."""
    corrections: dict[int, list[Correction]] = {}
    for number, hit in hits:
        if hit.correction is not None:
            corrections.setdefault(number, []).append(hit.correction)
    for number, node_corrections in corrections.items():
        if number not in edited_nodes:
            edited_nodes[number] = _EditedNode(pasted, number)
        edited_nodes[number].correct(node_corrections)
    return set(corrections)


def _outcomes(
    original: _WorkflowCheck, hits_by_key: dict[Key, RuleHit], after: list[tuple[int, RuleHit]]
) -> Iterator[NodeHit]:
    """Yield every hit with what the copy, checked again, shows of it; `after` is what was found there."""
    first = {(number, hit.says) for number, hit in original.hits}
    left = {(number, hit.says): hit for number, hit in after}
    unfinished: set[Key] = set()
    for number in {number for number, _ in left.keys() - first}:
        new = {says for at, says in left.keys() - first if at == number}
        fixes = {key: hit for key, hit in hits_by_key.items() if key[0] == number and hit.correction is not None}
        culprits = {key for key, hit in fixes.items() if key in first and _brings(original, number, hit, new)}
        unfinished |= culprits or set(fixes)
    for key, hit in {**hits_by_key, **{key: hit for key, hit in left.items() if key not in hits_by_key}}.items():
        fixed = hit.correction is not None and key not in left and key not in unfinished
        yield NodeHit(key[0], hit, fixed=fixed, left=key in left)


def _brings(original: _WorkflowCheck, number: int, hit: RuleHit, new_faults: set[str]) -> bool:
    """Return whether a correction by itself causes one of the new faults."""
    node = copy.deepcopy(original.pasted.nodes[number])
    if hit.correction is not None:
        hit.correction(node)
    view = view_of(node)
    return view is not None and any(other.says in new_faults for other in original.hits_of(view))


def _spliced(pasted: Pasted, edited_nodes: dict[int, _EditedNode]) -> str:
    """Return the pasted JSON with each edited node instead of the original one."""
    pieces: list[str] = []
    at = 0
    for (start, end), edited_node in sorted(
        ((pasted.spans[number], edited_node) for number, edited_node in edited_nodes.items()), key=_start
    ):
        pieces += pasted.text[at:start], edited_node.source
        at = end
    return "".join([*pieces, pasted.text[at:]])


def _start(spanned: tuple[tuple[int, int], _EditedNode]) -> int:
    return spanned[0][0]
