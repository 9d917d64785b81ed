"""Rules on how a node runs: its typeVersion, and what happens to its failures."""

from typing import Any, Final

import re2

from core.n8n.check.findings import Hit, Hits, Rule
from core.n8n.check.view import View, dict_of
from core.n8n.type_versions import table
from core.paste.failure import Surface

_READS_FAILURE: Final = re2.compile(r"\b(?:statusCode|error|failure|status)\b")
_OLDEST_GOOD: Final = table()[0].http_request
Connections = dict[str, Any]


def rules(view: View, nodes: list[dict[str, Any]], connections: Connections) -> Hits:
    """Check typeVersion and error handling; `nodes` and `connections` are the whole workflow's."""
    if view.surface is Surface.CODE_NODE:
        return
    yield from _type_version(view)
    yield from _continue_modes(view, nodes, connections)
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


def _continue_modes(view: View, nodes: list[dict[str, Any]], connections: Connections) -> Hits:
    mode = view.node.get("onError") or ("continueRegularOutput" if view.node.get("continueOnFail") is True else None)
    name = str(view.node.get("name"))
    if mode == "continueRegularOutput" and not _is_read(name, nodes, connections):
        yield Hit(
            Rule.ERRORS_HIDDEN,
            "On Error is “Continue”: the run stays green and the failure goes on as if it were an answer.",
            "Set On Error to Stop Workflow, or to Continue (using error output) and connect that output.",
            _stop,
        )
    elif mode == "continueErrorOutput" and connections and not _targets(name, 1, connections):
        yield Hit(
            Rule.ERRORS_HIDDEN,
            "On Error goes to the error output, but nothing is connected there: failures vanish, the run stays green.",
            "Connect the error output, or set On Error to Stop Workflow.",
            _stop,
        )


def _is_read(name: str, nodes: list[dict[str, Any]], connections: Connections) -> bool:
    """Whether a node behind this one looks at the failure."""
    targets = set(_targets(name, 0, connections))
    behind = [node for node in nodes if node.get("name") in targets]
    return any(_READS_FAILURE.search(str(node.get("parameters"))) for node in behind)


def _targets(name: str, output: int, connections: Connections) -> list[str]:
    outputs = dict_of(connections.get(name)).get("main")
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
