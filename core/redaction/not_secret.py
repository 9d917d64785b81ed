"""Values that are not secrets although they follow a secret's name: code, labels, sentences, paths and ids.

People paste workflows, and n8n's own fields and code are full of names such as ``sessionKey`` or ``botToken``. A value
is judged by its form, never by a list of known values.
"""

from typing import Final

import re2

from core.redaction.placeholders import is_placeholder, is_prose, looks_random
from core.redaction.secret_names import Strength, strength

_EXPRESSION: Final = re2.compile(
    rb"(?:await\s+|new\s+|!+)?\$(?:json|env|input|node|credentials|vars|secrets|execution|workflow|items?|parameter|prevNode"
    rb"|now|today|fromAI|helpers|getWorkflowStaticData|runIndex|itemIndex|binary|evaluateExpression|jmespath|\()"
    rb"|![01](?:[,;})]|$)|process\.env\b|import\.meta\b|os\.(?:environ|getenv)|(?:await|new|typeof|function|async)\s"
)
_CHAIN: Final = re2.compile(rb"[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*|\[[^\]]{0,60}\]?)+(?:\(.*)?")
_CALL: Final = re2.compile(rb"[A-Za-z_$][\w$.?]*\(.*")
_IDENTIFIER: Final = re2.compile(rb"[A-Za-z_$][\w$]*")
_AFTER_CODE: Final = re2.compile(
    rb"(?:\?\.|[(\[]|\.[A-Za-z_$]|\s*(?:=>|===|!==|[<>]=?\s|&&|\|\||\?\?)|[ \t]*[+?][ \t])"
)
_JOINED: Final = re2.compile(rb"\s+[+&|]|\s*(?:\+\s|\|\||&&|[&.]\s|\)\s*[;,).]|,\s|;(?:\s|$)|\}\s*[;,)}]|:\s|\?\s)")
_LABEL: Final = re2.compile(
    rb"[A-Za-z]+(?:(?:[ _/|.:-]+|\s&\s)[A-Za-z]+)+[.:!?]?|[A-Z][a-z]+|[A-Z]+|[a-z]+(?:[A-Z][a-z]+)+"
)
_ORDINARY: Final = re2.compile(rb"[(\"']?[A-Za-z'?-]+[).,:;!?\"']*")
_ADDRESS: Final = re2.compile(rb"(?i)(?:https?|wss?)://[^\s@]*")
_PATH: Final = re2.compile(
    rb"(?:~|\.{1,2}|[A-Za-z]:)?[/\\][\w.-]+(?:[/\\]+[\w.-]+)+[/\\]?|[\w.-]+\.(?:pem|key|crt|json|txt|ya?ml|env)"
)
_ID: Final = re2.compile(
    rb"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|0x[0-9a-f]{40}|v?[0-9]{1,4}(?:[.-][0-9]{1,4}){1,4}(?:T[0-9:.]+Z?)?|[0-9]{1,7}"
    rb"|claude-[\w.@:-]+|gpt-[\w.-]+|gemini-[\w.-]+|(?:req|msg|toolu|chatcmpl|call|run|resp)[_-]\w+"
)
_KEPT_ELSEWHERE: Final = re2.compile(
    rb"(?i)(?:op|vault|aws-?sm|awssm|gcp|gcpsm|azure|secretsmanager|ssm|env|file|sops|keyring|kms|akv|infisical|doppler|bws?"
    rb"|keychain|secret|conjur|ref)(?:\+\w+)?:(?://)?[\w./#:@?=-]*|arn:aws[\w-]*:[\w-]*:[\w:/.*-]+"
    rb"|!(?:Ref|GetAtt|Sub|ImportValue|vault|secret|env|reference)\b.*|@Microsoft\.KeyVault.*|projects/[\w-]+/secrets/.*"
)
"""A reference to where a secret manager, a cloud or a template keeps a secret."""

_CHAIN_ADDRESS: Final = re2.compile(rb"0x[0-9a-fA-F]{40}")
_HEX: Final = re2.compile(rb"(?i)[0-9a-f]{16,}")
_MIXED: Final = re2.compile(rb"[^\s]*[0-9][^\s]*")
_TERNARY: Final = re2.compile(rb"\?\s*\\*[\"'`]?$")
_OUTCOME: Final = frozenset(b"pass fail failed passed true false warn warning error skip skipped ok yes no".split())
_VARIABLE: Final = re2.compile(rb"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_WORDS_AND_DIGEST: Final = re2.compile(rb"(?:[a-z0-9]{1,12}[-_:./]){1,8}[0-9a-f]{32,128}")
_LONG_HEX: Final = re2.compile(rb"(?i)[0-9a-f]{30,}")
_SHORTEST: Final = 2
_MOST_WORDS: Final = 60
_LONGER_THAN_WORDS: Final = 20
_SHORTEST_EVIDENT: Final = 8
_SHORTEST_RANDOM: Final = 12


def is_code(data: bytes, start: int, end: int, *, quoted: bool) -> bool:
    """Return whether a value is code: an n8n expression, a call, a member of something, a defined name."""
    content = data[start:end].strip()
    if _EXPRESSION.match(content.lstrip(b"=({ ")) or _JOINED.match(data[start:end]):
        return True
    if quoted:
        return _is_reference(content)
    if _CALL.fullmatch(content) or (_CHAIN.fullmatch(content) and _segments_are_words(content)):
        return True
    identifier = _IDENTIFIER.match(content)
    if not identifier or identifier.end() < len(content) or looks_random(content):
        return False
    return _AFTER_CODE.match(data, end) is not None or _is_reference(content)


def _is_reference(content: bytes) -> bool:
    """Return whether a value is only a name for a secret (``user.apiKey``, ``accessToken``, ``smtp_password``)."""
    if not (_CHAIN.fullmatch(content) or _IDENTIFIER.fullmatch(content)) or looks_random(content):
        return False
    mixed_case = content != content.lower() and content != content.upper()
    jointed = b"_" in content.strip(b"_") or b"." in content
    return (mixed_case or jointed) and not any(48 <= c <= 57 for c in content) and strength(content) > Strength.NONE


def _segments_are_words(content: bytes) -> bool:
    segments = content.replace(b"?", b"").replace(b"[", b".").split(b".")
    return not any(looks_random(segment) for segment in segments) and content[:1].lower() == content[:1]


def is_ternary(before: bytes) -> bool:
    """Return whether the text before a name makes the name a value: ``r.ok ? 'PASS' : 'FAIL'``."""
    return _TERNARY.search(before) is not None


def is_label(content: bytes) -> bool:
    """Return whether a value is words without a digit: ``Due Date|date``, ``error_session``, ``Cookie``."""
    return _LABEL.fullmatch(content.replace(b"n8n", b"nn").replace(b"N8N", b"NN")) is not None and not looks_random(
        content
    )


def is_sentence(content: bytes) -> bool:
    """Return whether a value is a sentence ("The key to use"), not a pass phrase."""
    words = content.split()
    if len(words) < 3 or len(words) > _MOST_WORDS or any(is_random(word) for word in words):
        return False
    ordinary = sum(_ORDINARY.fullmatch(word) is not None for word in words)
    return ordinary * 5 >= len(words) * 3 and sum(map(is_prose, words)) >= (2 if len(words) < 6 else 1)


def is_place(content: bytes) -> bool:
    """Tell an address without a user part, or a file's path, from a secret."""
    if _ADDRESS.fullmatch(content):
        return True
    return _PATH.fullmatch(content) is not None and not any(looks_random(part) for part in content.split(b"/"))


def is_evident(content: bytes) -> bool:
    """Tell a value that looks like a secret whatever its name: digits among letters, hex, random characters."""
    if len(content) < _SHORTEST_EVIDENT or _ID.fullmatch(content) or is_place(content) or _is_publishable(content):
        return False
    if _HEX.fullmatch(content) or looks_random(content):
        return True
    if content.isalnum() and content.islower() and len(content) >= _LONGER_THAN_WORDS:
        return True
    digits = sum(48 <= c <= 57 for c in content)
    return _MIXED.fullmatch(content) is not None and digits >= 3 and (content.isalnum() or digits * 4 >= len(content))


def _is_publishable(token: bytes) -> bool:
    """Return whether a token is a key of a shop's public pages (Stripe), which every visitor gets."""
    return token.startswith((b"pk_live_", b"pk_test_"))


def is_random(content: bytes) -> bool:
    """Return whether a token is long and random and has a digit; ids of n8n and hex do not count."""
    if _WORDS_AND_DIGEST.fullmatch(content):
        return False
    return len(content) >= _SHORTEST_RANDOM and looks_random(content) and any(48 <= c <= 57 for c in content)


def may_be_secret(content: bytes, name: bytes, name_strength: Strength, *, header: bool) -> bool:
    """Return whether a whole value may be a secret after a name of this strength; code was excluded before."""
    content = content.strip(b" \t\r\n=")
    if (
        name_strength is Strength.NONE
        or is_placeholder(content)
        or is_place(content)
        or _CHAIN_ADDRESS.fullmatch(content)
    ):
        return False
    if _KEPT_ELSEWHERE.fullmatch(content) and not is_random(content[-40:].replace(b"/", b" ")):
        return False
    if len(content) < _SHORTEST or (name_strength < Strength.PASSWORD and _VARIABLE.fullmatch(content)):
        return False
    if name_strength is Strength.WEAK:
        return is_random(content)
    if name_strength is Strength.MEDIUM:
        return is_evident(content)
    if header:
        return not is_sentence(content) and not (is_label(content) and strength(content) >= Strength.STRONG)
    if name_strength is Strength.PASSWORD:
        return not _is_no_password(content, name)
    if content.isalpha() and strength(content) >= Strength.STRONG:
        return False
    return not is_label(content) and not is_sentence(content)


def _is_no_password(content: bytes, name: bytes) -> bool:
    lowered = content.lower()
    if name.strip(b" \t:=>\"'`\\") == b"Pass" and is_label(content):
        return True
    if lowered in (b"yes", b"no"):
        return True
    if lowered in _OUTCOME:
        return name.strip(b" \t:=>\"'`\\").lower().endswith(b"pass")
    if is_label(content) and content != lowered and strength(content) >= Strength.STRONG:
        return True
    words = content.replace(b"-", b" ").replace(b"_", b" ").split()
    return (is_label(content) and any(is_prose(word) and len(word) > 1 for word in words)) or is_sentence(content)


def is_mixed(token: bytes) -> bool:
    """Return whether a token can be a password rather than a word: letters with a digit or a sign among them."""
    letters = any(chr(c).isalpha() for c in token)
    digits = any(48 <= c <= 57 for c in token)
    signs = any(c in b"!@#$%^&*+~" for c in token)
    return (
        len(token) >= 5 and letters and (digits or signs) and b"://" not in token and not token.startswith((b"$", b"@"))
    )


def is_key(token: bytes) -> bool:
    """Return whether a token is random characters of three classes or long hex digits, not words, a path or an id."""
    if is_place(token) or is_placeholder(token) or b"/" in token[:1] or _is_publishable(token):
        return False
    if _LONG_HEX.fullmatch(token):
        return True
    classes = (any(48 <= c <= 57 for c in token), any(65 <= c <= 90 for c in token), any(97 <= c <= 122 for c in token))
    if not is_random(token) or token.count(b".") > 2 or token.count(b"/") > 3:
        return False
    return all(classes) or (len(token) >= 24 and sum(classes) == 2 and token.isalnum())
