"""Find credentials that need no name: bearer tokens, Basic auth, ``curl -u``, the user part and query of an address."""

import base64
import binascii
from collections.abc import Iterator
from typing import Final

import re2

from core.redaction.placeholders import is_placeholder, looks_random, secret_pieces
from core.redaction.secret_kinds import SecretKind
from core.redaction.shape_patterns import Find, any_of
from core.redaction.work_limit import limited

_BEARER: Final = re2.compile(rb"(?i)\bbearer(?:\s+|%20)\\*[\"']?([a-z0-9._~+/=-]{8,})")
_BASIC: Final = re2.compile(rb"(?i)\bbasic\s+([a-z0-9+/_-]{6,}={0,2})")
_CURL: Final = re2.compile(rb"(?i)\b(?:curl|wget|https?ie)\b")
_CURL_USER: Final = re2.compile(rb"\s(?:-u|--user|--proxy-user|-U)[ =]?(?:\\*[\"'])?([^\s\"'\\:]*:[^\s\"'\\]+)")
_USERINFO: Final = re2.compile(rb"(?i)[a-z]://([^\s/?#\"'<>\\]+)@")
_RAW_USERINFO: Final = re2.compile(
    rb"(?i)[a-z]://[^\s/?#@:\"'<>\\]{0,100}:([^\s@][^\r\n@]{0,80}(?:@[^\s@/]{1,60}){0,2})@[a-z0-9\[][\w.-]{0,100}"
    rb"(?:[:/?,\s\"'`\\;)<>\]]|$)"
)
_EXAMPLE: Final = re2.compile(
    rb"(?i:user(?:name)?|login):(?i:password|pass|pwd|pw|secret)|[A-Z_]+:[A-Z_]*(?:KEY|SECRET|PASSWORD|PASS|TOKEN)"
)
_PORT: Final = re2.compile(rb"[0-9]{1,5}(?:[/?#\s,;)\"']|$)")
_QUERY: Final = re2.compile(
    rb"(?i)[?&#;](?:[a-z_-]{0,20}key|sig|signature|auth|code|hmac|appid|app_id|pwd|x-amz-(?:signature|security-token|credential)"
    rb"|x-goog-(?:signature|credential))=([^&\s\"'\\<>#]{4,})"
)
ANY_CREDENTIAL: Final = any_of(_BEARER, _BASIC, _CURL, _USERINFO, _RAW_USERINFO, _QUERY)


def find_credentials(data: bytes) -> Iterator[Find]:
    """Yield bearer tokens, Basic auth and the credentials in addresses, wherever they are."""
    if not ANY_CREDENTIAL.search(data):
        return
    for match in limited(_BEARER.finditer(data), len(data)):
        token = match[1].rstrip(b".")
        if (looks_random(token) or any(48 <= c <= 57 for c in token)) and not is_placeholder(token):
            yield Find(match.start(1), match.start(1) + len(token), SecretKind.BEARER_TOKEN)
    for match in limited(_BASIC.finditer(data), len(data)):
        user_and_password = basic_auth(match[1])
        if user_and_password:
            yield Find(match.start(1), match.end(1), SecretKind.BASIC_AUTH, user_and_password)
    if _CURL.search(data):
        for match in limited(_CURL_USER.finditer(data), len(data)):
            if not match[1].replace(b":", b"").isdigit():
                yield from pieces(data, match.start(1), match.end(1), SecretKind.BASIC_AUTH)
    for match in limited(_USERINFO.finditer(data), len(data)):
        yield from _userinfo(data, match)
    for match in limited(_RAW_USERINFO.finditer(data), len(data)):
        if _is_raw_password(match[1]):
            yield Find(match.start(1), match.end(1), SecretKind.URL_CREDENTIALS)
    for match in limited(_QUERY.finditer(data), len(data)):
        if looks_random(match[1]) or len(match[1]) >= 16:
            yield from pieces(data, match.start(1), match.end(1), SecretKind.SECRET)


def basic_auth(encoded: bytes) -> bytes | None:
    """Return ``user:password`` from the base64 of a Basic header, or None for other words ("Basic authentication")."""
    letters = encoded.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    try:
        decoded = base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return None
    return decoded if b":" in decoded and all(0x20 <= code < 0x7F or code > 0xA0 for code in decoded) else None


def _is_raw_password(password: bytes) -> bool:
    """Return whether text after a colon is a password with odd characters, not a port before some later ``@``."""
    if _PORT.match(password) or b"://" in password or b"\x01" in password:
        return False
    if not any(code in b" /?#\"'<>\\" for code in password) or is_placeholder(password):
        # `_userinfo` reads it
        return False
    return password.count(b" ") <= 2 and b", " not in password and b'": ' not in password


def _userinfo(data: bytes, match: "re2._Match[bytes]") -> Iterator[Find]:
    start, end = match.span(1)
    colon = data.find(b":", start, end)
    user_end = colon if colon >= 0 else end
    user = data[start:user_end]
    if looks_random(user) or (colon < 0 and len(user) >= 16 and any(48 <= c <= 57 for c in user)):
        yield from pieces(data, start, user_end, SecretKind.URL_CREDENTIALS)
    if 0 <= colon < end - 1 and not _is_example(user, data[colon + 1 : end]):
        yield from pieces(data, colon + 1, end, SecretKind.URL_CREDENTIALS)


def _is_example(user: bytes, password: bytes) -> bool:
    """Return whether the words are a documentation's example (``http://username:password@host``)."""
    return _EXAMPLE.fullmatch(user + b":" + password) is not None


def pieces(data: bytes, start: int, end: int, kind: SecretKind) -> Iterator[Find]:
    """Yield what must be hidden of the value between two offsets."""
    for first, last in secret_pieces(data[start:end]):
        yield Find(start + first, start + last, kind)
