"""Every card against its own examples and near misses, and against every other card's examples.

An example belongs to one card: diagnosing its text gives that card first. Another card may recognise the same failure
only less surely, or as a look-alike that one of the two names in `[[alternative]]`; where a card is merely the more
general one, the special card `beats` it and it does not match at all.
"""

import datetime as dt

import pytest
import re2

from core.causes.card import Card, Certainty, KeyVerdict
from core.causes.loader import load
from core.causes.matcher import Circumstances, matcher
from core.causes.templates import texts_of
from core.diagnosis import diagnose
from core.models import catalogue
from tests.labelled import AS_OF, CAUSES

CARDS = list(load().values())
EXAMPLES = [pytest.param(card, each, id=f"{card.id}-{n}") for card in CARDS for n, each in enumerate(card.example)]
NEAR_MISSES = [pytest.param(card, each, id=f"{card.id}-{n}") for card in CARDS for n, each in enumerate(card.near_miss)]
REAL_KEY = re2.compile(
    r"sk-ant-[a-z]{2,9}\d{0,2}-[\w-]{21,}|sk-(?:proj|or-v1|svcacct)-[\w-]{30,}|AIza[\w-]{35}|gsk_\w{40,}"
)
NEW_KEY = re2.compile(
    r"(?i)\b(?:make|create|generate|get|use|issue|paste)\b[^.]{0,30}\b(?:new|another|fresh|different)\b[^.]{0,20}\bkeys?\b"
    r"|\b(?:delete|revoke|rotate|throw away|discard|replace)\b[^.]{0,30}\bkeys?\b"
)
WARNED_AGAINST = re2.compile(r"(?i)\b(?:do not|don't|no need to|never|will not|not)\b[^.]*$")
BLAME = re2.compile(r"(?i)\b(?:invalid|illegal|oops|wrongly|fault of yours|your mistake|you failed)\b|!")
CODES = re2.compile(r"\b[1-5]\d\d\b|_error\b|\bECONN|\bHTTP/")
DATED = re2.compile(r"\d")


def first_cause(text: str) -> str:
    return diagnose(text, today=AS_OF).findings[0].cause


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_an_example_gives_its_card_first(card: Card, example):
    assert first_cause(example.text) == card.id


@pytest.mark.parametrize(("card", "near_miss"), NEAR_MISSES)
def test_a_near_miss_gives_another_card_first(card: Card, near_miss):
    assert first_cause(near_miss.text) != card.id
    assert near_miss.why.strip()


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_an_example_is_recognised_by_no_undeclared_other_card(card: Card, example):
    diagnosis = diagnose(example.text, today=AS_OF)
    failure = diagnosis.findings[0].failure
    if failure is None:
        return
    circumstances = Circumstances(
        shape=diagnosis.reading.shape,
        model_state=catalogue.load().state(failure.model, AS_OF) if failure.model else None,
        n8n_version=diagnosis.reading.n8n_version,
    )
    hits = {hit.card.id: hit for hit in matcher().hits(failure, circumstances)}
    own = hits.pop(card.id, None)
    certainty = own.certainty if own else Certainty.POSSIBLE
    declared = {other.cause for other in card.alternative}
    undeclared = [
        cause
        for cause, hit in hits.items()
        if hit.certainty is certainty and cause not in declared and card.id not in _alternatives(hit.card)
    ]
    assert undeclared == []


def _alternatives(card: Card) -> set[str]:
    return {other.cause for other in card.alternative}


def test_the_catalogue_is_the_contract():
    cards = {card.id: (card.family.value, card.who_fixes.value, card.key_verdict.value) for card in CARDS}
    contract = {cause: (row["family"], row["who_fixes"], row["key_verdict"]) for cause, row in CAUSES.items()}
    assert cards == contract


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_card_is_complete(card: Card):
    assert len(card.example) >= 2 or card.chosen_when
    assert card.near_miss or card.chosen_when
    assert 1 <= len(card.not_tested) <= 5
    assert any(DATED.search(source) for source in card.sources)  # a date, a version, or the number of a thread
    assert dt.date(2026, 11, 1) <= card.verified <= dt.datetime.now(dt.UTC).date()
    assert len({example.text for example in card.example}) == len(card.example)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_card_holds_no_text_with_the_shape_of_a_real_key(card: Card):
    texts = [*texts_of(card), *(each.text for each in card.example), *(each.text for each in card.near_miss)]
    assert not [text for text in texts if REAL_KEY.search(text)]


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_card_speaks_to_a_person(card: Card):
    happened = [card.what_happened, *(v.what_happened for v in card.variant if v.what_happened)]
    steps = [card.steps, *(variant.steps for variant in card.variant if variant.steps)]
    for text in (card.title, *happened):
        assert not BLAME.search(text)
        assert not CODES.search(text)
    for text in happened:
        assert len(text.split(". ")[0].split()) <= 20
        assert text.endswith(".")
    assert not card.title.endswith(".")
    assert all(2 <= len(some) <= 7 for some in steps if not card.chosen_when)
    assert all(step.endswith((".", "?", ":")) for some in steps for step in some)


@pytest.mark.parametrize(
    "card",
    [card for card in CARDS if card.key_verdict not in (KeyVerdict.REJECTED, KeyVerdict.UNUSABLE)],
    ids=lambda c: c.id,
)
def test_only_a_bad_key_is_to_be_replaced(card: Card):
    steps = [*card.steps, *(step for variant in card.variant for step in variant.steps or ())]
    advice = [(step, found) for step in steps if (found := NEW_KEY.search(step))]
    assert not [step for step, found in advice if not WARNED_AGAINST.search(step[: found.start()])]


@pytest.mark.parametrize(
    "card",
    [card for card in CARDS if card.key_verdict in (KeyVerdict.REJECTED, KeyVerdict.UNUSABLE)],
    ids=lambda c: c.id,
)
def test_a_bad_key_is_never_replaced_in_the_first_step(card: Card):
    firsts = [card.steps[0], *(variant.steps[0] for variant in card.variant if variant.steps)]
    assert not [step for step in firsts if NEW_KEY.search(step)]


def test_titles_tell_the_causes_apart():
    titles = [card.title for card in CARDS]
    assert len(set(titles)) == len(titles)


def test_the_model_named_against_a_refused_tool_choice_takes_forced_tools():
    card = next(card for card in CARDS if card.id == "tool_choice_refused")
    steps = [card.steps, *(variant.steps or [] for variant in card.variant)]
    assert all(any("{model.haiku}" in step for step in some) for some in steps)
    assert catalogue.load().newest("haiku").rules.forced_tool_choice is catalogue.Allowed.YES
