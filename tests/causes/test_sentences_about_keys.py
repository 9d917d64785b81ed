"""What a card may say of keys: the verdict beside it says what is known, and a gateway has its own key."""

import itertools
from collections.abc import Iterator

import msgspec
import pytest
import re2

from core.causes import templates
from core.causes.card import Card, Certainty, Variant
from core.causes.loader import load
from core.causes.matcher import Circumstances
from core.diagnosis.finding import Finding, finding_for, situation_of
from core.diagnosis.key_verdict import proven
from core.paste.failure import AnsweredBy, Failure, Surface

CARDS = list(load().values())

GOOD = r"fine|good|okay|ok|all right|valid|healthy|working|genuine|accepted|recogni[sz]ed|known|alive|correct"
BAD = r"bad|broken|dead|invalid|rejected|useless|worthless|no good"
DO_NOT = r"\b(?:do not|don't|don’t|never|no need to)"
KEY = r"(?:your|the|this|that) (?:anthropic )?(?:api )?key"
VERDICT = re2.compile(
    "(?i)"
    # "your key is (very likely) fine", "the key inside may well be good", "so is your key"
    r"\b(?:keys?|credential)( itself| inside)?,? (?:(?:is|are|was|were|be|seems?|looks?|may|might|can|could|well)\s)+"
    rf"(?:(?:not|very|still|probably|likely|quite|just|all|neither|both)\s)*(?:{GOOD}|{BAD})\b"
    rf"|\b(?:so|and|nor) (?:is|does|are) {KEY}\b|\b(?:an?|the|your) (?:{GOOD}|{BAD}) (?:api )?key\b"
    rf"|\bkeys? (?:still |itself )?works?\b|\bkey (?:got|gets|went|came) through\b"
    # "Anthropic knows your key", "Claude accepted the key"
    rf"|\b(?:knows?|recogni[sz]e[sd]?|accept(?:s|ed)?) (?:of )?(?:who is calling|{KEY}\b)"
    # "nothing here says that your key is bad", "this proves nothing about the key"
    r"|\b(?:says?|said|proves?|proven|shows?|tells?|known) (?:\w+ )?(?:nothing|little|not much)\b[^.]{0,25}\bkeys?\b"
    r"|\bnothing\b[^.]{0,30}\b(?:says?|said|proves?|proven|shows?|tells?|known|wrong)\b[^.]{0,20}\bkeys?\b"
    # "nobody looked at the key", "the key was never read", "your key has no part in it"
    r"|\b(?:nobody|no one|never)\b[^.]{0,20}\b(?:looked at|checked|read|saw|judged)\b[^.]{0,12}\bkey\b"
    r"|\bkey\b[^.]{0,20}\b(?:was|were|is) (?:not|never) (?:looked at|checked|read|seen|used)\b"
    r"|\bkey (?:has|plays|had) no part\b|\bnothing to do with\b[^.]{0,20}\bkey\b"
    # "do not throw it away", "keep your key", "do not replace it", "do not make a new one"
    rf"|\b(?:throw|throwing)\b[^.]{{0,20}}\baway\b|\bkeep {KEY}\b"
    rf"|{DO_NOT} (?:\w+ )?(?:replace|change|delete|revoke|discard|touch) (?:\w+ )?(?:key|it)\b"
    rf"|{DO_NOT} (?:make|create|buy|get) (?:a )?(?:new|another)\b"
)
"""Ways to say what is known about a key, or what to do with it because of that."""

NO_CLAIM = re2.compile(r"\bwhether\b[^.:;]*|\"[^\"]*\"")
"""A question claims nothing, and what stands in quotes is a label of n8n, of the Console or of our own pages."""

REFUSALS = ("invalid_key", "key_expired", "gateway_key_rejected")
"""Causes that are a refusal of a key; their titles name it."""
READ = ("title", "what_happened", "why", "steps", "how_to_check", "not_tested", "assistant_prompts")


def words_of(part: Card | Variant) -> Iterator[str]:
    """Yield the sentences that a person reads beside the verdict, placeholders filled."""
    for name in READ:
        text = getattr(part, name, None) or ()
        for each in (text,) if isinstance(text, str) else text:
            yield templates.fill(each, None)


def claims(text: str) -> bool:
    return bool(VERDICT.search(NO_CLAIM.sub("", text)))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_no_card_says_what_the_verdict_beside_it_says(card: Card):
    titles = {templates.fill(part.title, None) for part in (card, *card.variant) if part.title}
    said = [text for part in (card, *card.variant) for text in words_of(part)]
    if card.id in REFUSALS:
        said = [text for text in said if text not in titles]
    assert [text for text in said if claims(text)] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Your key is fine.",
        "Your key is fine as a key.",
        "your key is very likely fine",
        "The key inside may well be good.",
        "your settings are fine and so is your key",
        "the key is known",
        "the key itself is known",
        "Also a good key stops.",
        "The key works at its own service.",
        "an answer about the model means that the key got through",
        "Anthropic knows your key, but the account has no credit.",
        "Anthropic knows who is calling",
        "Claude accepted the key",
        "Nothing here says that your key is bad.",
        "so nothing here says that the key is bad",
        "So nothing is proven about the key.",
        "This answer says nothing about an Anthropic key",
        "n8n's own test failed; that says little about your key",
        "Nobody looked at your key.",
        "but the key was not looked at",
        "The key was never read.",
        "Your Anthropic key was not used.",
        "Your Anthropic key has no part in it.",
        "They have nothing to do with an Anthropic key.",
        "do not throw one away because of it",
        "Keep the key.",
        "Please do not change it yet.",
        "Do not replace the key.",
        "Do not make a new one yet",
        "A key that was never sent is neither good nor bad: the key is neither good nor bad.",
        "The same key is valid elsewhere.",
        "your key, your account and the credential are fine",
    ],
)
def test_a_claim_about_the_key_is_recognised(sentence: str):
    assert claims(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The Anthropic account that owns the key has no credit left.",
        "Copy the whole key again from the safe place where you keep it.",
        "n8n stopped before it sent the key.",
        "The key lacks a permission",
        "It can also mean that no key was sent.",
        'It must say "Key: valid".',
        "See if it is still active.",
        "whether the key is accepted",
    ],
)
def test_what_a_card_may_say_of_a_key_is_no_claim(sentence: str):
    assert not claims(sentence)


# Behind a gateway

ANOTHERS = re2.compile(
    r"(?i)\byour (?:anthropic |claude )?(?:api )?(?:key|account|organi[sz]ation|workspace|usage tier|limits)\b"
    r"|\bclaude console\b|\bplatform\.claude\.com\b|\bconsole\.anthropic\.com\b|(?-i:\bAPI keys\b)"
    r"|\banthropic (?:itself |has )?(?:refuse[sd]|reject(?:s|ed)|read|knows|accept(?:s|ed)|does not (?:know|accept))"
    r" (?:your|the|this|that) key\b"
)
"""What only the owner of the Anthropic account can be told."""
CALLS = [
    {"host": "llm.example.com", "answered_by": AnsweredBy.ANTHROPIC},
    {"host": "llm.example.com", "answered_by": AnsweredBy.LITELLM},
    {"host": "openrouter.ai", "answered_by": AnsweredBy.OPENROUTER},
    {"host": "llm.example.com"},
    {"answered_by": AnsweredBy.LITELLM},
    {"answered_by": AnsweredBy.ANTHROPIC, "relayed": True},
    {"answered_by": AnsweredBy.ANTHROPIC, "request_id": "req_vrtx_011CSxY2vVb"},
]
SURFACES = [None, *(surface for surface in Surface if surface is not Surface.PROBE)]
"""A live test has words of its own for a gateway."""
GATEWAYS = [Failure(status=400, message="x", **call) for call in CALLS]


def finding(card: Card, certainty: Certainty, failure: Failure) -> Finding:
    return finding_for(card, situation_of(failure, Circumstances(), certainty, proven(card, certainty, failure)))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_behind_a_gateway_no_card_speaks_of_the_account_as_the_persons(card: Card):
    for failure, surface, certainty in itertools.product(GATEWAYS, SURFACES, Certainty):
        for status in (None, *(status for variant in card.variant for status in variant.when.status)):
            here = msgspec.structs.replace(failure, surface=surface, status=status or failure.status)
            assert here.is_elsewhere
            found = finding(card, certainty, here)
            said = (found.title, found.what_happened, found.why, *found.steps, found.still_unknown or "")
            assert [text for text in said if ANOTHERS.search(text)] == [], (here, certainty)


@pytest.mark.parametrize(
    ("cause", "whose"),
    [
        ("credit_exhausted", "The gateway's Anthropic account has run out of credit"),
        ("rate_limited", "Too many calls or words for the gateway's account"),
        ("model_not_available", "This model is not open to the gateway's account"),
    ],
)
def test_behind_a_gateway_the_title_says_whose_account_it_is(cause: str, whose: str):
    card = load()[cause]
    for failure in GATEWAYS:
        found = finding(card, Certainty.CERTAIN, failure)
        assert found.title == whose
        assert any((failure.host or "your gateway") in step for step in found.steps)
    direct = Failure(status=400, message="x", answered_by=AnsweredBy.ANTHROPIC)
    assert "gateway" not in finding(card, Certainty.CERTAIN, direct).title


def test_an_unproven_refusal_is_not_titled_as_anthropics():
    card = load()["invalid_key"]
    proof = Failure(status=401, message="invalid x-api-key", answered_by=AnsweredBy.ANTHROPIC)
    assert finding(card, Certainty.CERTAIN, proof).title == card.title
    for failure in (*GATEWAYS, msgspec.structs.replace(proof, told=True)):
        assert finding(card, Certainty.CERTAIN, failure).title != card.title
    assert finding(card, Certainty.LIKELY, proof).title != card.title
