"""Errors: every cause readable without a paste, found by words, by a status or by the line that n8n shows."""

from collections.abc import Iterable
from typing import Final

import streamlit as st

from core.causes import search, templates
from core.causes.card import Card, ChosenWhen, Family, KeyVerdict, WhoFixes
from core.causes.loader import card_chosen_when, load
from core.diagnosis import explain
from core.paste.failure import Surface
from core.redaction import redact
from core.text import vocabulary
from pages.parts import escaped, finding, guide_answers, links, n8n_version, typed
from pages.parts.links import PortalPage

SEARCH: Final = "errors_search"
CAUSE: Final = "cause"  # the query parameter of a card's address

LEAD: Final = "Every error that Reconnect knows, in plain words. Look yours up by what you remember of it."
ALL: Final = "All"
FAMILIES: Final = {words: family for family, words in vocabulary.FAMILY.items()}
FIXERS: Final = {words: fixer for fixer, words in vocabulary.WHO_FIXES.items()}
VERDICTS: Final = {vocabulary.sentence_case(words): verdict for verdict, words in vocabulary.KEY_VERDICT.items()}


def main() -> None:
    """Draw one card, or the list."""
    links.show_address()
    st.title("Errors, explained", anchor=False)
    cause = st.query_params.get(CAUSE)
    if cause in load():
        _card(load()[cause])
        return
    if cause is not None:
        st.warning("There is no error with this name. It may have been renamed. Look for it below.")
    st.markdown(LEAD)
    _list()


def _card(card: Card) -> None:
    st.set_page_config(page_title=f"{links.title_of(card.id)} · Reconnect")
    links.to(PortalPage.ERRORS, "All errors", icon=":material/arrow_back:")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        version = n8n_version.switch()
        surface = _surface(card)
    finding.draw_cause(explain(card.id, surface=surface, n8n_version=version))
    _examples(card)
    _sources(card)
    escaped.paragraph("To see if it is yours, paste the whole error. It is read with its secrets hidden.")
    links.to(PortalPage.DIAGNOSE, "Find the cause of my error", icon=":material/search:")


def _surface(card: Card) -> Surface | None:
    """Ask where the call was made, if the card's words depend on it."""
    known = [surface for surface in Surface if any(surface in variant.when.surface for variant in card.variant)]
    if not known:
        return None
    named = {"Anywhere": None, **{vocabulary.SURFACE[surface]: surface for surface in known}}
    return named[st.selectbox("Where it failed", list(named), key="where", bind="query-params", width=260)]


def _examples(card: Card) -> None:
    if not card.example:
        return
    with st.expander(f"What it looks like ({vocabulary.count(len(card.example), 'example')})"):
        if any(match.invented for match in card.match):
            escaped.paragraph(
                "Part of the wording is a guess: nobody has published it. So we call it possible at most."
            )
        for example in card.example:
            if example.source:
                escaped.paragraph(example.source, small=True)
            st.code(redact(example.text).text, language=None, wrap_lines=True)


def _sources(card: Card) -> None:
    with st.expander("Where this comes from"):
        escaped.paragraph(f"Last checked on {card.verified:%-d %B %Y}, with:")
        escaped.bullets(card.sources)
        escaped.paragraph(f"The name of this error: {card.id}", small=True)


def _list() -> None:
    query = typed.line(
        "A line from n8n, a number, or words",
        key=SEARCH,
        type="search",
        placeholder="Bad request, 529, no credit, ...",
    )
    numbers = [str(status) for status in search.statuses()]
    number = st.pills("Or the number that you see", numbers, key="status", bind="query-params")
    family, fixer, verdict = _filters()
    if len(query) > search.LONGEST:
        st.info("This looks like a whole error. The page Diagnose reads it and finds the cause.")
        links.to(PortalPage.DIAGNOSE, "Find the cause of my error", icon=":material/search:")
        return
    matches = search.search(query)
    by_number = search.by_status(int(number)) if number else None
    cards = [
        card
        for card in matches.cards
        if (by_number is None or card in by_number.cards)
        and family in (None, card.family)
        and fixer in (None, card.who_fixes)
        and verdict in (None, card.key_verdict)
    ]
    symptom = matches.symptom or (by_number.symptom if by_number else None)
    if symptom:
        _say_symptom(symptom, len(cards))
    is_answered = guide_answers.draw(query)
    if not cards:
        _nothing(is_answered=is_answered)
    elif query.strip() and not matches.symptom:
        about = f" for “{matches.corrected}”" if matches.corrected else ""
        escaped.announcement(f"{vocabulary.count(len(cards), 'error')}{about}, the best match first.")
        _rows(cards)
    else:
        _groups(cards)


def _filters() -> tuple[Family | None, WhoFixes | None, KeyVerdict | None]:
    with st.container(horizontal=True, gap="small"):
        family = _filter("What it is about", FAMILIES, "about")
        fixer = _filter("Who fixes it", FIXERS, "who")
        verdict = _filter("Your key", VERDICTS, "verdict")
    return FAMILIES.get(family), FIXERS.get(fixer), VERDICTS.get(verdict)


def _filter(label: str, options: Iterable[str], key: str) -> str:
    return st.selectbox(label, [ALL, *options], key=key, bind="query-params", width=210)


def _say_symptom(symptom: search.Symptom, count: int) -> None:
    """Say what a line or a number means, and that it proves nothing by itself."""
    if symptom.line and symptom.status:
        what = f"For the number {symptom.status}, n8n shows “{symptom.line}”."
    else:
        what = f"n8n shows “{symptom.line}”." if symptom.line else f"The number is {symptom.status}."
    many = f"It can stand for the {count} errors below." if count > 1 else ""
    escaped.announcement(f"{what} By itself this says nothing about your key. {many}".strip())
    escaped.paragraph("To learn which one it is, copy the whole error from n8n.")
    with st.container(horizontal=True, gap="medium"):
        whole_error = card_chosen_when(ChosenWhen.DETAIL_LOST).id
        links.to_cause(whole_error, "How to copy the whole error", icon=":material/content_copy:")
        links.to(PortalPage.DIAGNOSE, "Paste it here", icon=":material/search:")


def _nothing(*, is_answered: bool) -> None:
    if not is_answered:
        escaped.announcement("No error fits. Use fewer words, or set the filters back to All.")
    links.to(PortalPage.DIAGNOSE, "Or paste the whole error", icon=":material/search:")


def _groups(cards: list[Card]) -> None:
    for family in Family:
        members = [card for card in cards if card.family is family]
        if members:
            escaped.heading(vocabulary.FAMILY[family], level=2)
            _rows(members)


def _rows(cards: list[Card]) -> None:
    for card in cards:
        with st.container(gap=None):
            links.to_cause(card.id)
            escaped.paragraph(templates.fill(card.what_happened, None), small=True)


main()
