"""Find keys by their shape, and follow them across line breaks, quotes and spaces.

A cut key goes on after the cut if the next piece looks like more of it: it completes the key's known length, or it
looks random and is not a request id, label, host or word.
"""

from collections.abc import Iterator
from typing import Final

import re2

from core.redaction.placeholders import is_placeholder, looks_random
from core.redaction.secret_kinds import SecretKind, anthropic_kind
from core.redaction.shape_patterns import (
    AFTER_DOTS,
    ANTHROPIC_LENGTH,
    ANY_SHAPE,
    ANY_TAIL,
    EXACT_ANTHROPIC,
    FIXED,
    GENERIC_SK,
    HEAD,
    HEADS,
    KEY_END,
    LAST_TYPED_HEAD,
    TOKEN_END,
    TYPED_HEAD,
    UNTYPED,
    Find,
    KeyHead,
    fixed_kind,
)
from core.redaction.views import TextView, squeezed, squeezed_view
from core.redaction.work_limit import Crowded, limited, most_places

JOINTS: Final = b"+=&"
"""What joins the pieces of a cut key, besides white space and quotes."""

_BODY: Final = re2.compile(rb"[A-Za-z0-9_-]{0,400}")
_BREAK: Final = rb"(?:[ \t]{0,8}(?:[\\^`]|=)?(?:\r?\n|\r)|(?:\\+r)?\\+n|\\+r)(?:[ \t>|]|\\+t|\+ ){0,60}"
_ANY_SPACE: Final = rb"(?:[ \t\r\n]|\\+[nrt]){0,60}"
_GAP: Final = re2.compile(
    rb"(?:" + _BREAK + rb"){1,2}"
    rb"|\\*[\"'`]" + _ANY_SPACE + rb"(?:[+.&\\]|\|\|)?" + _ANY_SPACE + rb"[bfru]?\\*[\"'`]"
    rb"|[ \t]{1,4}|\\+t"
)
_HARD_GAP: Final = re2.compile(
    _BREAK + rb"|\\*[\"'`]" + _ANY_SPACE + rb"(?:[+.&\\]|\|\|)?" + _ANY_SPACE + rb"\\*[\"'`]"
)
_CHUNK: Final = re2.compile(rb"[A-Za-z0-9+/_.~-]{8,}={0,2}")
_AWS_PAIR: Final = re2.compile(
    rb"\b(?:AKIA|ASIA)[A-Z2-7]{16}(?:[\s\"',:;/|=]|\\n|secret|key|access|aws|_|and|with){1,24}([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"
)
_TOKEN_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
_HEX_PIECE: Final = re2.compile(rb"[0-9a-f]{12,}")
_HEX_END: Final = re2.compile(rb"[0-9a-f]{6}$")
_MOST_PIECES: Final = 60
_SOFT_GAP: Final = re2.compile(rb"[ \t]+")
_LINE_ENDS: Final = re2.compile(rb"[ \t]*(?:[\r\n\\]|$)")
# of an Anthropic key whose pieces are being collected
_LONGEST_BODY: Final = 120
_LONGEST_OTHER: Final = 220
_SHORTEST_ANTHROPIC: Final = 4
_SHORTEST_UNTYPED: Final = 12
# n8n's own ids have 16 characters
_SHORTEST_TAIL: Final = 20
_LONG_HEX: Final = re2.compile(rb"(?:v1-)?[0-9a-f]{16,}")
_ORDINARY: Final = re2.compile(rb"[:(/@{\[]|=[^\r\n]|\.[A-Za-z0-9]")
"""What follows a label, a call, a path or a host, so that the piece before it does not belong to a key."""


def find_shapes(data: bytes) -> Iterator[Find]:
    """Yield every secret of a view that its shape shows, in no particular order; finds may overlap."""
    if not ANY_SHAPE.search(data):
        return
    for match in limited(FIXED.finditer(data), len(data)):
        end, secret = followed(data, match.start(), match.end())
        yield Find(match.start(), end, fixed_kind(match[0]), secret)
    for match in limited(_AWS_PAIR.finditer(data), len(data)):
        yield Find(match.start(1), match.end(1), SecretKind.AWS_KEY, match[1])
    yield from _find_by_head(data)
    for match in limited(GENERIC_SK.finditer(data), len(data)):
        yield from _generic(data, match.start() + match[0].lower().find(b"sk-"), match.end())


def find_split(view: TextView) -> Iterator[Find]:
    """Yield the keys whose head itself is cut, or that are cut into single characters.

    Expects a view in which all other finds are masked already.
    """
    data = squeezed(view.data, JOINTS)
    if not TYPED_HEAD.search(data):
        return
    tight = squeezed_view(view, JOINTS)
    at, left = 0, most_places(len(view.data))
    while match := TYPED_HEAD.search(tight.data, at):
        if not left:
            raise Crowded(tight.source(match.start(), match.end())[0])
        at, left = match.end(), left - 1
        whole = EXACT_ANTHROPIC.match(tight.data, match.start())
        if whole:
            at = whole.end()
            start, end = tight.source(match.start(), at)
            yield Find(start, end, _kind(whole[0]), whole[0])
            continue
        start, end = tight.source(match.start(), at)
        find = _follow_key(view.data, start, end, _head_of(match[0]), followed=True)
        if find:
            yield find


def followed(data: bytes, start: int, end: int) -> tuple[int, bytes]:
    """Return where the secret in data[start:end] ends after line breaks or quotes within it, and all of it."""
    pieces = [data[start:end]]
    while len(pieces) < _MOST_PIECES:
        gap = _HARD_GAP.match(data, end)
        chunk = _CHUNK.match(data, gap.end()) if gap else None
        if not chunk or not _is_more(data, chunk, pieces[-1]):
            break
        pieces.append(chunk[0])
        end = chunk.end()
    return end, b"".join(pieces)


def _is_more(data: bytes, chunk: "re2._Match[bytes]", before: bytes) -> bool:
    """Return whether a piece by itself in its line is random and not the beginning of another secret."""
    piece = chunk[0]
    if piece.startswith((b"eyJ", b"sk-", b"AKIA")) or _ORDINARY.match(data, chunk.end()):
        return False
    if _HEX_PIECE.fullmatch(piece) and _HEX_END.search(before):
        return True
    return looks_random(piece) and any(48 <= code <= 57 for code in piece)


def _find_by_head(data: bytes) -> Iterator[Find]:
    at, left = 0, most_places(len(data))
    while match := HEAD.search(data, at):
        if not left:
            raise Crowded(match.start())
        left -= 1
        head = _head_of(match[0])
        find = _follow_key(data, match.start(), _head_end(match, head), head)
        if find:
            yield find
            at = find.end
        elif head == UNTYPED:
            at = _next_head(data, _head_end(match, head))
        else:
            at = match.end()


def _head_end(match: "re2._Match[bytes]", head: bytes) -> int:
    return int(match.start() + len(head) if head == UNTYPED else match.end())


def _head_of(match_text: bytes) -> bytes:
    """Return the last of several adjacent heads, without the body that an untyped one was found with."""
    typed = LAST_TYPED_HEAD.search(match_text)
    if typed:
        return bytes(typed[0])
    return UNTYPED if match_text[: len(UNTYPED)].lower() == UNTYPED else match_text


def _next_head(data: bytes, at: int) -> int:
    """Return where to continue after an untyped head without a key: at a typed head in the body, or after it."""
    while (body := _BODY.match(data, at)) and body[0]:
        typed = TYPED_HEAD.search(data, at, body.end() + 20)
        if typed:
            return int(typed.start())
        at = body.end()
    return at


def _kind(head: bytes) -> SecretKind:
    vendor = _vendor(head)
    return vendor.kind if vendor else anthropic_kind(head[len(UNTYPED) :].decode())


def _vendor(head: bytes) -> KeyHead | None:
    lowered = head.lower()
    return next((h for h in HEADS if lowered.startswith(h.prefix)), None)


def _follow_key(data: bytes, start: int, end: int, head: bytes, *, followed: bool = False) -> Find | None:
    """Follow a key from its head; None if there is no key.

    `followed` says that the head itself was cut, so that the body may begin after a gap.
    """
    vendor = _vendor(head)
    length = vendor.length if vendor else ANTHROPIC_LENGTH
    longest = _LONGEST_OTHER if vendor else _LONGEST_BODY
    pieces = [_first_body(data, end)]
    end, total = end + len(pieces[0]), len(pieces[0])
    if total and _is_masked_hint(data, end, total):
        return None
    single, width = followed and total <= 1, end - start
    while total < (length or longest) and len(pieces) < 200:
        gap = _GAP.match(data, end)
        chunk = _BODY.match(data, gap.end()) if gap else None
        if not gap or not chunk or not chunk[0]:
            break
        soft = _SOFT_GAP.fullmatch(gap[0]) is not None
        single = single and len(chunk[0]) == 1 and total < ANTHROPIC_LENGTH
        wrapped = not soft and len(chunk[0]) == width and _LINE_ENDS.match(data, chunk.end())
        if not single and not wrapped and not _continues(data, chunk, total, length, longest, soft=soft):
            break
        pieces.append(chunk[0])
        end, total = chunk.end(), total + len(chunk[0])
    return _accepted(start, end, head, b"".join(pieces), vendor, is_cut=followed or len(pieces) > 1)


def _first_body(data: bytes, at: int) -> bytes:
    """Return the body up to the first break, or to where the next key begins."""
    pieces: list[bytes] = []
    while (body := _BODY.match(data, at)) and body[0]:
        following = TYPED_HEAD.search(data, at, body.end() + 20)
        if following and following.start() <= body.end():
            pieces.append(data[at : following.start()])
            break
        pieces.append(body[0])
        at = body.end()
    return b"".join(pieces)


def _is_masked_hint(data: bytes, end: int, total: int) -> bool:
    """Return whether a text is a masked hint such as ``sk-ant-api03-R2D...igAA``, not a key that ends a sentence."""
    return total <= 12 and (data.startswith(b"...", end) or data.startswith(b"*", end))


def _continues(
    data: bytes, chunk: "re2._Match[bytes]", total: int, length: int | None, longest: int, *, soft: bool
) -> bool:
    """Return whether the piece after a gap belongs to the key before it."""
    piece, together = chunk[0], total + len(chunk[0])
    if piece[:3].lower() == b"sk-" or together > longest:
        return False
    if together == length and piece.endswith(b"AA"[: len(piece)]):
        return True
    if len(piece) < 16 and _ORDINARY.match(data, chunk.end()):
        return False
    if looks_random(piece):
        return True
    mixed = any(48 <= c <= 57 for c in piece) and any(65 <= (c & 0xDF) <= 90 for c in piece)
    return not soft and len(piece) < 8 and total >= 8 and mixed and together <= (length or longest)


def _accepted(start: int, end: int, head: bytes, body: bytes, vendor: KeyHead | None, *, is_cut: bool) -> Find | None:
    if vendor:
        enough = len(body) >= vendor.shortest and (looks_random(body) or _LONG_HEX.fullmatch(body))
    elif len(head) > len(UNTYPED):
        enough = len(body) >= _SHORTEST_ANTHROPIC and not is_placeholder(body) and not is_placeholder(head + body)
    else:
        enough = len(body) >= _SHORTEST_UNTYPED and looks_random(body)
    if not enough or (is_cut and not looks_random(body)):
        return None
    if vendor is None and len(head) > len(UNTYPED) and body[ANTHROPIC_LENGTH - 2 : ANTHROPIC_LENGTH].upper() == b"AA":
        # characters that directly follow a whole key are hidden with it, but do not belong to it
        body = body[:ANTHROPIC_LENGTH]
    return Find(start, end, _kind(head), head + body)


def _generic(data: bytes, start: int, end: int) -> Iterator[Find]:
    """Yield a ``sk-`` key of no known vendor (LiteLLM's virtual keys, DeepSeek, gateways)."""
    body = data[start + 3 : end]
    if body[:4].lower() == b"ant-" and len(body) < _SHORTEST_UNTYPED:
        return
    if HEAD.match(data, start) or _is_masked_hint(data, end, len(body)) or is_placeholder(data[start:end]):
        return
    has_digit = any(48 <= code <= 57 for code in body)
    if looks_random(body) or (has_digit and b"-" not in body) or (has_digit and len(body) >= 32):
        kind = SecretKind.OPENAI_KEY if b"T3BlbkFJ" in body else SecretKind.SK_KEY
        yield Find(start, end, kind, data[start:end])


def find_key_ends(data: bytes) -> Iterator[Find]:
    """Yield the ends of keys whose beginning was cut off: random characters that end in AA, or follow dots.

    Expects a view in which whole keys are masked already.
    """
    if not ANY_TAIL.search(data):
        return
    for match in limited(KEY_END.finditer(data), len(data)):
        token = match[0][: match[0].rfind(b"AA") + 2]
        before = data[match.start() - 1 : match.start()]
        if _SHORTEST_TAIL <= len(token) <= 100 and before not in (b"/", b"+", b"=", b"%") and _dense(token):
            yield Find(match.start(), match.start() + len(token), SecretKind.SECRET, token)
    for match in limited(AFTER_DOTS.finditer(data), len(data)):
        token = match[0].lstrip(b".*")
        if _dense(token):
            yield Find(match.end() - len(token), match.end(), SecretKind.SECRET, token)
    for match in limited(TOKEN_END.finditer(data), len(data)):
        start = match.start() + match[0].find(b".") + 1
        signature = _BODY.match(data, start)
        if signature and _dense(signature[0]):
            first = (
                start
                - 1
                - len(data[max(0, start - 4_001) : start - 1])
                + len(data[max(0, start - 4_001) : start - 1].rstrip(_TOKEN_LETTERS))
            )
            yield Find(first, signature.end(), SecretKind.JWT)


def _dense(token: bytes) -> bool:
    """Return whether a token has small letters, capitals and digits and looks random."""
    kinds = (any(48 <= c <= 57 for c in token), any(65 <= c <= 90 for c in token), any(97 <= c <= 122 for c in token))
    return all(kinds) and looks_random(token)
