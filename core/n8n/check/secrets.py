"""Where a copy holds secrets, and the same copy with placeholders instead."""

from typing import Final

import msgspec

from core.n8n.check.leaves import SecretLeaf, rewritten, secret_leaves
from core.n8n.check.node_finder import Pasted
from core.n8n.check.workflow_secrets import WorkflowSecrets, is_likely, kind_of, kinds_of, masks, secret_pieces
from core.redaction import Redactor, SecretKind

_NAMES_A_SESSION: Final = ("parameters", "sessionKey")
"""The Session Key of n8n's memory nodes, which tells conversations apart (n8n-nodes-langchain 2.41.1)."""


class SecretPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A field that holds a secret, as it may be shown; `node` is empty for one outside the nodes.

    `likely` is false where only the field's name suggests a secret, and its value looks like a word.
    """

    node: str
    field: str
    kinds: tuple[SecretKind, ...]
    placeholders: tuple[str, ...]
    likely: bool


def placeholder(kind: SecretKind) -> str:
    """Return what is written instead of a secret, such as ``YOUR_OPENAI_KEY_HERE``; redaction leaves it alone."""
    return "_".join(["YOUR", *kind.upper().replace("N8N", "").split(), "HERE"])


def secrets_in(copy: Pasted, redactor: Redactor) -> list[SecretLeaf]:
    """Return the texts of a copy in which redaction finds a secret."""
    roots = frozenset(start for start, _ in copy.spans)
    return secret_leaves(redactor, copy.text, roots)


def secret_places(copy: Pasted, leaves: list[SecretLeaf], workflow_secrets: WorkflowSecrets) -> tuple[SecretPlace, ...]:
    """Return the node and field of each secret in a copy."""
    names = {start: str(node.get("name") or "") for (start, _), node in zip(copy.spans, copy.nodes, strict=True)}
    return tuple(
        SecretPlace(
            node="" if leaf.root is None else copy.halves.shown(workflow_secrets.text(names[leaf.root])),
            field=workflow_secrets.path(leaf.path),
            kinds=(kinds := tuple(sorted(kinds_of(text, hidden)))),
            placeholders=tuple(map(placeholder, kinds)),
            likely=leaf.path != _NAMES_A_SESSION and any(is_likely(*piece) for piece in secret_pieces(text, hidden)),
        )
        for leaf, text, hidden in leaves
    )


def with_placeholders(copy: Pasted, leaves: list[SecretLeaf]) -> str:
    """Return a copy with a placeholder instead of every secret, and nothing else changed."""
    return rewritten(copy.text, [(each.leaf, _with_placeholders(each)) for each in leaves])


def _with_placeholders(leaf: SecretLeaf) -> str:
    text = leaf.shown
    for mask in masks(leaf.text, leaf.shown):
        text = text.replace(mask, placeholder(kind_of(mask)))
    return text
