"""Tests of core.n8n.expressions."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.n8n.expressions import MAX_CHARS, ExpressionRefusedError, literal, to_javascript


@given(st.text())
def test_literal_is_the_text_again_and_holds_no_brace(text: str) -> None:
    written = literal(text)
    assert json.loads(written) == text
    assert "{" not in written
    assert "}" not in written


def test_lone_surrogate_is_escaped() -> None:
    assert literal("\ud800") == '"\\ud800"'


@pytest.mark.parametrize(
    ("text", "javascript"),
    [
        ("{{ $json.prompt }}", "$json.prompt"),
        ("={{ $json.prompt }}", "$json.prompt"),
        ("  {{ $json.prompt }}", "[\"  \", $json.prompt].join('')"),
        ("$json.prompt", "$json.prompt"),
        ("$('Webhook').item.json.q", "$('Webhook').item.json.q"),
        ("Say hi", '"Say hi"'),
        # As it was typed, since the person reads it again in the node.
        ("Grüße, 你好 🙂", '"Grüße, 你好 🙂"'),
        ("$5 is cheap", '"$5 is cheap"'),
        ("Sum: {{ $json.a }} and {{ $json.b }}!", '["Sum: ", $json.a, " and ", $json.b, "!"].join(\'\')'),
        ("{{ $json['a }'] }}", "$json['a }']"),
        ("", '""'),
        pytest.param("x" * MAX_CHARS, f'"{"x" * MAX_CHARS}"', id="the longest text"),
    ],
)
def test_prompt_becomes_javascript(text: str, javascript: str) -> None:
    assert to_javascript(text) == javascript


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{{ }}", "nothing between"),
        ("Say {{ $json.prompt", "without its"),
        ("{{ $credentials.anthropicApi.apiKey }}", "cannot read a credential"),
        ("{{ $env.SECRET }}", "blocks \\$env"),
        ("{{ $json.a // why }}", "plain expression"),
        ("{{ `${$json.a}` }}", "plain expression"),
        ("{{ $json.a; $json.b }}", "plain expression"),
        ("{{ ($json.a }}", "not closed"),
        ("{{ $json['a }}", "not closed"),
        ("{{ [$json.a) }}", "not closed"),
        pytest.param("x" * (MAX_CHARS + 1), "more than 20,000 characters", id="a longer text"),
    ],
)
def test_what_n8n_could_not_read_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ExpressionRefusedError, match=sentence):
        to_javascript(text)
