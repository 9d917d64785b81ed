"""Whose answer a JSON body is, and what it says.

Told apart by form, not by words (facts: Claude API errors page of 2026-10-10; LiteLLM 1.106.2; OpenRouter, AWS, Google
and Azure documentation): outer ``"type": "error"`` with an inner string type is Anthropic's; a number in ``error.code``
with ``metadata`` OpenRouter's; with a ``status`` in capitals Google's; only ``message`` (and ``__type``) AWS's; a
``code`` and ``param`` OpenAI's style; ``litellm.`` in the message LiteLLM's.
"""

from typing import Any, Final

import re2

from core.paste.draft import Draft
from core.paste.facts.envelopes import ANTHROPIC_TYPES, is_numbered, is_relays_sentence, is_relays_type
from core.paste.facts.transport import is_transport_code
from core.paste.failure import AnsweredBy, Provider
from core.paste.formats.json_values import as_dict, as_int, as_label, as_status, as_text

_LITELLM: Final = re2.compile(
    r"(?i)litellm|proxy server|Key Hash \(Token\)|team not allowed|No deployments available|key not allowed to access"
)
_AWS: Final = re2.compile(
    r"(?i)the model returned the following errors|inference profile|model identifier|on-demand throughput|bedrock"
    r"|access to the model with the specified|security token|too many (?:tokens|requests), please wait"
    r"|input is too long for requested|invoked an unsupported model|did not allow prompt caching"
)
_AZURE: Final = re2.compile(r"(?i)api_not_supported|DeploymentNotFound|azure")
_OUTER: Final = frozenset(("type", "error", "request_id"))
_INNER: Final = frozenset(("type", "message"))
CLOUD_MESSAGES: Final = ("msg_bdrk_", "msg_vrtx_")
"""How the clouds that resell Claude number its answers."""
_STOPPED_SHORT: Final = frozenset(("max_tokens", "refusal", "model_context_window_exceeded"))


def is_message(body: object) -> bool:
    """Return whether `body` is Claude's answer: a message object."""
    fields = as_dict(body)
    return fields.get("type") == "message" and "content" in fields


def is_claudes(body: object) -> bool:
    """Return whether a message object is Anthropic's own answer: of a Claude model, not numbered by a cloud or gateway.

    Gateways answer in the same form for any vendor's model; Bedrock and Vertex number theirs ``msg_bdrk_`` and
    ``msg_vrtx_``, and name the model with a prefix (Claude API docs, Messages; AWS and Google docs, November 2026).
    """
    fields = as_dict(body)
    number = as_text(fields.get("id")) or ""
    model = as_text(fields.get("model")) or ""
    if "provider" in fields or "cost" in as_dict(fields.get("usage")):  # OpenRouter's additions
        return False
    return model.startswith("claude-") and number.startswith("msg_") and not number.startswith(CLOUD_MESSAGES)


def is_error(body: object) -> bool:
    """Return whether `body` looks like the error answer of an API."""
    fields = as_dict(body)
    if (fields.get("type") == "error" and "error" in fields) or _is_inner(fields):
        return True
    error = fields.get("error")
    if isinstance(error, dict):
        return "message" in error or "type" in error
    if _first_of_errors(fields):
        return True
    if _is_aws_object(fields) or (isinstance(fields.get("Message"), str) and len(fields) <= 2):
        return True
    return isinstance(fields.get("message"), str) and bool(fields.keys() & {"__type", "statusCode", "code", "status"})


def _first_of_errors(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the first error of ``{"success": false, "errors": [...]}``, Cloudflare's envelope; empty for others."""
    errors = fields.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and fields.get("success") is False else None
    return first if isinstance(first, dict) and "message" in first else {}


def is_bare_answer(body: object) -> bool:
    """Return whether `body` is Anthropic's error as the API sends it, and nothing around it or beside it."""
    fields = as_dict(body)
    inner = as_dict(fields.get("error"))
    return fields.get("type") == "error" and fields.keys() <= _OUTER and inner.keys() == _INNER


def _is_inner(fields: dict[str, Any]) -> bool:
    """Whether only the inner part of Anthropic's error was pasted: ``{"type": "overloaded_error", "message": ...}``."""
    named = as_text(fields.get("type")) in ANTHROPIC_TYPES and isinstance(fields.get("message"), str)
    return named and not fields.keys() & {"error", "param", "code"}


def stop_reason_of(body: object) -> str | None:
    """Return the stop reason of a message that is not a full answer, else None."""
    reason = as_text(as_dict(body).get("stop_reason"))
    return reason if reason in _STOPPED_SHORT else None


def answered_by(body: object) -> AnsweredBy:
    """Return who wrote a JSON body."""
    return _answered_by(body, own=is_relays_own(body))


def _answered_by(body: object, *, own: bool) -> AnsweredBy:
    """Return who wrote a JSON body; `own` says that its sentence is a relay's own."""
    fields = as_dict(body)
    error = fields.get("error")
    inner = as_dict(error)
    kind, code = inner.get("type"), inner.get("code")
    text = as_text(inner.get("message")) or as_text(fields.get("message")) or as_text(error) or ""
    if is_message(body):
        return AnsweredBy.ANTHROPIC
    if _LITELLM.search(text) or (isinstance(kind, str) and kind in ("auth_error", "team_model_access_denied")):
        return AnsweredBy.LITELLM
    if own:
        return AnsweredBy.OTHER_JSON
    if _is_inner(fields) or (fields.get("type") == "error" and isinstance(kind, str)):
        return AnsweredBy.ANTHROPIC
    if kind == "forbidden" and code is None:
        return AnsweredBy.ANTHROPIC_EDGE
    if isinstance(code, int) and isinstance(inner.get("status"), str):
        return AnsweredBy.GOOGLE
    if isinstance(code, int):
        return AnsweredBy.OPENROUTER
    if isinstance(kind, str) and kind in ANTHROPIC_TYPES and "param" not in inner and code is None:
        return AnsweredBy.ANTHROPIC
    if inner and (_AZURE.search(str(code))):
        return AnsweredBy.AZURE
    if inner:
        return AnsweredBy.OPENAI_STYLE
    if (
        _is_aws_object(fields)
        or "__type" in fields
        or "Message" in fields
        or (set(fields) == {"message"} and _AWS.search(text))
    ):
        return AnsweredBy.AWS
    return AnsweredBy.OTHER_JSON


def is_relays_own(body: object) -> bool:
    """Return whether a body in Anthropic's form, or in that of a relay, holds a relay's own sentence."""
    fields = as_dict(body)
    inner = fields if _is_inner(fields) else as_dict(fields.get("error"))
    kind, sentence = as_text(inner.get("type")), as_text(inner.get("message")) or ""
    if kind in ANTHROPIC_TYPES and "param" not in inner:
        return is_relays_sentence(kind, sentence, as_text(fields.get("request_id")) or as_text(inner.get("request_id")))
    return is_relays_type(inner.get("type"))


def learn_body(draft: Draft, body: object) -> None:
    """Learn from a parsed JSON body: who answered, the error's type, code, message and request id, or a stop reason."""
    fields = as_dict(body)
    if is_message(body):
        _learn_message(draft, fields)
        return
    if is_transport_code(fields.get("code")):
        draft.learn(code=as_text(fields.get("code")))
        draft.say(as_text(fields.get("message")))
        return
    error = fields if _is_inner(fields) else _first_of_errors(fields) or fields.get("error")
    inner = as_dict(error)
    if isinstance(inner.get("error"), dict) and is_error(inner):  # an SDK's error object holds the body in `error`
        learn_body(draft, inner)
        draft.learn(status=as_status(fields.get("status")), request_id=as_text(fields.get("request_id")))
        return
    own = is_relays_own(body)
    named = _compatible_type(inner) or as_text(inner.get("type")) or as_text(fields.get("__type")) or _class_of(fields)
    draft.learn(
        answered_by=_answered_by(body, own=own),
        # under a relay's own sentence Anthropic's type says nothing
        error_type=None if own and named in ANTHROPIC_TYPES else named,
        error_code=_error_code(inner),
        request_id=as_text(fields.get("request_id")) or as_text(inner.get("request_id")),
        status=as_status(inner.get("code")) or as_status(fields.get("statusCode")) or as_status(fields.get("status")),
    )
    _learn_aws_object(draft, fields)
    draft.learn(provider=Provider.ANTHROPIC if own and (named in ANTHROPIC_TYPES or "type" in fields) else None)
    _learn_provider(draft)
    draft.learn(relayed=True if own or is_numbered(as_text(inner.get("message")) or "") else None)
    draft.say(
        as_text(inner.get("message"))
        or as_text(error)
        or as_text(fields.get("message"))
        or as_text(fields.get("Message"))
    )
    draft.say(as_text(fields.get("detail")))


def _class_of(fields: dict[str, Any]) -> str | None:
    """Return the class that a service's error object names itself; n8n's classes tell nothing of the service."""
    named = as_text(fields.get("name")) or ""
    return named if named.endswith(("Error", "Exception")) and not named.startswith("Node") else None


def _is_aws_object(fields: dict[str, Any]) -> bool:
    """Whether this is the error object of AWS's SDK for JavaScript, which may have no message."""
    return bool(fields.keys() & {"$metadata", "$fault"})


def _learn_aws_object(draft: Draft, fields: dict[str, Any]) -> None:
    if _is_aws_object(fields):
        named = as_text(fields.get("name")) or as_text(fields.get("__type"))
        status = as_status(as_dict(fields.get("$metadata")).get("httpStatusCode"))
        draft.learn(error_type=named, status=status)
        draft.say(as_text(fields.get("message")) or named)


def _learn_message(draft: Draft, fields: dict[str, Any]) -> None:
    draft.learn(
        answered_by=AnsweredBy.ANTHROPIC,
        status=200,
        stop_reason=stop_reason_of(fields),
        model=as_text(fields.get("model")),
        # the form alone proves nothing: relays use it for any vendor's model
        relayed=True if not is_claudes(fields) and fields.keys() & {"id", "model"} else None,
        told=None if fields.keys() & {"id", "model"} else True,
    )
    details = as_dict(fields.get("stop_details"))
    draft.say(as_text(details.get("explanation")))


def _compatible_type(inner: dict[str, Any]) -> str | None:
    """Return Anthropic's error type where its OpenAI-compatible endpoint puts it: in `code`, beside a `param`."""
    code = as_text(inner.get("code"))
    return code if code in ANTHROPIC_TYPES and "param" in inner else None


def _error_code(inner: dict[str, Any]) -> str | None:
    details = as_dict(inner.get("details"))
    named = as_text(details.get("error_code")) or as_text(inner.get("error_code"))
    if named:
        return named
    if _compatible_type(inner):
        return None
    code = as_label(inner.get("code")) or as_text(inner.get("status"))
    return None if as_int(code) is not None else code


def _learn_provider(draft: Draft) -> None:
    if draft.answered_by in (AnsweredBy.ANTHROPIC, AnsweredBy.ANTHROPIC_EDGE):
        draft.learn(provider=Provider.ANTHROPIC)
