"""Handing a finding over to a case: the button on a finding, and what the page “New case” then works with."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from core.diagnosis import Diagnosis, Finding
from pages.parts import links
from pages.parts.links import PortalPage

SHARED: Final = "case_shared"


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A finding on its way into a case."""

    finding: Finding
    diagnosis: Diagnosis


def button(finding: Finding, diagnosis: Diagnosis, *, key: str) -> None:
    """Draw the button; what would be kept is shown on the next page, before anything is."""
    if st.button(
        "Share",
        icon=":material/share:",
        key=f"share-{key}",
        help="Links for one ticket: one to work together, one to read",
    ):
        st.session_state[SHARED] = Shared(finding=finding, diagnosis=diagnosis)
        links.go(PortalPage.NEW_CASE)


def shared() -> Shared | None:
    """Return the finding that is on its way."""
    shared_finding: Shared | None = st.session_state.get(SHARED)
    return shared_finding


def drop() -> None:
    """Let go of it."""
    st.session_state.pop(SHARED, None)
