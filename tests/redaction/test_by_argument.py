"""Arguments of calls and parts of addresses that are secrets by their position."""

import pytest

from core.redaction import SecretKind, redact
from tests.redaction.fakes import letters


@pytest.mark.parametrize(
    ("before", "secret", "after", "kind"),
    [
        ("client.setPassword('", "hunter2", "')", SecretKind.PASSWORD),
        ("{db_password, '", "hunter2", "'}", SecretKind.PASSWORD),
        ("went to https://hooks.example.com/", "abcdefghijklmn00", " twice", SecretKind.WEBHOOK_URL),
        ("keys AKI" + "A" + letters(16, 2, "ABCDEFGHIJ234567") + " and ", letters(40, 5), " there", SecretKind.AWS_KEY),
    ],
    ids=["setter", "pair", "address", "the second of a pair"],
)
def test_what_is_a_secret_by_its_position_is_hidden(before: str, secret: str, after: str, kind: SecretKind) -> None:
    result = redact(before + secret + after)
    assert secret not in result.text
    assert {hidden.kind for hidden in result.hidden} == {kind}
    assert result.text.endswith("]" + after)


@pytest.mark.parametrize("text", ["client.setPassword('secret')", "went to https://hooks.example.com/abcdefghijklm00"])
def test_a_word_in_its_position_is_left(text: str) -> None:
    assert redact(text).text == text
