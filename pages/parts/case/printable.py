"""A case as one plain document for paper: no navigation, no buttons, nothing behind a click."""

import streamlit as st

from core.storage.cases.case import KeptDiagnosis
from core.text import case as case_text
from core.text import vocabulary
from core.text.vocabulary.case import STATUS
from pages.parts import escaped, links
from pages.parts.case import checklist, open_case, view
from pages.parts.case.open_case import OpenedCase
from pages.parts.links import PortalPage


def draw(opened: OpenedCase) -> None:
    """Draw the document."""
    case = opened.case
    with st.container(key="case-print-back"):
        links.to(PortalPage.CASE, "Back to the case", icon=":material/arrow_back:", query={links.ID: opened.link})
        escaped.paragraph("Print this page with your browser (Ctrl+P, or ⌘P on a Mac).", small=True)
    st.title("Case", anchor=False)
    escaped.heading(case.title or view.UNNAMED, level=2)
    escaped.paragraph(
        f"{STATUS[case.status]}. Made {open_case.local(case.created_at)}, as of {open_case.local(open_case.now())}."
    )
    for kept in reversed(case.diagnoses):
        _diagnosis(kept)
    view.results(case)
    _dates(opened)
    checklist.draw_table(opened)
    for note in case.notes:
        escaped.heading(f"Note by {note.author or 'somebody'}, {open_case.local(note.written_at)}", level=3)
        st.text(note.words)


def _diagnosis(kept: KeptDiagnosis) -> None:
    finding = case_text.finding_of(kept.facts)
    escaped.heading(finding.title, level=2)
    escaped.paragraph(f"{finding.what_happened} {vocabulary.KEY_PROOF[finding.key_verdict]}")
    escaped.paragraph(f"{vocabulary.WHO_FIXES[finding.card.who_fixes]}.", lead="Who fixes it:")
    escaped.steps(finding.steps)
    escaped.paragraph(finding.how_to_check, lead="How to check:")
    escaped.table("Facts for the engineer", ("Fact", "Value"), case_text.fact_rows(kept.facts))
    if finding.not_tested:
        escaped.paragraph("", lead="Not tested:")
        escaped.bullets(finding.not_tested)


def _dates(opened: OpenedCase) -> None:
    dates = case_text.model_dates(opened.case, open_case.now().date())
    if dates:
        escaped.heading("Model dates", level=2)
        escaped.bullets(dates)
