"""From an HTTP answer or a transport fault to the typed facts of a failure, which the same cards judge as a paste.

This module observes and never judges. Every text that comes from outside passes the key's scrubbing and redaction
before anything is read from it, so no fact can hold the key that was sent.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from core.keys.secret import Secret
from core.net.base_url import Target
from core.net.budget import Fault
from core.net.client import HttpAnswer
from core.paste.draft import Draft, Facts
from core.paste.facts.bodies import answered_by, is_message
from core.paste.facts.pages import is_html, learn_page
from core.paste.facts.wording import learn_object, learn_text
from core.paste.failure import AnsweredBy, Failure, Provider, Surface
from core.redaction import RedactionFailed, redact

MAX_EXCERPT: Final = 4_096
"""Characters of an answer that are kept as evidence."""
_MAX_FACT: Final = 200
_ENVELOPE: Final = frozenset(("type", "error", "request_id"))
_INNER: Final = frozenset(("type", "message", "details"))
"""Fields of Anthropic's error answer, outside and inside (API errors page, 2026-10-10)."""


class CallFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of one call; holds no header and no key. `sent_key` is a name such as ``[Anthropic API key]``."""

    target: Target
    method: str
    path: str
    api_version: str | None = None
    model: str | None = None
    sent_key: str | None = None


class RateLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One of Anthropic's rate limits as an answer's headers tell it; `reset` is RFC 3339."""

    name: str
    limit: str | None = None
    remaining: str | None = None
    reset: str | None = None


def json_of(answer: HttpAnswer) -> Any:
    """Return the parsed body, or None if it is not JSON."""
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, RecursionError):
        return None


def message_of(answer: HttpAnswer) -> dict[str, Any] | None:
    """Return Claude's message object if this is a whole, valid answer, else None.

    A model that thinks first may spend a small limit on it: empty `content` is as good an answer as any.
    """
    body = json_of(answer)
    if answer.status != 200 or not isinstance(body, dict):
        return None
    valid = body.get("type") == "message" and isinstance(body.get("content"), list) and body.get("role") == "assistant"
    return body if valid else None


def is_list(answer: HttpAnswer, target: Target) -> bool:
    """Return whether this is a list of models, as GET /v1/models gives it.

    At Anthropic's host only Anthropic's own form counts: entries of the type "model" and `has_more` (API reference,
    2026-10-10). OpenAI's form there was written by somebody in between. A gateway may list as it likes.
    """
    body = json_of(answer)
    if answer.status != 200 or not isinstance(body, dict) or not isinstance(body.get("data"), list):
        return False
    if not target.anthropic:
        return True
    entries = body["data"]
    own = all(isinstance(each, dict) and each.get("type") == "model" for each in entries)
    return own and "object" not in body and (bool(entries) or "has_more" in body)


def ids_of(answer: HttpAnswer) -> list[str]:
    """Return the model ids in a list of models."""
    body = json_of(answer)
    entries = body.get("data") if isinstance(body, dict) else None
    ids = (each.get("id") for each in entries or () if isinstance(each, dict))
    return [each for each in ids if isinstance(each, str) and 0 < len(each) <= _MAX_FACT]


def lets_in(answer: HttpAnswer, facts: CallFacts, secret: Secret) -> bool:
    """Return whether the answer to a keyless call shows an API that is open to this network.

    Anthropic refuses such a call with its own 401; its edge, a proxy or a portal page answer otherwise. A gateway may
    list its models for everybody, or refuse in any form: LiteLLM without its database answers a keyless call with
    a 500 and works with a key (1.106.2). A list without a key from Anthropic's host comes from something in between,
    and a 403 there is about where the call came from.
    """
    by = from_answer(answer, facts, secret).answered_by
    if facts.target.anthropic:
        return by is AnsweredBy.ANTHROPIC and 400 <= answer.status < 500 and answer.status != 403
    if answer.status == 200:
        return is_list(answer, facts.target)
    refused = answer.status >= 400 and answer.status != 407
    return refused and by not in (AnsweredBy.HTML, AnsweredBy.ANTHROPIC_EDGE)


def from_answer(answer: HttpAnswer, facts: CallFacts, secret: Secret) -> Failure:
    """Return the facts of an answer that is not the one hoped for."""
    draft = _draft(facts)
    draft.learn(status=answer.status)
    draft.learn(**_header_facts(answer.headers, secret))
    text = clean(answer.body[: MAX_EXCERPT * 16].decode("utf-8", "replace"), secret)
    _learn_redirect(draft, answer, secret)
    _learn_body(draft, answer, text, anthropic=facts.target.anthropic)
    draft.say(f"HTTP {answer.status} without any text")
    return draft.failure(text[:MAX_EXCERPT])


def from_fault(fault: Fault, facts: CallFacts, secret: Secret) -> Failure:
    """Return the facts of a call that brought no whole answer."""
    draft = _draft(facts)
    draft.learn(code=fault.code, status=fault.status)
    draft.say(clean(fault.message, secret))
    return draft.failure(clean(fault.message, secret))


def limits_of(headers: Mapping[str, str], secret: Secret) -> tuple[RateLimit, ...]:
    """Return the rate limits that an answer's headers tell (``anthropic-ratelimit-*``), in their order."""
    by_name: dict[str, dict[str, str]] = {}
    for header, value in headers.items():
        name, _, field = header.removeprefix("anthropic-ratelimit-").rpartition("-")
        if header.startswith("anthropic-ratelimit-") and field in {"limit", "remaining", "reset"} and name:
            by_name.setdefault(_short(name, secret), {})[field] = _short(value, secret)
    return tuple(RateLimit(name=name, **fields) for name, fields in list(by_name.items())[:12])


def clean(text: str, secret: Secret) -> str:
    """Take the key under test, and whatever else looks like a secret, out of a text from outside; fails closed."""
    try:
        return redact(secret.scrub(text)).text
    except RedactionFailed:
        return ""


def header(headers: Mapping[str, str], name: str, secret: Secret) -> str | None:
    """Return one header's value, scrubbed and cut, or None."""
    value = headers.get(name)
    return _short(value, secret) if value else None


def _short(text: str, secret: Secret) -> str:
    return clean(text, secret)[:_MAX_FACT]


def _draft(facts: CallFacts) -> Draft:
    target = facts.target
    return Draft(
        surface=Surface.PROBE,
        provider=Provider.ANTHROPIC if target.anthropic else None,
        url=target.url(facts.path),
        host=target.host,
        path=target.path + facts.path.split("?")[0],
        method=facts.method,
        model=facts.model,
        api_version=facts.api_version,
        sent_key=facts.sent_key,
    )


def _header_facts(headers: Mapping[str, str], secret: Secret) -> Facts:
    return {
        "request_id": header(headers, "request-id", secret),
        "retry_after": header(headers, "retry-after", secret),
        "organization_id": header(headers, "anthropic-organization-id", secret),
        "workspace_id": header(headers, "anthropic-workspace-id", secret),
    }


def _learn_body(draft: Draft, answer: HttpAnswer, text: str, *, anthropic: bool) -> None:
    """Learn whose answer the body is and what it says; `text` is the body, scrubbed."""
    if not text.strip():
        draft.learn(answered_by=AnsweredBy.EMPTY)
        draft.say(f"an empty answer with the status {answer.status}")
        return
    body = _parsed(text) if len(answer.body) <= MAX_EXCERPT * 16 else None
    if body is not None:
        if anthropic and not _is_anthropics(body):
            draft.learn(answered_by=_author_between(body))
        if not learn_object(draft, body):
            draft.learn(answered_by=AnsweredBy.OTHER_JSON)
            draft.say("JSON that is not an answer of Claude's API")
        return
    if is_html(text):
        learn_page(draft, text)
        return
    draft.learn(answered_by=AnsweredBy.PLAIN_TEXT)
    if answer.status == 200:
        draft.say("the response body is not valid JSON")
    learn_text(draft, text[:MAX_EXCERPT])


def _is_anthropics(body: Any) -> bool:
    """Return whether a body from Anthropic's host has the whole form of Anthropic's error, or is a message object.

    Gateways and proxies imitate the inner part; a body that wraps or lacks anything is not taken for Anthropic's own.
    """
    if is_message(body):
        return True
    if not isinstance(body, dict) or body.get("type") != "error" or not body.keys() <= _ENVELOPE:
        return False
    inner = body.get("error")
    if not isinstance(inner, dict) or not inner.keys() <= _INNER:
        return False
    return isinstance(inner.get("type"), str) and isinstance(inner.get("message"), str)


def _author_between(body: Any) -> AnsweredBy:
    """Return who wrote a body that came from Anthropic's host and is not Anthropic's; its outermost form tells."""
    author = answered_by(body)
    return AnsweredBy.OTHER_JSON if author is AnsweredBy.ANTHROPIC else author


def _parsed(text: str) -> Any:
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None


def _learn_redirect(draft: Draft, answer: HttpAnswer, secret: Secret) -> None:
    where = header(answer.headers, "location", secret)
    if 300 <= answer.status < 400 and where:
        draft.say(f"a redirect to {where}, which was not followed")
