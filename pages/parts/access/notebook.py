"""Keeping the results of a test in a notebook, and the notebook's private link."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import streamlit as st

from core.keys.key_text import text_to_send
from core.probe.live_run import access_facts_of
from core.probe.result import ProbeResult
from core.storage import Ability, NotFound, StorageError, Stores, Unavailable
from core.storage.deployment_secret import shown
from core.text import vocabulary
from pages.parts import escaped, links, typed
from pages.parts.key.form import Submission
from pages.parts.links import PortalPage

LINK: Final = "notebook_link"  # the id of the notebook that this session keeps results in
KEEP: Final = "notebook_keep"
NAME: Final = "notebook_key_name"
ENVIRONMENT: Final = "notebook_environment"
_LONGEST: Final = 60


@dataclass(frozen=True, kw_only=True)
class ToKeep:
    """What is to be kept, and under which names; the fingerprint cannot be turned back into the key."""

    name: str
    environment: str
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What came of it: the number of rows and the link if it was made just now, or why nothing was kept."""

    rows: int = 0
    new_link: str | None = None
    problem: str | None = None


def ask(ability: Ability, *, running: bool, too_late: bool = False) -> None:
    """Draw the choice to keep, or why nothing can be kept here.

    `too_late` says that a result is shown that was not kept: without the key it cannot be any more.
    """
    wanted = st.checkbox(
        "Keep these results in a private notebook",
        key=KEEP,
        disabled=running or not ability.writable,
        persist_state="session",
        help="For each model: whether it answered, the cause, the time and the request id. Never the key.",
    )
    if not ability.writable:
        escaped.paragraph(
            f"{ability.sentence} Testing works without it, and tests are then counted by this server alone.",
            lead="Nothing can be kept now.",
            small=True,
        )
        return
    if wanted and too_late:
        escaped.paragraph(
            "The key is forgotten, so they cannot be kept now. Test it again to keep them.",
            lead="The results above were not kept.",
            small=True,
        )
    if wanted:
        _ask_names(running=running)


def _ask_names(*, running: bool) -> None:
    """Draw the fields for the names that a new result is kept under, and say which notebook it joins."""
    with st.container(horizontal=True, gap="small"):
        typed.line(
            "Name of the key",
            key=NAME,
            max_chars=_LONGEST,
            placeholder="for example: team key",
            persist_state="session",
            disabled=running,
        )
        typed.line(
            "Environment",
            key=ENVIRONMENT,
            max_chars=_LONGEST,
            placeholder="for example: production",
            persist_state="session",
            disabled=running,
        )
    if st.session_state.get(LINK):
        escaped.paragraph("They join the notebook that you have open.", small=True)


def to_keep(kept: Stores, submission: Submission) -> ToKeep | None:
    """Take the key's fingerprint while the key is there; None where nothing is to be kept or can be."""
    if not st.session_state.get(KEEP):
        return None
    try:
        fingerprint = kept.storage.secret.fingerprint(
            text_to_send(submission.key, clean_key=submission.request.clean_key)
        )
    except Unavailable:
        return None
    return ToKeep(
        name=st.session_state.get(NAME, "").strip(),
        environment=st.session_state.get(ENVIRONMENT, "").strip(),
        fingerprint=fingerprint,
    )


def keep(kept: Stores, result: ProbeResult, chosen: ToKeep, now: dt.datetime) -> Kept:
    """Keep the rows, in the session's notebook or in a new one."""
    rows = access_facts_of(result, fingerprint=chosen.fingerprint, label=chosen.name, environment=chosen.environment)
    if not rows:
        return Kept(problem="There was nothing to keep: no model was tested.")
    try:
        link, made = _notebook(kept, now)
        kept.notebooks.add(link, rows, now)
    except StorageError as error:
        return Kept(problem=f"The results were not kept. {error}")
    st.session_state[LINK] = link
    return Kept(rows=len(rows), new_link=link if made else None)


def _notebook(kept: Stores, now: dt.datetime) -> tuple[str, bool]:
    """Return the session's notebook if it is still there, else a new one."""
    link = st.session_state.get(LINK)
    if link is not None:
        try:
            kept.notebooks.open(link, now)
        except NotFound:
            st.session_state.pop(LINK)
        else:
            return link, False
    return kept.notebooks.create(now), True


def draw_kept(done: Kept, chosen: ToKeep) -> None:
    """Say what was kept, and show a new link, once."""
    if done.problem:
        st.warning(done.problem)
        return
    results = vocabulary.count(done.rows, "result")
    escaped.announcement(
        f"{results} of the key “{chosen.name or 'unnamed'}” (#{shown(chosen.fingerprint)}).", lead="Kept:"
    )
    if done.new_link:
        escaped.paragraph(
            "This is its link. Copy it now: it is shown once. Anyone with it can read, add and delete these results.",
            lead="Your notebook is private.",
        )
        st.code(links.address(PortalPage.ACCESS, done.new_link), language=None, wrap_lines=True)
    links.to(
        PortalPage.ACCESS,
        "Open the notebook",
        icon=":material/table_chart:",
        query={links.ID: st.session_state[LINK]},
    )
