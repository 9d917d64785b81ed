"""Model access: which key can use which model, what changed since last time, and every result before that.

The page shows one notebook, ``?id=…``, to anybody who has its link, and nothing to others.
"""

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.settings import settings
from core.storage import NotFound, StorageError, Stores, stores
from core.storage.access_results import AccessResult, changes, matrix
from core.storage.notebooks import Notebook
from core.text import access_table, vocabulary
from pages.parts import escaped, links
from pages.parts.access import notebook, table
from pages.parts.links import PortalPage

GONE: Final = "access_gone"  # a notebook was deleted in the last run
SHOWN_CHANGES: Final = 5

LEAD: Final = "Which key can use which model, what changed since last time, and when."
EMPTY: Final = (
    "Results are kept in a notebook: a private link that only you have. There is no list of notebooks, and nobody "
    "else can find yours. Test a key, tick *Keep these results in a private notebook*, and you get its link."
)


def main() -> None:
    """Draw the page."""
    st.title("Model access", anchor=False)
    st.markdown(LEAD)
    if st.session_state.pop(GONE, False):
        st.success("The notebook and all its results are deleted.")
    link = st.query_params.get(links.ID)
    if not link:
        _empty()
        return
    kept = stores(settings())
    now = dt.datetime.now(dt.UTC)
    try:
        opened = kept.notebooks.open(link, now)
    except NotFound as error:
        st.warning(str(error), icon=":material/link_off:")
        links.to_key_test()
        return
    except StorageError as error:
        st.error(str(error), icon=":material/error:")
        return
    _notebook(kept, link, opened, now)


def _empty() -> None:
    st.markdown(EMPTY)
    own = st.session_state.get(notebook.LINK)
    if own:
        links.to(PortalPage.ACCESS, "Open your notebook", icon=":material/table_chart:", query={links.ID: own})
    links.to_key_test()


def _notebook(kept: Stores, link: str, opened: Notebook, now: dt.datetime) -> None:
    zone = _zone()
    ability = kept.storage.ability()
    _about(opened, zone)
    if not ability.writable:
        escaped.paragraph(ability.sentence, lead="Read only:", small=True)
    if opened.results:
        _changes(opened.results, now, zone)
        shown = table.filtered(opened.results)
        if shown:
            table.now(matrix(shown))
            table.history(kept, link, shown, zone, writable=ability.writable)
            table.chart(shown, zone)
        else:
            st.info("No result has all of this. Take a filter away.")
    else:
        st.info("This notebook is empty. Test a key and keep the results.")
        links.to_key_test()
    _bottom(kept, link, writable=ability.writable)


def _about(opened: Notebook, zone: dt.tzinfo) -> None:
    keys = len({each.key_fingerprint for each in opened.results})
    models = len({each.model for each in opened.results})
    counted = (
        vocabulary.count(len(opened.results), "result"),
        vocabulary.count(keys, "key"),
        vocabulary.count(models, "model"),
    )
    until = opened.kept_until.astimezone(zone)
    escaped.announcement(
        f"{', '.join(counted)}. Anyone who has the link to this page can read, add and delete them. "
        f"Kept until {until.day} {until:%B %Y}, and longer if it is used.",
        lead="A private notebook:",
    )


def _changes(results: tuple[AccessResult, ...], now: dt.datetime, zone: dt.tzinfo) -> None:
    sentences = [access_table.change_words(each, now, zone) for each in changes(results)]
    if not sentences:
        return
    escaped.heading("What changed", level=2)
    escaped.bullets(sentences[:SHOWN_CHANGES])
    if sentences[SHOWN_CHANGES:]:
        with st.expander(vocabulary.count(len(sentences) - SHOWN_CHANGES, "earlier change")):
            escaped.bullets(sentences[SHOWN_CHANGES:])


def _bottom(kept: Stores, link: str, *, writable: bool) -> None:
    with st.container(horizontal=True, gap="small"):
        with st.popover("Link to this notebook", icon=":material/link:"):
            escaped.paragraph("Anyone who has it can read, add and delete. Send it only to people you trust.")
            st.code(links.address(PortalPage.ACCESS, link), language=None, wrap_lines=True)
        with st.popover("Delete the notebook", icon=":material/delete:", disabled=not writable):
            escaped.paragraph("All its results are deleted for good. Copies in cases stay there.")
            if st.button("Delete it with all results", key="access_delete_all", type="primary"):
                _delete(kept, link)


def _delete(kept: Stores, link: str) -> None:
    try:
        kept.notebooks.delete(link, dt.datetime.now(dt.UTC))
    except StorageError as error:
        st.error(str(error))
        return
    if st.session_state.get(notebook.LINK) == link:
        st.session_state.pop(notebook.LINK)
    st.session_state[GONE] = True
    links.go(PortalPage.ACCESS)


def _zone() -> dt.tzinfo:
    """Return the reader's time zone, as the browser tells it."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return dt.UTC


main()
