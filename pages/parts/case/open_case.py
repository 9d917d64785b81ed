"""What a session knows of the case that it has open: its link, its last state, and what went wrong with a change.

Rights are never decided here. Every change goes through `core.storage` with the link of the address, and is refused
there if the link does not allow it, whatever this session believes.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from core.settings import settings
from core.storage import NotFound, StorageError, Stores, Unavailable, stores
from core.storage.cases.case import Case, Right
from core.storage.links import digest
from pages.parts import links

NAME: Final = "case_name"  # what a person calls themselves
LAST: Final = "case_last"  # the link that is open in this session, for sharing a finding into it
DELETED: Final = "case_deleted"  # the link of a case that this session deleted
_SEEN: Final = "case_seen"  # (link, case): the state as it was read last, for when the database goes away
_NOTICE: Final = "case_notice"  # (place, sentence, whether it went wrong) of the last change
_DOWN: Final = "case_down"  # why the database could not make the change with which this run began
_REFUSALS: Final = "case_refusals"  # counts changes that were not made, so that a box is drawn again as it was

Change = Callable[[Stores, str, dt.datetime], object]
"""A change of a case: the stores, the link, the time."""


@dataclass(frozen=True, kw_only=True)
class OpenedCase:
    """A case on the page; `problem` says why nothing can be changed now, None where all is well.

    `stale` says that the state is the one that was read last, because it cannot be read now.
    """

    link: str
    case: Case
    problem: str | None = None
    stale: bool = False

    @property
    def contributes(self) -> bool:
        """Whether the link allows to add."""
        return self.case.right.includes(Right.CONTRIBUTE)

    @property
    def owns(self) -> bool:
        """Whether the link allows to withdraw and delete."""
        return self.case.right.includes(Right.OWN)

    def key(self, name: str) -> str:
        """Return the key of a widget of this case: what is typed for one case never shows up in another."""
        return key_of(self.link, name)


def key_of(link: str, name: str) -> str:
    """Return the key of a widget that belongs to the case behind a link; the link cannot be read from it."""
    return f"case_{name}_{digest(link)[:12]}"


def now() -> dt.datetime:
    """Return the time, in UTC."""
    return dt.datetime.now(dt.UTC)


def kept() -> Stores:
    """Return the stores of this portal."""
    return stores(settings())


def link() -> str:
    """Return the link in the address, empty where there is none."""
    return st.query_params.get(links.ID, "")


def open_case() -> OpenedCase:
    """Return the case behind the address; its first opening in a session is logged.

    Raises `NotFound`, and `Unavailable` for a case that this session has not seen before.
    """
    current = link()
    seen_link, seen = st.session_state.get(_SEEN, ("", None))
    known = seen if seen_link == current else None
    down = st.session_state.pop(_DOWN, None)
    try:
        case = kept().cases.look(current, now()) if known else kept().cases.open(current, now())
    except NotFound:
        # A database that was taken away begins again, empty.
        if known is not None and down is not None:
            return OpenedCase(link=current, case=known, problem=down, stale=True)
        st.session_state.pop(_SEEN, None)
        raise
    except Unavailable as error:
        if known is None:
            raise
        return OpenedCase(link=current, case=known, problem=str(error), stale=True)
    st.session_state[_SEEN] = (current, case)
    st.session_state[LAST] = current
    ability = kept().storage.ability()
    return OpenedCase(link=current, case=case, problem=None if ability.writable else ability.sentence)


def change(place: str, do: Change, *, success: str = "") -> bool:
    """Make a change and remember what to say at `place`: `success`, or why not; nothing typed is touched."""
    try:
        do(kept(), link(), now())
    except StorageError as error:
        say(place, str(error))
        if isinstance(error, Unavailable):
            st.session_state[_DOWN] = str(error)
        return False
    st.session_state[_NOTICE] = (place, success, False)
    return True


def say(place: str, sentence: str) -> None:
    """Remember a sentence of ours about what was not done, for `draw_notice` at this place."""
    st.session_state[_REFUSALS] = refusals() + 1
    st.session_state[_NOTICE] = (place, sentence, True)


def draw_notice(place: str) -> None:
    """Draw what became of the last change, if it was made at this place; it is said once."""
    where, sentence, wrong = st.session_state.get(_NOTICE, ("", "", False))
    if where != place:
        return
    st.session_state.pop(_NOTICE)
    if wrong:
        st.error(sentence, icon=":material/error:")
    elif sentence:
        st.success(sentence, icon=":material/check:")


def refusals() -> int:
    """Return how many changes of this session were not made."""
    count: int = st.session_state.get(_REFUSALS, 0)
    return count


def forget(gone: str) -> None:
    """Forget a case that is gone."""
    st.session_state.pop(_SEEN, None)
    if st.session_state.get(LAST) == gone:
        st.session_state.pop(LAST)


def just_deleted() -> bool:
    """Return whether this session deleted the case behind the address."""
    return bool(link()) and st.session_state.get(DELETED) == link()


def local(moment: dt.datetime) -> str:
    """Return a time in the reader's own zone: ``23 Nov 2026, 13:05``; in UTC, and marked so, where no zone is known."""
    zone = zone_of_reader()
    text = f"{moment.astimezone(zone):%-d %b %Y, %H:%M}"
    return text if zone is not dt.UTC else f"{text} UTC"


def zone_of_reader() -> dt.tzinfo:
    """Return the zone of the reader's browser, or UTC."""
    try:
        return ZoneInfo(st.context.timezone) if st.context.timezone else dt.UTC
    except (KeyError, ValueError, OSError):
        return dt.UTC
