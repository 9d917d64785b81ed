"""What ``reconnect check-key`` prints."""

import json

import pytest

from core.probe import live_run
from core.probe.live_run import findings_of
from core.probe.policy import from_settings
from core.probe.request import ProbeRequest
from core.settings import load
from core.text.key_report import result_lines, to_contract
from tests.probe import fake_server as fake
from tests.probe.fake_server import Anthropic
from tests.wire import wire

NO_CREDIT = fake.error(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.")


@pytest.fixture
def out(tmp_path):
    with wire(tmp_path) as opened:
        yield opened


@pytest.fixture
def run(out, fake_key):
    def test(script, model="claude-haiku-4-5"):
        out.script = script
        around = from_settings(load(out.settings))
        return live_run.run(ProbeRequest(models=(model,)), fake_key(), surroundings=around)

    return test


def test_json_is_one_line_of_the_contract(run, fake_key):
    result = run(Anthropic())
    (line,) = result_lines(result, as_json=True)
    assert json.loads(line) == to_contract(result, findings_of(result))
    assert fake_key() not in line


def test_the_contracts_words_are_those_of_the_page(run):
    told = json.loads(next(result_lines(run(Anthropic(messages=NO_CREDIT)), as_json=True)))
    assert (told["cause"], told["key_verdict"]) == ("credit_exhausted", "good")
    assert told["summary"] == (
        "The Anthropic account has run out of credit. "
        "Valid: Anthropic knows this key. It can't get an answer until the account has credit."
    )


def test_text_names_the_cause_what_is_known_of_the_key_the_steps_and_what_is_open(run, fake_key):
    gone = fake.error(404, "not_found_error", "model: claude-x")
    lines = list(result_lines(run(Anthropic(model=gone, messages=gone), "claude-x"), as_json=False))
    text = "\n".join(lines)
    assert lines[0] == "No Claude model is named claude-x."
    assert lines[1].startswith("Valid: Anthropic knows this key.")
    assert "ok           authentication" in text
    assert "failed       model" in text
    assert "not reached  message" in text
    assert fake.REQUEST_ID in text
    assert "Key: valid." in text
    assert "Who fixes it: " in text
    assert "\n  1. " in text
    assert "Not tested:\n  Whether your n8n can reach api.anthropic.com" in text
    assert fake_key() not in text
