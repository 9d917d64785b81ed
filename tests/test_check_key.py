"""What ``reconnect check-key`` prints."""

import json
from collections.abc import Callable

from core.claude.check_key import result_lines
from core.claude.result import ProbeResult, to_contract
from tests.claude import fake_server as fake
from tests.claude.fake_server import Anthropic, FakeServer


def test_json_is_one_line_of_the_contract(
    run: Callable[..., ProbeResult], serve: Callable[..., FakeServer], key: str
) -> None:
    result = run(serve(), "claude-haiku-4-5")
    (line,) = result_lines(result, as_json=True)
    assert json.loads(line) == to_contract(result)
    assert key not in line


def test_text_says_the_sentence_the_steps_the_models_and_what_is_open(
    run: Callable[..., ProbeResult], serve: Callable[..., FakeServer], key: str
) -> None:
    gone = fake.error(404, "not_found_error", "model: claude-x")
    text = "\n".join(result_lines(run(serve(Anthropic(model=gone, messages=gone)), "claude-x"), as_json=False))
    assert text.startswith("Anthropic accepts this key, but claude-x did not answer.")
    assert "ok    authentication" in text
    assert "FAIL  model" in text
    assert "-     message" in text
    assert fake.REQUEST_ID in text
    assert "Key: good." in text
    assert "Not tested:\n  Whether your n8n can reach api.anthropic.com" in text
    assert key not in text
