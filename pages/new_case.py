"""New case: private links for one ticket, made of a finding, of a saved case, or empty to be sent to somebody."""

import datetime as dt
from typing import Final

import streamlit as st

from core.sizes import MAX_CASE_FILE_MB
from core.storage import NotFound, StorageError, Unavailable
from core.storage.cases.case import Case, CaseLinks, Right
from core.storage.limits import CASES_AN_HOUR, HOUR, Scope, limits_for
from core.text import case_file
from core.text.case_file import Bundle, BundleError
from pages.parts import escaped, links, typed
from pages.parts.case import handover, open_case, preview, share_links
from pages.parts.case.handover import Shared
from pages.parts.links import PortalPage

TITLE: Final = "new_case_title"
DAYS: Final = "new_case_days"
AGREED: Final = "new_case_agreed"
MADE: Final = "new_case_made"  # (links, what is in it, error of the contents or None) of the case that was just made
PROBLEM: Final = "new_case_problem"
UPLOADS: Final = "new_case_uploads"  # counts uploads; a new key drops the last file from memory

LIFETIMES: Final = {"7 days": 7, "30 days": 30, "90 days": 90, "A year": 365}
LEAD: Final = (
    "Links for one ticket: one to work together, one to read. Send one, and both sides see the same: what failed, what "
    "was tested, and what is left to do. Nobody sees a key."
)
PRIVACY: Final = (
    "A case keeps facts, such as the cause, the model, the host and the request id. It is deleted when its time is "
    "over. Anyone who has a link can use it, so send it only to people who should."
)
LIMITED: Final = "Many cases were made here in a short time. Nothing was kept. Try again in an hour."


def main() -> None:
    """Draw the links of the case that was just made, or the form for a new one."""
    links.start_at_top("new case", str(MADE in st.session_state))
    st.title("New case", anchor=False)
    if MADE in st.session_state:
        _made(*st.session_state[MADE])
        return
    st.markdown(LEAD)
    ability = open_case.kept().storage.ability()
    if not ability.writable:
        st.warning(
            f"{ability.sentence} So no case can be made now. The text under “Copy for a ticket” on a finding works "
            "without it.",
            icon=":material/cloud_off:",
        )
    shared = handover.shared()
    if shared is not None:
        _contents(shared)
    _form(shared, able=ability.writable)
    if shared is None:
        _from_file(able=ability.writable)


def _contents(shared: Shared) -> None:
    with st.container(border=True, gap="small", key="new-case-contents"):
        escaped.heading(shared.finding.title, level=2)
        preview.draw(shared.diagnosis, (shared.finding,), agreed=AGREED)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            _into_the_open_case(shared)
            st.button("Leave it out", type="tertiary", on_click=handover.drop, key="new_case_drop")


def _into_the_open_case(shared: Shared) -> None:
    """Offer the case that this session has open, if its link still allows to add."""
    link = st.session_state.get(open_case.LAST)
    if link is None:
        return
    try:
        case = open_case.kept().cases.look(link, open_case.now())
    except StorageError:
        return
    if case.right.includes(Right.CONTRIBUTE):
        st.button("Put it into the case that I have open", on_click=_put_in, args=(link, shared), key="new_case_put_in")
        escaped.paragraph(case.title, small=True)


def _put_in(link: str, shared: Shared) -> None:
    try:
        _keep(link, shared)
    except StorageError as error:
        st.session_state[PROBLEM] = str(error)
    else:
        handover.drop()
        st.session_state[MADE] = (CaseLinks(view="", contribute="", own=link), None)


def _keep(link: str, shared: Shared) -> None:
    with_text = bool(st.session_state.get(AGREED))
    preview.keep(open_case.kept(), link, shared.diagnosis, (shared.finding,), with_text=with_text)


def _form(shared: Shared | None, *, able: bool) -> None:
    typed.line(
        "What it is about",
        key=TITLE,
        max_chars=120,
        placeholder="for example: ticket 4711",
        persist_state="session",
    )
    st.selectbox("Keep it for", list(LIFETIMES), index=1, key=DAYS, width=220, persist_state="session")
    st.button(
        "Make the case" if shared else "Make an empty case",
        type="primary",
        on_click=_make,
        args=(shared,),
        key="new_case_make",
        disabled=not able,
    )
    problem = st.session_state.pop(PROBLEM, None)
    if problem:
        st.error(problem, icon=":material/error:")
    escaped.paragraph(PRIVACY, small=True)


def _lifetime() -> dt.timedelta:
    return dt.timedelta(days=LIFETIMES[st.session_state.get(DAYS) or "30 days"])


def _make(shared: Shared | None) -> None:
    kept, now = open_case.kept(), open_case.now()
    if not _allowed(now):
        st.session_state[PROBLEM] = LIMITED
        return
    try:
        made = kept.cases.create(st.session_state.get(TITLE) or "", now, lifetime=_lifetime())
    except StorageError as error:
        st.session_state[PROBLEM] = str(error)
        return
    problem = None
    if shared is not None:
        try:
            _keep(made.own, shared)
        except StorageError as error:
            problem = f"The case is made, but the finding is not in it. {error}"
        else:
            handover.drop()
    _done(made, problem)


def _allowed(now: dt.datetime) -> bool:
    """Count one case, by address and all together; False where that would be too many."""
    counted = limits_for("case", CASES_AN_HOUR, HOUR, {Scope.ADDRESS: st.context.ip_address or None})
    return open_case.kept().limits.take(counted, now).allowed


def _done(made: CaseLinks, problem: str | None) -> None:
    share_links.remember(made.view, made.contribute, made.own)
    st.session_state[MADE] = (made, problem)
    st.session_state[open_case.LAST] = made.own
    for name in (TITLE, AGREED):
        st.session_state.pop(name, None)


def _from_file(*, able: bool) -> None:
    with st.expander("Make it from a saved case", icon=":material/upload_file:"):
        escaped.paragraph("The file that “Download the case” gave you, on this portal or on another one.")
        key = f"new_case_upload_{st.session_state.setdefault(UPLOADS, 0)}"
        st.file_uploader(
            "A saved case",
            key=key,
            on_change=_take_file,
            args=(key,),
            max_upload_size=MAX_CASE_FILE_MB,
            disabled=not able,
        )


def _take_file(key: str) -> None:
    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state[UPLOADS] += 1
    kept, now = open_case.kept(), open_case.now()
    try:
        bundle: Bundle = case_file.parse(file.getvalue())
        if not _allowed(now):
            st.session_state[PROBLEM] = LIMITED
            return
        _done(case_file.restore(bundle, kept, now, lifetime=_lifetime()), None)
    except (BundleError, StorageError) as error:
        st.session_state[PROBLEM] = str(error)


def _made(made: CaseLinks, problem: str | None) -> None:
    if not made.view:
        st.success("Added. Anyone who has the case open sees it now.", icon=":material/check:")
    else:
        st.success("The case is made. These links are shown once: copy what you need now.", icon=":material/check:")
        if problem:
            st.warning(problem)
        share_links.show_all(made)
    case = _look(made.own)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        links.to(
            PortalPage.CASE,
            "Open the case",
            icon=":material/folder_open:",
            query={links.ID: made.own},
        )
        st.button("Make another case", type="tertiary", on_click=_another, key="new_case_another")
    if case is not None and made.view:
        share_links.take_away(case, made.own)


def _look(link: str) -> Case | None:
    try:
        return open_case.kept().cases.look(link, open_case.now())
    except (NotFound, Unavailable):
        return None


def _another() -> None:
    st.session_state.pop(MADE, None)


main()
