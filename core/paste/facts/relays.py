"""Signs that an answer came through a relay, or from a service that resells Claude, although its body is Anthropic's.

Relays pass Anthropic's body on as it is; what they add shows them: headers of their own, another server's name, their
own access log, the SDK's client for a cloud (LiteLLM 1.106, Helicone, Portkey, Kong and Cloudflare AI Gateway
documentation, one-api and new-api sources, anthropic 2.12; November 2026).
"""

from typing import Final

import re2

_HEADERS: Final = (
    "x-litellm-",
    "helicone-",
    "cf-aig-",
    "x-portkey-",
    "x-kong-",
    "x-openrouter-",
    "x-oneapi-",
    "x-new-api-",
    "x-amzn-",
    "x-goog-",
    "x-ms-",
    "apim-",
)
"""How the headers begin that relays and clouds add to an answer."""
_EDGE: Final = "cloudflare"
"""The server that Anthropic's answers name."""
_TRACE: Final = re2.compile(
    r"(?i)anthropic[/\\]lib[/\\](?:_?extras[/\\])?_?(?:bedrock|vertex|foundry|aws)\b"
    r"|@anthropic-ai/(?:bedrock|vertex|foundry|aws)-sdk"
    r'|"(?:GET|POST) /\S{0,200} HTTP/[\d.]{1,3}" \d{3}\b'
)
"""A cloud's client in a stack trace, or the line that a web server logs for a call that it served itself."""
_UPSTREAM: Final = re2.compile(
    r"(?i)\bupstream provider \S{1,40} (?:returned|responded|answered|failed)|^\W*provider (?:returned )?error\b"
)
_RETRIED: Final = re2.compile(
    r"(?s)\bFailed after \d{1,3} attempts?"
    r"(?:\. Last error: (.+)| with non-retryable error: '(.+)')$"
)


def is_relays_header(name: str, value: str) -> bool:
    """Return whether a header of an answer shows a relay.

    >>> is_relays_header("Server", "uvicorn"), is_relays_header("server", "cloudflare")
    (True, False)
    """
    plain = name.strip().lower()
    if plain == "server":
        return not value.strip().lower().startswith(_EDGE)
    return plain.startswith(_HEADERS)


def is_relays_line(line: str) -> bool:
    """Return whether a line of a log or a stack trace shows a relay or a cloud's client."""
    return ("anthropic" in line or "HTTP/" in line) and bool(_TRACE.search(line))


def names_upstream(line: str) -> bool:
    """Return whether a relay's line says what the provider behind it answered.

    >>> names_upstream("Upstream provider ACME returned HTTP 404."), names_upstream("The provider is fine")
    (True, False)
    """
    return "rovider" in line and bool(_UPSTREAM.search(line))


def last_of_attempts(text: str) -> str | None:
    """Return the last of several answers, as the AI SDK of n8n's own agents passes it on; None for other texts.

    >>> last_of_attempts("AI_RetryError: Failed after 3 attempts. Last error: Overloaded")
    'Overloaded'
    """
    match = _RETRIED.search(text) if "Failed after" in text else None
    return match and (match.group(1) or match.group(2))
