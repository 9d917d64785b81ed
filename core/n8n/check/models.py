"""Rules on the model that a node asks for, and on the parameters that it takes."""

import copy
import datetime as dt
import json
from typing import Any, Final

import msgspec
import re2

from core.claude.catalogue import Allowed, Catalogue, ModelState, Rules, Sampling, ThinkingMode, load
from core.n8n.check import spots
from core.n8n.check.bodies import change_body
from core.n8n.check.callee import Callee
from core.n8n.check.findings import Correction, Hit, Hits, Rule
from core.n8n.check.javascript import read_body, with_value, without
from core.n8n.check.values import constant
from core.n8n.check.view import View, view_of
from core.n8n.choices import DEFAULT_MODEL, refused_parameters
from core.paste.failure import Surface

_MAX_TOKENS: Final = {Surface.VENDOR_NODE: "maxTokens", Surface.CHAT_MODEL: "maxTokensToSample"}
_SAMPLING: Final = (("temperature", "temperature"), ("top_p", "topP"), ("top_k", "topK"))
_LABELS: Final = {
    Surface.VENDOR_NODE: {
        "temperature": "the option Output Randomness (Temperature)",
        "top_p": "the option Output Randomness (Top P)",
        "top_k": "the option Output Randomness (Top K)",
        "max_tokens": "the option Maximum Number of Tokens",
    },
    Surface.CHAT_MODEL: {
        "temperature": "the option Sampling Temperature",
        "top_p": "the option Top P",
        "top_k": "the option Top K",
        "max_tokens": "the option Maximum Number of Tokens",
    },
}
"""What n8n 2.41.1 calls a parameter in its nodes; in a body it has Anthropic's name."""

_UNSET: Final = {"topK": -1, "topP": -1}
"""What n8n's chat model takes for "not set"."""

_MOST: Final = 10**15
"""Numbers count up to here: JSON can write an integer that no float holds."""

_PLACEHOLDER: Final = re2.compile(
    r"(?i)^\W*(?:(?:your|insert|enter|choose|select)[\s_-].*|my[\s_-](?:claude|model|llm).*)|^<.*>$|^model(?:[\s_-]?(?:id|name))?$"
)
_ROUNDS: Final = 4
"""Without thinking, a model may refuse a temperature that n8n did not send with it."""

_NUMBERS: Final = re2.compile(r"\d+")
_RESOURCE_LOCATOR_FROM: Final = 1.3
"""The chat model's typeVersion from which its Model field is a resource locator, and lists living models."""


_THINKING_MODE_FROM: Final = 1.5
"""The chat model's typeVersion from which Thinking Mode stands in for Enable Thinking."""

_MODES: Final = {
    "manual": ThinkingMode.ENABLED,
    "adaptive": ThinkingMode.ADAPTIVE,
    "disabled": ThinkingMode.DISABLED,
}


def rules(view: View, today: dt.date) -> Hits:
    """Check model and parameters of a call to Anthropic."""
    if view.model_missing:
        yield Hit(
            Rule.MODEL_MISSING,
            "No model is chosen, so the node can't run.",
            "Open the node and pick one under Model.",
        )
    if view.callee not in (Callee.MESSAGES, Callee.CHAT_COMPLETIONS) and not view.has_variable_as_url:
        return
    named = [spot.model for spot in view.spots]
    for model in dict.fromkeys(named if view.model is None else [*named, view.model]):
        if view.has_variable_as_url:
            yield from _retired_at_anthropic(view, model, today)
        else:
            yield from state_of(view, model, today)
    yield from _refused(view)


def _retired_at_anthropic(view: View, model: str, today: dt.date) -> Hits:
    """Judge a model at an address that is not known: a gateway there may know its name, so nothing is corrected."""
    if load().state(model, today) is ModelState.RETIRED:
        for hit in state_of(view, model, today):
            yield msgspec.structs.replace(hit, correction=None)


def state_of(view: View, model: str, today: dt.date) -> Hits:
    """Judge a model that a node names by its state today."""
    catalogue = load()
    state = catalogue.state(model, today)
    if state is ModelState.ACTIVE:
        return
    if state is ModelState.NEVER_EXISTED and _PLACEHOLDER.match(model):
        yield Hit(
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
    # A misspelled id can mean a retired model; what replaces that one comes behind it.
    is_gone = bool(others) and catalogue.state(others[0], today) is ModelState.RETIRED
    other = others[-1 if is_gone else 0] if others else None
    sure = other is not None and _is_sure(model, state, others[0])
    described = catalogue.describe_state(model, today)
    if state is ModelState.DEPRECATED:
        # What to use is said by the advice, which is shown too, since nothing is corrected.
        described = described.partition(";")[0]
    yield Hit(
        rule,
        f"{model}: {described}. {effect}{chosen}",
        _advice(view, catalogue, model, other),
        _adapted(_change_model(view, model, other)) if sure and other is not None else None,
    )


def _advice(view: View, catalogue: Catalogue, model: str, other: str | None) -> str:
    """Return what to do, with what the replacement does not take."""
    if other is None:
        return "Pick a model from the list that n8n offers."
    if view.surface is Surface.CHAT_MODEL and view.version < _RESOURCE_LOCATOR_FROM:
        name = catalogue.find(other)
        pick = f" and choose {name.name}" if name else ""
        return f"Delete the node and add Anthropic Chat Model again{pick}: this version lists retired models only."
    changed = copy.deepcopy(view.node)
    _change_model(view, model, other)(changed)
    return " ".join([f"Use {other}.", *_adapt(changed)])


def _refused(view: View) -> list[Hit]:
    """Return what a node's model refuses of its parameters; nothing for a retired one, which refuses everything."""
    if view.model is None or not view.to_messages or load().rules(view.model) is None:
        return []
    return [*_limits(view, view.model), *_parameters(view, view.model)]


def _adapted(change: Correction) -> Correction:
    """Return a correction that also takes out what the new model refuses: the copy has no fault of its making."""

    def correct(node: dict[str, Any]) -> None:
        change(node)
        _adapt(node)

    return correct


def _adapt(node: dict[str, Any]) -> list[str]:
    """Take out what a node's model refuses, and return what was to do."""
    done: list[str] = []
    for _ in range(_ROUNDS):
        view = view_of(node)
        hits = [hit for hit in _refused(view) if hit.correction is not None] if view is not None else []
        for hit in hits:
            if hit.correction is not None:
                hit.correction(node)
                done.append(hit.fix)
        if not hits:
            break
    return done


def _is_sure(model: str, state: ModelState, other: str) -> bool:
    """Whether a replacement is beyond doubt: for a name that differs in more than spelling it is not.

    Another number may be a model newer than the catalogue.
    """
    if state is ModelState.NEVER_EXISTED:
        return bool(_NUMBERS.findall(model) == _NUMBERS.findall(other))
    return state is ModelState.RETIRED


def _limits(view: View, model: str) -> Hits:
    known = load().find(model)
    asked = _number(view, "max_tokens", _MAX_TOKENS.get(view.surface, ""))
    if known is None or known.max_output is None or asked is None or asked <= known.max_output:
        return
    yield Hit(
        Rule.MAX_TOKENS_TOO_LARGE,
        f"max_tokens is {asked:,.0f}; {model} gives at most {known.max_output:,} (400).",
        f"Set {_label(view, 'max_tokens')} to {known.max_output} or less.",
        _set_number(view, "max_tokens", _MAX_TOKENS.get(view.surface, ""), known.max_output),
    )


def _parameters(view: View, model: str) -> Hits:
    header = view.header("anthropic-version")
    version = (constant(header.value) or "").strip() if header else ""
    published = version if version in load().api_versions else "2023-06-01"
    rules = load().rules(model, published)
    if rules is None:
        return
    refused = refused_parameters(model, published)
    for name, option in _SAMPLING:
        if name in refused and _is_set(view, name, option):
            # Read in n8n-nodes-langchain 2.20.0, 2.30.0 and 2.41.1.
            newer = " n8n 2.30 and later leave it out." if view.surface is Surface.CHAT_MODEL else ""
            yield Hit(
                Rule.PARAMETER_REFUSED,
                f"{refused[name]}{newer}",
                f"Remove {_label(view, name)}.",
                _drop(view, name, option),
            )
    if rules.sampling is Sampling.ONE_OF_TEMPERATURE_TOP_P and all(_is_set(view, *pair) for pair in _SAMPLING[:2]):
        yield Hit(
            Rule.SAMPLING_TWICE,
            f"{model} takes temperature or top_p, not both (400).",
            f"Remove {_label(view, 'top_p')}.",
            _drop(view, "top_p", "topP"),
        )
    yield from _thinking(view, rules, refused)
    if _has_prefill(view) and rules.prefill is Allowed.NO:
        yield Hit(
            Rule.PARAMETER_REFUSED,
            f"The last message has the role “assistant”; {model} takes no such start of its answer (400).",
            "End with a message of the role “user”.",
        )


def _label(view: View, name: str) -> str:
    return _LABELS.get(view.surface, {}).get(name, name)


def _thinking(view: View, rules: Rules, refused: dict[str, str]) -> Hits:
    mode = _thinking_mode(view)
    if mode is not None and f"thinking.{mode}" in refused:
        yield Hit(
            Rule.THINKING_REFUSED,
            refused[f"thinking.{mode}"],
            _thinking_advice(view, mode, rules),
            _change_thinking(view, mode, rules),
        )
    if view.body is not None and "output_config" in view.body.fields and not rules.effort:
        yield Hit(Rule.PARAMETER_REFUSED, refused["effort"], "Remove effort.", _drop(view, "output_config", ""))


def _thinking_advice(view: View, mode: ThinkingMode, rules: Rules) -> str:
    takes_adaptive = mode is ThinkingMode.ENABLED and ThinkingMode.ADAPTIVE in rules.thinking
    if view.surface is not Surface.CHAT_MODEL:
        return 'Write {"type": "adaptive"} for thinking.' if takes_adaptive else "Remove thinking."
    if view.version < _THINKING_MODE_FROM:
        return "Switch off Enable Thinking under Options."
    return "Set Thinking Mode to Adaptive under Options." if takes_adaptive else "Remove the option Thinking Mode."


def _thinking_mode(view: View) -> ThinkingMode | None:
    """Return the thinking mode that the node asks for."""
    if view.body is not None and "thinking" in view.body.fields:
        inner = read_body(view.body.value("thinking"))
        mode = inner.text("type") if inner else None
        return ThinkingMode(mode) if mode in list(ThinkingMode) else None
    if view.surface is not Surface.CHAT_MODEL:
        return None
    if view.version < _THINKING_MODE_FROM:
        return ThinkingMode.ENABLED if view.options.get("thinking") is True else None
    chosen = view.options.get("thinkingMode")
    return _MODES.get(chosen) if isinstance(chosen, str) else None


def _change_thinking(view: View, mode: ThinkingMode, rules: Rules) -> Correction:
    """Return a correction that asks for thinking as the model takes it, or not at all."""
    adaptive = mode is ThinkingMode.ENABLED and ThinkingMode.ADAPTIVE in rules.thinking
    if view.body is not None:
        if not adaptive:
            return change_body(view, lambda old: without(old, "thinking"))
        return change_body(view, lambda old: with_value(old, "thinking", '{"type": "adaptive"}'))

    def correct(node: dict[str, Any]) -> None:
        options = node["parameters"]["options"]
        options.pop("thinkingBudget", None)
        options.pop("thinking" if view.version < _THINKING_MODE_FROM else "thinkingMode", None)
        if adaptive and view.version >= _THINKING_MODE_FROM:
            options["thinkingMode"] = "adaptive"

    return correct


def _has_prefill(view: View) -> bool:
    messages = view.body.objects("messages") if view.body is not None else []
    return bool(messages) and messages[-1].text("role") == "assistant"


def _number(view: View, name: str, option: str) -> float | None:
    value = view.options.get(option) if view.body is None else view.body.number(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(min(value, _MOST))


def _is_set(view: View, name: str, option: str) -> bool:
    if view.body is not None:
        return name in view.body.fields
    if view.is_http:
        return False
    # n8n sends no sampling with the chat model's thinking, whatever the options hold.
    if view.surface is Surface.CHAT_MODEL and _thinking_mode(view) in (ThinkingMode.ENABLED, ThinkingMode.ADAPTIVE):
        return False
    return option in view.options and view.options[option] != _UNSET.get(option)


def _drop(view: View, name: str, option: str) -> Correction:
    """Return a correction that removes a parameter from the body, or the option that stands for it."""
    if view.body is not None:
        return change_body(view, lambda old: without(old, name))

    def correct(node: dict[str, Any]) -> None:
        node["parameters"]["options"].pop(option, None)

    return correct


def _set_number(view: View, name: str, option: str, value: int) -> Correction:
    if view.body is not None:
        return change_body(view, lambda old: with_value(old, name, str(value)))

    def correct(node: dict[str, Any]) -> None:
        node["parameters"]["options"][option] = value

    return correct


def _change_model(view: View, old: str, new: str) -> Correction:
    """Return a correction that writes another id in place of one: in its field, or exactly where its characters are."""
    if view.body is not None and old not in [spot.model for spot in view.spots]:
        return change_body(view, lambda body: with_value(body, "model", json.dumps(new)))
    name = {Surface.VENDOR_NODE: "modelId", Surface.CHAT_MODEL: "model"}.get(view.surface)
    if name is None or view.model != old:
        return _replace_spots(old, new)

    def correct(node: dict[str, Any]) -> None:
        if view.surface is Surface.CHAT_MODEL and view.version < _RESOURCE_LOCATOR_FROM:
            # Before, the field was a list of models that have all been retired; nothing else differs.
            node["typeVersion"] = _RESOURCE_LOCATOR_FROM
        node["parameters"][name] = {"__rl": True, "mode": "id", "value": new}

    return correct


def _replace_spots(old: str, new: str) -> Correction:
    def correct(node: dict[str, Any]) -> None:
        # Another correction may have moved the characters since the node was judged.
        view = view_of(node)
        if view is not None:
            spots.replaced(view.parameters, list(view.spots), old, new)

    return correct
