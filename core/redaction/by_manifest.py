"""Find the values of Kubernetes secrets: all of ``data`` and ``stringData`` in a manifest of ``kind: Secret``.

Names there can be anything (``crm: U29t…``), so the kind of the manifest says what its values are. JSON manifests are
read by `core.redaction.by_credential_type`.
"""

from collections.abc import Iterator
from typing import Final

import re2

from core.redaction.by_scheme import pieces
from core.redaction.secret_kinds import SecretKind
from core.redaction.secret_names import kind_of_name
from core.redaction.shape_patterns import Find
from core.redaction.work_limit import limited

_KIND: Final = re2.compile(rb"(?m)^[ \t>|-]*kind:[ \t]*[\"']?(?:Sealed)?Secret[\"']?[ \t]*\r?$")
_BLOCK: Final = re2.compile(rb"(?m)^([ \t>|-]*)(?:data|stringData):[ \t]*\r?\n")
_ENTRY: Final = re2.compile(rb"([ \t>|]*)[\"']?([\w.-]{1,80})[\"']?:[ \t]*([^\r\n]*)\r?\n?")
_LINE: Final = re2.compile(rb"([ \t>|]*)([^\r\n]*)\r?\n?")
_TEXT_BELOW: Final = re2.compile(rb"[|>][0-9+-]{0,2}[ \t]*")
_REACH: Final = 20_000
_MOST_LINES: Final = 400


def find_in_manifests(data: bytes) -> Iterator[Find]:
    """Yield the values of the Kubernetes secrets that are written as YAML."""
    if b"Secret" not in data:
        return
    done = 0
    for match in limited(_KIND.finditer(data), len(data)):
        start = max(done, data.rfind(b"\n---", max(0, match.start() - _REACH), match.start()), match.start() - _REACH)
        end = data.find(b"\n---", match.end(), match.end() + _REACH)
        end = end if end >= 0 else min(len(data), match.end() + _REACH)
        for block in limited(_BLOCK.finditer(data, start, end), len(data)):
            yield from _values(data, block.end(), end, len(block[1]))
        done = end


def _values(data: bytes, at: int, limit: int, outer: int) -> Iterator[Find]:
    """Yield the values of the lines that are indented further than `outer`."""
    for _ in range(_MOST_LINES):
        entry = _ENTRY.match(data, at, limit)
        if not entry or len(entry[1]) <= outer:
            return
        at = entry.end()
        kind = kind_of_name(entry[2])
        kind = SecretKind.SECRET if kind is SecretKind.COOKIE else kind
        if _TEXT_BELOW.fullmatch(entry[3]):
            start, at = at, _text_end(data, at, limit, len(entry[1]))
            yield from pieces(data, start, at, kind)
        else:
            start = entry.start(3) + (entry[3][:1] in (b'"', b"'"))
            yield from pieces(data, start, entry.end(3), kind)


def _text_end(data: bytes, at: int, limit: int, indent: int) -> int:
    end = at
    for _ in range(_MOST_LINES):
        line = _LINE.match(data, at, limit)
        if not line or line.end() == at or (line[2] and len(line[1]) <= indent):
            break
        at = line.end()
        end = line.end(2)
    return end
