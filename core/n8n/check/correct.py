"""The corrected copy: rules run, what they can correct is changed in the original text, and the copy is checked again.

A fix counts only when the rules find neither its fault nor a new one in the copy.
"""

import copy
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from core.n8n.check import address, authentication, bodies, models, openrouter, request, running, wiring
from core.n8n.check.findings import Correction, Hit
from core.n8n.check.flow import Flow, flow_of
from core.n8n.check.reader import Pasted, parsed
from core.n8n.check.shown import Shown
from core.n8n.check.source import decode, edited
from core.n8n.check.view import View, view_of

_ROUNDS: Final = 4
"""A fixed node can show a next fault: the replacement of a retired model may refuse a parameter."""

Key = tuple[int, str]
"""A node's number and what is said of it."""


class Found(msgspec.Struct, frozen=True):
    """One hit on one node: whether the copy has it right, and whether it is still found there."""

    node: int
    hit: Hit
    fixed: bool
    left: bool


class Corrected(msgspec.Struct, frozen=True):
    """What came of the nodes. `copy` is None where nothing was changed; `changed` are the numbers of its new nodes."""

    found: tuple[Found, ...]
    checked: int
    copy: Pasted | None
    changed: tuple[int, ...]


class _Checker(msgspec.Struct, frozen=True):
    """The rules, with what they need to know beside a node."""

    flow: Flow
    shown: Shown
    today: dt.date

    def hits(self, views: dict[int, View]) -> list[tuple[int, Hit]]:
        """Return what is wrong with the nodes of these views, by the nodes' numbers."""
        return [(number, hit) for number, view in views.items() for hit in self._hits(view)]

    def _hits(self, view: View) -> Iterator[Hit]:
        yield from authentication.rules(view, self.shown.kinds)
        yield from address.rules(view)
        yield from bodies.rules(view)
        yield from request.rules(view)
        yield from models.rules(view, self.today)
        yield from openrouter.rules(view, self.today)
        yield from running.rules(view, self.flow)
        yield from wiring.rules(view, self.flow, self.today)


class _Draft:
    """One node on its way to being correct: its JSON as it is written, and the value of it that the rules change."""

    def __init__(self, pasted: Pasted, number: int) -> None:
        start, end = pasted.spans[number]
        self.source = self.original = pasted.text[start:end]
        self._halves = pasted.halves
        self.node: dict[str, Any] = self._halves.out(decode(self.source)[0])

    @property
    def is_changed(self) -> bool:
        """Whether a correction has changed the text."""
        return self.source != self.original

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


def correct(pasted: Pasted, shown: Shown, today: dt.date) -> Corrected:
    """Return what is wrong with the nodes that call Claude, and the copy in which it is corrected where it can be."""
    views = _views(enumerate(pasted.nodes))
    checker = _Checker(flow_of(pasted.nodes, pasted.connections, views.values()), shown, today)
    checked = sum(view.calls_claude for view in views.values())
    drafts: dict[int, _Draft] = {}
    found: dict[Key, Hit] = {}
    changed = _round(checker, pasted, views, drafts, found)
    first = frozenset(found)
    _settle(checker, pasted, changed, drafts, found)
    if not any(draft.is_changed for draft in drafts.values()):
        untouched = tuple(Found(number, hit, fixed=False, left=True) for (number, _), hit in found.items())
        return Corrected(untouched, checked, None, ())
    again = _again(checker, pasted, views, drafts)
    # A call that can be read now may show from which node it takes its model.
    shown_now = {number for number, hit in again.hits if hit.correction and (number, hit.says) not in found}
    if shown_now:
        _settle(again.checker, pasted, {number: again.views[number] for number in shown_now}, drafts, found)
        again = _again(checker, pasted, views, drafts)
    numbers = tuple(sorted(number for number, draft in drafts.items() if draft.is_changed))
    return Corrected(tuple(_judged(pasted, checker, found, first, again.hits)), checked, again.copy, numbers)


class _Again(msgspec.Struct, frozen=True):
    """The copy, checked anew."""

    copy: Pasted
    views: dict[int, View]
    checker: _Checker
    hits: list[tuple[int, Hit]]


def _again(checker: _Checker, pasted: Pasted, views: dict[int, View], drafts: dict[int, _Draft]) -> _Again:
    corrected = parsed(_spliced(pasted, drafts))
    views = views | _views((number, corrected.nodes[number]) for number, draft in drafts.items() if draft.is_changed)
    flow = flow_of(corrected.nodes, corrected.connections, views.values())
    checker = msgspec.structs.replace(checker, flow=flow)
    return _Again(corrected, views, checker, checker.hits(views))


def _views(nodes: Iterable[tuple[int, dict[str, Any]]]) -> dict[int, View]:
    return {number: view for number, node in nodes if (view := view_of(node)) is not None}


def _round(
    checker: _Checker, pasted: Pasted, views: dict[int, View], drafts: dict[int, _Draft], found: dict[Key, Hit]
) -> dict[int, View]:
    """Judge some nodes, note what is found, correct what can be corrected, and return the views of nodes changed."""
    corrections: dict[int, list[Correction]] = {}
    for number, hit in checker.hits(views):
        found.setdefault((number, hit.says), hit)
        if hit.correction is not None:
            corrections.setdefault(number, []).append(hit.correction)
    # The views look at the nodes themselves, so these are changed only after all have been judged.
    for number, several in corrections.items():
        if number not in drafts:
            drafts[number] = _Draft(pasted, number)
        drafts[number].correct(several)
    return _views((number, drafts[number].node) for number in corrections)


def _settle(
    checker: _Checker, pasted: Pasted, views: dict[int, View], drafts: dict[int, _Draft], found: dict[Key, Hit]
) -> None:
    """Judge and correct nodes until nothing more can be corrected in them."""
    for _ in range(_ROUNDS - 1):
        views = _round(checker, pasted, views, drafts, found)


def _judged(
    pasted: Pasted, checker: _Checker, found: dict[Key, Hit], first: frozenset[Key], after: list[tuple[int, Hit]]
) -> Iterator[Found]:
    """Yield every hit with what the copy, checked anew, shows of it; `after` is what was found there."""
    left = {(number, hit.says): hit for number, hit in after}
    unfinished: set[Key] = set()
    for number in {number for number, _ in left.keys() - first}:
        new = {says for at, says in left.keys() - first if at == number}
        fixes = {key: hit for key, hit in found.items() if key[0] == number and hit.correction is not None}
        culprits = {key for key, hit in fixes.items() if key in first and _brings(pasted, checker, number, hit, new)}
        unfinished |= culprits or set(fixes)
    for key, hit in {**found, **{key: hit for key, hit in left.items() if key not in found}}.items():
        fixed = hit.correction is not None and key not in left and key not in unfinished
        yield Found(key[0], hit, fixed=fixed, left=key in left)


def _brings(pasted: Pasted, checker: _Checker, number: int, hit: Hit, new: set[str]) -> bool:
    """Whether a correction alone brings one of the new faults."""
    node = copy.deepcopy(pasted.nodes[number])
    if hit.correction is not None:
        hit.correction(node)
    return any(other.says in new for _, other in checker.hits(_views([(number, node)])))


def _spliced(pasted: Pasted, drafts: dict[int, _Draft]) -> str:
    """Return the pasted JSON with the texts of the drafts in the places of their nodes."""
    pieces: list[str] = []
    at = 0
    for (start, end), draft in sorted(((pasted.spans[number], draft) for number, draft in drafts.items()), key=_start):
        pieces += pasted.text[at:start], draft.source
        at = end
    return "".join([*pieces, pasted.text[at:]])


def _start(placed: tuple[tuple[int, int], _Draft]) -> int:
    return placed[0][0]
