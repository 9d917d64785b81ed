"""Secrets that a sentence tells, and the words that only stand where one could."""

import pytest

from core.redaction import redact


@pytest.mark.parametrize(
    ("before", "secret", "after"),
    [
        ("login: bob / ", "hunter2", ""),
        ("login: bob / ", "hunter2!", " works"),
        ("credentials are bob:", "hunter2", " as told"),
        ("the password is ", "hunter2", ", I think"),
        ('the password is "', "correct,horse", '" as told'),
        ("pass is ", "hunter2", " here"),
        ("password? ", "hunter2", "\n"),
        ("bob@example.com:", "hunter2", "\n"),
        ("the api key is ", "123e4567-e89b-12d3-a456-426614174000", " here"),
        ("password\n", "hunter2", "\n"),
        ("the verification code is ", "123456", " now"),
    ],
)
def test_what_a_sentence_tells_is_hidden_and_its_words_stay(before: str, secret: str, after: str) -> None:
    result = redact(before + secret + after)
    assert sum(hidden.count for hidden in result.hidden) == 1
    assert secret not in result.text
    assert result.text.startswith(before + "[")
    assert result.text.endswith("]" + after)


@pytest.mark.parametrize(
    "text",
    [
        "login: bob / config1.json",
        "login: bob / 2026-11-28",
        "the password is correct",
        "the password is correct,horse",
        "the password is changeme!",
        "pass the 2nd value on",
        "pass it to hunter2 then",
        "password\n2026-11-28\n",
        "my last trip\nhunter2\n",
        "the trace is 123e4567-e89b-12d3-a456-426614174000 here",
        "password: works in the browser",
    ],
)
def test_words_dates_and_files_where_a_secret_could_stand_are_left(text: str) -> None:
    assert redact(text).text == text


def test_a_sign_makes_a_word_after_a_colon_a_password() -> None:
    assert "hun!ter" not in redact("password: hun!ter in the browser").text
