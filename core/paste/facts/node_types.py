"""What an n8n node type says about a call: which surface it is, and whose model it calls.

Types as in n8n 1.20 to 2.41.1 (`@n8n/n8n-nodes-langchain`, `n8n-nodes-base`).
"""

from typing import Final
from urllib.parse import urlsplit

import msgspec
import re2

from core.paste.failure import Provider, Surface

_ROOTS: Final = frozenset(
    (
        "agent",
        "agentTool",
        "chainLlm",
        "chainSummarization",
        "chainRetrievalQa",
        "informationExtractor",
        "textClassifier",
        "sentimentAnalysis",
        "guardrails",
        "modelSelector",
    )
)
"""Root nodes that call a model through a sub-node."""

_PROVIDER_WORDS: Final = (
    ("anthropic", Provider.ANTHROPIC),
    ("openrouter", Provider.OPENROUTER),
    ("azureopenai", Provider.AZURE),
    ("openai", Provider.OPENAI),
    ("gemini", Provider.GOOGLE),
    ("vertex", Provider.GOOGLE),
    ("palm", Provider.GOOGLE),
    ("bedrock", Provider.AWS),
    ("groq", Provider.GROQ),
    ("mistral", Provider.MISTRAL),
    ("cohere", Provider.COHERE),
    ("deepseek", Provider.DEEPSEEK),
    ("xai", Provider.XAI),
    ("grok", Provider.XAI),
    ("perplexity", Provider.PERPLEXITY),
    ("ollama", Provider.OLLAMA),
    ("huggingface", Provider.HUGGINGFACE),
)
_HOSTS: Final = (
    ("anthropic.com", Provider.ANTHROPIC),
    ("openrouter.ai", Provider.OPENROUTER),
    ("openai.azure.com", Provider.AZURE),
    ("services.ai.azure.com", Provider.AZURE),
    ("openai.com", Provider.OPENAI),
    ("generativelanguage.googleapis.com", Provider.GOOGLE),
    ("aiplatform.googleapis.com", Provider.GOOGLE),
    ("amazonaws.com", Provider.AWS),
    ("groq.com", Provider.GROQ),
    ("mistral.ai", Provider.MISTRAL),
    ("cohere.com", Provider.COHERE),
    ("cohere.ai", Provider.COHERE),
    ("deepseek.com", Provider.DEEPSEEK),
    ("x.ai", Provider.XAI),
    ("perplexity.ai", Provider.PERPLEXITY),
    ("huggingface.co", Provider.HUGGINGFACE),
)

_QUOTED: Final = re2.compile(r"^=\{\{\s*(['\"`])([^'\"`{}$]*)(['\"`])\s*\}\}$")
"""An expression that is one quoted text."""


class NodeKind(msgspec.Struct, frozen=True):
    """What a node type tells: its surface, whose model it calls, and whether it is a root with a sub-node."""

    surface: Surface | None = None
    provider: Provider | None = None
    is_root: bool = False


def kind_of(node_type: str) -> NodeKind:
    """Return what `node_type`, for example ``@n8n/n8n-nodes-langchain.lmChatAnthropic``, says about its calls."""
    short = node_type.rsplit(".", 1)[-1]
    if short == "httpRequest":
        return NodeKind(Surface.HTTP_REQUEST)
    if short in ("httpRequestTool", "toolHttpRequest"):
        return NodeKind(Surface.HTTP_REQUEST)
    if short in ("code", "function", "functionItem", "codeTool", "toolCode"):
        return NodeKind(Surface.CODE_NODE)
    if short in _ROOTS:
        return NodeKind(None, None, is_root=True)
    provider = provider_in(short)
    if provider is Provider.ANTHROPIC:
        return NodeKind(Surface.CHAT_MODEL if short.startswith("lm") else Surface.VENDOR_NODE, provider)
    return NodeKind(Surface.OTHER_NODE, provider)


def surface_of_name(name: str) -> Surface | None:
    """Return the surface that a node's default name tells; people rename nodes, so it is only a hint."""
    plain = name.lower().rstrip("0123456789 ")
    if plain in ("code", "http request"):
        return Surface.CODE_NODE if plain == "code" else Surface.HTTP_REQUEST
    if "anthropic chat model" in plain:
        return Surface.CHAT_MODEL
    return Surface.VENDOR_NODE if plain in ("message a model", "anthropic") else None


def provider_in(name: str) -> Provider | None:
    """Return the vendor whose name is in a node type or a credential type."""
    plain = name.lower().replace(" ", "").replace("_", "").replace("-", "")
    return next((provider for word, provider in _PROVIDER_WORDS if word in plain), None)


def provider_of_host(host: str) -> Provider | None:
    """Return the vendor that a host name belongs to."""
    name = host.lower().rstrip(".")
    return next((p for suffix, p in _HOSTS if name == suffix or name.endswith("." + suffix)), None)


def literal(text: str) -> str:
    """Return the text of an n8n field without the mark of an expression; one that is only a quoted text is read.

    >>> literal("={{ 'https://api.anthropic.com' }}")
    'https://api.anthropic.com'
    """
    quoted = _QUOTED.search(text)
    return quoted.group(2) if quoted and quoted.group(1) == quoted.group(3) else text.removeprefix("=")


def split_url(url: str) -> tuple[str | None, str | None]:
    """Return host and path of a URL as n8n shows it (``**hidden**/v1/messages`` has no host); never raises."""
    if url.startswith("**hidden**"):
        return None, url.removeprefix("**hidden**").split("?")[0] or None
    try:
        parts = urlsplit(url if "://" in url else "//" + url)
    except ValueError:
        return None, None
    return parts.hostname, parts.path or None
