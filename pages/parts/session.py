"""What all pages of one visit share."""

from typing import Final

import streamlit as st

from core.redaction import session_salt

SALT: Final = "session_salt"


def salt() -> bytes:
    """The visit's salt: under one salt the same secret shows the same mark on every page."""
    kept: bytes = st.session_state.setdefault(SALT, session_salt())
    return kept
