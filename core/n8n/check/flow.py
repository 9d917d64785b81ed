"""What the rules need to know of a whole workflow, read once, so that no rule has to search all nodes for each node."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import msgspec
import re2

from core.n8n.check.layouts import dict_of
from core.n8n.check.node_view import SET, NodeView
from core.n8n.check.parameter_values import code_in

_READS_FAILURE: Final = re2.compile(r"\b(?:statusCode|error|failure|status)\b")
_OWN_FIELD: Final = re2.compile(r"""\$json\s*(?:\?\.|\.|\[\s*["'])([A-Za-z_]\w*)""")
_OTHERS_FIELD: Final = re2.compile(
    r"""\$(?:\(\s*["']([^"']+)["']\s*\)|node\[\s*["']([^"']+)["']\s*\])"""
    r"""(?:\.(?:item|first\(\)|last\(\)|all\(\)\[0\]))?\.json\s*(?:\?\.|\.|\[\s*["'])([A-Za-z_]\w*)"""
)
_MAIN: Final = "main"
_MOST_SETTERS: Final = 50
"""How many nodes that write a Claude id into a field are followed to the calls that use it."""

_MANY_ITEMS: Final = {
    "n8n-nodes-base.splitOut": None,
    "n8n-nodes-base.spreadsheetFile": None,
    "n8n-nodes-base.rssFeedRead": None,
    "n8n-nodes-base.itemLists": ("operation", ("splitOutItems",), "splitOutItems"),
    "n8n-nodes-base.extractFromFile": ("operation", ("csv", "xls", "xlsx", "ods"), "csv"),
    "n8n-nodes-base.googleSheets": ("operation", ("read",), "read"),
    "n8n-nodes-base.airtable": ("operation", ("search", "list"), ""),
    "n8n-nodes-base.microsoftExcel": ("operation", ("readRows",), ""),
}
"""Nodes that give one item per row or entry; for some, only with certain operations (the last entry is the default)."""

_PASSES_ON: Final = frozenset(
    f"n8n-nodes-base.{name}" for name in ("set", "if", "filter", "sort", "noOp", "switch", "removeDuplicates")
)
"""Nodes that pass on about as many items as they get, all at once."""


class Flow(msgspec.Struct, frozen=True):
    """What the rules need to know of a workflow, by the names of its nodes."""

    read: frozenset[str]  # a later node reads the failure
    caught: frozenset[str]  # something is connected to the error output
    in_main: frozenset[str]  # connected by a main connection
    fed_many: frozenset[str]  # gets many items at once
    model_fields: frozenset[tuple[str, str]]  # node and field that a call takes its model from
    calls_messages: bool
    old_agents: tuple[str, ...]
    has_connections: bool
    calls_claude: bool


def flow_of(nodes: list[dict[str, Any]], connections: dict[str, Any], views: Collection[NodeView]) -> Flow:
    """Read a workflow; `views` are those of its nodes that have one."""
    by_name = {str(node.get("name")): node for node in nodes}
    ahead = {name: _targets(links) for name, links in connections.items()}
    behind: dict[str, list[str]] = defaultdict(list)
    for name, targets in ahead.items():
        for target in targets:
            behind[target].append(name)
    calls = [view for view in views if view.calls_claude]
    names = {view.name for view in calls}
    readers = [name for name, node in by_name.items() if _READS_FAILURE.search(str(node.get("parameters")))]
    return Flow(
        read=frozenset(_reach(readers, behind) & names),
        caught=frozenset(name for name, links in connections.items() if _output(links, 1)),
        in_main=frozenset({*(name for name in ahead if ahead[name]), *behind}),
        fed_many=frozenset(_fed_many(by_name, ahead) & names),
        calls_messages=any(view.to_messages for view in calls),
        old_agents=tuple(view.name for view in views if view.is_old_agent),
        model_fields=frozenset(_model_fields(calls, [view.name for view in views if view.type == SET], ahead)),
        has_connections=bool(connections),
        calls_claude=bool(calls),
    )


def _reach(starts: Iterable[str], links: dict[str, list[str]]) -> set[str]:
    """Return the nodes that the links lead to from the start nodes."""
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        for name in links.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached


def _fed_many(by_name: dict[str, dict[str, Any]], ahead: dict[str, list[str]]) -> set[str]:
    def passes_on(name: str) -> bool:
        return name in by_name and by_name[name].get("type") in _PASSES_ON

    fed: set[str] = set()
    waiting = [name for name, node in by_name.items() if _gives_many(node)]
    seen = set(waiting)
    while waiting:
        for name in ahead.get(waiting.pop(), ()):
            fed.add(name)
            if passes_on(name) and name not in seen:
                seen.add(name)
                waiting.append(name)
    return fed


def _gives_many(node: dict[str, Any]) -> bool:
    kind = node.get("type")
    if kind not in _MANY_ITEMS or node.get("executeOnce") is True:
        return False
    condition = _MANY_ITEMS[str(kind)]
    if condition is None:
        return True
    name, values, default = condition
    parameters = dict_of(node.get("parameters"))
    if parameters.get("resource", "sheet") not in ("sheet", "worksheet", "record", "table"):
        return False
    return parameters.get(name, default) in values


def _model_fields(calls: list[NodeView], setters: list[str], ahead: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the node and field of each value that a call to Claude takes its model from."""
    reached = {name: _reach([name], ahead) for name in setters[:_MOST_SETTERS]}
    for view in calls if setters else ():
        for code in _model_code(view) if view.model is None else ():
            for match in _OTHERS_FIELD.finditer(code):
                yield match[1] or match[2], match[3]
            fields = {match[1] for match in _OWN_FIELD.finditer(code)}
            yield from ((name, field) for name in setters if view.name in reached.get(name, ()) for field in fields)


def _model_code(view: NodeView) -> list[str]:
    """Return the code that gives a call its model."""
    if view.body is not None:
        return [view.body.value("model")]
    pairs = () if view.request is None else view.request.pairs
    values = [pair.value for pair in pairs if pair.name == "model"]
    if view.request is None:
        values += [dict_of(one).get("value", one) for one in map(view.parameters.get, ("model", "modelId"))]
    return [code for value in values if isinstance(value, str) for code in code_in(value)]


def _targets(links: object) -> list[str]:
    """Return the names of the nodes that the main outputs of a node lead to."""
    outputs = dict_of(links).get(_MAIN)
    count = len(outputs) if isinstance(outputs, list) else 0
    return [name for output in range(count) for name in _output(links, output)]


def _output(links: object, output: int) -> list[str]:
    """Return the names of the nodes that one output of a node leads to."""
    outputs = dict_of(links).get(_MAIN)
    if not isinstance(outputs, list) or output >= len(outputs) or not isinstance(outputs[output], list):
        return []
    return [str(link.get("node")) for link in outputs[output] if isinstance(link, dict)]
