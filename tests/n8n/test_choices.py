"""Tests of core.n8n.choices."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from core.models.catalogue import ThinkingMode
from core.n8n.choices import (
    ChoiceRefusedError,
    NodeChoices,
    ReportTo,
    cautions,
    checked,
    problems,
    refused_parameters,
)

TODAY = dt.date(2026, 11, 23)


def told(**changes: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.reason) for problem in problems(NodeChoices(**changes), TODAY)]


def test_defaults_make_a_node() -> None:
    assert told() == []
    assert checked(NodeChoices()) == NodeChoices()


def test_a_key_is_refused_in_every_text_field(fake_key: Callable[..., str]) -> None:
    texts = [field.name for field in msgspec.structs.fields(NodeChoices) if "str" in str(field.type)]
    assert {"system", "prompt", "base_url", "node_name", "model", "sample_prompt"} <= set(texts)
    for name in texts:
        key = fake_key()
        with pytest.raises(ChoiceRefusedError, match="secret") as refused:
            checked(NodeChoices(**{name: f"x {key}" if name in ("system", "prompt") else key}))
        assert refused.value.field == name
        assert key not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"model": "claude-3-opus-20240229"}, "model", "retired on 5 January 2026"),
        ({"second_model": "claude-2.1"}, "second_model", "retired"),
        ({"model": "claude sonnet"}, "model", "letters, digits and hyphens"),
        ({"temperature": 0.5}, "temperature", "no longer takes temperature"),
        ({"model": "claude-haiku-4-5", "temperature": 0.5, "top_p": 0.5}, "top_p", "not both"),
        (
            {"model": "claude-haiku-4-5", "temperature": 0.5, "anthropic_version": "2026-10-21"},
            "temperature",
            "2026-10-21",
        ),
        ({"thinking": ThinkingMode.ENABLED, "thinking_budget": 1024, "max_tokens": 2000}, "thinking", "does not take"),
        ({"model": "claude-opus-5-5", "thinking": ThinkingMode.DISABLED}, "thinking", "always thinks"),
        ({"model": "claude-haiku-4-5", "effort": "low"}, "effort", "does not support"),
        (
            {"model": "claude-haiku-5-5", "thinking": ThinkingMode.DISABLED, "effort": "max"},
            "effort",
            "only while it thinks",
        ),
        ({"max_tokens": 200_000}, "max_tokens", "at most 128,000"),
        ({"max_tokens": 0}, "max_tokens", "between"),
        ({"thinking_budget": 2000}, "thinking_budget", "only with thinking"),
        ({"base_url": "https://api.anthropic.com/v1"}, "base_url", "doubled"),
        ({"anthropic_version": "2024-01-01"}, "anthropic_version", "2023-06-01"),
        ({"prompt": "  "}, "prompt", "empty"),
        ({"prompt": "{{ $credentials.x }}"}, "prompt", "credential"),
        ({"n8n_version": "1.3"}, "n8n_version", "older"),
        ({"report_url": "https://chat.example.com/hook/" + "a1" * 12}, "report_url", "secret"),
        ({"node_name": "two\nlines"}, "node_name", "one line"),
        ({"tries": 9}, "tries", "between"),
    ],
)
def test_what_cannot_be_had_is_refused_with_the_reason(changes: dict[str, Any], field: str, reason: str) -> None:
    found = told(**changes)
    assert [one for one in found if one[0] == field and reason in one[1]], found


@pytest.mark.parametrize(
    ("field", "lowest", "highest", "step"),
    [
        ("max_tokens", 1, 1_000_000, 1),
        ("timeout_s", 1, 3600, 1),
        ("tries", 1, 5, 1),
        ("wait_between_tries_ms", 0, 5000, 1),
        ("rounds", 1, 10, 1),
        ("longest_wait_s", 1, 3600, 1),
        ("temperature", 0, 1, 0.01),
        ("top_p", 0, 1, 0.01),
        ("top_k", 0, 1_000_000, 1),
        ("thinking_budget", 1024, 999_999, 1),
    ],
)
def test_a_number_may_reach_its_limits_and_not_pass_them(
    field: str, lowest: float, highest: float, step: float
) -> None:
    def fields(value: float) -> set[str]:
        """Which fields are refused; an id that is not Anthropic's has no rules of its own."""
        budget = {"thinking": ThinkingMode.ENABLED, "max_tokens": 1_000_000} if field == "thinking_budget" else {}
        return {one[0] for one in told(model="my-deployment", **budget, **{field: value})}

    assert fields(lowest) == fields(highest) == set()
    assert fields(lowest - step) == fields(highest + step) == {field}


def test_an_answer_may_be_as_long_as_the_model_can_give() -> None:
    assert told(model="claude-haiku-4-5", max_tokens=64_000) == []
    ((field, reason),) = told(model="claude-haiku-4-5", max_tokens=64_001)
    assert field == "max_tokens"
    assert "at most 64,000" in reason


def test_what_thinking_needs_and_what_it_rules_out() -> None:
    def fields(**changes: Any) -> list[str]:
        return [one[0] for one in told(model="claude-haiku-4-5", **changes)]

    on = {"thinking": ThinkingMode.ENABLED, "thinking_budget": 1024, "max_tokens": 1025}
    assert fields(**on) == []
    assert fields(**on | {"max_tokens": 1024}) == ["thinking_budget"]
    assert fields(**on | {"thinking_budget": None}) == ["thinking_budget"]
    assert fields(thinking=ThinkingMode.DISABLED, thinking_budget=1024, max_tokens=2048) == ["thinking_budget"]
    assert fields(**on, temperature=1) == fields(thinking=ThinkingMode.DISABLED, temperature=0.5, top_k=5) == []
    assert fields(**on, temperature=0.5) == fields(**on, top_k=5) == ["temperature"]


@pytest.mark.parametrize("field", ["node_name", "credential_name", "workspace_id"])
def test_a_name_is_one_short_line_of_plain_text(field: str) -> None:
    for name in ("x", "x" * 80, "Ünï 🙂", "a {brace}"):
        assert told(**{field: name}) == []
    for name in ("", " ", "x" * 81, "two\nlines", "tab\there", "del\x7f", "{{ $json.name }}", "=name"):
        assert told(**{field: name}) == [(field, "A name has 1 to 80 characters on one line, and no {{.")]


@pytest.mark.parametrize("field", ["model", "second_model"])
def test_a_model_id_is_one_word(field: str) -> None:
    for model in ("m", "my-deployment_1", "anthropic/claude-x:free", "eu.anthropic.claude@1", "m" * 200):
        assert told(**{field: model}) == []
    for model in ("", "-m", "two words", 'quo"te', "m\n", "m" * 201):
        assert [one[0] for one in told(**{field: model})] == [field]


def test_an_address_for_reports_may_hold_a_path_and_nothing_secret() -> None:
    assert told(report_url="https://portal.example.org/v1/intake") == []
    assert told(report_url="https://chat.example.com/rooms/" + "a" * 19) == []
    for address in ("https://chat.example.com/" + "a" * 20, "https://chat.example.com/x?t=" + "a" * 20):
        assert [one[0] for one in told(report_url=address)][-1] == "report_url"
        assert "secret part" in told(report_url=address)[0][1]
    assert told(report_url="http://chat.example.com/x")[0][0] == "report_url"


def test_a_mask_of_a_hidden_key_is_refused_like_the_key() -> None:
    ((field, reason),) = told(system="Use [Anthropic API key #0a1b2c]")
    assert (field, "[Anthropic API key #0a1b2c]" in reason) == ("system", True)
    assert told(system="See [note #12345g] and [x #0a1b2c] and [ab cd 0a1b2c]") == []


def test_refused_parameters_say_why() -> None:
    refused = refused_parameters("claude-sonnet-5-5")
    assert set(refused) >= {"temperature", "top_p", "top_k", "thinking.enabled", "thinking.disabled"}
    assert "between_tools" in refused["thinking.disabled"]
    assert "temperature" not in refused_parameters("claude-haiku-4-5")
    assert refused_parameters("my-deployment") == {}


def test_ending_and_unknown_models_are_cautions_not_refusals() -> None:
    assert told(model="claude-sonnet-4-5") == []
    assert "retires in 7 days" in cautions(NodeChoices(model="claude-sonnet-4-5"), TODAY)[0].reason
    assert "not in Anthropic's list" in cautions(NodeChoices(model="claude-future-9"), TODAY)[0].reason
    assert cautions(NodeChoices(), TODAY) == ()


def test_report_address_is_a_placeholder_until_chosen() -> None:
    assert NodeChoices().report_address.endswith("/api/intake")
    assert "example.com" in NodeChoices(report_to=ReportTo.SLACK).report_address
    assert NodeChoices(report_url="https://portal.example.org/api/intake").report_address.startswith("https://portal")
