"""Keys found by their shape: how far they go, and what only looks like one."""

import pytest

from core.redaction import SecretKind, redact
from tests.redaction.fakes import anthropic, jwt, letters

KEY_ID = "AK" + "IA" + letters(16, 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
AWS_SECRET = letters(12, 4) + "/" + letters(14, 5) + "+" + letters(12, 6)


@pytest.mark.parametrize("between", [" ", ",", " / ", " and ", "|", ":"])
def test_the_secret_beside_an_aws_key_id_is_hidden_without_a_name(between: str) -> None:
    result = redact(KEY_ID + between + AWS_SECRET + " work here")
    assert [(hidden.kind, hidden.count) for hidden in result.hidden] == [(SecretKind.AWS_KEY, 1)] * 2
    assert f"]{between}[" in result.text
    assert result.text.endswith("] work here")


def test_a_text_of_forty_characters_without_an_aws_key_id_stays() -> None:
    assert redact(f"see {AWS_SECRET} here").text == f"see {AWS_SECRET} here"


@pytest.mark.parametrize("shown", range(3, 7))
@pytest.mark.parametrize("hides", ["...", "*****"])
def test_the_hint_that_the_console_shows_for_a_key_stays(shown: int, hides: str) -> None:
    hint = f"the key sk-ant-api03-{letters(shown, 8)}{hides}igAA is in use"
    assert redact(hint).text == hint


@pytest.mark.parametrize("before", ["", "and so on, " * 500])
def test_a_token_whose_head_was_cut_off_is_hidden_with_all_its_claims(before: str) -> None:
    claims, signature = jwt().split(".")[1:]
    result = redact(f'{before}"{claims[7:]}.{signature}"')
    assert [(hidden.kind, hidden.count) for hidden in result.hidden] == [(SecretKind.JWT, 1)]
    assert result.text.startswith(f'{before}"[')
    assert result.text.endswith(']"')


@pytest.mark.parametrize("digit", "0123456789")
def test_a_short_last_piece_with_any_digit_belongs_to_the_key_above_it(digit: str) -> None:
    head = anthropic(seed=9)[:60]
    result = redact(f"{head}\nq{digit}Wz\n")
    assert result.text.startswith("[")
    assert result.text.endswith("]\n")
    assert "\n" not in result.text[:-1]


@pytest.mark.parametrize("piece", ["here", "2024"])
def test_a_word_or_a_number_below_a_key_is_not_more_of_it(piece: str) -> None:
    assert redact(f"{anthropic(seed=9)[:60]}\n{piece}\n").text.endswith(f"]\n{piece}\n")
