"""Find secrets in sentences: "my password is …", a key on the line below its name, "use … as the token".

Only what cannot be an ordinary word is hidden: characters with digits after a password's name, random characters or
long hex digits after a key's.
"""

from collections.abc import Iterator
from typing import Final

import re2

from core.redaction.by_scheme import pieces
from core.redaction.not_secret import is_evident, is_key, is_label, is_mixed, is_place, is_sentence
from core.redaction.placeholders import is_dense, is_placeholder, is_prose, looks_random
from core.redaction.secret_kinds import SecretKind
from core.redaction.secret_names import SUFFIX, WORDS, Strength, kind_of_name, strength
from core.redaction.shape_patterns import Find, any_of
from core.redaction.work_limit import Crowded, limited, most_places

_NAME: Final = (
    rb"passw(?:or[dt]|d)|passphrase|passcode|kennwort|pwd?|contrase\?a|contrasena|clave|senha|mot de passe|mdp"
    rb"|wachtwoord|has[l?]o|heslo|parola|l\?senord|salasana|secret|api[- _]?key|key|token|jeton|chave"
    rb"|cl\?(?: d'| )(?:api|acc\?s|secr\?te|priv\?e)|schl(?:\?|ue)ssel"
    rb"|credentials?|logins?|pin|jwt|bearer|psw"
)
_VENDORS: Final = (
    rb"cohere|mistral|deepgram|assembly ?ai|azure|twilio|datadog|algolia|stability|deepseek|postmark|snyk|zendesk"
    rb"|pinecone|weaviate|upstash|cloudflare|openweather(?:map)?|trello|mailjet|okta|heroku|serp ?api|serper"
    rb"|airtable|shodan"
    rb"|pexels|unsplash|rapidapi|newsapi|alpaca|binance|coinbase|kraken|exa|brave|bitly|giphy|mapbox|tomtom|intercom"
    rb"|pipedrive"
)
_IS: Final = (
    rb"(?:is|was|from|into|von|auf|ist|war|lautet|est|es|era|son|were|are|will be|should be|to|equals"
    rb"|becomes|reads|says|called|jest|er|var)\b"
    rb"|(?::|=|->|=>|--|-)"
)
_ANY_NAME: Final = rb"(?:" + _NAME + rb"|pass)(?:[0-9]{1,2}|_prod|_dev|_live|_test)?"
_STATED: Final = re2.compile(
    rb"(?i)(" + _ANY_NAME + rb")s?\b(?:[ \t]+\?|(?:[ \t]+[a-z_.'@\"\x01?-]+){0,4}?(?:[ \t]*\([^()\r\n]{0,40}\))?"
    rb"(?:[ \t]+(?:"
    + _IS
    + rb"|/))|[ \t]*\([^()\r\n]{0,40}\)[ \t]*[:=])(?:[ \t]+(?:now|still|set to|jetzt|this|:))?[ \t]*:?[ \t]*"
    rb"((?:\\*[\"'`])?[(<\[]?(?:\\*[\"'`])?)([^\s\"'`<>\\]{4,})"
)
_BESIDE: Final = re2.compile(
    rb"(?i)(" + _NAME + rb")[ \t]*[ \t(](?:\\*[\"'`])?[(<\[]?(?:\\*[\"'`])?([^\s\"'`<>()\\]{6,})"
)
_AFTERWARDS: Final = re2.compile(
    rb"(?i)[\"'`)]{0,2},?[ \t]+(?:is|as|ist|als|como|comme|est|es|for|was)[ \t]+(?:[a-z'/-]+[ \t]+){0,4}("
    + _NAME
    + rb")\b"
)
_NEAR: Final = re2.compile(
    rb"(?i)\b(?:"
    + _NAME
    + rb"|"
    + _VENDORS
    + rb")s?\b([^\r\n\"{}]{0,60}?)(?:[^A-Za-z0-9_./+=%~\\-])([A-Za-z0-9_.+/=~-]{20,})"
)
_NO_SECRET: Final = re2.compile(
    rb"(?i)hash|sha-?[0-9]|md5|commit|etag|checksum|digest|trace|span|request|constraint|index|unique"
    rb"|duplicate|foreign"
    rb"|primary|\bids?\b|version|fingerprint|session|webhook|execution|workflow|revision|image|picture"
    rb"|sort|cache|idempot"
    rb"|\bpublic\b|build|signature of"
)
_NEXT_LINE: Final = re2.compile(
    rb"(?im)(?:" + WORDS + rb")" + SUFFIX + rb"\*{0,2}[ \t]*[:=?]?\*{0,2}[ \t]*(?:\r?\n[ \t]*){1,2}"
    rb"[> \t]{0,8}[\"'`]?((?:[A-Za-z][\w-]*[ \t]+)?[^\s\"'`]*[0-9][^\s\"'`]*)[\"'`]?[ \t]*\r?$"
)
_WHOLE_NAME: Final = re2.compile(rb"[ \t>*#|-]{0,8}([\w .*/()-]{1,60})")
_IDENTIFIER_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
_REACH: Final = 60
_DATE_OR_VERSION: Final = re2.compile(rb"v?[0-9]{1,6}(?:[.:/_-][0-9]{1,6}){0,6}[a-z]{0,5}")
_TOKEN_ENDS: Final = tuple(bytes([code]) for code in b" \t\r\n\"'`<>,;:(\\")
_PASS_IS: Final = (b"is", b"was", b"ist", b"=", b":", b"is:")
_OF_PUBLIC: Final = re2.compile(
    rb"(?i)\b(?:rsa|dsa|ecdsa|eddsa|gpg|pgp|public|cache|host|primary|foreign|partition|sort|redis)[ \t]+$"
)
_OF_OTHER: Final = re2.compile(
    rb"(?i)ssh-|ecdsa|ed25519|base64|integrity|sheet|document|folder|drive|\bfile|video|certificate|model"
)
_FRAME: Final = b"----"
"""What follows the name in a header such as ``-----BEGIN PUBLIC KEY-----``."""

_LOGIN: Final = re2.compile(
    rb"(?i)(?:^|[^\w/.:@-])(?:logins?|credentials?|creds?|zugang(?:sdaten)?|anmeldedaten|log-?in data"
    rb"|identifiants?|acceso|accesso"
    rb"|inloggegevens|user(?:name)?|benutzer|usuario)\b\*{0,2}[ \t]*(?:[ \t](?:is|are|sind|ist|son|-)"
    rb"|[:=]){1,2}[ \t]*[`\"']?"
    rb"[\w.@+-]{1,60}(?:[ \t]*[/|][ \t]*|:)([^\s\"'`<>\\]{5,60})"
)
_PROMPT_ANSWER: Final = re2.compile(
    rb"(?i)\b(?:passw(?:or[dt]|d)?|pwd?|pass|passphrase|pin|passwort"
    rb"|kennwort)[ \t]?\?[ \t]*(?:\r?\n[> \t]*)?([^\s\"'`<>]{5,60})[ \t]*(?:\r?\n|$)"
)
_OF_ADDRESS: Final = re2.compile(
    rb"(?:^|[\s\"'`,;])[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,30}){1,4}[:|]([^\s\"'`<>/|:]{5,60})(?:[\s\"'`,]|$)"
)
"""``me@example.com:password``, as lists of accounts have it."""

_QUOTED: Final = re2.compile(rb"(?i)\b(?:pass|pw)[ \t]+\\*([\"'])([^\"'\\\r\n]{4,80})\\*[\"']")
_ALONE: Final = re2.compile(
    rb"(?:^|\n)([A-Za-z0-9_+=-]{32,}) [a-z]+ [a-z]+"
    rb"|(?:^|[\s\"'`(])[a-z?]{1,12}[:,]?[ \t]+[`\"'(]?([A-Za-z0-9_+=-]{32,})(?:[`\"'),.;:!?]{0,2}(?:[ \t]"
    rb"+[a-z(]|[ \t]*(?:\r?\n|$)))"
)
"""A long random token within a sentence that does not say what it is."""

_CODE: Final = re2.compile(
    rb"(?i)\b(?:(?:verification|security|one[- ]time|login|log-in|sign-in|2fa|mfa|otp|backup|recovery|authentication"
    rb"|confirmation)[- ]?(?:code|pin|password|passcode)s?|otp|pin(?:[- ]?code)?|best\?tigungscode|sicherheitscode)\b"
    rb"[ \t]*(?:[ \t](?:is|was|ist|for[ \t]+\w{1,30}[ \t]+is)|[:=])[ \t]*[\"'`*]{0,2}([0-9]{4,10}"
    rb"|[A-Za-z0-9]{3,6}-[A-Za-z0-9-]{3,30})"
)
_PHRASE: Final = re2.compile(
    rb"(?i)(?:^|[^a-z])(?:(?:seed|recovery|mnemonic|backup|wallet|secret|pass)[-_ ]?(?:phrase|words)"
    rb"|mnemonic)[\"']?[ \t]*(?:is|ist)?"
    rb"[ \t]*[:=][ \t]*(?:\r?\n[ \t]*)?[\"'`]?([a-z]{3,12}(?:[ -][a-z]{3,12}){3,23})[\"'`]?[ \t]*(?:[.;,}]|\r?\n|$)"
)
_UUID: Final = re2.compile(rb"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_EXPLICIT_NAMES: Final = (b"key", b"api key", b"api-key", b"apikey", b"token", b"secret")
"""Names after which even a UUID is a secret."""

_SHORTEST: Final = 6
_CLOSING: Final = b".,;:!?)]}>*"


ANY_SENTENCE: Final = any_of(
    _NEXT_LINE,
    _STATED,
    _BESIDE,
    _AFTERWARDS,
    _NEAR,
    _LOGIN,
    _CODE,
    _PHRASE,
    _PROMPT_ANSWER,
    _OF_ADDRESS,
    _QUOTED,
    _ALONE,
)


def find_in_sentences(data: bytes) -> Iterator[Find]:
    """Yield the secrets of sentences and of the line below a name."""
    if not ANY_SENTENCE.search(data):
        return
    yield from _find_alone(data)
    for match in limited(_NEXT_LINE.finditer(data), len(data)):
        name = _name_of_line(data, match.start())
        if name and _counts_below(name, match[1]):
            yield from _find(data, match.start(1), match.end(1), name)
    for match in limited(_STATED.finditer(data), len(data)):
        token, name = match[3].rstrip(_CLOSING), _identifier(data, match.start(1), match.end(1))
        if _NO_SECRET.search(data, match.end(1), match.start(2)) and not _is_password_name(name):
            continue
        if _is_public(data, match.start()):
            continue
        if name.lower() == b"pass" and data[match.end(1) : match.start(2)].strip() not in _PASS_IS:
            continue
        if _counts_stated(name, token, quoted=bool(match[2])):
            yield from _find(data, match.start(3), match.start(3) + len(token), name)
    for match in limited(_BESIDE.finditer(data), len(data)):
        token = match[2].rstrip(_CLOSING)
        name = _identifier(data, match.start(1), match.end(1))
        if _is_public(data, match.start()):
            continue
        if (name == match[1] or strength(name) > Strength.WEAK) and _counts_beside(name, token):
            yield from _find(data, match.start(2), match.start(2) + len(token), name)
    for match in limited(_AFTERWARDS.finditer(data), len(data)):
        start = _token_start(data, match.start())
        if match.start() - start >= _SHORTEST and _counts_beside(
            match[1], data[start : match.start()].rstrip(_CLOSING)
        ):
            yield from _find(data, start, match.start(), match[1])
    yield from _find_logins(data)
    for match in limited(_NEAR.finditer(data), len(data)):
        token = match[2].rstrip(b".=")
        if match[1].startswith(_FRAME) or _is_public(data, match.start()) or _NO_SECRET.search(match[1]):
            continue
        if is_key(token) and not _is_other_pair(token):
            yield Find(match.start(2), match.start(2) + len(match[2].rstrip(b".")), SecretKind.SECRET)


def _find_alone(data: bytes) -> Iterator[Find]:
    left = most_places(len(data))
    for match in _ALONE.finditer(data):
        group = 1 if match[1] is not None else 2
        token, start = match[group].rstrip(b"="), match.start(group)
        if token.isalpha() or token.islower() or not is_dense(token) or not is_key(token):
            continue
        before = data[max(0, start - _REACH) : start].rsplit(b"\n", 1)[-1]
        if not _NO_SECRET.search(before) and not _OF_OTHER.search(before):
            if not left:
                raise Crowded(start)
            left -= 1
            yield Find(start, match.end(group), SecretKind.SECRET)


def _find_logins(data: bytes) -> Iterator[Find]:
    """Yield the passwords behind a user's name, the codes of a sign-in and the words of a phrase."""
    for pattern in (_LOGIN, _PROMPT_ANSWER, _OF_ADDRESS, _QUOTED):
        for match in limited(pattern.finditer(data), len(data)):
            start, token = match.start(pattern.groups), match[pattern.groups]
            token = token.rstrip(_CLOSING.replace(b"!", b"").replace(b"?", b""))
            if is_mixed(token) and not (
                token.startswith(b"/") or is_placeholder(token) or is_place(token) or _DATE_OR_VERSION.fullmatch(token)
            ):
                yield from _find(data, start, start + len(token), b"password")
    for match in limited(_CODE.finditer(data), len(data)):
        if any(48 <= code <= 57 for code in match[1]):
            yield from _find(data, match.start(1), match.end(1), b"password")
    for match in limited(_PHRASE.finditer(data), len(data)):
        if not is_sentence(match[1]):
            yield from _find(data, match.start(1), match.end(1), b"password")


def _is_public(data: bytes, at: int) -> bool:
    """Return whether a name is that of a public key, a cache's key or a table's key."""
    return _OF_PUBLIC.search(data[max(0, at - _REACH) : at]) is not None


def _is_other_pair(token: bytes) -> bool:
    """Return whether a token is a parameter of an address that is not a secret's (``trackingId=…``)."""
    name, joint, value = token.partition(b"=")
    return bool(joint and value.strip(b"=")) and strength(name) is Strength.NONE


def _name_of_line(data: bytes, at: int) -> bytes:
    """Return the name that fills the line around a secret's word, or nothing if there is more in the line."""
    first = data.rfind(b"\n", max(0, at - _REACH), at) + 1
    last = data.find(b"\n", at, at + _REACH)
    if last < 0 or (not first and at > _REACH):
        return b""
    whole = _WHOLE_NAME.fullmatch(data[first:last].rstrip(b"\r :=?*"))
    return bytes(whole[1]) if whole else b""


def _identifier(data: bytes, start: int, end: int) -> bytes:
    """Return the whole identifier that ends in a word: ``N8N_SMTP_PASS``."""
    before = data[max(0, start - _REACH) : start]
    return before[len(before.rstrip(_IDENTIFIER_LETTERS)) :] + data[start:end]


def _token_start(data: bytes, at: int) -> int:
    before = data[max(0, at - 4 * _REACH) : at]
    return at - len(before) + max(before.rfind(mark) for mark in _TOKEN_ENDS) + 1


def _find(data: bytes, start: int, end: int, name: bytes) -> Iterator[Find]:
    yield from pieces(data, start, end, kind_of_name(name))


def _is_password_name(name: bytes) -> bool:
    return strength(name) is Strength.PASSWORD or name.lower() in (
        b"pw",
        b"pin",
        b"login",
        b"logins",
        b"psw",
        b"clave",
        b"mdp",
    )


def _counts_below(name: bytes, value: bytes) -> bool:
    name_strength = strength(name.strip(b" *"))
    token = value.split()[-1]
    if (
        name_strength <= Strength.WEAK
        or is_prose(token)
        or is_place(token)
        or token.endswith((b":", b",", b"{", b"[", b";"))
    ):
        return False
    mixed = any(48 <= c <= 57 for c in token) and any(chr(c).isalpha() for c in token)
    if name_strength is Strength.PASSWORD:
        return (mixed and not _DATE_OR_VERSION.fullmatch(token)) or looks_random(token)
    return is_evident(token)


def _counts_stated(name: bytes, token: bytes, *, quoted: bool) -> bool:
    if is_prose(token) or is_placeholder(token) or is_place(token) or _DATE_OR_VERSION.fullmatch(token):
        return False
    if _UUID.fullmatch(token) and name.lower() in _EXPLICIT_NAMES:
        return True
    if not _is_password_name(name):
        return (
            (strength(name) > Strength.NONE or len(name) < 12)
            and is_evident(token)
            and not any(code in b"(){}|;" for code in token)
        )
    if quoted and not token.isalpha() and not is_label(token):
        return True
    return is_mixed(token)


def _counts_beside(name: bytes, token: bytes) -> bool:
    if is_prose(token) or is_placeholder(token) or is_place(token) or _DATE_OR_VERSION.fullmatch(token):
        return False
    if any(c in b"=:{}()|\\/" for c in token):
        return False
    if _is_password_name(name) and name.lower() not in (b"login", b"logins", b"pin"):
        return is_mixed(token) and not token.startswith(b"#")
    return len(token) >= 16 and is_evident(token)
