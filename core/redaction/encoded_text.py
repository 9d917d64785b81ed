"""Find base64 and hex that say what would be hidden in clear: ``DB_PASSWORD=…``, a header, a JSON of credentials.

The base64 of text shows without decoding: the top bit of every ASCII byte is off, so three of four characters come
from half of the alphabet. Pictures and digests never look like it, so they cost one scan. What a run says is searched
like any other text, at most three levels deep.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import re2

from core.redaction.patterns import Find

Search = Callable[[bytes], Iterable[Find]]
"""Finds the secrets of plain bytes."""

DEPTH: Final = 3

_BREAK: Final = rb"(?:\r?\n[ \t>]{0,20}|\\+r\\+n|\\+n)?"
_QUAD: Final = (
    rb"(?:[CDI-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]" + _BREAK + rb")"
)
_UTF16: Final = rb"(?:[CDI-Za-f][AQgw][AB][A-Za-z0-9+/]A[A-H][AEIMQUYcgkosw048]A)"
_TEXT: Final = re2.compile(_QUAD + rb"{5,}(?:[A-Za-z0-9+/_-]" + _BREAK + rb")*|" + _UTF16 + rb"{4,}[A-Za-z0-9+/]*")
_HEX: Final = re2.compile(rb"(?:\\x)?(?:(?:0[9adAD]|[2-7][0-9a-fA-F])[ :]?){12,}")
ANY_ENCODED_TEXT: Final = re2.compile(b"|".join((_QUAD + rb"{5}", _UTF16 + rb"{4}", _HEX.pattern)))
_IN_RUN: Final = re2.compile(rb"[A-Za-z0-9+/_-]*={0,2}")
_BROKEN: Final = re2.compile(rb"\\+[rn]|[^A-Za-z0-9+/_-]")
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_ASCII_ONLY: Final = bytes(code if 0x20 <= code < 0x7F or code in b"\t\r\n" else ord("?") for code in range(256))
_SHORTEST_SECRET: Final = 3
_LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")


def find_encoded_text(data: bytes, search: Search, depth: int = DEPTH) -> Iterator[Find]:
    """Yield the encoded runs of a view whose text holds something that `search` finds; a run is hidden whole."""
    if not depth or not ANY_ENCODED_TEXT.search(data):
        return
    for match in _TEXT.finditer(data):
        found = _said(_from_base64(match[0]), search, depth)
        if found:
            yield Find(_run_start(data, match.start()), _run_end(data, match.end()), found.kind, found.secret)
    for match in _HEX.finditer(data):
        found = _said(_from_hex(match[0]), search, depth)
        if found:
            yield Find(match.start(), _run_end(data, match.end()), found.kind, found.secret)


def _said(decoded: bytes, search: Search, depth: int) -> Find | None:
    """Return the first secret of a decoded text, with its plain characters."""
    plain = decoded.translate(_ASCII_ONLY)
    for find in (*search(plain), *find_encoded_text(plain, search, depth - 1)):
        secret = find.secret if find.secret is not None else plain[find.start : find.end]
        if len(secret) >= _SHORTEST_SECRET:
            return find._replace(secret=secret)
    return None


def _from_base64(run: bytes) -> bytes:
    letters = _BROKEN.sub(b"", run).translate(_URL_SAFE)
    spare = len(letters) % 4
    letters = letters[: len(letters) - spare] if spare == 1 else letters + b"=" * (-len(letters) % 4)
    decoded = base64.b64decode(letters)
    return decoded[::2] if decoded[1:2] == b"\0" else decoded


def _from_hex(run: bytes) -> bytes:
    digits = run.removeprefix(b"\\x").translate(None, b" :")
    return binascii.unhexlify(digits[: len(digits) // 2 * 2])


def _run_start(data: bytes, at: int) -> int:
    floor = max(0, at - 4_000)
    before = data[floor:at]
    return floor + len(before.rstrip(bytes(_LETTERS)))


def _run_end(data: bytes, at: int) -> int:
    run = _IN_RUN.match(data, at)
    return int(run.end()) if run else at
