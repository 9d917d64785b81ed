"""What a case would keep of a diagnosis, shown before it is kept; the text only when the person agrees."""

from typing import Final

import streamlit as st

from core.diagnosis import Diagnosis, Finding
from core.storage import Stores
from core.text import case
from pages.parts import escaped
from pages.parts.case.open_case import now

NOT_HIDDEN: Final = (
    "Keys and passwords are hidden in it. E-mail addresses, IP addresses and host names are not: read it before you "
    "agree."
)


def draw(diagnosis: Diagnosis, findings: tuple[Finding, ...], *, agreed: str) -> None:
    """Draw the facts that are kept of `findings`, and ask for the text under the widget key `agreed`."""
    kept_of_each = [case.kept_facts(finding, diagnosis.as_of) for finding in findings]
    with_host = " The host that was called is among them." if any(each.host for each in kept_of_each) else ""
    escaped.paragraph(
        f"These facts. No names of nodes or workflows, no messages.{with_host}",
        lead="What is kept:",
    )
    for finding, facts in zip(findings, kept_of_each, strict=True):
        caption = finding.title if len(findings) > 1 else "Facts"
        escaped.table(caption, ("Fact", "Value"), case.fact_rows(facts))
    texts = excerpts(findings)
    if any(texts):
        with st.expander("The text itself, if you agree"):
            escaped.paragraph(NOT_HIDDEN)
            for text in filter(None, texts):
                st.code(text, language=None, wrap_lines=True, height=260)
        st.checkbox("Keep this text too. I have read it.", key=agreed)


def excerpts(findings: tuple[Finding, ...]) -> list[str]:
    """Return the text to keep beside each finding; one that several share is kept with the first."""
    seen: set[str] = set()
    texts = []
    for finding in findings:
        text = case.excerpt_of(finding)
        texts.append("" if text in seen else text)
        seen.add(text)
    return texts


def keep(kept: Stores, link: str, diagnosis: Diagnosis, findings: tuple[Finding, ...], *, with_text: bool) -> None:
    """Put findings into a case, the last one first, so that the page shows the first one on top.

    Raises `core.storage.StorageError`.
    """
    pairs = list(zip(findings, excerpts(findings), strict=True))
    for finding, text in reversed(pairs):
        facts = case.kept_facts(finding, diagnosis.as_of)
        kept.contributions.add_diagnosis(link, facts, now(), excerpt=text if with_text and text else None)
