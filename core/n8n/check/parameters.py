"""Rules on parameters that the model of a call refuses: too many tokens, sampling, thinking, a prefilled answer."""

from typing import Any, Final

from core.models.catalogue import Allowed, Rules, Sampling, ThinkingMode, load
from core.n8n.check.body_fields import read_body, with_value, without
from core.n8n.check.body_rules import change_body
from core.n8n.check.node_view import NodeView
from core.n8n.check.parameter_values import constant
from core.n8n.check.rules import Correction, Hits, Rule, RuleHit
from core.n8n.choices import refused_parameters
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
"""The label of a parameter in n8n 2.41.1's nodes; in a body it has Anthropic's name."""

_UNSET: Final = {"topK": -1, "topP": -1}
"""The values that mean "not set" in n8n's chat model."""

_MOST: Final = 10**15
"""The largest number that is compared: JSON can write an integer that no float can hold."""

_THINKING_MODE_FROM: Final = 1.5
"""The chat model's typeVersion from which Thinking Mode replaces Enable Thinking."""

_MODES: Final = {
    "manual": ThinkingMode.ENABLED,
    "adaptive": ThinkingMode.ADAPTIVE,
    "disabled": ThinkingMode.DISABLED,
}


def refused_by_model(view: NodeView) -> list[RuleHit]:
    """Return the parameters of a node that its model refuses; none for a retired model, which refuses everything."""
    if view.model is None or not view.to_messages or load().rules(view.model) is None:
        return []
    return [*_limits(view, view.model), *_parameters(view, view.model)]


def _limits(view: NodeView, model: str) -> Hits:
    catalogue_model = load().find(model)
    max_tokens = _number(view, "max_tokens", _MAX_TOKENS.get(view.surface, ""))
    if (
        catalogue_model is None
        or catalogue_model.max_output is None
        or max_tokens is None
        or max_tokens <= catalogue_model.max_output
    ):
        return
    yield RuleHit(
        Rule.MAX_TOKENS_TOO_LARGE,
        f"max_tokens is {max_tokens:,.0f}; {model} gives at most {catalogue_model.max_output:,} (400).",
        f"Set {_label(view, 'max_tokens')} to {catalogue_model.max_output} or less.",
        _set_number(view, "max_tokens", _MAX_TOKENS.get(view.surface, ""), catalogue_model.max_output),
    )


def _parameters(view: NodeView, model: str) -> Hits:
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
            yield RuleHit(
                Rule.PARAMETER_REFUSED,
                f"{refused[name]}{newer}",
                f"Remove {_label(view, name)}.",
                _drop(view, name, option),
            )
    if rules.sampling is Sampling.ONE_OF_TEMPERATURE_TOP_P and all(_is_set(view, *pair) for pair in _SAMPLING[:2]):
        yield RuleHit(
            Rule.SAMPLING_TWICE,
            f"{model} takes temperature or top_p, not both (400).",
            f"Remove {_label(view, 'top_p')}.",
            _drop(view, "top_p", "topP"),
        )
    yield from _thinking(view, rules, refused)
    if _has_prefill(view) and rules.prefill is Allowed.NO:
        yield RuleHit(
            Rule.PARAMETER_REFUSED,
            f"The last message has the role “assistant”; {model} takes no such start of its answer (400).",
            "End with a message of the role “user”.",
        )


def _label(view: NodeView, name: str) -> str:
    return _LABELS.get(view.surface, {}).get(name, name)


def _thinking(view: NodeView, rules: Rules, refused: dict[str, str]) -> Hits:
    mode = _thinking_mode(view)
    if mode is not None and f"thinking.{mode}" in refused:
        yield RuleHit(
            Rule.THINKING_REFUSED,
            refused[f"thinking.{mode}"],
            _thinking_advice(view, mode, rules),
            _change_thinking(view, mode, rules),
        )
    if view.body is not None and "output_config" in view.body.fields and not rules.effort:
        yield RuleHit(Rule.PARAMETER_REFUSED, refused["effort"], "Remove effort.", _drop(view, "output_config", ""))


def _thinking_advice(view: NodeView, mode: ThinkingMode, rules: Rules) -> str:
    takes_adaptive = mode is ThinkingMode.ENABLED and ThinkingMode.ADAPTIVE in rules.thinking
    if view.surface is not Surface.CHAT_MODEL:
        return 'Write {"type": "adaptive"} for thinking.' if takes_adaptive else "Remove thinking."
    if view.version < _THINKING_MODE_FROM:
        return "Switch off Enable Thinking under Options."
    return "Set Thinking Mode to Adaptive under Options." if takes_adaptive else "Remove the option Thinking Mode."


def _thinking_mode(view: NodeView) -> ThinkingMode | None:
    """Return the thinking mode that the node asks for."""
    if view.body is not None and "thinking" in view.body.fields:
        thinking = read_body(view.body.value("thinking"))
        mode = thinking.text("type") if thinking else None
        return ThinkingMode(mode) if mode in list(ThinkingMode) else None
    if view.surface is not Surface.CHAT_MODEL:
        return None
    if view.version < _THINKING_MODE_FROM:
        return ThinkingMode.ENABLED if view.options.get("thinking") is True else None
    mode_name = view.options.get("thinkingMode")
    return _MODES.get(mode_name) if isinstance(mode_name, str) else None


def _change_thinking(view: NodeView, mode: ThinkingMode, rules: Rules) -> Correction:
    """Return a correction that asks for thinking in a way that the model takes, or not at all."""
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


def _has_prefill(view: NodeView) -> bool:
    messages = view.body.objects("messages") if view.body is not None else []
    return bool(messages) and messages[-1].text("role") == "assistant"


def _number(view: NodeView, name: str, option: str) -> float | None:
    value = view.options.get(option) if view.body is None else view.body.number(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(min(value, _MOST))


def _is_set(view: NodeView, name: str, option: str) -> bool:
    if view.body is not None:
        return name in view.body.fields
    if view.is_http:
        return False
    # n8n sends no sampling with the chat model's thinking, whatever the options hold.
    if view.surface is Surface.CHAT_MODEL and _thinking_mode(view) in (ThinkingMode.ENABLED, ThinkingMode.ADAPTIVE):
        return False
    return option in view.options and view.options[option] != _UNSET.get(option)


def _drop(view: NodeView, name: str, option: str) -> Correction:
    """Return a correction that removes a parameter from the body, or its option from the node."""
    if view.body is not None:
        return change_body(view, lambda old: without(old, name))

    def correct(node: dict[str, Any]) -> None:
        node["parameters"]["options"].pop(option, None)

    return correct


def _set_number(view: NodeView, name: str, option: str, value: int) -> Correction:
    if view.body is not None:
        return change_body(view, lambda old: with_value(old, name, str(value)))

    def correct(node: dict[str, Any]) -> None:
        node["parameters"]["options"][option] = value

    return correct
