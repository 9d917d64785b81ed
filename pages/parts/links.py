"""The pages of Reconnect, and every link: to one of them, to a cause's card, to Anthropic's and n8n's pages.

The menu, links, tests and whole addresses all derive from `PortalPage`.
"""

import functools
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import streamlit as st

from core.causes import templates
from core.causes.loader import load
from core.causes.places import places
from core.settings import settings
from pages.parts.escaped import Links

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

Query = Mapping[str, str] | Sequence[tuple[str, str]]
"""The query parameters of a link; pairs where one name has several values."""

_ROOT: Final = Path(__file__).resolve().parents[2]


class PortalPage(Enum):
    """Every page in the order of the menu: part of the menu, file, address, title and what the menu says about it."""

    DIAGNOSE = ("Understand", "diagnose", "", "Diagnose", "Paste an error, learn what is wrong")
    ERRORS = ("Understand", "errors", "errors", "Errors", "Every error in plain words, without a paste")
    MODELS = ("Understand", "models", "models", "Models", "Claude's models: which are retired, which end soon")
    GUIDE = ("Understand", "guide", "guide", "Guide", "How to reconnect Claude to n8n, step by step")
    TEST_KEY = ("Prove", "check_key", "test-key", "Test a key", "See live where access is lost")
    ACCESS = ("Prove", "model_access", "access", "Model access", "Kept results: which key can use which model")
    NODE = ("Fix", "node", "node", "Get a node", "A node or a workflow for n8n that calls Claude")
    CHECK_NODE = ("Fix", "check_node", "check-node", "Check my node", "What is wrong with a node")
    NEW_CASE = ("Work together", "new_case", "new-case", "New case", "One private link per ticket")
    CASE = ("Work together", "case", "case", "Case", "")

    def __init__(self, menu: str, name_of_file: str, url_path: str, title: str, about: str) -> None:
        self.menu = menu
        self.file = f"pages/{name_of_file}.py"
        self.url_path = url_path
        self.title = title
        self.about = about

    @property
    def is_in_menu(self) -> bool:
        """Whether the menu shows it; a page without a word about it is reached by a link alone."""
        return bool(self.about)


def navigation() -> "dict[str, list[StreamlitPage]]":
    """Return the pages as Streamlit takes them, by part of the menu."""
    menu: dict[str, list[StreamlitPage]] = {}
    for page in PortalPage:
        drawn = st.Page(
            _ROOT / page.file,
            title=page.title,
            url_path=page.url_path or None,
            default=page is PortalPage.DIAGNOSE,
            help=page.about or None,
            visibility="visible" if page.is_in_menu else "hidden",
        )
        menu.setdefault(page.menu, []).append(drawn)
    return menu


def to(page: PortalPage, label: str, *, icon: str | None = None, query: Query | None = None) -> None:
    """Draw a link to a page; `label` must be words of ours."""
    st.page_link(page.file, label=label, icon=icon, query_params=query)


def go(page: PortalPage, query: Query | None = None) -> None:
    """Open a page instead of this one; nothing after this runs."""
    st.switch_page(page.file, query_params=query)


def address(page: PortalPage, link: str) -> str:
    """Return the whole address of the page behind a private link, as the reader's browser knows this portal."""
    base = settings().base_url
    if base is None:
        here = urlsplit(st.context.url or "")
        base = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    return f"{base}/{page.url_path}?{ID}={link}"


ID: Final = "id"
"""By which the address names a case or a notebook."""

_PLACE: Final = "links_place"  # (place, turn): what the page showed last, and which of the two markers stood for it
_LEADS_ON: Final = ("cause", "section", "form")  # the parameters by which a page shows something else of itself


@functools.cache
def outside() -> Links:
    """Return addresses, and the names of pages outside n8n.

    n8n's labels stay words, since we cannot know its address.
    """
    with_address = [place for place in places().values() if place.address]
    named = {place.label: place.address for place in with_address if not place.name.startswith("n8n.")}
    return tuple((named | {place.address: place.address for place in with_address}).items())


def title_of(cause: str) -> str:
    """Return a cause's title without any fact of a paste, which a link's label must not hold."""
    return templates.fill(load()[cause].title, None)


def to_cause(cause: str, label: str | None = None, *, icon: str | None = None) -> None:
    """Draw a link to a cause's card; `label` must be words of ours."""
    to(PortalPage.ERRORS, label or title_of(cause), icon=icon, query={"cause": cause})


def to_key_test(models: Sequence[str] = (), label: str = "Test a key", *, icon: str | None = ":material/key:") -> None:
    """Draw a link to the test of a key, with models chosen; the key itself is always asked for there."""
    to(PortalPage.TEST_KEY, label, icon=icon, query=[("model", model) for model in models])


def show_address() -> None:
    """Let the browser's address say what the page shows; pages whose links lead to themselves call this first.

    A link to the page that is open draws it again but leaves the address as it was; telling the address that
    it already has changes nothing (streamlit 1.67.0, its handlePageInfoChanged). What it shows starts at its top.
    """
    st.query_params.update({})
    start_at_top(*(st.query_params.get(name, "") for name in _LEADS_ON))


def start_at_top(*place: str) -> None:
    """Show a page from its beginning when `place`, which names what it shows, has changed; drawn before all else.

    Streamlit leaves the page scrolled as it was, and a script is not allowed to fix that. A page without height
    cannot be scrolled: the two markers drawn here in turn each start an animation (escaped.css) that takes the height
    away for a moment, and the browser is at the top. A marker stays as long as the place does, so nobody is moved
    while they read.
    """
    before, turn = st.session_state.get(_PLACE, ((), 0))
    if before != place:
        turn = 1 - turn
        st.session_state[_PLACE] = (place, turn)
    st.container(key=f"rc-top-{turn}").empty()
