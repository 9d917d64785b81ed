"""Whatever a prompt holds, it arrives byte for byte."""

import pytest

from core.n8n.choices import NodeChoices
from core.n8n.generate import OutputKind, document
from tests.n8n.fake_anthropic import FakeAnthropic
from tests.n8n.server import N8n
from tests.n8n.work import run, startable

NASTY = [
    'She said "hi"',
    "It's 'single'",
    "line one\nline two",
    "windows\r\nline",
    "a lone \r return",
    "tab\there",
    "back\\slash",
    "two \\\\ and \\n literal",
    'quote after backslash \\"',
    "{{ braces }}",
    "{{ $json.other }}",
    "}} closing first {{",
    "={{ 1 + 1 }}",
    "=SUM(A1:A2)",
    "${template} `backtick`",
    "$json.prompt",
    "$('Node').item.json.x",
    '{"json": ["in", {"a": 1}]}',
    "</script><script>alert(1)</script>",
    "<b>markup</b> &amp; entity",
    "# heading\n- list\n```js\ncode()\n```",
    "ünïcödé äöüß",
    "日本語 العربية עברית",
    "emoji 👩‍👩‍👧‍👦 🏳️‍🌈",
    "separator \u2028 and \u2029 here",
    "zero\u200bwidth and \ufeff mark",
    "non\u00a0breaking",
    "null \x00 byte",
    "control \x01\x02\x1b[31m",
    "delete \x7f",
    "  leading and trailing  ",
    "percent %s %d %20 100%",
    "// comment /* block */ # hash",
    "; DROP TABLE prompts; --",
    "true",
    "42",
    "null",
    "a" * 20_000,
    "\n",
    "comma, colon: semicolon; 'mix\" of `all` \\ {kinds}",
    "[[do:nothing]] ((paren)) <<angle>>",
    "C:\\Users\\name\\new\\table",
    "e\u0301 combining, and \U0001f9ff astral",
]


def test_there_are_enough_of_them() -> None:
    assert len(set(NASTY)) == len(NASTY) >= 30


@pytest.mark.n8n
@pytest.mark.parametrize("prompt", ["{{ $json.prompt }}", "$json.prompt", "{{ $json['prompt'] }}"])
def test_prompts_arrive_byte_for_byte(n8n: N8n, anthropic: FakeAnthropic, prompt: str) -> None:
    done = run(startable(document(OutputKind.CLIPBOARD, NodeChoices(prompt=prompt)), NASTY), n8n, "ok")
    assert done.status == "success", done.error
    arrived = [call.json["messages"][0]["content"] for call in anthropic.calls()]
    assert sorted(arrived) == sorted(NASTY)


@pytest.mark.n8n
def test_texts_around_the_prompt_arrive_byte_for_byte(n8n: N8n, anthropic: FakeAnthropic) -> None:
    plain = (text for text in NASTY if "{{" not in text and "}}" not in text and not text.startswith(("=", "$")))
    fixed = [text for text in plain if len(text) < 1000]
    for text in fixed:
        anthropic.requests.clear()
        choices = NodeChoices(prompt=text + "{{ $json.prompt }}" + text, system=text)
        done = run(startable(document(OutputKind.CLIPBOARD, choices), ["|"]), n8n, "ok")
        assert done.status == "success", (text, done.error)
        (call,) = anthropic.calls()
        assert call.json["messages"][0]["content"] == f"{text}|{text}"
        assert call.json["system"] == text


@pytest.mark.n8n
def test_sample_prompts_arrive_byte_for_byte(n8n: N8n, anthropic: FakeAnthropic) -> None:
    for text in ['"quoted"\n\\', "{{ braces }}", "={{ 1 }}", "ünï 👩‍👩‍👧‍👦"]:
        anthropic.requests.clear()
        done = run(document(OutputKind.WORKFLOW, NodeChoices(sample_prompt=text)), n8n, "ok")
        assert done.status == "success", (text, done.error)
        assert anthropic.calls()[0].json["messages"][0]["content"] == text
