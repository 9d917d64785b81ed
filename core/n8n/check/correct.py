"""The corrected copy: rules run, what they can correct is changed in the original text, and the copy is checked again.

A fix counts only when the rules find neither its fault nor a new one in the copy.
"""

import copy
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from core.n8n.check import access, address, request, running
from core.n8n.check.findings import Hit
from core.n8n.check.reader import Pasted, read
from core.n8n.check.shown import Shown
from core.n8n.check.source import edited
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

    flow: running.Flow
    shown: Shown
    today: dt.date

    def hits(self, nodes: Iterable[tuple[int, dict[str, Any]]]) -> list[tuple[int, Hit]]:
        """Return what is wrong with the nodes that call Claude."""
        return [(number, hit) for number, node in nodes for hit in self._hits(view_of(node))]

    def _hits(self, view: View | None) -> Iterator[Hit]:
        if view is not None:
            yield from access.rules(view, self.shown.kinds)
            yield from address.rules(view)
            yield from request.rules(view, self.today)
            yield from running.rules(view, self.flow)


def correct(pasted: Pasted, shown: Shown, today: dt.date) -> Corrected:
    """Return what is wrong with the nodes that call Claude, and the copy in which it is corrected where it can be."""
    checker = _Checker(running.flow_of(pasted.nodes, pasted.connections), shown, today)
    nodes = {number: copy.deepcopy(node) for number, node in enumerate(pasted.nodes) if view_of(node) is not None}
    found: dict[Key, Hit] = {}
    first: set[Key] = set()
    sources: dict[int, str] = {}
    numbers = list(nodes)
    for attempt in range(_ROUNDS):
        hits = checker.hits((number, nodes[number]) for number in numbers)
        for number, hit in hits:
            found.setdefault((number, hit.says), hit)
        first = first or set(found) if attempt == 0 else first
        # The views look at the nodes themselves, so these are changed only after all have been judged.
        for number, hit in hits:
            if hit.correction is not None:
                hit.correction(nodes[number])
                source = sources.get(number) or _source(pasted, number)
                sources[number] = edited(source, pasted.halves.back(nodes[number]))
        numbers = sorted({number for number, hit in hits if hit.correction is not None})
        if not numbers:
            break
    changed = tuple(number for number, source in sources.items() if source != _source(pasted, number))
    if not changed:
        untouched = tuple(Found(number, hit, fixed=False, left=True) for (number, _), hit in found.items())
        return Corrected(untouched, len(nodes), None, ())
    corrected = read(_spliced(pasted, sources))
    return Corrected(tuple(_judged(pasted, corrected, checker, found, first)), len(nodes), corrected, changed)


def _judged(
    pasted: Pasted, corrected: Pasted, checker: _Checker, found: dict[Key, Hit], first: set[Key]
) -> Iterator[Found]:
    """Yield every hit with what the copy, checked anew, shows of it."""
    flow = running.flow_of(corrected.nodes, corrected.connections)
    after = msgspec.structs.replace(checker, flow=flow).hits(enumerate(corrected.nodes))
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
    return any(other.says in new for _, other in checker.hits([(number, node)]))


def _source(pasted: Pasted, number: int) -> str:
    start, end = pasted.spans[number]
    return pasted.text[start:end]


def _spliced(pasted: Pasted, sources: dict[int, str]) -> str:
    """Return the pasted JSON with other texts in the places of some nodes."""
    pieces: list[str] = []
    at = 0
    for number, (start, end) in sorted(enumerate(pasted.spans), key=lambda each: each[1]):
        if number in sources:
            pieces += pasted.text[at:start], sources[number]
            at = end
    return "".join([*pieces, pasted.text[at:]])
