"""What can be said about the text of a key without any network: never an exception, never the key itself.

``inspect(text)`` says whose key it is by its form, what stands around or inside it that does not belong there (and
exactly where), and what n8n does with such a text on each surface. Measured in n8n 2.41.1 on 23 November 2026: the
vendor node, HTTP Request and the credential test send through axios, which drops every character that a header cannot
carry; the chat model sends through fetch, which trims the ends and refuses anything above Latin-1 with a ByteString
error; a non-breaking space, plain quotes and prefixes survive everywhere and end in a 401.
"""

from typing import Final

import msgspec
import re2

from core.keys.characters import ENDS, InN8n, Observation, Remark, odd_characters, outer_space
from core.keys.kinds import KeyForm, KeyKind, form_of

MAX_KEY_CHARACTERS: Final = 4_096
"""Longest text that is looked at; the longest known key (Bedrock) has fewer than 300 characters."""


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
    observations = [*outer_space(text), *wrapping, *odd_characters(text), *_not_a_key(stripped)]
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


def text_to_send(text: str, *, mend: bool) -> str:
    """Return the text that a test sends as the key; what is sent, and what a stored fingerprint is made of.

    With `mend` it is the key without what does not belong there, so that a key has one fingerprint however it was
    pasted. Without, it is `text` as n8n would send it: as it is, but for spaces, tabs and line breaks around it.
    """
    return mended(text) if mend else text.strip(" \t\r\n")


def _readable(text: str) -> str:
    """Return the text without space around it, and with half characters, which RE2 refuses, made visible ones."""
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text.strip(ENDS))


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
            key, remark = take_off(key.strip(ENDS))
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
