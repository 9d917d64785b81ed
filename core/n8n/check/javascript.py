"""JavaScript in tokens: enough to tell strings, comments and brackets apart, not a parser.

>>> [(token.kind.name, token.text) for token in tokens("model: 'claude-2' // old")]
[('WORD', 'model'), ('MARK', ':'), ('STRING', "'claude-2'"), ('COMMENT', '// old')]

Linear in the text and never raises; what it cannot read becomes single marks.
"""

from enum import Enum, auto
from typing import Any, Final

import msgspec
import re2

_REGEX: Final = r"/(?:[^/\\\n\[*]|\\.|\[(?:[^\]\\\n]|\\.)*\])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])*/[a-z]*"
_TOKEN: Final = re2.compile(
    r"(?s)(//[^\n]*|/\*.*?\*/)"  # 1 comment
    r"""|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)"""  # 2 string
    r"|([A-Za-z_$][\w$]*)"  # 3 word
    r"|(\d[\w.]*)"  # 4 number
    r"|([(,=:\[!&|?{};+])\s*(" + _REGEX + ")"  # 5, 6 a regular expression can only follow these
    r"|(\S)"  # 7 mark
)
_OPEN: Final = "([{"
_CLOSING: Final = {")": "(", "]": "[", "}": "{"}
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_ESCAPE: Final = re2.compile(r"(?s)\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(\r\n|.))")
_LAST_CODE_POINT: Final = 0x10FFFF


class TokenKind(Enum):
    """What a token is."""

    COMMENT = auto()
    STRING = auto()
    WORD = auto()
    NUMBER = auto()
    REGEX = auto()
    MARK = auto()


class Token(msgspec.Struct, frozen=True):
    """One token: its text and where it is in the source."""

    kind: TokenKind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset behind the token."""
        return self.start + len(self.text)


_KINDS: Final = (TokenKind.COMMENT, TokenKind.STRING, TokenKind.WORD, TokenKind.NUMBER)


def tokens(code: str) -> list[Token]:
    """Return the tokens of JavaScript code, comments too, without white space."""
    result: list[Token] = []
    for match in _TOKEN.finditer(code):
        if match[6] is not None:
            result.append(Token(TokenKind.MARK, match[5], match.start(5)))
            result.append(Token(TokenKind.REGEX, match[6], match.start(6)))
            continue
        kind = next((kind for group, kind in enumerate(_KINDS, 1) if match[group] is not None), TokenKind.MARK)
        result.append(Token(kind, match[0], match.start()))
    return result


def without_comments(code: str) -> str:
    """Return code with spaces where comments were, so that offsets stay."""
    pieces: list[str] = []
    end = 0
    for token in tokens(code):
        if token.kind is TokenKind.COMMENT:
            pieces += [code[end : token.start], " " * len(token.text)]
            end = token.end
    return "".join([*pieces, code[end:]])


def is_balanced(code: str) -> bool:
    """Return whether brackets and quotes close, in order."""
    stack: list[str] = []
    for token in tokens(code):
        if token.kind is not TokenKind.MARK:
            continue
        if token.text in _OPEN:
            stack.append(token.text)
        elif token.text in "\"'`" or (token.text in _CLOSING and (not stack or stack.pop() != _CLOSING[token.text])):
            return False
    return not stack


def decoded(literal: str) -> str | None:
    """Return the text of a string literal of code, its quotes included; None for a template with ``${}``."""
    if literal.startswith("`") and "${" in literal:
        return None
    return str(_ESCAPE.sub(_unescaped, literal[1:-1]))


def _unescaped(match: Any) -> str:
    number = match[1] or match[2] or match[3]
    if number is not None:
        code_point = int(number, 16)
        return chr(code_point) if code_point <= _LAST_CODE_POINT else ""
    char = match[4]
    return "" if char in ("\n", "\r\n") else _ESCAPES.get(char, char)
