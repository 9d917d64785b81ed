"""How much a name says about its value: the last word decides, where it is a word of its own."""

import pytest

from core.redaction.secret_names import Strength, strength


@pytest.mark.parametrize("before", ["my", "db", "api", "API", "Db", "turnstileHttp"])
@pytest.mark.parametrize(("word", "expected"), [("pwd", Strength.PASSWORD), ("cookie", Strength.STRONG)])
def test_a_capital_or_a_joint_begins_a_word(before: str, word: str, expected: Strength) -> None:
    for name in (f"{before}{word.title()}", f"{before}_{word}", f"{before}-{word}", f"{before}2{word}"):
        assert strength(name.encode()) is expected


@pytest.mark.parametrize("name", ["monkey", "hotkeys", "compass", "spin", "MONKEY", "COMPASS"])
def test_the_end_of_another_word_is_no_word(name: str) -> None:
    assert strength(name.encode()) is Strength.NONE
