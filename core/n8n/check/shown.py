"""What may be said of a workflow, while the check itself reads the original: sentences with their secrets hidden.

shown = Shown(Redactor(), read('{"name": "a", "value": "sk-ant-..."}'))
shown.text("The value is sk-ant-...")     # "The value is [Anthropic API key #3fa9c1]"
shown.kinds("sk-ant-...")                 # which kinds of secret a text of the workflow holds
"""

from collections.abc import Iterable, Iterator
from typing import Final

import re2

from core.n8n.check.key_placeholders import is_placeholder
from core.n8n.check.leaves import secret_leaves, texts_in
from core.n8n.check.node_finder import Pasted
from core.paste.formats.json_values import encodable, has_digit
from core.redaction import KEYS, Redactor, SecretKind
from core.redaction.placeholders import looks_random
from core.redaction.secret_kinds import mask_pattern

_MASK: Final = re2.compile(mask_pattern())
_SHORTEST: Final = 6
"""Characters of a secret from which it is looked for in other texts too; shorter ones are in ordinary words."""

_BY_NAME: Final = frozenset(
    {SecretKind.PASSWORD, SecretKind.COOKIE, SecretKind.TOKEN, SecretKind.SECRET, SecretKind.BEARER_TOKEN}
)
"""Kinds that are known by the name beside them alone; ordinary words can have such a name too."""


class WorkflowSecrets:
    """The secrets of one workflow and how they are shown; it keeps them, so it lives as long as the check."""

    def __init__(self, redactor: Redactor, pasted: Pasted) -> None:
        self.leaves = secret_leaves(redactor, pasted.text, frozenset(start for start, _ in pasted.spans))
        self._redactor = redactor
        self._kinds: dict[str, frozenset[SecretKind]] = {}
        self._texts: dict[str, str] = {}
        self._masks: dict[str, str] = {}
        for _, text, shown in self.leaves:
            self._kinds[text] = self._kinds.get(text, frozenset()) | kinds_of(text, shown)
            for secret, mask in secret_pieces(text, shown):
                if len(secret) >= _SHORTEST and is_likely(secret, mask):
                    self._masks[secret] = mask
        self._lengths = _lengths(self._masks)
        self._unhidden = frozenset(texts_in(pasted.text) if self.leaves else ()) - self._kinds.keys()

    def text(self, text: str) -> str:
        """Return a sentence or a name with its secrets hidden."""
        if text not in self._texts:
            self._texts[text] = self._redactor.redact(self._with_masks(text)).text
        return self._texts[text]

    def path(self, path: Iterable[str | int]) -> str:
        """Return a path such as ``parameters.values[0].name`` with its secrets hidden."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{self.text(encodable(step))}" for step in path)
        return "".join(steps).removeprefix(".")

    def kinds(self, text: str) -> frozenset[SecretKind]:
        """Return the kinds of the secrets in a text of the workflow, also of one that a correction has changed."""
        if not self._kinds:
            return frozenset()
        if text not in self._kinds:
            # In its place, redaction has hidden nothing in this text; it need not look at it again.
            shown = self._with_masks(text) if text in self._unhidden else self.text(text)
            self._kinds[text] = kinds_of(text, shown)
        return self._kinds[text]

    def _with_masks(self, text: str) -> str:
        """Return a text with masks in the places of the secrets that are known from elsewhere."""
        pieces: list[str] = []
        done = at = 0
        while self._masks and at <= len(text) - _SHORTEST:
            lengths = self._lengths.get(text[at : at + _SHORTEST], ())
            secret = next((text[at : at + length] for length in lengths if text[at : at + length] in self._masks), "")
            if secret:
                pieces += text[done:at], self._masks[secret]
                done = at + len(secret)
            at += len(secret) or 1
        return "".join([*pieces, text[done:]])


def _lengths(secrets: Iterable[str]) -> dict[str, list[int]]:
    """Return the lengths of the secrets by how they begin, longest first."""
    found: dict[str, set[int]] = {}
    for secret in secrets:
        found.setdefault(secret[:_SHORTEST], set()).add(len(secret))
    return {start: sorted(lengths, reverse=True) for start, lengths in found.items()}


def masks(text: str, shown: str) -> list[str]:
    """Return the masks that hide the secrets of a text, without those that it had of its own."""
    if text == shown:
        return []
    own = _MASK.findall(encodable(text))
    return [mask for mask in _MASK.findall(encodable(shown)) if mask not in own]


def kind_of(mask: str) -> SecretKind:
    """Return the kind that a mask names."""
    return SecretKind(mask[1 : mask.rindex(" #")])


def kinds_of(text: str, shown: str) -> frozenset[SecretKind]:
    """Return the kinds of the secrets in a text."""
    return frozenset(map(kind_of, masks(text, shown)))


def is_likely(secret: str, mask: str) -> bool:
    """Whether what was hidden is a secret by itself: no placeholder, and not by a name beside it alone."""
    if is_placeholder(secret, kind_of(mask)):
        return False
    if kind_of(mask) not in _BY_NAME:
        return kind_of(mask) in KEYS
    return " " not in secret and has_digit(secret) and looks_random(secret.encode("utf-8", "replace"))


def secret_pieces(text: str, shown: str) -> Iterator[tuple[str, str]]:
    """Yield what was hidden in a text, each with its mask, as far as both can be laid side by side."""
    if text == shown:
        return
    at = done = 0
    found = list(_MASK.finditer(encodable(shown)))
    for index, mask in enumerate(found):
        at += mask.start() - done
        done = mask.end()
        following = shown[done : found[index + 1].start()] if index + 1 < len(found) else ""
        end = text.find(following, at) if following else len(text) - (len(shown) - done)
        if end < at:
            return
        yield text[at:end], mask[0]
        at = end
