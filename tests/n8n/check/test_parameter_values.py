"""What "check my node" takes for known in a parameter, held to n8n's own engine."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.n8n.check.javascript import TokenKind, decoded, is_balanced, tokens, without_comments
from core.n8n.check.parameter_values import chunks, code_in, constant, leading_text
from tests.n8n.check.test_json_templates import evaluated

KNOWN = [
    ("2023-06-01", "2023-06-01"),
    ("=2023-06-01", "2023-06-01"),
    ("=claude-sonnet-5", "claude-sonnet-5"),
    ("=https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1/messages"),
    ("={{ 'claude-sonnet-5' }}", "claude-sonnet-5"),
    ('={{ "claude\\u002dsonnet-5" }}', "claude-sonnet-5"),
    ("={{ ('claude-sonnet-5') }}", "claude-sonnet-5"),
    ("={{ `claude-sonnet-5` }}", "claude-sonnet-5"),
    ("={{ /* newest */ 'claude-sonnet-5' }}", "claude-sonnet-5"),
    ("={{ 100 }}", "100"),
    ("=claude-{{ 'sonnet' }}-{{ 5 }}", "claude-sonnet-5"),
    ("=a \\{{ b }} c", "a \\{{ b }} c"),
]
DEPENDS = [
    "={{ $json.model }}",
    "={{ 'a' + $json.model }}",
    "={{ `claude-${$json.v}` }}",
    "={{ $json.model || 'claude-sonnet-5' }}",
    "=https://{{ $json.host }}/v1/messages",
    "={{ }}",
    "={{ 'a}}b' }}",
]


@pytest.mark.parametrize(("written", "value"), KNOWN)
def test_what_is_the_same_in_every_run_is_known(written: str, value: str) -> None:
    assert constant(written) == value


@pytest.mark.parametrize("written", DEPENDS)
def test_what_depends_on_data_is_not_known(written: str) -> None:
    assert constant(written) is None


@pytest.mark.parametrize(
    ("value", "known"), [(100, "100"), (0.5, "0.5"), (True, None), (None, None), (["a"], None), ({"a": 1}, None)]
)
def test_only_texts_and_numbers_are_known(value: object, known: str | None) -> None:
    assert constant(value) == known


@pytest.mark.n8n
def test_n8n_evaluates_to_what_is_known(installed: Path) -> None:
    answers = evaluated([(written[1:], {}) for written, _ in KNOWN[1:]], installed)
    assert [str(answer["value"]) for answer in answers] == [value for _, value in KNOWN[1:]]


def test_an_expression_is_split_as_n8n_splits_it() -> None:
    text = "=a {{ x }} b {{ 'y}}z' }} {{ open"
    assert [(text[chunk.start : chunk.end], chunk.is_code) for chunk in chunks(text)] == [
        ("a ", False),
        (" x ", True),
        (" b ", False),
        (" 'y", True),
        ("z' }} ", False),
        (" open", True),
    ]
    assert code_in(text) == [" x ", " 'y", " open"]
    assert code_in(text[1:]) == []


@pytest.mark.parametrize(
    ("written", "start"),
    [
        ("=https://api.anthropic.com/v1/{{ $json.path }}", "https://api.anthropic.com/v1/"),
        ("={{ $json.url }}", ""),
        ("https://x/{{ y }}", "https://x/{{ y }}"),
        ("", ""),
    ],
)
def test_the_beginning_of_an_address_is_known(written: str, start: str) -> None:
    assert leading_text(written) == start


def test_strings_comments_and_regular_expressions_are_told_apart() -> None:
    code = "const a = /x'y[/]/g; b('q') // c'\n m = `t ${x}`; n = 5/2/3"
    found = [(token.kind, token.text) for token in tokens(code)]
    assert (TokenKind.REGEX, "/x'y[/]/g") in found
    assert (TokenKind.STRING, "'q'") in found
    assert (TokenKind.COMMENT, "// c'") in found
    assert (TokenKind.STRING, "`t ${x}`") in found
    assert found[-5:] == [
        (TokenKind.NUMBER, "5"),
        (TokenKind.MARK, "/"),
        (TokenKind.NUMBER, "2"),
        (TokenKind.MARK, "/"),
        (TokenKind.NUMBER, "3"),
    ]
    assert all(code[token.start : token.end] == token.text for token in tokens(code))


def test_comments_become_spaces_so_that_offsets_stay() -> None:
    assert without_comments("a // b\nc /* d */ e '// f'") == "a     \nc         e '// f'"


@pytest.mark.parametrize(
    ("code", "balanced"),
    [
        ("f({ a: [1] })", True),
        ("f('(')", True),
        ("f(`{`)", True),
        ("// (\na", True),
        ("f(", False),
        ("f)", False),
        ("(]", False),
        ("'open", False),
    ],
)
def test_brackets_are_counted_outside_strings_and_comments(code: str, balanced: bool) -> None:
    assert is_balanced(code) is balanced


def test_a_string_is_read_as_javascript_reads_it() -> None:
    assert decoded(r"'a\n\x41\u0042\u{43}\'\d'") == "a\nABC'd"
    assert decoded("`a`") == "a"
    assert decoded("`a${b}`") is None


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    found = tokens(text)
    assert [token.start for token in found] == sorted({token.start for token in found})
    assert len(without_comments(text)) == len(text)
    constant(text)
    assert all(0 <= chunk.start <= chunk.end <= len(text) + 1 for chunk in chunks(f"={text}"))
