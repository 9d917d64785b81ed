"""A failure while it is being read: the first reading of a fact stands, and only known facts are taken."""

import pytest

from core.paste.draft import MESSAGE_LIMIT, Draft
from core.paste.failure import AnsweredBy


def test_the_first_reading_of_a_fact_stands():
    draft = Draft(status=401)
    draft.learn(status=500, code=None, model="")
    assert draft.facts == {"status": 401}


def test_a_better_reading_takes_its_place():
    draft = Draft(status=401, code="x")
    draft.correct(status=403, code=None)
    assert draft.facts == {"status": 403, "code": "x"}


def test_a_misspelled_fact_is_refused():
    with pytest.raises(TypeError, match="eror_type is no fact of a failure"):
        Draft().learn(eror_type="overloaded_error")


def test_the_first_sentence_is_the_message_and_the_others_stand_beside_it():
    draft = Draft()
    for words in ("  one ", "two", "one", "two", None, " "):
        draft.say(words)
    assert draft.get("message") == "one"
    assert draft.also == ["two"]


def test_long_texts_are_cut_and_lone_surrogates_mended():
    draft = Draft(node="a\ud800b")
    draft.say("x" * (MESSAGE_LIMIT + 1))
    failure = draft.failure("")
    assert failure.node == "a?b"
    assert len(failure.message) == MESSAGE_LIMIT


@pytest.mark.parametrize(
    ("facts", "says", "answer"),
    [
        ({}, False, False),
        ({"node": "Claude"}, False, False),
        ({"status": 401}, True, False),
        ({"status": 401, "answered_by": AnsweredBy.EMPTY}, True, False),
        ({"message": "x", "answered_by": AnsweredBy.ANTHROPIC}, True, True),
    ],
)
def test_what_is_known_about_the_failing_itself(facts, says, answer):
    draft = Draft(**facts)
    assert (draft.says_something, draft.has_answer) == (says, answer)
