"""The links of a case: their whole addresses, shown once, and the ticket text that carries the one to read with."""

from typing import Final

import streamlit as st

from core.storage.cases.case import Case, CaseLinks, Right
from core.text import case as case_text
from core.text import case_file
from core.text.vocabulary.case import LINK_HOLDER, LINK_PURPOSE
from pages.parts import escaped, links
from pages.parts.case import open_case
from pages.parts.links import PortalPage

_VIEW_LINKS: Final = "case_view_links"  # view links that this session was shown, by another link of the same case


def show(right: Right, link: str) -> None:
    """Draw one link with what it is for, to be copied."""
    escaped.paragraph(LINK_HOLDER[right], lead=LINK_PURPOSE[right])
    st.code(links.address(PortalPage.CASE, link), language=None, wrap_lines=True)


def show_all(made: CaseLinks) -> None:
    """Draw the three links of a new case."""
    for right in (Right.CONTRIBUTE, Right.VIEW, Right.OWN):
        show(right, getattr(made, right.value))


def remember(view: str, *others: str) -> None:
    """Remember the view link of a case while the session lasts, so that ticket text can carry it."""
    known = st.session_state.setdefault(_VIEW_LINKS, {})
    known.update(dict.fromkeys((view, *others), view))


def forget_view(link: str) -> None:
    """Forget the view link of a case, which was withdrawn."""
    st.session_state.get(_VIEW_LINKS, {}).pop(link, None)


def view_link(link: str, right: Right) -> str | None:
    """Return the view link of the case that is open by `link`: itself, one that was shown in this session, or None."""
    known: str | None = st.session_state.get(_VIEW_LINKS, {}).get(link)
    return link if right is Right.VIEW else known


def take_away(case: Case, link: str) -> None:
    """Draw what leaves the page: ticket text, the bundle, the printable page."""
    view = view_link(link, case.right)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        with st.popover("Copy for a ticket", icon=":material/content_copy:"):
            _ticket(case, view)
        st.download_button(
            "Download the case",
            lambda: case_file.bundle(case, open_case.now()),
            file_name="reconnect-case.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
            key=open_case.key_of(link, "download"),
            help="A JSON file. “New case” reads it again, also on another portal.",
        )
        links.to(PortalPage.CASE, "Print", icon=":material/print:", query={links.ID: link, "form": "print"})


def _ticket(case: Case, view: str | None) -> None:
    escaped.paragraph("Point at the text and use the copy button in its corner.")
    if view is None:
        escaped.paragraph(
            "The link to read the case is not in it: a link is shown once, when it is made. The owner can make a new "
            "one below, under “Links, expiry and deletion”.",
            small=True,
        )
    style = st.radio("Form", ["Plain text", "Markdown"], horizontal=True, key="case_ticket_form")
    text = case_text.to_markdown if style == "Markdown" else case_text.to_text
    whole = None if view is None else links.address(PortalPage.CASE, view)
    st.code(text(case, address=whole, now=open_case.now()), language=None, wrap_lines=True, height=320)
