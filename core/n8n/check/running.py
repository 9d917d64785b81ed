"""Rules on how a node runs: its typeVersion, and what happens to its failures."""

from typing import Any, Final

import msgspec
import re2

from core.n8n.check.findings import Hit, Hits, Rule
from core.n8n.check.view import View, dict_of
from core.n8n.type_versions import table
from core.paste.failure import Surface

_READS_FAILURE: Final = re2.compile(r"\b(?:statusCode|error|failure|status)\b")
_OLDEST_GOOD: Final = table()[0].http_request


class Flow(msgspec.Struct, frozen=True):
    """What happens to failures in a whole workflow, by the names of the nodes that fail."""

    read: frozenset[str]  # a node behind looks at the failure
    caught: frozenset[str]  # something is connected to the error output
    has_connections: bool


def flow_of(nodes: list[dict[str, Any]], connections: dict[str, Any]) -> Flow:
    """Look at a workflow once, so that no rule has to look at all nodes for each node."""
    readers = {str(node.get("name")) for node in nodes if _READS_FAILURE.search(str(node.get("parameters")))}
    return Flow(
        read=frozenset(name for name in connections if not readers.isdisjoint(_targets(connections[name], 0))),
        caught=frozenset(name for name in connections if _targets(connections[name], 1)),
        has_connections=bool(connections),
    )


def rules(view: View, flow: Flow) -> Hits:
    """Check typeVersion and error handling."""
    if view.surface is Surface.CODE_NODE:
        return
    yield from _type_version(view)
    yield from _continue_modes(view, flow)
    response = dict_of(dict_of(view.options.get("response")).get("response"))
    if view.is_http and response.get("neverError") is True and response.get("fullResponse") is not True:
        yield Hit(
            Rule.STATUS_LOST,
            "“Never Error” is on without “Include Response Headers and Status”: a failure looks like an answer, and "
            "its status and request id are lost.",
            "Switch on Include Response Headers and Status too, or switch off Never Error.",
            _full_response,
        )


def _type_version(view: View) -> Hits:
    if view.surface is Surface.HTTP_REQUEST and view.version < _OLDEST_GOOD:
        yield Hit(
            Rule.TYPE_VERSION_OLD,
            f"The node has the old typeVersion {view.version:g}; newer ones say more when a call fails.",
            "Delete the node and add it anew, or paste one that Reconnect made.",
            # typeVersions below 3 have other parameters; from 3 on they fit.
            _newer if view.version >= 3 else None,
        )
    elif view.surface is Surface.CHAT_MODEL and view.version < 1.3:
        yield Hit(
            Rule.TYPE_VERSION_OLD,
            f"The node has the old typeVersion {view.version:g}, whose list of models has only retired ones.",
            "Delete the node and add it anew.",
        )


def _continue_modes(view: View, flow: Flow) -> Hits:
    mode = view.node.get("onError") or ("continueRegularOutput" if view.node.get("continueOnFail") is True else None)
    name = str(view.node.get("name"))
    if mode == "continueRegularOutput" and name not in flow.read:
        yield Hit(
            Rule.ERRORS_HIDDEN,
            "On Error is “Continue”: the run stays green and the failure goes on as if it were an answer.",
            "Set On Error to Stop Workflow, or to Continue (using error output) and connect that output.",
            _stop,
        )
    elif mode == "continueErrorOutput" and flow.has_connections and name not in flow.caught:
        yield Hit(
            Rule.ERRORS_HIDDEN,
            "On Error goes to the error output, but nothing is connected there: failures vanish, the run stays green.",
            "Connect the error output, or set On Error to Stop Workflow.",
            _stop,
        )


def _targets(links: object, output: int) -> list[str]:
    """Return the names of the nodes that one output of a node leads to."""
    outputs = dict_of(links).get("main")
    if not isinstance(outputs, list) or output >= len(outputs) or not isinstance(outputs[output], list):
        return []
    return [str(link.get("node")) for link in outputs[output] if isinstance(link, dict)]


def _stop(node: dict[str, Any]) -> None:
    node.pop("continueOnFail", None)
    node["onError"] = "stopWorkflow"


def _newer(node: dict[str, Any]) -> None:
    node["typeVersion"] = table()[-1].http_request


def _full_response(node: dict[str, Any]) -> None:
    node["parameters"]["options"]["response"]["response"]["fullResponse"] = True
