"""JSON that people write by hand: whether it is valid, and its repair where only one reading is possible."""

import json
from typing import Final

from core.n8n.check.javascript import TokenKind, tokens

_CONTROLS: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def is_json(text: str) -> bool:
    """Return whether a text is JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def repaired(text: str) -> str | None:
    """Return near-JSON as JSON: single quotes, names without quotes, trailing commas, raw line breaks; else None."""
    for change in (_with_escapes, _as_json_tokens, lambda old: _as_json_tokens(_with_escapes(old))):
        changed = change(text)
        if is_json(changed):
            return changed
    return None


def _with_escapes(text: str) -> str:
    """Return the text with escapes for line breaks and tabs inside double quotes."""
    pieces: list[str] = []
    in_quotes = skip = False
    for char in text:
        pieces.append(_CONTROLS.get(char, char) if in_quotes else char)
        if skip:
            skip = False
        elif in_quotes and char == "\\":
            skip = True
        elif char == '"':
            in_quotes = not in_quotes
    return "".join(pieces)


def _as_json_tokens(text: str) -> str:
    pieces: list[str] = []
    end = 0
    code = [token for token in tokens(text) if token.kind is not TokenKind.COMMENT]
    for index, token in enumerate(code):
        ahead = code[index + 1].text if index + 1 < len(code) else ""
        pieces.append("".join(char for char in text[end : token.start] if char.isspace()))
        end = token.end
        if token.kind is TokenKind.STRING and token.text[0] == "'":
            pieces.append(json.dumps(_single(token.text), ensure_ascii=False))
        elif token.kind is TokenKind.WORD and ahead == ":":
            pieces.append(f'"{token.text}"')
        elif not (token.text == "," and ahead in ("}", "]")):
            pieces.append(token.text)
    return "".join([*pieces, text[end:]])


def _single(literal: str) -> str:
    """Return the text of a string in single quotes, whose other escapes are JSON's."""
    inner = literal[1:-1].replace("\\'", "'").replace('\\"', '"').replace('"', '\\"')
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        return literal[1:-1]
