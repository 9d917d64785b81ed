"""Views of a text in which a secret is plain, however the text was escaped, encoded or broken.

A `TextView` is plain ASCII bytes, each with the characters of the source that it came from, so that what is found in a
view can be masked in the source. Two bytes have a meaning of their own: `MASKED` is what is hidden already,
`INVISIBLE` a character that nobody sees.

* `first_view`: one byte per character. Look-alikes become ASCII (fullwidth, Cyrillic, typographic dashes), any other
  character outside ASCII becomes ``?``, so RE2 never meets a lone surrogate and offsets need no table.
* `decoded_view`: invisible characters, ANSI colours and ``<wbr>`` dropped, ``\\u`` and ``\\x`` escapes, percent
  escapes and HTML entities decoded, at most three rounds. Built with numpy: linear, about 20 ns a byte.
* `squeezed_view`: white space, quotes and other joints dropped, for keys that were cut into pieces.
"""

import functools
import unicodedata
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import re2

MASKED: Final = 0x01
INVISIBLE: Final = 0x7F
_OTHER: Final = ord("?")
_ROUNDS: Final = 3

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


class TextView:
    """ASCII bytes and the source characters of each; both arrays are None where each byte is one character."""

    __slots__ = ("data", "ends", "starts")

    def __init__(self, data: bytes, starts: Offsets | None = None, ends: Offsets | None = None) -> None:
        self.data = data
        self.starts = starts
        self.ends = ends

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the source of the view's bytes `start` to `end` (at least one byte)."""
        if self.starts is None or self.ends is None:
            return start, end
        return int(self.starts[start]), int(self.ends[end - 1])

    def arrays(self) -> tuple[Bytes, Offsets, Offsets]:
        """Return the bytes and both offset tables as arrays."""
        data = np.frombuffer(self.data, np.uint8)
        if self.starts is None or self.ends is None:
            index = np.arange(len(data), dtype=np.int32)
            return data, index, index + 1
        return data, self.starts, self.ends

    def with_data(self, data: bytes) -> "TextView":
        """Return the same view over other bytes of the same length."""
        return TextView(data, self.starts, self.ends)


# --- first view -------------------------------------------------------------------------------------------------------

_LOOK_ALIKES: Final = str.maketrans(
    "аАвВеЕкКмМнНоОрРсСтТуУхХіІјЈѕЅԁԛԝһΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορι‐‑‒–—―−﹘⁃ー…•●∙⋅",
    "aABBeEkKmMHHoOpPcCTTyYxXiIjJsSdqwhABEZHIKMNOPTYXavopi----------*****",
)
_CONTROLS: Final = bytes(
    INVISIBLE if (code < 0x20 and code not in b"\t\n\r\x1b") or code == INVISIBLE else code for code in range(256)
)
_HIDDEN_CATEGORIES: Final = {"Cf", "Cc", "Mn", "Me"}
_HANGUL_FILLERS: Final = "\u115f\u1160\u3164\uffa0"


@functools.lru_cache(maxsize=4096)
def fold(character: str) -> str:
    """Return the ASCII character that this one looks like, DEL if it is invisible, and ``?`` for any other."""
    if character in _HANGUL_FILLERS or unicodedata.category(character) in _HIDDEN_CATEGORIES:
        return chr(INVISIBLE)
    folded = unicodedata.normalize("NFKC", character.translate(_LOOK_ALIKES)).translate(_LOOK_ALIKES)
    return folded if len(folded) == 1 and folded.isascii() else "?"


_NAMES: Final = {
    "パスワードは": "pwd   ", "暗証番号は": "pwd  ",
    "密码是": "pw ", "密码为": "pw ", "密碼是": "pw ", "비밀번호는": "pwd  ",
    "пароль": "passwd", "Пароль": "passwd", "токен": "token", "ключ": "_key", "секрет": "secret",
    "密码": "pw", "密碼": "pw", "口令": "pw", "密钥": "pw", "密鑰": "pw", "パスワード": "passw", "暗証番号": "pswd",
    "비밀번호": "pswd", "암호": "pw", "كلمة المرور": "my_password", "كلمة السر": "pass word", "סיסמה": "passw",
    "รหัสผ่าน": "password", "κωδικός": "passwrd", "Κωδικός": "passwrd", "पासवर्ड": "passwrd", "：": ":",
}  # fmt: skip
"""Names of secrets in other scripts, each with an ASCII name of the same length; those with a verb come first."""


def _with_known_names(text: str) -> str:
    for foreign, known in _NAMES.items():
        text = text.replace(foreign, known)
    return text


def first_view(text: str) -> TextView:
    """Return the view with one byte for each character of the text."""
    if not text.isascii():
        text = _with_known_names(text)
        folds = {ord(c): fold(c) for c in set(text) if c > "\x7f"}
        folds = {code: folded for code, folded in folds.items() if folded != "?"}
        text = text.translate(folds) if folds else text
    return TextView(text.encode("ascii", "replace").translate(_CONTROLS))


# --- decoded view -----------------------------------------------------------------------------------------------------

_ENCODED: Final = re2.compile(
    rb"[\x1b\x7f]|\\(?:u(?:00[2-7]|ff|20|04|fe)|x[2-7]|/)|%[2-7][0-9A-Fa-f]"
    rb"|&(?:#[0-9xX]|lt;|gt;|amp;|quot;|apos;|shy;|hyphen;|dash;|lowbar;|ZeroWidthSpace;)|<wbr"
)
_ANSI: Final = re2.compile(rb"\x1b(?:\[[0-9;?]*[A-Za-z]|.)?")
_USUAL_COLOURS: Final = (b"\x1b[0m", b"\x1b[m", b"\x1b[1m", *(b"\x1b[%dm" % code for code in range(30, 40)))
_UNSEEN_MARKUP: Final = (b"<wbr>", b"<wbr/>", b"<wbr />", b"</wbr>", b"&shy;", b"&ZeroWidthSpace;", b"&zwnj;", b"&zwj;")
_NAMED: Final = {
    b"&lt;": b"<", b"&gt;": b">", b"&quot;": b'"', b"&apos;": b"'", b"&amp;": b"&",
    b"&hyphen;": b"-", b"&dash;": b"-", b"&lowbar;": b"_",
}  # fmt: skip
_HEX: Final = np.full(256, 255, np.int64)
for _digit in b"0123456789abcdefABCDEF":
    _HEX[_digit] = int(chr(_digit), 16)


def decoded_view(view: TextView) -> TextView | None:
    """Return the view with escapes decoded and the invisible dropped, or None if that changes nothing."""
    if not _ENCODED.search(view.data):
        return None
    for _ in range(_ROUNDS):
        before = view
        view = _without_markup(view)
        for decode in (_percent, _backslashes, _entities):
            view = decode(view)
        view = _compact(view)
        if view.data == before.data or not _ENCODED.search(view.data):
            break
    return view


def _without_markup(view: TextView) -> TextView:
    """Overwrite ANSI sequences, ``<wbr>`` and named entities in place; the length stays."""
    data = view.data
    for literal in _UNSEEN_MARKUP:
        data = data.replace(literal, b"\x7f" * len(literal))
    for literal, meaning in _NAMED.items():
        data = data.replace(literal, meaning.rjust(len(literal), b"\x7f"))
    if b"\x1b" in data:
        for literal in _USUAL_COLOURS:
            data = data.replace(literal, b"\x7f" * len(literal))
    if b"\x1b" in data:
        changed = bytearray(data)
        for match in _ANSI.finditer(data):
            changed[match.start() : match.end()] = b"\x7f" * (match.end() - match.start())
        data = bytes(changed)
    return view.with_data(data)


def _compact(view: TextView) -> TextView:
    if INVISIBLE not in view.data:
        return view
    data, starts, ends = view.arrays()
    keep = data != INVISIBLE
    return TextView(data[keep].tobytes(), starts[keep], ends[keep])


def _replace(view: TextView, first: Offsets, last: Offsets, codes: npt.NDArray[np.int64]) -> TextView:
    """Replace each unit from `first` to `last` (inclusive, disjoint, ascending) by one byte."""
    data, starts, ends = view.arrays()
    data, ends = data.copy(), ends.copy()
    edges = np.zeros(len(data) + 1, np.int8)
    edges[first + 1] += 1
    edges[last + 1] -= 1
    data[first] = _fold_codes(codes)
    ends[first] = ends[last]
    keep = np.cumsum(edges[:-1], dtype=np.int8) == 0
    return TextView(data[keep].tobytes(), starts[keep], ends[keep])


def _fold_codes(codes: npt.NDArray[np.int64]) -> Bytes:
    """Return for each code point the byte that the first view has for it."""
    out = np.full(len(codes), _OTHER, np.uint8)
    plain = codes < 0x80
    out[plain] = np.frombuffer(_CONTROLS, np.uint8)[codes[plain]]
    foreign = (codes >= 0x80) & (codes < 0x110000)
    for code in np.unique(codes[foreign]):
        out[codes == code] = ord(fold(chr(int(code)))) if len(codes) < 100_000 or code > 0xFF else _OTHER
    return out


def _hex_value(data: Bytes, at: Offsets, digits: int) -> tuple[Flags, npt.NDArray[np.int64]]:
    """Return which offsets have that many hex digits, and the values."""
    value = np.zeros(len(at), np.int64)
    good = at + digits <= len(data)
    for step in range(digits):
        digit = _HEX[data[np.minimum(at + step, len(data) - 1)]]
        good &= digit < 16
        value = value * 16 + digit
    return good, value


def _percent(view: TextView) -> TextView:
    if b"%" not in view.data:
        return view
    data = np.frombuffer(view.data, np.uint8)
    at = np.flatnonzero(data == ord("%")).astype(np.int32)
    good, value = _hex_value(data, at + 1, 2)
    if not good.any():
        return view
    at, value = at[good], value[good]
    # a byte of a UTF-8 sequence is some character, but never one of a key
    value[value > 0x7F] = 0x10FFFF
    return _replace(view, at, at + 2, value)


def _backslashes(view: TextView) -> TextView:
    """Decode ``\\uXXXX`` and ``\\xXX`` and ``\\/``, at any depth of JSON escaping."""
    for letter, digits in ((b"u", 4), (b"x", 2), (b"/", 0)):
        if b"\\" + letter in view.data:
            view = _backslash(view, letter, digits)
    return view


def _backslash(view: TextView, letter: bytes, digits: int) -> TextView:
    data = np.frombuffer(view.data, np.uint8)
    slash = data == ord("\\")
    at = (np.flatnonzero((data[1:] == letter[0]) & slash[:-1]) + 1).astype(np.int32)
    good, value = _hex_value(data, at + 1, digits)
    at, value = at[good], value[good]
    if not len(at):
        return view
    others = np.flatnonzero(~slash)
    before = np.searchsorted(others, at) - 1
    first = np.where(before >= 0, others[before] + 1, 0).astype(np.int32)
    return _replace(view, first, at + digits, value if digits else np.full(len(at), ord("/"), np.int64))


def _entities(view: TextView) -> TextView:
    if b"&#" not in view.data:
        return view
    data = np.frombuffer(view.data, np.uint8)
    at = np.flatnonzero((data[:-1] == ord("&")) & (data[1:] == ord("#"))).astype(np.int32)
    stops = np.flatnonzero(data == ord(";")).astype(np.int32)
    nearest = np.searchsorted(stops, at)
    at, nearest = at[nearest < len(stops)], nearest[nearest < len(stops)]
    stop = stops[nearest]
    value = np.full(len(at), -1, np.int64)
    for length in range(1, 8):
        _number(data, at, stop, length, value)
    good = value >= 0
    if not good.any():
        return view
    return _replace(view, at[good], stop[good], value[good])


def _number(data: Bytes, at: Offsets, stop: Offsets, length: int, value: npt.NDArray[np.int64]) -> None:
    """Fill in the values of the entities with this many digits, decimal or hexadecimal."""
    decimal = np.flatnonzero(stop - at == length + 2)
    if len(decimal):
        digits = np.stack([_HEX[data[at[decimal] + 2 + step]] for step in range(length)])
        total = functools.reduce(_shift_by(10), digits)
        value[decimal] = np.where((digits < 10).all(axis=0), total, value[decimal])
    marked = (data[np.minimum(at + 2, len(data) - 1)] | 32) == ord("x")
    hexadecimal = np.flatnonzero((stop - at == length + 3) & marked)
    if len(hexadecimal):
        good, total = _hex_value(data, at[hexadecimal] + 3, length)
        value[hexadecimal] = np.where(good, total, value[hexadecimal])


def _shift_by(base: int) -> Callable[[npt.NDArray[np.int64], npt.NDArray[np.int64]], npt.NDArray[np.int64]]:
    return lambda total, digit: total * base + digit


# --- squeezed view ----------------------------------------------------------------------------------------------------

_JOINTS: Final = b" \t\r\n\"'`\\>|"
_BROKEN_LINE: Final = (b"\\n", b"\\r", b"\\t")


def squeezed(data: bytes, also: bytes = b"") -> bytes:
    """Return the bytes without white space, quotes, backslashes and ``>`` quoting, fast and without offsets."""
    for literal in _BROKEN_LINE:
        data = data.replace(literal, b"")
    return data.translate(None, _JOINTS + also)


def squeezed_view(view: TextView, also: bytes = b"") -> TextView:
    """Return the view whose bytes are ``squeezed(view.data, also)``; its offsets lead to the given view's bytes."""
    data = view.data
    for literal in _BROKEN_LINE:
        data = data.replace(literal, b"\\\\")
    array = np.frombuffer(data, np.uint8)
    drop = np.zeros(256, bool)
    drop[list(_JOINTS + also)] = True
    kept = np.flatnonzero(~drop[array]).astype(np.int32)
    return TextView(array[kept].tobytes(), kept, kept + 1)
