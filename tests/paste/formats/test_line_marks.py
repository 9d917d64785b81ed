"""Marks before lines: removed where one text was marked line by line, kept where they mean something."""

import pytest

from core.paste.formats.line_marks import without_line_marks

TEXT = '{\n  "errorMessage": "Overloaded",\n\n  "n8nDetails": {}\n}'
MARKS = {
    "ISO": "2026-11-02T10:12:33.123Z ",
    "ISO in brackets": "[2026-11-02 10:12:33,123] ",
    "kubectl": "2026-11-02T10:12:33.123456789Z stdout F ",
    "clock": "[10:22:31] ",
    "American": "11/2/2026, 10:12:33 AM - ",
    "German": "02.11.2026 10:12:33 ",
    "syslog": "Nov  2 10:12:33 srv1 n8n[1234]: ",
    "epoch": "1793614353123 ",
    "compose": "n8n-1  | ",
    "swarm": "n8n_n8n.1.abc@node    | ",
    "pm2": "0|n8n  | ",
    "pod": "[pod/n8n-6c9/n8n] ",
    "quote": "> ",
    "bullet": "• ",
    "dash": "- ",
    "number": "1. ",
    "indentation": "      ",
}


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_one_text_that_was_marked_line_by_line_is_one_text_again(mark: str) -> None:
    marked = "\n".join(mark + line for line in TEXT.split("\n"))
    assert without_line_marks(marked) == TEXT
    if mark.strip():
        assert without_line_marks(f"It says:\n{marked}\nthanks") == f"It says:\n{TEXT}\nthanks"


@pytest.mark.parametrize(
    "text",
    [
        "> POST /v1/messages HTTP/2\n> Host: api.anthropic.com\n>\n< HTTP/2 401\n< request-id: req_011",
        "* Connected to api.anthropic.com\n> POST /v1/messages HTTP/2\n< HTTP/2 529",
        "2026-11-02T10:12:33.123Z | error | Overloaded\n2026-11-02T10:12:34.123Z | info | Stopping",
        "error | Overloaded\nerror | Stopping",
        "a | b\nc | d",
        "Claude | 529",
        "> hi\n\nAPI Error: 529",
        "Problem in node\n    at run (node.ts:1:1)\n    at next (node.ts:2:2)",
        "529 Overloaded",
    ],
)
def test_marks_that_mean_something_stay(text: str) -> None:
    assert without_line_marks(text) == text


def test_a_quoted_exchange_keeps_its_own_marks() -> None:
    exchange = "> POST /v1/messages HTTP/2\n> x-api-key: [key]\n< HTTP/2 401"
    assert without_line_marks("\n".join(f"> {line}" for line in exchange.split("\n"))) == exchange
