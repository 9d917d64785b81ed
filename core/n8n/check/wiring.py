"""Rules on a node's place in its workflow: types that no n8n has, models in the main flow, many calls at once."""

import datetime as dt
from typing import Final

from core.n8n import shipped_types
from core.n8n.check.flow import Flow
from core.n8n.check.layouts import dict_of
from core.n8n.check.model_references import set_fields
from core.n8n.check.model_rules import state_of
from core.n8n.check.node_view import REMOVED, SET, NodeView
from core.n8n.check.rules import Hits, Rule, RuleHit
from core.paste.failure import Surface

_REPLACEMENTS: Final = {
    "n8n-nodes-base.function": ("Function", "Use a Code node in the mode Run Once for All Items."),
    "n8n-nodes-base.functionItem": ("Function Item", "Use a Code node in the mode Run Once for Each Item."),
    "n8n-nodes-base.itemLists": (
        "Item Lists",
        "Use Split Out, Aggregate, Limit, Remove Duplicates, Sort or Summarize, depending on its operation.",
    ),
    "n8n-nodes-base.aiTransform": ("AI Transform", "Use a Code node; n8n 3 makes one by itself."),
    "@n8n/n8n-nodes-langchain.code": ("LangChain Code", "Use AI Agent, Basic LLM Chain or a Code node."),
}
"""What n8n 3 removes, and what to use instead (docs.n8n.io, 3.0 breaking changes, November 2026; read, not run)."""

_AGENTS: Final = {
    "conversationalAgent": "Conversational Agent",
    "openAiFunctionsAgent": "OpenAI Functions Agent",
    "planAndExecuteAgent": "Plan and Execute Agent",
    "reActAgent": "ReAct Agent",
    "sqlAgent": "SQL Agent",
    "toolsAgent": "Tools Agent",
}


def rules(view: NodeView, flow: Flow, today: dt.date) -> Hits:
    """Check a node's place in its workflow."""
    yield from _type(view)
    yield from _removed(view, flow)
    if view.surface is Surface.CHAT_MODEL and view.name in flow.in_main:
        yield RuleHit(
            Rule.MODEL_IN_MAIN_FLOW,
            "This chat model is connected like a step of the workflow. It does nothing by itself, and the run fails.",
            "Connect it to the Model input of an AI Agent or Basic LLM Chain, or use the node Anthropic (Message a "
            "model) here.",
        )
    if view.to_messages and view.is_http and _sends_all_at_once(view) and view.name in flow.fed_many:
        yield RuleHit(
            Rule.MANY_AT_ONCE,
            "The node before gives many items, and this node sends a request for each of them at the same time. "
            "Anthropic soon answers 429.",
            "Under Options add Batching with Items per Batch 1 and Batch Interval (ms) 1000, or put Loop Over Items "
            "before the node.",
        )
    if view.surface is Surface.CODE_NODE and not view.calls_claude and flow.calls_messages:
        for model in dict.fromkeys(reference.model for reference in view.references):
            yield from state_of(view, model, today)
    if view.type == SET:
        yield from _set_model(view, flow, today)


def _type(view: NodeView) -> Hits:
    if not shipped_types.exists(view.type):
        yield RuleHit(
            Rule.NODE_TYPE_UNKNOWN,
            f"No n8n up to {shipped_types.newest()} has a node of this type. Unless yours is newer and has it, the "
            "workflow can't run.",
            "Delete the node and add Anthropic (Message a model) from n8n's own list of nodes."
            if _is_about_claude(view.type)
            else "Delete the node and add one from n8n's own list of nodes.",
        )


def _is_about_claude(node_type: str) -> bool:
    return any(word in node_type.lower() for word in ("anthropic", "claude"))


def _removed(view: NodeView, flow: Flow) -> Hits:
    if view.is_old_agent:
        if flow.old_agents[:1] == (view.name,):
            yield _old_agent(view, len(flow.old_agents))
    elif flow.calls_claude and view.type in REMOVED:
        if view.type in _REPLACEMENTS:
            name, fix = _REPLACEMENTS[view.type]
            yield RuleHit(Rule.REMOVED_IN_N8N_3, f"n8n 3 removes the node {name}.", fix)
        elif view.parameters.get("mode") == "each":
            yield RuleHit(
                Rule.REMOVED_IN_N8N_3,
                "n8n 3 removes the mode Run once for each item of this node.",
                "Put Loop Over Items before it and choose Run once with all items.",
            )


def _old_agent(view: NodeView, count: int) -> RuleHit:
    """Return the one hit on old agents in a workflow, for its first agent of version 1."""
    mode = _AGENTS.get(str(view.parameters.get("agent")), "")
    kind = f" ({mode})" if mode else ""
    more = f" So are {count - 1} more in this workflow." if count > 1 else ""
    return RuleHit(
        Rule.REMOVED_IN_N8N_3,
        f"This is version {view.version:g} of AI Agent{kind}. n8n 3 removes it.{more}",
        "Add AI Agent again in its newest version and connect the model, memory and tools to it."
        + (" For SQL, connect a Postgres or MySQL tool." if mode == "SQL Agent" else ""),
    )


def _sends_all_at_once(view: NodeView) -> bool:
    batch = dict_of(dict_of(view.options.get("batching")).get("batch"))
    legacy = view.options.get("batchInterval")
    return view.node.get("executeOnce") is not True and not batch and not legacy and "batching" not in view.options


def _set_model(view: NodeView, flow: Flow, today: dt.date) -> Hits:
    """Check the models that a node writes into fields from which a call to Claude takes its model."""
    names = dict(set_fields(view.parameters))
    for reference in view.references:
        if (view.name, names.get(reference.path, "")) in flow.model_fields:
            yield from state_of(view, reference.model, today)
