"""Links that several pages draw: to Anthropic's and n8n's pages, to a cause, to a part of the guide."""

import functools
from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.causes import templates
from core.causes.loader import load
from core.causes.places import places
from pages.parts.escaped import Links

DIAGNOSE: Final = "pages/diagnose.py"
ERRORS: Final = "pages/errors.py"
GUIDE: Final = "pages/guide.py"
MODELS: Final = "pages/models.py"
TEST_KEY: Final = "pages/check_key.py"
ACCESS: Final = "pages/model_access.py"
NODE: Final = "pages/node.py"
CASE: Final = "pages/case.py"
NEW_CASE: Final = "pages/new_case.py"

ID: Final = "id"
"""By which the address names a case or a notebook."""

_PLACE: Final = "links_place"  # (place, turn): what the page showed last, and which of the two markers stood for it
_LEADS_ON: Final = ("cause", "section", "form")  # the parameters by which a page shows something else of itself


@functools.cache
def outside() -> Links:
    """Addresses, and the names of pages outside n8n; n8n's labels stay words, since we cannot know its address."""
    found = [place for place in places().values() if place.address]
    named = {place.label: place.address for place in found if not place.name.startswith("n8n.")}
    return tuple((named | {place.address: place.address for place in found}).items())


def title_of(cause: str) -> str:
    """A cause's title without any fact of a paste, which a link's label must not hold."""
    return templates.fill(load()[cause].title, None)


def to_cause(cause: str, label: str | None = None, *, icon: str | None = None) -> None:
    """A link to a cause's card; `label` must be words of ours."""
    st.page_link(ERRORS, label=label or title_of(cause), icon=icon, query_params={"cause": cause})


def to_key_test(models: Sequence[str] = (), label: str = "Test a key", *, icon: str | None = ":material/key:") -> None:
    """A link to the test of a key, with models chosen; the key itself is always asked for there."""
    st.page_link(TEST_KEY, label=label, icon=icon, query_params=[("model", model) for model in models])


def to_node(models: Sequence[str] = ()) -> None:
    """A link to the node that calls Claude, with the first of these models."""
    chosen = {"model": models[0]} if models else None
    st.page_link(NODE, label="Get a node that works", icon=":material/account_tree:", query_params=chosen)


def show_address() -> None:
    """Let the browser's address say what the page shows; pages whose links lead to themselves call this first.

    A `st.page_link` to the page that is open draws it anew but leaves the address as it was; telling the address that
    it already has changes nothing (streamlit 1.67.0, its handlePageInfoChanged). What it shows starts at its top.
    """
    st.query_params.update({})
    start_at_top(*(st.query_params.get(name, "") for name in _LEADS_ON))


def start_at_top(*place: str) -> None:
    """Show a page from its beginning when `place`, which names what it shows, has changed; drawn before all else.

    Streamlit leaves the page scrolled as it was, and a script is not allowed to mend that. A page without height
    cannot be scrolled: the two markers drawn here in turn each start an animation (escaped.css) that takes the height
    away for a moment, and the browser is at the top. A marker stays as long as the place does, so nobody is moved
    while they read.
    """
    before, turn = st.session_state.get(_PLACE, ((), 0))
    if before != place:
        turn = 1 - turn
        st.session_state[_PLACE] = (place, turn)
    st.container(key=f"rc-top-{turn}").empty()
