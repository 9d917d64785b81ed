"""Taking off what is around a text: a help desk's JSON, HTML and entities, marks before each line, lost line breaks.

What is inside is then read as if it had been pasted alone.
"""

from typing import Final

import re2

from core.paste.formats.joined_lines import with_lines
from core.paste.formats.json_values import as_dict, parse_json
from core.paste.formats.line_marks import without_line_marks
from core.paste.formats.markup import is_marked_up, without_entities, without_markup
from core.paste.letters import is_letter, words_in

LAYERS: Final = 6
"""Wrappings inside each other that are taken off."""
_JSON_LIMIT: Final = 400_000
_EXPORTS: Final = re2.compile(
    r'"(?:resultData|runData|nodes|n8nDetails|errorMessage|stop_reason|reconnect_self_test|startedAt|error)"\s{0,4}:'
)
"""Fields that no letter has; inside a letter's words their quotes would be escaped."""
_WORD_FIELD: Final = re2.compile(
    r'"(?:plain_|html_|text_)?(?:body|description|comment|text|content|message|html|note|raw|cooked|subject|summary'
    r'|title|details|question|issue|snippet|markdown)\w{0,12}\\*"\s{0,4}:'
)
_ESCAPED: Final = ("&quot;", "&lt;", "&gt;", "&#39;", "&#x27;", "&#34;", "&nbsp;", "&apos;")
_FENCE: Final = re2.compile(
    r"(?m)^[ \t]{0,8}(?:\{(?:code|noformat|quote)(?::[^}\n]{0,80})?\}|\[/?(?:code|quote)\])[ \t]*$\n?"
)

_FENCES: Final = ("{code", "{noformat", "{quote", "[/code]", "[/quote]", "[code]", "[quote]")


def unwrapped(text: str, *, recognised: bool = False) -> str:
    """Return the text without its outermost wrapping; the same object where it has none.

    `recognised` says that the text is a JSON document of a known shape: then only a letter's words are taken out.
    """
    start = text[:4096].lstrip("\ufeff \t\r\n")[:1]
    if start in ("{", "[", '"'):
        words = _words_of_json(text, recognised=recognised)
        if words is not None:
            return words
        if recognised:
            return text
    return _plain(text)


def _words_of_json(text: str, *, recognised: bool) -> str | None:
    """Return the words of the people in a JSON document; None where it is none, or not theirs."""
    if len(text) > _JSON_LIMIT or not _WORD_FIELD.search(text) or _EXPORTS.search(text):
        return None
    try:
        value = parse_json(text)
    except ValueError:
        return None
    if not isinstance(value, dict | list) or not (is_letter(value) or (not recognised and as_dict(value))):
        return None
    return words_in(value) or None


def _plain(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    if is_marked_up(plain):
        plain = without_markup(plain)
    elif any(entity in plain for entity in _ESCAPED):
        plain = without_entities(plain)
    if any(mark in plain for mark in _FENCES):
        plain = str(_FENCE.sub("", plain))
    plain = with_lines(without_line_marks(plain))
    return text if plain == text else plain
