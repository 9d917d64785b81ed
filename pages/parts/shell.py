"""What every page has around it: title, menu, logo, footer, and the sentence for an error of our own."""

import datetime as dt
import functools
import logging
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import streamlit as st

from core.causes import loader
from core.settings import settings
from pages.parts import escaped, session, typed
from pages.parts.escaped import Links
from pages.parts.links import PortalPage

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

ICON = Path(__file__).with_name("icon.png")
LOGO = Path(__file__).with_name("logo.png")
WIDE = {PortalPage.MODELS.url_path, PortalPage.NODE.url_path}
"""The addresses of the pages with a wide table or two columns."""

_log = logging.getLogger(__name__)


def draw(page: "StreamlitPage") -> None:
    """Draw the page with everything around it."""
    layout: Literal["wide", "centered"] = "wide" if page.url_path in WIDE else "centered"
    st.set_page_config(page_title=f"{page.title} · Reconnect", page_icon=str(ICON), layout=layout)
    st.logo(str(LOGO), size="large")
    escaped.styles()
    session.note_browser()
    typed.check_fields()
    typed.check_address()
    page.run()
    _footer()


def _footer() -> None:
    words, links = contact()
    st.space("medium")
    escaped.footer(f"Facts about Claude and n8n as of {_facts_as_of():%-d %B %Y}. {words}".strip(), links=links)


def contact() -> tuple[str, Links]:
    """Return the sentence with the operator's support contact, and the link in it where the contact is an address."""
    contact = settings().support_contact
    if not contact:
        return "", ()
    if contact.startswith(("https://", "http://")):
        return "Stuck? Contact support.", (("Contact support", contact),)
    if "@" in contact and " " not in contact:
        return f"Stuck? Write to {contact}.", ((contact, f"mailto:{contact}"),)
    return f"Stuck? Contact {contact}.", ()


@functools.cache
def _facts_as_of() -> dt.date:
    """Return the newest day on which a card was checked."""
    return max(card.verified for card in loader.load().values())


def report_script_error(error: Exception) -> bool:
    """Log an error of ours under a reference id and show one plain sentence with that id; the page shows no more."""
    reference = secrets.token_hex(4)
    _log.error("A page failed, reference %s", reference, exc_info=error)
    st.error(
        f"This page could not be drawn. The fault is ours, and what you typed is kept. Reload the page; "
        f"if it happens again, give support this reference: {reference}",
        icon=":material/error:",
    )
    words, links = contact()
    if words:
        escaped.paragraph(words, links=links)
    return True
