"""Case: one link per ticket. Both sides see the same evidence, and nobody sees a key."""

from typing import Final

import streamlit as st

from core.storage import NotFound, Unavailable
from core.storage.cases.case import Right
from pages.parts import escaped, links
from pages.parts.case import additions, checklist, open_case, owner, printable, share_links, view
from pages.parts.case.open_case import OpenedCase
from pages.parts.links import PortalPage

EVERY_SECONDS: Final = 2
GONE: Final = "Ask the person who sent you the link for a new one, or make a new case."
DELETED: Final = "The case is deleted, with everything in it."


def main() -> None:
    """Draw the case behind the address, or one plain page for every address that leads nowhere."""
    links.show_address()
    try:
        opened = open_case.open_case()
    except NotFound as error:
        st.title("Case", anchor=False)
        _nothing(str(error))
        return
    except Unavailable as error:
        st.title("Case", anchor=False)
        _not_now(str(error))
        return
    if st.query_params.get("form") == "print":
        printable.draw(opened)
        return
    st.title("Case", anchor=False)
    _draw(opened)
    _watch(opened)


def _nothing(sentence: str) -> None:
    if open_case.just_deleted():
        st.success(DELETED, icon=":material/check:")
    else:
        st.info(sentence, icon=":material/link_off:")
        escaped.paragraph(GONE)
    _typed()
    links.to(PortalPage.NEW_CASE, "New case", icon=":material/add:")
    links.to(PortalPage.DIAGNOSE, "Find the cause of an error", icon=":material/search:")


def _not_now(sentence: str) -> None:
    st.warning(sentence, icon=":material/cloud_off:")
    escaped.paragraph("The case is not lost. Try again in a moment.")
    st.button("Try again", key="case_again")
    _typed()
    links.to(PortalPage.DIAGNOSE, "Find the cause of an error", icon=":material/search:")


def _typed() -> None:
    """Show what this person had typed for the case, so that it can be copied."""
    for name in ("note", "box"):
        text = st.session_state.get(open_case.key_of(open_case.link(), name))
        if text:
            escaped.paragraph("Copy it if you still need it.", lead="What you had typed:")
            st.code(text, language=None, wrap_lines=True)


def _draw(opened: OpenedCase) -> None:
    """Draw the parts, each in a place of its own, so that nothing that is being typed moves when others change."""
    with st.container():
        view.head(opened)
    with st.container():
        view.diagnoses(opened)
        open_case.draw_notice("diagnoses")
    if opened.contributes:
        with st.container():
            open_case.draw_notice("paste")
        with st.container():
            additions.paste_box(opened)
    with st.container():
        view.results(opened.case)
        open_case.draw_notice("results")
        view.nodes(opened.case)
        open_case.draw_notice("nodes")
    if opened.contributes:
        with st.container():
            additions.name_field()
    with st.container():
        checklist.draw(opened)
        open_case.draw_notice(checklist.PLACE)
    with st.container():
        view.notes(opened)
        open_case.draw_notice("notes")
    if opened.contributes:
        with st.container():
            _contribute(opened)
    with st.container():
        share_links.take_away(opened.case, opened.link)
    if opened.case.right is Right.OWN:
        with st.container():
            open_case.draw_notice(owner.PLACE)
            owner.draw(opened)


def _contribute(opened: OpenedCase) -> None:
    with st.container():
        additions.note_form(opened)
    with st.container():
        with st.container(horizontal=True, gap="small"):
            additions.status_form(opened)
            additions.title_field(opened)
        open_case.draw_notice("status")
    with st.container():
        open_case.draw_notice("plan")
        checklist.draw_form(opened)
    with st.container():
        additions.results_form(opened)
        additions.node_form(opened)


@st.fragment(run_every=EVERY_SECONDS)
def _watch(opened: OpenedCase) -> None:
    """Draw the page again when the case has changed; a person who may be typing is told, and never cut off."""
    try:
        revision = open_case.kept().cases.revision(opened.link, open_case.now())
    except NotFound:
        if not opened.contributes:
            st.rerun()
        st.warning("This case was deleted, or your link was withdrawn. Copy what you typed before you leave the page.")
    except Unavailable as error:
        if not opened.stale:
            st.warning(f"{error} This page goes on trying.", icon=":material/cloud_off:")
    else:
        if revision != opened.case.revision or opened.stale:
            st.rerun()
        escaped.paragraph("This page shows by itself what the other side does.", small=True)


main()
