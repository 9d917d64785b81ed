"""What all pages of one visit share."""

from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.redaction import session_salt
from core.web import visitors

SALT: Final = "session_salt"


def note_browser() -> None:
    """Note that this visit belongs to the browser that it began in (`core.web.visitors`)."""
    context = get_script_run_ctx()
    if context is not None:
        visitors.own(context.session_id, dict(st.context.cookies))


def salt() -> bytes:
    """Return the visit's salt: under one salt the same secret shows the same mark on every page."""
    kept: bytes = st.session_state.setdefault(SALT, session_salt())
    return kept
