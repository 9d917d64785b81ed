"""Reading the HTML that mail programs, help desks and forums put around a text, and the entities in it.

A web page that answered a call (a block page, a proxy's error) is evidence itself and stays as it is.
"""

import html
from typing import Final

import re2

_ENTITY: Final = re2.compile(r"&(?:quot|lt|gt|amp|nbsp|apos|#\d{1,6}|#[xX][0-9A-Fa-f]{1,5});")
_BLOCK: Final = (
    r"(?:p|div|br|hr|blockquote|pre|li|ul|ol|dl|dt|dd|table|thead|tbody|tr|section|article|figure|details|summary"
    r"|h[1-6])"
)
_INLINE: Final = (
    r"(?:span|code|a|b|i|u|s|em|strong|font|img|small|sub|sup|kbd|samp|tt|mark|del|ins|td|th|label|button|input|svg|path"
    r"|html|head|body|meta|link|title|center|o:p|!doctype)"
)
_OPENS_LINE: Final = re2.compile(rf"(?is)</?{_BLOCK}(?:\s[^<>]*)?/?>\n?")
_TAG: Final = re2.compile(rf"(?is)</?{_INLINE}(?:\s[^<>]*)?/?>")
_UNSEEN: Final = re2.compile(r"(?is)<!--.*?-->|<style\b.*?</style>|<script\b.*?</script>|<head\b.*?</head>")
_MESSAGE: Final = re2.compile(
    rf"(?is)^\s*<(?:!--|{_BLOCK}[\s/>]|(?:span|code|a|b|strong|html|!doctype|body|meta)[\s>])"
)
_PARTS: Final = re2.compile(r"(?i)</(?:p|div|pre|blockquote|li|td)>|<br ?/?>")
_PAGE: Final = re2.compile(r"(?i)<(?:!doctype html|html|head|body|title|center)\b")
_MAIL: Final = re2.compile(
    r"(?i)<blockquote|MsoNormal|WordSection|gmail_|moz-cite|yahoo_quoted|divRplyFwdMsg|protonmail_|zd-comment|zendesk"
    r"|freshdesk|intercom-"
)
"""What the HTML of mails and tickets holds, and no page that answers an API's call."""
_ENOUGH: Final = 2


def is_marked_up(text: str) -> bool:
    """Return whether a text is the HTML of a message that a person wrote or sent on.

    >>> is_marked_up("<p>Hello</p><p>529 Overloaded</p>"), is_marked_up("<html><title>502</title></html>")
    (True, False)
    """
    if "<" not in text:
        return False
    if _PAGE.search(text):
        return bool(_MAIL.search(text))
    return bool(_MESSAGE.search(text)) or len(_PARTS.findall(text[:20_000])) >= _ENOUGH


def without_markup(text: str) -> str:
    """Return the words of a message's HTML, a line per block; what only looks like a tag stays.

    >>> without_markup("<p>Hello<br>Jo</p><pre>model: &lt;nil&gt;</pre>")
    'Hello\\nJo\\n\\nmodel: <nil>'
    """
    plain = _UNSEEN.sub("", text)
    plain = _TAG.sub("", _OPENS_LINE.sub("\n", plain))
    return without_entities(plain).strip("\n")


def without_entities(text: str) -> str:
    """Return a text with HTML's entities as the characters that they mean, hard spaces as spaces.

    >>> without_entities("&quot;it&#39;s&quot; &amp;lt;")
    '"it\\'s" &lt;'
    """
    if "&" not in text:
        return text
    return str(_ENTITY.sub(lambda match: _meaning(match.group()), text))


def _meaning(entity: str) -> str:
    character = html.unescape(entity)
    return " " if character == "\u00a0" else character
