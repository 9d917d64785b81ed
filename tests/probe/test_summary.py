"""What a test proves about a key: every combination of host, author, status, error type and cause."""

import itertools
from collections.abc import Callable

import pytest

from core.causes.card import KeyVerdict
from core.causes.loader import load
from core.paste.failure import AnsweredBy, Failure
from core.probe.result import ModelResult, ProbeResult, ProbeStep, StepOutcome, StepResult
from core.probe.summary import key_verdict, not_tested, summed_up
from core.storage.access_results import AccessOutcome
from tests.causes.card_facts import FACTS
from tests.probe import fake_server as fake
from tests.probe.fake_server import HOST, Anthropic, FakeServer

Run = Callable[..., ProbeResult]
Serve = Callable[..., FakeServer]
HAIKU = "claude-haiku-4-5"
SPOKEN = fake.ORGANIZATION
STATUSES = (None, 200, 302, 400, 401, 402, 403, 404, 407, 413, 429, 500, 502, 529)
TYPES = (None, "authentication_error", "permission_error", "invalid_request_error", "forbidden", "invalid_api_key")
KNOWS_THE_KEY = FACTS["probe.proves_key_valid"][True]
REFUSES_THE_KEY = {"invalid_key", "key_expired"}


def steps_that_failed(at: ProbeStep, failure: Failure | None, cause: str | None) -> list[StepResult]:
    """All steps of a test that ended at one of them."""
    order = list(ProbeStep)
    steps = [StepResult(step=each, outcome=StepOutcome.OK) for each in order[: order.index(at)]]
    steps.append(StepResult(step=at, outcome=StepOutcome.FAILED, cause=cause, failure=failure))
    return steps + [StepResult(step=each, outcome=StepOutcome.NOT_REACHED) for each in order[order.index(at) + 1 :]]


def answered(model: str, **times: float) -> ModelResult:
    return ModelResult(model=model, outcome=AccessOutcome.OK, **times)


def failed(
    model: str, at: ProbeStep = ProbeStep.MESSAGE, *, cause: str = "overloaded", detail: str = "", **times: float
) -> ModelResult:
    failure = Failure(status=529, model=model)
    return ModelResult(
        model=model, outcome=AccessOutcome.FAILED, failed_step=at, cause=cause, detail=detail, failure=failure, **times
    )


def left_out(model: str, why: str = "") -> ModelResult:
    return ModelResult(model=model, outcome=AccessOutcome.NOT_TRIED, detail=why)


def allowed(*, anthropic: bool, failure: Failure, cause: str) -> KeyVerdict:
    """The list of what may be said; whatever it does not name is unknown."""
    if not anthropic or failure.answered_by is not AnsweredBy.ANTHROPIC or failure.status is None:
        return KeyVerdict.UNKNOWN
    if not 400 <= failure.status <= 499:
        return KeyVerdict.UNKNOWN
    if failure.organization_id is not None:
        return KeyVerdict.GOOD
    if failure.status == 401:
        refused = failure.error_type == "authentication_error" and cause in REFUSES_THE_KEY
        return KeyVerdict.REJECTED if refused else KeyVerdict.UNKNOWN
    return KeyVerdict.GOOD if cause in KNOWS_THE_KEY else KeyVerdict.UNKNOWN


@pytest.mark.parametrize("author", [None, *AnsweredBy])
@pytest.mark.parametrize("anthropic", [True, False])
def test_only_listed_answers_give_valid_or_rejected(author: AnsweredBy | None, anthropic: bool) -> None:
    said = set()
    for status, kind, organization, cause in itertools.product(STATUSES, TYPES, (None, SPOKEN), load()):
        failure = Failure(status=status, error_type=kind, organization_id=organization, answered_by=author)
        steps = steps_that_failed(ProbeStep.AUTHENTICATION, failure, cause)
        told = key_verdict(steps, [], anthropic=anthropic)
        assert told is allowed(anthropic=anthropic, failure=failure, cause=cause), (failure, cause)
        said.add(told)
    proves = anthropic and author is AnsweredBy.ANTHROPIC
    assert said == ({KeyVerdict.GOOD, KeyVerdict.REJECTED, KeyVerdict.UNKNOWN} if proves else {KeyVerdict.UNKNOWN})


def test_what_is_listed_here_are_causes_whose_cards_agree() -> None:
    assert {load()[cause].key_verdict for cause in KNOWS_THE_KEY} == {KeyVerdict.GOOD}
    assert {load()[cause].key_verdict for cause in REFUSES_THE_KEY} == {KeyVerdict.REJECTED}


@pytest.mark.parametrize("cause", [*load(), "of_a_later_release"])
def test_an_answer_about_credit_or_limits_leaves_only_the_other_open(cause: str) -> None:
    shows = FACTS["probe.shows"]
    names = [word for fact, word in (("credit", "credit"), ("rate_limits", "rate limits")) if cause not in shows[fact]]
    steps = steps_that_failed(ProbeStep.AUTHENTICATION, Failure(status=400), cause)
    left = not_tested(KeyVerdict.UNKNOWN, steps, [], host=HOST, anthropic=True)
    assert left[-1] == f"{' and '.join(names).capitalize()}: no model answered."


ANSWERS = (AccessOutcome.OK, AccessOutcome.FAILED, AccessOutcome.NOT_TRIED)


@pytest.mark.parametrize("accepted", list(StepOutcome))
@pytest.mark.parametrize("answer", ANSWERS)
def test_a_gateway_that_lets_a_key_in_or_answers_proves_nothing(accepted: StepOutcome, answer: AccessOutcome) -> None:
    steps = [StepResult(step=step, outcome=StepOutcome.OK) for step in ProbeStep]
    steps[list(ProbeStep).index(ProbeStep.AUTHENTICATION)] = StepResult(step=ProbeStep.AUTHENTICATION, outcome=accepted)
    models = [ModelResult(model=HAIKU, outcome=answer)]
    assert key_verdict(steps, models, anthropic=False) is KeyVerdict.UNKNOWN
    proven = KeyVerdict.GOOD if accepted is StepOutcome.OK else KeyVerdict.UNKNOWN
    assert key_verdict(steps, models, anthropic=True) is proven


@pytest.mark.parametrize(
    ("other", "proven"), [(AccessOutcome.OK, KeyVerdict.GOOD), (AccessOutcome.FAILED, KeyVerdict.REJECTED)]
)
def test_a_key_with_which_a_model_answered_is_not_called_rejected(other: AccessOutcome, proven: KeyVerdict) -> None:
    refused = Failure(status=401, error_type="authentication_error", answered_by=AnsweredBy.ANTHROPIC)
    steps = [StepResult(step=step, outcome=StepOutcome.OK) for step in ProbeStep]
    models = [
        ModelResult(model="claude-x", outcome=AccessOutcome.FAILED, cause="invalid_key", failure=refused),
        ModelResult(model=HAIKU, outcome=other),
    ]
    assert key_verdict(steps, models, anthropic=True) is proven


OPENAI_401 = fake.json_reply(
    401,
    {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error", "param": None,
               "code": "invalid_api_key"}},
)  # fmt: skip
IMITATED = {
    "OpenAI's 401": OPENAI_401,
    "OpenAI's 401 in Anthropic's words": fake.json_reply(
        401, {"error": {"message": "invalid x-api-key", "type": "authentication_error", "param": None, "code": "x"}}
    ),
    "the inner part alone": fake.json_reply(401, {"type": "authentication_error", "message": "invalid x-api-key"}),
    "no outer type": fake.json_reply(401, {"error": {"type": "authentication_error", "message": "invalid x-api-key"}}),
    "a field too many": fake.json_reply(
        401,
        {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}, "provider": "p"},
    ),
    "a field too many inside": fake.json_reply(
        401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key", "code": "1"}}
    ),
    "LiteLLM around Anthropic's": fake.json_reply(
        401,
        {
            "error": {
                "message": 'litellm.AuthenticationError: AnthropicException - {"type":"error","error":'
                '{"type":"authentication_error","message":"invalid x-api-key"}}',
                "type": None,
                "param": None,
                "code": "401",
            }
        },
    ),
    "credit, not in Anthropic's form": fake.json_reply(
        400, {"error": {"type": "invalid_request_error", "message": "Your credit balance is too low"}}
    ),
    "permission, not in Anthropic's form": fake.json_reply(
        403, {"error": {"type": "permission_error", "message": "no permission"}}, anthropic_organization_id=SPOKEN
    ),
    "the edge": fake.json_reply(403, {"error": {"type": "forbidden", "message": "Request not allowed"}}),
    "a block page": fake.html(403, "AccessOutcome denied"),
    "a block page with a 401": fake.html(401, "invalid x-api-key"),
    "a sign-in page": fake.html(200, "Sign in"),
    "OpenAI's list": fake.json_reply(200, {"object": "list", "data": [{"id": "gpt-4o", "object": "model"}]}),
    "OpenAI's list without its name": fake.json_reply(200, {"data": [{"id": "gpt-4o", "object": "model"}]}),
    "OpenAI's list with Anthropic's entries": fake.json_reply(
        200, {"object": "list", "data": [{"id": HAIKU, "type": "model"}]}
    ),
    "a list of anything": fake.json_reply(200, {"data": ["a", "b"]}),
    "an empty list of OpenAI": fake.json_reply(200, {"object": "list", "data": []}),
    "an empty list of nobody": fake.json_reply(200, {"data": []}),
    "a message instead of the list": fake.message(HAIKU),
    "a rate limit in OpenAI's form": fake.json_reply(
        429,
        {"error": {"message": "Rate limit reached", "type": "requests", "param": None, "code": "rate_limit_exceeded"}},
    ),
    "plain text": fake.Reply(401, b"invalid x-api-key"),
    "nothing": fake.Reply(401, b""),
}


@pytest.mark.parametrize("part", ["keyless", "models"])
@pytest.mark.parametrize("name", IMITATED)
def test_what_somebody_in_between_answers_proves_nothing(run: Run, serve: Serve, name: str, part: str) -> None:
    """Also where the judge takes it for Anthropic's refusal or for an empty account."""
    for cause in ("invalid_key", "credit_exhausted"):
        result = run(serve(Anthropic(**{part: IMITATED[name]})), HAIKU, judge=lambda _, cause=cause: cause, seconds=5)
        assert result.failed is not None
        assert result.key_verdict is KeyVerdict.UNKNOWN


def test_a_list_that_needs_no_key_at_anthropics_host_is_somebodys_in_between(run: Run, serve: Serve) -> None:
    """A proxy that adds a key of its own would let any key in."""
    result = run(serve(Anthropic(keyless=fake.model_list(HAIKU))), HAIKU)
    assert result.failed is not None
    assert (result.failed.step, result.key_verdict) == (ProbeStep.HTTP, KeyVerdict.UNKNOWN)


def test_a_403_to_a_call_without_a_key_is_about_where_it_came_from(run: Run, serve: Serve) -> None:
    result = run(serve(Anthropic(keyless=fake.error(403, "permission_error", "Request not allowed"))), HAIKU)
    assert result.failed is not None
    assert (result.failed.step, result.key_verdict) == (ProbeStep.HTTP, KeyVerdict.UNKNOWN)


def test_an_empty_list_of_anthropic_is_one(run: Run, serve: Serve) -> None:
    none = fake.json_reply(200, {"data": [], "has_more": False, "first_id": None, "last_id": None})
    assert run(serve(Anthropic(models=none))).key_verdict is KeyVerdict.GOOD


@pytest.mark.parametrize("verdict", KeyVerdict)
def test_the_key_is_listed_as_unchecked_exactly_where_its_verdict_is_unknown(verdict: KeyVerdict) -> None:
    left = not_tested(verdict, steps_that_failed(ProbeStep.MESSAGE, None, None), [], host=HOST, anthropic=True)
    assert ("Whether Anthropic accepts the key." in left) is (verdict is KeyVerdict.UNKNOWN)


@pytest.mark.parametrize("host", [HOST, "gateway.test"])
@pytest.mark.parametrize("cause", ["credit_exhausted", "spend_limit_reached", "billing_problem"])
def test_credit_that_was_just_seen_to_be_spent_is_not_called_untested(host: str, cause: str) -> None:
    steps = steps_that_failed(ProbeStep.MESSAGE, None, cause)
    left = not_tested(KeyVerdict.GOOD, steps, [], host=host, anthropic=host == HOST)
    assert not [each for each in left if "redit" in each]
    assert [each for each in left if "ate limits" in each]


def test_limits_that_were_just_reached_are_not_called_untested() -> None:
    left = not_tested(
        KeyVerdict.GOOD, steps_that_failed(ProbeStep.MESSAGE, None, "rate_limited"), [], host=HOST, anthropic=True
    )
    assert [each for each in left if each.startswith("Credit:")]
    assert not [each for each in left if "limits" in each]


@pytest.mark.parametrize(
    ("step", "host", "named"), [(ProbeStep.URL, None, "the API"), (ProbeStep.DNS, "10.0.0.1", "10.0.0.1")]
)
def test_a_refused_address_is_not_called_out_of_reach(step: ProbeStep, host: str | None, named: str) -> None:
    """Nothing was sent, so nothing is known of the way there."""
    left = not_tested(KeyVerdict.UNKNOWN, steps_that_failed(step, None, None), [], host=host, anthropic=host is None)
    assert f"Whether your n8n can reach {named}." in left


def test_a_test_with_an_answer_lists_all_that_it_leaves_open() -> None:
    steps = [StepResult(step=step, outcome=StepOutcome.OK) for step in ProbeStep]
    left = not_tested(KeyVerdict.GOOD, steps, [answered("one")], host=HOST, anthropic=True)
    assert left == (
        f"Whether your n8n can reach {HOST}: this test ran from the portal's network.",
        "Whether the credential in your n8n has this same key.",
    )


@pytest.mark.parametrize("step", [ProbeStep.DNS, ProbeStep.TCP, ProbeStep.TLS, ProbeStep.HTTP])
def test_a_call_that_failed_on_its_way_is_no_word_on_the_way_of_n8n(step: ProbeStep) -> None:
    steps = steps_that_failed(step, Failure(code="ECONNRESET"), "connection_reset")
    left = not_tested(KeyVerdict.UNKNOWN, steps, [], host="gateway.test", anthropic=False)
    assert left == (
        "Whether Anthropic accepts the key.",
        "Whether your n8n can reach gateway.test: from the portal, no usable answer came.",
        "Whether the credential in your n8n has this same key.",
        "Credit and rate limits: no model answered.",
        "The key that gateway.test itself uses to call Anthropic.",
    )


def test_no_text_mentions_a_gateways_key_where_no_gateway_is_known() -> None:
    left = not_tested(KeyVerdict.UNKNOWN, steps_that_failed(ProbeStep.URL, None, None), [], host=None, anthropic=False)
    assert not [each for each in left if "itself uses" in each]


def test_limits_that_one_of_the_models_reached_are_not_called_untested() -> None:
    steps = [StepResult(step=step, outcome=StepOutcome.OK) for step in ProbeStep]
    for cause in ("rate_limited", "long_context_not_enabled"):
        left = not_tested(KeyVerdict.GOOD, steps, [failed("one", cause=cause)], host=HOST, anthropic=True)
        assert left[-1] == "Credit: no model answered."


def test_models_that_were_not_tried_are_named_by_reason_and_at_most_five() -> None:
    steps = [StepResult(step=step, outcome=StepOutcome.OK) for step in ProbeStep]

    def said(*models: ModelResult) -> list[str]:
        left = not_tested(KeyVerdict.GOOD, steps, [answered("one"), *models], host=HOST, anthropic=True)
        return [each for each in left if each.startswith("These models")]

    stopped = [left_out(f"m{number}", "The test was stopped.") for number in range(1, 8)]
    assert said(*stopped[:5]) == ["These models: m1, m2, m3, m4, m5. The test was stopped."]
    assert said(*stopped[:6]) == ["These models: m1, m2, m3, m4, m5 and 1 more. The test was stopped."]
    assert said(left_out("x"), stopped[0], left_out("y")) == [
        "These models: x, y.",
        "These models: m1. The test was stopped.",
    ]


def test_the_step_of_one_model_that_failed_has_its_own_words() -> None:
    step = summed_up(ProbeStep.MESSAGE, [failed("one", detail="Overloaded (529).", latency_ms=20.0, model_ms=5.0)])
    assert (step.step, step.outcome, step.detail) == (ProbeStep.MESSAGE, StepOutcome.FAILED, "Overloaded (529).")
    assert (step.cause, step.failure, step.ms) == ("overloaded", Failure(status=529, model="one"), 20.0)


@pytest.mark.parametrize(
    ("number", "detail"),
    [(2, "2 of 3 failed: m1, m2."), (3, "3 of 4 failed: m1, m2, m3."), (4, "4 of 5 failed: m1, m2, m3 and others.")],
)
def test_a_step_at_which_several_models_failed_names_the_first_three(number: int, detail: str) -> None:
    models = [failed(f"m{each}", cause=f"cause {each}") for each in range(1, number + 1)]
    step = summed_up(ProbeStep.MESSAGE, [answered("one"), *models])
    assert (step.outcome, step.detail, step.cause) == (StepOutcome.FAILED, detail, "cause 1")


def test_a_step_is_as_slow_as_its_slowest_model() -> None:
    models = [answered("one", model_ms=1.0, latency_ms=300.0), answered("two", model_ms=2.0, latency_ms=200.0)]
    assert (summed_up(ProbeStep.MODEL, models).ms, summed_up(ProbeStep.MESSAGE, models).ms) == (2.0, 300.0)
    assert summed_up(ProbeStep.MESSAGE, [answered("one"), answered("two", latency_ms=0.0)]).ms == 0.0
    assert summed_up(ProbeStep.MESSAGE, [answered("one")]).ms is None


def test_a_step_at_which_models_answered_counts_them() -> None:
    assert summed_up(ProbeStep.MESSAGE, [answered("one"), answered("two")]).detail == "2 of 2 answered."
    step = summed_up(ProbeStep.MESSAGE, [answered("one"), left_out("two")])
    assert (step.outcome, step.detail) == (StepOutcome.OK, "1 of 2 answered, 1 not tried.")


def test_a_model_whose_message_failed_was_found() -> None:
    """The step before the failed one went well, and no step after it was reached."""
    refused = [failed("one", ProbeStep.MESSAGE, model_ms=3.0)]
    assert summed_up(ProbeStep.MODEL, refused) == StepResult(step=ProbeStep.MODEL, outcome=StepOutcome.OK, ms=3.0)
    unknown = [failed("one", ProbeStep.MODEL)]
    assert summed_up(ProbeStep.MODEL, unknown).outcome is StepOutcome.FAILED
    assert summed_up(ProbeStep.MESSAGE, unknown).outcome is StepOutcome.NOT_REACHED
    assert summed_up(ProbeStep.MESSAGE, [left_out("one")]).outcome is StepOutcome.NOT_REACHED
    assert summed_up(ProbeStep.MODEL, [left_out("one")]).outcome is StepOutcome.NOT_REACHED
