"""Reading one n8n error object: what a failed node run, an Error Trigger or a continue mode carries.

Where the answer is depends on the node (measured in n8n 2.41.1): the vendor node keeps the parsed body in
``context.data``; chains, agents and the HTTP Request keep its text in ``messages[0]``; a sub-node's own run in
``cause.message``; a parent of a sub-workflow in ``errorResponse``; HTTP Request 4.5 in ``details.body``.
"""

from typing import Any, Final

from core.paste.draft import Draft, DraftReading
from core.paste.facts.bodies import is_error, is_message
from core.paste.facts.headers import KEY_HEADERS
from core.paste.facts.headlines import sentence_of
from core.paste.facts.names import learn_names
from core.paste.facts.node_types import kind_of, literal, provider_in, provider_of_host, split_url
from core.paste.facts.stack import learn_stack
from core.paste.facts.wording import is_noise, learn_object, learn_text
from core.paste.failure import Shape, Surface
from core.paste.formats.json_values import as_dict, as_int, as_label, as_list, as_status, as_text

_N8N_CLASSES: Final = (
    "Node",
    "Workflow",
    "Expression",
    "Wrapped",
    "Manual",
    "System",
    "User",
    "Operational",
    "Application",
    "Sub",
    "Credential",
    "Timeout",
    "Execution",
)


def looks_like_error(value: object) -> bool:
    """Return whether an object is an n8n error rather than an API's body."""
    fields = as_dict(value)
    if "model" in fields and "messages" in fields:
        return False  # a request to a model
    if not isinstance(fields.get("message"), str) and "messages" not in fields:
        return False
    return bool(
        fields.keys() & {"stack", "name", "httpCode", "messages", "node", "functionality", "timestamp", "lineNumber"}
    )


def read_n8n_error(value: object) -> DraftReading | None:
    """Return the failure that an n8n error object tells of; None for anything else."""
    return _reading_of(as_dict(value)) if looks_like_error(value) and not is_error(value) else None


def read_n8n_error_inside(value: object) -> DraftReading | None:
    """Return the failure that an n8n error object in the field `error` tells of; None for anything else."""
    error = as_dict(value).get("error")
    return _reading_of(as_dict(error)) if looks_like_error(error) and not is_message(value) else None


def _reading_of(error: dict[str, Any]) -> DraftReading:
    draft = Draft()
    learn_error(draft, error)
    return DraftReading(Shape.N8N_ERROR, [draft])


def learn_error(draft: Draft, error: dict[str, Any], depth: int = 0) -> None:
    """Learn one n8n error object, its most telling part first."""
    if depth > 3:
        return
    draft.source = draft.source or error
    context = as_dict(error.get("context"))
    learn_object(draft, context.get("data"))
    response = as_dict(error.get("errorResponse"))
    if response:
        learn_error(draft, response, depth + 1)
    details = as_dict(error.get("details"))
    learn_object(draft, details.get("body"))
    for text in as_list(error.get("messages")):
        if isinstance(text, str):
            learn_text(draft, text)
    _learn_cause(draft, error.get("cause"))
    _learn_code(draft, error, details)
    _learn_sentences(draft, error, details)
    _learn_request(draft, as_dict(context.get("request")))
    _learn_context(draft, error, context, details)
    learn_node(draft, as_dict(error.get("node")))
    stack = error.get("stack")
    learn_stack(draft, stack if isinstance(stack, list) else [stack])
    if draft.surface is None and error.get("name") == "WrappedExecutionError":
        draft.learn(surface=Surface.CODE_NODE)


def learn_node(draft: Draft, node: dict[str, Any]) -> None:
    """Learn where in n8n the call was made, from a node's definition."""
    if not node:
        return
    draft.learn(
        node=as_text(node.get("name")),
        node_type=as_text(node.get("type")),
        node_version=as_label(node.get("typeVersion")),
    )
    learn_kind(draft, as_text(node.get("type")))
    for credential in as_dict(node.get("credentials")):
        draft.learn(credential_type=credential, provider=provider_in(credential))
    learn_parameters(draft, as_dict(node.get("parameters")))


def learn_kind(draft: Draft, node_type: str | None) -> None:
    """Learn surface and provider from a node type."""
    if not node_type:
        return
    kind = kind_of(node_type)
    draft.learn(surface=Surface.CHAT_MODEL if kind.is_root else kind.surface, provider=kind.provider)


def learn_parameters(draft: Draft, parameters: dict[str, Any]) -> None:
    """Learn model, address and what is sent as the key from a node's parameters."""
    model = parameters.get("model") or parameters.get("modelId")
    if isinstance(model, dict):
        model = model.get("value")
    if isinstance(model, str) and not model.startswith("="):
        draft.learn(model=model.strip())
    url = as_text(parameters.get("url"))
    if url:
        _learn_url(draft, literal(url))
    for header in as_list(as_dict(parameters.get("headerParameters")).get("parameters")):
        fields = as_dict(header)
        name = (as_text(fields.get("name")) or "").strip().lower()
        if name in KEY_HEADERS and isinstance(fields.get("value"), str):
            draft.learn(sent_key=fields["value"])
        elif name == "anthropic-version":
            draft.learn(api_version=as_text(fields.get("value")))
    credential = as_text(parameters.get("nodeCredentialType"))
    if credential:
        draft.learn(credential_type=credential, provider=provider_in(credential))
    body = as_text(parameters.get("jsonBody"))
    if body:
        learn_names(draft, body[:4000])


def _learn_cause(draft: Draft, cause: object) -> None:
    if isinstance(cause, dict):
        learn_text(draft, as_text(cause.get("message")) or "")
        draft.learn(code=as_text(cause.get("code")), status=as_status(cause.get("status")))
    elif isinstance(cause, str):
        learn_text(draft, cause)


def _learn_code(draft: Draft, error: dict[str, Any], details: dict[str, Any]) -> None:
    for value in (
        error.get("httpCode"),
        details.get("httpCode"),
        error.get("status"),
        error.get("statusCode"),
        error.get("code"),
    ):
        status = as_status(value)
        if status is not None:
            draft.learn(status=status)
        elif isinstance(value, str) and value.isupper() and value not in ("ERR_BAD_REQUEST", "ERR_BAD_RESPONSE"):
            draft.learn(code=value)


def _learn_sentences(draft: Draft, error: dict[str, Any], details: dict[str, Any]) -> None:
    """n8n's headline and description; a headline gives the status only where nothing better did."""
    message = as_text(error.get("message"))
    if message and not sentence_of(message) and not draft.message:
        # n8n's own sentence is the reason itself; its description only explains it.
        learn_text(draft, message)
    for text in (
        as_text(error.get("description")),
        as_text(details.get("description")),
        as_text(details.get("message")),
    ):
        if text and not is_noise(text):
            learn_text(draft, text)
    if message:
        learn_text(draft, message)
    name = as_text(error.get("name"))
    if name and name.startswith(_N8N_CLASSES):
        draft.learn(n8n_error=name)


def _learn_request(draft: Draft, request: dict[str, Any]) -> None:
    url = as_text(request.get("uri")) or as_text(request.get("url"))
    if url:
        _learn_url(draft, url)
    draft.learn(method=as_text(request.get("method")), model=as_text(as_dict(request.get("body")).get("model")))
    for name, value in as_dict(request.get("headers")).items():
        if name.lower() in KEY_HEADERS and isinstance(value, str) and value != "**hidden**":
            draft.learn(sent_key=value)
        elif name.lower() == "anthropic-version":
            draft.learn(api_version=as_text(value))


def _learn_context(draft: Draft, error: dict[str, Any], context: dict[str, Any], details: dict[str, Any]) -> None:
    inner = as_dict(details.get("context"))
    draft.learn(
        item_index=as_int(context.get("itemIndex")) if "itemIndex" in context else as_int(inner.get("itemIndex"))
    )
    draft.learn(node=as_text(context.get("nodeCause")))
    timestamp = error.get("timestamp")
    if isinstance(timestamp, (int, float)) and 0 < timestamp < 4e12:
        draft.learn(started_at=str(int(timestamp)))


def _learn_url(draft: Draft, url: str) -> None:
    host, path = split_url(url)
    if url.startswith("{{") or "{{" in (host or ""):
        draft.learn(unknown_host=True)
        return
    draft.learn(url=url[:300], host=host, path=path)
    provider = provider_of_host(host) if host else None
    if provider:
        draft.learn(provider=provider)
