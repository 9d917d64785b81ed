"""What can be said about the text of a key without any network. It never raises and never quotes the key.

``inspect(text)`` says whose key it is by its form, what around or inside it does not belong there (and exactly
where), and what n8n does with such a text on each surface. Measured in n8n 2.41.1 on 23 November 2026: the
vendor node, HTTP Request and the credential test send through axios, which drops every character that a header cannot
carry; the chat model sends through fetch, which trims the ends and refuses anything above Latin-1 with a ByteString
error; a non-breaking space, plain quotes and prefixes survive everywhere and end in a 401.
"""

from enum import StrEnum
from typing import Final

import msgspec
import re2

from core.keys.characters import ENDS, InN8n, KeyRemark, Remark, odd_characters, outer_space
from core.keys.kinds import KeyForm, KeyKind, form_of

MAX_KEY_CHARACTERS: Final = 4_096
"""Longest text that is looked at; the longest known key (Bedrock) has fewer than 300 characters."""


class KeyFault(StrEnum):
    """Why a text cannot be an Anthropic API key; each is a cause, whose card names it."""

    MISSING = "missing"
    BAD_CHARACTERS = "bad_characters"
    PASTED_WRONG = "pasted_wrong"
    WRONG_TYPE = "wrong_type"
    OAUTH = "oauth"
    OTHER_VENDOR = "other_vendor"


class KeyText(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about the text of a key; holds no piece of it.

    `fault` is None for a text that can be an Anthropic API key. `cleanable` says whether
    `cleaned` leaves something that may be a key.
    """

    form: KeyForm
    length: int
    remarks: tuple[KeyRemark, ...]
    fault: KeyFault | None
    cleanable: bool


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
    KeyKind.ANTHROPIC_ADMIN: KeyFault.WRONG_TYPE,
    KeyKind.ANTHROPIC_ENTERPRISE: KeyFault.WRONG_TYPE,
    KeyKind.ANTHROPIC_REFRESH: KeyFault.WRONG_TYPE,
    KeyKind.ANTHROPIC_SESSION: KeyFault.WRONG_TYPE,
    KeyKind.ANTHROPIC_OAUTH: KeyFault.OAUTH,
    KeyKind.OTHER_VENDOR: KeyFault.OTHER_VENDOR,
    KeyKind.N8N_API: KeyFault.OTHER_VENDOR,
    KeyKind.IDENTIFIER: KeyFault.PASTED_WRONG,
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
    """Return what `text` is, for a key field whose calls go to Anthropic, or to another host when `anthropic` is False.

    A gateway has keys of its own, so another vendor's form is a fault only when the calls go to Anthropic. With
    `bearer`, an OAuth token is in the right field.
    """
    stripped = _readable(text)
    if not stripped:
        return _empty(text)
    if len(text) > MAX_KEY_CHARACTERS:
        return _too_long(text)
    key, wrapping = _unwrap(stripped)
    remarks = [*outer_space(text), *wrapping, *odd_characters(text), *_not_a_key(stripped)]
    # the space belongs to "Bearer " or "export "
    if wrapping and " " not in key:
        remarks = [each for each in remarks if each.remark is not Remark.INNER_SPACE]
    form = form_of(cleaned(key))
    wrong_kind = _wrong_kind(form, anthropic=anthropic, bearer=bearer)
    if wrong_kind:
        remarks.append(_kind(form, bearer=bearer))
    remarks += _length(form, key)
    remark_kinds = {each.remark for each in remarks}
    broken = any(each.breaks for each in remarks)
    return KeyText(
        form=form,
        length=len(text),
        remarks=tuple(remarks),
        fault=_fault(remark_kinds, wrong_kind, broken=broken, form=form),
        cleanable=not remark_kinds & {Remark.EXPRESSION, Remark.VARIABLE, Remark.MASKED, Remark.TWO_KEYS}
        and not wrong_kind,
    )


def cleaned(text: str) -> str:
    """Return the key in `text` without the quotes, prefixes, spaces and odd characters around and inside it."""
    key, _ = _unwrap(_readable(text))
    return "".join(letter for letter in key if "!" <= letter <= "~")


def text_to_send(text: str, *, clean_key: bool) -> str:
    """Return the text that a test sends as the key; what is sent, and what a stored fingerprint is made of.

    With `clean_key` it is the key without what does not belong there, so that a key has one fingerprint however it was
    pasted. Without, it is `text` as n8n would send it: as it is, but for spaces, tabs and line breaks around it.
    """
    return cleaned(text) if clean_key else text.strip(" \t\r\n")


def _readable(text: str) -> str:
    """Return the text without space around it, and with halves of surrogate pairs, which RE2 refuses, replaced."""
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text.strip(ENDS))


def _empty(text: str) -> KeyText:
    remark = KeyRemark(
        remark=Remark.EMPTY,
        text="The field is empty." if not text else "The field holds nothing but spaces.",
        axios=InN8n.REFUSED,
        chat_model=InN8n.NOT_SENT,
    )
    return KeyText(form=form_of(""), length=len(text), remarks=(remark,), fault=KeyFault.MISSING, cleanable=False)


def _too_long(text: str) -> KeyText:
    remark = KeyRemark(
        remark=Remark.TOO_LONG,
        text=f"The field holds {len(text):,} characters; a key has about 108.",
        axios=InN8n.REFUSED,
        chat_model=InN8n.REFUSED,
    )
    return KeyText(form=form_of(""), length=len(text), remarks=(remark,), fault=KeyFault.PASTED_WRONG, cleanable=False)


def _unwrap(text: str) -> tuple[str, list[KeyRemark]]:
    """Remove quotes, an assignment and a scheme word, in any order; return the key and remarks on them."""
    remarks: dict[Remark, KeyRemark] = {}
    key = text
    for _ in range(4):
        before = key
        for remove in (_without_assignment, _without_bearer, _without_quotes):
            key, remark = remove(key.strip(ENDS))
            if remark:
                remarks.setdefault(remark, _wrapping(remark))
        if key == before:
            break
    return key, list(remarks.values())


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


def _wrapping(remark: Remark) -> KeyRemark:
    return KeyRemark(remark=remark, text=_WRAPPING_TEXT[remark], axios=InN8n.REFUSED, chat_model=InN8n.REFUSED)


def _not_a_key(text: str) -> list[KeyRemark]:
    remarks = []
    if _EXPRESSION.search(text):
        remarks.append((Remark.EXPRESSION, "This is an n8n expression as text. It is sent as it is, or as nothing."))
    elif _VARIABLE.match(text):
        remarks.append((Remark.VARIABLE, "This is a variable's name or a placeholder, not the key itself."))
    if _MASKED.search(text):
        words = "This is a shortened hint, as the Console lists keys. The whole key is shown only once."
        remarks.append((Remark.MASKED, words))
    if len(_ANTHROPIC.findall(text)) > 1:
        remarks.append((Remark.TWO_KEYS, "Two keys stand there, one after the other."))
    return [
        KeyRemark(remark=remark, text=words, axios=InN8n.REFUSED, chat_model=InN8n.REFUSED) for remark, words in remarks
    ]


def _wrong_kind(form: KeyForm, *, anthropic: bool, bearer: bool) -> KeyFault | None:
    if not anthropic or (bearer and form.kind is KeyKind.ANTHROPIC_OAUTH):
        return None
    return _WRONG_KIND.get(form.kind)


def _kind(form: KeyForm, *, bearer: bool) -> KeyRemark:
    article = "an" if form.label[0] in "AEIOaeio" else "a"
    form_sentence = f"This has the form of {article} {form.label}."
    if form.kind is KeyKind.IDENTIFIER:
        form_sentence = "This is an identifier (of a workspace, an organization or a request), not a key."
    advice = "" if bearer else " Claude's API takes an API key: it starts with sk-ant-api03-."
    return KeyRemark(remark=Remark.KIND, text=form_sentence + advice, axios=InN8n.REFUSED, chat_model=InN8n.REFUSED)


def _length(form: KeyForm, key: str) -> list[KeyRemark]:
    plain = cleaned(key)
    if form.length is None or len(plain) == form.length:
        return []
    missing = "It may have been cut off." if len(plain) < form.length else "It may hold something more."
    words = f"This kind of key usually has {form.length} characters, and this one has {len(plain)}. {missing}"
    return [KeyRemark(remark=Remark.LENGTH, text=words)]


def _fault(remark_kinds: set[Remark], wrong_kind: KeyFault | None, *, broken: bool, form: KeyForm) -> KeyFault | None:
    if Remark.MASKED in remark_kinds and wrong_kind is not KeyFault.OTHER_VENDOR:
        return KeyFault.PASTED_WRONG
    if wrong_kind:
        return wrong_kind
    words = form.kind is KeyKind.UNKNOWN and Remark.INNER_SPACE in remark_kinds
    if words or remark_kinds & _PASTED_WRONG:
        return KeyFault.PASTED_WRONG
    return KeyFault.BAD_CHARACTERS if broken else None
