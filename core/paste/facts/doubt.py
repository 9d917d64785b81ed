"""What a person writes around an answer, where it says that the answer proves nothing about the key in question.

An answer that somebody quotes may be another key's ("with my old key:"), a gateway's ("LiteLLM says:"), or nobody's:
an example, a test's expected result, a page of documentation. The words are looked for beside the answer, never in it.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import re2

from core.paste.failure import Span
from core.paste.formats.fragments import fragments_in

_WORD: Final = re2.compile(r"\p{L}[\p{L}\p{N}-]*|[1-9]")
_KEYS: Final = (
    "key", "api-key", "testkey", "schlüssel", "testschlüssel", "clé", "clef", "clave", "llave", "chave",
    "chiav", "klucz", "kluczu", "anahtar", "ключ", "sleutel", "nyckel", "nøgle", "nøkkel", "klíč", "avain", "kulcs",
    "cheie",
)  # fmt: skip
_OTHERS: Final = (
    "old", "other", "another", "previous", "former", "second", "test", "dummy", "fake", "random", "made-up", "alte",
    "andere", "falsche", "vorherige", "frühere", "ancien", "autre", "faux", "fausse", "antigu", "viej", "otra",
    "anterior", "velha", "antiga", "outra", "vecchi", "altra", "stary", "stare", "stara", "inny", "inneg", "testow",
    "eski", "başka", "стар", "друг", "тестов", "oude", "gamla", "gammel", "starý", "jiný",
)  # fmt: skip
"""How the words for another key begin, in the languages that people write to us in."""
_FELLOWS: Final = (
    "colleague", "coworker", "co-worker", "friend", "kolleg", "freund", "collègue", "compañer", "amig", "colleg",
    "koleg", "arkadaş", "коллег", "kollega", "collega",
)  # fmt: skip
_NOBODYS_KEY: Final = re2.compile(
    r"(?i)\b(?:with|using|use|used|uses|enter|entered|set|type|typed|put|tried|try) (?:a |an |the |my |some )?"
    r"(?:wrong|bad|invalid|incorrect|revoked|expired|deleted|disabled) (?:api )?keys?\b"
)
_LETTERED: Final = re2.compile(r"(?i)\bkey [A-Z1-9] ?(?:[:=]|->|→)")
_PURPOSE: Final = (
    "on purpose", "deliberately", "intentionally", "absichtlich", "exprès", "a propósito", "de propósito",
    "apposta", "celowo", "bilerek", "специально", "нарочно", "故意", "わざと", "일부러", "旧密钥", "旧的密钥",
    "另一个密钥", "同事的密钥", "同事", "同僚の", "古いキー", "別のキー", "이전 키", "동료",
)  # fmt: skip
_RELAY: Final = re2.compile(
    r"(?i)\b(?:litellm|helicone|portkey|kong|openrouter|bifrost|new[- ]api|one[- ]api|claude-code-router|relay|gateway"
    r"|nginx|envoy|traefik|haproxy|requesty|zuplo|apigee|wiremock|mitmproxy|bedrock|vertex"
    r"|anthropic[- ]compatible|moonshot|kimi|z\.ai|minimax|deepseek"
    r"|(?:llm|ai|api|claude|lambda|reverse)[- ]proxy"
    r"|proxy (?:log|server|returned|returns|answered|answers|says|said|gives))\b|网关|代理|中转"
    # an address from a variable
    r"|\$\{?(?:env:)?\w{1,60}\}?/v1/"
    r"|(?:base_?url|anthropic_api_url)['\"]? ?[:=] ?(?:process\.|os\.|\$|[a-z_]{2,40}[,)\s])"
)
_NOT_A_RELAY: Final = re2.compile(
    r"(?i)\bbad gateway|\bgateway time-?out"
    r"|\b(?:no|not|without|ohne|kein|keine|sin|sans) (?:\w+ ){0,2}(?:gateway|proxy|relay)"
)
_RELAYS: Final = ("gateway", "proxy", "relay")
_NOBODYS_ANSWER: Final = (
    "example", "sample", "mock", "stub", "fixture", "assert", "erwartete", "beispiel", "attendu", "exemple", "esperad",
    "ejemplo", "exemplo", "previst", "esempio", "oczekiwan", "przykład", "beklenen", "örnek", "ожидаем", "пример",
    "voorbeeld", "verwacht",
)  # fmt: skip
_NOBODYS_PHRASES: Final = (
    "expected:", "expected result", "expected response", "expected error", "expected output", "we expect", "expect 4",
    "expects ", "should return", "should see", "should get", "should fail", "should give", "would get", "would see",
    "would return", "if your key", "if the key", "if a key", "test case", "test plan", "test step", "returns errors",
    "error format", "from the doc", "in the doc", "docs say", "docs show", "docs:", "documentation:", "according to",
    "api reference", "laut doku", "预期", "预计", "例如", "示例", "文档", "예시", "예상", "期待",
)  # fmt: skip
"""What people write above an answer that nobody got: an example, an expected result, a page of documentation."""
_EXPLAINED: Final = re2.compile(
    r"(?i)^\W{0,4}(?:usually |typically |generally |normally |often |always )?"
    r"(?:means|indicates|signals|is returned|tells you|bedeutet|heißt|signifie|veut dire|significa|quiere decir"
    r"|oznacza|означает|表示|意味)"
)
_IN_CODE: Final = re2.compile(r"(?:[\w)]\((?:[^()]{0,60},)?|\b(?:const|let|var|val|final) \w{1,60} =)\s*$")
"""How code ends before a value that somebody wrote into it."""
_NAMES: Final = re2.compile(r"https?://\S+|\[[^\]\n]{1,60} #[0-9a-f]{6}\]")
"""Addresses, and the masks of secrets."""
_MARKED: Final = ("< ", "> ", "* ", "at ", "file ", "^", "http/")
"""How the lines of a stack trace or of an HTTP exchange begin."""
_HEADER: Final = re2.compile(r"(?i)^\s*[a-z]+(?:-[a-z]+)+: ?\S")
_TEXT_LIMIT: Final = 20_000
_LINES_ABOVE: Final = 2
_NEAR: Final = 2
"""Words between a key and the word that says whose it is."""
_KEYS_LIMIT: Final = 200


def casts_doubt(text: str, sentences: Iterable[str] = (), values: Iterable[Span] | None = None) -> bool:
    """Return whether the words around the answers in a text say that they are another key's, a relay's or nobody's.

    `sentences` are those of the answers themselves, which are not looked at; `values` says where the values among the
    words are, if that is known.

    >>> casts_doubt('With my old key: {"type": "error", "error": {"type": "api_error", "message": "x"}}')
    True
    >>> casts_doubt('Please help: {"type": "error", "error": {"type": "api_error", "message": "x"}}')
    False
    """
    text = text[:_TEXT_LIMIT]
    above, around = [], []
    at = 0
    for value in _values_in(text) if values is None else values:
        before = text[at : value.start]
        around.append(before)
        above += _last_lines(before)
        at = value.end
        if _IN_CODE.search(before[-200:]) or _EXPLAINED.search(text[at:].split("\n", 1)[0]):
            return True
    around.append(text[at:])
    words = "\n".join(map(_persons, around))
    lowered = words.lower()
    if any(name in lowered for name in _RELAYS):
        words = str(_NOT_A_RELAY.sub("", words))
    for sentence in sentences:
        words = words.replace(sentence, "")
    return _is_of_another_key(words) or bool(_RELAY.search(words)) or any(map(_is_nobodys, above))


def _values_in(text: str) -> Iterator[Span]:
    return (Span(fragment.start, fragment.end) for fragment in fragments_in(text))


def _is_of_another_key(words: str) -> bool:
    lowered = words.lower()
    if "key" in lowered and (_NOBODYS_KEY.search(words) or _LETTERED.search(words)):
        return True
    if any(phrase in lowered for phrase in _PURPOSE):
        return True
    if not any(key in lowered for key in _KEYS):
        return False
    plain = _WORD.findall(lowered)
    keys = [at for at, word in enumerate(plain) if word.startswith(_KEYS)]
    near = (plain[max(at - _NEAR, 0) : at + _NEAR + 1] for at in keys[:_KEYS_LIMIT])
    around = (plain[max(at - 2 * _NEAR, 0) : at + 2 * _NEAR + 1] for at in keys[:_KEYS_LIMIT])
    return any(word.startswith(_OTHERS) for part in near for word in part) or any(
        word.startswith(_FELLOWS) for part in around for word in part
    )


def _is_nobodys(line: str) -> bool:
    lowered = line.lower().replace("for example", "")
    if any(phrase in lowered for phrase in _NOBODYS_PHRASES):
        return True
    stems = [stem for stem in _NOBODYS_ANSWER if stem in lowered]
    return bool(stems) and any(word.startswith(tuple(stems)) for word in _WORD.findall(lowered))


def _persons(text: str) -> str:
    """Return the lines that are neither a stack trace's nor an HTTP exchange's, without addresses."""
    plain = "\n".join(line for line in text.split("\n") if not line.lstrip()[:5].lower().startswith(_MARKED))
    return str(_NAMES.sub("", plain)) if "://" in plain or " #" in plain else plain


def _last_lines(text: str) -> list[str]:
    plain = _persons(text).split("\n")
    lines = [line for line in plain if any(map(str.isalnum, line)) and not _HEADER.search(line)]
    return lines[-_LINES_ABOVE:]
