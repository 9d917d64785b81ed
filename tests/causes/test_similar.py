"""Similarity: the nearest causes of texts that no card knows, and nothing for texts that are like none."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.causes import search, similar
from core.causes.loader import load
from core.diagnosis import diagnose

UNKNOWN = {
    "credits must be bought in plans and billing for this organization": "credit_exhausted",
    "the tool schema of your input cannot be compiled by the decoder": "tool_schema_invalid",
    "key expired": "key_expired",
    "my proxy is blocked": "proxy_blocked",
}
"""Texts in words of our own that no card recognises, with the cause that they look most like."""

FRAMES = (
    "n8n says: {}",
    "Problem in node ‘Summarise the mail‘\n{}",
    "{}\n",
    "\r\n\r\n{}",
    "Hello, {} please help",
    "> {}",
    "Error: {}",
)
LIKE_NOTHING = (
    "Preheat the oven to 180 degrees. Mix flour, sugar and butter, add three eggs and bake until golden.",
    "Good morning everyone, the meeting is moved to Thursday at ten. Please bring the printed agenda.",
    "hello",
    "it is broken",
    "thanks a lot",
    "fatal: not a git repository (or any of the parent directories): .git",
    "docker: Error response from daemon: Conflict. The container name is already in use",
    "java.util.ConcurrentModificationException",
    "Wie wird das Wetter morgen in Zürich?",
    "",
)


@pytest.mark.parametrize(("text", "cause"), UNKNOWN.items())
def test_an_unknown_text_is_answered_with_the_nearest_cause_and_its_words(text, cause):
    finding = diagnose(text).findings[0]
    assert (finding.cause, finding.key_verdict) == ("unknown", "unknown")
    assert finding.nearest[0].cause == cause
    assert set(finding.nearest[0].words) <= set(text.lower().split())
    assert 1 <= len(finding.nearest) <= similar.MOST
    assert finding.alternatives[: len(finding.nearest)] == finding.nearest


@pytest.mark.parametrize("text", LIKE_NOTHING)
def test_a_text_that_is_like_nothing_says_so(text):
    finding = diagnose(text).findings[0]
    assert not finding.nearest
    assert similar.nearest(text) == ()


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_diagnosis_and_the_search_have_the_same_best_hit(text):
    assert search.search(text).cards[0].id == diagnose(text).findings[0].nearest[0].cause


SENTENCES = [text for text in UNKNOWN if len(text.split()) > 5]


@given(st.sampled_from(SENTENCES), st.sampled_from(FRAMES), st.data())
def test_one_word_more_or_one_line_break_less_changes_no_answer(text, frame, data):
    words = text.split()
    place = data.draw(st.integers(1, len(words)))
    broken = " ".join(words[:place]) + "\n" + " ".join(words[place:])
    more = " ".join(
        (
            *words[:place],
            data.draw(st.sampled_from(["really", "xyzzy", "n8n", "Zebulon", "42", "Monday"])),
            *words[place:],
        )
    )
    expected = [hit.id for hit in similar.nearest(text)]
    for other in (frame.format(text), broken, more):
        assert [hit.id for hit in similar.nearest(other)] == expected


@given(st.sampled_from(SENTENCES), st.sampled_from(FRAMES))
def test_a_frame_around_an_unknown_text_changes_neither_its_finding_nor_its_nearest_cause(text, frame):
    plain, framed = diagnose(text).findings[0], diagnose(frame.format(text)).findings[0]
    assert (framed.cause, framed.nearest[0].cause) == (plain.cause, plain.nearest[0].cause)


def test_the_examples_of_cards_are_near_their_own_card_when_left_out():
    """The share of examples whose card is among the first three without that example: 0.71 when it was written."""
    cards = load()
    found = total = 0
    for card in list(cards.values())[::4]:
        for example in card.example if card.chosen_when is None else ():
            others = [other for other in card.example if other is not example]
            index = similar.index_of({**cards, card.id: msgspec.structs.replace(card, example=others)})
            found += card.id in [hit.id for hit in index.hits(example.text)[: similar.MOST]]
            total += 1
    assert found / total >= 0.6


def test_further_sentences_join_the_index_with_their_causes():
    sentence = "The flux capacitor refused to engage"
    assert not similar.index_of(load()).meant("flux capacitor")
    index = similar.index_of(load(), [(sentence, "timeout"), ("not ours", "no_such_cause")])
    assert index.hits(sentence)[0].id == "timeout"
    assert index.meant("flux capacitor") == ["timeout"]


def test_hidden_secrets_ids_addresses_and_frames_are_no_words():
    noise = "[Anthropic API key #3fa9c1] req_credit https://credit.example/balance\n    at credit.balance (a.js:1:2)"
    assert similar.catalogue().hits(noise) == []


@pytest.mark.parametrize(
    "text", ['" OR * ( NEAR "', "name : credit", "credit* AND (", "\x00\ud800", "💥" * 1000, "-" * 99]
)
def test_hostile_texts_are_words_and_never_a_query(text):
    similar.nearest(text)
    search.search(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [("How do I get an API key?", True), ("is Claude down?", True), ("where is it", True), ("key expired", False)],
)
def test_what_is_a_question(text, asks):
    assert similar.is_question(text) is asks
    assert not similar.is_question("How " + "x" * 300)
