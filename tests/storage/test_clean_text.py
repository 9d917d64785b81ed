"""What becomes of texts before they are stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.storage.clean_text import Cleaner
from core.storage.errors import Refused

CLEANER = Cleaner(b"salt" * 8)


def test_a_line_is_one_line_without_what_cannot_be_seen():
    assert CLEANER.line("  Production\n\tkey\u202e \u200b\x00\ud800", "label") == "Production key"


def test_a_block_keeps_its_lines():
    assert CLEANER.block("one\r\ntwo\n\tthree\x00\x1b[31m", "note") == "one\ntwo\n\tthree[31m"


@pytest.mark.parametrize(("text", "longest"), [("x" * 11, 10), ("x" * 300_000, 400_000)])
def test_what_is_too_long_is_refused_and_never_cut(text: str, longest: int):
    with pytest.raises(Refused, match=f"note is longer than {longest:,} characters"):
        CLEANER.block(text, "note", longest=longest)


def test_a_key_at_the_edge_of_the_length_is_hidden_whole(fake_key):
    assert CLEANER.line(f"{'x' * 60} {fake_key()}", "label", longest=100).startswith("x" * 60 + " [Anthropic API key #")


@pytest.mark.parametrize(
    "fact", ["claude-sonnet-5", "@n8n/n8n-nodes-langchain.anthropic", "req_011CSHoEeqs5C35K2UUqR7Fy", "10.0.0.7:4000",
             "2026-11-23T12:00:00.000Z", "not_found_error", "2.41.1", "ECONNREFUSED"],
)  # fmt: skip
def test_facts_pass(fact: str):
    assert CLEANER.token(fact) == fact


@pytest.mark.parametrize("text", ["", "two words", "<b>", "línea", "a\nb", "x" * 201, "=1+1", "-1", "${key}", None])
def test_texts_are_no_facts(text: str | None):
    assert CLEANER.token(text) is None


def test_a_key_is_no_fact(fake_key):
    assert CLEANER.token(fake_key()) is None


@given(st.text())
def test_any_text_can_be_stored_afterwards(text: str):
    clean = CLEANER.block(text, "note")
    assert "\0" not in clean
    clean.encode()
    assert CLEANER.line(clean, "note", longest=10_000) == CLEANER.line(text, "note", longest=10_000)
