"""What is random enough to be a piece of a key, and what only fills a secret's place."""

import pytest

from core.redaction.placeholders import looks_random


@pytest.mark.parametrize(
    ("token", "is_random"),
    [
        # three changes between small letters, capitals and digits in twelve characters are a quarter
        (b"bcdf12KLM345", True),
        (b"bcdf123KLMN45", False),
        (b"bcdfKLMN3456", False),
        # marks between the characters count for nothing
        (b"bcdf-12-KLM-345", True),
        (b"b1K2cd", True),
        (b"b1K2c", False),
        (b"toLowerCaseLetters", False),
        (b"XAI_API_KEY_2", False),
        (b"req_011CUxWzAbCdEfGh", False),
        (b"a1B2c3 D4e5F6", False),
    ],
)
def test_keys_change_between_kinds_of_characters_at_every_fourth_one_or_more_often(token: bytes, is_random: bool):
    assert looks_random(token) is is_random
