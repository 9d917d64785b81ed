"""Find secrets by the name before them: a header, a field with a secret's name, a pair of name and value, a flag.

The patterns only find the name. `core.redaction.value_syntax` reads the value, since the end of a JSON string depends
on how deeply it is escaped; `core.redaction.not_secret` and `core.redaction.placeholders` judge it.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import re2

from core.redaction.by_credential_type import HOLDER, find_in_holders
from core.redaction.by_scheme import basic_auth, pieces
from core.redaction.by_shape import followed
from core.redaction.declared import DECLARED, ELEMENT, FORM_FIELD, TYPED
from core.redaction.not_secret import is_code, is_evident, is_ternary, may_be_secret
from core.redaction.placeholders import is_prose, looks_random
from core.redaction.secret_kinds import SecretKind
from core.redaction.secret_names import SUFFIX, WORDS, Strength, kind_of_name, strength
from core.redaction.shape_patterns import Find, any_of
from core.redaction.value_syntax import ByteFinder, Value, read_values
from core.redaction.work_limit import MOST_PLACES, Crowded, limited, most_places

_NAME_END: Final = rb"(?:\*{1,2}|\\*[\"'`]|\\*[\"'`]?\])?"
_SEPARATOR: Final = rb"(?:[ \t]{0,20}(?:=>|->|:=|={1,2}|::[ \t]|:(?:\*{1,2}[ \t])?)[ \t]{0,20}|>)"
PLACE: Final = re2.compile(rb"(?i)(?:" + WORDS + rb")" + SUFFIX + _NAME_END + _SEPARATOR)
"""The end of a name like a secret's, up to where its value begins."""

HEADER_NAME: Final = re2.compile(
    rb"(?i)(?:proxy-)?authorization|x-api-key|api-key|x-goog-api-key|cookie|set-cookie|x-auth-token|x-n8n-api-key"
    rb"|x-[a-z0-9-]{0,40}(?:key|token|secret|auth|password)|private-token|[a-z]{2,12}-(?:api|app|access"
    rb"|subscription)-key"
)
_BETWEEN: Final = (
    rb"(?:\s{0,20}\\*[\"']?[A-Za-z_]{1,20}\\*[\"']?\s{0,4}[:=]\s{0,4}"
    rb"(?:\\*[\"'][^\"'\\\n]{0,40}\\*[\"']|[\w.]{1,20})\s{0,4},?){0,2}"
)
_PAIR: Final = re2.compile(
    rb"(?i)(?:name|key|header|field|param|parameter|variable|label|title|id"
    rb"|attribute)\\*[\"']?\s{0,4}[:=]\s{0,4}\\*[\"']?"
    rb"([\w. -]{0,30}(?:"
    + WORDS
    + rb")"
    + SUFFIX
    + rb")\\*[\"']?\s{0,4},?"
    + _BETWEEN
    + rb"\s{0,20}\\*[\"']?(?:(?:header[-_]?)?val(?:ue)?|content)\\*[\"']?\s{0,4}[:=]\s{0,4}"
)
_NESTED: Final = re2.compile(
    rb"(?i)((?:"
    + WORDS
    + rb")"
    + SUFFIX
    + rb")"
    + _NAME_END
    + rb"\s{0,4}[:=]\s{0,4}(?:\{\s{0,20}|\r?\n[ \t]{1,20})\\*[\"']?"
    rb"(?:val(?:ue)?|secret|data|text|plaintext|[sS]tring|[Ss]|default|raw|(?:x-)?example)\\*[\"']?\s{0,4}[:=]\s{0,4}"
)
"""A name above its value: ``{"apiKey": {"value": "…"}}``."""

_PAIR_BACKWARDS: Final = re2.compile(
    rb"(?i)value\\*[\"']\s{0,4}:\s{0,4}(\\*[\"'])([^\"'\\\n{}]+)\\*[\"']\s{0,4}," + _BETWEEN + rb"\s{0,20}"
    rb"\\*[\"'](?:name|key|header)\\*[\"']\s{0,4}:\s{0,4}\\*[\"']([\w.-]{0,50}(?:"
    + WORDS
    + rb")"
    + SUFFIX
    + rb")\\*[\"']"
)
_LISTED: Final = re2.compile(rb"(?i)((?:" + WORDS + rb")" + SUFFIX + rb")\\*[\"']\s{0,4},\s{0,20}(?:\\*[\"'`])")
_FLAG: Final = re2.compile(rb"(?i)(?:^|\s)--?([a-z0-9-]{0,30}(?:" + WORDS + rb")" + SUFFIX + rb")[ \t]+")
_VALUE_WORD: Final = re2.compile(rb"(?i)(?:val(?:ue)?|content)\\*[\"']?\s{0,4}[:=]")
ANY_NAMED: Final = any_of(
    PLACE, _LISTED, _NESTED, _FLAG, DECLARED, ELEMENT, TYPED, FORM_FIELD, HOLDER, _PAIR, _PAIR_BACKWARDS
)
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
_DEFINES: Final = re2.compile(rb"(?:^|[\s;{(])(?:const|let|var|final|val|def|this\.|self\.)\s*[\w.]*$")
_TAG_END: Final = re2.compile(rb"[^=-]>$")
_TAG_STARTS: Final = (b"<", b":", b"&lt;")
_NEXT_WORD: Final = re2.compile(rb" [a-z]+(?:[ .,;:]|$)")
_CODE_END: Final = re2.compile(rb"[ \t]*[;)}\]]")
_SPACED_EQUALS: Final = re2.compile(rb"[ \t]=[ \t]+$")
_NUMBER: Final = re2.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_JSON_NAME: Final = re2.compile(rb"(\\*\")[ \t]*:")
_SCHEME_AND_TOKEN: Final = re2.compile(rb"[A-Za-z][A-Za-z0-9-]{1,30}[ \t]+[^\s]{6,}")
_IS_NO_ARGUMENT: Final = re2.compile(
    rb"-.*|TEXT|STRING|VALUE|PASSWORD|TOKEN|KEY|FILE|PATH|strings?|text|value|file|path"
)
"""What follows a flag in a command's help, or the next flag."""

_SHORTEST_CUT: Final = 10
_SHORTEST_NUMBER: Final = 4
_NAME_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.?"
_MASKED: Final = re2.compile(rb"\\*[\"'`]?(?i:bearer |basic |token )?\x01+(?:[\s\"'`,;&<>\\)}\]]|$)")
_LONGEST_NAME: Final = 60


class _SecretName(NamedTuple):
    """A name before a value: the text ahead of it, the whole name with its separator, and what the name says."""

    ahead: bytes
    name: bytes
    strength: Strength
    header: bool


def find_by_name(data: bytes, *, flatted: bool) -> Iterator[Find]:
    """Yield what must be hidden because of the name before it.

    Expects a view in which keys found by shape are masked already. In flatted run data (`flatted`) a short number
    after a secret's name is the index of a slot, which `core.redaction.flatted` follows, and never a value.
    """
    if not ANY_NAMED.search(data):
        return
    yield from find_in_holders(data)
    yield from _named(data, flatted=flatted)
    yield from _valued(data, _LISTED, flatted=flatted)
    yield from _valued(data, _NESTED, flatted=flatted)
    if b" -" in data or data.startswith(b"-"):
        yield from _valued(data, _FLAG, flatted=flatted)
    if b"variable" in data:
        yield from _valued(data, DECLARED, flatted=flatted)
    if b"string(" in data or b";s:" in data:
        yield from _valued(data, TYPED, flatted=flatted)
    if b"form-data" in data:
        yield from _valued(data, FORM_FIELD, flatted=flatted)
    if b"</" in data:
        yield from _valued(data, ELEMENT, flatted=flatted)
    if not _VALUE_WORD.search(data):
        return
    yield from _valued(data, _PAIR, flatted=flatted)
    for match in limited(_PAIR_BACKWARDS.finditer(data), len(data)):
        name = match[3]
        if may_be_secret(match[2], name, strength(name), header=is_header(name)):
            yield from hidden(
                data, Value(match.start(2), match.end(2), quoted=True, after=match.end()), kind_of_name(name)
            )


def is_header(name: bytes) -> bool:
    """Return whether a name is that of a header that carries a credential."""
    return HEADER_NAME.fullmatch(name.strip(b" \t:=>\"'`\\,[(")) is not None


def find_in_value(data: bytes, start: int, end: int, name: str) -> Iterator[Find]:
    """Yield what must be hidden of a quoted value that belongs to this name."""
    name_bytes = name.encode("ascii", "replace")
    if is_code(data, start, end, quoted=True):
        return
    if may_be_secret(data[start:end], name_bytes, strength(name_bytes), header=is_header(name_bytes)):
        yield from hidden(data, Value(start, end, quoted=True, after=end), kind_of_name(name_bytes))


def _named(data: bytes, *, flatted: bool) -> Iterator[Find]:
    """Yield the values after names; past `most_places` names, all the rest is one secret (fail closed)."""
    at, byte_finder, places, most = 0, ByteFinder(data), 0, most_places(len(data))
    known_names: dict[bytes, tuple[Strength, bool]] = {}
    while match := PLACE.search(data, at):
        at = match.end()
        if _MASKED.match(data, at):
            continue
        secret_name = _name_before(data, match.start(), match.end(), known_names)
        if secret_name.strength is Strength.NONE or (
            _TAG_END.search(secret_name.name) and not secret_name.ahead.endswith(_TAG_STARTS)
        ):
            continue
        places += secret_name.strength > Strength.WEAK
        if places > most:
            raise Crowded(match.start())
        for value in read_values(data, match.end(), secret_name.name, secret_name.ahead[-1:], byte_finder):
            at = max(at, value.after)
            yield from _find_in_place(data, value, secret_name, flatted=flatted)


def _name_before(data: bytes, start: int, end: int, known_names: dict[bytes, tuple[Strength, bool]]) -> _SecretName:
    """Read the whole name that ends in data[start:end]; letters of an escape (``\\napi_key``) do not belong to it.

    `known_names` keeps what names say while a text is read.
    """
    before = data[max(0, start - _LONGEST_NAME) : start]
    name_start = len(before.rstrip(_NAME_LETTERS))
    if name_start and name_start < len(before) and before[name_start - 1 : name_start] == b"\\":
        name_start += 1
    name = before[name_start:] + data[start:end]
    if name not in known_names:
        known_names[name] = (strength(name), is_header(name))
    name_strength, name_is_header = known_names[name]
    if name_strength in (Strength.WEAK, Strength.NONE) and before[name_start - 1 : name_start] == b" ":
        name_strength = (
            max(name_strength, strength(before[:name_start].rsplit(b" ", 2)[-2] + b" " + name))
            if name_start
            else name_strength
        )
    return _SecretName(before[:name_start], name, name_strength, name_is_header)


def _valued(data: bytes, pattern: "re2._Regexp[bytes]", *, flatted: bool) -> Iterator[Find]:
    byte_finder = ByteFinder(data)
    known_names: dict[bytes, tuple[Strength, bool]] = {}
    for match in limited(pattern.finditer(data), len(data)):
        name = _whole_name(data, match.start(1), match.end(1)) if pattern in (_LISTED, _NESTED) else match[1]
        if name not in known_names:
            known_names[name] = (strength(name), is_header(name))
        name_strength, name_is_header = known_names[name]
        if name_strength is Strength.NONE:
            continue
        at = _opening(data, match.end() - 1) if pattern is _LISTED else match.end()
        for value in read_values(data, at, match[0], b"", byte_finder):
            content = data[value.start : value.end]
            if (flatted and _is_index(content)) or is_code(data, value.start, value.end, quoted=value.quoted):
                continue
            if pattern is _LISTED and not _counts_listed(content, name):
                continue
            if pattern is _FLAG and not value.quoted and (is_prose(content) or _IS_NO_ARGUMENT.fullmatch(content)):
                continue
            if name.lower() in (b"cookie", b"set-cookie") and b"=" not in content and not is_evident(content):
                continue
            if content.lower() != name.strip().lower() and may_be_secret(
                content, name, name_strength, header=name_is_header
            ):
                yield from hidden(data, value, kind_of_name(name))


def _opening(data: bytes, at: int) -> int:
    """Return where the backslashes before a quote begin."""
    while at and data[at - 1] == 0x5C:
        at -= 1
    return at


def _whole_name(data: bytes, start: int, end: int) -> bytes:
    before = data[max(0, start - _LONGEST_NAME) : start]
    return before[len(before.rstrip(_NAME_LETTERS)) :] + data[start:end]


def _counts_listed(content: bytes, name: bytes) -> bool:
    """Return whether a list's item is a value, not the next name: ``["Authorization", "Bot …", "Host", "x"]``."""
    if is_evident(content) or _SCHEME_AND_TOKEN.fullmatch(content):
        return True
    return name.lower().endswith(b"authorization") and b"=" in content and b" " in content


def _find_in_place(data: bytes, value: Value, secret_name: _SecretName, *, flatted: bool) -> Iterator[Find]:
    content = data[value.start : value.end]
    if flatted and _is_index(content):
        return
    if not value.quoted and _NUMBER.fullmatch(content):
        yield from _number(value, secret_name)
        return
    if is_code(data, value.start, value.end, quoted=value.quoted):
        return
    if not value.quoted and content.endswith(b":"):
        # the name of what is nested below
        return
    if is_ternary(secret_name.ahead) and b":" in secret_name.name:
        return
    if not may_be_secret(content, secret_name.name, secret_name.strength, header=secret_name.header):
        return
    if not value.quoted and not _bare_value_counts(data, value, secret_name):
        return
    yield from hidden(data, value, kind_of_name(secret_name.name))


def _number(value: Value, secret_name: _SecretName) -> Iterator[Find]:
    """Hide a number where a password belongs; anywhere else a bare number is a count (``"token": 15``)."""
    if kind_of_name(secret_name.name) is SecretKind.PASSWORD and value.end - value.start >= _SHORTEST_NUMBER:
        quote = _JSON_NAME.search(secret_name.name)
        yield Find(value.start, value.end, SecretKind.PASSWORD, quote=quote[1] if quote else b"")
    elif secret_name.strength is Strength.STRONG and value.end - value.start >= 2 * _SHORTEST_NUMBER:
        quote = _JSON_NAME.search(secret_name.name)
        yield Find(value.start, value.end, kind_of_name(secret_name.name), quote=quote[1] if quote else b"")


def _bare_value_counts(data: bytes, value: Value, secret_name: _SecretName) -> bool:
    """Return whether an unquoted value is one, rather than the next word of a sentence or a piece of code."""
    content, name, ahead = data[value.start : value.end], secret_name.name, secret_name.ahead
    words = content.split()
    first = words[0] if words else b""
    bare_name = name.rstrip(b" \t:=>\"'`\\")
    if is_prose(first) or first.lower() == b"n8n" or _MEMBER.fullmatch(content) or bare_name.endswith(content):
        # a word of a sentence, config.key, or api_key=api_key
        return False
    if looks_random(first) or any(48 <= code <= 57 for code in first):
        return True
    if is_letters(first) and b":" in name and not secret_name.header and _NEXT_WORD.match(data, value.end):
        return False
    if _DEFINES.search(ahead) and _CODE_END.match(data, value.end):
        return False
    lowered = name.lower()
    starts_line = _STARTS_LINE.fullmatch(ahead.replace(b"\\n", b"\n").rsplit(b"\n", 1)[-1]) is not None
    if kind_of_name(name) is SecretKind.COOKIE and b"=" not in content:
        return False
    if secret_name.header:
        return starts_line or len(words) > 1 or b"=" in content
    in_code = lowered.rstrip(b" \t:=>").endswith((b'"', b"'", b"`", b"]"))
    if in_code or _BAD_NEWS.search(ahead[-12:] + name):
        return False
    if _SPACED_EQUALS.search(name) and secret_name.strength < Strength.PASSWORD and is_letters(content):
        return False
    if b"=" in name:
        return True
    return b"token" not in lowered and (starts_line or not is_letters(first.rstrip(b".,;:!?")))


def is_letters(word: bytes) -> bool:
    """Return whether a word is ordinary: letters only, and capitals only at its beginning."""
    return _LETTERS.fullmatch(word) is not None


def hidden(data: bytes, value: Value, kind: SecretKind) -> Iterator[Find]:
    """Yield what must be hidden of a value that holds a secret of this kind."""
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
    if value.end - value.start >= _SHORTEST_CUT and looks_random(data[value.start : value.end].split(b" ")[-1]):
        end, _ = followed(data, value.start, value.end)
        yield Find(value.end, end, kind)


def _cookies(data: bytes, value: Value) -> Iterator[Find]:
    """Yield each cookie's value without its name: ``n8n-auth=[cookie #3fa9c1]; Path=/``."""
    start = value.start + (1 if data[value.start : value.start + 1] == b"=" else 0)
    content = data[start : value.end]
    if content.count(b";") > MOST_PLACES:
        yield Find(value.start, value.end, SecretKind.COOKIE)
        return
    for match in _COOKIE.finditer(content):
        if match[2].strip() and not _COOKIE_ATTRIBUTE.match(match[0].lstrip(b"; ")):
            yield from pieces(data, start + match.start(2), start + match.end(2), SecretKind.COOKIE)


def _is_index(content: bytes) -> bool:
    return content.isdigit() and len(content) <= 7
