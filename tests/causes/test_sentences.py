"""The sentences that n8n and its clients can say: each of them gives its cause, and none more than that."""

import msgspec
import pytest

from core.causes.loader import load
from core.causes.sentences import NotOurs, Recognised, Sentence, Table, fixed_parts, sentences
from core.diagnosis import diagnose, judge
from core.diagnosis.key_verdict import CLAIMS, proven
from core.paste.failure import AnsweredBy, Failure, Provider, Surface

FILLED = "sample"
"""What is written for a hole."""
WRAPPINGS = ("{}", "Problem in node ‘AI Agent’\n{}")
OURS = [sentence for sentence in sentences() if sentence.cause is not None]


def said(sentence: Sentence) -> str:
    return sentence.sentence.replace("{}", FILLED)


def test_a_sentence_has_one_line_and_either_a_cause_or_a_reason_to_have_none():
    texts = [sentence.sentence for sentence in sentences()]
    assert len(texts) == len(set(texts))
    assert [each.sentence for each in sentences() if (each.cause is None) is (each.not_ours is None)] == []
    assert [each.sentence for each in OURS if each.cause not in load()] == []


def test_every_reason_and_every_way_to_recognise_is_used():
    assert {each.not_ours for each in sentences()} - {None} == set(NotOurs)
    assert {each.recognised for each in sentences()} == set(Recognised)


def test_the_file_is_in_order():
    lines = [(each.packages, each.sentence) for each in sentences()]
    assert lines == sorted(lines)


@pytest.mark.parametrize("wrapping", WRAPPINGS, ids=["bare", "under a node's name"])
def test_every_sentence_gives_its_cause(wrapping):
    wrong = []
    for sentence in OURS:
        if sentence.recognised is Recognised.NEVER:
            continue
        finding = diagnose(wrapping.format(said(sentence))).findings[0]
        if finding.cause != sentence.cause:
            wrong.append(f"{finding.cause} for {sentence.cause}: {sentence.sentence}")
    assert wrong == []


def test_a_sentence_of_the_table_proves_nothing_about_a_key():
    """Even where everything else about the call would let its cause's card prove something."""
    claims = []
    for cause in sorted({str(sentence.cause) for sentence in OURS}):
        failure = Failure(
            message="The box has no lid",
            provider=Provider.ANTHROPIC,
            surface=Surface.CHAT_MODEL,
            answered_by=AnsweredBy.ANTHROPIC,
            status=401,
        )
        hit = table_of("The box has no lid", cause=cause).hit(failure)
        assert hit is not None
        verdict = proven(hit.card, hit.certainty, failure, before_sending=hit.match.before_sending)
        if verdict in CLAIMS:
            claims.append(cause)
    assert claims == []


def table_of(text: str, recognised: Recognised = Recognised.ANYWHERE, cause: str = "n8n_platform") -> Table:
    return Table([Sentence(sentence=text, packages=("a",), cause=cause, recognised=recognised)])


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("The box {} has no lid for {}", "The box 7 has no lid for cups"),
        ("The box {} has no lid for {}", "the BOX 7 has\n  no lid for it"),
        ("The box {} has no lid for {}", "Error: The box has no lid for cups, said the log"),
        ("The box {} has no lid for {}", "The box said: The box 7 has no lid for cups"),
        ("The box '{}' has no lid", "The box ‘7’ has no lid"),
        ("The box has no lid.<br/>Add <a href='x'>one</a>", "The box has no lid. Add one"),
        ("The box has a lid{}", "The box has a lidded pot"),
    ],
)
def test_a_sentence_is_found_with_whatever_is_filled_in(sentence, text):
    assert table_of(sentence).find(text) is not None


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("The box {} has no lid for {}", "The box 7 has a lid for cups"),
        ("The box {} has no lid for {}", "has no lid for cups. The box 7"),
        ("The box {} has no lid for {}", "The box " + "7" * 400 + " has no lid for cups"),
        ("The box has a lid", "The box has a lidded pot"),
        ("the box has a lid", "Bathe box has a lid"),
    ],
)
def test_other_words_are_no_sentence_of_the_table(sentence, text):
    assert table_of(sentence).find(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("No lid", True),
        ("no lid.", True),
        ("UserError: No lid", True),
        ("No lid [item 3]", True),
        ("'No lid'", True),
        ("There is no lid", False),
        ("No lid, and no pot", False),
    ],
)
def test_a_short_sentence_is_found_only_as_the_whole_message(text, found):
    assert (table_of("No lid", Recognised.WHOLE).find(text) is not None) is found


@pytest.mark.parametrize(("text", "found"), [("Lid: red", True), ("A Lid: red", False), ("Lid:", True)])
def test_a_whole_message_may_end_with_what_is_filled_in(text, found):
    assert (table_of("Lid: {}", Recognised.WHOLE).find(text) is not None) is found


def test_a_sentence_that_is_never_recognised_by_its_words_is_not():
    assert table_of("No lid", Recognised.NEVER).find("No lid") is None


def test_the_sentence_with_most_fixed_words_is_taken():
    lines = [
        Sentence(sentence="No lid for {}", packages=("a",), cause="n8n_platform"),
        Sentence(sentence="No lid for {} in the box", packages=("a",), cause="other_node"),
        Sentence(sentence="No lid", packages=("a",), cause="expression_error"),
    ]
    for order in (lines, lines[::-1]):
        found = Table(order).find("No lid for cups in the box")
        assert found is not None
        assert found.cause == "other_node"


def test_a_sentence_that_is_not_ours_is_not_taken_for_a_more_general_one():
    ours = Sentence(
        sentence="{} failed after {} tries", packages=("a",), cause="n8n_platform", recognised=Recognised.WHOLE
    )
    theirs = Sentence(sentence="It failed after {} tries. At last: {}", packages=("a",), not_ours=NotOurs.WRAPPER)
    table = Table([ours, theirs])
    assert table.hit(Failure(message="The pump failed after 3 tries")) is not None
    assert table.hit(Failure(message="It failed after 3 tries. At last: no lid")) is None


@pytest.mark.parametrize(
    ("failure", "cause", "found"),
    [
        (Failure(), "missing_key", True),
        (Failure(provider=Provider.ANTHROPIC), "missing_key", True),
        (Failure(provider=Provider.OPENAI), "missing_key", False),
        (Failure(surface=Surface.CODE_NODE), "missing_key", False),
        (Failure(surface=Surface.OTHER_NODE), "missing_key", False),
        (Failure(surface=Surface.OTHER_NODE), "node_not_configured", True),
        (Failure(surface=Surface.OTHER_NODE), "output_parser", True),
        (Failure(surface=Surface.CHAT_MODEL), "output_parser", True),
    ],
)
def test_a_sentence_counts_for_claude_and_for_what_n8n_itself_can_say_of_any_node(failure, cause, found):
    hit = table_of("The box has no lid", cause=cause).hit(
        msgspec.structs.replace(failure, message="The box has no lid")
    )
    assert (hit is not None) is found
    if hit is not None:
        assert (hit.card.id, hit.certainty.value, hit.text) == (cause, "likely", "The box has no lid")


def test_further_words_of_a_failure_are_searched_too():
    hit = table_of("The box has no lid").hit(Failure(message="Something else", also=("well", "The box has no lid")))
    assert hit is not None
    assert hit.text == "The box has no lid"


def test_a_card_that_knows_the_words_wins_over_the_table():
    failure = Failure(message="Anthropic API key not found. Bad workflow structure found: the box")
    assert judge(failure).cause == "missing_key"


def test_a_sentence_wins_over_a_card_that_knows_only_the_node():
    without = Failure(surface=Surface.OTHER_NODE, message="The box has no lid")
    words = "Connected successfully to your MCP server but it returned an empty list of tools."
    asks_more = "You have multiple tools with the same name: 'a', please rename them to avoid conflicts"
    assert judge(without).cause == "other_node"
    assert judge(msgspec.structs.replace(without, message=words)).cause == "other_node"
    assert judge(msgspec.structs.replace(without, message=asks_more)).cause == "node_not_configured"


def test_the_fixed_parts_are_what_never_differs():
    assert fixed_parts("{} of {} is {}") == ["of", "is"]
    assert fixed_parts("{}") == []
