"""What may be shown of a workflow, while the check itself reads the original: every text with its secrets hidden.

    shown = Shown(Redactor(), '{"name": "a", "value": "sk-ant-..."}')
    shown.text("sk-ant-...")     # "[Anthropic API key #3fa9c1]"
    shown.kinds("sk-ant-...")    # which kinds of secret a text of the workflow holds

A text of the workflow is judged in its place, since a password is known by the name beside it; any other text alone.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import re2

from core.n8n.check.source import Json, after_blanks, items
from core.redaction import Redactor, SecretKind
from core.redaction.kinds import mask_pattern

_MASK: Final = re2.compile(mask_pattern())
_SHORTEST: Final = 6
"""Characters of a secret from which it is looked for in other texts too; shorter ones are in ordinary words."""

_Pair = tuple[str, str]


class Shown:
    """The texts of one workflow as they may be shown; keeps the workflow's texts, so it lives as long as the check."""

    def __init__(self, redactor: Redactor, source: str) -> None:
        self._redactor = redactor
        self._texts: dict[str, str] = {}
        for text, redacted in _leaves(redactor, source):
            if text == redacted:
                self._texts.setdefault(text, redacted)
            else:
                self._texts[text] = redacted
        self._any = any(text != redacted for text, redacted in self._texts.items())
        pieces = (piece for pair in self._texts.items() for piece in secret_pieces(*pair))
        self._secrets = sorted(
            {piece for piece in pieces if len(piece[0]) >= _SHORTEST}, key=lambda each: -len(each[0])
        )

    def text(self, text: str) -> str:
        """Return a text with its secrets hidden."""
        if text not in self._texts:
            scrubbed = text
            for secret, mask in self._secrets:
                scrubbed = scrubbed.replace(secret, mask)
            self._texts[text] = self._redactor.redact(scrubbed).text
        return self._texts[text]

    def kinds(self, text: str) -> frozenset[SecretKind]:
        """Return the kinds of the secrets in a text."""
        return kinds_of(self.masks(text)) if self._any else frozenset()

    def masks(self, text: str) -> list[str]:
        """Return what would be shown in the places of a text's secrets, in their order."""
        shown = self.text(text)
        if shown == text:
            return []
        own = _MASK.findall(text)
        return [mask for mask in _MASK.findall(shown) if mask not in own]

    def value(self, value: Json) -> Json:
        """Return a value with the secrets hidden in all its texts, the names included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            return {self.text(name): self.value(one) for name, one in value.items()}
        if isinstance(value, bool) or value is None:
            return value
        # A password can be a number.
        written = str(value)
        return self._texts.get(written, written) if self._texts.get(written, written) != written else value


def kinds_of(masks: list[str]) -> frozenset[SecretKind]:
    """Return the kinds that masks name."""
    return frozenset(SecretKind(mask[1 : mask.rindex(" #")]) for mask in masks)


def secret_pieces(text: str, redacted: str) -> Iterator[_Pair]:
    """Yield what was hidden in a text, each with its mask, as far as both can be laid side by side."""
    if text == redacted:
        return
    at = done = 0
    masks = list(_MASK.finditer(redacted))
    for index, mask in enumerate(masks):
        at += mask.start() - done
        done = mask.end()
        following = redacted[done : masks[index + 1].start()] if index + 1 < len(masks) else ""
        end = text.find(following, at) if following else len(text) - (len(redacted) - done)
        if end < at:
            return
        yield text[at:end], mask[0]
        at = end


def _leaves(redactor: Redactor, source: str) -> Iterator[_Pair]:
    """Yield every text and number of a JSON value, names included, as it is and as it may be shown."""
    redacted = redactor.redact(source).text
    own, shown = _texts_in(source) or [], _texts_in(redacted)
    if shown is not None and len(own) == len(shown):
        yield from zip(own, shown, strict=True)
        return
    # Redaction hid more than single texts. Part by part, each member with its name.
    start = after_blanks(source, 0)
    inside = items(source, start) if source[start] in "{[" else []
    for item in inside if len(inside) > 1 else ():
        part = source[item.start : item.end]
        yield from _leaves(redactor, f"{{{part}}}" if source[start] == "{" else part)
    if len(inside) == 1 and source[inside[0].value] in "{[":
        yield inside[0].name, redactor.redact(inside[0].name).text
        yield from _leaves(redactor, source[inside[0].value : inside[0].end])
    elif len(inside) <= 1:
        yield from ((text, redacted) for text in own)


def _texts_in(source: str) -> list[str] | None:
    """Return every text and number of a JSON value in its order, of doubled names too; None for what is no JSON."""
    found: list[str] = []
    try:
        _collect(json.loads(source, object_pairs_hook=tuple, parse_int=str, parse_float=str), found)
    except (ValueError, RecursionError):
        return None
    return found


def _collect(value: Any, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, list):
        for one in value:
            _collect(one, found)
    elif isinstance(value, tuple):
        for name, one in value:
            found.append(name)
            _collect(one, found)
