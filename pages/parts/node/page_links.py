"""Links to the pages that make and check a node, and the names of their states in the address."""

from typing import Final

import streamlit as st

from core.causes.card import Card, NodeHelp
from core.n8n.generate import OutputKind
from core.text.vocabulary.node import KIND

NODE: Final = "pages/node.py"
CHECK_NODE: Final = "pages/check_node.py"

ONE_NODE: Final = KIND[OutputKind.CLIPBOARD]
SELF_TEST: Final = KIND[OutputKind.SELF_TEST]
FALLBACK: Final = KIND[OutputKind.FALLBACK]
"""Kinds as the address names them; they are the words on the page too."""


def beside(card: Card) -> None:
    """The link that helps with a cause, if one does."""
    match card.node_help:
        case NodeHelp.NEW_NODE:
            make()
        case NodeHelp.FALLBACK:
            make(FALLBACK, label="Get a workflow that waits and tries again")
        case NodeHelp.SELF_TEST:
            make(SELF_TEST, label="Test it from inside your n8n")


def make(kind: str = ONE_NODE, *, label: str = "Get a node that works", model: str | None = None) -> None:
    """A link to the page that makes a node, with a kind and a model chosen."""
    chosen = {"kind": kind} if kind != ONE_NODE else {}
    with_model = {"model": model} if model else {}
    st.page_link(NODE, label=label, icon=":material/add_box:", query_params={**chosen, **with_model})


def check() -> None:
    """A link to the page that checks a node."""
    st.page_link(CHECK_NODE, label="Check my node", icon=":material/fact_check:")
