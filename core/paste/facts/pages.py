"""Web pages that came instead of an answer: where one begins, its title, and the status that the title names."""

from typing import Final

import re2

from core.paste.draft import Draft
from core.paste.failure import AnsweredBy
from core.paste.formats.json_values import as_status

_HTML: Final = re2.compile(r"(?is)<(?:!doctype html|html|head|body|title|center|h1)\b")
_UNREADABLE: Final = "Unexpected token '<'"
"""A parser's sentence quotes the first characters of a page; it is no page itself."""
_TITLE: Final = re2.compile(r"(?is)<(title|h1|h2)[^>]{0,200}>([^<]{1,200})<")
_TITLE_STATUS: Final = re2.compile(r"^\s*(?:HTTP )?(?:Error )?([45]\d\d)\b")
"""How a page's title names the status that it came with."""
MESSAGE_OF_PAGE: Final = 1_500
"""Characters of a web page that are kept for the cards' patterns."""


def is_html(text: str) -> bool:
    """Return whether `text` is a web page."""
    return "<" in text[:3000] and bool(_HTML.search(text[:3000])) and _UNREADABLE not in text[:3000]


def page_start(text: str) -> int:
    """Return where in a text its web page begins."""
    match = _HTML.search(text)
    return int(match.start()) if match else max(text.find("<"), 0)


def learn_page(draft: Draft, text: str) -> None:
    """Learn that a web page answered; its title is the message."""
    title = _TITLE.search(text)
    named = _TITLE_STATUS.search(title.group(2)) if title else None
    draft.learn(answered_by=AnsweredBy.HTML, status=as_status(named.group(1)) if named else None)
    draft.say(" ".join(title.group(2).split()) if title else "a web page instead of an answer")
    draft.say(text[:MESSAGE_OF_PAGE])
