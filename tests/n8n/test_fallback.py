"""The fallback workflow, run in a real n8n: it waits as Anthropic asks, tries again, calls the second way, and ends."""

import time

import pytest

from core.n8n.choices import NodeChoices
from core.n8n.generate import OutputKind, document
from tests.n8n.fake_anthropic import FakeAnthropic
from tests.n8n.server import N8n
from tests.n8n.work import run

pytestmark = pytest.mark.n8n


@pytest.mark.parametrize("version", [None, "1.20"])
def test_busy_then_answered(n8n: N8n, anthropic: FakeAnthropic, version: str | None) -> None:
    anthropic.plan["first"] = ["rl429", "e529", "ok"]
    began = time.monotonic()
    done = run(
        document(OutputKind.FALLBACK, NodeChoices(n8n_version=version)), n8n, "first", Call_Claude_again="second"
    )
    assert done.status == "success", done.error
    assert [item["answered_by"] for item in done.items("Answer")] == ["Call Claude"]
    assert len(anthropic.calls("first")) == 3
    assert anthropic.calls("second") == []
    assert time.monotonic() - began >= 1  # retry-after: 1


@pytest.mark.parametrize("fault", ["rl429", "e529", "e500", "e502", "reset"])
def test_always_busy_uses_the_second_model(n8n: N8n, anthropic: FakeAnthropic, fault: str) -> None:
    anthropic.plan |= {"first": [fault], "second": ["ok"]}
    choices = NodeChoices(rounds=2, second_model="claude-haiku-4-5")
    done = run(document(OutputKind.FALLBACK, choices), n8n, "first", Call_Claude_again="second")
    assert done.status == "success", done.error
    (answer,) = done.items("Answer")
    assert answer["answered_by"] == "Call Claude again"
    assert answer["model"] == "claude-haiku-4-5"
    assert len(anthropic.calls("first")) == 2
    assert len(anthropic.calls("second")) == 1


def test_long_wait_is_not_waited_for(n8n: N8n, anthropic: FakeAnthropic) -> None:
    anthropic.plan |= {"first": ["slow429"], "second": ["ok"]}
    began = time.monotonic()
    done = run(document(OutputKind.FALLBACK, NodeChoices()), n8n, "first", Call_Claude_again="second")
    assert done.status == "success", done.error
    assert len(anthropic.calls("first")) == 1
    assert time.monotonic() - began < 30


def test_everything_busy_ends_with_an_error_that_says_so(n8n: N8n, anthropic: FakeAnthropic) -> None:
    anthropic.plan |= {"first": ["e529"], "second": ["rl429"]}
    done = run(document(OutputKind.FALLBACK, NodeChoices(rounds=2)), n8n, "first", Call_Claude_again="second")
    assert done.status == "error"
    assert done.error["message"].startswith("Claude did not answer: 429 rate_limit_error")
    assert "req_" in done.error["message"]
    assert (len(anthropic.calls("first")), len(anthropic.calls("second"))) == (2, 1)


@pytest.mark.parametrize(("fault", "words"), [("invalid", "invalid x-api-key"), ("credit", "credit balance")])
def test_other_errors_are_not_hidden(n8n: N8n, anthropic: FakeAnthropic, fault: str, words: str) -> None:
    done = run(document(OutputKind.FALLBACK, NodeChoices()), n8n, fault, Call_Claude_again="ok")
    assert done.status == "error"
    assert words in done.error["message"]
    assert len(anthropic.calls()) == 1
