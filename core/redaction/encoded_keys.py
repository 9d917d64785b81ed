"""Find keys inside base64 and hex, also one level deeper.

The base64 of ``sk-ant-`` at each of the three alignments is a fixed text, so runs that cannot hold a key are never
decoded, and a picture costs one scan. A run with such a text is decoded at every alignment and searched for keys.
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Final

import numpy as np
import re2

from core.redaction.by_shape import find_shapes
from core.redaction.secret_kinds import SecretKind
from core.redaction.shape_patterns import Find
from core.redaction.views import TextView, squeezed, squeezed_view
from core.redaction.work_limit import Crowded, most_places

_PLAIN: Final = (b"sk-ant-", b"sk-proj-", b"sk-or-v1-", b"AIzaSy", b"PRIVATE KEY-----", b"SK-ANT-", b"bedrock-api-key-")
_DEPTH: Final = 3


def _base64_cores(plain: bytes) -> Iterator[bytes]:
    """Yield the characters that any base64 text of these bytes must contain, one for each alignment."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + plain).rstrip(b"=")
        last = len(encoded) if (len(plain) + shift) % 3 == 0 else len(encoded) - 1
        yield encoded[(0, 2, 3)[shift] : last]


def _key_marks() -> bytes:
    base64_marks = {core for plain in _PLAIN for core in _base64_cores(plain)}
    double_base64 = {core for plain in base64_marks for core in _base64_cores(plain)}
    hex_marks = {plain.hex().encode() for plain in _PLAIN} | {plain.hex().upper().encode() for plain in _PLAIN}
    hex_of_base64 = {core.hex().encode() for core in base64_marks}
    base64_of_hex = {core for plain in _PLAIN for core in _base64_cores(plain.hex().encode())}
    return b"|".join(
        sorted(re2.escape(mark) for mark in base64_marks | double_base64 | hex_marks | hex_of_base64 | base64_of_hex)
    )


KEY_MARK: Final = re2.compile(_key_marks())
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_IN_RUN: Final = np.zeros(256, bool)
_IN_RUN[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-=")] = True
_HEX_RUN: Final = re2.compile(rb"[0-9a-fA-F]{14,}")
_KINDS: Final = frozenset(
    kind
    for kind in SecretKind
    if kind not in {SecretKind.TOKEN, SecretKind.SECRET, SecretKind.AWS_KEY, SecretKind.N8N_ENCRYPTED}
)


def find_encoded(view: TextView) -> Iterator[Find]:
    """Yield the encoded parts of a view that hold a key; the find says which key."""
    if not KEY_MARK.search(squeezed(view.data)):
        return
    tight = squeezed_view(view)
    runs = _Runs(view.data)
    try:
        for start, end, kind, secret in _encoded_secrets(tight.data, _DEPTH):
            first, last = tight.source(start, end)
            yield Find(*runs.around(first, last), kind, secret)
    except Crowded as crowd:
        raise Crowded(tight.source(crowd.at, crowd.at + 1)[0]) from None


class _Runs:
    """The unbroken runs of base64 characters of a text."""

    def __init__(self, data: bytes) -> None:
        self._breaks = np.flatnonzero(~_IN_RUN[np.frombuffer(data, np.uint8)])
        self._size = len(data)

    def around(self, start: int, end: int) -> tuple[int, int]:
        """Return the span widened to whole runs."""
        before = int(np.searchsorted(self._breaks, start))
        after = int(np.searchsorted(self._breaks, end - 1))
        first = int(self._breaks[before - 1]) + 1 if before else 0
        last = int(self._breaks[after]) if after < len(self._breaks) else self._size
        return min(first, start), max(last, end)


def _encoded_secrets(data: bytes, depth: int) -> Iterator[tuple[int, int, SecretKind, bytes]]:
    """Yield (start, end, kind, secret) of the encoded keys in the data, `depth` levels deep at most."""
    runs = _Runs(data)
    at, left = 0, most_places(len(data))
    while depth and left and (mark := KEY_MARK.search(data, at)):
        left -= 1
        start, at = runs.around(mark.start(), mark.end())
        run = data[start:at]
        yield from ((start + a, start + b, kind, secret) for a, b, kind, secret in _in_base64(run, depth))
        yield from ((start + a, start + b, kind, secret) for a, b, kind, secret in _in_hex(run, depth))
    if depth and not left and (mark := KEY_MARK.search(data, at)):
        raise Crowded(mark.start())


def _in_base64(run: bytes, depth: int) -> Iterator[tuple[int, int, SecretKind, bytes]]:
    letters = run.translate(_URL_SAFE).replace(b"=", b"A")
    for shift in range(min(4, len(letters))):
        whole = letters[shift : shift + (len(letters) - shift) // 4 * 4]
        rest = letters[shift + len(whole) :]
        tail = rest + b"A" * (4 - len(rest)) if len(rest) > 1 else b""
        decoded = base64.b64decode(whole + tail)
        if tail:
            decoded = decoded[: len(decoded) - (4 - len(rest))]
        for a, b, kind, secret in _secrets(decoded, depth):
            yield shift + a * 4 // 3, min(len(run), shift + -(-b * 4 // 3)), kind, secret


def _in_hex(run: bytes, depth: int) -> Iterator[tuple[int, int, SecretKind, bytes]]:
    for match in _HEX_RUN.finditer(run):
        for shift in (0, 1):
            digits = match[0][shift : shift + (len(match[0]) - shift) // 2 * 2]
            for a, b, kind, secret in _secrets(binascii.unhexlify(digits), depth):
                yield match.start() + shift + 2 * a, match.start() + shift + 2 * b, kind, secret


def _secrets(decoded: bytes, depth: int) -> Iterator[tuple[int, int, SecretKind, bytes]]:
    plain = decoded.translate(_ASCII_ONLY)
    for find in find_shapes(plain):
        if find.kind in _KINDS:
            yield find.start, find.end, find.kind, find.secret or plain[find.start : find.end]
    yield from _encoded_secrets(plain, depth - 1)


_ASCII_ONLY: Final = bytes(code if 0x20 <= code < 0x7F or code in b"\t\r\n" else ord("?") for code in range(256))
