"""Guide: getting Claude working again in n8n, step by step, with the source of every statement."""

from typing import Final

import streamlit as st

from core.n8n.versions import parse
from core.text.guide import Guide, LinkedPage, Section, SectionForm, Statement, guide
from pages.parts import escaped, links, n8n_version
from pages.parts.key import n8n_credential
from pages.parts.links import PortalPage
from pages.parts.node import page_links

SECTION: Final = "section"  # the query parameter of a section's address
EVERYTHING: Final = "all"
HTTP_REQUEST: Final = "http-request"  # the section about the node that we make

LEAD: Final = "How to get Claude working again in n8n. Go through it in order, or pick the part that you need."
FACTS: Final = {"credential_test": n8n_credential.table}
GROUPS: Final = {
    "Step by step": (SectionForm.STEPS,),
    "Good to know": (SectionForm.MYTHS, SectionForm.HABITS, SectionForm.QUESTIONS),
}


PAGES: Final = {
    LinkedPage.DIAGNOSE: (PortalPage.DIAGNOSE, "Find the cause of my error"),
    LinkedPage.MODELS: (PortalPage.MODELS, "Look at the models"),
    LinkedPage.TEST_KEY: (PortalPage.TEST_KEY, "Test a key"),
    LinkedPage.NODE: (PortalPage.NODE, "Get a node"),
}


def main() -> None:
    """Draw the contents, one section, or all of them."""
    read = guide()
    links.show_address()
    st.title("Reconnect Claude to n8n", anchor=False)
    section_id = st.query_params.get(SECTION)
    section = read.find(section_id) if section_id else None
    if section is None and section_id not in (None, EVERYTHING):
        st.warning("The guide has no part with this name. It may have been renamed. Pick one below.")
    if section is not None:
        st.set_page_config(page_title=f"{section.title} · Reconnect")
        _to(None, "All parts", icon=":material/arrow_back:")
        _section(section, _major(), read)
        _beside(section, read)
    elif section_id == EVERYTHING:
        _to(None, "All parts", icon=":material/arrow_back:")
        major = _major()
        for each in read.section:
            _section(each, major, read)
    else:
        st.markdown(LEAD)
        _contents(read)


def _major() -> int:
    version = parse(n8n_version.switch())
    return version.major if version else 2


def _contents(read: Guide) -> None:
    for heading, forms in GROUPS.items():
        escaped.heading(heading, level=2)
        members = [section for section in read.section if section.form in forms]
        for number, section in enumerate(members, start=1):
            with st.container(gap=None):
                _to(section, f"{number}. {section.title}" if SectionForm.STEPS in forms else section.title)
                escaped.paragraph(section.lead, small=True)
    _to(EVERYTHING, "The whole guide on one page", icon=":material/article:")


def _section(section: Section, major: int, read: Guide) -> None:
    with st.container(gap="small"):
        escaped.heading(section.title, level=2)
        escaped.paragraph(section.lead)
        if section.form is SectionForm.STEPS:
            _steps(section.statements(major), major)
        else:
            for statement in section.statements(major):
                _headed(statement, section.form, major)
        notes = section.notes(major)
        if notes:
            escaped.heading("Good to know", level=3)
        for note in notes:
            _said(note, major)
        if section.facts:
            FACTS[section.facts]()
        if section.id == HTTP_REQUEST:
            page_links.make()
            page_links.check()
        with st.expander("Where this comes from"):
            escaped.paragraph(f"Last checked on {read.verified:%-d %B %Y}, with:")
            escaped.bullets(read.sources_of(section))


def _steps(statements: tuple[Statement, ...], major: int) -> None:
    """Draw one numbered list, which the texts to copy and the links beneath a step interrupt."""
    waiting: list[str] = []
    for number, statement in enumerate(statements, start=1):
        waiting.append(statement.said(major))
        if statement.code or statement.cause or statement.page or number == len(statements):
            escaped.steps(waiting, links=links.outside(), start=number - len(waiting) + 1)
            _beneath(statement)
            waiting = []


def _headed(statement: Statement, form: SectionForm, major: int) -> None:
    escaped.heading(statement.head or "", level=3)
    _said(statement, major, lead="What is true:" if form is SectionForm.MYTHS else "")


def _said(statement: Statement, major: int, *, lead: str = "") -> None:
    escaped.paragraph(statement.said(major), lead=lead, links=links.outside())
    _beneath(statement)


def _beneath(statement: Statement) -> None:
    if statement.code:
        st.code(statement.code, language=None, wrap_lines=True)
    if statement.page:
        page, label = PAGES[statement.page]
        links.to(page, label, icon=":material/arrow_forward:")
    if statement.cause:
        links.to_cause(statement.cause, icon=":material/menu_book:")


def _beside(section: Section, read: Guide) -> None:
    before, after = read.beside(section)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if before:
            _to(before, f"Back: {before.title}", icon=":material/arrow_back:")
        if after:
            _to(after, f"Next: {after.title}", icon=":material/arrow_forward:")


def _to(section: Section | str | None, label: str, *, icon: str | None = None) -> None:
    """Draw a link to a part of the guide that keeps the chosen n8n version."""
    name = section.id if isinstance(section, Section) else section
    chosen = {SECTION: name} if name else {}
    links.to(PortalPage.GUIDE, label, icon=icon, query={**chosen, **n8n_version.kept()})


main()
