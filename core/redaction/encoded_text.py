"""Find base64 and hex of text that would be hidden if it were plain: ``DB_PASSWORD=…``, a header, credentials in JSON.

The base64 of text shows without decoding: the top bit of every ASCII byte is 0, so three of four characters come from
half of the alphabet. Pictures and digests never look like that, so they cost one scan. A decoded run is searched
like any other text, at most three levels deep.
"""

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Final

import re2

from core.redaction.shape_patterns import Find
from core.redaction.work_limit import limited, up_to_crowd

Search = Callable[[bytes], Iterable[Find]]
"""Finds the secrets of plain bytes."""

DEPTH: Final = 3

_BREAK: Final = rb"(?:\r?\n[ \t>]{0,20}|\\+r\\+n|\\+n)?"
_BASE64_QUAD: Final = (
    rb"(?:[CDI-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]" + _BREAK + rb")"
)
_UTF16: Final = rb"(?:[CDI-Za-f][AQgw][AB][A-Za-z0-9+/]A[A-H][AEIMQUYcgkosw048]A)"
_TEXT: Final = re2.compile(
    _BASE64_QUAD + rb"{5,}(?:[A-Za-z0-9+/_-]" + _BREAK + rb")*|" + _UTF16 + rb"{4,}[A-Za-z0-9+/]*"
)
_HEX: Final = re2.compile(rb"(?:\\x)?(?:(?:0[9adAD]|[2-7][0-9a-fA-F])[ :]?){12,}")
ANY_ENCODED_TEXT: Final = re2.compile(b"|".join((_BASE64_QUAD + rb"{5}", _UTF16 + rb"{4}", _HEX.pattern)))
_IN_RUN: Final = re2.compile(rb"[A-Za-z0-9+/_-]*={0,2}")
_BROKEN: Final = re2.compile(rb"\\+[rn]|[^A-Za-z0-9+/_-]")
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_ASCII_ONLY: Final = bytes(code if 0x20 <= code < 0x7F or code in b"\t\r\n" else ord("?") for code in range(256))
_BETWEEN_TEXTS: Final = b"\n\x01\x01\n"
_SHORTEST_SECRET: Final = 3
_LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")


def find_encoded_text(data: bytes, search: Search, depth: int = DEPTH) -> Iterator[Find]:
    """Yield the encoded runs of a view whose text holds something that `search` finds; the whole run is hidden."""
    if not depth or not ANY_ENCODED_TEXT.search(data):
        return
    for pattern, decode in ((_TEXT, _from_base64), (_HEX, _from_hex)):
        runs = [match.span() for match in limited(pattern.finditer(data), len(data))]
        texts = [decode(data[start:end]).translate(_ASCII_ONLY) for start, end in runs]
        for number, find in _texts_with_secrets(texts, search, depth):
            start, end = runs[number]
            yield Find(_run_start(data, start), _run_end(data, end), find.kind, find.secret)


def _texts_with_secrets(texts: list[bytes], search: Search, depth: int) -> Iterator[tuple[int, Find]]:
    """Yield the number of each text that holds a secret, with its first secret in plain characters.

    All texts are searched at once with a separator between them, so many short runs cost no more than a long one.
    """
    joined = _BETWEEN_TEXTS.join(texts)
    starts = list(accumulate((len(text) + len(_BETWEEN_TEXTS) for text in texts), initial=0))
    done: set[int] = set()
    for find in (*up_to_crowd(search(joined), len(joined)), *find_encoded_text(joined, search, depth - 1)):
        first = bisect_right(starts, find.start) - 1
        for number in range(first, bisect_left(starts, find.end)):
            secret = find.secret if find.secret is not None else joined[find.start : find.end]
            if number not in done and len(secret) >= _SHORTEST_SECRET:
                done.add(number)
                yield number, find._replace(secret=secret if number == first else texts[number])


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
