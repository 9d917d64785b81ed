"""How n8n reads a parameter's text: which part is text, which is code, and what is known of the result beforehand.

A text that begins with ``=`` is an expression. n8n splits the rest at ``{{`` and at the next ``}}``, whatever is
between, quotes and brackets too; a ``{{`` after a single backslash is text. Without ``{{`` the result is the text
itself: ``=2023-06-01`` gives 2023-06-01. Read in @n8n/tournament 1.13.0 (ExpressionSplitter) and n8n-workflow 2.41.0
(Expression.resolveSimpleParameterValue), and run there (November 2026).
"""

import msgspec

from core.n8n.check.javascript import Token, TokenKind, decoded, tokens


class Chunk(msgspec.Struct, frozen=True):
    """A piece of a parameter's text: code between ``{{`` and ``}}`` or text; offsets in the parameter's text."""

    is_code: bool
    start: int
    end: int


def is_expression(value: object) -> bool:
    """Return whether n8n evaluates a parameter's value."""
    return isinstance(value, str) and value.startswith("=")


def chunks(text: str) -> list[Chunk]:
    """Return the pieces of a parameter's text as n8n splits it; empty texts are left out."""
    if not text.startswith("="):
        return [Chunk(is_code=False, start=0, end=len(text))] if text else []
    result: list[Chunk] = []
    start = position = 1
    in_code = False
    while True:
        at = text.find("}}" if in_code else "{{", position)
        if at < 0:
            break
        position = at + 2
        if _is_escaped(text, start, at):
            continue
        if in_code or at > start:
            result.append(Chunk(is_code=in_code, start=start, end=at))
        start = position
        in_code = not in_code
    if in_code or start < len(text):
        result.append(Chunk(is_code=in_code, start=start, end=len(text)))
    return result


def code_in(text: str) -> list[str]:
    """Return the code of an expression, one text per ``{{ }}``; nothing for a fixed text."""
    return [text[chunk.start : chunk.end] for chunk in chunks(text) if chunk.is_code]


def constant(value: object) -> str | None:
    """Return the text that a parameter has in every run, or None where it depends on data."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return None
    if not is_expression(value):
        return value
    pieces: list[str] = []
    for chunk in chunks(value):
        source = value[chunk.start : chunk.end]
        known = _constant_code(source) if chunk.is_code else source
        if known is None:
            return None
        pieces.append(known)
    return "".join(pieces)


def leading_text(value: str) -> str:
    """Return what an expression's result begins with in every run."""
    first = next(iter(chunks(value)), None)
    return "" if first is None or first.is_code else value[first.start : first.end]


def _constant_code(code: str) -> str | None:
    """Return the result of code that is a single string or number."""
    code_tokens = [token for token in tokens(code) if token.kind is not TokenKind.COMMENT]
    while len(code_tokens) > 2 and code_tokens[0].text == "(" and code_tokens[-1].text == ")":
        code_tokens = code_tokens[1:-1]
    if len(code_tokens) != 1:
        return None
    return _value(code_tokens[0])


def _value(token: Token) -> str | None:
    if token.kind is TokenKind.STRING:
        return decoded(token.text)
    return token.text if token.kind is TokenKind.NUMBER else None


def _is_escaped(text: str, start: int, at: int) -> bool:
    """Return whether the number of backslashes before the braces is odd."""
    before = text[start:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
