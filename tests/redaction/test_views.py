"""Views: what was escaped is read, and its mask covers all that it was written with."""

import pytest

from core.redaction import SecretKind, redact
from tests.redaction.fakes import anthropic

KEY = anthropic()


@pytest.mark.parametrize("before", ["", "x ", '"'])
@pytest.mark.parametrize("slashes", [1, 2, 4])
def test_a_key_that_begins_with_an_escape_is_hidden_with_the_backslashes(before: str, slashes: int) -> None:
    escaped = "\\" * slashes + f"u{ord(KEY[0]):04x}" + KEY[1:]
    result = redact(before + escaped)
    assert [hidden.kind for hidden in result.hidden] == [SecretKind.ANTHROPIC_API_KEY]
    assert result.text.startswith(before + "[")


@pytest.mark.parametrize("code", [0xAD, 0x200B, 0x2060, 0xFEFF])
@pytest.mark.parametrize("written", ["&#{};", "&#x{:x};"])
def test_a_key_with_an_unseen_character_written_as_an_entity_is_hidden(code: int, written: str) -> None:
    unseen = written.format(code)
    result = redact("it is " + unseen.join((KEY[:30], KEY[30:70], KEY[70:])) + " here")
    assert [hidden.kind for hidden in result.hidden] == [SecretKind.ANTHROPIC_API_KEY]
    assert result.text.startswith("it is [")
    assert result.text.endswith("] here")
