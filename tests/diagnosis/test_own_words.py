"""Whose line a sentence about a key is in: a program's, with its frame around it, or a person's."""

import pytest

from core.diagnosis.own_words import is_its_own

SENTENCES = {
    "key_expired": "API key has expired",
    "invalid_key": "invalid x-api-key",
    "key_bad_characters": "Cannot convert argument to a ByteString because the character at index 108",
    "overloaded": "Overloaded",
    "credit_exhausted": "Your credit balance is too low to access the Anthropic API",
}


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[DEBUG] Claude response body: {}",
        "WARN anthropic status code 401, reason: {}",
        "INFO execution data, result: {}",
        "Uncaught exception at line 12: {}",
        "Original description: {}",
        "full payload: {}",
        "Problem in workflow, item id 3, cause: {}",
        "sub-node error type: {}",
        "api message: {} stop",
        "APIError: Unauthorized {}",
        "litellm.AuthenticationError: {}",
        "req_011CSHoEeqs5C35K2UUqR7Fy claude-sonnet-5 api.anthropic.com {}",
        "Problem in node ‘Ask my dear old assistant‘ {}",
    ],
)
@pytest.mark.parametrize("cause", SENTENCES)
def test_a_sentence_in_the_frame_that_programs_write_is_their_own(cause: str, line: str) -> None:
    sentence = SENTENCES[cause]
    assert is_its_own(sentence, f"above\n{line.format(sentence)}\nbelow", cause)


@pytest.mark.parametrize(
    "line",
    [
        "I guess my colleague saw {}",
        "yesterday somebody wrote: {}",
        "Müller meint: {}",
    ],
)
@pytest.mark.parametrize("cause", SENTENCES)
def test_a_sentence_in_a_persons_own_line_is_not(cause: str, line: str) -> None:
    sentence = SENTENCES[cause]
    assert not is_its_own(sentence, f"above\n{line.format(sentence)}\nbelow", cause)


def test_of_a_sentence_about_a_key_every_word_around_it_counts() -> None:
    line = "API key has expired, which I guess is why nothing goes on"
    assert not is_its_own("API key has expired", line, "key_expired")


def test_of_a_longer_sentence_the_beginning_counts() -> None:
    sentence = SENTENCES["credit_exhausted"]
    assert is_its_own(sentence, f"{sentence}, which I guess is why nothing goes on", "credit_exhausted")
    assert not is_its_own(sentence, f"Guessing: {sentence}", "credit_exhausted")


@pytest.mark.parametrize(
    "above",
    [
        "Bad request - please check your parameters",
        "Problem in node ‘Call Claude‘",
        "\n Forbidden - perhaps check your credentials? \n\n",
    ],
)
def test_below_n8ns_own_line_a_longer_sentence_is_a_services(above: str) -> None:
    line = f"Guessing: {SENTENCES['credit_exhausted']}"
    assert is_its_own(SENTENCES["credit_exhausted"], f"{above}\n{line}", "credit_exhausted")
    assert not is_its_own(SENTENCES["credit_exhausted"], f"{above}\nsomething else\n{line}", "credit_exhausted")


@pytest.mark.parametrize("start", ["messages.0.content: ", "max_tokens: ", "400 max_tokens: ", "`temperature` "])
def test_a_longer_sentence_that_begins_with_a_field_is_a_services(start: str) -> None:
    line = f"{start}guessing {SENTENCES['credit_exhausted']}"
    assert is_its_own(SENTENCES["credit_exhausted"], line, "credit_exhausted")
    assert not is_its_own(SENTENCES["credit_exhausted"], f"x {line}", "credit_exhausted")


def test_a_sentence_that_is_not_in_the_text_counts_as_its_own() -> None:
    assert is_its_own("API key has expired", "I guess it is the key", "key_expired")
