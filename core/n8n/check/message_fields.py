"""Rules on the fields of a request to Anthropic's Messages API."""

import re2

from core.n8n.check.body_fields import RequestBody, with_field, with_value
from core.n8n.check.body_rules import change_body
from core.n8n.check.layouts import BodyForm, NodeRequest, Pair
from core.n8n.check.node_view import NodeView
from core.n8n.check.parameter_values import code_in, constant, is_expression
from core.n8n.check.rules import Correction, Hits, Rule, RuleHit
from core.n8n.choices import DEFAULT_MODEL, NodeChoices

_REQUIRED = {
    "model": f'"model": "{DEFAULT_MODEL}"',
    "max_tokens": f'"max_tokens": {NodeChoices().max_tokens}',
    "messages": '"messages": [{"role": "user", "content": "Hello"}]',
}
"""The fields that a body must have, each with an example."""

_GIVES_TEXT = re2.compile(r"(?s)^\s*JSON\s*\.\s*stringify\s*\(.*\)\s*$")
_ROOT = re2.compile(r"^[^.\[]+")


def rules(view: NodeView) -> Hits:
    """Check which fields a body has, and in which form."""
    request = view.request
    if request is None or not view.to_messages:
        return
    if request.form is BodyForm.NONE:
        # Without POST no body can be sent; another rule says so.
        if request.method is not None and (view.is_current or request.method.upper() == "POST"):
            yield RuleHit(
                Rule.BODY_MISSING,
                "The node sends no body, so Anthropic gets neither model nor prompt (400).",
                "Switch on Send Body and write the body as JSON; Reconnect makes a node for you.",
            )
    elif request.form is BodyForm.OTHER:
        yield RuleHit(
            Rule.BODY_AS_FIELDS,
            "The body is sent as a form. Anthropic reads JSON only (400).",
            "Set Body Content Type to JSON and Specify Body to Using JSON, and write the whole body there.",
        )
    elif request.form is BodyForm.FIELDS:
        yield from _fields(request)
    elif view.body is not None:
        yield from _body(view, view.body)


def _fields(request: NodeRequest) -> Hits:
    names = {_root(pair) for pair in request.pairs}
    if request.pairs and any(is_expression(name) for name in names):
        return
    for name in _REQUIRED:
        if name not in names:
            yield _missing(name)
    for pair in request.pairs:
        known = constant(pair.value)
        if pair.name == "max_tokens" and known is not None and not _is_number_code(pair):
            yield _text_max_tokens()
        if pair.name == "messages" and (known is not None or _is_text_code(pair)):
            yield RuleHit(
                Rule.BODY_AS_FIELDS,
                "The field messages is sent as text; Anthropic wants a list (400).",
                "Set Specify Body to Using JSON and write the whole body there.",
            )


def _root(pair: Pair) -> str:
    """Return the outer field of a name such as messages[0].content."""
    match = _ROOT.match(pair.name)
    return match[0] if match else ""


def _is_number_code(pair: Pair) -> bool:
    """Return whether a value is a number to n8n: written without quotes in an expression, and alone in it."""
    if not isinstance(pair.value, str):
        return isinstance(pair.value, int | float)
    code = code_in(pair.value)
    is_alone = pair.value.startswith("={{") and pair.value.endswith("}}") and len(code) == 1
    return is_alone and code[0].strip()[:1] not in "\"'`"


def _is_text_code(pair: Pair) -> bool:
    code = code_in(pair.value) if isinstance(pair.value, str) else []
    return len(code) == 1 and _GIVES_TEXT.match(code[0]) is not None


def _body(view: NodeView, body: RequestBody) -> Hits:
    if any(name.startswith("...") for name in body.fields):
        missing: list[str] = []
    else:
        missing = [name for name in _REQUIRED if name not in body.fields]
    for name in missing:
        yield _missing(name, _add_max_tokens(view, body) if name == "max_tokens" else None)
    text = body.text("max_tokens")
    if text is not None:
        yield _text_max_tokens(change_body(view, lambda old: with_value(old, "max_tokens", text)))
    if any(message.text("role") == "system" for message in body.objects("messages")):
        yield RuleHit(
            Rule.SYSTEM_ROLE,
            "A message has the role “system”. That is OpenAI's form; Anthropic's Messages API has a field for it.",
            "Move the text into a field “system” beside “messages”.",
        )


def _missing(name: str, correction: Correction | None = None) -> RuleHit:
    return RuleHit(
        Rule.BODY_FIELD_MISSING,
        f"The body has no {name}; Anthropic requires it (400).",
        f"Add {name}, for example {_REQUIRED[name]}",
        correction,
    )


def _text_max_tokens(correction: Correction | None = None) -> RuleHit:
    return RuleHit(
        Rule.MAX_TOKENS_TEXT,
        "max_tokens is text; Anthropic wants a number (400).",
        "Remove the quotes. In a body of single fields write {{ 1024 }} as an expression.",
        correction,
    )


def _add_max_tokens(view: NodeView, body: RequestBody) -> Correction | None:
    """Return a correction that adds the max_tokens of Reconnect's own nodes; None if thinking may need more."""
    if "thinking" in body.fields:
        return None
    return change_body(view, lambda old: with_field(old, "max_tokens", str(NodeChoices().max_tokens)))
