"""A secret that is known is removed in every form."""

import base64
import json
from urllib.parse import quote

import pytest

from core.redaction import scrub_known
from tests.redaction.fakes import anthropic

KEY = anthropic()
FORMS = {
    "raw": KEY,
    "reversed": KEY[::-1],
    "upper": KEY.upper(),
    "percent": "".join(f"%{ord(c):02x}" for c in KEY),
    "hex": KEY.encode().hex(),
    "hex capitals": KEY.encode().hex().upper(),
    "unicode escapes": "".join(f"\\u{ord(c):04x}" for c in KEY),
    **{f"base64 after {n}": base64.b64encode(b"x" * n + KEY.encode() + b"yz").decode() for n in range(4)},
    **{f"url-safe after {n}": base64.urlsafe_b64encode(b"x" * n + KEY.encode()).decode() for n in range(3)},
}


@pytest.mark.parametrize("form", FORMS)
def test_known_key_is_removed(form: str) -> None:
    scrubbed = scrub_known(f"before {FORMS[form]} after", [KEY])
    assert "[hidden]" in scrubbed
    assert scrubbed.startswith("before ")
    assert scrubbed.endswith(" after")
    assert len(scrubbed) < 40


@pytest.mark.parametrize("secret", ['pa"ss\\word', "pässwörd/1", "a b&c%d"])
def test_awkward_secrets_are_removed_from_json_and_addresses(secret: str) -> None:
    for text in (json.dumps(secret), json.dumps(secret, ensure_ascii=False), quote(secret, safe="")):
        assert secret[:3] not in scrub_known(text, [secret]).replace("[hidden]", "")
    assert json.loads(scrub_known(json.dumps({"a": json.dumps(secret)}), [secret]))["a"] == '"[hidden]"'


def test_short_and_missing_secrets_change_nothing() -> None:
    assert scrub_known("a cat sat", ["", "a", "cat"]) == "a cat sat"
    assert scrub_known("nothing here", [KEY]) == "nothing here"


def test_a_secret_that_json_escapes_in_part_is_removed_with_and_without_its_accents_escaped() -> None:
    secret = 'pä"sswörd'
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)
        assert scrub_known(once, [secret]) == '"[hidden]"'
        assert scrub_known(json.dumps(once, ensure_ascii=ascii_only), [secret]) == '"\\"[hidden]\\""'


@pytest.mark.parametrize("length", range(6, 12))
@pytest.mark.parametrize("before", range(3))
def test_of_base64_no_character_that_the_secret_alone_decides_is_left(length: int, before: int) -> None:
    secret = KEY[20 : 20 + length]
    one, other = (
        base64.b64encode(around * before + secret.encode() + around * 3).decode() for around in (b"\x00", b"\xff")
    )
    alike = "".join(a if a == b else " " for a, b in zip(one, other, strict=True)).rstrip("=").strip()
    assert scrub_known(one, [secret]) == one.replace(alike, "[hidden]")
