"""Find private keys: PEM, OpenSSH, PGP and PuTTY blocks, also without their first or last line."""

from collections.abc import Iterator
from typing import Final

import re2

from core.redaction.secret_kinds import SecretKind
from core.redaction.shape_patterns import PEM_BODY, PRIVATE_KEY, Find
from core.redaction.work_limit import limited

_PUTTY_LINES: Final = re2.compile(rb"Private-Lines:[ \t]*[0-9]+((?:(?:\r?\n|\\+r?\\*n)[ \t]*[A-Za-z0-9+/=]{4,})+)")
_PUTTY_MAC: Final = re2.compile(rb"Private-(?:MAC|Hash):[ \t]*([0-9a-f]{16,})")
_OPENSSH: Final = re2.compile(rb"b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=]*(?:(?:\r?\n|\\+n)[A-Za-z0-9+/=]{16,})*")
ANY_PRIVATE_KEY: Final = re2.compile(rb"PRIVATE KEY|Private-(?:Lines|MAC|Hash)|b3BlbnNzaC1rZXktdjE")
"""Matches wherever a private key may be."""

_BREAK: Final = re2.compile(rb"\r?\n|\\+r\\+n|\\+n")
_LINE: Final = re2.compile(rb"[>|\s]*[A-Za-z0-9+/]{8,100}={0,2}\s*")
_LONGEST: Final = 20_000
_SHORTEST_BODY: Final = 40


def find_private_keys(data: bytes) -> Iterator[Find]:
    """Yield every private key of a view; if the first line is missing, the base64 lines before the last."""
    if not ANY_PRIVATE_KEY.search(data):
        return
    yield from _pem(data)
    for match in limited(_OPENSSH.finditer(data), len(data)):
        yield Find(match.start(), match.end(), SecretKind.PRIVATE_KEY)
    lines_end = -1
    for match in limited(_PUTTY_LINES.finditer(data), len(data)):
        lines_end = match.end()
        yield Find(match.start(1), match.end(1), SecretKind.PRIVATE_KEY)
    for match in limited(_PUTTY_MAC.finditer(data), len(data)):
        if match.start() - lines_end > 4 or lines_end < 0:
            yield from _lines_before(data, match.start())
        yield Find(match.start(1), match.end(1), SecretKind.PRIVATE_KEY)


def _pem(data: bytes) -> Iterator[Find]:
    begin, last = None, 0
    for match in limited(PRIVATE_KEY.finditer(data), len(data)):
        if b"BEGIN" in match[0]:
            if begin is not None:
                yield _unclosed(data, begin, match.start())
            begin = match
        elif begin is not None:
            if _has_body(data, begin.end(), match.start()):
                yield Find(begin.start(), match.end(), SecretKind.PRIVATE_KEY)
            begin = None
        else:
            yield from _lines_before(data, match.start(), last)
            yield Find(match.start(), match.end(), SecretKind.PRIVATE_KEY)
        last = match.end()
    if begin is not None:
        yield _unclosed(data, begin, len(data))


def _has_body(data: bytes, start: int, end: int) -> bool:
    """Return whether there is a key between the first and last line, not words ("INSERT YOUR KEY HERE")."""
    body = data[start : min(end, start + _LONGEST)]
    return len(body) > _SHORTEST_BODY and any(48 <= code <= 57 for code in body)


def _unclosed(data: bytes, begin: "re2._Match[bytes]", limit: int) -> Find:
    """Return the key from its first line to where the base64 ends."""
    body = PEM_BODY.match(data, begin.end(), limit)
    return Find(begin.start(), body.end() if body else begin.end(), SecretKind.PRIVATE_KEY)


def _lines_before(data: bytes, at: int, after: int = 0) -> Iterator[Find]:
    """Yield the base64 lines that end at this offset."""
    floor = max(after, at - _LONGEST)
    window = data[floor:at]
    starts = [0, *(match.end() for match in _BREAK.finditer(window))]
    first = None
    for start, end in zip(reversed(starts), [len(window), *reversed(starts)], strict=False):
        line = window[start:end].rstrip(b"\r\n\\nr ")
        if line.strip() and not _LINE.fullmatch(line):
            break
        first = start if line.strip() else first
    if first is not None:
        end = len(window.rstrip(b"\r\n "))
        yield Find(floor + first, floor + end, SecretKind.PRIVATE_KEY)
