"""Rules on how a node runs: its typeVersion, and what happens to its failures."""

from typing import Any, Final

from core.models.catalogue import load
from core.n8n.check.callee import Callee
from core.n8n.check.flow import Flow
from core.n8n.check.layouts import Layout, dict_of
from core.n8n.check.node_view import NodeView
from core.n8n.check.rules import Hits, Rule, RuleHit
from core.paste.failure import Surface

_TOOLS: Final = ("Tool", ".toolHttpRequest")


def rules(view: NodeView, flow: Flow) -> Hits:
    """Check typeVersion and error handling of a call to Claude."""
    if not view.calls_claude or view.surface is Surface.CODE_NODE:
        return
    yield from _type_version(view)
    # A tool's failure goes to its agent, which reads it.
    if view.callee not in (Callee.OPENROUTER, Callee.GATEWAY) and not view.type.endswith(_TOOLS):
        yield from _continue_modes(view, flow)
    response = dict_of(dict_of(view.options.get("response")).get("response"))
    if view.is_current and response.get("neverError") is True and response.get("fullResponse") is not True:
        yield RuleHit(
            Rule.STATUS_LOST,
            "“Never Error” is on without “Include Response Headers and Status”: a failure looks like an answer, and "
            "its status and request id are lost.",
            "Switch on Include Response Headers and Status too, or switch off Never Error.",
            _full_response,
        )


def _type_version(view: NodeView) -> Hits:
    request = view.request
    if request is not None and request.layout in (Layout.LEGACY, Layout.UNCLEAR):
        yield RuleHit(
            Rule.TYPE_VERSION_OLD,
            f"The node has the old typeVersion {view.version:g}; newer ones say more when a call fails.",
            "Delete the node and add it again, or paste one that Reconnect made.",
        )
    elif view.surface is Surface.CHAT_MODEL and view.to_messages and view.version < 1.3 and not _is_retired(view):
        yield RuleHit(
            Rule.TYPE_VERSION_OLD,
            f"The node has the old typeVersion {view.version:g}, whose list of models has only retired ones.",
            "Delete the node and add it again.",
        )


def _is_retired(view: NodeView) -> bool:
    """Return whether the model is retired; then another rule says to add the node again."""
    model = load().find(view.model) if view.model is not None else None
    return model is not None and model.rules is None


def _continue_modes(view: NodeView, flow: Flow) -> Hits:
    mode = view.node.get("onError") or ("continueRegularOutput" if view.node.get("continueOnFail") is True else None)
    if mode == "continueRegularOutput" and view.name not in flow.read:
        yield RuleHit(
            Rule.ERRORS_HIDDEN,
            "On Error is “Continue”: the run stays green and the failure goes on as if it were an answer.",
            "Set On Error to Stop Workflow, or to Continue (using error output) and connect that output.",
        )
    elif mode == "continueErrorOutput" and flow.has_connections and view.name not in flow.caught:
        yield RuleHit(
            Rule.ERRORS_HIDDEN,
            "On Error goes to the error output, but nothing is connected there: failures vanish, the run stays green.",
            "Connect the error output, or set On Error to Stop Workflow.",
        )


def _full_response(node: dict[str, Any]) -> None:
    node["parameters"]["options"]["response"]["response"]["fullResponse"] = True
