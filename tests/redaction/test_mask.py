"""A JSON document stays one: whatever its strings hold, masks stay inside them."""

import json
import random
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.redaction import redact
from core.redaction.secret_kinds import mask_pattern
from tests.redaction.secrets import fill

_MASK = re.compile(mask_pattern())
_G = random.Random(5)
NAMES = [
    "apiKey",
    "password",
    "x-api-key",
    "Authorization",
    "name",
    "value",
    "type",
    "data",
    "headers",
    "cookie",
    "title",
    "secret",
    "jsCode",
    "url",
    "token",
    "id",
]
SCRAPS = [
    *("<YOUR-API-KEY>", "<your key>", "<password>", "</password>", "{{ $json.key }}", "YOUR_KEY", "Bearer <TOKEN>"),
    *("", " ", "[x]", "{", "}", "[", "]", "\\", "\n", 'say "hi"', 'key: "', "it's", "api_key=", "password is"),
    *("--token", "sshpass -p", "x-api-key: ", "const key = '{alnum:30}", "it's a secret: 'Plum{digits:4}!"),
    *("IDENTIFIED BY 'Plum{digits:4}", "login('me', 'Plum{digits:4}')", "Bearer {alnum:30}"),
    *("sk-ant-{J}api03-{alnum:30}", "postgres://u:Plum{digits:4}@h/db", "curl -u a:Plum{digits:4}"),
    *("password: Plum{digits:4}", "a,password\nx,Plum{digits:4}", "kind: Secret\ndata:\n  a: {base64:20}"),
    *("a=1; b={alnum:20}; c", "{alnum:40}", "{hex:40}", "{base64:40}", "é “quoted”"),
    *("-----BEGIN PRIVATE KEY-----\n{base64:64}\n", "xapp-1-A{upper:10}-{digits:13}-{hex:64}"),
    *('{"password":"Plum77!"}', "Plum{digits:4}!"),
]  # fmt: skip
TEXTS = st.sampled_from([scrap if scrap.startswith('{"') else fill(scrap, _G).replace("J", "") for scrap in SCRAPS])
DOCUMENTS = st.recursive(
    TEXTS | st.sampled_from([1, 12345678, 1.5, True, None]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | TEXTS, inner, max_size=4),
    max_leaves=12,
)


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, dict):
        pairs = zip(before.items(), after.items(), strict=True)
        return all((a == b or _MASK.search(b)) and _same(x, y) for (a, x), (b, y) in pairs)
    if isinstance(before, list):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, str) or before != after:
        return before == after or _MASK.search(after) is not None
    return True


@given(DOCUMENTS, st.sampled_from([None, 2]), st.booleans())
def test_document_keeps_its_structure(document: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    assert _same(document, json.loads(redact(text).text))


@given(st.lists(DOCUMENTS, min_size=2, max_size=4))
def test_lines_of_a_log_keep_theirs(documents: list[Any]) -> None:
    documents = [{"line": document} for document in documents]
    text = "\n".join(json.dumps(document) for document in documents)
    lines = redact(text).text.split("\n")
    assert [_same(a, json.loads(b)) for a, b in zip(documents, lines, strict=True)] == [True] * len(documents)


def test_an_escape_is_never_cut() -> None:
    text = json.dumps({"a": 'token "\u00e9' + fill("{alnum:30}", _G) + '\n"', "password": '\\"' + "x1y2" * 3})
    assert json.loads(redact(text).text).keys() == {"a", "password"}
