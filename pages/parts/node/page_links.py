"""Links to the pages that make and check a node, and the names of their states in the address."""

from typing import Final

from core.causes.card import Card, NodeHelp
from core.n8n.generate import OutputKind
from core.text.vocabulary.node import KIND
from pages.parts import links
from pages.parts.links import PortalPage

ONE_NODE: Final = KIND[OutputKind.CLIPBOARD]
SELF_TEST: Final = KIND[OutputKind.SELF_TEST]
FALLBACK: Final = KIND[OutputKind.FALLBACK]
"""Kinds as the address names them; they are the words on the page too."""


def beside(card: Card) -> None:
    """Draw the link that helps with a cause, if one does."""
    match card.node_help:
        case NodeHelp.NEW_NODE:
            make()
        case NodeHelp.FALLBACK:
            make(FALLBACK, label="Get a workflow that waits and tries again")
        case NodeHelp.SELF_TEST:
            make(SELF_TEST, label="Test it from inside your n8n")


def make(
    kind: str = ONE_NODE,
    *,
    label: str = "Get a node that works",
    model: str | None = None,
    icon: str = ":material/add_box:",
) -> None:
    """Draw a link to the page that makes a node, with a kind and a model chosen."""
    chosen = {"kind": kind} if kind != ONE_NODE else {}
    with_model = {"model": model} if model else {}
    links.to(PortalPage.NODE, label, icon=icon, query={**chosen, **with_model})


def check() -> None:
    """Draw a link to the page that checks a node."""
    links.to(PortalPage.CHECK_NODE, "Check my node", icon=":material/fact_check:")
