"""What a person with the right to contribute can put into a case: pastes, notes, test results, nodes, the status."""

import datetime as dt
from typing import Final
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from core.diagnosis import Diagnosis
from core.models import catalogue
from core.n8n.choices import DEFAULT_MODEL, NodeChoices
from core.n8n.generate import OutputKind, generate
from core.storage import NotFound, StorageError, Stores, access_results
from core.storage.access_results import AccessResult
from core.storage.cases.case import Status
from core.storage.links import digest
from core.text import case
from core.text.vocabulary.case import STATUS
from core.text.vocabulary.node import KIND
from pages.parts import error_box, escaped, finding, links, typed
from pages.parts.access import notebook
from pages.parts.case import open_case, preview
from pages.parts.case.open_case import OpenedCase
from pages.parts.paste_box import PasteBox

PRIVACY: Final = (
    "Keys and passwords are hidden before anything is read. You see what would be kept before it goes into the case."
)
MOST_SHOWN: Final = 50
_KINDS: Final = {
    KIND[kind]: kind for kind in (OutputKind.CLIPBOARD, OutputKind.WORKFLOW, OutputKind.SELF_TEST, OutputKind.CURL)
}


def name_field() -> None:
    """Ask once what a person calls themselves."""
    typed.line(
        "Your name, as the other side sees it",
        key=open_case.NAME,
        max_chars=60,
        placeholder="for example: Maria, support",
        persist_state="session",
        width=360,
    )


def paste_box(opened: OpenedCase) -> None:
    """Draw the box of the Diagnose page, and what it found, to be put into the case."""
    box = _box(opened)
    escaped.heading("Paste the error", level=2)
    box.draw()
    escaped.paragraph(PRIVACY, small=True)
    box.read_waiting()
    with st.container():
        if box.answer is not None and box.answer.problem:
            st.error(box.answer.problem, icon=":material/error:")
        elif box.answer is not None and box.answer.result is not None:
            _draw_diagnosis(box.answer.result, opened)


def _box(opened: OpenedCase) -> PasteBox[Diagnosis]:
    return error_box.error_box(opened.key, height=120, can_start_over=False)


def _draw_diagnosis(diagnosis: Diagnosis, opened: OpenedCase) -> None:
    findings = diagnosis.findings
    finding.draw(findings[0], diagnosis, key="case", first=True, share=False)
    with st.container(border=True, gap="small", key="case-put-in"):
        escaped.heading("Put this into the case", level=3)
        preview.draw(diagnosis, findings, agreed=opened.key("agreed"))
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Put it into the case",
                type="primary",
                on_click=_put_in,
                args=(opened,),
                key=opened.key("put_in"),
                disabled=opened.problem is not None,
            )
            st.button("Discard", type="tertiary", on_click=_clear, args=(opened,), key=opened.key("discard"))


def _put_in(opened: OpenedCase) -> None:
    answer = _box(opened).answer
    if answer is None or answer.result is None:
        return
    diagnosis = answer.result
    agreed = bool(st.session_state.get(opened.key("agreed")))

    def put(kept: Stores, link: str, _now: dt.datetime) -> None:
        preview.keep(kept, link, diagnosis, diagnosis.findings, with_text=agreed)

    if open_case.change("paste", put, success="Added. Anyone who has the case open sees it now."):
        _clear(opened)


def _clear(opened: OpenedCase) -> None:
    _box(opened).clear()
    st.session_state.pop(opened.key("agreed"), None)


def note_form(opened: OpenedCase) -> None:
    """Draw the form for a note."""
    key = opened.key("note")
    typed.box("Write a note", key=key, height=100, persist_state="session")
    st.button(
        "Add the note", on_click=_add_note, args=(key,), key=opened.key("add_note"), disabled=opened.problem is not None
    )


def _add_note(key: str) -> None:
    text, who = st.session_state.get(key) or "", st.session_state.get(open_case.NAME, "")
    if open_case.change(
        "notes", lambda kept, link, now: kept.contributions.add_note(link, text, now, author=who), success="Added."
    ):
        typed.clear(key)


def title_field(opened: OpenedCase) -> None:
    """Draw the field with what the case is about; its key holds what it was, so that nobody's change is overwritten."""
    seen = opened.case.title
    key = opened.key(f"title_{digest(seen)[:8]}_{open_case.refusals()}")
    st.session_state.setdefault(key, seen)
    typed.line(
        "What it is about",
        key=key,
        max_chars=120,
        on_change=_rename,
        args=(key, seen),
        width=360,
        disabled=opened.problem is not None,
    )


def _rename(key: str, seen: str) -> None:
    title = st.session_state.get(key) or ""
    open_case.change("status", lambda kept, link, now: kept.cases.rename(link, title, now, seen=seen))


def status_form(opened: OpenedCase) -> None:
    """Draw the choice of the status."""
    current = opened.case.status
    st.selectbox(
        "Status of the case",
        list(Status),
        index=list(Status).index(current),
        format_func=lambda status: STATUS[status],
        key=(key := opened.key(f"status_{current.value}_{open_case.refusals()}")),
        on_change=_set_status,
        args=(key, current),
        width=260,
        disabled=opened.problem is not None,
    )


def _set_status(key: str, seen: Status) -> None:
    chosen = Status(st.session_state[key])
    open_case.change("status", lambda kept, link, now: kept.cases.set_status(link, chosen, now, seen=seen))


def results_form(opened: OpenedCase) -> None:
    """Draw the choice of test results from a notebook; the notebook's own link never gets into the case."""
    with st.expander("Put in test results", icon=":material/table_chart:", key=opened.key("results")):
        escaped.paragraph(
            "Test the key first and keep the results in a notebook. Then paste the notebook's link here. Only the rows "
            "that you choose are copied. The link itself is not."
        )
        field = opened.key("notebook")
        st.session_state.setdefault(field, st.session_state.get(notebook.LINK, ""))
        entry = st.text_input("Link of the notebook", key=field, type="password", autocomplete="off", max_chars=400)
        if not entry.strip():
            return
        try:
            rows = _latest(open_case.kept(), entry)
        except NotFound:
            st.error("There is no notebook behind this link. It may be mistyped or deleted.", icon=":material/error:")
        except StorageError as error:
            st.error(str(error), icon=":material/error:")
        else:
            _choose(rows, opened)


def _latest(kept: Stores, link_or_address: str) -> list[AccessResult]:
    """Return the newest result of every key, model and way in a notebook, named by its id or its whole address."""
    text = link_or_address.strip()
    named = parse_qs(urlsplit(text).query).get(links.ID, [text])[0]
    opened = kept.notebooks.open(named, open_case.now())
    cells = [cell for row in access_results.matrix(opened.results).rows for cell in row.cells if cell is not None]
    return sorted(cells, key=lambda cell: cell.tested_at, reverse=True)[:MOST_SHOWN]


def _choose(rows: list[AccessResult], opened: OpenedCase) -> None:
    if not rows:
        escaped.paragraph("This notebook is empty.")
        return
    cells = [(str(number), *case.result_row(row)) for number, row in enumerate(rows, start=1)]
    escaped.table("The newest results of the notebook", ("Row", *case.RESULT_HEADERS), cells)
    numbers = list(range(1, len(rows) + 1))
    chosen = st.multiselect("Rows to put in", numbers, default=numbers, key=opened.key("rows"))
    st.button(
        "Put these rows in",
        on_click=_add_results,
        args=([rows[number - 1] for number in chosen], opened),
        key=opened.key("add_results"),
        disabled=opened.problem is not None or not chosen,
    )


def _add_results(rows: list[AccessResult], opened: OpenedCase) -> None:
    if open_case.change(
        "results", lambda kept, link, now: kept.contributions.add_results(link, rows, now), success="Copied."
    ):
        typed.clear(opened.key("notebook"))


def node_form(opened: OpenedCase) -> None:
    """Draw the choice of a node to generate into the case; it goes to Anthropic's own address and holds no key."""
    usable = catalogue.load().usable(open_case.now().date())
    labels = {choice.model.id: choice.label for choice in usable}
    with st.expander("Put in a node that works", icon=":material/account_tree:", key=opened.key("nodes")):
        kind = st.selectbox("What", list(_KINDS), key=opened.key("node_kind"))
        model = st.selectbox(
            "Model",
            list(labels),
            index=list(labels).index(DEFAULT_MODEL) if DEFAULT_MODEL in labels else 0,
            format_func=lambda name: labels[name],
            key=opened.key("node_model"),
        )
        st.button(
            "Put it in",
            on_click=_add_node,
            args=(_KINDS[kind], model),
            key=opened.key("add_node"),
            disabled=opened.problem is not None,
        )


def _add_node(kind: OutputKind, model: str) -> None:
    content = generate(kind, NodeChoices(model=model))
    open_case.change(
        "nodes",
        lambda kept, link, now: kept.contributions.add_node(link, kind.value, content, now, model=model),
        success="The node is in the case.",
    )
