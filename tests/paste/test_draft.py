"""A failure while it is being read: the first reading of a fact is kept, and only known facts are taken."""

import typing

import pytest

from core.paste.draft import MESSAGE_LIMIT, Draft, DraftReading, Facts
from core.paste.failure import AnsweredBy, Failure, Shape, Success

NOT_LEARNED = {"also", "excerpt", "spans"}
OF_A_TRACE = {"is_run": bool | None, "passed_on": bool | None}


def optional(kind: object) -> object:
    return kind | None


def test_the_facts_of_a_draft_are_those_of_a_failure_with_their_types():
    failure = {name: optional(kind) for name, kind in typing.get_type_hints(Failure).items() if name not in NOT_LEARNED}
    assert typing.get_type_hints(Facts) == failure | OF_A_TRACE
    assert typing.get_type_hints(Draft) == failure | OF_A_TRACE
    assert {getattr(Draft, name) for name in failure | OF_A_TRACE} == {None}


def test_the_first_reading_of_a_fact_is_kept():
    draft = Draft(status=401)
    draft.learn(status=500, code=None, model="")
    assert draft.facts == {"status": 401}
    assert (draft.status, draft.code, draft.model) == (401, None, None)


def test_a_fact_that_is_false_or_zero_is_known():
    draft = Draft(item_index=0, stopped_run=False)
    draft.learn(item_index=3, stopped_run=True)
    assert draft.facts == {"item_index": 0, "stopped_run": False}


def test_a_better_reading_replaces_a_fact():
    draft = Draft(status=401, code="x")
    draft.correct(status=403, code=None)
    assert draft.facts == {"status": 403, "code": "x"}


def test_what_is_learned_of_one_call_is_not_known_of_another():
    Draft(status=401).say("invalid x-api-key")
    assert not Draft()
    assert Draft().facts == {}
    assert Draft().also == []


def test_a_misspelt_fact_is_refused_at_run_time_too():
    with pytest.raises(AttributeError, match="eror_type"):
        Draft().learn(eror_type="overloaded_error")


def test_the_first_sentence_is_the_message_and_the_others_are_kept_beside_it():
    draft = Draft()
    for words in ("  one ", "two", "one", "two", None, " "):
        draft.say(words)
    assert draft.message == "one"
    assert draft.also == ["two"]


def test_long_texts_are_cut_and_lone_surrogates_replaced():
    draft = Draft(node="a\ud800b")
    draft.say("x" * (MESSAGE_LIMIT + 1))
    failure = draft.failure("")
    assert failure.node == "a?b"
    assert len(failure.message) == MESSAGE_LIMIT


def test_a_failure_has_the_facts_of_its_draft_and_not_those_of_its_trace():
    draft = Draft(status=401, node="Claude", is_run=True, passed_on=True)
    draft.say("invalid x-api-key")
    draft.say("401 - invalid x-api-key")
    assert draft.failure("the paste") == Failure(
        status=401, node="Claude", message="invalid x-api-key", also=("401 - invalid x-api-key",), excerpt="the paste"
    )


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


def test_a_reading_takes_in_its_parts():
    whole = DraftReading(Shape.EXECUTION_LIST)
    assert not whole.is_telling
    whole.add(DraftReading(Shape.EXECUTION, [Draft(status=401)], nodes=2))
    whole.add(DraftReading(Shape.EXECUTION, successes=[Success(node="Claude")]))
    whole.add(DraftReading(Shape.EXECUTION, nodes=3))
    assert [draft.status for draft in whole.drafts] == [401]
    assert [success.node for success in whole.successes] == ["Claude"]
    assert whole.nodes == 5
    assert whole.is_telling
    assert whole.is_whole_run
