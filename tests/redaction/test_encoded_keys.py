"""Keys inside base64 and hex of bytes that are no text: the key's run is hidden, what is around it stays."""

import base64
import random

import pytest

from core.redaction import SecretKind, redact
from tests.redaction.fakes import anthropic

KEY = anthropic().encode()


def _bytes(size: int, seed: int) -> bytes:
    return bytes(random.Random(seed).choices(range(128, 256), k=size))


@pytest.mark.parametrize("size", range(171, 174))
@pytest.mark.parametrize("seed", range(1, 6))
def test_of_base64_in_lines_those_above_the_key_stay(size: int, seed: int) -> None:
    encoded = base64.encodebytes(_bytes(size, seed) + KEY).decode()
    first, second, *_ = encoded.split("\n")
    result = redact(encoded + "more words")
    assert [hidden.kind for hidden in result.hidden] == [SecretKind.ANTHROPIC_API_KEY]
    assert result.text.startswith(f"{first}\n{second}\n")
    assert "[Anthropic API key" in result.text
    assert KEY[60:].hex() not in result.text
    assert result.text.endswith("]\nmore words")


@pytest.mark.parametrize("odd", ["", "f"])
def test_the_words_around_the_hex_of_a_key_stay(odd: str) -> None:
    dump = odd + (_bytes(40, 2) + KEY + _bytes(40, 3)).hex()
    result = redact(f"the dump {dump} has more words, and 12 of them")
    assert [hidden.kind for hidden in result.hidden] == [SecretKind.ANTHROPIC_API_KEY]
    assert result.text.startswith("the dump [")
    assert result.text.endswith("] has more words, and 12 of them")
