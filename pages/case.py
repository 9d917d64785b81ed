"""Case: one link per ticket. Both sides see the same evidence, and nobody sees a key."""

from typing import Final

import streamlit as st

from core.storage import NotFound, Unavailable
from core.storage.cases.case import Right
from pages.parts import (
    case_add,
    case_checklist,
    case_links,
    case_owner,
    case_print,
    case_session,
    case_view,
    escaped,
    links,
)
from pages.parts.case_session import Opened

EVERY_SECONDS: Final = 2
GONE: Final = "Ask whoever sent you the link for a new one, or make a new case."
DELETED: Final = "The case is deleted, with everything in it."


def main() -> None:
    """Draw the case behind the address, or one plain page for every address that leads nowhere."""
    links.show_address()
    try:
        opened = case_session.open_case()
    except NotFound as error:
        st.title("Case", anchor=False)
        _nothing(str(error))
        return
    except Unavailable as error:
        st.title("Case", anchor=False)
        _not_now(str(error))
        return
    if st.query_params.get("form") == "print":
        case_print.draw(opened)
        return
    st.title("Case", anchor=False)
    _draw(opened)
    _watch(opened)


def _nothing(sentence: str) -> None:
    if case_session.just_deleted():
        st.success(DELETED, icon=":material/check:")
    else:
        st.info(sentence, icon=":material/link_off:")
        escaped.paragraph(GONE)
    _typed()
    st.page_link(links.NEW_CASE, label="New case", icon=":material/add:")
    st.page_link(links.DIAGNOSE, label="Find the cause of an error", icon=":material/search:")


def _not_now(sentence: str) -> None:
    st.warning(sentence, icon=":material/cloud_off:")
    escaped.paragraph("The case is not lost. Try again in a moment.")
    st.button("Try again", key="case_again")
    _typed()
    st.page_link(links.DIAGNOSE, label="Find the cause of an error", icon=":material/search:")


def _typed() -> None:
    """Show what this person had typed for the case, so that it can be copied."""
    for name in ("note", "box"):
        text = st.session_state.get(case_session.key_of(case_session.link(), name))
        if text:
            escaped.paragraph("Copy it if you still need it.", lead="What you had typed:")
            st.code(text, language=None, wrap_lines=True)


def _draw(opened: Opened) -> None:
    """Draw the parts, each in a place of its own, so that nothing that is being typed moves when others change."""
    with st.container():
        case_view.head(opened)
    with st.container():
        case_view.diagnoses(opened)
        case_session.draw_told("diagnoses")
    if opened.contributes:
        with st.container():
            case_session.draw_told("paste")
        with st.container():
            case_add.paste_box(opened)
    with st.container():
        case_view.results(opened.case)
        case_session.draw_told("results")
        case_view.nodes(opened.case)
        case_session.draw_told("nodes")
    if opened.contributes:
        with st.container():
            case_add.name_field()
    with st.container():
        case_checklist.draw(opened)
        case_session.draw_told(case_checklist.PLACE)
    with st.container():
        case_view.notes(opened)
        case_session.draw_told("notes")
    if opened.contributes:
        with st.container():
            _contribute(opened)
    with st.container():
        case_links.take_away(opened.case, opened.link)
    if opened.case.right is Right.OWN:
        with st.container():
            case_session.draw_told(case_owner.PLACE)
            case_owner.draw(opened)


def _contribute(opened: Opened) -> None:
    with st.container():
        case_add.note_form(opened)
    with st.container():
        with st.container(horizontal=True, gap="small"):
            case_add.status_form(opened)
            case_add.title_field(opened)
        case_session.draw_told("status")
    with st.container():
        case_session.draw_told("plan")
        case_checklist.draw_form(opened)
    with st.container():
        case_add.results_form(opened)
        case_add.node_form(opened)


@st.fragment(run_every=EVERY_SECONDS)
def _watch(opened: Opened) -> None:
    """Draw the page again when the case has changed; a person who may be typing is told, and never cut off."""
    try:
        revision = case_session.kept().cases.revision(opened.link, case_session.now())
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
