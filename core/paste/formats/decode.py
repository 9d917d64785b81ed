"""From bytes to UTF-8: unpacking, byte order marks, UTF-16, Windows' bytes; the limits are checked while unpacking."""

import codecs
import io
import zlib
from typing import Final

import numpy as np

from core.paste.errors import NotText, TooLarge
from core.sizes import IN_PROCESS_BYTES, MAX_UPLOAD_MB, MEGABYTE

FILE_LIMIT: Final = MAX_UPLOAD_MB * MEGABYTE
"""Bytes of a file after unpacking."""
TEXT_LIMIT: Final = IN_PROCESS_BYTES
"""Bytes up to which a paste is redacted as a whole before it is read."""

_PIECE: Final = 1 << 20
_LEADS: Final = -64
"""As a signed byte, what leads a character; those below follow one, those from 0 are ASCII."""
_STRAYS: Final = 200_000
"""Stray bytes of a file that is UTF-8 otherwise; one with more is code page 1252 as a whole."""
_TOGETHER: Final = 64
_NEVER_FIRST: Final = bytes((*range(0x80, 0xC2), *range(0xF5, 0x100)))
"""Bytes that begin no character of UTF-8."""
GZIP: Final = b"\x1f\x8b"
_ARCHIVES: Final = ((b"PK\x03\x04", "zip"), (b"7z\xbc\xaf", "7z"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"))
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"RIFF")
_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def to_utf8(data: bytes, *, repairs: bool = True) -> bytes:
    """Return unpacked bytes in UTF-8 without a mark; raises `TooLarge` and `NotText`.

    With ``repairs``, bytes that are not UTF-8 are taken for those of Windows, which is a guess; else they stay.
    """
    if data[:2] == GZIP:
        data = _unpacked(data)
    _refuse_others(data)
    if len(data) > FILE_LIMIT:
        raise TooLarge(_too_large())
    encoding, mark = _encoding(data)
    if encoding == "utf-8":
        plain = data[mark:] if mark else data
        return _with_windows_bytes(plain) if repairs else plain
    return _recoded(memoryview(data)[mark:], encoding)


def to_text(data: bytes) -> str:
    """Return UTF-8 bytes as text; bytes that are not UTF-8 become U+FFFD. Raises `NotText` for binary data."""
    if data[:10_000].count(0) > len(data[:10_000]) // 20:
        raise NotText("This is not text. Paste the error's words, or upload the execution as a JSON file.")
    return data.decode("utf-8", "replace")


def _with_windows_bytes(data: bytes) -> bytes:
    """Return bytes in UTF-8: what is none of it is read as Windows' code page 1252.

    One dash that a program of Windows wrote would otherwise make a whole export unreadable as JSON.
    """
    if _is_utf8(data):
        return data
    strays = sum(_strays(data, start) for start in range(0, len(data), _PIECE))
    view = memoryview(data)
    return _recoded(view, "utf-8", _STRAY) if strays < _STRAYS else _recoded(view, "cp1252", "replace")


def _is_utf8(data: bytes) -> bool:
    """Return whether bytes are UTF-8 as they are, read piece by piece: a whole decoded file would take more memory."""
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _PIECE):
            decoder.decode(view[start : start + _PIECE], final=start + _PIECE >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def _strays(data: bytes, start: int) -> int:
    """Count the bytes of a piece that follow or lead a character without its other half."""
    piece = np.frombuffer(data, np.int8, min(_PIECE + 1, len(data) - start), start)
    if piece.min() >= 0:
        return 0
    is_ascii, follows = piece >= 0, piece < _LEADS
    leads = ~(is_ascii | follows)
    inside = (is_ascii[:-1] & follows[1:]) | (leads[:-1] & ~follows[1:])
    first = start == 0 and bool(follows[0])
    last = start + len(piece) == len(data) and bool(leads[-1])
    return int(np.count_nonzero(inside)) + first + last


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Return a stray byte, and those after it that begin no character either, as Windows meant them."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data = error.object[error.start : error.start + _TOGETHER]
    stray = data[: len(data) - len(data.lstrip(_NEVER_FIRST)) or error.end - error.start]
    return stray.decode("cp1252", "replace"), error.start + len(stray)


_STRAY: Final = "reconnect-cp1252"
codecs.register_error(_STRAY, _as_windows)


def _recoded(data: memoryview, encoding: str, errors: str = "replace") -> bytes:
    """Return text in UTF-8, piece by piece: a whole decoded file would take four times its size."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    text = io.BytesIO()
    for start in range(0, len(data), _PIECE):
        piece = data[start : start + _PIECE]
        text.write(decoder.decode(piece, final=start + _PIECE >= len(data)).encode("utf-8", "replace"))
    return text.getvalue()


def _unpacked(data: bytes) -> bytes:
    parts, size, rest = [], 0, data
    while rest[:2] == GZIP:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            part = unpacker.decompress(rest, FILE_LIMIT + 1 - size)
        except zlib.error as error:
            raise NotText("This packed file is damaged. Export it again, or upload it unpacked.") from error
        size += len(part)
        if size > FILE_LIMIT:
            raise TooLarge(_too_large())
        parts.append(part)
        rest = unpacker.unused_data
    return b"".join(parts) if len(parts) != 1 else parts[0]


def _refuse_others(data: bytes) -> None:
    for start, name in _ARCHIVES:
        if data.startswith(start):
            raise NotText(f"This is a {name} archive. Unpack it and upload the JSON file inside.")
    if data.startswith(_PICTURES):
        raise NotText(
            "This is a picture or a document. Copy the error's text instead, or upload the execution as JSON."
        )


def _encoding(data: bytes) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    head = data[:400]
    if len(head) >= 4 and head[1::2].count(0) > len(head) // 3:
        return "utf-16-le", 0
    if len(head) >= 4 and head[::2].count(0) > len(head) // 3:
        return "utf-16-be", 0
    return "utf-8", 0


def _too_large() -> str:
    return f"This file is over {MAX_UPLOAD_MB} MB unpacked. Export one failed execution and upload that."
