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
