"""JSON with ``{{ }}`` in it, as people write request bodies, and a form of it that any data fits.

n8n inserts the data before it reads the text as JSON. Inside quotes the data's own quotes and line breaks break the
JSON, so a quoted text with a hole becomes one hole: ``{{ JSON.stringify(["Say ", $json.text].join('')) }}``. Braces
that only show the model an example (``{{"a": 1}}``) are code to n8n too; they become escapes in a JavaScript string.
"""

import json
from enum import Enum, auto
from typing import Final

import msgspec
import re2

from core.n8n.check.javascript import TokenKind, is_balanced, tokens
from core.n8n.check.near_json import is_json
from core.n8n.check.parameter_values import chunks, is_expression
from core.n8n.expressions import literal

_EXAMPLE: Final = re2.compile(r"""^\s*["'][^"']*["']\s*:""")
_READS_DATA: Final = re2.compile(r"\$[A-Za-z_(]")
_COMPUTES: Final = re2.compile(r"""^\s*(?:["'`\d]|JSON\.|Math\.|new\s+Date\b|DateTime\.)""")
_TWO_WORDS: Final = re2.compile(r"^\s*[^\W\d]\w*\s+[^\W\d]\w*[\w\s,.!?-]*$")
_WORD: Final = re2.compile(r"^(?:typeof|new|void|await|delete)\s")
_STRINGIFIED: Final = re2.compile(r"^\s*JSON\s*\.\s*stringify\s*\(")
_AS_JSON_TEXT: Final = re2.compile(r"^[^;]*\.toJsonString\(\)\s*$")
_KEY: Final = re2.compile(r'"([^"\\]*)"\s*:\s*$')
_OPEN: Final = frozenset("([{")
_CLOSE: Final = frozenset(")]}")
_MEETS_VALUE: Final = ":[,"
_ENDS_VALUE: Final = ",}]"
_LONGEST_KEY: Final = 80
_PLAIN_FIELDS: Final = frozenset(
    {
        *("model", "type", "role", "media_type", "url", "data", "id", "file_id", "name", "user_id", "tool_use_id"),
        *("stop_reason", "service_tier", "effort", "custom_id", "container", "ttl", "session_id", "source"),
    }
)
"""Fields whose values hold no quotes or line breaks."""
_ESCAPED: Final = re2.compile(
    r"(?i)\.replace(?:All)?\s*\(|JSON\s*\.\s*stringify|toJsonString|encodeURI|escape|base64|\$now\b|\$today\b|"
    r"\$execution\b|\$workflow\b|\.to(?:ISO|Format|Fixed|Millis)|\.length\b|^\s*\$itemIndex\b|^\s*\$runIndex\b"
)
_ESCAPES: Final = re2.compile(
    r"(?s)\bstringify\s*\(.*\)\s*\.\s*(?:(?:slice|substr|substring)\s*\(\s*1\s*,|replace)|\.replace(?:All)?\s*\(.*\\\\"
)
"""Code that escapes a text for the quotes around it; inside JSON.stringify its backslashes would become visible."""


class Hole(Enum):
    """What is between ``{{`` and ``}}``."""

    CODE = auto()
    EXAMPLE = auto()  # JSON that shows the model an example
    UNCLEAR = auto()  # {{name}}, which may or may not be code


class Piece(msgspec.Struct, frozen=True):
    """A part of a quoted text; `hole` is None for text."""

    text: str
    hole: Hole | None


class Quoted(msgspec.Struct, frozen=True):
    """A quoted text with ``{{``, from its first to behind its last quote; `key` is the field that it fills."""

    start: int
    end: int
    key: str
    is_name: bool  # before a colon
    pieces: tuple[Piece, ...]

    @property
    def has_hole(self) -> bool:
        """Whether there is ``{{`` in it."""
        return any(piece.hole is not None for piece in self.pieces)

    @property
    def breaks(self) -> bool:
        """Whether the data of its holes can break the JSON."""
        holes = [piece.text for piece in self.pieces if piece.hole is Hole.CODE]
        if any(gives_json(code) for code in holes):
            return True
        return self.key not in _PLAIN_FIELDS and any(not _ESCAPED.search(code) for code in holes)

    def has(self, hole: Hole) -> bool:
        """Return whether there is such a hole."""
        return any(piece.hole is hole for piece in self.pieces)


def kind_of(code: str) -> Hole:
    """Return whether braces hold code, an example, or something unclear."""
    plain = code.replace('\\"', '"')
    if _EXAMPLE.match(plain):
        return Hole.EXAMPLE
    if (_READS_DATA.search(plain) or _COMPUTES.match(plain)) and is_balanced(plain):
        return Hole.CODE
    return Hole.UNCLEAR


def cannot_be_code(code: str) -> bool:
    """Return whether n8n is sure to refuse this as an expression: empty, words of a sentence, a field of an object."""
    words = _TWO_WORDS.match(code) is not None and not _WORD.match(code.lstrip())
    return not code.strip() or words or _EXAMPLE.match(code.replace('\\"', '"')) is not None


def gives_json(code: str) -> bool:
    """Return whether code gives JSON, with the quotes around a text."""
    if _AS_JSON_TEXT.match(code):
        return is_balanced(code)
    return _STRINGIFIED.match(code) is not None and _closes_at_end(code)


def _closes_at_end(code: str) -> bool:
    """Return whether the first bracket is closed by the last token."""
    depth = 0
    code_tokens = tokens(code)
    for index, token in enumerate(code_tokens):
        depth += (token.text in _OPEN) - (token.text in _CLOSE) if token.kind is TokenKind.MARK else 0
        if token.text == ")" and depth == 0:
            return index == len(code_tokens) - 1
    return False


def quoted(text: str) -> list[Quoted]:
    """Return the quoted texts with ``{{`` in JSON with holes."""
    return [one for one in _all_quoted(text) if one.has_hole] if "{{" in text else []


def _all_quoted(text: str) -> list[Quoted]:
    texts: list[Quoted] = []
    position = 0
    while position < len(text):
        if text.startswith("{{", position):
            position = _behind(text, position)
        elif text[position] == '"':
            text_in_quotes, position = _read(text, position)
            texts.append(text_in_quotes)
        else:
            starts = [start for start in (text.find('"', position), text.find("{{", position)) if start >= 0]
            position = min(starts, default=len(text))
    return texts


def unquoted(text: str) -> str | None:
    """Return JSON with holes in which no data can break a quoted text, or None where that is not certain.

    A quoted text that takes any data as it is, such as ``"{{ JSON.stringify($json.x).slice(1, -1) }}"``, stays.
    """
    is_fixed = not is_expression(text)
    for one in reversed(_to_join(text, is_fixed=is_fixed)):
        pieces = _without_equals(one.pieces) if is_fixed else one.pieces
        code = None if one.is_name else _only_json(pieces) or _joined(pieces)
        if code is None:
            return None
        # Three braces in a row would work in n8n but are hard to read.
        gap = " " if text[one.end : one.end + 1] == "}" else ""
        text = f"{text[: one.start]}{{{{ {_as_json(code)} }}}}{gap}{text[one.end :]}"
    text = f"={text}" if is_fixed else text
    return text if is_json_with_holes(text) is True else None


def _to_join(text: str, *, is_fixed: bool) -> list[Quoted]:
    """Return the quoted texts with holes that have to change, and those with a backslash before a hole.

    n8n 2.41.1 turns two backslashes in the text before a hole into one (@n8n/tournament 1.13.0, normalizeBackslashes).
    """
    texts = _all_quoted(text)
    last = max((one.end for one in texts if one.has_hole), default=0)
    return [
        one
        for one in texts
        if (one.has_hole and not _can_stay(one, is_fixed=is_fixed))
        or (one.start < last and any("\\\\" in piece.text for piece in one.pieces if piece.hole is None))
    ]


def _can_stay(quoted_text: Quoted, *, is_fixed: bool) -> bool:
    is_clear = not quoted_text.has(Hole.EXAMPLE) and not quoted_text.has(Hole.UNCLEAR) and not quoted_text.is_name
    is_marked = is_fixed and quoted_text.pieces != _without_equals(quoted_text.pieces)
    return is_clear and not is_marked and not quoted_text.breaks and not any(map(_has_json_quotes, quoted_text.pieces))


def _has_json_quotes(piece: Piece) -> bool:
    r"""Return whether code has ``\"`` outside its strings, which JSON needs and JavaScript cannot read."""
    return piece.hole is Hole.CODE and any(token.text == "\\" for token in tokens(piece.text))


def is_json_with_holes(text: str) -> bool | None:
    """Return whether an expression gives JSON if every hole gives one value; None where a hole may not."""
    pieces: list[str] = []
    position = 1
    in_quotes = False
    for chunk in chunks(text):
        if not chunk.is_code:
            continue
        pieces.append(text[position : chunk.start - 2])
        in_quotes = _is_open(pieces[-1], is_open=in_quotes)
        if not in_quotes and not _is_value(text, chunk.start - 2, chunk.end + 2):
            return None
        pieces.append("x" if in_quotes else "null")
        position = chunk.end + 2
    pieces.append(text[position:])
    return is_json("".join(pieces))


def _behind(text: str, start: int) -> int:
    end = text.find("}}", start + 2)
    return len(text) if end < 0 else end + 2


def _read(text: str, start: int) -> tuple[Quoted, int]:
    """Read one quoted text, and return where it ends."""
    pieces: list[Piece] = []
    position = text_start = start + 1
    while position < len(text) and text[position] != '"':
        if text[position] == "\\":
            position += 2
            continue
        end = text.find("}}", position + 2) if text.startswith("{{", position) else -1
        if end < 0:
            position += 1
            continue
        code = text[position + 2 : end]
        hole = kind_of(code)
        if hole is Hole.EXAMPLE:
            # These braces are text; the next ones may be code.
            pieces += [Piece(text[text_start:position], None), Piece("{{", hole)]
            position = text_start = position + 2
            continue
        pieces += [Piece(text[text_start:position], None), Piece(code, hole)]
        position = text_start = end + 2
    pieces.append(Piece(text[text_start:position], None))
    ahead = text[position + 1 :][:_LONGEST_KEY].lstrip()
    key = _KEY.search(text[max(0, start - _LONGEST_KEY) : start])
    return Quoted(start, position + 1, key[1] if key else "", ahead.startswith(":"), tuple(pieces)), position + 1


def _only_json(pieces: tuple[Piece, ...]) -> str | None:
    """Return the code of a quoted text that is a single hole and gives JSON by itself."""
    filled = [piece for piece in pieces if piece.text]
    if len(filled) != 1 or filled[0].hole is not Hole.CODE or not gives_json(filled[0].text):
        return None
    return filled[0].text.strip()


def _as_json(code: str) -> str:
    """Return code that gives JSON, also where the data is missing."""
    return f"{code} ?? '\"\"'" if gives_json(code) else f"JSON.stringify({code})"


def _without_equals(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return pieces without the = of ``"={{ $json.text }}"``, which belongs before the whole body."""
    is_marked = len(pieces) > 1 and pieces[0].text == "=" and pieces[1].hole is not None
    return pieces[1:] if is_marked else pieces


def _joined(pieces: tuple[Piece, ...]) -> str | None:
    """Return the JavaScript that joins the pieces; None where a piece is not understood."""
    segments: list[tuple[bool, str]] = []
    for piece in pieces:
        if piece.hole is Hole.UNCLEAR or (piece.hole is Hole.CODE and _ESCAPES.search(piece.text)):
            return None
        is_code = piece.hole is Hole.CODE
        text = _safe_code(piece.text) if is_code else _text_of(piece.text)
        if text is None:
            return None
        if not is_code and segments and not segments[-1][0]:
            segments[-1] = (False, segments[-1][1] + text)
        elif is_code or text:
            segments.append((is_code, text))
    if [is_code for is_code, _ in segments] == [False]:
        return literal(segments[0][1])
    # join() turns missing data into an empty string, and a number into a string.
    return "[" + ", ".join(text if is_code else literal(text) for is_code, text in segments) + "].join('')"


def _text_of(source: str) -> str | None:
    """Return the value of a piece of a JSON string; line breaks that are not escaped stay line breaks."""
    try:
        return str(json.loads(f'"{source}"', strict=False))
    except ValueError:
        return None


def _safe_code(code: str) -> str | None:
    """Return code that can be an element of a list, or None."""
    plain = code.replace('\\"', '"') if '\\"' in code and is_balanced(code.replace('\\"', '"')) else code
    plain = plain.strip().removesuffix(";").strip()
    marks = [token for token in tokens(plain) if token.kind in (TokenKind.MARK, TokenKind.COMMENT)]
    if not plain or any(token.text == ";" or token.kind is TokenKind.COMMENT for token in marks):
        return None
    depth = 0
    for token in marks:
        depth += (token.text in "([{") - (token.text in ")]}")
        if token.text == "," and depth == 0:
            return None
    return plain if is_balanced(plain) else None


def _is_open(text: str, *, is_open: bool) -> bool:
    """Return whether a quote is open at the end of a piece of JSON that begins inside or outside quotes."""
    skip = False
    for char in text:
        if skip:
            skip = False
        elif is_open and char == "\\":
            skip = True
        elif char == '"':
            is_open = not is_open
    return is_open


def _is_value(text: str, start: int, end: int) -> bool:
    """Return whether a hole is where JSON has a value."""
    before, behind = text[:start].rstrip(), text[end:].lstrip()
    # A text that ends after a hole has open brackets, whatever the hole gives.
    return before[-1:] in _MEETS_VALUE and before != "" and behind[:1] in _ENDS_VALUE
