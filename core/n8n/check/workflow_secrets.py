"""The secrets of a workflow, hidden in every sentence about it, while the check itself reads the original.

>>> import json
>>> from core.n8n.check.node_finder import read
>>> password = "".join(["Tr0ub4dor", "&3"])
>>> node = {"name": "a", "type": "n8n-nodes-base.set", "parameters": {"password": password}}
>>> workflow_secrets = WorkflowSecrets(Redactor(), read(json.dumps(node)))
>>> sorted(kind.value for kind in workflow_secrets.kinds(password))
['password']
>>> password in workflow_secrets.text(f"The value is {password}.")
False
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
"""How long a secret must be to be hidden in other texts too; shorter ones occur in ordinary words."""

_BY_NAME: Final = frozenset(
    {SecretKind.PASSWORD, SecretKind.COOKIE, SecretKind.TOKEN, SecretKind.SECRET, SecretKind.BEARER_TOKEN}
)
"""Kinds that only the name beside a value shows; an ordinary word can have such a name too."""


class WorkflowSecrets:
    """The secrets of one workflow and their masks; it keeps the secrets, so it lives no longer than the check."""

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
            # Redaction has seen this text in the workflow and hidden nothing; it need not look at it again.
            shown = self._with_masks(text) if text in self._unhidden else self.text(text)
            self._kinds[text] = kinds_of(text, shown)
        return self._kinds[text]

    def _with_masks(self, text: str) -> str:
        """Return a text with masks for the secrets that are known from other texts."""
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
    """Return the lengths of the secrets by their first characters, longest first."""
    sizes_by_start: dict[str, set[int]] = {}
    for secret in secrets:
        sizes_by_start.setdefault(secret[:_SHORTEST], set()).add(len(secret))
    return {start: sorted(sizes, reverse=True) for start, sizes in sizes_by_start.items()}


def masks(text: str, shown: str) -> list[str]:
    """Return the masks that hide the secrets of a text, except those that were in it before."""
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
    """Return whether a hidden text is itself a secret: no placeholder, and not only because of the name beside it."""
    if is_placeholder(secret, kind_of(mask)):
        return False
    if kind_of(mask) not in _BY_NAME:
        return kind_of(mask) in KEYS
    return " " not in secret and has_digit(secret) and looks_random(secret.encode("utf-8", "replace"))


def secret_pieces(text: str, shown: str) -> Iterator[tuple[str, str]]:
    """Yield what was hidden in a text, each with its mask, as far as both texts can be aligned."""
    if text == shown:
        return
    at = done = 0
    all_masks = list(_MASK.finditer(encodable(shown)))
    for index, mask in enumerate(all_masks):
        at += mask.start() - done
        done = mask.end()
        following = shown[done : all_masks[index + 1].start()] if index + 1 < len(all_masks) else ""
        end = text.find(following, at) if following else len(text) - (len(shown) - done)
        if end < at:
            return
        yield text[at:end], mask[0]
        at = end
