"""The words for every closed set that a person reads, so that pages, tickets and the terminal say the same.

Each table has one role and a word for every member; a test compares. This module holds what a diagnosis needs; the
others are apart, so that reading a paste loads neither the database nor the network:

* `probe`: the steps of a live test, their outcomes, an access result, a rate limit
* `case`: a case's status, its links and its checklist
* `node`: what is generated for n8n, and the findings on a node
"""

import datetime as dt
from typing import Final

from core.causes.card import Certainty, Family, KeyVerdict, WhoFixes
from core.models.catalogue import Availability, ModelState, Sampling
from core.paste.failure import AnsweredBy, FailedIn, Provider, Shape, Surface

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

GATEWAY_ANSWER: Final = {
    Family.KEY: "{host} did not accept this key",
    Family.ACCESS: "{host} does not allow this call",
    Family.MODEL: "{host} does not answer for this model",
    Family.BILLING: "{host} reports a problem with credit or billing",
    Family.LIMITS: "{host} cannot take this call right now",
    Family.REQUEST: "{host} did not accept the test message",
}
"""What a gateway's answer is called where the cause tells what it is about."""

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

FAILED_IN: Final = {
    FailedIn.N8N: "n8n itself",
    FailedIn.N8N_NODE: "a node that comes with n8n",
    FailedIn.LANGCHAIN: "LangChain",
    FailedIn.MESSAGE_BUILDING: "the reading of stored messages",
    FailedIn.SDK: "a vendor's library",
    FailedIn.COMMUNITY_NODE: "a community node",
    FailedIn.CODE_NODE: "the code in a Code node",
    FailedIn.EXPRESSION: "an expression",
    FailedIn.PYTHON: "a Python package",
    FailedIn.OTHER_PROGRAM: "a program outside n8n",
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

ANSWER_OF: Final = {
    AnsweredBy.ANTHROPIC: "an answer of Anthropic",
    AnsweredBy.ANTHROPIC_EDGE: "an answer of Anthropic's edge",
    AnsweredBy.LITELLM: "an answer of a LiteLLM gateway",
    AnsweredBy.OPENROUTER: "an answer of OpenRouter",
    AnsweredBy.AWS: "an answer of Amazon Web Services",
    AnsweredBy.GOOGLE: "an answer of Google Cloud",
    AnsweredBy.AZURE: "an answer of Microsoft Azure",
    AnsweredBy.OPENAI_STYLE: "an answer in OpenAI's format",
    AnsweredBy.HTML: "a web page",
    AnsweredBy.OTHER_JSON: "another service's answer",
    AnsweredBy.PLAIN_TEXT: "plain text",
    AnsweredBy.EMPTY: "an empty answer",
}
"""What came back, where `ANSWERED_BY` says who sent it."""

PROVIDER: Final = {
    Provider.ANTHROPIC: "Anthropic",
    Provider.OPENAI: "OpenAI",
    Provider.OPENROUTER: "OpenRouter",
    Provider.GOOGLE: "Google",
    Provider.AWS: "Amazon Web Services",
    Provider.AZURE: "Microsoft Azure",
    Provider.GROQ: "Groq",
    Provider.MISTRAL: "Mistral",
    Provider.COHERE: "Cohere",
    Provider.DEEPSEEK: "DeepSeek",
    Provider.XAI: "xAI",
    Provider.PERPLEXITY: "Perplexity",
    Provider.OLLAMA: "Ollama",
    Provider.HUGGINGFACE: "Hugging Face",
    Provider.N8N_AI_CREDITS: "n8n's own AI credits",
    Provider.OTHER: "another provider",
}

MODEL_STATE: Final = {
    ModelState.ACTIVE: "active",
    ModelState.DEPRECATED: "ending",
    ModelState.RETIRED: "retired",
    ModelState.NEVER_EXISTED: "unknown",
}

AVAILABILITY: Final = {
    Availability.OPEN: "For every account.",
    Availability.LIMITED: "Only for accounts that Anthropic has cleared for it.",
    Availability.INVITATION: "By invitation only.",
}

SAMPLING: Final = {
    Sampling.ANY: "Temperature, Top P and Top K may be set.",
    Sampling.ONE_OF_TEMPERATURE_TOP_P: "Set Temperature or Top P, not both.",
    Sampling.NONE: "Leave out Temperature, Top P and Top K.",
}

_VALUES: Final = {
    "surface": {each.value: text for each, text in SURFACE.items()},
    "failed_in": {each.value: text for each, text in FAILED_IN.items()},
    "answered_by": {each.value: text for each, text in ANSWERED_BY.items()},
    "provider": {each.value: text for each, text in PROVIDER.items()},
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
    "failed_in": "Whose code failed",
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
    """Return the words for a fact's name; a name without words is shown with spaces for underscores."""
    return FACT.get(name, name.replace("_", " ").capitalize())


def value(name: str, text: str) -> str:
    """Return a fact's value in words where it is one of ours, else as the paste has it."""
    if name == "started_at" and len(text) == 13 and text.isascii() and text.isdigit():  # n8n's own milliseconds
        return f"{dt.datetime.fromtimestamp(int(text) / 1000, dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
    return _VALUES.get(name, {}).get(text, text)


def sentence_case(words: str) -> str:
    """Return words with their first letter large, for a badge, an option or a table's heading."""
    return f"{words[:1].upper()}{words[1:]}"


def version_range(text: str) -> str:
    """Return a range of n8n versions in words.

    The data files write it as ``>=2.14.0,<2.16.0``, ``<1.69.0`` or ``>=2.16.0``.
    """
    bounds = [each.strip() for each in text.split(",")]
    first = next((each.removeprefix(">=") for each in bounds if each.startswith(">=")), None)
    end = next((each.removeprefix("<") for each in bounds if each.startswith("<")), None)
    if first and end:
        return f"from {first}, before {end}"
    if first:
        return f"from {first} on"
    return f"before {end}" if end else "every version"


def count(number: int, thing: str) -> str:
    """Return a number with its noun: ``1 node``, ``3 nodes``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
