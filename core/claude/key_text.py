"""What can be said about the text of a key without any network: never an exception, never the key itself.

``inspect(text)`` says whose key it is by its form, what stands around or inside it that does not belong there (and
exactly where), and what n8n does with such a text on each surface. Measured in n8n 2.41.1 on 23 November 2026: the
vendor node, HTTP Request and the credential test send through axios, which drops every character that a header cannot
carry; the chat model sends through fetch, which trims the ends and refuses anything above Latin-1 with a ByteString
error; a non-breaking space, plain quotes and prefixes survive everywhere and end in a 401.
"""

import unicodedata
from enum import StrEnum
from typing import Final

import msgspec
import re2

from core.claude.key_kinds import KeyForm, KeyKind, form_of

MAX_KEY_CHARACTERS: Final = 4_096
"""Longest text that is looked at; the longest known key (Bedrock) has fewer than 300 characters."""


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
    """What becomes of the text on one of n8n's surfaces."""

    WORKS = "works"  # the odd characters are dropped on the way, the key arrives whole
    REFUSED = "refused"  # it arrives as it is, and the answer is a 401
    BYTE_STRING = "byte_string"  # n8n stops before sending: "Cannot convert argument to a ByteString"
    NOT_SENT = "not_sent"  # n8n stops before sending for another reason


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """One remark with its place: `index` counts characters from 0 in the text as typed; `character` is a name."""

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


class KeyText(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about the text of a key; holds no piece of it.

    `cause` is a cause id when what stands there cannot be an Anthropic API key, else None. `mendable` says whether
    `mended` leaves something that may be a key.
    """

    form: KeyForm
    length: int
    observations: tuple[Observation, ...]
    cause: str | None
    mendable: bool

    @property
    def usable(self) -> bool:
        """Whether the text can be sent as it is."""
        return self.cause is None


_NO_BREAK: Final = "\u00a0\u2007\u202f"
_TYPOGRAPHIC: Final = "\u2018\u2019\u201a\u201c\u201d\u201e\u2010\u2011\u2012\u2013\u2014\u2212\u00ab\u00bb"
_ENDS: Final = " \t\r\n"
_QUOTES: Final = "\"'`"
_ASSIGNMENT: Final = re2.compile(
    r"(?i)^(?:export\s+|set\s+|const\s+|-H\s+|\{\s*)?[\"'`]?(?:[\w.]{0,60}(?:api[_-]?key|token|auth|secret|key))[\"'`]?\s*[:=]\s*(.+)$"
)
_BEARER: Final = re2.compile(r"(?i)^(?:authorization:?\s*)?(?:bearer|x-api-key)[\s:]+(.*)$")
_EXPRESSION: Final = re2.compile(r"\{\{|\}\}|\$credentials|\$json|\$env|\$vars|\$secrets|process\.env|^=")
_VARIABLE: Final = re2.compile(
    r"(?i)^(?:\$?\{?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:API_)?(?:KEY|TOKEN|SECRET)\}?|%[A-Z_]+%|<[^<>]*>|\[[^\[\]]*\]"
    r"|your[ _-].*|api[ _-]?key|undefined|null|none|x-api-key)$"
)
_MASKED: Final = re2.compile(r"\.{3}|…|\*{3}|•{3}|x{8}|_{8}")
_ANTHROPIC: Final = re2.compile(r"sk-ant-[a-z]+\d\d-")

_WRONG_KIND: Final = {
    KeyKind.ANTHROPIC_ADMIN: "wrong_key_type",
    KeyKind.ANTHROPIC_ENTERPRISE: "wrong_key_type",
    KeyKind.ANTHROPIC_REFRESH: "wrong_key_type",
    KeyKind.ANTHROPIC_SESSION: "wrong_key_type",
    KeyKind.ANTHROPIC_OAUTH: "oauth_token_as_key",
    KeyKind.OTHER_VENDOR: "other_provider_key",
    KeyKind.N8N_API: "other_provider_key",
    KeyKind.IDENTIFIER: "key_pasted_wrong",
}
_PASTED_WRONG: Final = frozenset(
    {
        Remark.QUOTES,
        Remark.BEARER,
        Remark.ASSIGNMENT,
        Remark.EXPRESSION,
        Remark.VARIABLE,
        Remark.MASKED,
        Remark.TWO_KEYS,
        Remark.TOO_LONG,
    }
)


def inspect(text: str, *, anthropic: bool = True, bearer: bool = False) -> KeyText:
    """Say what `text` is, for a key field whose calls go to Anthropic, or to another host when `anthropic` is False.

    A gateway hands out keys of its own, so another vendor's form is a fault only when the calls go to Anthropic. With
    `bearer`, an OAuth token stands where it belongs.
    """
    stripped = _readable(text)
    if not stripped:
        return _empty(text)
    if len(text) > MAX_KEY_CHARACTERS:
        return _too_long(text)
    key, wrapping = _unwrap(stripped)
    observations = [*_outer_space(text), *wrapping, *_odd_characters(text), *_not_a_key(stripped)]
    if wrapping and " " not in key:  # the space belongs to "Bearer " or "export "
        observations = [each for each in observations if each.remark is not Remark.INNER_SPACE]
    form = form_of(mended(key))
    wrong_kind = _wrong_kind(form, anthropic=anthropic, bearer=bearer)
    if wrong_kind:
        observations.append(_kind(form, bearer=bearer))
    observations += _length(form, key)
    remarks = {each.remark for each in observations}
    broken = any(each.breaks for each in observations)
    return KeyText(
        form=form,
        length=len(text),
        observations=tuple(observations),
        cause=_cause(remarks, wrong_kind, broken=broken, form=form),
        mendable=not remarks & {Remark.EXPRESSION, Remark.VARIABLE, Remark.MASKED, Remark.TWO_KEYS} and not wrong_kind,
    )


def mended(text: str) -> str:
    """Return the key in `text` without the quotes, prefixes, spaces and odd characters around and inside it."""
    key, _ = _unwrap(_readable(text))
    return "".join(letter for letter in key if "!" <= letter <= "~")


def _readable(text: str) -> str:
    """Return the text without space around it, and with half characters, which RE2 refuses, made visible ones."""
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text.strip(_ENDS))


def _empty(text: str) -> KeyText:
    observation = Observation(
        remark=Remark.EMPTY,
        text="The field is empty." if not text else "The field holds nothing but spaces.",
        axios=InN8n.REFUSED,
        chat_model=InN8n.NOT_SENT,
    )
    return KeyText(form=form_of(""), length=len(text), observations=(observation,), cause="missing_key", mendable=False)


def _too_long(text: str) -> KeyText:
    observation = Observation(
        remark=Remark.TOO_LONG,
        text=f"The field holds {len(text):,} characters; a key has about 108.",
        axios=InN8n.REFUSED,
        chat_model=InN8n.REFUSED,
    )
    return KeyText(
        form=form_of(""), length=len(text), observations=(observation,), cause="key_pasted_wrong", mendable=False
    )


def _unwrap(text: str) -> tuple[str, list[Observation]]:
    """Take off quotes, an assignment and a scheme word, in whatever order they were put on."""
    found: dict[Remark, Observation] = {}
    key = text
    for _ in range(4):
        before = key
        for take_off in (_without_assignment, _without_bearer, _without_quotes):
            key, remark = take_off(key.strip(_ENDS))
            if remark:
                found.setdefault(remark, _wrapping(remark))
        if key == before:
            break
    return key, list(found.values())


def _without_assignment(text: str) -> tuple[str, Remark | None]:
    match = _ASSIGNMENT.match(text)
    return (match.group(1), Remark.ASSIGNMENT) if match else (text, None)


def _without_bearer(text: str) -> tuple[str, Remark | None]:
    match = _BEARER.match(text)
    return (match.group(1), Remark.BEARER) if match else (text, None)


def _without_quotes(text: str) -> tuple[str, Remark | None]:
    key = text.rstrip(";,} ").strip(_QUOTES)
    return (key, Remark.QUOTES) if key != text else (text, None)


_WRAPPING_TEXT: Final = {
    Remark.QUOTES: "Quotation marks or a closing comma stand around the key. The field takes the key alone.",
    Remark.BEARER: "A word such as Bearer stands before the key. n8n adds what is needed by itself.",
    Remark.ASSIGNMENT: "A name and a sign such as KEY= stand before the key. The field takes the key alone.",
}


def _wrapping(remark: Remark) -> Observation:
    return Observation(remark=remark, text=_WRAPPING_TEXT[remark], axios=InN8n.REFUSED, chat_model=InN8n.REFUSED)


def _outer_space(text: str) -> list[Observation]:
    if text == text.strip(_ENDS):
        return []
    before = len(text) - len(text.lstrip(_ENDS))
    index = 0 if before else len(text.rstrip(_ENDS))
    where = "before" if before else "after"
    return [
        Observation(
            remark=Remark.OUTER_SPACE,
            text=f"A space or line break stands {where} the key. n8n drops it, other tools may not.",
            index=index,
            character=name_of(text[index]),
        )
    ]


def _odd_characters(text: str) -> list[Observation]:
    """One observation for each kind of odd character, at its first place."""
    start, end = len(text) - len(text.lstrip(_ENDS)), len(text.rstrip(_ENDS))
    found: dict[Remark, Observation] = {}
    for index in range(start, end):
        remark = _odd(text[index])
        if remark and remark not in found:
            found[remark] = _odd_observation(remark, text[index], index)
    return list(found.values())


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


def _odd_observation(remark: Remark, letter: str, index: int) -> Observation:
    survives = letter in " \t" or "\x80" <= letter <= "\xff"  # axios keeps what Latin-1 can carry
    narrow = InN8n.REFUSED if survives else InN8n.NOT_SENT
    return Observation(
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


def _not_a_key(text: str) -> list[Observation]:
    found = []
    if _EXPRESSION.search(text):
        found.append((Remark.EXPRESSION, "An n8n expression stands there as text. It is sent as it is, or as nothing."))
    elif _VARIABLE.match(text):
        found.append((Remark.VARIABLE, "A variable's name or a placeholder stands there, not the key itself."))
    if _MASKED.search(text):
        words = "A shortened hint stands there, as the Console lists keys. The whole key is shown only once."
        found.append((Remark.MASKED, words))
    if len(_ANTHROPIC.findall(text)) > 1:
        found.append((Remark.TWO_KEYS, "Two keys stand there, one after the other."))
    return [
        Observation(remark=remark, text=words, axios=InN8n.REFUSED, chat_model=InN8n.REFUSED) for remark, words in found
    ]


def _wrong_kind(form: KeyForm, *, anthropic: bool, bearer: bool) -> str | None:
    if not anthropic or (bearer and form.kind is KeyKind.ANTHROPIC_OAUTH):
        return None
    return _WRONG_KIND.get(form.kind)


def _kind(form: KeyForm, *, bearer: bool) -> Observation:
    article = "an" if form.label[0] in "AEIOaeio" else "a"
    stands = f"What stands there has the form of {article} {form.label}."
    if form.kind is KeyKind.IDENTIFIER:
        stands = "What stands there is an identifier (of a workspace, an organization or a request), not a key."
    ends = "" if bearer else " Claude's API takes an API key: it starts with sk-ant-api03-."
    return Observation(remark=Remark.KIND, text=stands + ends, axios=InN8n.REFUSED, chat_model=InN8n.REFUSED)


def _length(form: KeyForm, key: str) -> list[Observation]:
    plain = mended(key)
    if form.length is None or len(plain) == form.length:
        return []
    missing = "It may have been cut off." if len(plain) < form.length else "It may hold something more."
    words = f"This kind of key usually has {form.length} characters, and this one has {len(plain)}. {missing}"
    return [Observation(remark=Remark.LENGTH, text=words)]


def _cause(remarks: set[Remark], wrong_kind: str | None, *, broken: bool, form: KeyForm) -> str | None:
    if Remark.MASKED in remarks and wrong_kind != "other_provider_key":
        return "key_pasted_wrong"
    if wrong_kind:
        return wrong_kind
    words = form.kind is KeyKind.UNKNOWN and Remark.INNER_SPACE in remarks
    if words or remarks & _PASTED_WRONG:
        return "key_pasted_wrong"
    return "key_bad_characters" if broken else None
