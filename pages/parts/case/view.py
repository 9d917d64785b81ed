"""What everybody with a link sees of a case: what it is about, diagnoses, access results, nodes and notes."""

from typing import Final

import streamlit as st

from core.storage.cases.case import Case, KeptDiagnosis, KeptNode, Note, Status
from core.text import case as case_text
from core.text import vocabulary
from core.text.vocabulary import node as node_words
from core.text.vocabulary.case import LINK, LINK_ALLOWS, STATUS
from pages.parts import escaped, finding, links
from pages.parts.case import open_case
from pages.parts.case.open_case import OpenedCase

UNNAMED: Final = "A case without a name"
_STATUS_BADGE: Final = {
    Status.OPEN: (":material/pending:", "blue"),
    Status.FIXED: (":material/check_circle:", "green"),
    Status.NEEDS_ANTHROPIC: (":material/support_agent:", "orange"),
    Status.NEEDS_N8N_ADMIN: (":material/build:", "orange"),
}
_EMPTY: Final = {
    True: "Nothing is in this case yet. Paste the error below, and the other side sees it at once.",
    False: "Nothing is in this case yet. This page shows what comes in by itself.",
}


def head(opened: OpenedCase) -> None:
    """Draw what the case is about, how far it is, until when it is kept, and what can be done with this link."""
    case = opened.case
    escaped.heading(case.title or UNNAMED, level=2)
    icon, color = _STATUS_BADGE[case.status]
    st.badge(STATUS[case.status], icon=icon, color=color)
    escaped.paragraph(
        f"{LINK_ALLOWS[case.right]} It is kept until {open_case.local(case.expires_at)}, then deleted. "
        "No key is ever kept in it.",
        small=True,
    )
    if opened.problem:
        st.warning(f"{opened.problem} What you type stays on this page.", icon=":material/cloud_off:")
    if not (case.diagnoses or case.results or case.nodes or case.checklist or case.notes):
        escaped.announcement(_EMPTY[opened.contributes])


def diagnoses(opened: OpenedCase) -> None:
    """Draw every diagnosis, the newest first."""
    case = opened.case
    if not case.diagnoses:
        return
    escaped.heading("What is wrong", level=2)
    for number, kept in enumerate(reversed(case.diagnoses)):
        with st.container(border=True, key=f"case-diagnosis-{kept.id}", gap="small"):
            _diagnosis(kept, opened, newest=number == 0)


def _diagnosis(kept: KeptDiagnosis, opened: OpenedCase, *, newest: bool) -> None:
    kept_finding = case_text.finding_of(kept.facts)
    escaped.heading(kept_finding.title, level=3)
    escaped.paragraph(kept_finding.what_happened)
    with st.container(horizontal=True, gap="small"):
        finding.key_badge(kept_finding.key_verdict)
    escaped.paragraph(vocabulary.KEY_PROOF[kept_finding.key_verdict])
    escaped.paragraph(
        f"{vocabulary.WHO_FIXES[kept_finding.card.who_fixes]}. "
        f"The cause is {vocabulary.CERTAINTY[kept_finding.certainty]}.",
        lead="Who fixes it:",
    )
    with st.expander("What to do", expanded=newest):
        escaped.steps(kept_finding.steps, links=links.outside())
        escaped.paragraph(kept_finding.how_to_check, lead="How to check:", links=links.outside())
    with st.expander("Facts for the engineer"):
        escaped.table(f"Added {open_case.local(kept.added_at)}", ("Fact", "Value"), case_text.fact_rows(kept.facts))
        escaped.paragraph("", lead="Not tested:")
        escaped.bullets(kept_finding.not_tested)
    if kept.excerpt:
        with st.expander("The text it was read from"):
            _excerpt(kept, opened)
    links.to_cause(kept_finding.cause, "About this error", icon=":material/menu_book:")


def _excerpt(kept: KeptDiagnosis, opened: OpenedCase) -> None:
    st.code(kept.excerpt, language=None, wrap_lines=True, height=320)
    if opened.contributes:
        st.button(
            "Take this text out of the case",
            on_click=open_case.change,
            args=("diagnoses", lambda kept_in, link, now: kept_in.contributions.remove_excerpt(link, kept.id, now)),
            kwargs={"success": "The text is deleted. The facts stay."},
            key=f"case-excerpt-{kept.id}",
        )


def results(case: Case) -> None:
    """Draw the access results that were put in."""
    if not case.results:
        return
    escaped.heading("What was tested", level=2)
    escaped.table(
        "The same six digits stand for the same key",
        case_text.RESULT_HEADERS,
        [case_text.result_row(each) for each in case.results],
    )
    ids = case_text.request_ids(case)
    if ids:
        escaped.table("Request ids, by which Anthropic finds a call", ("Call (UTC)", "Request id"), ids)


def nodes(case: Case) -> None:
    """Draw the generated nodes, each behind a click."""
    if not case.nodes:
        return
    escaped.heading("Nodes for n8n", level=2)
    escaped.paragraph("Copy one and paste it on n8n's canvas. It holds no key: choose your credential in it.")
    for number, node in enumerate(case.nodes, start=1):
        with st.expander(f"Node {number}"):
            _node(node)


def _node(node: KeptNode) -> None:
    about = " ".join(each for each in (node_words.kind(node.kind), node.model and f"for {node.model}") if each)
    escaped.paragraph(f"{about}, added {open_case.local(node.added_at)}", small=True)
    # Without a language, since the colours of one are too pale in light mode.
    st.code(node.content, language=None, wrap_lines=True, height=320)


def notes(opened: OpenedCase) -> None:
    """Draw the notes in the order they were written; the owner can delete each."""
    if not opened.case.notes:
        return
    escaped.heading("Notes", level=2)
    for note in opened.case.notes:
        with st.container(border=True, gap="small", key=f"case-note-{note.id}"):
            _note(note, opened)


def _note(note: Note, opened: OpenedCase) -> None:
    escaped.paragraph(f"{note.author or 'Somebody'}, {open_case.local(note.written_at)}", small=True)
    st.text(note.words)
    if opened.owns:
        with st.popover("Delete this note", icon=":material/delete:", disabled=opened.problem is not None):
            escaped.paragraph("It is deleted for good, for everybody.")
            st.button(
                "Yes, delete",
                on_click=open_case.change,
                args=("notes", lambda kept_in, link, now: kept_in.contributions.remove_note(link, note.id, now)),
                kwargs={"success": "The note is deleted."},
                key=f"case-remove-note-{note.id}",
            )


def log(opened: OpenedCase) -> None:
    """Draw who used which kind of link for what."""
    rows = [
        (open_case.local(each.first_at), LINK[each.right], case_text.action(each.action), str(each.times))
        for each in opened.case.log or ()
    ]
    escaped.table("What was done with each link, an hour a row", ("First", "Link", "What", "Times"), rows)
