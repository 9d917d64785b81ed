"""One finding as a card: what is wrong, the verdict, the steps, and behind them the evidence."""

import datetime as dt
from collections.abc import Callable
from typing import Final

import streamlit as st

from core.causes.card import Certainty, KeyVerdict
from core.causes.places import places
from core.diagnosis import Diagnosis, Finding
from core.models import catalogue
from core.n8n import versions
from core.paste.failure import Span
from core.text import diagnosis as diagnosis_text
from core.text import vocabulary
from pages.parts import escaped, links, shell
from pages.parts.case import handover
from pages.parts.key import n8n_credential
from pages.parts.node import page_links

Part = tuple[str, Callable[[], None], bool]
"""A part behind a click: its label, what draws it, and whether there is anything to draw."""

_KEY_BADGE: Final = {
    KeyVerdict.GOOD: (":material/check_circle:", "green"),
    KeyVerdict.REJECTED: (":material/cancel:", "red"),
    KeyVerdict.UNUSABLE: (":material/block:", "orange"),
    KeyVerdict.UNKNOWN: (":material/help:", "gray"),
    KeyVerdict.NOT_INVOLVED: (":material/remove_circle:", "gray"),
}
_CERTAINTY_BADGE: Final = {
    Certainty.CERTAIN: (":material/verified:", "blue"),
    Certainty.LIKELY: (":material/thumb_up:", "blue"),
    Certainty.POSSIBLE: (":material/question_mark:", "gray"),
}


def draw(
    finding: Finding,
    diagnosis: Diagnosis,
    *,
    key: str,
    first: bool,
    version: versions.Version | None = None,
    share: bool = True,
) -> None:
    """Draw a finding; the first one open, any other with its steps behind one click.

    `version` is the person's n8n, which decides what a test of a credential means; `share` offers to make a case of it.
    """
    parts = (
        ("Why this happens", lambda: _why(finding), bool(finding.why)),
        (
            f"What we saw ({vocabulary.count(len(finding.evidence), 'fact')})",
            lambda: _evidence(finding),
            bool(finding.evidence),
        ),
        ("What a green or red test means", lambda: n8n_credential.draw(version), n8n_credential.concerns(finding)),
        ("What we did not test", lambda: _not_tested(finding), bool(finding.not_tested)),
        *_common_parts(finding),
    )
    with st.container(border=True, key=f"finding-{key}", gap="small"):
        _head(finding)
        _nearest(finding)
        if first:
            _action(finding, diagnosis, key=key, share=share)
            _closed(parts)
        else:
            with st.expander("Steps for this one"):
                _action(finding, diagnosis, key=key, share=share)
                _flat(parts)


def draw_cause(finding: Finding) -> None:
    """Draw a cause that was looked up, in the form of a finding: without certainty, evidence and ticket text."""
    parts = (
        ("What a green or red test means", n8n_credential.table, n8n_credential.concerns(finding)),
        ("What this leaves open", lambda: _not_tested(finding), bool(finding.not_tested)),
        *_common_parts(finding),
    )
    with st.container(border=True, key="cause", gap="small"):
        _head(finding, looked_up=True)
        escaped.paragraph(finding.why.strip(), lead="Why this happens:", links=links.outside())
        _steps(finding)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            page_links.beside(finding.card)
            _key_test(finding)
        _closed(parts)


def _common_parts(finding: Finding) -> tuple[Part, ...]:
    return (
        ("Could it be something else?", lambda: _alternatives(finding), bool(finding.other_causes)),
        ("Pages that help", lambda: _pages(finding), bool(finding.card.links)),
        ("Still stuck?", lambda: _stuck(finding), True),
    )


def _head(finding: Finding, *, looked_up: bool = False) -> None:
    escaped.heading(finding.title, level=2)
    escaped.paragraph(finding.what_happened)
    with st.container(horizontal=True, gap="small"):
        key_badge(finding.key_verdict)
        # Where no cause is named, "certain" would read as if something were.
        if not looked_up and not finding.card.names_no_cause:
            _badge(f"Cause: {vocabulary.CERTAINTY[finding.certainty]}", *_CERTAINTY_BADGE[finding.certainty])
    escaped.paragraph(vocabulary.KEY_PROOF[finding.key_verdict], lead="If this is your error:" if looked_up else "")
    escaped.paragraph(f"{vocabulary.WHO_FIXES[finding.card.who_fixes]}.", lead="Who fixes it:")


def _nearest(finding: Finding) -> None:
    """Draw the known causes that the paste looks most like; open, since they are the answer where no card fits."""
    if not finding.nearest:
        return
    escaped.heading(diagnosis_text.NEAREST, level=3)
    possible = vocabulary.sentence_case(vocabulary.CERTAINTY[Certainty.POSSIBLE])
    for other in finding.nearest:
        with st.container(gap=None):
            links.to_cause(other.cause)
            escaped.paragraph(f"{possible}. {diagnosis_text.similar_words(other)}", small=True)


def key_badge(verdict: KeyVerdict) -> None:
    """Draw the verdict on the key as a word with an icon."""
    icon, color = _KEY_BADGE[verdict]
    _badge(f"Key: {vocabulary.KEY_VERDICT[verdict]}", icon, color)


def _badge(label: str, icon: str, color: str) -> None:
    st.badge(label, icon=icon, color=color)


def _steps(finding: Finding) -> None:
    if finding.steps:
        escaped.heading("What to do", level=3)
        escaped.steps(finding.steps, links=links.outside())
    escaped.paragraph(finding.how_to_check, lead="How to check:", links=links.outside())
    _next_paste(finding)


def _action(finding: Finding, diagnosis: Diagnosis, *, key: str, share: bool) -> None:
    _steps(finding)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if share:
            handover.button(finding, diagnosis, key=key)
        with st.popover("Copy for a ticket", icon=":material/content_copy:"):
            escaped.paragraph("Use the copy button in the corner of the text. Secrets are hidden in it.")
            style = st.radio("Form", ["Plain text", "Markdown"], horizontal=True, key=f"form-{key}")
            text = diagnosis_text.ticket_markdown if style == "Markdown" else diagnosis_text.ticket_text
            st.code(text(finding, diagnosis), language=None, wrap_lines=True, height=320)
        st.download_button(
            "Download JSON",
            diagnosis_text.to_json(diagnosis, source="paste"),
            file_name=f"reconnect-{finding.cause}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
            key=f"download-{key}",
        )
        links.to_cause(finding.cause, "About this error", icon=":material/menu_book:")
        page_links.beside(finding.card)
        _key_test(finding)


def _key_test(finding: Finding) -> None:
    """Draw a link to the test that the steps speak of, with the model that failed or the one to use instead."""
    if finding.key_verdict is not KeyVerdict.NOT_INVOLVED:
        model = finding.failure.model if finding.failure else None
        links.to_key_test(catalogue.load().worth_testing(model, dt.datetime.now(dt.UTC).date()) if model else ())


def _next_paste(finding: Finding) -> None:
    """Draw what the paste could not tell and what to copy from n8n to see it; open, since it is the next step."""
    if finding.still_unknown:
        escaped.paragraph(finding.still_unknown, lead="Still unknown:")
    if finding.copy_next:
        escaped.paragraph(finding.copy_next, lead="Copy this next:", links=links.outside())


def _closed(parts: tuple[Part, ...]) -> None:
    for label, draw_part, wanted in parts:
        if wanted:
            with st.expander(label):
                draw_part()


def _flat(parts: tuple[Part, ...]) -> None:
    """Draw the same parts under headings, for a finding that is itself behind a click."""
    for label, draw_part, wanted in parts:
        if wanted:
            escaped.heading(label, level=3)
            draw_part()


def _why(finding: Finding) -> None:
    escaped.paragraph(finding.why.strip(), links=links.outside())


def _evidence(finding: Finding) -> None:
    rows = [(vocabulary.fact(each.fact), vocabulary.value(each.fact, each.value)) for each in finding.evidence]
    escaped.table("Facts read from your paste", ("Fact", "What it says"), rows)
    spans = [Span(each.start, each.end) for each in finding.evidence if each.start is not None and each.end is not None]
    if finding.excerpt:
        escaped.paragraph("Where it stands in your paste, with secrets hidden:")
        escaped.marked(finding.excerpt, spans, label="Part of your paste with the facts marked")


def _not_tested(finding: Finding) -> None:
    escaped.bullets(finding.not_tested)


def _alternatives(finding: Finding) -> None:
    for each in finding.other_causes:
        links.to_cause(each.cause)
        escaped.paragraph(each.check, lead="The check that decides:", links=links.outside())


def _pages(finding: Finding) -> None:
    linked = [places()[name] for name in finding.card.links]
    named = tuple((place.label, place.address) for place in linked if place.address)
    escaped.bullets([place.label for place in linked], links=named)


def _stuck(finding: Finding) -> None:
    """Draw what is left when the steps did not help.

    Words for an assistant, a message for support, whom to write to.
    """
    escaped.paragraph("Ask an AI assistant. Copy this text; secrets are hidden in it.")
    for prompt in diagnosis_text.assistant_prompts(finding):
        st.code(prompt, language=None, wrap_lines=True)
    if finding.failure is not None:
        escaped.paragraph("Write to support. The request id lets Anthropic find the call.")
        st.code(diagnosis_text.support_message(finding), language=None, wrap_lines=True)
    words, contact = shell.contact()
    if words:
        escaped.paragraph(words, links=contact)
