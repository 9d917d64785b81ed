"""How near to an answer the words must be that say whose it is."""

import pytest

from core.paste.facts.doubt import casts_doubt

ANSWER = '{"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}'


@pytest.mark.parametrize(
    ("above", "doubted"),
    [
        ("The documentation: an example is\n", True),
        ("An example is this\nPlease read it\n", True),
        # the third line above is about something else
        ("An example is this\nPlease read it\nMy run then said\n", False),
        ("An example is this\nPlease read it\n\n---\n", True),
        ("Please help\n", False),
    ],
)
def test_only_the_two_lines_above_an_answer_can_cast_doubt_on_it(above: str, doubted: bool):
    assert casts_doubt(above + ANSWER) is doubted


@pytest.mark.parametrize(
    ("words", "doubted"),
    [
        ("With my old key: ", True),
        ("With the old and tired key: ", False),
        ("With a colleague's spare api key: ", True),
        ("With the key of my colleague: ", True),
        ("I did it with my key, and then I called in a colleague: ", False),
        ("With key B: ", True),
        ("I did it on purpose. ", True),
        ("An old workflow. ", False),
        ("LiteLLM says: ", True),
        ("It says bad gateway. ", False),
    ],
)
def test_words_around_an_answer_say_whose_key_or_relay_it_was(words: str, doubted: bool):
    assert casts_doubt(words + ANSWER) is doubted
