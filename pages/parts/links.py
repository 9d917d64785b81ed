"""Links that several pages draw: to Anthropic's and n8n's pages, to a cause, to a part of the guide."""

import functools
from typing import Final

import streamlit as st

from core.causes import placeholders
from core.causes.loader import load
from core.causes.places import places
from pages.parts.escaped import Links

DIAGNOSE: Final = "pages/diagnose.py"
ERRORS: Final = "pages/errors.py"
GUIDE: Final = "pages/guide.py"
MODELS: Final = "pages/models.py"


@functools.cache
def outside() -> Links:
    """Addresses, and the names of pages outside n8n; n8n's labels stay words, since we cannot know its address."""
    found = [place for place in places().values() if place.address]
    named = {place.label: place.address for place in found if not place.name.startswith("n8n.")}
    return tuple((named | {place.address: place.address for place in found}).items())


def title_of(cause: str) -> str:
    """A cause's title without any fact of a paste, which a link's label must not hold."""
    return placeholders.fill(load()[cause].title, None)


def to_cause(cause: str, label: str | None = None, *, icon: str | None = None) -> None:
    """A link to a cause's card; `label` must be words of ours."""
    st.page_link(ERRORS, label=label or title_of(cause), icon=icon, query_params={"cause": cause})
