"""Values after a secret's name that are no secrets: expressions, references to variables, hints, placeholders."""

from typing import Final

import re2

_REFERENCE: Final = (
    rb"\{\{(?:[^}'\"]|[^}'\"][^}]*)\}\}"  # n8n's {{ $credentials.x }}, but not {{ 'text' }}
    rb"|\$\{[^}{]*\}|\{[A-Za-z_][\w.]*\}"  # ${VAR}, f-strings
    rb"|\$\(?(?:env:\w+|[A-Z_][A-Z0-9_]*|\w*(?i:key|token|secret|password)|(?:json|credentials|vars|secrets|env|node"
    rb"|parameter|input|item|execution|workflow|fromAI)\b[\w.\[\]\"']*)\)?"  # $VAR, $env:VAR, $json.key
    rb"|%[A-Z][A-Z0-9_]*%|\$\([^()]{1,200}\)"
    rb"|<[^<>]{0,200}>"
    rb"|(?:process\.env|import\.meta\.env|os\.environ|os\.getenv|getenv|secrets|env|vars|config|settings|credentials?"
    rb"|this|self|req|request|args|options|params|item|items|data|input)[.\[(][\w.\[\]\"'()$\\-]*"
    rb"|[A-Za-z_]\w*\([^()]{0,60}\)"  # a call
)
_HINT: Final = (
    rb"[A-Za-z0-9_-]{0,20}(?:\*{2,}|\.{3,})[A-Za-z0-9_-]{0,6}\**"  # sk-ant-api03-R2D...igAA
    rb"|(?:sk-[A-Za-z0-9_-]{0,20})?\*[A-Za-z0-9_-]{0,6}"  # … is * in a view
    rb"|\*+[a-z]{0,12}\*+"  # **hidden**
    rb"|\[?(?i:redacted|hidden|masked|filtered|removed|omitted)\]?"
    rb"|__n8n_[A-Z]+_VALUE_[0-9a-f-]+"
)
_STAND_IN: Final = (
    rb"(?i:[<\[]?(?:sk-(?:ant-)?(?:api03-)?)?(?:your[-_ ]?|(?:enter|insert|paste|put|add)[-_ ])"
    rb"(?:[a-z]{1,12}[-_ ]){0,4}(?:api[-_ ]?)?(?:key|token|secret|password|here)(?:[-_ ]here)?[>\]]?"
    rb"|[<\[({]?\s?(?:your|add|enter|insert|paste|put)(?:[-_ /][A-Za-z]*|\b)[A-Za-z_ /().,{}-]{0,80}[>\])}]{0,3}"
    rb"|\[[A-Za-z][A-Za-z0-9_ -]{1,60}\]|[A-Za-z_-]*YOUR[A-Za-z_.-]*|\([A-Za-z_ -]{2,60}\)?|[a-z_ -]{1,60}_here"
    rb"|(?:sk-(?:ant-)?(?:api03-)?)?x{3,}|(?:anthropic|claude|openai)?[-_ ]?api[-_ ]?key(?:[-_ ]here)?"
    rb"|(?:please[-_ ]?)?change[-_ ]?(?:me|this|it)!?|(?:replace|redacted|dummy|fake"
    rb"|placeholder)(?:[-_ ][a-z]{1,20}){0,6}"
    rb"|[a-z]{2,12}[-_](?:[a-z]{2,8}[-_])?x{6,}"
    rb"|(?:sk-(?:ant-)?(?:api03-)?)?(?:example|placeholder|dummy|todo|tbd)|[A-Z_]*API_KEY)"
)
_EMPTY: Final = rb"(?i:null|none|undefined|nil|true|false|string|object|\[object object\]|n/?a|unset|unknown)"
_PLACEHOLDER: Final = re2.compile(
    rb"\s*=?\s*(?:(?:" + rb"|".join((_REFERENCE, _HINT, _STAND_IN, _EMPTY)) + rb")[\s,;:/+]*)*"
)
_CODE_PIECES: Final = re2.compile(rb"(?:" + _REFERENCE + rb")|(?:[\s\x01=]|\\*[\"'`]|\\+[nrt])+")
_LITERAL: Final = re2.compile(rb"\\*[\"'`]([^\"'`\\]*)\\*[\"'`]")
_SHORTEST_LITERAL: Final = 4
_SCHEME: Final = re2.compile(
    rb"(?i)(?:\\*[\"'`]|\s)*=?\s*(?:authorization:\s*|x-api-key:\s*|[a-z_]*api_?key\s*[=:]\s*"
    rb"|anthropic_auth_token\s*=\s*)?"
    rb"(?:\\*[\"'`])*(?:(?:bearer|basic|token|apikey|api-key|key|digest|negotiate|ntlm|hawk|bot|ssws"
    rb"|geniekey|jwt|pat|splunk"
    rb"|oauth|aws4-hmac-sha256|sharedkey(?:lite)?|sharedaccesssignature|zoho-oauthtoken|klaviyo-api-key"
    rb"|sso-key|dpop|mac|vapid"
    rb"|privatekey|apitoken|discogs|cpanel|whm|pve(?:api|admin)token|x-api-key|scram-sha-256|signature"
    rb"|oauth2)(?:\s+|$))*"
)
_PROSE: Final = frozenset(
    b"a an and any are as at be been by can cannot check contains could did do does empty error errors expected expired"
    b" failed field for format from get given has have header here if in incorrect invalid is isn it its like may"
    b" malformed mismatch missing must my need needs new no none not null of off ok on only or please provided rejected"
    b" request required requires response see set should such than that the then there this to type undefined"
    b" unauthorized unknown unset use used valid value values was we when where which will with wrong you your"
    b" authentication authorization permission denied refused revoked".split()
)
_IDENTIFIER: Final = re2.compile(
    rb"(?:(?:req|msg|toolu|srvtoolu|wrkspc|svac|fdrl|msgbatch|batch|file|org|run|call|resp|apikey|user|wrk|exec)_"
    rb"|chatcmpl-|gen-|claude-|gpt-|anthropic|us\.|eu\.)[\w.-]*|[0-9a-fA-F-]+|[0-9][0-9TZ:.+-]*"
)
_HUMP: Final = re2.compile(rb"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_VOWEL: Final = re2.compile(rb"(?i)[aeiouy]")
_CLASSES: Final = bytes(
    ord("l") if 97 <= code <= 122 else ord("u") if 65 <= code <= 90 else ord("d") if 48 <= code <= 57 else ord("-")
    for code in range(256)
)


def looks_random(token: bytes) -> bool:
    """Return whether a token looks like a piece of a key, not a word, a model id, a request id, a UUID or a digest.

    Keys change between small letters, capitals and digits at every second character; words and identifiers do not.
    """
    if len(token) < 6 or _IDENTIFIER.fullmatch(token) or b" " in token or b"|" in token:
        return False
    classes = token[:400].translate(_CLASSES).replace(b"-", b"")
    changes = sum(map(int.__ne__, classes, classes[1:]))
    return changes >= 3 and changes >= 0.24 * len(classes) and not _reads_like_words(token[:400], classes)


def is_dense(token: bytes) -> bool:
    """Return whether characters are clearly random: three classes, several of each, changing at every other one."""
    classes = token[:400].translate(_CLASSES).replace(b"-", b"")
    if min(map(classes.count, (b"l", b"u", b"d"))) < 3:
        return False
    return sum(map(int.__ne__, classes, classes[1:])) >= 0.45 * len(classes)


def _reads_like_words(token: bytes, classes: bytes) -> bool:
    """Return whether a token reads like ``toLowerCase`` or ``XAI_API_KEY_2``: long humps with vowels, few digits."""
    if classes.count(b"d") > 2:
        return False
    humps = _HUMP.findall(token)
    letters = [hump for hump in humps if not hump.isdigit()]
    return len(classes) >= 3.2 * len(letters) and all(_VOWEL.search(hump) for hump in letters if len(hump) > 4)


def is_prose(token: bytes) -> bool:
    """Return whether a token is a word that follows a name in a sentence ("password: must ...")."""
    return token.strip(b".,;:!?()\"'").lower() in _PROSE


def is_placeholder(value: bytes) -> bool:
    """Return whether a value after a secret's name is certainly not a secret."""
    stripped = value.strip(b" \t\r\n\"'`\\,;")
    return any(_PLACEHOLDER.fullmatch(each) is not None for each in (stripped, stripped.rstrip(b").")))


def secret_pieces(value: bytes) -> list[tuple[int, int]]:
    """Return which parts of a value after a secret's name must be hidden, as offsets.

    A scheme (``Bearer``) or a pasted name (``ANTHROPIC_API_KEY=``) before the secret stays, since the diagnosis needs
    it; so do references, masked hints and masks.
    """
    scheme = _SCHEME.match(value)
    start = scheme.end() if scheme else 0
    end = _without_closing(value)
    rest = value[start:end]
    if not rest or is_placeholder(rest):
        return []
    if b"\x01" not in rest and b"{{" not in rest and b"${" not in rest:
        return [(start, end)] if _has_substance(rest) else []
    if value.lstrip(b"= ").startswith(b"{{"):
        return [span for span in _literals(value, start, end) if looks_random(value[slice(*span)])]
    pieces, at = [], start
    for match in _CODE_PIECES.finditer(value, start, end):
        pieces.append((at, match.start()))
        at = match.end()
    pieces.append((at, end))
    return [(a, b) for a, b in pieces if _is_rest(value[a:b])]


def _literals(value: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Return the string literals of an expression, without a scheme: ``={{ 'Bearer ' + $json.token }}``."""
    spans = []
    for match in _LITERAL.finditer(value, start, end):
        scheme = _SCHEME.match(value, match.start(1), match.end(1))
        spans.append((scheme.end() if scheme else match.start(1), match.end(1)))
    return [(a, b) for a, b in spans if b - a >= _SHORTEST_LITERAL]


def _without_closing(value: bytes) -> int:
    """Return where the value ends without closing quotes (and their backslashes) and white space."""
    end = len(value.rstrip(b" \t\r\n"))
    bare = value[:end].rstrip(b"\"'`")
    return len(bare.rstrip(b"\\ ")) if len(bare) < end else end


def _has_substance(piece: bytes) -> bool:
    return any(chr(code).isalnum() for code in piece) or len(piece) > 2


def _is_rest(piece: bytes) -> bool:
    """Return whether text beside a mask or a reference is more of a secret, not a word or a mark."""
    return (len(piece) >= 4 and any(48 <= code <= 57 for code in piece)) or looks_random(piece)
