"""What the owner of a case can do: move its end, withdraw and renew links, read the access log, delete it."""

import datetime as dt
from typing import Final

import streamlit as st

from core.storage import Stores
from core.storage.cases.case import Right
from core.text.vocabulary.case import LINK
from pages.parts import escaped
from pages.parts.case import open_case, share_links, view
from pages.parts.case.open_case import OpenedCase

PLACE: Final = "owner"
DAYS: Final = (7, 30, 90, 180, 365)
_RENEWED: Final = "case_renewed"  # (link of the case, right, new link), until it is put away


def draw(opened: OpenedCase) -> None:
    """Draw all of it behind one click."""
    with st.expander("Links, expiry and deletion", icon=":material/admin_panel_settings:", key=opened.key("owner")):
        _expiry(opened)
        _links(opened)
        view.log(opened)
        _delete(opened)
    _renewed(opened)


def _expiry(opened: OpenedCase) -> None:
    escaped.heading("How long it is kept", level=3)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        days = st.selectbox(
            "Days from now", DAYS, index=DAYS.index(30), key=opened.key("days"), width=160, help="At most a year"
        )
        st.button(
            "Change the end",
            on_click=_set_expiry,
            args=(days,),
            key=opened.key("set_expiry"),
            disabled=opened.problem is not None,
        )


def _set_expiry(days: int) -> None:
    def change(kept: Stores, link: str, now: dt.datetime) -> None:
        kept.cases.set_expiry(link, now + dt.timedelta(days=days), now)

    open_case.change(PLACE, change, success="The end is changed.")


def _links(opened: OpenedCase) -> None:
    escaped.heading("Its links", level=3)
    escaped.paragraph(
        "A link cannot be shown again. A new one takes the place of the old one, which ends at once. To withdraw is "
        "the same without a new one."
    )
    for right in (Right.CONTRIBUTE, Right.VIEW):
        with st.container(horizontal=True, gap="small"):
            for label, act in (("Renew", _renew), ("Withdraw", _withdraw)):
                st.button(
                    f"{label} the {LINK[right]}",
                    on_click=act,
                    args=(right,),
                    key=opened.key(f"{label}_{right.value}"),
                    disabled=opened.problem is not None,
                )


def _renew(right: Right) -> None:
    made: list[str] = []
    own_link = open_case.link()
    if open_case.change(PLACE, lambda kept, link, now: made.append(kept.cases.renew(link, right, now))):
        st.session_state[_RENEWED] = (own_link, right, made[0])
        if right is Right.VIEW:
            share_links.remember(made[0], own_link)


def _withdraw(right: Right) -> None:
    own_link = open_case.link()
    done = open_case.change(
        PLACE,
        lambda kept, link, now: kept.cases.revoke(link, right, now),
        success=f"Withdrawn: the {LINK[right]}. It no longer opens the case.",
    )
    if done and right is Right.VIEW:
        share_links.forget_view(own_link)


def _renewed(opened: OpenedCase) -> None:
    """Draw a link that was just made until the person has put it away."""
    case, right, link = st.session_state.get(_RENEWED, ("", Right.VIEW, ""))
    if case != opened.link:
        return
    with st.container(border=True, gap="small", key="case-renewed"):
        escaped.paragraph("It is shown once. Copy it now.", lead="The new link.")
        share_links.show(right, link)
        st.button("I have copied it", on_click=lambda: st.session_state.pop(_RENEWED, None), key="case_renewed_done")


def _delete(opened: OpenedCase) -> None:
    escaped.heading("Delete the case", level=3)
    escaped.paragraph("Everything in it is deleted at once and for good, for everybody. Its links end.")
    sure = st.checkbox("I am sure that nobody needs this case any more", key=opened.key("sure"))
    st.button(
        "Delete the case for good",
        type="primary",
        icon=":material/delete_forever:",
        on_click=_delete_now,
        args=(opened.key("sure"),),
        key=opened.key("delete"),
        disabled=not sure or opened.problem is not None,
    )


def _delete_now(sure: str) -> None:
    if not st.session_state.get(sure):
        return
    own_link = open_case.link()
    if open_case.change(PLACE, lambda kept, link, now: kept.cases.delete(link, now)):
        open_case.forget(own_link)
        st.session_state[open_case.DELETED] = own_link
