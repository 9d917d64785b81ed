"""The one sentence of a test: short, without what a server said, and without blame for what was not tried."""

from collections.abc import Callable

import pytest

from core.claude.result import Access, ModelResult, Outcome, ProbeResult, Step, StepResult, Verdict
from core.claude.verdict import not_tested, summary
from tests.claude import fake_server as fake
from tests.claude.fake_server import Anthropic, FakeServer

Run = Callable[..., ProbeResult]
Serve = Callable[..., FakeServer]
HAIKU = "claude-haiku-4-5"
SAID = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing."
MOST_WORDS = 20
"""Words that the first sentence of an answer may have."""

ANSWERS = {
    "keyless": fake.json_reply(403, {"error": {"type": "forbidden", "message": SAID}}),
    "models": fake.error(400, "invalid_request_error", SAID),
    "model": fake.error(401, "authentication_error", SAID),
    "messages": fake.error(400, "invalid_request_error", SAID),
}


@pytest.mark.parametrize("host", ["api.anthropic.com", "gateway.test"])
@pytest.mark.parametrize("part", ANSWERS)
def test_what_a_server_said_stands_in_the_steps_and_not_in_the_sentence(
    run: Run, serve: Serve, part: str, host: str
) -> None:
    result = run(serve(Anthropic(**{part: ANSWERS[part]})), HAIKU, host=host)
    assert any(SAID[:40] in each.detail for each in result.steps)
    assert_plain(result.summary)


@pytest.mark.parametrize("key", ["", "sk-or-v1-" + "a1" * 32, "sk-ant-admin01-" + "a" * 93 + "AA"])
def test_a_key_that_is_not_sent_has_a_short_sentence_too(run: Run, serve: Serve, key: str) -> None:
    result = run(serve(), HAIKU, key=key)
    assert result.failed is not None
    assert result.failed.detail
    assert_plain(result.summary)


def assert_plain(sentence: str) -> None:
    first = sentence.split(". ")[0]
    assert len(first.split()) <= MOST_WORDS
    assert "HTTP" not in sentence
    assert SAID[:20] not in sentence


def model(number: int, outcome: Access) -> ModelResult:
    return ModelResult(model=f"claude-{number}", outcome=outcome, detail="HTTP 404: model: x")


OK, FAILED, LEFT = Access.OK, Access.FAILED, Access.NOT_TRIED
SENTENCES = [
    ([], "Anthropic accepts this key. No model was tested."),
    ([OK], "The key works with claude-0."),
    ([OK, OK], "The key works with all 2 models."),
    ([OK, FAILED], "The key works with 1 of 2 models."),
    ([OK, OK, LEFT], "The key works with all 2 models that were tried; 1 more was not tried."),
    ([OK, LEFT, LEFT], "The key works with claude-0; 2 more were not tried."),
    ([OK, FAILED, LEFT], "The key works with 1 of 2 models that were tried; 1 more was not tried."),
    ([FAILED], "Anthropic accepts this key, but claude-0 did not answer."),
    ([FAILED, FAILED], "Anthropic accepts this key, but none of the 2 models answered."),
    ([FAILED, LEFT], "Anthropic accepts this key, but claude-0 did not answer; 1 more was not tried."),
    (
        [FAILED, FAILED, LEFT],
        "Anthropic accepts this key, but none of the 2 models that were tried answered; 1 more was not tried.",
    ),
    ([LEFT], "Anthropic accepts this key, but claude-0 was not tried."),
    ([LEFT, LEFT], "Anthropic accepts this key, but none of the 2 models was tried."),
]


@pytest.mark.parametrize(("outcomes", "sentence"), SENTENCES)
def test_a_model_that_was_not_tried_is_not_accused(outcomes: list[Access], sentence: str) -> None:
    models = [model(number, outcome) for number, outcome in enumerate(outcomes)]
    steps = [StepResult(step=step, outcome=Outcome.OK) for step in Step]
    assert summary(Verdict.GOOD, steps, models, host="api.anthropic.com", anthropic=True) == sentence
    assert_plain(sentence)


def test_a_refused_address_is_not_called_out_of_reach() -> None:
    """Nothing was sent, so nothing is known of the way there."""
    steps = [StepResult(step=step, outcome=Outcome.NOT_REACHED) for step in Step]
    steps[1] = StepResult(step=Step.URL, outcome=Outcome.FAILED)
    left = not_tested(Verdict.UNKNOWN, steps, [], host=None, anthropic=True)
    assert "Whether your n8n can reach the API." in left
