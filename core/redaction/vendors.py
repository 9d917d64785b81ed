"""Find the secrets of other vendors by their published shapes (``vendors.toml``), and tokens that look like them.

A token of an unknown vendor is recognised too: a short head, a joint and a long random body (``acme_live_…``). The ids
that services give to requests, messages and runs have the same form, so their heads are listed.
"""

import datetime
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import re2

from core.redaction.by_shape import followed
from core.redaction.placeholders import is_placeholder, looks_random
from core.redaction.secret_kinds import SecretKind
from core.redaction.shape_patterns import GROUP, Find, any_of, generous_options
from core.redaction.work_limit import limited


class VendorShape(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of ``vendors.toml``; the file says what each field means."""

    name: str
    kind: SecretKind
    pattern: str
    example: str
    near_miss: str
    needs: str = ""
    source: str
    written: datetime.date


class _VendorsFile(msgspec.Struct, frozen=True):
    shape: tuple[VendorShape, ...]


_HEAD_TEXT: Final = re2.compile(r"[A-Za-z][\w.-]{3,20}[_-]")
_ESCAPED_BREAK: Final = rb"\\[nrt]"
_START: Final = rf"(?:\b|{_ESCAPED_BREAK.decode()})"
_MID_WORD: Final = ("/", "\\", "[?", "(?:/", "|")
"""How a pattern begins if it starts in the middle of an address rather than with a token."""

_UNKNOWN: Final = re2.compile(
    _START.encode()
    + rb"(?:[a-z][a-z0-9]{1,11}(?:[-_][a-z0-9]{1,10}){0,3}|[A-Z][A-Z0-9]{1,11}(?:[-_][A-Z0-9]{1,10}){0,3})"
    rb"[-_][A-Za-z0-9]{20,}"
)
_HEAD_AND_BODY: Final = re2.compile(rb"(.*[-_])([A-Za-z0-9]{20,})")
_NAMED_ID: Final = re2.compile(
    rb"(?i)(?:\bids?|_id|[a-z]Id|hash|digest|etag|version|\btag|request|trace|path|file|class"
    rb"|cursor)\\*[\"'`]?[ \t]*(?:[:=]|is)?[ \t]*\\*[\"'`(]?$"
)
_SECRET_HEAD: Final = re2.compile(
    rb"(?i)(?:^|[-_.])(?:api|key|sk|pk|rk|pat|tok|token|secret|sec|auth|live|test|prod|access|bot|app"
    rb"|svc|priv|cred)[-_.]"
)
_ID_HEAD: Final = re2.compile(
    rb"(?i)(?:req|request|msg|message|toolu|srvtoolu|wrkspc|svac|fdrl|msgbatch|batch|file|org|proj|run"
    rb"|call|resp|rs|fc|ws|ci"
    rb"|apikey|user|usr|wrk|exec|execution|chatcmpl|cmpl|gen|asst|thread|step|vs|vsfc|ft|ftjob|trace"
    rb"|span|id|cus|evt|pi|ch|in"
    rb"|sub|price|prod|seti|txn|card|src|acct|dp|re|il|si|cs|conv|item|node|wf|workflow|sha[0-9]*|md5"
    rb"|crc32|css|sc|jsx|svelte"
    rb"|etag|hash|digest|commit|build|cache|chunk|index|main|vendor|polyfills|styles|runtime|component"
    rb"|session|sess|trg|loc"
    rb"|pm|we|ba|py|tr|po|ic|plan|plink|mandate|promo|tax|txr|dis|du|wh|hook|ref|tmp|temp|var|lib|pkg"
    rb"|bin|ver|rev|deploy"
    rb"|doc|img|image|asset|blob|upload|att|attachment|fld|tbl|viw|rec|page|block|db|list|card|board"
    rb"|team|channel|event|job"
    rb"|task|order|inv|invoice|cust|customer|claude|gpt|anthropic|us|eu|apac|global|container|skill|model|rel|cf|ray)"
    rb"(?:[-_.][a-z0-9]{1,10})*[-_.]"
)
_PUBLISHABLE: Final = re2.compile(rb"pk_(?:live|test)_")
"""The head of a public key, which is in every page of a shop."""

_CONSTRAINTS: Final = frozenset((b"PK_", b"UQ_", b"FK_", b"IDX_", b"REL_", b"CHK_"))
_COMMON_IDS: Final = frozenset((b"req_", b"msg_", b"tool", b"chat", b"call"))
_HEX: Final = re2.compile(rb"[0-9a-f]{24,}|[0-9A-F]{24,}")
_UUID: Final = re2.compile(rb"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_SHORTEST_UNKNOWN: Final = 20
_SHORTEST_SMALL: Final = 30
_SHORTEST_HEX: Final = 30
_OF_DIGEST: Final = re2.compile(
    rb"(?i)(?:^|[-_])(?:sha|md|git|rev|ref|tree|layer|object|sum|crc|fp|checksum|tx|block|addr)[0-9]*[-_]"
)


@functools.cache
def shapes() -> tuple[VendorShape, ...]:
    """Return the entries of ``vendors.toml``, in its order."""
    return msgspec.toml.decode(Path(__file__).with_name("vendors.toml").read_bytes(), type=_VendorsFile).shape


def _with_start(pattern: str) -> str:
    return pattern if pattern.startswith(_MID_WORD) else _START + pattern


class _Compiled:
    """The compiled patterns of all shapes: some that find any shape, and a set that says which one it was."""

    def __init__(self, entries: tuple[VendorShape, ...]) -> None:
        patterns = [_with_start(entry.pattern) for entry in entries]
        plain = [re2.compile(pattern.encode()) for pattern in patterns]
        self.usual = any_of(*(p for p, entry in zip(plain, entries, strict=True) if not entry.needs))
        self.rare = [(entry.needs.encode(), p) for p, entry in zip(plain, entries, strict=True) if entry.needs]
        self.which = re2.Set.FullMatchSet(generous_options())
        for pattern in patterns:
            self.which.Add(pattern.replace(GROUP.decode(), "(?:").encode())
        self.which.Compile()
        self.secrets = tuple(p if p.groups else None for p in plain)
        self.kinds = tuple(entry.kind for entry in entries)

    def matches(self, data: bytes) -> Iterator["re2._Match[bytes]"]:
        """Yield the match of every shape; those that need rare characters are searched only where these occur."""
        yield from self.usual.finditer(data)
        for needed, pattern in self.rare:
            if needed in data:
                yield from pattern.finditer(data)


_ALL: Final = _Compiled(shapes())
_HEADS: Final = sorted({entry.example.split("{")[0] for entry in shapes()})
_CUT: Final = re2.compile(
    (
        _START + "(?:" + "|".join(re2.escape(h) for h in _HEADS if _HEAD_TEXT.fullmatch(h)) + ")[A-Za-z0-9_-]{1,40}"
    ).encode()
    + rb"(?:=?\r?\n|\\|[\"'`]|[ \t]{0,4}\r?\n)"
)


_RARE: Final = re2.compile(b"|".join(re2.escape(needed) for needed, _ in _ALL.rare))
ANY_VENDOR: Final = any_of(_ALL.usual, _CUT, _RARE)
"""Matches wherever `find_vendors` or `find_cut_tokens` may find something."""


def find_vendors(data: bytes) -> Iterator[Find]:
    """Yield the secrets whose shape a vendor has published."""
    for match in limited(_ALL.matches(data), len(data)):
        number = min(_ALL.which.Match(match[0]))
        start, end = match.span()
        pattern = _ALL.secrets[number]
        if pattern is not None:
            inner = pattern.fullmatch(data, start, end)
            start, end = inner.span(1) if inner else (start, end)
        elif data[start : start + 1] == b"\\":
            start += 2
        if pattern is not None and _CAPITALS.fullmatch(data, start, end):
            continue
        if pattern is None:
            end, _ = followed(data, start, end)
        if not is_placeholder(data[start:end]) if pattern is not None else _is_token(data[start:end]):
            yield Find(start, end, _ALL.kinds[number], data[start:end])


_CAPITALS: Final = re2.compile(rb"[A-Z_/-]+")
_LAST_PART: Final = re2.compile(rb"[A-Za-z0-9]+$")
_SOLID: Final = 16


def _is_token(token: bytes) -> bool:
    """Return whether text is a token, not words that begin like one (``key-value-store``)."""
    digits = sum(48 <= code <= 57 for code in token)
    if is_placeholder(token):
        return False
    if looks_random(token) or digits >= 5:
        return True
    body = _LAST_PART.search(token)
    return body is not None and digits > 0 and (len(body[0]) >= _SOLID or looks_random(body[0]))


def find_cut_tokens(data: bytes) -> Iterator[Find]:
    """Yield the tokens that a line break cut so soon after their head that their shape does not match."""
    for match in limited(_CUT.finditer(data), len(data)):
        start = match.start() + (2 if match[0].startswith(b"\\") else 0)
        first = start + len(_TOKEN.match(data, start)[0])
        end, secret = followed(data, start, first)
        if end > first and len(secret) >= _SHORTEST_UNKNOWN:
            yield Find(start, end, SecretKind.SERVICE_KEY, secret)


def find_unknown_tokens(data: bytes) -> Iterator[Find]:
    """Yield the tokens of vendors that are not listed; see `_is_unknown_token`."""
    for match in limited(_UNKNOWN.finditer(data), len(data)):
        if match[0][:4] in _COMMON_IDS:
            continue
        start = match.start() + (2 if match[0].startswith(b"\\") else 0)
        if data[start - 1 : start] in _MIDDLE and start:
            continue
        if _NAMED_ID.search(data[max(0, start - 40) : start]):
            continue
        end = _whole_token(data, match.end())
        if _is_unknown_token(data[start : match.end()]):
            yield Find(start, end, SecretKind.SERVICE_KEY, data[start:end])


_TOKEN: Final = re2.compile(rb"[A-Za-z0-9_.-]+")
_MIDDLE: Final = (b"-", b"_", b".", b"/", b"@", b":", b"~")
"""What precedes a token in the middle of an address, a path or a longer id."""

_REST: Final = re2.compile(rb"[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]{8,})*")


def _whole_token(data: bytes, at: int) -> int:
    rest = _REST.match(data, at)
    return int(rest.end()) if rest else at


def _is_unknown_token(token: bytes) -> bool:
    """Return whether text is a dense token of three character classes, not a request's id, a digest or a file name.

    After a head that names a key (``acme_live_``) a shorter body or hex digits count too.
    """
    parts = _HEAD_AND_BODY.fullmatch(token)
    if not parts or parts[1] in _CONSTRAINTS or _ID_HEAD.fullmatch(parts[1]) or _PUBLISHABLE.fullmatch(parts[1]):
        return False
    head, body = parts[1], parts[2]
    if _SECRET_HEAD.search(head):
        return bool(_HEX.fullmatch(body)) or looks_random(body)
    classes = (any(48 <= c <= 57 for c in body), any(65 <= c <= 90 for c in body), any(97 <= c <= 122 for c in body))
    if all(classes):
        return len(body) >= _SHORTEST_UNKNOWN and looks_random(body)
    if _HEX.fullmatch(body):
        return head.endswith(b"_") and len(body) >= _SHORTEST_HEX and not _OF_DIGEST.search(head)
    digits = sum(48 <= code <= 57 for code in body)
    return len(body) >= _SHORTEST_SMALL and 6 * digits >= len(body) and not _OF_DIGEST.search(head)
