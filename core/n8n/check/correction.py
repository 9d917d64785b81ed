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
    bodies,
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
from core.n8n.check.shown import WorkflowSecrets

_ROUNDS: Final = 4
"""A fixed node can show a next fault: the replacement of a retired model may refuse a parameter."""

Key = tuple[int, str]
"""A node's number and what is said of it."""


class NodeHit(msgspec.Struct, frozen=True):
    """One hit on one node: whether the copy has it right, and whether it is still found there."""

    node: int
    hit: RuleHit
    fixed: bool
    left: bool


class CorrectionResult(msgspec.Struct, frozen=True):
    """What came of the nodes. `copy` is None where nothing was changed; `changed` are the numbers of its new nodes."""

    found: tuple[NodeHit, ...]
    checked: int
    copy: Pasted | None
    changed: tuple[int, ...]


class _WorkflowCheck(msgspec.Struct, frozen=True):
    """A workflow, judged by the rules: what they found, by the numbers of the nodes, with what they need to know."""

    pasted: Pasted
    views: dict[int, NodeView]
    flow: Flow
    shown: WorkflowSecrets
    today: dt.date
    hits: list[tuple[int, RuleHit]] = []

    @classmethod
    def of(cls, pasted: Pasted, views: dict[int, NodeView], shown: WorkflowSecrets, today: dt.date) -> "_WorkflowCheck":
        """Return a workflow with these views of its nodes, judged."""
        flow = flow_of(pasted.nodes, pasted.connections, views.values())
        unjudged = cls(pasted, views, flow, shown, today)
        hits = [(number, hit) for number, view in views.items() for hit in unjudged.hits_of(view)]
        return msgspec.structs.replace(unjudged, hits=hits)

    def hits_of(self, view: NodeView) -> Iterator[RuleHit]:
        """Yield what is wrong with a node in this workflow."""
        yield from authentication.rules(view, self.shown.kinds)
        yield from url_rules.rules(view)
        yield from bodies.rules(view)
        yield from message_fields.rules(view)
        yield from model_rules.rules(view, self.today)
        yield from openrouter.rules(view, self.today)
        yield from run_settings.rules(view, self.flow)
        yield from wiring.rules(view, self.flow, self.today)

    def with_nodes(self, copy: Pasted, changed: Iterable[int]) -> "_WorkflowCheck":
        """Return a copy in which some nodes have changed, judged."""
        views = self.views | _views((number, copy.nodes[number]) for number in changed)
        return _WorkflowCheck.of(copy, views, self.shown, self.today)


class _EditedNode:
    """One node on its way to being correct: its JSON as it is written, and the value of it that the rules change."""

    def __init__(self, pasted: Pasted, number: int) -> None:
        start, end = pasted.spans[number]
        self.source = self.original = pasted.text[start:end]
        self._halves = pasted.halves
        self.node: dict[str, Any] = self._halves.out(decode(self.source)[0])

    def correct(self, corrections: Iterable[Correction]) -> None:
        """Apply corrections to the value, and then to its text."""
        for correction in corrections:
            correction(self.node)
            # One by one where characters are written in their own way: what lies between two changes keeps it.
            if "\\u" in self.source or "\\/" in self.source:
                self._rewrite()
        self._rewrite()

    def _rewrite(self) -> None:
        self.source = edited(self.source, self._halves.back(self.node))


def correct(pasted: Pasted, shown: WorkflowSecrets, today: dt.date) -> CorrectionResult:
    """Return what is wrong with the nodes that call Claude, and the copy in which it is corrected where it can be."""
    original = last = _WorkflowCheck.of(pasted, _views(enumerate(pasted.nodes)), shown, today)
    checked = sum(view.calls_claude for view in original.views.values())
    drafts: dict[int, _EditedNode] = {}
    found: dict[Key, RuleHit] = {}
    hits = original.hits
    for _ in range(_ROUNDS):
        for number, hit in hits:
            found.setdefault((number, hit.says), hit)
        changed = _correct(pasted, drafts, hits)
        if not changed:
            break
        last = last.with_nodes(parsed(_spliced(pasted, drafts)), changed)
        # A call that can be read now may show from which node it takes its model.
        hits = [(number, hit) for number, hit in last.hits if number in changed or hit.correction is not None]
    numbers = tuple(sorted(number for number, draft in drafts.items() if draft.source != draft.original))
    if not numbers:
        untouched = tuple(NodeHit(number, hit, fixed=False, left=True) for (number, _), hit in found.items())
        return CorrectionResult(untouched, checked, None, ())
    return CorrectionResult(tuple(_outcomes(original, found, last.hits)), checked, last.pasted, numbers)


def _views(nodes: Iterable[tuple[int, dict[str, Any]]]) -> dict[int, NodeView]:
    return {number: view for number, node in nodes if (view := view_of(node)) is not None}


def _correct(pasted: Pasted, drafts: dict[int, _EditedNode], hits: Iterable[tuple[int, RuleHit]]) -> set[int]:
    """Correct in the drafts what can be corrected, and return the numbers of their nodes."""
    corrections: dict[int, list[Correction]] = {}
    for number, hit in hits:
        if hit.correction is not None:
            corrections.setdefault(number, []).append(hit.correction)
    for number, several in corrections.items():
        if number not in drafts:
            drafts[number] = _EditedNode(pasted, number)
        drafts[number].correct(several)
    return set(corrections)


def _outcomes(
    original: _WorkflowCheck, found: dict[Key, RuleHit], after: list[tuple[int, RuleHit]]
) -> Iterator[NodeHit]:
    """Yield every hit with what the copy, checked again, shows of it; `after` is what was found there."""
    first = {(number, hit.says) for number, hit in original.hits}
    left = {(number, hit.says): hit for number, hit in after}
    unfinished: set[Key] = set()
    for number in {number for number, _ in left.keys() - first}:
        new = {says for at, says in left.keys() - first if at == number}
        fixes = {key: hit for key, hit in found.items() if key[0] == number and hit.correction is not None}
        culprits = {key for key, hit in fixes.items() if key in first and _brings(original, number, hit, new)}
        unfinished |= culprits or set(fixes)
    for key, hit in {**found, **{key: hit for key, hit in left.items() if key not in found}}.items():
        fixed = hit.correction is not None and key not in left and key not in unfinished
        yield NodeHit(key[0], hit, fixed=fixed, left=key in left)


def _brings(original: _WorkflowCheck, number: int, hit: RuleHit, new: set[str]) -> bool:
    """Whether a correction alone brings one of the new faults."""
    node = copy.deepcopy(original.pasted.nodes[number])
    if hit.correction is not None:
        hit.correction(node)
    view = view_of(node)
    return view is not None and any(other.says in new for other in original.hits_of(view))


def _spliced(pasted: Pasted, drafts: dict[int, _EditedNode]) -> str:
    """Return the pasted JSON with the texts of the drafts in the places of their nodes."""
    pieces: list[str] = []
    at = 0
    for (start, end), draft in sorted(((pasted.spans[number], draft) for number, draft in drafts.items()), key=_start):
        pieces += pasted.text[at:start], draft.source
        at = end
    return "".join([*pieces, pasted.text[at:]])


def _start(placed: tuple[tuple[int, int], _EditedNode]) -> int:
    return placed[0][0]
