"""What a finding proves about the key: "valid", "rejected" and "unusable" only in the combinations listed here."""

import itertools
import json

import pytest

from core.causes.card import Certainty, Family, KeyVerdict
from core.causes.loader import load
from core.diagnosis import diagnose, judge
from core.diagnosis.key_verdict import proven, proven_by_answers, recalled
from core.paste.facts.prose import is_told
from core.paste.failure import AnsweredBy, Failure, Provider, Success, Surface
from tests.labelled import AS_OF, run

CARDS = load()
GOOD, REJECTED, UNUSABLE, UNKNOWN = KeyVerdict.GOOD, KeyVerdict.REJECTED, KeyVerdict.UNUSABLE, KeyVerdict.UNKNOWN
CERTAIN, LIKELY, POSSIBLE = Certainty.CERTAIN, Certainty.LIKELY, Certainty.POSSIBLE
CLAIMS = (GOOD, REJECTED, UNUSABLE)

HOSTS = (None, "api.anthropic.com", "anthropic.com", "llm.example.com", "api.anthropic.com.example", "openrouter.ai")
ANTHROPICS_HOSTS = (None, "api.anthropic.com", "anthropic.com")
OURS = (None, Provider.ANTHROPIC)
LOST = (None, AnsweredBy.EMPTY)
MARKS: tuple[dict[str, bool], ...] = ({}, {"told": True}, {"relayed": True}, {"unknown_host": True})
GATEWAYS = (
    AnsweredBy.LITELLM, AnsweredBy.OPENROUTER, AnsweredBy.AWS, AnsweredBy.GOOGLE, AnsweredBy.AZURE,
    AnsweredBy.OPENAI_STYLE,
)  # fmt: skip


def may_claim(card, certainty, failure) -> bool:
    """The listed combinations, written down a second time and in another form than the code has them."""
    if failure.told or failure.relayed or failure.host not in ANTHROPICS_HOSTS or failure.provider not in OURS:
        return False
    if failure.surface is Surface.OTHER_NODE or failure.answered_by in GATEWAYS:
        return False
    if failure.unknown_host and failure.host is None:
        return False
    if card.key_verdict is UNUSABLE:
        return certainty is CERTAIN
    if failure.answered_by not in (*LOST, AnsweredBy.ANTHROPIC) or failure.surface is Surface.CODE_NODE:
        return False
    if card.key_verdict is REJECTED:
        return certainty is CERTAIN and failure.status in (401, None)
    if card.family is Family.NOT_ANTHROPIC:
        return certainty is not POSSIBLE and failure.provider is Provider.ANTHROPIC
    return certainty is CERTAIN or (certainty is LIKELY and failure.answered_by is AnsweredBy.ANTHROPIC)


@pytest.mark.parametrize("cause", sorted(CARDS))
def test_every_card_claims_only_in_the_listed_combinations(cause: str):
    card = CARDS[cause]
    every = itertools.product(Certainty, (None, *Provider), (None, *Surface), (None, *AnsweredBy))
    for certainty, provider, surface, answered_by in every:
        failure = Failure(message="x", provider=provider, surface=surface, answered_by=answered_by)
        expected = card.key_verdict
        if expected in CLAIMS and not may_claim(card, certainty, failure):
            expected = UNKNOWN
        assert proven(card, certainty, failure) is expected, (certainty, provider, surface, answered_by)


KINDS = {card.key_verdict: card for card in CARDS.values() if card.family is not Family.NOT_ANTHROPIC}


@pytest.mark.parametrize("verdict", KINDS)
def test_every_kind_of_card_claims_only_for_anthropics_host_and_status_and_no_persons_own_sentence(verdict: KeyVerdict):
    card = KINDS[verdict]
    every = itertools.product(Certainty, HOSTS, (None, 200, 400, 401, 403), MARKS, (None, *AnsweredBy))
    for certainty, host, status, mark, answered_by in every:
        failure = Failure(message="x", host=host, status=status, answered_by=answered_by, **mark)
        expected = verdict if verdict not in CLAIMS or may_claim(card, certainty, failure) else UNKNOWN
        assert proven(card, certainty, failure) is expected, (certainty, host, status, mark, answered_by)


@pytest.mark.parametrize("verdict", CLAIMS)
def test_nothing_is_claimed_without_a_failure_or_for_a_clouds_answer(verdict: KeyVerdict):
    card = KINDS[verdict]
    assert proven(card, CERTAIN, None) is UNKNOWN
    for number in ("req_vrtx_011CSxY2vVb", "req_bdrk_011CSxY2vVb"):
        failure = Failure(message="x", answered_by=AnsweredBy.ANTHROPIC, request_id=number)
        assert proven(card, CERTAIN, failure) is UNKNOWN


def test_a_status_alone_is_no_answer_that_proves_a_key():
    assert proven(CARDS["rate_limited"], CERTAIN, Failure(status=429)) is UNKNOWN
    assert proven(CARDS["rate_limited"], CERTAIN, Failure(status=429, message="exceeds your rate limit")) is GOOD


def test_words_from_before_the_call_prove_no_valid_key():
    failure = Failure(message="x")
    assert proven(CARDS["thinking_config"], CERTAIN, failure, before_sending=True) is UNKNOWN
    assert proven(CARDS["thinking_config"], CERTAIN, failure) is GOOD


# Sentences of n8n 2.41.1, of @langchain/anthropic and of the SDKs, read in their code: each is
# written without an answer of Anthropic's, or over any failure.
OWN_CHECKS = [
    (
        'The model "claude-opus-5-5" does not support disabling thinking. Set Thinking Mode to Adaptive.',
        "thinking_config",
    ),
    (
        'The model "claude-opus-4-7" does not support the legacy Manual thinking mode. Turn off Enable Thinking.',
        "thinking_config",
    ),
    (
        'Manual thinking mode is not supported on "claude-opus-4-7". Use Thinking Mode = Adaptive.',
        "thinking_config",
    ),
    ("temperature is not supported when thinking is enabled", "thinking_config"),
    ("topK is not supported when thinking is enabled", "thinking_config"),
    (
        "thinking.budget_tokens is not supported for claude-opus-4-7; use outputConfig.effort instead",
        "thinking_config",
    ),
    (
        'thinking.type="enabled" is not supported for claude-opus-4-7; use thinking.type="adaptive" instead',
        "thinking_config",
    ),
    (
        'The model "claude-opus-4-7" does not support the Sampling Temperature, Top K, or Top P options. Remove them.',
        "param_deprecated_for_model",
    ),
    ("temperature is not supported for claude-opus-4-7 when set to non-default values", "param_deprecated_for_model"),
    (
        "topK is not supported for claude-opus-4-7; omit topK/topP/temperature or use model prompting instead",
        "param_deprecated_for_model",
    ),
    ("TypeError: create() got an unexpected keyword argument 'temperature'", "param_deprecated_for_model"),
    ("Streaming is required for operations that may take longer than 10 minutes.", "streaming_required"),
]


@pytest.mark.parametrize(("sentence", "cause"), OWN_CHECKS)
@pytest.mark.parametrize("surface", [None, Surface.CHAT_MODEL, Surface.VENDOR_NODE, Surface.OTHER_CLIENT])
def test_a_check_before_the_call_proves_no_valid_key(sentence: str, cause: str, surface: Surface | None):
    failure = Failure(message=sentence, surface=surface, provider=Provider.ANTHROPIC if surface else None)
    finding = judge(failure, today=AS_OF)
    assert (finding.cause, finding.key_verdict) == (cause, UNKNOWN)


def test_anthropics_own_sentence_on_the_same_matter_proves_a_valid_key():
    for message in (
        "`temperature` may only be set to 1 when thinking is enabled.",
        "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode.",
        "`temperature` is deprecated for this model.",
        '"thinking.type.enabled" is not supported for this model.',
    ):
        assert judge(Failure(message=message, surface=Surface.CHAT_MODEL), today=AS_OF).key_verdict is GOOD


TELLING = ("message", "error_type", "error_code", "stop_reason")


def test_no_card_proves_a_valid_key_by_a_status_alone():
    alone = [
        (card.id, number)
        for card in CARDS.values()
        if card.key_verdict is GOOD
        for number, match in enumerate(card.match, 1)
        if match.certainty is CERTAIN and not any(getattr(match, name) for name in TELLING)
    ]
    assert alone == []


# Answered calls

DIRECT = Success(claudes=True)


@pytest.mark.parametrize(
    ("successes", "verdict"),
    [
        ([DIRECT], GOOD),
        ([Success(claudes=True, host="api.anthropic.com")], GOOD),
        ([Success(claudes=True, host="llm.example.com")], UNKNOWN),
        ([Success(claudes=False)], UNKNOWN),
        ([Success(claudes=False), DIRECT], GOOD),
        ([], UNKNOWN),
    ],
)
def test_an_answered_call_proves_a_valid_key_where_it_is_claudes_and_went_to_anthropic(successes, verdict):
    assert proven_by_answers(CARDS["no_failure"], successes) is verdict
    assert proven_by_answers(CARDS["unknown"], successes) is UNKNOWN


# Kept findings


@pytest.mark.parametrize("kept", [GOOD, UNKNOWN, REJECTED])
def test_a_kept_verdict_holds_only_as_far_as_its_facts_allow(kept: KeyVerdict):
    direct = Failure(status=401, answered_by=AnsweredBy.ANTHROPIC, message="x")
    gateway = Failure(status=401, answered_by=AnsweredBy.ANTHROPIC, message="x", host="llm.example.com")
    card = CARDS["invalid_key"]
    assert recalled(card, CERTAIN, direct, kept) is (REJECTED if kept is REJECTED else UNKNOWN)
    assert recalled(card, CERTAIN, gateway, kept) is UNKNOWN
    assert recalled(CARDS["no_failure"], CERTAIN, None, kept) is (GOOD if kept is GOOD else UNKNOWN)
    assert recalled(CARDS["other_provider"], CERTAIN, direct, kept) is KeyVerdict.NOT_INVOLVED
    # The facts are gone, or are not those of an answered call.
    assert recalled(card, CERTAIN, None, kept) is UNKNOWN
    assert recalled(CARDS["no_failure"], CERTAIN, gateway, kept) is UNKNOWN


# Whole pastes

BODY = '{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}'


@pytest.mark.parametrize(
    "text",
    [
        f"With a wrong key on purpose, 401 {BODY}; today 529 overloaded_error",
        f"yesterday I got 401 {BODY}\nand today\n529 overloaded_error: Overloaded",
        f"I tried an old key: 401 {BODY}",
        "with a wrong key on purpose, 401 invalid x-api-key; today 529",
        "My colleague said that n8n showed 401 invalid x-api-key",
        "Ich bekomme seit gestern 401 invalid x-api-key",
        f"The gateway at https://llm.example.com:4000 answered 401 {BODY}",
        f"litellm.AuthenticationError: AnthropicException - {BODY}",
        json.dumps({"error": {"message": f"litellm.AuthenticationError: AnthropicException - {BODY}", "code": "401"}}),
        json.dumps({"error": {"code": 401, "message": "Provider error", "metadata": {"raw": BODY}}}),
        f"I point base_url at http://litellm.internal:4000/anthropic but get 401 {BODY}, please help",
    ],
)
def test_a_persons_own_sentence_or_a_gateway_blames_no_key(text: str):
    findings = diagnose(text, today=AS_OF).findings
    assert {finding.key_verdict for finding in findings} == {UNKNOWN}
    assert findings[0].certainty is not CERTAIN or findings[0].cause == "gateway_key_rejected"


@pytest.mark.parametrize(
    "text",
    [
        "I get stop_reason max_tokens all the time with claude",
        "My test with the key was green, 200 OK, so it works",
        'We got "Your credit balance is too low to access the Anthropic API" since yesterday',
        'litellm.BadRequestError: AnthropicException - {"type":"error","error":{"type":"invalid_request_error",'
        '"message":"Your credit balance is too low to access the Anthropic API."}}',
        "the same curl works, n8n's HTTP Request gives 404 (Not Found). Body: {model: claude-3-haiku-20240307}",
    ],
)
def test_a_persons_own_sentence_proves_no_valid_key(text: str):
    assert {finding.key_verdict for finding in diagnose(text, today=AS_OF).findings} == {UNKNOWN}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (f"401 {BODY}", REJECTED),
        ("Authorization failed - please check your credentials\ninvalid x-api-key", REJECTED),
        (
            "Bad request - please check your parameters\nYour credit balance is too low to access the Anthropic API.",
            GOOD,
        ),
        (f"What do I do about this?\n401 {BODY}", REJECTED),
    ],
)
def test_what_a_program_wrote_keeps_its_proof(text: str, verdict: KeyVerdict):
    assert diagnose(text, today=AS_OF).findings[0].key_verdict is verdict


@pytest.mark.parametrize("shape", ["public_api.json", "copy_error_details.json", "panel.txt"])
def test_a_run_keeps_its_proof(shape: str):
    finding = diagnose(run(f"vendor_invalid/{shape}"), today=AS_OF).findings[0]
    assert (finding.cause, finding.key_verdict) == ("invalid_key", REJECTED)


def test_no_example_of_a_program_is_taken_for_a_persons_own_sentence():
    taken = [
        (card.id, line)
        for card in CARDS.values()
        for example in card.example
        for line in example.text.splitlines()
        if line.lstrip()[:1] in ('"', "{", "}", "[") and is_told(line)
    ]
    # a question inside an answer, and an expression that quotes the person's node
    assert {cause for cause, _ in taken} <= {"no_failure", "expression_error"}


# Tokens: an API key's place takes no login token, but a Bearer header takes one of Workload Identity Federation

TOKEN = "[Anthropic OAuth token #3fa9c1]"


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"sent_key": TOKEN}, UNUSABLE),
        ({"sent_key": f"Bearer {TOKEN}"}, UNKNOWN),
        ({"message": "OAuth token has expired", "error_type": "authentication_error"}, UNKNOWN),
        ({"message": "OAuth access token has been revoked", "error_type": "authentication_error"}, UNKNOWN),
        ({"message": "This credential is only authorized for use with Claude Code"}, UNUSABLE),
    ],
)
def test_a_login_token_is_unusable_only_where_it_cannot_be_used(facts: dict[str, str], verdict: KeyVerdict):
    failure = Failure(status=401, provider=Provider.ANTHROPIC, answered_by=AnsweredBy.ANTHROPIC, **facts)
    finding = judge(failure, today=AS_OF)
    assert (finding.cause, finding.key_verdict) == ("oauth_token_as_key", verdict)
    assert finding.certainty is (CERTAIN if verdict is UNUSABLE else LIKELY)
    kinds = ("From a sign-in:", "From Workload Identity Federation:")
    assert all(any(step.startswith(kind) for step in finding.steps) for kind in kinds)
