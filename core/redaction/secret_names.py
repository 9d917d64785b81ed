"""Judge a name: does the value after it hold a secret, and how certain is that from the name alone?

A name is read by its last words, split at ``_``, ``-``, ``.``, spaces and capitals: ``N8N_SMTP_PASS`` ends in
``pass``, ``X-Company-Key`` in a ``key`` of a company, ``sessionKey`` in a ``key`` of a session, which in n8n is the
name of a chat's memory.
"""

from enum import IntEnum
from typing import Final

import re2

from core.redaction.secret_kinds import SecretKind


class Strength(IntEnum):
    """How much a name says about its value."""

    NONE = 0
    WEAK = 1
    """Usually something else (``key``, ``session_id``): only a value that looks random is a secret."""
    MEDIUM = 2
    """A key of something (``ACME_KEY``): a value with digits, hex or random characters is a secret."""
    STRONG = 3
    """A key or token: any value that is not code, a label or a sentence."""
    PASSWORD = 4
    """A password: even a plain word is a secret."""


PASSWORD_WORDS: Final = (
    rb"passw(?:or[dt]|d)?|passwrd|pass[-_ ]?phrase|pass word|passcode|kennwort|pswd|pwd|contrase\?a|contrasena"
    rb"|contrasenya|senha|mot[-_ ]?de[-_ ]?passe|wachtwoord|l\?senord|losenord|salasana|has[l?]o|heslo"
    rb"|adgangskode|kodeord|parola|passord|lozinka|kata sandi|jelsz\?|\?ifre|sifre|m\?t kh\?u"
    rb"|slapta\?odis|parool|lykilor\?"
    rb"|psk|pw|mdp|clave|pass"
)
_KEYS: Final = rb"[ck]l\?|schl(?:ue|\?)ssel|chave|nyckel|key"
WORDS: Final = (
    PASSWORD_WORDS + rb"|secret[-_]?id|secrets?|token|jeton|authorization|cookies?|session(?:[-_]?id)?"
    rb"|jwt|credentials?"
    rb"|\b(?:x-)?auth|_auth|signature|connection[-_ ]?string|licen[cs]e|\bbearer"
    rb"|_(?:private|signing|creds?|otp|totp|pin|pat|bot|api)|tok|service[-_]role"
    rb"|(?:unlock|backup|recovery|activation|auth|access)[-_ ]?code|salt|pepper|mnemonic|(?:header|auth)[-_]?value|"
    + _KEYS
)
"""What the last word of a secret's name begins or ends with, as an RE2 pattern to be used without regard to case."""

SUFFIX: Final = (
    rb"(?:[-_ ]?(?:prod|production|live|dev|test|staging|old|new|current|value|primary|secondary|main|default"
    rb"|b64|base64"
    rb"|encoded|plain|raw|confirm(?:ation)?|repeat|again|base|v[0-9]|hex|pem|override|local|root|admin|readonly"
    rb"|rw|ro|file[-_]content|contents?|[0-9]{1,3})\b)?"
)
"""What may follow the last word without changing the meaning of the name."""

_STRONG_KEYS: Final = frozenset(
    b"api hapi app application consumer access secret private auth authorization authentication encryption encrypt"
    b" decryption signing sign master account subscription client service license licence shared virtual"
    b" anthropic claude openai webhook company customer partner tenant admin server security aes hmac cipher"
    b" crypto deploy ssh integration ingest write read rest project-api apikey bot merchant publishable live"
    b" test sandbox prod production activation product serial wpa wifi recovery backup vault storage-account"
    b" developer dev personal team workspace".split()
)
_STRONG_ENDS: Final = tuple(sorted(word for word in _STRONG_KEYS if len(word) > 3))
_OTHER_KEYS: Final = frozenset(
    b"primary foreign sort partition object idempotency cache routing public map dict row group index hot"
    b" shortcut arrow issue project translation label property column field unique lookup event storage bucket"
    b" join merge match dedupe dedup memory data json xml node parent child item list sub search filter query"
    b" param parameter input output config setting option default current next prev previous last first start"
    b" end record entity type category status state queue topic message thread conversation chat page file path"
    b" image redis this that the a an by on any each same other custom composite compound natural surrogate hash"
    b" range attribute header cell sheet document doc key answer menu return tab escape shift enter control alt"
    b" delete up down left right is has with per for of to array nested root template variable var tag metadata"
    b" meta".split()
)
_POINTERS: Final = frozenset(b"existing external".split())
"""Words before a secret's name after which the value says where it is kept (``existingSecret: db-secret``)."""

_NOT_TOKENS: Final = frozenset(
    b"max next page continuation pagination unexpected special stop end start per total cost by of eos bos sync"
    b" cursor nextpage prev previous".split()
)
_KEY_MATERIAL: Final = (
    *(b"signature", b"bearer", b"_auth", b"_private", b"_signing", b"_cred", b"_creds", b"_otp", b"_totp", b"_pin"),
    *(b"_pat", b"_bot", b"_api", b"tok", b"role", b"code"),
    *(b"salt", b"pepper", b"mnemonic", b"value"),
)
"""Words that end a key's name as often as another's, so that the value must look like a key."""

_GLUED: Final = re2.compile(
    rb"(?i)(?:db|store|key|user|smtp|imap|mail|email|sql|mysql|pg|root|admin|ftp|redis|mongo|login|wifi"
    rb"|basic|auth|my|http|proxy)pass"
    rb"|(?:bind|root|admin|user|db|my|ldap|smtp|new|old)pw"
    rb"|(?:api|app|access|secret|private|auth|encryption|signing|master|account|subscription|client"
    rb"|service|license|hapi)key"
)
_PASSWORD: Final = re2.compile(rb"(?i)(?:" + PASSWORD_WORDS + rb")")
_LAST: Final = re2.compile(rb"(?i)(.*?)((?:" + WORDS + rb"))(" + SUFFIX + rb")")
_QUALIFIER: Final = re2.compile(rb"([A-Z]?[a-z?]+|[A-Z?]+|[0-9]+)[-_. ]*$")
_SESSION: Final = re2.compile(rb"(?i)session(?:[-_]?id)?")
_TRIMMED: Final = b"* \t:=>\"'`\\()[]{}<,|"
_LONGEST: Final = 80


def strength(name: bytes) -> Strength:
    """Return how much a name says; expects the name alone, without its separator."""
    name = name.strip(_TRIMMED).rstrip(_TRIMMED + b"-")[-_LONGEST:]
    last = _LAST.fullmatch(name)
    if not last:
        return Strength.NONE
    before, word = last[1], last[2]
    lowered = word.lower()
    if not _starts_word(name, len(before)) and not _counts_glued(name, before, lowered):
        return Strength.NONE
    qualifier_match = _QUALIFIER.search(before)
    qualifier = qualifier_match[1].lower() if qualifier_match else b""
    if name == b"PASS" or name.lower() in (b"pass/fail", b"passes"):
        return Strength.MEDIUM
    if qualifier in _POINTERS:
        return Strength.WEAK
    if _PASSWORD.fullmatch(word) or lowered in (b"secret", b"secrets", b"connectionstring", b"connection string"):
        return Strength.PASSWORD
    if lowered.endswith((b"key", b"?ssel", b"uessel", b"chave", b"nyckel")) or lowered in (b"cl?", b"kl?"):
        return _of_key(before, qualifier)
    return _of_other(lowered, qualifier)


def _starts_word(name: bytes, at: int) -> bool:
    """Return whether a word begins at an offset: after a joint, or at a capital after a small letter or acronym."""
    if at == 0:
        return True
    before, first, second = name[at - 1 : at], name[at : at + 1], name[at + 1 : at + 2]
    if not before.isalpha() or first == b"_":
        return True
    return first.isupper() and (before.islower() or second.islower())


def _counts_glued(name: bytes, before: bytes, word: bytes) -> bool:
    if word in (b"pass", b"key", b"pw", b"clave", b"mdp"):
        return _GLUED.fullmatch(name[-(len(word) + 12) :].rsplit(b"_", 1)[-1].rsplit(b"-", 1)[-1]) is not None
    return len(word) >= 5 and word not in (b"session", b"cookie", b"cookies", b"license", b"licence", b"signature")


def _of_key(before: bytes, qualifier: bytes) -> Strength:
    if not before:
        return Strength.WEAK
    if qualifier in _STRONG_KEYS or before.lower().endswith(_STRONG_ENDS):
        return Strength.STRONG
    if qualifier in _OTHER_KEYS or qualifier == b"session":
        return Strength.WEAK
    return Strength.MEDIUM


def _of_other(word: bytes, qualifier: bytes) -> Strength:
    if _SESSION.fullmatch(word) or word in (b"credential", b"credentials", b"auth", b"x-auth", b"license", b"licence"):
        counts = word == b"x-auth" or (word.startswith(b"credential") and qualifier)
        return Strength.MEDIUM if counts else Strength.WEAK
    if word in (b"token", b"jeton") and qualifier in _NOT_TOKENS:
        return Strength.WEAK
    if word.endswith(_KEY_MATERIAL):
        return Strength.MEDIUM
    return Strength.STRONG


_KINDS: Final = (
    ((b"encryption_key", b"encryption-key", b"encryptionkey"), SecretKind.N8N_ENCRYPTION_KEY),
    ((b"api_key", b"api-key", b"apikey", b"api key", b"authorization"), SecretKind.SECRET),
    ((b"cookie",), SecretKind.COOKIE),
    ((b"pass", b"pwd", b"kennwort", b"contrase", b"senha", b"wachtwoord", b"senord", b"salasana", b"heslo"),
     SecretKind.PASSWORD),
    ((b"aws_secret", b"aws-secret"), SecretKind.AWS_KEY),
    ((b"token", b"jwt", b"session"), SecretKind.TOKEN),
)  # fmt: skip


def kind_of_name(name: bytes) -> SecretKind:
    """Return the kind of secret that belongs to this name."""
    lowered = name.lower()[-60:]
    for words, kind in _KINDS:
        if any(word in lowered for word in words):
            return kind
    return SecretKind.SECRET
