"""Find secrets by the place they stand in: a header, a field named like a secret, a pair of name and value, a flag.

The patterns only find the place; what stands there is read by hand, because a JSON string's end depends on how deeply
it is escaped, and judged by `core.redaction.placeholders`.
"""

from collections.abc import Iterator
from typing import Final

import re2

from core.redaction.credentials import basic_auth, find_credentials, pieces
from core.redaction.kinds import SecretKind
from core.redaction.patterns import Find
from core.redaction.placeholders import is_prose, looks_random
from core.redaction.values import Lookout, Value, read_values

_WORDS: Final = (
    rb"api[-_ .]?key|passw(?:or[dt]|d)|passphrase|kennwort|pwd|\bpass|secret|token|authorization|cookies?"
    rb"|(?:encryption|access|private|secret|signing|master|account|subscription|auth|session|client|service|licen[cs]e"
    rb"|shared|virtual|anthropic|claude|openai|webhook)[-_ ]?key|session(?:[-_]?id)?|jwt|credential|\b(?:x-)?auth|\bkey"
)
_NAME_END: Final = rb"(?:\\*[\"'`]|\\*[\"'`]?\])?"
PLACE: Final = re2.compile(rb"(?i)(?:" + _WORDS + rb")" + _NAME_END + rb"(?:[ \t]{0,8}(?:=>|:=|={1,2}|:)[ \t]{0,8}|>)")
"""A name like a secret's, up to where its value begins."""

SECRET_NAME: Final = re2.compile(rb"(?i).{0,50}(?:" + _WORDS + rb")")
HEADER_NAME: Final = re2.compile(
    rb"(?i)(?:proxy-)?authorization|x-api-key|api-key|x-goog-api-key|cookie|set-cookie|x-auth-token|x-n8n-api-key"
)
_WORD: Final = re2.compile(rb"(?i)(?:" + _WORDS + rb")(?:\\*[\"'`]|[\])]|[ \t]{0,8}[=:]|>|\s)")
_PAIR: Final = re2.compile(
    rb"(?i)(?:name|key|header)\\*[\"']?\s{0,4}[:=]\s{0,4}\\*[\"']?[\w. -]{0,50}(?:" + _WORDS + rb")\\*[\"']?\s{0,4},?"
    rb"\s{0,20}\\*[\"']?value\\*[\"']?\s{0,4}[:=]\s{0,4}"
)
_PAIR_BACKWARDS: Final = re2.compile(
    rb"(?i)value\\*[\"']\s{0,4}:\s{0,4}(\\*[\"'])([^\"'\\\n{}]+)\\*[\"']\s{0,4},\s{0,20}"
    rb"\\*[\"'](?:name|key)\\*[\"']\s{0,4}:\s{0,4}\\*[\"'][\w.-]{0,50}(?:" + _WORDS + rb")\\*[\"']"
)
_LISTED: Final = re2.compile(
    rb"(?i)\\*[\"'](?:(?:proxy-)?authorization|x-api-key|api-key|x-goog-api-key|cookie|set-cookie|x-n8n-api-key)"
    rb"\\*[\"']\s{0,4},\s{0,20}"
)
_FLAG: Final = re2.compile(rb"(?i)--[a-z0-9-]{0,30}(?:api-?key|token|password|secret|passwd)[ \t]+")
_COOKIE: Final = re2.compile(rb"(?:^|;)\s*([^=;\s]{1,200}=)?([^;]*)")
_COOKIE_ATTRIBUTE: Final = re2.compile(
    rb"(?i)(?:path|domain|expires|max-age|samesite|priority)=|(?:httponly|secure|partitioned)"
)
_BAD_NEWS: Final = re2.compile(rb"(?i)(?:invalid|missing|incorrect|expired|no|bad|wrong|unknown|unexpected)[-_ ]")
_STARTS_LINE: Final = re2.compile(
    rb"(?i)[\s>+*\"'#$<-]*|(?s:.*)(?:[\"'`]|(?:^|\s)(?:export|set|env|-h|--header|-e|--env)[ =]?)"
)
_LETTERS: Final = re2.compile(rb"[A-Za-z][a-z'-]*")
_MEMBER: Final = re2.compile(rb"[a-z_$][\w$]*\.[\w$.\[\]]+")
_WEAK: Final = re2.compile(rb"(?i)(?:key|(?:x-)?auth|session|credential)\W*")
"""Names that mostly hold something else; there only a value that looks like a secret is one."""

_NUMBER: Final = re2.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_JSON_NAME: Final = re2.compile(rb"(\\*\")[ \t]*:")
_SHORTEST_NUMBER: Final = 4
MOST_PLACES: Final = 4_000
"""Names of secrets that are judged one by one; no export holds as many, so more is an attack on our time."""
_NAME_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."


def find_places(data: bytes, *, flatted: bool) -> Iterator[Find]:
    """Yield what must be hidden because of where it stands.

    Expects a view in which keys found by shape are masked already. In flatted run data (`flatted`) a short number
    in a secret's place is the index of a slot, which `core.redaction.flatted` follows, and never a value.
    """
    yield from find_credentials(data)
    if not _WORD.search(data):
        return
    yield from _named(data, flatted=flatted)
    for pattern in (_PAIR, _LISTED, _FLAG):
        yield from _valued(data, pattern, flatted=flatted)
    for match in _PAIR_BACKWARDS.finditer(data):
        yield from pieces(data, match.start(2), match.end(2), _kind_of_name(data[match.end(2) : match.end()]))


def find_in_value(data: bytes, start: int, end: int, name: str) -> Iterator[Find]:
    """Yield what must be hidden of a quoted value that belongs to this name."""
    yield from _hidden(data, Value(start, end, quoted=True, after=end), _kind_of_name(name.encode("ascii", "replace")))


def _named(data: bytes, *, flatted: bool) -> Iterator[Find]:
    """Yield the values after names; in a text crowded with names, all that follows is one secret (fail closed)."""
    at, lookout, places = 0, Lookout(data), 0
    while match := PLACE.search(data, at):
        at = match.end()
        places += 1
        if places > MOST_PLACES:
            yield Find(match.start(), len(data), SecretKind.SECRET)
            return
        name = match[0]
        weak = _WEAK.fullmatch(name)
        ahead, own = _own_name(data, match.start(), match.end())
        for value in read_values(data, match.end(), name, lookout):
            at = max(at, value.after)
            if weak and not (looks_random(data[value.start : value.end].strip()) and value.end - value.start >= 12):
                continue
            yield from _judge(data, value, own, ahead, flatted=flatted)


def _valued(data: bytes, pattern: "re2._Regexp[bytes]", *, flatted: bool) -> Iterator[Find]:
    lookout = Lookout(data)
    for match in pattern.finditer(data):
        for value in read_values(data, match.end(), match[0], lookout):
            content = data[value.start : value.end]
            listed = pattern is _LISTED
            if listed and not (looks_random(content) or content[:7].lower() in (b"bearer ", b"basic c")):
                continue
            if flatted and _is_index(content):
                continue
            yield from _hidden(data, value, _kind_of_name(match[0]))


def _own_name(data: bytes, start: int, end: int) -> tuple[bytes, bytes]:
    """Return what stands before a place's name (at most 40 bytes) and the whole name with its separator."""
    before = data[max(0, start - 40) : start]
    first = len(before.rstrip(_NAME_LETTERS))
    if first and first < len(before) and before[first - 1 : first] == b"\\":
        first += 1  # the letter belongs to an escape: \\napi_key
    return before[:first], before[first:] + data[start:end]


def _judge(data: bytes, value: Value, name: bytes, ahead: bytes, *, flatted: bool) -> Iterator[Find]:
    content = data[value.start : value.end]
    if flatted and _is_index(content):
        return
    if not value.quoted and _NUMBER.fullmatch(content):
        yield from _number(value, name)
        return
    if not value.quoted and not _bare_counts(content, name, ahead):
        return
    yield from _hidden(data, value, _kind_of_name(name))


def _number(value: Value, name: bytes) -> Iterator[Find]:
    """Hide a number where a password belongs; anywhere else a bare number is a count (``"token": 15``)."""
    if _kind_of_name(name) is SecretKind.PASSWORD and value.end - value.start >= _SHORTEST_NUMBER:
        quote = _JSON_NAME.search(name)
        yield Find(value.start, value.end, SecretKind.PASSWORD, quote=quote[1] if quote else b"")


def _bare_counts(content: bytes, name: bytes, ahead: bytes) -> bool:
    """Tell whether an unquoted value is a value, rather than the next word of a sentence or a piece of code."""
    words = content.split()
    first = words[0] if words else b""
    own = name.rstrip(b" \t:=>\"'`\\")
    if is_prose(first) or first.lower() == b"n8n" or _MEMBER.fullmatch(content) or own.endswith(content):
        return False  # a word of a sentence, config.key, or api_key=api_key
    lowered = name.lower()
    if looks_random(first) or any(48 <= code <= 57 for code in first):
        return True
    starts_line = _STARTS_LINE.fullmatch(ahead.replace(b"\\n", b"\n").rsplit(b"\n", 1)[-1]) is not None
    if HEADER_NAME.match(name):
        return starts_line or len(words) > 1 or b"=" in content
    in_code = lowered.rstrip(b" \t:=>").endswith((b'"', b"'", b"`", b"]"))
    if in_code or _BAD_NEWS.search(ahead[-12:] + name):
        return False
    if b"=" in name:
        return True
    return b"token" not in lowered and (starts_line or not _LETTERS.fullmatch(first.rstrip(b".,;:!?")))


def _hidden(data: bytes, value: Value, kind: SecretKind) -> Iterator[Find]:
    if kind is SecretKind.COOKIE:
        yield from _cookies(data, value)
        return
    content = data[value.start : value.end].lstrip(b"= \t").lower()
    if content.startswith(b"basic "):
        for find in pieces(data, value.start, value.end, SecretKind.BASIC_AUTH):
            yield find._replace(secret=basic_auth(data[find.start : find.end]))
        return
    kind = SecretKind.BEARER_TOKEN if content.startswith(b"bearer ") else kind
    yield from pieces(data, value.start, value.end, kind)


def _cookies(data: bytes, value: Value) -> Iterator[Find]:
    """Hide each cookie's value and leave its name: ``n8n-auth=[cookie #3fa9c1]; Path=/``."""
    content = data[value.start : value.end]
    if content.count(b";") > MOST_PLACES:
        yield Find(value.start, value.end, SecretKind.COOKIE)
        return
    for match in _COOKIE.finditer(content):
        if match[2].strip() and not _COOKIE_ATTRIBUTE.match(match[0].lstrip(b"; ")):
            yield from pieces(data, value.start + match.start(2), value.start + match.end(2), SecretKind.COOKIE)


def _is_index(content: bytes) -> bool:
    return content.isdigit() and len(content) <= 7


_KINDS_OF_NAMES: Final = (
    ((b"encryption_key", b"encryption-key", b"encryptionkey"), SecretKind.N8N_ENCRYPTION_KEY),
    ((b"api_key", b"api-key", b"apikey", b"api key", b"authorization"), SecretKind.SECRET),
    ((b"cookie",), SecretKind.COOKIE),
    ((b"pass", b"pwd", b"kennwort"), SecretKind.PASSWORD),
    ((b"aws_secret", b"aws-secret"), SecretKind.AWS_KEY),
    ((b"token", b"jwt", b"session"), SecretKind.TOKEN),
)


def _kind_of_name(name: bytes) -> SecretKind:
    """Return the kind of secret that a place of this name holds."""
    lowered = name.lower()
    for words, kind in _KINDS_OF_NAMES:
        if any(word in lowered[-60:] for word in words):
            return kind
    return SecretKind.SECRET
