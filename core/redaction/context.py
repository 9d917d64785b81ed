"""Find secrets by the place they stand in: a header, a field named like a secret, a flag, an address's user part.

The patterns only find the place; what stands there is read by hand, because a JSON string's end depends on how deeply
it is escaped, and judged by `core.redaction.placeholders`.
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Final, NamedTuple

import re2

from core.redaction.kinds import SecretKind
from core.redaction.patterns import Find, any_of
from core.redaction.placeholders import is_placeholder, is_prose, looks_random, secret_pieces

_WORDS: Final = (
    rb"api[-_ .]?key|passw(?:or[dt]|d)|passphrase|kennwort|pwd|\bpass|secret|token|authorization|cookies?"
    rb"|(?:encryption|access|private|secret|signing|master|account|subscription|auth|session|client|service|licen[cs]e"
    rb"|shared|virtual|anthropic|claude|openai|webhook)[-_ ]?key|session(?:[-_]?id)?|jwt|credential|\b(?:x-)?auth|\bkey"
)
_NAME_END: Final = rb"(?:\\*[\"'`]|\\*[\"'`]?\])?\)?"
PLACE: Final = re2.compile(rb"(?i)(?:" + _WORDS + rb")" + _NAME_END + rb"(?:[ \t]{0,8}(?:=>|:=|={1,2}|:)[ \t]{0,8}|>)")
"""A name like a secret's, up to where its value begins."""

SECRET_NAME: Final = re2.compile(rb"(?i).{0,50}(?:" + _WORDS + rb")")
HEADER_NAME: Final = re2.compile(
    rb"(?i)(?:proxy-)?authorization|x-api-key|api-key|x-goog-api-key|cookie|set-cookie|x-auth-token|x-n8n-api-key"
)
_WORD: Final = re2.compile(rb"(?i)(?:" + _WORDS + rb")(?:\\*[\"'`]|[\])]|[ \t]{0,8}[=:]|>|[ \t])")
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
_BEARER: Final = re2.compile(rb"(?i)\bbearer(?:\s+|%20)\\*[\"']?([a-z0-9._~+/=-]{8,})")
_BASIC: Final = re2.compile(rb"(?i)\bbasic\s+([a-z0-9+/_-]{6,}={0,2})")
_CURL_USER: Final = re2.compile(
    rb"\s(?:-u|--user|--proxy-user|-U)[ =]?(?:\\*[\"'])?([^\s\"'\\:]*:[^\s\"'\\]+)"
)
_CURL: Final = re2.compile(rb"(?i)\b(?:curl|wget|https?ie)\b")
_USERINFO: Final = re2.compile(rb"(?i)[a-z]://([^\s/?#\"'<>\\]+)@")
_QUERY: Final = re2.compile(
    rb"(?i)[?&#;](?:key|sig|signature|auth|code|x-amz-(?:signature|security-token|credential)|x-goog-(?:signature|"
    rb"credential))=([^&\s\"'\\<>#]{4,})"
)
_CREDENTIALS: Final = any_of(_BEARER, _BASIC, _CURL, _USERINFO, _QUERY)
_OPEN: Final = re2.compile(rb"(?:\r?\n[ \t]+|\\+r\\+n(?:[ \t]|\\+t)+)?(?:\[\s{0,20}|\(\s{0,4})?(?:[bfr]?(\\*[\"'`]))?")
_NEXT_ITEM: Final = re2.compile(rb"\s{0,20},\s{0,20}(\\*[\"'])")
_BARE: Final = re2.compile(rb"[^\s\"'`,;&<>\\|(){}\[\]]+")
_BARE_IN_ADDRESS: Final = re2.compile(rb"[^\s\"'`;&<>\\]+")
_LINE: Final = re2.compile(rb"[^\r\n\"'`\\]+")
_JSON_GOES_ON: Final = re2.compile(rb"\"\s*[,:}\]]")
_SCHEMED: Final = re2.compile(rb"(?i)(?:bearer|basic|token|apikey|api-key)[ \t]+[^\s\"'`,;\\]*")
_WHOLE_LINE_SCHEME: Final = re2.compile(rb"(?i)(?:digest|aws4-hmac-sha256|hawk|oauth|negotiate|ntlm)[ \t]")
_COOKIE: Final = re2.compile(rb"(?:^|;)\s*([^=;\s]{1,200}=)?([^;]*)")
_COOKIE_ATTRIBUTE: Final = re2.compile(
    rb"(?i)(?:path|domain|expires|max-age|samesite|priority)=|(?:httponly|secure|partitioned)"
)
_BAD_NEWS: Final = re2.compile(rb"(?i)(?:invalid|missing|incorrect|expired|no|bad|wrong|unknown|unexpected)[-_ ]")
_STARTS_LINE: Final = re2.compile(rb"(?i)[\s>+*\"'#$<-]*(?:export |set |-h |-e |env )?[\"']?")
_LETTERS: Final = re2.compile(rb"[A-Za-z][a-z'-]*")
_REFERENCE_NAME: Final = re2.compile(rb"[a-z_$][\w$]*\.[\w$.\[\]]+|(?i:(?:my|the)?_?(?:api)?_?(?:key|token|secret|password))")


_WEAK: Final = re2.compile(rb"(?i)(?:[\w.-]*[^a-z])?(?:key|(?:x-)?auth|session|credential)\W*")
"""Names that mostly hold something else; there only a value that looks like a secret is one."""

_NAME_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."


class Value(NamedTuple):
    """What stands in a secret's place: its offsets, whether it is quoted, and where reading went on."""

    start: int
    end: int
    quoted: bool
    after: int


def find_places(data: bytes, *, flatted: bool) -> Iterator[Find]:
    """Yield what must be hidden because of where it stands.

    Expects a view in which keys found by shape are masked already. In flatted run data (`flatted`) a short number
    in a secret's place is the index of a slot, which `core.redaction.flatted` follows, and never a value.
    """
    if _CREDENTIALS.search(data):
        yield from _credentials(data)
    if not _WORD.search(data):
        return
    yield from _named(data, flatted=flatted)
    for pattern in (_PAIR, _LISTED, _FLAG):
        yield from _valued(data, pattern, flatted=flatted)
    for match in _PAIR_BACKWARDS.finditer(data):
        yield from _pieces(data, match.start(2), match.end(2), _kind_of_name(data[match.end(2) : match.end()]))
    yield from _credentials(data)


def find_in_value(data: bytes, start: int, end: int, name: str) -> Iterator[Find]:
    """Yield what must be hidden of a quoted value that belongs to this name."""
    yield from _hidden(data, Value(start, end, quoted=True, after=end), _kind_of_name(name.encode("ascii", "replace")))


def _credentials(data: bytes) -> Iterator[Find]:
    """Yield bearer tokens, basic auth and user parts of addresses outside any named place."""
    for match in _BEARER.finditer(data):
        token = match[1].rstrip(b".")
        if (looks_random(token) or any(48 <= c <= 57 for c in token)) and not is_placeholder(token):
            yield Find(match.start(1), match.start(1) + len(token), SecretKind.BEARER_TOKEN)
    for match in _BASIC.finditer(data):
        user_and_password = basic_auth(match[1])
        if user_and_password:
            yield Find(*match.span(1), SecretKind.BASIC_AUTH, user_and_password)
    if _CURL.search(data):
        for match in _CURL_USER.finditer(data):
            if not match[1].replace(b":", b"").isdigit():
                yield from _pieces(data, *match.span(1), SecretKind.BASIC_AUTH)
    for match in _USERINFO.finditer(data):
        yield from _userinfo(data, match)
    for match in _QUERY.finditer(data):
        if looks_random(match[1]) or len(match[1]) >= 16:
            yield from _pieces(data, *match.span(1), SecretKind.SECRET)


def basic_auth(encoded: bytes) -> bytes | None:
    """Return ``user:password`` from the base64 of a Basic header, or None if it is none ("Basic authentication")."""
    letters = encoded.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    try:
        decoded = base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return None
    return decoded if b":" in decoded and all(0x20 <= code < 0x7F or code > 0xA0 for code in decoded) else None


def _userinfo(data: bytes, match: "re2._Match[bytes]") -> Iterator[Find]:
    start, end = match.span(1)
    colon = data.find(b":", start, end)
    user_end = colon if colon >= 0 else end
    user = data[start:user_end]
    if looks_random(user) or (colon < 0 and len(user) >= 16 and any(48 <= c <= 57 for c in user)):
        yield from _pieces(data, start, user_end, SecretKind.URL_CREDENTIALS)
    if 0 <= colon < end - 1:
        yield from _pieces(data, colon + 1, end, SecretKind.URL_CREDENTIALS)


# --- names and their values -------------------------------------------------------------------------------------------


def _named(data: bytes, *, flatted: bool) -> Iterator[Find]:
    at = 0
    while match := PLACE.search(data, at):
        at = match.end()
        name = match[0]
        ahead, own = _own_name(data, match.start(), match.end())
        for value in _values(data, match.end(), name):
            at = max(at, value.after)
            yield from _judge(data, value, own, ahead, flatted=flatted)


def _valued(data: bytes, pattern: "re2._Regexp[bytes]", *, flatted: bool) -> Iterator[Find]:
    for match in pattern.finditer(data):
        for value in _values(data, match.end(), match[0]):
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
    if _WEAK.fullmatch(name) and not (looks_random(content.strip()) and len(content) >= 12):
        return
    if not value.quoted and not _bare_counts(content, name, ahead):
        return
    yield from _hidden(data, value, _kind_of_name(name))


def _bare_counts(content: bytes, name: bytes, ahead: bytes) -> bool:
    """Tell whether an unquoted value is a value, rather than the next word of a sentence or a piece of code."""
    words = content.split()
    first = words[0] if words else b""
    if is_prose(first) or _REFERENCE_NAME.fullmatch(content):
        return False
    lowered = name.lower()
    if content.isdigit():
        return b"pass" in lowered or b"pwd" in lowered
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
        encoded = content.split()[-1] if content.split() else b""
        original = data[value.start : value.end].split()[-1]
        for find in _pieces(data, value.start, value.end, SecretKind.BASIC_AUTH):
            yield find._replace(secret=basic_auth(original) if encoded else None)
        return
    yield from _pieces(data, value.start, value.end, SecretKind.BEARER_TOKEN if content.startswith(b"bearer ") else kind)


def _pieces(data: bytes, start: int, end: int, kind: SecretKind) -> Iterator[Find]:
    for first, last in secret_pieces(data[start:end]):
        yield Find(start + first, start + last, kind)


def _cookies(data: bytes, value: Value) -> Iterator[Find]:
    """Hide each cookie's value and leave its name: ``n8n-auth=[cookie #3fa9c1]; Path=/``."""
    content = data[value.start : value.end]
    for match in _COOKIE.finditer(content):
        if match[2].strip() and not _COOKIE_ATTRIBUTE.match(match[0].lstrip(b"; ")):
            yield from _pieces(data, value.start + match.start(2), value.start + match.end(2), SecretKind.COOKIE)


def _values(data: bytes, at: int, name: bytes) -> Iterator[Value]:
    """Yield the value that begins at `at`, or all strings of the list that begins there (``set-cookie: [..]``)."""
    opening = _OPEN.match(data, at)
    if opening is None or opening[1] is None:
        bare = _bare_value(data, opening.end() if opening else at, name)
        if bare:
            yield bare
        return
    start, quote = opening.end(), opening[1]
    value = _quoted_value(data, start, quote)
    yield value
    for _ in range(50 if b"[" in opening[0] else 0):
        following = _NEXT_ITEM.match(data, value.after)
        if not following:
            return
        value = _quoted_value(data, following.end(), following[1])
        yield value


def _quoted_value(data: bytes, start: int, quote: bytes) -> Value:
    """Read a quoted string whose opening quote has `quote`'s backslashes, up to the quote that closes it."""
    depth, mark = len(quote) - 1, quote[-1:]
    line_end = data.find(b"\n", start)
    limit = line_end if line_end >= 0 else len(data)
    at = start
    while (found := data.find(mark, at, limit)) >= 0:
        slashes = 0
        while found - slashes > start and data[found - slashes - 1] == 0x5C:
            slashes += 1
        if slashes < depth or (slashes - depth) % (2 * (depth + 1)) == 0:
            return _within_json(data, start, found - slashes, found + 1, mark)
        at = found + 1
    return _within_json(data, start, limit, limit, mark)


def _within_json(data: bytes, start: int, end: int, after: int, mark: bytes) -> Value:
    """Cut a string in other quotes at the end of the JSON string around it."""
    if mark != b'"':
        outer = _JSON_GOES_ON.search(data, start, end + 2)
        if outer and outer.start() < end:
            cut = outer.start()
            return Value(start, cut, quoted=True, after=cut)
    return Value(start, end, quoted=True, after=after)


def _bare_value(data: bytes, at: int, name: bytes) -> Value | None:
    """Read an unquoted value: the rest of a header's line, or one token."""
    lowered = name.lower()
    if lowered.endswith(b">"):
        return _element_value(data, at)
    match = None
    if b"cookie" in lowered:
        match = _LINE.match(data, at)
    elif b"authorization" in lowered:
        whole = _WHOLE_LINE_SCHEME.match(data, at)
        match = _LINE.match(data, at) if whole else _SCHEMED.match(data, at)
    if not match and data[at : at + 2] in (b"{{", b"${", b"$("):
        return None
    match = match or (_BARE_IN_ADDRESS if b"=" in name else _BARE).match(data, at)
    return Value(match.start(), match.end(), quoted=False, after=match.end()) if match else None


def _element_value(data: bytes, at: int) -> Value | None:
    end = data.find(b"<", at, at + 4000)
    if end > at and data.startswith(b"</", end):
        return Value(at, end, quoted=True, after=end)
    return None


def _is_index(content: bytes) -> bool:
    return content.isdigit() and len(content) <= 7


def _kind_of_name(name: bytes) -> SecretKind:
    """Return the kind of secret that a place of this name holds."""
    lowered = name.lower()
    for words, kind in _KINDS_OF_NAMES:
        if any(word in lowered[-60:] for word in words):
            return kind
    return SecretKind.SECRET


_KINDS_OF_NAMES: Final = (
    ((b"encryption_key", b"encryption-key", b"encryptionkey"), SecretKind.N8N_ENCRYPTION_KEY),
    ((b"api_key", b"api-key", b"apikey", b"api key", b"authorization"), SecretKind.SECRET),
    ((b"cookie",), SecretKind.COOKIE),
    ((b"pass", b"pwd", b"kennwort"), SecretKind.PASSWORD),
    ((b"aws_secret", b"aws-secret"), SecretKind.AWS_KEY),
    ((b"token", b"jwt", b"session"), SecretKind.TOKEN),
)
