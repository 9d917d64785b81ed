"""The failing line is the message, whatever is around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diagnosis import diagnose
from core.paste import read
from core.paste.facts.lines import is_echo, weight, without_afterword, without_frame

FAILING = (
    "invalid_request_error: max_tokens: Field required",
    "Error: 529 Overloaded",
    "TypeError: fetch failed",
    "The model `claude-x` does not exist or is not available",
    "connect ECONNREFUSED 127.0.0.1:443",
)
AROUND = ("It has this error:", "hello", "Hi all", "Thanks in advance!", "This is what I see:", "Workflow of the week")


@pytest.mark.parametrize("line", FAILING)
def test_a_failing_line_weighs_more_than_what_is_around_it(line: str) -> None:
    assert weight(line) > max(map(weight, AROUND))


@given(
    line=st.sampled_from(FAILING), before=st.lists(st.sampled_from(AROUND), max_size=3), after=st.sampled_from(AROUND)
)
def test_headings_and_greetings_are_never_the_message(line: str, before: list[str], after: str) -> None:
    plain = read(line).failures[0].message
    failures = read("\n".join([*before, line, after])).failures
    assert failures
    assert failures[0].message == plain


@pytest.mark.parametrize("glyphs", ["  ⎿  ", "⏺ ", "● ", "│ ", "❌ ", "    ⎿  "])
@pytest.mark.parametrize("echo", ["> hi", "❯ write a test", "user: hello"])
def test_a_terminals_frame_and_echo_change_nothing(glyphs: str, echo: str) -> None:
    """Claude Code draws answers behind ⎿ and repeats what was typed."""
    said = 'API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
    text = f"⏺ Welcome\n{echo}\n{glyphs}{said}"
    assert diagnose(text).findings[0].cause == diagnose(said).findings[0].cause == "overloaded"


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("╭──── 401 Unauthorized ────╮", "401 Unauthorized"),
        ("  ⎿  API Error (Connection error.) · Retrying in 1 seconds…", "Connection error."),
        ("API Error (api.anthropic.com | 504: Gateway time-out) · Retrying", "504: Gateway time-out"),
        ("no frame at all", "no frame at all"),
    ],
)
def test_a_frame_is_taken_off(line: str, plain: str) -> None:
    assert without_frame(line) == plain


def test_a_body_behind_a_prompts_mark_is_no_echo() -> None:
    assert is_echo("> please summarise this")
    assert not is_echo('> {"error": {"message": "Overloaded"}}')


@pytest.mark.parametrize("vendor", ["OpenAI", "Gemini", "Mistral"])
def test_a_vendor_in_the_guess_behind_the_failing_line_is_not_whose_call_it_was(vendor: str) -> None:
    text = (
        f'"JSON parameter needs to be valid JSON"\n\nMy guess is that the picture comes from {vendor} and is too big.'
    )
    assert vendor not in without_afterword(text)
    assert diagnose(text).findings[0].cause == "body_not_json"


@pytest.mark.parametrize(
    "ending", ["from anthropic node, please help.", "from my workflow; any ideas?", "from n8n, thanks!"]
)
def test_a_polite_closing_names_no_node(ending: str) -> None:
    failure = read(f'401 {{"type":"error","error":{{"type":"api_error","message":"x"}}}}\n{ending}').failures[0]
    assert failure.node is None


@pytest.mark.parametrize(
    "sentence",
    ["All were skipped, reason `Error in sub-node Anthropic Chat Model B`.", "I see \"Error in sub-node 'Claude 2'\""],
)
def test_a_sub_nodes_name_is_read_inside_a_sentence(sentence: str) -> None:
    failure = read(sentence).failures[0]
    assert failure.node in ("Anthropic Chat Model B", "Claude 2")
    assert diagnose(sentence).findings[0].cause == "detail_lost"
