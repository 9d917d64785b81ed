"""Strangers' text inside Markdown of ours, for ticket systems that turn it into markup."""

from typing import Final

import re2

_MARKUP: Final = re2.compile(r"([\\`*_{}\[\]()<>#!|~])")
_BACKTICKS: Final = re2.compile(r"`+")
_WHITE_SPACE: Final = re2.compile(r"\s+")

LONGEST_FACT: Final = 500
_LONGEST_PROSE: Final = 2_000


def prose(text: str) -> str:
    """Return prose on one line: every sign that could start markup carries a backslash."""
    return str(_MARKUP.sub(r"\\\1", one_line(text, _LONGEST_PROSE)))


def code(text: str) -> str:
    """Return a code span that holds `text` whatever backticks are in it."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def one_line(text: str, limit: int = LONGEST_FACT) -> str:
    """Return the text on one line, cut at `limit` characters."""
    flat = str(_WHITE_SPACE.sub(" ", text)).strip()
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
