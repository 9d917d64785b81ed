"""The change of a key, environment by environment: what is done, by whom, and whether the old key may go."""

import datetime as dt
from typing import Final

import streamlit as st

from core.storage import Stores
from core.storage.cases.case import ChecklistItem, ChecklistStep
from core.text import case as case_text
from core.text.vocabulary.case import CHECKLIST_STEP
from pages.parts import escaped, links, typed
from pages.parts.case import open_case
from pages.parts.case.open_case import OpenedCase

PLACE: Final = "checklist"
ENVIRONMENTS: Final = ("dev", "staging", "production")
_WARNINGS: Final = (
    "Keep the old key until every step below is done. A key that is disabled too early stops every workflow at once.",
    "A key belongs to one workspace. Another workspace can have other models and other limits: test each new key with "
    "the models that its workflows use.",
)


def draw(opened: OpenedCase) -> None:
    """Draw the progress, and for those who may, the boxes to tick."""
    case = opened.case
    if not case.checklist:
        return
    escaped.heading("Change of the key", level=2)
    escaped.announcement(case_text.progress(case))
    escaped.bullets(_warnings(opened))
    if not opened.contributes:
        _done_table(opened)
    else:
        for number, item in enumerate(case.checklist, start=1):
            _row(number, item, opened)
    links.to_key_test(case_text.models(case), "Test the new key")


def _warnings(opened: OpenedCase) -> list[str]:
    return [*_WARNINGS, *case_text.model_dates(opened.case, open_case.now().date())]


def draw_table(opened: OpenedCase) -> None:
    """Draw the same to be read only."""
    if opened.case.checklist:
        escaped.heading("Change of the key", level=2)
        escaped.paragraph(case_text.progress(opened.case))
        _done_table(opened)


def _done_table(opened: OpenedCase) -> None:
    rows = [
        (f"{item.environment}, {item.credential}", *(_done(item, step) or "–" for step in ChecklistStep))
        for item in opened.case.checklist
    ]
    escaped.table("Who did what, and when", ("Where", *(CHECKLIST_STEP[step] for step in ChecklistStep)), rows)


def _row(number: int, item: ChecklistItem, opened: OpenedCase) -> None:
    """Draw one credential; the boxes carry its number, since a label must not hold a stranger's text."""
    with st.container(border=True, gap="small", key=f"case-item-{item.id}"):
        escaped.paragraph(item.credential, lead=f"Row {number}, {item.environment}:")
        for step in ChecklistStep:
            _box(number, item, step, opened)
        with st.popover("Remove this row", icon=":material/delete:", disabled=opened.problem is not None):
            escaped.paragraph("It is removed for everybody, with its ticks.")
            st.button(
                "Yes, remove",
                on_click=open_case.change,
                args=(PLACE, lambda kept, link, now: kept.checklist.remove(link, item.id, now)),
                kwargs={"success": "The row is removed."},
                key=f"case-remove-item-{item.id}",
            )


def _box(number: int, item: ChecklistItem, step: ChecklistStep, opened: OpenedCase) -> None:
    """Draw a box as the database has it: its key holds that state, so that a refused tick does not look done."""
    done = item.tick(step) is not None
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.checkbox(
            f"{CHECKLIST_STEP[step]} (row {number})",
            value=done,
            key=f"case-tick-{item.id}-{step.value}-{done}-{open_case.refusals()}",
            on_change=_toggle,
            args=(item.id, step, done),
            disabled=opened.problem is not None,
        )
        if done:
            escaped.paragraph(_done(item, step), small=True)


def _done(item: ChecklistItem, step: ChecklistStep) -> str:
    tick = item.tick(step)
    return "" if tick is None else f"✓ {tick.done_by or 'somebody'}, {open_case.local(tick.done_at)}"


def _toggle(item: int, step: ChecklistStep, done: bool) -> None:  # noqa: FBT001 - Streamlit passes arguments by place
    who = st.session_state.get(open_case.NAME, "")

    def change(kept: Stores, link: str, now: dt.datetime) -> None:
        if done:
            kept.checklist.untick(link, item, step, now)
        else:
            kept.checklist.tick(link, item, step, now, by=who)

    open_case.change(PLACE, change)


def draw_form(opened: OpenedCase) -> None:
    """Draw the form that puts rows on the list."""
    environments, credentials = opened.key("environments"), opened.key("credentials")
    with st.expander("Plan the change of a key", icon=":material/checklist:", key=opened.key("plan")):
        escaped.paragraph(
            "List every place where the key stands. Each gets three steps: the key is updated, it is tested, and the "
            "workflows ran with it."
        )
        typed.choices(
            st.container(),
            "Environments",
            ENVIRONMENTS,
            key=environments,
            placeholder="Choose, or type your own names",
            persist_state="session",
        )
        typed.box("Names of the credentials in n8n, one a line", key=credentials, height=90, persist_state="session")
        st.button(
            "Put on the list",
            on_click=_add,
            args=(environments, credentials),
            key=opened.key("plan_add"),
            disabled=opened.problem is not None,
        )


def _add(environments: str, credentials: str) -> None:
    chosen = st.session_state.get(environments) or []
    named = [line.strip() for line in (st.session_state.get(credentials) or "").splitlines() if line.strip()]
    if not chosen or not named:
        open_case.say("plan", "Choose at least one environment, and write at least one credential's name.")
        return
    places = [(environment, credential) for environment in chosen for credential in named]
    if open_case.change("plan", lambda kept, link, now: kept.checklist.add(link, places, now), success="On the list."):
        typed.clear(environments, credentials)
