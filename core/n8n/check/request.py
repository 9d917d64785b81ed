"""Rules on what a node asks: body, model and parameters."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, Final

import re2

from core.claude.catalogue import Allowed, ModelState, Rules, Sampling, ThinkingMode, load
from core.n8n.check.findings import Correction, Hit, Hits, Rule
from core.n8n.check.javascript import Body, is_json, quoted_holes, read_body, unquoted, with_field, with_value, without
from core.n8n.check.view import BODY_PARAMETERS, View, text_of
from core.n8n.choices import DEFAULT_MODEL, NodeChoices, refused_parameters
from core.paste.failure import Surface

_MAX_TOKENS: Final = {Surface.VENDOR_NODE: "maxTokens", Surface.CHAT_MODEL: "maxTokensToSample"}
_SAMPLING: Final = (("temperature", "temperature"), ("top_p", "topP"), ("top_k", "topK"))
_UNSET: Final = {"topK": -1, "topP": -1}
"""What n8n's chat model takes for "not set"."""

_MOST: Final = 10**15
"""Numbers count up to here: JSON can write an integer that no float holds."""

_NUMBERS: Final = re2.compile(r"\d+")
_REQUIRED: Final = {
    "model": f'"model": "{DEFAULT_MODEL}"',
    "max_tokens": f'"max_tokens": {NodeChoices().max_tokens}',
    "messages": '"messages": [{"role": "user", "content": "Hello"}]',
}
"""What a body must have, and how it may look."""


def rules(view: View, today: dt.date) -> Hits:
    """Check body, model and parameters of a node."""
    if view.is_http:
        yield from _body(view)
    if view.model is not None:
        yield from _model(view, view.model, today)
        yield from _limits(view, view.model)
        yield from _parameters(view, view.model)


def _body(view: View) -> Hits:
    parameters = view.parameters
    if parameters.get("sendBody") is not True:
        yield Hit(
            Rule.BODY_MISSING,
            "The node sends no body, so Anthropic gets neither model nor prompt (400).",
            "Switch on Send Body and write the body as JSON; Reconnect makes a node for you.",
        )
        return
    kind = parameters.get("contentType", "json")
    if kind == "raw":
        return
    if kind != "json" or parameters.get("specifyBody", "keypair") != "json":
        yield Hit(
            Rule.BODY_AS_FIELDS,
            "The body is made of single fields. n8n sends their values as text, and messages cannot be written so "
            "(400).",
            "Set Specify Body to Using JSON and write the whole body there.",
        )
        return
    yield from _json_body(view, view.body_text or "")


def _json_body(view: View, text: str) -> Hits:
    holes = [] if (view.body is not None and view.body.is_javascript) or text.startswith("={{") else quoted_holes(text)
    if holes:
        yield Hit(
            Rule.BODY_QUOTED_TEMPLATE,
            'The prompt stands in quotes: "{{ … }}". As soon as it has a quote or a line break of its own, the body is '
            "no valid JSON, and n8n sends nothing.",
            "Write {{ JSON.stringify(…) }} without quotes around it.",
            _change_body(_unquote_holes),
        )
    elif not text.startswith("=") and not is_json(text):
        yield Hit(
            Rule.BODY_NOT_JSON,
            "The JSON Body is not valid JSON, so n8n sends nothing.",
            "Check commas, quotes and brackets, or let Reconnect make the node.",
        )
    body = view.body
    if body is None:
        return
    for name, example in _REQUIRED.items():
        if name not in body.fields and not any(field.startswith("...") for field in body.fields):
            yield Hit(
                Rule.BODY_FIELD_MISSING,
                f"The body has no {name}; Anthropic requires it (400).",
                f"Add {name}, for example {example}",
                _add_max_tokens(body) if name == "max_tokens" else None,
            )
    if body.text("max_tokens") is not None:
        yield Hit(
            Rule.MAX_TOKENS_TEXT,
            "max_tokens stands in quotes; Anthropic wants a number (400).",
            "Take the quotes away.",
            _change_body(lambda old: with_value(old, "max_tokens", body.text("max_tokens") or "")),
        )
    if any(message.text("role") == "system" for message in body.objects("messages")):
        yield Hit(
            Rule.SYSTEM_ROLE,
            "A message has the role “system”. That is OpenAI's form; Anthropic's Messages API has a field for it.",
            "Move the text into a field “system” beside “messages”.",
        )


def _model(view: View, model: str, today: dt.date) -> Hits:
    catalogue = load()
    state = catalogue.state(model, today)
    if state is ModelState.ACTIVE or (state is ModelState.NEVER_EXISTED and not view.to_anthropic):
        return
    words = catalogue.describe_state(model, today)
    others = catalogue.instead(model, today)
    chosen = "" if view.model_chosen else " It is this node version's default, since no model is chosen."
    rule, effect = {
        ModelState.RETIRED: (Rule.MODEL_RETIRED, "Every call to it fails (404)."),
        ModelState.DEPRECATED: (Rule.MODEL_RETIRING, "It is closed to new organizations and will end."),
        ModelState.NEVER_EXISTED: (Rule.MODEL_UNKNOWN, "If it never existed, every call fails (404)."),
    }[state]
    fix = f"Use {others[0]}." if others else "Pick a model from the list that n8n offers."
    sure = others and (
        state is ModelState.RETIRED or (state is ModelState.NEVER_EXISTED and _same_numbers(model, others[0]))
    )
    yield Hit(rule, f"{model}: {words}. {effect}{chosen}", fix, _change_model(view, others[0]) if sure else None)


def _same_numbers(model: str, other: str) -> bool:
    """Whether two ids differ in spelling only; another number may be a model newer than the catalogue."""
    return bool(_NUMBERS.findall(model) == _NUMBERS.findall(other))


def _limits(view: View, model: str) -> Hits:
    known = load().find(model)
    asked = _number(view, "max_tokens", _MAX_TOKENS.get(view.surface, ""))
    if known is None or known.max_output is None or asked is None or asked <= known.max_output:
        return
    yield Hit(
        Rule.MAX_TOKENS_TOO_LARGE,
        f"max_tokens is {asked:,.0f}; {model} gives at most {known.max_output:,} (400).",
        f"Set it to {known.max_output} or less.",
        _set_number(view, "max_tokens", _MAX_TOKENS.get(view.surface, ""), known.max_output),
    )


def _parameters(view: View, model: str) -> Hits:
    version = view.header("anthropic-version")
    published = version.value.strip() if version and version.value.strip() in load().api_versions else "2023-06-01"
    rules = load().rules(model, published)
    if rules is None:
        return
    refused = refused_parameters(model, published)
    for name, option in _SAMPLING:
        if name in refused and _is_set(view, name, option):
            yield Hit(Rule.PARAMETER_REFUSED, refused[name], f"Remove {name}.", _drop(view, name, option))
    if rules.sampling is Sampling.ONE_OF_TEMPERATURE_TOP_P and all(_is_set(view, *pair) for pair in _SAMPLING[:2]):
        yield Hit(
            Rule.SAMPLING_TWICE,
            f"{model} takes temperature or top_p, not both (400).",
            "Remove top_p.",
            _drop(view, "top_p", "topP"),
        )
    yield from _thinking(view, model, rules, refused)
    if _has_prefill(view) and rules.prefill is Allowed.NO:
        yield Hit(
            Rule.PARAMETER_REFUSED,
            f"The last message has the role “assistant”; {model} takes no such start of its answer (400).",
            "End with a message of the role “user”.",
        )


def _thinking(view: View, model: str, rules: Rules, refused: dict[str, str]) -> Hits:
    mode = _thinking_mode(view)
    if mode is not None and f"thinking.{mode}" in refused:
        adaptive = mode is ThinkingMode.ENABLED and ThinkingMode.ADAPTIVE in rules.thinking
        yield Hit(
            Rule.THINKING_REFUSED,
            refused[f"thinking.{mode}"],
            "Remove thinking, or pick a kind that it takes.",
            _change_thinking(view, adaptive=adaptive),
        )
    if view.body is not None and "output_config" in view.body.fields and not rules.effort:
        yield Hit(Rule.PARAMETER_REFUSED, refused["effort"], "Remove effort.", _drop(view, "output_config", ""))


def _change_thinking(view: View, *, adaptive: bool) -> Correction:
    """Return a correction that lets the model think as it can, or that removes the setting.

    A chat model has "Enable Thinking" up to typeVersion 1.4 and "Thinking Mode" from 1.5 on (n8n-nodes-langchain
    2.41.1, dist/types/nodes.json).
    """
    if view.body is not None:
        kept = {"type": ThinkingMode.ADAPTIVE.value}
        return _change_body(
            lambda old: with_value(old, "thinking", json.dumps(kept)) if adaptive else without(old, "thinking")
        )

    def correct(node: dict[str, Any]) -> None:
        options = node["parameters"]["options"]
        for name in ("thinking", "thinkingMode", "thinkingBudget"):
            options.pop(name, None)
        if adaptive and view.version >= 1.5:
            options["thinkingMode"] = ThinkingMode.ADAPTIVE.value

    return correct


def _thinking_mode(view: View) -> ThinkingMode | None:
    """Return the thinking mode that the node asks for."""
    if view.body is not None and "thinking" in view.body.fields:
        inner = read_body(view.body.value("thinking"))
        mode = inner.text("type") if inner else None
        return ThinkingMode(mode) if mode in list(ThinkingMode) else None
    if view.surface is not Surface.CHAT_MODEL:
        return None
    if view.options.get("thinking") is True or view.options.get("thinkingMode") == "manual":
        return ThinkingMode.ENABLED
    return ThinkingMode.ADAPTIVE if view.options.get("thinkingMode") == "adaptive" else None


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
    return option in view.options and view.options[option] != _UNSET.get(option)


def _drop(view: View, name: str, option: str) -> Correction:
    """Return a correction that removes a parameter from the body, or the option that stands for it."""
    if view.body is not None:
        return _change_body(lambda old: without(old, name))

    def correct(node: dict[str, Any]) -> None:
        node["parameters"]["options"].pop(option, None)

    return correct


def _set_number(view: View, name: str, option: str, value: int) -> Correction:
    if view.body is not None:
        return _change_body(lambda old: with_value(old, name, str(value)))

    def correct(node: dict[str, Any]) -> None:
        node["parameters"]["options"][option] = value

    return correct


def _change_model(view: View, model: str) -> Correction:
    if view.body is not None:
        return _change_body(lambda old: with_value(old, "model", json.dumps(model)))
    name = "modelId" if view.surface is Surface.VENDOR_NODE else "model"

    def correct(node: dict[str, Any]) -> None:
        # A list of models came with typeVersion 1.3; before, the field was a plain choice.
        plain = view.surface is Surface.CHAT_MODEL and view.version < 1.3
        node["parameters"][name] = model if plain else {"__rl": True, "mode": "id", "value": model}

    return correct


def _add_max_tokens(body: Body) -> Correction | None:
    """Return a correction that adds what Reconnect's own nodes have; none where thinking may need more than that."""
    if "thinking" in body.fields:
        return None
    return _change_body(lambda old: with_field(old, "max_tokens", str(NodeChoices().max_tokens)))


def _change_body(change: Callable[[str], str]) -> Correction:
    def correct(node: dict[str, Any]) -> None:
        parameters = node["parameters"]
        name = next((name for name in BODY_PARAMETERS if text_of(parameters.get(name))), BODY_PARAMETERS[0])
        parameters[name] = change(str(parameters.get(name) or ""))

    return correct


def _unquote_holes(text: str) -> str:
    for start, end in reversed(quoted_holes(text)):
        gap = " " if text[end : end + 1] == "}" else ""  # three braces would end the hole one too late for a reader
        text = text[:start] + unquoted(text[start:end]) + gap + text[end:]
    return text if text.startswith("=") else "=" + text
