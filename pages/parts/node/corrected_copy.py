"""The corrected copy on the page: taken home as it is, and drawn only where no secret is in it.

A copy that holds secrets is not drawn with marks in their places, since the copy icon would take the marks along: it is
downloaded as it is, or drawn with placeholders when the person asks for them.
"""

from typing import Final

import streamlit as st

from core.n8n.check import NodeCheck, SecretPlace
from core.text import vocabulary
from pages.parts import escaped

CHOICE: Final = "check_node_secrets"
KEEP: Final = "Keep them"
REPLACE: Final = "Replace them with placeholders"
MOST_PLACES: Final = 50

_HELD: Final = (
    "Your workflow holds what looks like secrets. They are not shown on this page. "
    "Anybody who gets a copy with them can read them."
)
_DOWNLOAD: Final = (
    "Download the copy. In n8n, open a new workflow, then the menu **⋯** → **Import from file**, and pick the file. "
    "Then pick your credential in each node that calls Claude. When it works, turn the old workflow off."
)


def draw(checked: NodeCheck, copy: str) -> None:
    """Draw the copy, and how to bring it into n8n."""
    escaped.heading("The corrected copy", level=2)
    if checked.is_plain:
        _text(copy, checked)
    else:
        _with_secrets(checked, copy)


def changes(difference: str) -> None:
    """Draw what the copy has that the paste has not."""
    escaped.heading("What was changed", level=2)
    escaped.paragraph("A minus marks a line of yours, a plus the line in the copy.")
    st.code(difference, language=None, wrap_lines=True)


def _with_secrets(checked: NodeCheck, copy: str) -> None:
    escaped.paragraph(_HELD, lead="Secrets in the copy:")
    if checked.cleaned is None:
        _places(checked.secrets)
        _kept(copy)
        return
    replaced = st.radio("The secrets in the copy", (KEEP, REPLACE), key=CHOICE, horizontal=True) == REPLACE
    if replaced:
        _replaced(checked.secrets)
        _text(checked.cleaned, checked)
    else:
        _places(checked.secrets)
        _kept(copy)


def _places(places: tuple[SecretPlace, ...]) -> None:
    if not places:  # what was hidden spans several fields
        return
    with st.expander(f"Where they are: {vocabulary.count(len(places), 'field')}", icon=":material/key:"):
        rows = [(_node(place), place.field, ", ".join(place.kinds)) for place in places[:MOST_PLACES]]
        escaped.table("Fields that hold what looks like a secret", ("Node", "Field", "Kind"), rows)


def _replaced(places: tuple[SecretPlace, ...]) -> None:
    with st.expander(
        f"What was replaced: {vocabulary.count(len(places), 'field')}", icon=":material/key_off:", expanded=True
    ):
        rows = [(_node(place), place.field, ", ".join(place.placeholders)) for place in places[:MOST_PLACES]]
        escaped.table("Put your own values back, or use a credential", ("Node", "Field", "Placeholder"), rows)


def _node(place: SecretPlace) -> str:
    return place.node or "(outside the nodes)"


def _text(copy: str, checked: NodeCheck) -> None:
    """Draw the copy, to be pasted beside the old nodes."""
    new = "the new node" if checked.checked == 1 else "each new node that calls Claude"
    old = "the old node" if checked.nodes == 1 else "the old nodes"
    escaped.paragraph(
        "Copy it and press Ctrl+V on the canvas in n8n. On a Mac, press Cmd+V. "
        f"Then pick your credential in {new}. Then delete {old}. Keep the credential."
    )
    # No language: in its light theme, Streamlit colours JSON too pale to read.
    st.code(copy, language=None, height=320, wrap_lines=True)
    _download(copy)


def _kept(copy: str) -> None:
    st.markdown(_DOWNLOAD)
    _download(copy, primary=True)


def _download(copy: str, *, primary: bool = False) -> None:
    st.download_button(
        "Download the copy",
        # Made when it is clicked: until then the server's store of files holds no copy.
        lambda: copy,
        file_name="n8n-corrected.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
        type="primary" if primary else "secondary",
        key="check_node_download",
    )
