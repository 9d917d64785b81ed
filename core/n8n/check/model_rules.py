"""Rules on the model that a node asks for: whether it still exists, and what to use instead."""

import copy
import datetime as dt
import json
from typing import Any, Final

import msgspec
import re2

from core.models.catalogue import Catalogue, ModelState, load
from core.n8n.check import model_references
from core.n8n.check.body_fields import with_value
from core.n8n.check.body_rules import change_body
from core.n8n.check.callee import Callee
from core.n8n.check.node_view import NodeView, view_of
from core.n8n.check.parameters import refused_by_model
from core.n8n.check.rules import Correction, Hits, Rule, RuleHit
from core.n8n.choices import DEFAULT_MODEL
from core.paste.failure import Surface

_PLACEHOLDER: Final = re2.compile(
    r"(?i)^\W*(?:(?:your|insert|enter|choose|select)[\s_-].*|my[\s_-](?:claude|model|llm).*)|^<.*>$|^model(?:[\s_-]?(?:id|name))?$"
)
_ROUNDS: Final = 4
"""Without thinking, a model may refuse a temperature that n8n did not send with it."""

_NUMBERS: Final = re2.compile(r"\d+")
_RESOURCE_LOCATOR_FROM: Final = 1.3
"""The chat model's typeVersion from which its Model field is a resource locator, and lists living models."""


def rules(view: NodeView, today: dt.date) -> Hits:
    """Check model and parameters of a call to Anthropic."""
    if view.model_missing:
        yield RuleHit(
            Rule.MODEL_MISSING,
            "No model is chosen, so the node can't run.",
            "Open the node and pick one under Model.",
        )
    if view.callee not in (Callee.MESSAGES, Callee.CHAT_COMPLETIONS) and not view.has_variable_as_url:
        return
    names = [reference.model for reference in view.references]
    for model in dict.fromkeys(names if view.model is None else [*names, view.model]):
        if view.has_variable_as_url:
            yield from _retired_at_anthropic(view, model, today)
        else:
            yield from state_of(view, model, today)
    yield from refused_by_model(view)


def _retired_at_anthropic(view: NodeView, model: str, today: dt.date) -> Hits:
    """Check a model at an unknown address: a gateway there may know its name, so nothing is corrected."""
    if load().state(model, today) is ModelState.RETIRED:
        for hit in state_of(view, model, today):
            yield msgspec.structs.replace(hit, correction=None)


def state_of(view: NodeView, model: str, today: dt.date) -> Hits:
    """Check a model that a node names by its state today."""
    catalogue = load()
    state = catalogue.state(model, today)
    if state is ModelState.ACTIVE:
        return
    if state is ModelState.NEVER_EXISTED and _PLACEHOLDER.match(model):
        yield RuleHit(
            Rule.MODEL_MISSING,
            f"The model is “{model}”, which only shows where a model belongs.",
            f"Use {DEFAULT_MODEL}, or another model that your key may call.",
        )
        return
    rule, effect = {
        ModelState.RETIRED: (Rule.MODEL_RETIRED, "Every call to it fails (404)."),
        ModelState.DEPRECATED: (Rule.MODEL_RETIRING, "New organizations can't use it any more."),
        ModelState.NEVER_EXISTED: (Rule.MODEL_UNKNOWN, "If it never existed, every call fails (404)."),
    }[state]
    chosen = "" if view.model_chosen else " It is this node version's default, since no model is chosen."
    others = catalogue.instead(model, today)
    # A misspelled id can mean a retired model; the list then goes on with its replacement.
    is_gone = bool(others) and catalogue.state(others[0], today) is ModelState.RETIRED
    other = others[-1 if is_gone else 0] if others else None
    is_sure = other is not None and _is_sure(model, state, others[0])
    described = catalogue.describe_state(model, today)
    if state is ModelState.DEPRECATED:
        # The advice, which is shown too, says what to use, since nothing is corrected.
        described = described.partition(";")[0]
    yield RuleHit(
        rule,
        f"{model}: {described}. {effect}{chosen}",
        _advice(view, catalogue, model, other),
        _adapted(_change_model(view, model, other)) if is_sure and other is not None else None,
    )


def _advice(view: NodeView, catalogue: Catalogue, model: str, other: str | None) -> str:
    """Return what to do, including what the replacement does not accept."""
    if other is None:
        return "Pick a model from the list that n8n offers."
    if view.surface is Surface.CHAT_MODEL and view.version < _RESOURCE_LOCATOR_FROM:
        name = catalogue.find(other)
        pick = f" and choose {name.name}" if name else ""
        return f"Delete the node and add Anthropic Chat Model again{pick}: this version lists retired models only."
    changed = copy.deepcopy(view.node)
    _change_model(view, model, other)(changed)
    return " ".join([f"Use {other}.", *_adapt(changed)])


def _adapted(change: Correction) -> Correction:
    """Return a correction that also removes what the new model refuses, so that the copy gets no new fault."""

    def correct(node: dict[str, Any]) -> None:
        change(node)
        _adapt(node)

    return correct


def _adapt(node: dict[str, Any]) -> list[str]:
    """Remove what a node's model refuses, and return the advice for each change."""
    advice: list[str] = []
    for _ in range(_ROUNDS):
        view = view_of(node)
        hits = [hit for hit in refused_by_model(view) if hit.correction is not None] if view is not None else []
        for hit in hits:
            if hit.correction is not None:
                hit.correction(node)
                advice.append(hit.fix)
        if not hits:
            break
    return advice


def _is_sure(model: str, state: ModelState, other: str) -> bool:
    """Return whether a replacement is certain; it is not where more than the spelling differs.

    Another number may mean a model newer than the catalogue.
    """
    if state is ModelState.NEVER_EXISTED:
        return bool(_NUMBERS.findall(model) == _NUMBERS.findall(other))
    return state is ModelState.RETIRED


def _change_model(view: NodeView, old: str, new: str) -> Correction:
    """Return a correction that replaces an id by another: in its field, or character by character in its text."""
    if view.body is not None and old not in [reference.model for reference in view.references]:
        return change_body(view, lambda body: with_value(body, "model", json.dumps(new)))
    name = {Surface.VENDOR_NODE: "modelId", Surface.CHAT_MODEL: "model"}.get(view.surface)
    if name is None or view.model != old:
        return _replace_references(old, new)

    def correct(node: dict[str, Any]) -> None:
        if view.surface is Surface.CHAT_MODEL and view.version < _RESOURCE_LOCATOR_FROM:
            # In older versions the field lists only models that are retired by now; nothing else differs.
            node["typeVersion"] = _RESOURCE_LOCATOR_FROM
        node["parameters"][name] = {"__rl": True, "mode": "id", "value": new}

    return correct


def _replace_references(old: str, new: str) -> Correction:
    def correct(node: dict[str, Any]) -> None:
        # Another correction may have moved the characters since the node was checked.
        view = view_of(node)
        if view is not None:
            model_references.replaced(view.parameters, list(view.references), old, new)

    return correct
