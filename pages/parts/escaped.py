"""The one place where markup of ours holds strangers' text: everything is escaped, nothing is fetched.

Streamlit's markdown turns addresses in a text into links and images into requests, so text from a paste, and words of
a card into which a fact of a paste was filled, are drawn here (or with `st.code`, `st.text` or a dataframe). Links
are made only of words and addresses that the caller vouches for.
"""

import functools
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import re2
import streamlit as st

from core.paste.failure import Span

Links = tuple[tuple[str, str], ...]
"""Words with the address they lead to."""

_CONTEXT_CHARS = 300
_NARROW = 2  # columns that fit on a phone
_STYLES = Path(__file__).with_suffix(".css")


def styles() -> None:
    """Draw the styles of this module's markup; the shell does it once per page."""
    st.html(_STYLES)


def heading(text: str, *, level: int) -> None:
    """Draw a heading of level 2 or 3."""
    _draw(f"<h{level}>{escape(text)}</h{level}>")


def paragraph(text: str, *, lead: str = "", links: Links = (), small: bool = False) -> None:
    """Draw a paragraph, with `lead` in bold before it."""
    _draw(f"<p{_small(small)}>{_strong(lead)}{_linked(text, links)}</p>")


def announcement(text: str, *, lead: str = "", unseen: str = "") -> None:
    """Draw a paragraph that screen readers say when it appears; `unseen` is said too, but not drawn."""
    extra = f' <span class="rc-unseen">{escape(unseen)}</span>' if unseen else ""
    _draw(f'<p role="status">{_strong(lead)}{escape(text)}{extra}</p>')


def steps(texts: Iterable[str], *, links: Links = (), start: int = 1) -> None:
    """Draw a numbered list; `start` is the first number, for a list that other things interrupt."""
    first = f' start="{start:d}"' if start != 1 else ""
    _draw(f"<ol{first}>{_items(texts, links)}</ol>")


def bullets(texts: Iterable[str], *, links: Links = ()) -> None:
    """Draw a list without numbers."""
    _draw(f"<ul>{_items(texts, links)}</ul>")


def footer(text: str, *, links: Links = ()) -> None:
    """Draw the page's last line."""
    _draw(f'<footer class="rc-small">{_linked(text, links)}</footer>')


def table(caption: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Draw a table that screen readers can walk; the first cell of a row is its header."""
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in headers)
    body = "".join(f'<tr><th scope="row">{escape(first)}</th>{_cells(headers[1:], rest)}</tr>' for first, *rest in rows)
    wide = ' class="rc-wide"' if len(headers) > _NARROW else ""
    _draw(
        f"<table{wide}><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def marked(text: str, spans: Iterable[Span], *, label: str) -> None:
    """Draw the part of a text around `spans`, with each span marked; spans outside the text are left out."""
    inside = sorted((span for span in spans if 0 <= span.start < span.end <= len(text)), key=lambda span: span.start)
    if inside:
        _draw(f'<pre tabindex="0" role="region" aria-label="{escape(label)}">{marked_html(text, inside)}</pre>')
    else:
        st.code(text[: 2 * _CONTEXT_CHARS], language=None, wrap_lines=True)


def _draw(markup: str) -> None:
    """Put markup with strangers' text, escaped by now, on a page; nothing else does."""
    st.html(f'<div class="rc">{markup}</div>')


def _cells(headers: Sequence[str], values: Sequence[str]) -> str:
    """Return the cells behind a row's first, each with its header for narrow screens, where a row becomes a block."""
    pairs = zip(headers, values, strict=True)
    return "".join(f'<td data-label="{escape(header)}">{escape(value)}</td>' for header, value in pairs)


def _small(small: bool) -> str:  # noqa: FBT001 - the only argument
    return ' class="rc-small"' if small else ""


def _strong(lead: str) -> str:
    return f"<strong>{escape(lead)}</strong> " if lead else ""


def _items(texts: Iterable[str], links: Links) -> str:
    return "".join(f"<li>{_linked(text, links)}</li>" for text in texts)


def marked_html(text: str, spans: Sequence[Span]) -> str:
    """Return the escaped text with ``<mark>`` around each of the ordered spans, without the long gaps between."""
    pieces: list[str] = []
    at = 0
    for span in spans:
        if span.start < at:  # inside a span that is marked already
            continue
        pieces.append(_gap(text[at : span.start], first=at == 0))
        pieces.append(f"<mark>{escape(text[span.start : span.end])}</mark>")
        at = span.end
    rest = text[at:]
    pieces.append(escape(rest if len(rest) <= _CONTEXT_CHARS else f"{rest[:_CONTEXT_CHARS]} …"))
    return "".join(pieces)


def _gap(text: str, *, first: bool) -> str:
    if first:
        return escape(text if len(text) <= _CONTEXT_CHARS else f"… {text[-_CONTEXT_CHARS:]}")
    if len(text) <= 2 * _CONTEXT_CHARS:
        return escape(text)
    return escape(f"{text[:_CONTEXT_CHARS]}\n…\n{text[-_CONTEXT_CHARS:]}")


def _linked(text: str, links: Links) -> str:
    """Return the escaped text, with a link wherever words of `links` are in it."""
    if not links:
        return escape(text)
    pieces: list[str] = []
    at = 0
    addresses = dict(links)
    for match in _any_of(links).finditer(text):
        pieces += [escape(text[at : match.start()]), _link(addresses[match[0]], match[0])]
        at = match.end()
    return "".join([*pieces, escape(text[at:])])


@functools.lru_cache(maxsize=8)
def _any_of(links: Links) -> "re2._Regexp":
    """Return a pattern of all the words, the longest first, so that a menu path is not cut at its first part."""
    words = sorted((words for words, _ in links), key=len, reverse=True)
    return re2.compile("|".join(re2.escape(each) for each in words))


def _link(address: str, words: str) -> str:
    """Return a link that opens a new tab and does not say where it was clicked."""
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(words)}</a>'
