"""Find secrets that code passes by position: ``login("me", "…")``, ``new Client("…")``, ``setPassword("…")``.

The name of the call says what its arguments are; an argument counts only if it cannot be an ordinary word.
"""

from collections.abc import Iterator
from typing import Final

import re2

from core.redaction.by_scheme import pieces
from core.redaction.not_secret import is_evident, is_key, is_mixed, is_place
from core.redaction.placeholders import is_placeholder
from core.redaction.secret_kinds import SecretKind
from core.redaction.secret_names import SUFFIX, WORDS, Strength, kind_of_name, strength
from core.redaction.shape_patterns import Find, any_of
from core.redaction.work_limit import limited

_QUOTE: Final = rb"[@bfru]?\\*[\"'`]"
_TEXT: Final = rb"\\*[\"'`]([^\"'`\\\r\n]{4,200})\\*[\"'`]"
_ARGUMENT: Final = rb"(?:" + _QUOTE + rb"[^\"'`\\\r\n]{0,120}\\*[\"'`]|[\w.$\[\]]{1,60})[ \t]*,\s{0,20}"
_WITH_USER: Final = re2.compile(
    rb"(?i)(?:\bauth|login|log_on|logon|authenticate|credentials?|basic_?auth|sign_?in|plainauth|userpass\w*)"
    rb"(?:[ \t]*=[ \t]*|\\*[\"'][ \t]*:[ \t]*)?[ \t]*[(\[][ \t]*(?:\"\",[ \t]*)?" + _ARGUMENT + _TEXT
)
_WITH_HOST: Final = re2.compile(
    rb"(?i)(?:mysqli|mysql_connect|mysqli_connect|\bpdo|getconnection|\bconnect|connection)[ \t]*\([ \t]*"
    + _ARGUMENT
    + _ARGUMENT
    + _TEXT
)
_SETTER: Final = re2.compile(rb"(?i)([\w]{0,40}(?:" + WORDS + rb")" + SUFFIX + rb")[ \t]*\([ \t]*[@bfru]?" + _TEXT)
_TUPLE: Final = re2.compile(rb"(?i)[{(][ \t]*:?([\w]{0,40}(?:" + WORDS + rb")" + SUFFIX + rb")[ \t]*,[ \t]*" + _TEXT)
"""A pair as Erlang and others write it: ``{password, "…"}``."""

_INPUT: Final = re2.compile(
    rb"(?i)<input\b(?:[^<>]{0,200}\btype=\\*[\"']?password\b[^<>]{0,200}\bvalue="
    rb"|[^<>]{0,200}\bname=\\*[\"']?[\w-]{0,30}passw\w*"
    rb"[^<>]{0,200}\bvalue=)" + _TEXT
)
_CLIENT: Final = re2.compile(
    rb"(?:\bnew[ \t]+[A-Z][\w.]*|\bNew[A-Z]\w*|[cC]lient\w*|[aA][pP][iI]|S[dD][kK]|connect|configure|init|initialize"
    rb"|login|[aA]uth\w*|[tT]oken\w*|[kK]ey\w*|[cC]redentials?|[sS]ecret\w*|\))[ \t]*\([ \t]*[@bfru]?" + _TEXT
)
ANY_CALL: Final = any_of(_WITH_USER, _WITH_HOST, _SETTER, _TUPLE, _CLIENT)
_OPENING: Final = re2.compile(rb"[(\[]\\*[\"'`]|, [\"']")
"""The beginning of a quoted argument; searching for this is faster than for the calls."""

_SHORTEST_KEY: Final = 20


def find_in_calls(data: bytes) -> Iterator[Find]:
    """Yield the arguments of calls whose position says that they are a password or a key."""
    if b"<input" in data:
        for match in limited(_INPUT.finditer(data), len(data)):
            if _is_password(match[1]):
                yield from pieces(data, match.start(1), match.end(1), SecretKind.PASSWORD)
    if not _OPENING.search(data) or not ANY_CALL.search(data):
        return
    for pattern in (_WITH_USER, _WITH_HOST):
        for match in limited(pattern.finditer(data), len(data)):
            if _is_password(match[1]):
                yield from pieces(data, match.start(1), match.end(1), SecretKind.PASSWORD)
    for pattern in (_SETTER, _TUPLE):
        for match in limited(pattern.finditer(data), len(data)):
            name_strength = strength(match[1])
            if (name_strength is Strength.PASSWORD and _is_password(match[2])) or (
                name_strength > Strength.WEAK and is_evident(match[2])
            ):
                yield from pieces(data, match.start(2), match.end(2), kind_of_name(match[1]))
    for match in limited(_CLIENT.finditer(data), len(data)):
        if len(match[1]) >= _SHORTEST_KEY and is_key(match[1]):
            yield from pieces(data, match.start(1), match.end(1), SecretKind.SECRET)


def _is_password(argument: bytes) -> bool:
    return is_mixed(argument) and not is_placeholder(argument) and not is_place(argument) and b" " not in argument
