"""What tells a secret from words, names, paths and ids, at the edge of each rule."""

import pytest

from core.redaction.not_secret import is_evident, is_key, is_mixed, is_random, is_sentence, may_be_secret
from core.redaction.secret_names import Strength


@pytest.mark.parametrize(
    ("content", "evident"),
    [
        (b"abcde123", True),
        (b"abcde999", True),
        (b"abcdef12", False),
        (b"abcde12:", False),
        (b"abcd123", False),
        (b"abcdefgh", False),
        (b"pass-123", True),
        (b"pass-word-is-123", False),
        (b"abcdefghijklmnopqrst", True),
        (b"abcdefghijklmnopqrs", False),
        (b"0123456789abcdef", True),
        (b"2026-11-28", False),
        (b"/etc/app/key123", False),
    ],
)
def test_a_value_that_shows_by_itself_has_three_digits_or_is_random(content: bytes, evident: bool) -> None:
    assert is_evident(content) is evident


@pytest.mark.parametrize(
    ("content", "random"),
    [(b"aB9dE9gH9jKl", True), (b"aB3dE5gH7jK", False), (b"aBdEgHjKlMnO", False), (b"layer:" + b"0a1b" * 8, False)],
)
def test_a_random_value_has_twelve_characters_and_a_digit(content: bytes, random: bool) -> None:
    assert is_random(content) is random


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"the key to use", True),
        (b"use correct horse of", True),
        (b"correct horse battery staple", False),
        (b"use correct horse battery", False),
        (b"a key", False),
        (b"use of word a1 b2", True),
        (b"use of c3 a1 b2", False),
        (b"battery staple horse correct purple is", True),
    ],
)
def test_a_sentence_has_words_that_pass_phrases_do_not_have(content: bytes, sentence: bool) -> None:
    assert is_sentence(content) is sentence


@pytest.mark.parametrize(
    ("token", "mixed"), [(b"abcd1", True), (b"abc1", False), (b"abcd!", True), (b"abcde", False), (b"$abc1", False)]
)
def test_a_password_of_a_person_has_five_characters_with_a_digit_or_a_sign(token: bytes, mixed: bool) -> None:
    assert is_mixed(token) is mixed


@pytest.mark.parametrize(
    ("token", "key"),
    [
        (b"aB3dE5gH7jK9", True),
        (b"ab1cd2ef3gh4", False),
        (b"ab1cd2ef3gh4ij5kl6mn7op8", True),
        (b"ab1cd2ef3gh4ij5kl6mn7o-8", False),
        (b"0123456789abcdef" * 2, True),
        (b"0123456789abcdef", False),
    ],
)
def test_a_key_without_a_name_is_of_three_kinds_of_characters_or_long(token: bytes, key: bool) -> None:
    assert is_key(token) is key


@pytest.mark.parametrize(
    ("content", "strength", "secret"),
    [
        (b"hunter2", Strength.NONE, False),
        (b"hunter2", Strength.STRONG, True),
        (b"hunter2", Strength.MEDIUM, False),
        (b"abcde123", Strength.MEDIUM, True),
        (b"abcde123", Strength.WEAK, False),
        (b"aB9dE9gH9jKl", Strength.WEAK, True),
        (b"<your-key>", Strength.STRONG, False),
        (b"MY_VAR1", Strength.STRONG, False),
        (b"MY_VAR1", Strength.PASSWORD, True),
        (b"x", Strength.PASSWORD, False),
        (b"a7", Strength.PASSWORD, True),
        (b"7", Strength.STRONG, False),
        (b"a7", Strength.STRONG, True),
        (b"apiKey", Strength.STRONG, False),
        (b"0x" + b"5a" * 20, Strength.PASSWORD, False),
        (b"/run/secrets/n8n_key", Strength.PASSWORD, False),
    ],
)
def test_the_weaker_the_name_the_more_a_value_must_show(content: bytes, strength: Strength, secret: bool) -> None:
    assert may_be_secret(content, b"name", strength, header=False) is secret
