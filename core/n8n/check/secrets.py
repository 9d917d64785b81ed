"""Where a copy holds secrets, and the same copy with placeholders in their places."""

from typing import Final

import msgspec

from core.n8n.check.leaves import SecretLeaf, rewritten, secret_leaves
from core.n8n.check.node_finder import Pasted
from core.n8n.check.shown import WorkflowSecrets, is_likely, kind_of, kinds_of, masks, secret_pieces
from core.redaction import Redactor, SecretKind

_NAMES_A_SESSION: Final = ("parameters", "sessionKey")
"""The Session Key of n8n's memory nodes, which tells conversations apart (n8n-nodes-langchain 2.41.1)."""


class SecretPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A field that holds a secret, as it may be shown; `node` is empty for one outside the nodes.

    `likely` is false where only the field's name speaks for a secret, and its value looks like a word.
    """

    node: str
    field: str
    kinds: tuple[SecretKind, ...]
    placeholders: tuple[str, ...]
    likely: bool


def placeholder(kind: SecretKind) -> str:
    """Return what is written in the place of a secret, such as ``YOUR_OPENAI_KEY_HERE``; redaction leaves it alone."""
    return "_".join(["YOUR", *kind.upper().replace("N8N", "").split(), "HERE"])


def secrets_in(copy: Pasted, redactor: Redactor) -> list[SecretLeaf]:
    """Return the texts of a copy that hold what redaction takes for a secret."""
    roots = frozenset(start for start, _ in copy.spans)
    return secret_leaves(redactor, copy.text, roots)


def secret_places(copy: Pasted, found: list[SecretLeaf], shown: WorkflowSecrets) -> tuple[SecretPlace, ...]:
    """Return where the secrets of a copy are: in which node, in which field."""
    names = {start: str(node.get("name") or "") for (start, _), node in zip(copy.spans, copy.nodes, strict=True)}
    return tuple(
        SecretPlace(
            node="" if leaf.root is None else copy.halves.shown(shown.text(names[leaf.root])),
            field=shown.path(leaf.path),
            kinds=(kinds := tuple(sorted(kinds_of(text, hidden)))),
            placeholders=tuple(map(placeholder, kinds)),
            likely=leaf.path != _NAMES_A_SESSION and any(is_likely(*piece) for piece in secret_pieces(text, hidden)),
        )
        for leaf, text, hidden in found
    )


def with_placeholders(copy: Pasted, found: list[SecretLeaf]) -> str:
    """Return a copy with a placeholder in the place of every secret, and nothing else changed."""
    return rewritten(copy.text, [(each.leaf, _with_placeholders(each)) for each in found])


def _with_placeholders(found: SecretLeaf) -> str:
    replaced = found.shown
    for mask in masks(found.text, found.shown):
        replaced = replaced.replace(mask, placeholder(kind_of(mask)))
    return replaced
