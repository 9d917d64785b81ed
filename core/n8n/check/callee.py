"""Who an HTTP Request node calls, so that no host is judged by the rules of another.

>>> evidence = CalleeEvidence(for_anthropic=False, names_claude=True, sends_body=True, has_messages=True)
>>> callee_of("https://api.anthropic.com/v1/messages", evidence)
<Callee.MESSAGES: 'messages'>
>>> callee_of("https://www.chatbase.co/api/v1/chat", evidence) is None
True

An address that comes from data is not known, and a word "claude" in an address or a body proves no call to Claude.
"""

import difflib
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

import msgspec
import re2

from core.n8n.check.parameter_values import constant, leading_text
from core.n8n.urls import ANTHROPIC, MESSAGES

_ANTHROPIC_HOST: Final = urlsplit(ANTHROPIC).hostname
_OPENROUTER: Final = re2.compile(r"(?i)^(?:[\w-]+\.)?openrouter\.ai$")
_DOUBLED: Final = re2.compile(r"(?i)/v1/+(?:[^?#]*/)?v1\b|/messages/+(?:v1/+)?messages\b|//+v1/")
_CHAT_COMPLETIONS: Final = "/chat/completions"
_LEGACY: Final = "/v1/complete"
_PREFIXES: Final = frozenset({"", "v1", "v2", "api", "anthropic"})
_SAME_WORD: Final = 0.8


class Callee(StrEnum):
    """Who answers a call."""

    MESSAGES = "messages"  # Anthropic's Messages API, also where its path is misspelled
    CHAT_COMPLETIONS = "chat_completions"  # Anthropic's endpoint in OpenAI's form
    OTHER_PATH = "other_path"  # another address of Anthropic's, with rules of its own
    OPENROUTER = "openrouter"
    GATEWAY = "gateway"  # another host that serves Claude
    UNKNOWN = "unknown"  # a call to Claude at an address that comes from data


class CalleeEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What else in a node suggests a call to Claude."""

    for_anthropic: bool  # its credential, its key or its anthropic-version header
    names_claude: bool  # the body asks for a Claude model
    sends_body: bool  # with POST
    has_messages: bool  # the body has the form of the Messages API


def callee_of(url: str, evidence: CalleeEvidence) -> Callee | None:
    """Return who a node with this URL parameter calls; None if that is no call to Claude."""
    known = constant(url)
    if known is None:
        return _callee_of_start(leading_text(url), evidence)
    if "{{" in known:
        # The field is set to Fixed, so these braces are text; what they stand for comes from data.
        return _callee_of_start(known.partition("{{")[0], evidence)
    host, path = host_of(known), path_of(known)
    if host == _ANTHROPIC_HOST:
        return _at_anthropic(path, evidence)
    if is_openrouter_host(host):
        return Callee.OPENROUTER if evidence.names_claude else None
    wants_claude = evidence.for_anthropic or evidence.names_claude
    if wants_claude and path.rstrip("/").endswith((MESSAGES, _CHAT_COMPLETIONS)):
        return Callee.GATEWAY
    return Callee.UNKNOWN if evidence.for_anthropic else None


def host_of(url: str) -> str | None:
    """Return the host of a URL, also of one without its scheme; None if it has none."""
    bare = url.strip()
    try:
        return urlsplit(bare if "://" in bare else f"https://{bare.lstrip('/')}").hostname
    except ValueError:
        return None


def path_of(url: str) -> str:
    """Return the path of a URL, as it is written."""
    address = url.strip().partition("://")[2] or url.strip()
    return "/" + address.partition("/")[2].split("?")[0].split("#")[0] if "/" in address else ""


def is_doubled(path: str) -> bool:
    """Return whether a path holds /v1 or /messages twice."""
    return _DOUBLED.search(path) is not None


def is_openrouter_host(host: str | None) -> bool:
    """Return whether a host is OpenRouter's."""
    return host is not None and _OPENROUTER.match(host) is not None


def is_legacy(path: str) -> bool:
    """Return whether a path is that of the old Text Completions API."""
    return path.rstrip("/").lower() == _LEGACY


def is_like_chat(path: str) -> bool:
    """Return whether a path is a misspelling of the one in OpenAI's form."""
    return _is_like(path.rstrip("/").lower(), f"/v1{_CHAT_COMPLETIONS}")


def _callee_of_start(start: str, evidence: CalleeEvidence) -> Callee | None:
    """Return the callee for an address of which only the beginning is known."""
    host = host_of(start) if "/" in start.partition("://")[2] else None
    if host == _ANTHROPIC_HOST:
        is_path_known = "?" in start or "#" in start
        return _at_anthropic(path_of(start), evidence) if is_path_known else Callee.OTHER_PATH
    if is_openrouter_host(host):
        return Callee.OPENROUTER if evidence.names_claude else None
    return Callee.UNKNOWN if evidence.for_anthropic else None


def _at_anthropic(path: str, evidence: CalleeEvidence) -> Callee:
    bare = path.rstrip("/").lower()
    if bare.endswith(_CHAT_COMPLETIONS):
        return Callee.CHAT_COMPLETIONS
    if bare == MESSAGES or is_legacy(path) or _means_messages(bare, evidence):
        return Callee.MESSAGES
    return Callee.OTHER_PATH


def _means_messages(path: str, evidence: CalleeEvidence) -> bool:
    """Return whether a path can only be a misspelling of /v1/messages."""
    *before, last = path.split("/")
    if path in ("", "/v1"):
        return evidence.has_messages or evidence.sends_body
    if is_doubled(path) and (last in ("messages", "v1") or evidence.has_messages):
        return True
    if is_like_chat(path) and (evidence.has_messages or evidence.sends_body):
        return True
    return _is_like(last, "messages") and all(part in _PREFIXES for part in before)


def _is_like(word: str, expected: str) -> bool:
    return difflib.SequenceMatcher(a=word, b=expected).ratio() >= _SAME_WORD
