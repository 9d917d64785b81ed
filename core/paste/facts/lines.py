"""Which line of a text tells of the failing, and which are a heading, an echo, a terminal's frame or a person's words.

A line is weighed by what it holds: an error's class, a status, a body, a transport's code, the words in which programs
refuse. The heaviest line is the message; lines without weight are kept beside it.
"""

from typing import Final

import re2

from core.paste.facts.prose import is_told

_BOX: Final = " \t\n\f\r" + "".join(map(chr, range(0x2500, 0x2580)))
_BULLETS: Final = _BOX + "⎿⏺●○◆✕✗✖❌⚠️🔴❯•▪▸►※"
"""Lines, brackets and bullets that terminals and help desks draw around a text."""
_TERMINAL: Final = re2.compile(r"(?m)^\s*[⎿⏺●❯╭╰✻]")
_ECHO: Final = re2.compile(r"(?i)^\s*(?:[>❯$%]\s|(?:user|human|you|me|prompt|input) ?: )")
"""What a person typed, as a terminal or a transcript repeats it."""
_RETRY: Final = re2.compile(
    r"^(?:API|Request|Connection) (?:Error|failed):? ?\((?:[\w.-]+\.[a-z]{2,} \| )?(.{3,}?)\)(?: · .*)?$"
)
"""How Claude Code prints an error while it tries again."""
_CLASS: Final = re2.compile(r"\b[A-Za-z_]\w*(?:Error|Exception|Fault|_error)\b")
_NUMBER: Final = re2.compile(r"(?:^|[\s(:\[])[45]\d\d(?:[\s):,.\]{]|$)")
_SYSTEM: Final = re2.compile(r"\bE[A-Z]{4,14}\b|\b(?:ERR|UND_ERR|CERT)_[A-Z_]+\b")
_REFUSAL: Final = re2.compile(
    r"(?i)\berror\b|\bfail(?:ed|s|ure|ing)?\b|\b(?:in)?valid\b|denied|refused|rejected|\bnot (?:be )?(?:found|allowed"
    r"|permitted|available|supported|authori[sz]ed|enabled|exist|configured|received)\b|exceed|\bunable\b|\bcan(?:not|'t|’t)\b"
    r"|\bcould(?:n't|n’t| not)\b|\bun(?:supported|available|known|authori[sz]ed|expected|recognized)\b|\bmissing\b"
    r"|\brequired\b|forbidden|timed? ?out|expired|disabled|\btoo (?:many|large|long|low|big)\b|\bmust (?:be|not|have)\b"
    r"|\bneeds to be\b"
    r"|malformed|overloaded|blocked|deprecated|\blimit\b|\bquota\b|insufficient|\bno (?:such|available)\b"
    r"|fehler|ungültig|fehlgeschlagen|erreur|échec|inválid|falló|erro\b|错误|失败|无效|エラー|오류"
)
_BODY: Final = re2.compile(r"[{'\"](?:error|message|type|detail)['\"]\s*:")
_CLOSING: Final = re2.compile(
    r"(?i)^(?:hi|hello|hey|dear|thanks?|thank you|cheers|regards|please|any (?:help|idea|hint)|hallo|danke"
    r"|bonjour|merci|hola|gracias)\b"
)
_SENTENCE: Final = re2.compile(r"(?:\p{L}[\p{L}'’-]*\s+){4}.*[.!?…]\s*$")
"""A label or a name has fewer words and no full stop."""
_PROSE_LIMIT: Final = 400
_LINE_LIMIT: Final = 400


def is_terminal(text: str) -> bool:
    """Return whether a text was copied from a terminal that draws its answers, so that `>` begins what was typed."""
    return not text.isascii() and bool(_TERMINAL.search(text))


def is_echo(line: str) -> bool:
    """Return whether a line repeats what a person typed.

    >>> is_echo("> hi"), is_echo("529 Overloaded")
    (True, False)
    """
    return bool(_ECHO.search(line)) and not _BODY.search(line)


def without_frame(line: str) -> str:
    """Return a line without what a terminal draws around it, and without the words about another try.

    >>> without_frame("  ⎿  API Error (Connection error.) · Retrying in 1 seconds… (attempt 1/10)")
    'Connection error.'
    """
    plain = line.lstrip(_BULLETS).rstrip(_BOX)
    retried = _RETRY.search(plain) if plain[:1] in ("A", "R", "C") and "(" in plain else None
    return retried.group(1) if retried else plain


def weight(line: str) -> int:
    """Return how much a line tells of a failing: 0 for a heading, a greeting or other prose without any sign of one.

    >>> weight("It has this error:"), weight("invalid_request_error: max_tokens: Field required") > 1
    (0, True)
    """
    start = line[:_PROSE_LIMIT]
    if _CLOSING.search(start) or start.rstrip().endswith((":", "：")):
        return 0
    signs = (_CLASS.search(start), _NUMBER.search(start), _SYSTEM.search(start), _BODY.search(start))
    found = 2 * sum(sign is not None for sign in signs) + (1 if _REFUSAL.search(start) else 0)
    return found if not is_told(start) else min(found, 1)


def without_afterword(text: str) -> str:
    """Return a text without the sentences behind its last line that tells of a failing.

    >>> without_afterword("JSON parameter needs to be valid JSON\\nMaybe the picture comes from OpenAI.")
    'JSON parameter needs to be valid JSON'
    """
    lines = text.split("\n", _LINE_LIMIT)
    failing = [number for number, line in enumerate(lines) if weight(line) > 0 and not is_told(line)]
    if not failing:
        return text
    after = failing[-1] + 1
    return "\n".join(lines[:after] + [line for line in lines[after:] if not _SENTENCE.search(line)])
