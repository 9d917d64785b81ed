"""The plain words for every closed set that a person reads, so that pages, tickets and the terminal say the same."""

import datetime as dt
from typing import Final

from core.causes.card import Certainty, Family, KeyVerdict, WhoFixes
from core.paste.failure import AnsweredBy, Shape, Surface

CERTAINTY: Final = {
    Certainty.CERTAIN: "certain",
    Certainty.LIKELY: "likely",
    Certainty.POSSIBLE: "possible",
}

KEY_VERDICT: Final = {
    KeyVerdict.GOOD: "valid",
    KeyVerdict.REJECTED: "rejected by Anthropic",
    KeyVerdict.UNUSABLE: "can't be a key",
    KeyVerdict.UNKNOWN: "not checked",
    KeyVerdict.NOT_INVOLVED: "not involved",
}

KEY_PROOF: Final = {
    KeyVerdict.GOOD: "Your key is valid: Anthropic knows it.",
    KeyVerdict.REJECTED: "Anthropic itself refused the key.",
    KeyVerdict.UNUSABLE: "The text in the key field can't be an Anthropic API key.",
    KeyVerdict.UNKNOWN: "This error can't tell whether your key is valid. Keep it.",
    KeyVerdict.NOT_INVOLVED: "This error doesn't involve your Anthropic key.",
}

WHO_FIXES: Final = {
    WhoFixes.YOU: "You",
    WhoFixes.ACCOUNT_ADMIN: "Your Anthropic account admin",
    WhoFixes.N8N_ADMIN: "Your n8n admin",
    WhoFixes.WAIT: "Anthropic (wait)",
    WhoFixes.SUPPORT: "Support",
    WhoFixes.NOBODY: "Nobody",
}

FAMILY: Final = {
    Family.KEY: "The key",
    Family.ACCESS: "What the account allows",
    Family.MODEL: "The model",
    Family.BILLING: "Money",
    Family.LIMITS: "Limits and busy times",
    Family.REQUEST: "What was asked",
    Family.NETWORK: "The network",
    Family.SETUP: "Address and gateway",
    Family.N8N: "n8n",
    Family.NOT_ANTHROPIC: "Not Claude at all",
    Family.NONE: "No error found",
}

SHAPE: Final = {
    Shape.EXECUTION: "an n8n execution",
    Shape.EXECUTION_LIST: "a list of n8n executions",
    Shape.EXECUTION_WITHOUT_DATA: "an n8n execution without its data",
    Shape.EXECUTION_REST: "an n8n execution from the browser's developer tools",
    Shape.EXECUTION_ROW: "an n8n execution from n8n's database",
    Shape.EXECUTION_FLATTED: "the stored data of an n8n execution",
    Shape.EXECUTION_CLI: "an n8n execution from the command line",
    Shape.EXECUTION_REDACTED: "an n8n execution with its data taken out",
    Shape.ERROR_TRIGGER: "what an Error Trigger node received",
    Shape.COPY_DETAILS: "error details copied from n8n",
    Shape.N8N_ERROR: "one n8n error",
    Shape.ITEMS: "n8n items",
    Shape.WORKFLOW: "an n8n workflow without a run",
    Shape.SELF_TEST: "a report of Reconnect's self-test workflow",
    Shape.HTTP_BODY: "the body of an answer",
    Shape.HTTP_EXCHANGE: "a request with its answer",
    Shape.HTML_PAGE: "a web page",
    Shape.SDK_TRACEBACK: "a program's error trace",
    Shape.CREDENTIAL_TEST: "the message of n8n's credential test",
    Shape.PANEL: "the text of n8n's error panel",
    Shape.TOAST: "the text of an n8n pop-up",
    Shape.LOG: "log lines",
    Shape.TEXT: "plain text",
    Shape.EMPTY: "nothing but white space",
}

SURFACE: Final = {
    Surface.VENDOR_NODE: "Message a model node",
    Surface.CHAT_MODEL: "Anthropic Chat Model",
    Surface.HTTP_REQUEST: "HTTP Request node",
    Surface.CODE_NODE: "Code node",
    Surface.CREDENTIAL_TEST: "n8n's credential test",
    Surface.OTHER_CLIENT: "another program",
    Surface.OTHER_NODE: "another n8n node",
    Surface.PROBE: "Reconnect's own test",
}

ANSWERED_BY: Final = {
    AnsweredBy.ANTHROPIC: "Anthropic",
    AnsweredBy.ANTHROPIC_EDGE: "Anthropic's edge, before the key was looked at",
    AnsweredBy.LITELLM: "a LiteLLM gateway",
    AnsweredBy.OPENROUTER: "OpenRouter",
    AnsweredBy.AWS: "Amazon Web Services",
    AnsweredBy.GOOGLE: "Google Cloud",
    AnsweredBy.AZURE: "Microsoft Azure",
    AnsweredBy.OPENAI_STYLE: "a service that answers as OpenAI does",
    AnsweredBy.HTML: "something that sent a web page",
    AnsweredBy.OTHER_JSON: "another service",
    AnsweredBy.PLAIN_TEXT: "something that sent plain text",
    AnsweredBy.EMPTY: "nobody: the answer was empty",
}

_VALUES: Final = {
    "surface": {each.value: text for each, text in SURFACE.items()},
    "answered_by": {each.value: text for each, text in ANSWERED_BY.items()},
}

FACT: Final = {
    "status": "HTTP status",
    "error_type": "Error type",
    "error_code": "Error code",
    "code": "System code",
    "message": "Message",
    "headline_text": "n8n's headline",
    "answered_by": "Who answered",
    "stop_reason": "Why the answer stopped",
    "request_id": "Request id",
    "retry_after": "Wait before retry",
    "organization_id": "Organization",
    "workspace_id": "Workspace",
    "surface": "Where the call was made",
    "provider": "Provider",
    "model": "Model",
    "url": "Address",
    "host": "Host",
    "path": "Path",
    "method": "Method",
    "n8n_error": "Kind of n8n error",
    "credential_type": "Credential type",
    "sent_key": "Where the key belongs",
    "api_version": "API version",
    "node": "Node",
    "node_type": "Node type",
    "node_version": "Node version",
    "root_node": "Main node",
    "item_index": "Item",
    "n8n_version": "n8n version",
    "started_at": "Run started",
    "attempts": "Attempts",
}


def fact(name: str) -> str:
    """The words for a fact's name; a name without words is shown with blanks for underscores."""
    return FACT.get(name, name.replace("_", " ").capitalize())


def value(name: str, text: str) -> str:
    """A fact's value in words where it is one of ours, else as the paste has it."""
    if name == "started_at" and len(text) == 13 and text.isascii() and text.isdigit():  # n8n's own milliseconds
        return f"{dt.datetime.fromtimestamp(int(text) / 1000, dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
    return _VALUES.get(name, {}).get(text, text)


def version_range(text: str) -> str:
    """A range of n8n versions in words, from the data files' ``>=2.14.0,<2.16.0``, ``<1.69.0`` or ``>=2.16.0``."""
    bounds = [each.strip() for each in text.split(",")]
    first = next((each.removeprefix(">=") for each in bounds if each.startswith(">=")), None)
    end = next((each.removeprefix("<") for each in bounds if each.startswith("<")), None)
    if first and end:
        return f"from {first}, before {end}"
    if first:
        return f"from {first} on"
    return f"before {end}" if end else "every version"


def count(number: int, thing: str) -> str:
    """A number with its noun: ``1 node``, ``3 nodes``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
