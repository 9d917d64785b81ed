"""Whose sentence a body holds, whatever the envelope, and the answers inside another's.

Anybody can copy the form of Anthropic's errors, and relays do: they change status and type, put the answer into
`detail`, `error.message`, `metadata.raw` or a text inside a text, and answer in their own words under Anthropic's
types. So the form says who may have written, and the sentence who did. A relay's sentence proves nothing about a key.

Read in public threads until November 2026: one-api, new-api, sub2api, claude-relay-service, LiteLLM, OpenRouter,
Portkey, Cloudflare's and Vercel's gateways.
"""

from collections.abc import Iterator
from typing import Final

import re2

from core.paste.formats.json_values import as_dict, as_list, as_text

ANTHROPIC_TYPES: Final = frozenset(
    (
        "invalid_request_error",
        "authentication_error",
        "billing_error",
        "permission_error",
        "not_found_error",
        "request_too_large",
        "rate_limit_error",
        "timeout_error",
        "api_error",
        "overloaded_error",
        "conflict_error",
    )
)
_SERVERS_TYPES: Final = frozenset(("api_error", "timeout_error", "overloaded_error"))
"""Types that tell of a failing server: Anthropic writes few sentences under them, and relays all of theirs."""
_SERVERS_SENTENCES: Final = re2.compile(
    r"(?i)^\W*(?:internal (?:server )?error|overloaded|server (?:error|overloaded)|error|timeout|timed out"
    r"|request time(?:out|d out)|(?:an )?unexpected (?:server )?error|(?:an )?unknown error"
    r"|(?:the )?(?:service|server|api|model) is (?:currently |temporarily )?(?:overloaded|unavailable|busy)"
    r"|service (?:temporarily )?unavailable|.{0,80}\banthropic(?:.s systems)?\b)"
)
"""How the sentences begin that Anthropic writes there (API errors page, 2026-10-10, and public threads)."""
_REQUEST_ID: Final = re2.compile(r"^req_(?:vrtx_|bdrk_)?01[0-9A-Za-z]{18,}$")
"""How Anthropic numbers its answers; relays use a time stamp, a UUID or hexadecimal digits."""
_RELAYS_TYPE: Final = re2.compile(r"(?i)^<nil>$|._api_error$|^(?:upstream|relay|proxy|gateway|channel)_|^bad_response_")
"""Types that the one-api family writes instead of the service's own."""
_RELAYS_WORDS: Final = re2.compile(
    r"(?i)^\W*[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]"  # Anthropic answers in English
    r"|\bupstream\b|\b(?:this|the|our|proxy|ai|llm|api|inference) (?:gateway|proxy|relay|pool)\b"
    r"|\bproxy (?:server|error)"
    r"|\bno (?:\w+ ){0,2}(?:accounts?|channels?|providers?|deployments?|upstreams?)\b|\bdistributor\b|\bvirtual key"
    r"|\b(?:new|one)[-_]api\b|\blitellm\b|\bprovider (?:returned|error)|\berror from provider\b|\bin this pool\b"
)
"""Words of a relay about itself, which none of Anthropic's documented sentences holds."""
_LEAD: Final = re2.compile(
    r"(?i)\bprovider (?:\S{1,40} )?(?:error|returned|responded|rejected|failed)\b|\bupstream\b"
    r"|\b([a-z][\w.-]{1,40}) (?:invalid request|upstream error|api error|request failed|returned (?:an )?error)\b"
    r"(?: \(?\d{3}\)?)?\s*[:\-]?\s*$"
)
_CLIENTS_LEADS: Final = frozenset(
    (
        "anthropic", "claude", "openai", "axios", "http", "n8n", "llm", "ai", "the", "this", "an", "a", "my", "same",
        "following", "error", "got", "get", "unexpected", "with", "is", "and", "api", "rest",
    )
)  # fmt: skip
"""Words before "API error:" that are no product's: Anthropic's own name, a client's library, a person's words."""
_NUMBERED: Final = re2.compile(r"\s*\((?:request|trace) id: ?[\w-]{1,80}\)\s*$")
"""The number of its own that a relay of the one-api family writes behind a sentence."""
_CARRIERS: Final = ("raw", "detail", "details", "upstream", "upstream_error", "provider_error", "original", "errors")
"""Fields in which relays put the answer that they got."""
_BESIDE: Final = frozenset(("status", "statusCode", "headers", "request_id", "requestID", "requestId", "name", "stack"))
"""Fields of a client's error object, which holds the answer that the client itself got."""
_LITELLM: Final = re2.compile(r"litellm\.(?:exceptions\.)?(\w+(?:Error|Exception))")
_NESTED: Final = 3


def is_relays_sentence(kind: str | None, sentence: str, request_id: str | None = None) -> bool:
    """Return whether a sentence under a type of Anthropic's is not Anthropic's own but that of a relay.

    >>> is_relays_sentence("api_error", "no account left"), is_relays_sentence("api_error", "Internal server error")
    (True, False)
    """
    plain = _NUMBERED.sub("", sentence) if "id:" in sentence else sentence
    if not plain or _REQUEST_ID.search(request_id or ""):
        return False
    if _RELAYS_WORDS.search(plain):
        return True
    return kind in _SERVERS_TYPES and not _SERVERS_SENTENCES.search(plain)


def is_relays_type(kind: object) -> bool:
    """Return whether an error's type is one that only relays write."""
    return isinstance(kind, str) and bool(_RELAYS_TYPE.search(kind))


def is_numbered(sentence: str) -> bool:
    """Return whether a relay's own number is behind a sentence."""
    return "id:" in sentence and bool(_NUMBERED.search(sentence))


def names_relay(line: str) -> bool:
    """Return whether a line that a program wrote speaks of a relay."""
    return bool(_RELAYS_WORDS.search(line))


def is_relays_lead(words: str) -> bool:
    """Return whether the words in front of an answer are a relay's: it speaks of a provider, or names its product.

    >>> is_relays_lead("Provider error 400: Gatewayish invalid request: "), is_relays_lead("Anthropic API error: ")
    (True, False)
    """
    found = _LEAD.search(words[-200:])
    return found is not None and (found.group(1) or "").lower() not in _CLIENTS_LEADS


def inner_answers(body: object) -> Iterator[tuple[object, bool]]:
    """Yield the answers inside a body, and whether a relay put each there; texts only where they hold an answer."""
    fields = as_dict(body)
    error = as_dict(fields.get("error"))
    whole = error.get("error")
    if isinstance(whole, dict) and error.get("type") == "error" and not fields.keys() & _BESIDE:
        yield error, fields.get("type") == "error" or len(fields) > 1
    holders = (
        as_dict(error.get("metadata")),
        as_dict(error.get("details")),
        as_dict(fields.get("metadata")),
        error,
        fields,
    )
    for holder in holders:
        if not holder.keys().isdisjoint(_CARRIERS):
            for name in _CARRIERS:
                for one in _candidates(holder.get(name)):
                    yield one, True
    ok = bool(fields.keys() & {"success", "ok"})
    for text, passed_on in ((error.get("message"), True), (fields.get("error"), ok), (fields.get("message"), ok)):
        if _holds_answer(text):
            yield text, passed_on
    if _holds_answer(fields.get("Message")):
        yield fields["Message"], ok


def _candidates(value: object) -> Iterator[object]:
    first = as_list(value)[0] if as_list(value) else value
    if (isinstance(first, dict) and first.keys() & {"error", "message", "type", "detail"}) or _holds_answer(first):
        yield first


def _holds_answer(value: object) -> bool:
    text = as_text(value)
    return text is not None and ("{" in text or ("litellm." in text and bool(_LITELLM.search(text))))
