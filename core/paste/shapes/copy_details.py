"""Reading what n8n's "Copy error details" button puts on the clipboard.

``{errorMessage, errorDescription?, errorDetails{rawErrorMessage?[], httpCode?, errorData?, errorExtra?},
n8nDetails{nodeName?, nodeType?, nodeVersion?, itemIndex?, time?, n8nVersion, stackTrace[]}}`` (n8n 2.41.1). The Code
node's has no node name; the class at the head of its stack trace tells it.
"""

from typing import Any

from core.paste.draft import Draft
from core.paste.facts.stack import learn_stack
from core.paste.facts.wording import learn_object, learn_text
from core.paste.failure import Surface
from core.paste.formats.json_values import as_dict, as_int, as_label, as_list, as_status, as_text
from core.paste.shapes.n8n_error import learn_kind, learn_parameters


def read_copy_details(details: dict[str, Any]) -> Draft:
    """Return the failure that a copy of n8n's error details describes."""
    draft = Draft()
    answer = as_dict(details.get("errorDetails"))
    origin = as_dict(details.get("n8nDetails"))
    learn_object(draft, answer.get("errorData"))
    for text in as_list(answer.get("rawErrorMessage")):
        learn_text(draft, text if isinstance(text, str) else "")
    _learn_code(draft, answer.get("httpCode"))
    _learn_cause(draft, origin.get("cause"))
    _learn_sentences(draft, details)
    _learn_origin(draft, origin)
    _learn_extra(draft, as_dict(answer.get("errorExtra")))
    return draft


def _learn_code(draft: Draft, code: object) -> None:
    draft.learn(status=as_status(code))
    if isinstance(code, str) and not code.isdigit():
        draft.learn(code=code)


def _learn_cause(draft: Draft, cause: object) -> None:
    """Learn the cause: an SDK's error object with its answer (n8n 1.x), or the expression that failed."""
    if isinstance(cause, dict):
        learn_object(draft, cause)
        learn_text(draft, as_text(cause.get("message")) or "")
        draft.learn(status=as_status(cause.get("status")), request_id=as_text(cause.get("requestID")))
    elif isinstance(cause, str):
        draft.say(cause)
        draft.learn(n8n_error="ExpressionError" if cause.startswith("=") else None)


def _learn_sentences(draft: Draft, details: dict[str, Any]) -> None:
    headline, description = as_text(details.get("errorMessage")), as_text(details.get("errorDescription"))
    named = Draft()
    learn_text(named, headline or "")
    if named.headline:
        learn_text(draft, description or "")
        learn_text(draft, headline or "")
    else:
        learn_text(draft, headline or "")
        learn_text(draft, description or "")


def _learn_origin(draft: Draft, origin: dict[str, Any]) -> None:
    draft.learn(
        node_type=as_text(origin.get("nodeType")),
        node_version=as_label(origin.get("nodeVersion")),
        item_index=as_int(origin.get("itemIndex")),
        n8n_version=_version(as_text(origin.get("n8nVersion"))),
        started_at=as_text(origin.get("time")),
    )
    if as_text(origin.get("nodeName")):
        draft.correct(node=as_text(origin.get("nodeName")))
    learn_kind(draft, as_text(origin.get("nodeType")))
    trace = as_list(origin.get("stackTrace"))
    learn_stack(draft, trace)
    error_class = trace[0].split(":", 1)[0] if trace and isinstance(trace[0], str) and ":" in trace[0] else None
    if error_class and error_class.isidentifier():
        draft.learn(n8n_error=error_class)
    if error_class == "WrappedExecutionError":
        draft.learn(surface=Surface.CODE_NODE)


def _learn_extra(draft: Draft, extra: dict[str, Any]) -> None:
    learn_parameters(draft, as_dict(extra.get("parameters")))


def _version(text: str | None) -> str | None:
    """Keep the number of "2.41.1 (Self Hosted)"."""
    return text.split(" ", 1)[0] if text else None
