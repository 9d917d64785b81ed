"""n8n expressions: from the text of a prompt field to JavaScript that keeps every character of it.

A prompt is written as in n8n's own field: text with ``{{ }}`` holes, or a single expression (``$json.prompt``). It
becomes one JavaScript expression inside ``={{ JSON.stringify({ ... }) }}``, so that quotes, line breaks, braces and
backslashes of the data survive. No other form was sent byte for byte by n8n 2.41.1 whatever the prompt.

n8n splits an expression at ``{{`` and ``}}`` before it reads JavaScript, even inside string literals. So every brace
of a literal is written as an escape.
"""

import json
from typing import Final

import re2

MAX_CHARS: Final = 20_000
"""Longest prompt or system text; a longer one belongs in the data, not in the node."""

_HOLE: Final = re2.compile(r"(?s)\{\{(.*?)\}\}")
_BARE: Final = re2.compile(r"^\$[A-Za-z_(]")
_CREDENTIALS: Final = re2.compile(r"\$credentials\b")
_ENVIRONMENT: Final = re2.compile(r"\$env\b|\bprocess\s*\.\s*env\b")
_CLOSING: Final = {")": "(", "]": "[", "}": "{"}


class ExpressionRefusedError(ValueError):
    """The text cannot become an expression; the message is a plain sentence."""


def literal(text: str) -> str:
    """Return a JavaScript string literal for `text` that n8n cannot mistake for the end of an expression."""
    quoted = json.dumps(text, ensure_ascii=False)
    for char in "{}\u2028\u2029\x7f":
        quoted = quoted.replace(char, f"\\u{ord(char):04x}")
    return "".join(char if not 0xD800 <= ord(char) <= 0xDFFF else f"\\u{ord(char):04x}" for char in quoted)


def to_javascript(text: str) -> str:
    """Return the JavaScript expression for a prompt as written by a person.

    Raises `ExpressionRefusedError` for an expression that n8n could not read, or that reaches for credentials or
    environment variables, which an expression cannot use.
    """
    if len(text) > MAX_CHARS:
        raise ExpressionRefusedError(f"This text has more than {MAX_CHARS:,} characters. Let it come in as data.")
    text = text.removeprefix("=")
    if "{{" not in text:
        bare = text.strip()
        return _checked(bare) if _BARE.match(bare) else literal(text)
    pieces = list(_pieces(text))
    if len(pieces) == 1:
        return pieces[0]
    return "[" + ", ".join(pieces) + "].join('')"


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    end = 0
    for hole in _HOLE.finditer(text):
        if hole.start() > end:
            pieces.append(literal(text[end : hole.start()]))
        pieces.append(_checked(hole[1].strip()))
        end = hole.end()
    if end == 0:
        raise ExpressionRefusedError("There is a {{ without its }}.")
    if end < len(text):
        pieces.append(literal(text[end:]))
    return pieces


def _checked(code: str) -> str:
    """Return `code` if n8n can read it as one expression."""
    if not code:
        raise ExpressionRefusedError("There is nothing between {{ and }}.")
    if _CREDENTIALS.search(code):
        raise ExpressionRefusedError("An expression cannot read a credential: $credentials is empty there.")
    if _ENVIRONMENT.search(code):
        raise ExpressionRefusedError("n8n 2 blocks $env in expressions. Keep the value in the workflow's data.")
    if "//" in code or "/*" in code or "`" in code or ";" in code:
        raise ExpressionRefusedError(
            "Write a plain expression such as $json.prompt: no comments, no ; and no backticks."
        )
    if not _balanced(code):
        raise ExpressionRefusedError("A bracket or a quote in the expression is not closed.")
    return code


def _balanced(code: str) -> bool:
    """Return whether brackets and quotes close, and no two braces are adjacent, which n8n would take for the end."""
    stack: list[str] = []
    quote = ""
    skip = False
    for char in code:
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            stack.append(char)
        elif char in _CLOSING and (not stack or stack.pop() != _CLOSING[char]):
            return False
    return not stack and not quote and "{{" not in code and "}}" not in code and not code.endswith("}")
