"""HTML around a text: a message's is taken off, a page that answered a call stays."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.paste.formats.markup import is_marked_up, without_entities, without_markup

LINES = '401 {"type": "error"}\nmodel: <nil> & <maria@example.com>\n\n  at run (node.ts:1:1)'
ESCAPED = html.escape(LINES)


@pytest.mark.parametrize(
    "message",
    [
        f"<div><p>{ESCAPED.replace(chr(10), '</p><p>')}</p></div>",
        f"<p>{ESCAPED.replace(chr(10), '<br>')}</p>",
        f'<pre class="x"><code>{ESCAPED}</code></pre>',
        f"<!-- note --><style>p {{ color: red }}</style><p>{ESCAPED.replace(chr(10), '<br />' + chr(10))}</p>",
        f'<html><head></head><body><p class="MsoNormal">{ESCAPED.replace(chr(10), "<br>")}</p></body>',
        f'Hello<br>Jo<br><span style="color:red">{ESCAPED.replace(chr(10), "<br/>")}</span>',
    ],
)
def test_the_words_of_a_message_are_kept_with_their_lines(message: str) -> None:
    assert is_marked_up(message)
    lines = [line.strip() for line in LINES.split("\n") if line.strip()]
    plain = [line.strip() for line in without_markup(message).split("\n") if line.strip()]
    assert plain[-len(lines) :] == lines


@pytest.mark.parametrize(
    "text",
    [
        "<html>\r\n<head><title>502 Bad Gateway</title></head><body><center><h1>502</h1></center></body></html>",
        "<!DOCTYPE html><title>Just a moment...</title><div><p>Enable JavaScript</p><p>cookies</p></div>",
        "Unexpected token '<', \"<p>...\" is not valid JSON",
        "401 <nil> from <maria@example.com>",
        "x < 3 and y > 2",
    ],
)
def test_what_is_no_persons_message_stays(text: str) -> None:
    assert not is_marked_up(text)


@given(st.text(alphabet="a<>&\"' é😀", max_size=40))
def test_entities_mean_what_was_escaped(text: str) -> None:
    assert without_entities(html.escape(text)) == text
