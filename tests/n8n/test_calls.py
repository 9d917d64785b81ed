"""The call workflow and the single node, run in a real n8n."""

import pytest

from core.models.catalogue import ThinkingMode
from core.n8n.choices import Auth, NodeChoices, OnError
from core.n8n.generate import OutputKind, document
from tests.n8n.fake_anthropic import FakeAnthropic
from tests.n8n.server import N8n
from tests.n8n.work import run, startable

pytestmark = pytest.mark.n8n

SPOKEN = "Hello from the fake Claude."


@pytest.mark.parametrize("auth", Auth)
@pytest.mark.parametrize("version", [None, "1.20"])
def test_workflow_is_answered(n8n: N8n, anthropic: FakeAnthropic, auth: Auth, version: str | None) -> None:
    choices = NodeChoices(auth=auth, n8n_version=version, sample_prompt='She said "hi"\nand {{ left }}')
    done = run(document(OutputKind.WORKFLOW, choices), n8n, "ok")
    assert done.status == "success", done.error
    assert done.items("Answer") == [{"text": SPOKEN, "stop_reason": "end_turn"}]
    (call,) = anthropic.calls()
    assert call.headers["x-api-key"].endswith("-ok")
    assert call.headers["anthropic-version"] == "2023-06-01"


def test_every_choice_arrives(n8n: N8n, anthropic: FakeAnthropic) -> None:
    choices = NodeChoices(
        model="claude-opus-5",
        max_tokens=77,
        system='Answer "briefly", {{ $json.prompt.length }} letters \\ no {more}',
        thinking=ThinkingMode.ADAPTIVE,
        effort="low",
        workspace_id="wrkspc_01test",
        prompt="Repeat: {{ $json.prompt }}",
    )
    done = run(startable(document(OutputKind.CLIPBOARD, choices), ["abc"]), n8n, "ok")
    assert done.status == "success", done.error
    (call,) = anthropic.calls()
    assert call.headers["anthropic-workspace-id"] == "wrkspc_01test"
    assert call.json == {
        "model": "claude-opus-5",
        "max_tokens": 77,
        "system": 'Answer "briefly", 3 letters \\ no {more}',
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "low"},
        "messages": [{"role": "user", "content": "Repeat: abc"}],
    }


def test_sampling_parameters_arrive(n8n: N8n, anthropic: FakeAnthropic) -> None:
    choices = NodeChoices(model="claude-haiku-4-5", temperature=0.5, top_k=3)
    done = run(document(OutputKind.WORKFLOW, choices), n8n, "ok")
    assert done.status == "success", done.error
    assert anthropic.calls()[0].json | {"temperature": 0.5, "top_k": 3} == anthropic.calls()[0].json


def test_prompt_that_looks_like_an_expression_is_sent_as_it_is(n8n: N8n, anthropic: FakeAnthropic) -> None:
    done = run(document(OutputKind.WORKFLOW, NodeChoices(sample_prompt="={{ 1 + 1 }}")), n8n, "ok")
    assert done.status == "success", done.error
    assert anthropic.calls()[0].json["messages"][0]["content"] == "={{ 1 + 1 }}"


@pytest.mark.parametrize(
    ("label", "status", "words"),
    [
        ("invalid", "401", "invalid x-api-key"),
        ("credit", "400", "credit balance"),
        ("rl429", "429", "rate limit"),
        ("e529", "529", "Overloaded"),
        ("challenge", "403", "Just a moment"),
    ],
)
@pytest.mark.usefixtures("anthropic")
def test_failure_stops_the_run_with_anthropics_words(n8n: N8n, label: str, status: str, words: str) -> None:
    done = run(document(OutputKind.WORKFLOW, NodeChoices()), n8n, label)
    assert done.status == "error"
    assert done.error["httpCode"] == status
    assert words in str(done.error.get("description")) + str(done.error.get("messages"))


@pytest.mark.usefixtures("anthropic")
def test_reset_stops_the_run(n8n: N8n) -> None:
    done = run(document(OutputKind.WORKFLOW, NodeChoices()), n8n, "reset")
    assert done.status == "error"
    assert done.error["httpCode"] == "ECONNRESET"


@pytest.mark.usefixtures("anthropic")
def test_broken_json_stops_the_run(n8n: N8n) -> None:
    done = run(document(OutputKind.WORKFLOW, NodeChoices()), n8n, "garbage")
    assert done.status == "error"
    assert "Invalid JSON" in done.error["message"]


@pytest.mark.usefixtures("anthropic")
@pytest.mark.parametrize("version", [None, "1.20"])
def test_error_output_keeps_the_reason(n8n: N8n, version: str | None) -> None:
    choices = NodeChoices(on_error=OnError.ERROR_OUTPUT, n8n_version=version)
    done = run(document(OutputKind.WORKFLOW, choices), n8n, "credit")
    assert done.status == "success", done.error
    assert done.items("Answer") == []
    (failure,) = done.items("What went wrong")
    assert "credit balance is too low" in failure["error"]


def test_retry_on_fail_asks_again(n8n: N8n, anthropic: FakeAnthropic) -> None:
    anthropic.plan["twice"] = ["e529", "ok"]
    choices = NodeChoices(tries=3, wait_between_tries_ms=100)
    done = run(document(OutputKind.WORKFLOW, choices), n8n, "twice")
    assert done.status == "success", done.error
    assert len(anthropic.calls("twice")) == 2
