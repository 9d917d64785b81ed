"""One finding as a card: what is wrong, the verdict, the steps, and behind them the evidence."""

import functools
from collections.abc import Callable
from typing import Final

import streamlit as st

from core import report, words
from core.causes.card import Certainty, KeyVerdict
from core.causes.places import places
from core.diagnosis import Diagnosis, Finding
from core.paste.failure import Span
from pages.parts import escaped
from pages.parts.escaped import Links

_KEY_BADGE: Final = {
    KeyVerdict.GOOD: ("Your key: works", ":material/check_circle:", "green"),
    KeyVerdict.REJECTED: ("Your key: rejected", ":material/cancel:", "red"),
    KeyVerdict.UNUSABLE: ("Your key: not usable as it is", ":material/block:", "orange"),
    KeyVerdict.UNKNOWN: ("Your key: not proven", ":material/help:", "gray"),
    KeyVerdict.NOT_INVOLVED: ("Your key: not involved", ":material/remove_circle:", "gray"),
}
_CERTAINTY_BADGE: Final = {
    Certainty.CERTAIN: ("Certain", ":material/verified:", "blue"),
    Certainty.LIKELY: ("Likely", ":material/thumb_up:", "blue"),
    Certainty.POSSIBLE: ("Possible", ":material/question_mark:", "gray"),
}


def draw(finding: Finding, diagnosis: Diagnosis, *, key: str, first: bool) -> None:
    """Draw a finding; the first one open, any other with its steps behind one click."""
    with st.container(border=True, key=f"finding-{key}", gap="small"):
        escaped.heading(finding.title, level=2)
        escaped.paragraph(finding.what_happened)
        _badges(finding)
        if first:
            _action(finding, diagnosis, key=key)
            _background(finding)
        else:
            with st.expander("Steps for this one"):
                _action(finding, diagnosis, key=key)
                _background_flat(finding)


def _badges(finding: Finding) -> None:
    with st.container(horizontal=True, gap="small"):
        _badge(*_KEY_BADGE[finding.key_verdict])
        if finding.cause != "unknown":  # "certain" beside it would read as if something were
            _badge(*_CERTAINTY_BADGE[finding.certainty])
    escaped.paragraph(words.KEY_PROOF[finding.key_verdict])
    escaped.paragraph(f"{words.WHO_FIXES[finding.card.who_fixes]}.", lead="Who fixes it:")


def _badge(label: str, icon: str, color: str) -> None:
    st.badge(label, icon=icon, color=color)


def _action(finding: Finding, diagnosis: Diagnosis, *, key: str) -> None:
    links = _links()
    if finding.steps:
        escaped.heading("What to do", level=3)
        escaped.steps(finding.steps, links=links)
    escaped.paragraph(finding.how_to_check, lead="How to check:", links=links)
    _next_paste(finding)
    with st.container(horizontal=True, gap="small"):
        with st.popover("Copy for a ticket", icon=":material/content_copy:"):
            escaped.paragraph("Point at the text and use the copy button in its corner. Secrets are hidden in it.")
            style = st.radio("Form", ["Plain text", "Markdown"], horizontal=True, key=f"form-{key}")
            text = report.ticket_markdown if style == "Markdown" else report.ticket_text
            st.code(text(finding, diagnosis), language=None, wrap_lines=True, height=320)
        st.download_button(
            "Download JSON",
            report.to_json(diagnosis, source="paste"),
            file_name=f"reconnect-{finding.cause}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
            key=f"download-{key}",
        )


def _next_paste(finding: Finding) -> None:
    """What the paste could not tell, and what to copy from n8n to see it; open, since it is the next step."""
    if finding.still_unknown:
        escaped.paragraph(finding.still_unknown, lead="Still unknown:")
    if finding.copy_next:
        escaped.paragraph(finding.copy_next, lead="Copy this next:", links=_links())


def _background(finding: Finding) -> None:
    for label, draw_part, wanted in _parts(finding):
        if wanted:
            with st.expander(label):
                draw_part(finding)


def _background_flat(finding: Finding) -> None:
    """The same parts under headings, for a finding that is itself behind a click."""
    for label, draw_part, wanted in _parts(finding):
        if wanted:
            escaped.heading(label, level=3)
            draw_part(finding)


def _parts(finding: Finding) -> tuple[tuple[str, Callable[[Finding], None], bool], ...]:
    return (
        ("Why this happens", _why, bool(finding.why)),
        (f"What we saw ({words.count(len(finding.evidence), 'fact')})", _evidence, bool(finding.evidence)),
        ("What we did not test", _not_tested, bool(finding.not_tested)),
        ("Could it be something else?", _alternatives, bool(finding.alternatives)),
        ("Pages that help", _pages, bool(finding.card.links)),
    )


def _why(finding: Finding) -> None:
    escaped.paragraph(finding.why.strip(), links=_links())


def _evidence(finding: Finding) -> None:
    rows = [(words.fact(each.fact), words.value(each.fact, each.value)) for each in finding.evidence]
    escaped.table("Facts read from your paste", ("Fact", "What it says"), rows)
    spans = [Span(each.start, each.end) for each in finding.evidence if each.start is not None and each.end is not None]
    if finding.excerpt:
        escaped.paragraph("Where it stands in your paste, with secrets hidden:")
        escaped.marked(finding.excerpt, spans, label="Part of your paste with the facts marked")


def _not_tested(finding: Finding) -> None:
    escaped.bullets(finding.not_tested)


def _alternatives(finding: Finding) -> None:
    rows = [(each.title, each.check) for each in finding.alternatives]
    escaped.table("Other causes that can look the same", ("Cause", "The check that decides"), rows)


def _pages(finding: Finding) -> None:
    found = [places()[name] for name in finding.card.links]
    named = tuple((place.label, place.address) for place in found if place.address)
    escaped.bullets([place.label for place in found], links=named)


@functools.cache
def _links() -> Links:
    """Addresses, and the names of pages outside n8n; n8n's labels stay words, since we cannot know its address."""
    found = [place for place in places().values() if place.address]
    named = {place.label: place.address for place in found if not place.name.startswith("n8n.")}
    return tuple((named | {place.address: place.address for place in found}).items())
