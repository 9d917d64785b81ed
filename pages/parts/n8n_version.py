"""Which n8n a person has: the switch between 2.x and 1.x, whose menus and buttons have other names."""

from typing import Final

import streamlit as st

NEWEST: Final = {"2.x": "2.41.1", "1.x": "1.123.66"}
"""The versions in which the labels were read (core/causes/places.toml)."""

KEY: Final = "n8n"
_DEFAULT: Final = "2.x"


def switch() -> str:
    """Draw the switch, kept in the address, and return the version that stands for the choice."""
    chosen = st.segmented_control(
        "Your n8n", list(NEWEST), default=_DEFAULT, key=KEY, bind="query-params", required=True, width="content"
    )
    return NEWEST[chosen or _DEFAULT]


def kept() -> dict[str, str]:
    """Return the query parameter that keeps the choice in a link to the same page."""
    chosen = st.session_state.get(KEY) or st.query_params.get(KEY)
    return {KEY: chosen} if chosen in NEWEST and chosen != _DEFAULT else {}
