"""The HTTP status that a sentence names: by number, by HTTP's reason phrase, or by the class of an SDK's error."""

from typing import Final

import re2

from core.paste.formats.json_values import as_status, has_digit

_STATUS_WORDS: Final = re2.compile(
    r"(?i)(?:\bHTTP/[\d.]+ |\bHTTP(?: status)?(?: code)?:? ?"
    r"|\bstatus(?:[ _-]?code)?['\"]?(?: was)?(?: of)?[:=]? ?['\"]?|\bresponse code:? ?|\berror code:? ?)(\d{3})(?:\D|$)"
)
_ANSWERED: Final = re2.compile(
    r"(?i)\b(?:server|api|service|request) (?:answered|returned|responded with|failed with)"
    r"(?: an?)?(?: http)? (\d{3})\b"
    r"|\b(?:client|server) error '(\d{3})\b"  # httpx, raise_for_status
)
_BEFORE_NUMBER: Final = ("http", "status", "response code", "error code")
_VERBS: Final = ("answered", "returned", "responded", "failed", "t error '", "r error '")
"""What the two patterns need: a cheap question first, since most texts have none of it."""
_FAILING: Final = 300
"""A sentence that names a status below this tells of no failure."""
_REASONS: Final = {
    "bad request": 400,
    "unauthorized": 401,
    "payment required": 402,
    "forbidden": 403,
    "not found": 404,
    "method not allowed": 405,
    "proxy authentication required": 407,
    "request entity too large": 413,
    "payload too large": 413,
    "too many requests": 429,
    "internal server error": 500,
    "bad gateway": 502,
    "service unavailable": 503,
    "gateway timeout": 504,
    "gateway time-out": 504,
}
"""HTTP's reason phrases, which n8n's credential test shows alone."""
_SPOKEN_STATUS: Final = re2.compile(
    r"(?i)\b(?:errors?|code|got|gets?|getting|returns?|returned|receiv\w{1,4}|an?|with|throws?|see|shows?|http)"
    r"[: ]{1,3}\(?([45]\d\d)\b"
    r"|\b([45]\d\d)\)? ?(?:error|unauthori[sz]ed|forbidden|not found|too many|bad request|overloaded|payment|from)\b"
    r"|^([45]\d\d)$"
    r"|(?:^|[\s(：:\p{Han}])(40[0-5]|407|413|429|50[0234]|529)(?:[\s,.;:!?)，。：]|$)"
)
_MEASURE: Final = re2.compile(
    r"(?i)\b\d{3} ?(?:tokens?|ms|sec\w*|px|items?|[kmg]b|words|characters|rows|nodes|times|days|%|\$|€)"
)
_SPOKEN_REASONS: Final = (
    ("bad request", 400),
    ("unauthorized", 401),
    ("payment required", 402),
    ("forbidden", 403),
    ("resource not found", 404),
    ("too many requests", 429),
    ("internal server error", 500),
    ("bad gateway", 502),
    ("service unavailable", 503),
    ("gateway timeout", 504),
)
_SDK_CLASS: Final = re2.compile(
    r"\b(?:anthropic|openai|litellm|Anthropic)(?:\.\w{1,30}){0,3}\.(BadRequest|Authentication|PermissionDenied|NotFound|RateLimit|Overloaded"
    r"|ContextWindowExceeded|APIConnection|APITimeout)Error\b"
)
_CLASS_STATUS: Final = {
    "BadRequest": 400,
    "ContextWindowExceeded": 400,
    "Authentication": 401,
    "PermissionDenied": 403,
    "NotFound": 404,
    "RateLimit": 429,
    "Overloaded": 529,
}


def _numbered(text: str) -> "re2._Match[str] | None":
    lowered = text.lower()
    match = _STATUS_WORDS.search(text) if any(word in lowered for word in _BEFORE_NUMBER) else None
    return match or (_ANSWERED.search(text) if any(word in lowered for word in _VERBS) else None)


def status_in(text: str) -> int | None:
    """Return the HTTP status that a sentence names, by number, reason phrase or SDK class."""
    match = _numbered(text) if has_digit(text) else None
    number = next((group for group in match.groups() if group), "0") if match else "0"
    if int(number) >= _FAILING:
        return as_status(number)
    last = text.rsplit(": ", 1)[-1] if "Error" in text else text
    if len(last) < 32 and (reason := _REASONS.get(last.strip(" .!\n").lower())):
        return reason
    named = _SDK_CLASS.search(text) if "Error" in text else None
    return _CLASS_STATUS.get(named.group(1)) if named else None


def spoken_status(words: str) -> int | None:
    """Return the status that a person's own sentence names, by number or by its reason phrase."""
    spoken = _SPOKEN_STATUS.search(words) if has_digit(words) else None
    if spoken and not _MEASURE.search(words):
        return int(next(group for group in spoken.groups() if group))
    lowered = words.lower()
    return next((status for reason, status in _SPOKEN_REASONS if reason in lowered), None)
