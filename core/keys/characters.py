"""Characters in the text of a key that no key has: which, where, and what n8n does with each.

Measured in n8n 2.41.1 on 23 November 2026: axios (vendor node, HTTP Request, credential test) drops what a header
cannot carry; fetch (chat model) trims the ends and refuses anything above Latin-1; Latin-1 itself survives both.
"""

import unicodedata
from enum import StrEnum
from typing import Final

import msgspec


class Remark(StrEnum):
    """One thing that was noticed in the text of a key."""

    EMPTY = "empty"
    OUTER_SPACE = "outer_space"
    INNER_SPACE = "inner_space"
    LINE_BREAK = "line_break"
    NO_BREAK_SPACE = "no_break_space"
    INVISIBLE = "invisible"
    TYPOGRAPHIC = "typographic"
    CONTROL = "control"
    NOT_LATIN = "not_latin"
    QUOTES = "quotes"
    BEARER = "bearer"
    ASSIGNMENT = "assignment"
    EXPRESSION = "expression"
    VARIABLE = "variable"
    MASKED = "masked"
    TWO_KEYS = "two_keys"
    TOO_LONG = "too_long"
    LENGTH = "length"
    KIND = "kind"


class InN8n(StrEnum):
    """What happens to the text on one of n8n's surfaces."""

    WORKS = "works"  # n8n drops the odd characters, and the key arrives whole
    REFUSED = "refused"  # it arrives as it is, and the answer is a 401
    BYTE_STRING = "byte_string"  # n8n stops before sending: "Cannot convert argument to a ByteString"
    NOT_SENT = "not_sent"  # n8n stops before sending for another reason


class KeyRemark(msgspec.Struct, frozen=True, kw_only=True):
    """One remark with its position: `index` counts characters from 0 in the text as typed; `character` is a name."""

    remark: Remark
    text: str
    index: int | None = None
    character: str | None = None
    axios: InN8n = InN8n.WORKS  # vendor node, HTTP Request, credential test
    chat_model: InN8n = InN8n.WORKS

    @property
    def breaks(self) -> bool:
        """Whether some surface of n8n cannot work with it."""
        return self.axios is not InN8n.WORKS or self.chat_model is not InN8n.WORKS


_NO_BREAK: Final = "\u00a0\u2007\u202f"
_TYPOGRAPHIC: Final = "\u2018\u2019\u201a\u201c\u201d\u201e\u2010\u2011\u2012\u2013\u2014\u2212\u00ab\u00bb"
ENDS: Final = " \t\r\n"


def outer_space(text: str) -> list[KeyRemark]:
    """Return a remark on space around the key, which n8n drops."""
    if text == text.strip(ENDS):
        return []
    before = len(text) - len(text.lstrip(ENDS))
    index = 0 if before else len(text.rstrip(ENDS))
    where = "before" if before else "after"
    return [
        KeyRemark(
            remark=Remark.OUTER_SPACE,
            text=f"A space or line break stands {where} the key. n8n drops it, other tools may not.",
            index=index,
            character=name_of(text[index]),
        )
    ]


def odd_characters(text: str) -> list[KeyRemark]:
    """Return one remark for each kind of odd character, at its first position."""
    start, end = len(text) - len(text.lstrip(ENDS)), len(text.rstrip(ENDS))
    remarks: dict[Remark, KeyRemark] = {}
    for index in range(start, end):
        remark = _odd(text[index])
        if remark and remark not in remarks:
            remarks[remark] = _odd_remark(remark, text[index], index)
    return list(remarks.values())


def _odd(letter: str) -> Remark | None:
    if "!" <= letter <= "~":
        return None
    if letter in " \t":
        return Remark.INNER_SPACE
    if letter in "\r\n\u2028\u2029\u0085":
        return Remark.LINE_BREAK
    if letter in _NO_BREAK:
        return Remark.NO_BREAK_SPACE
    if letter in _TYPOGRAPHIC:
        return Remark.TYPOGRAPHIC
    category = unicodedata.category(letter)
    if category in {"Cf", "Mn", "Me", "Zs"} or letter in "\u3164\uffa0\u115f":
        return Remark.INVISIBLE
    return Remark.CONTROL if category in {"Cc", "Cs", "Co", "Cn"} else Remark.NOT_LATIN


_ODD_TEXT: Final = {
    Remark.INNER_SPACE: "A space stands inside the text.",
    Remark.LINE_BREAK: "A line break stands inside the text.",
    Remark.NO_BREAK_SPACE: "A space that looks ordinary but is not (a non-breaking space) is in the text.",
    Remark.INVISIBLE: "A character that cannot be seen is in the text.",
    Remark.TYPOGRAPHIC: "A typographic quotation mark or dash, as word processors make them, is in the text.",
    Remark.CONTROL: "A control character is in the text.",
    Remark.NOT_LATIN: "A letter that no key has is in the text.",
}


def _odd_remark(remark: Remark, letter: str, index: int) -> KeyRemark:
    # axios keeps what Latin-1 can carry
    survives = letter in " \t" or "\x80" <= letter <= "\xff"
    narrow = InN8n.REFUSED if survives else InN8n.NOT_SENT
    return KeyRemark(
        remark=remark,
        text=f"{_ODD_TEXT[remark]} It is character {index + 1}: {name_of(letter)}.",
        index=index,
        character=name_of(letter),
        axios=InN8n.REFUSED if survives else InN8n.WORKS,
        chat_model=InN8n.BYTE_STRING if ord(letter) > 0xFF else narrow,
    )


def name_of(letter: str) -> str:
    """Return a character's code point and Unicode name, such as ``U+200B ZERO WIDTH SPACE``; letters stay unnamed."""
    names = {"\n": "LINE FEED", "\r": "CARRIAGE RETURN", "\t": "TABULATION", "\x00": "NULL", "\x85": "NEXT LINE"}
    name = names.get(letter) or unicodedata.name(letter, "")
    return f"U+{ord(letter):04X} {name}".strip()
