"""Test a key: prove in seconds where access is lost, at the address, the network, the key, the model or the credit."""

import datetime as dt
import secrets
from typing import Final

import streamlit as st

from core import key_test
from core.cases import Stores, stores
from core.cases.limits import Decision, Scope
from core.claude.result import ProbeResult
from core.claude.surroundings import from_settings
from core.key_test import LiveTest, Visitor
from core.n8n.choices import NodeChoices
from core.n8n.generate import Kind, generate
from core.settings import settings
from pages.parts import key_form, key_result, links, notebook
from pages.parts.key_form import Submission

LIVE: Final = "test_key_live"
RESULT: Final = "test_key_result"
WISH: Final = "test_key_wish"  # what is to be kept of the test that runs
KEPT: Final = "test_key_kept"  # what was kept of the last one
REFUSED: Final = "test_key_refused"  # the limit that stood against the last one
VISITOR: Final = "visitor"
POLL_SECONDS: Final = 0.3

LEAD: Final = (
    "Paste a key and see where access is lost: the address, the network, the key, the model or the credit. "
    "A key is called rejected only when Anthropic itself says so."
)
SELF_TEST: Final = (
    "Run the self-test inside your n8n. It uses the credential that is stored there, so you paste no key anywhere, "
    "and it sees the network as your n8n does. Paste its report into Diagnose."
)
_LIMITED: Final = {
    Scope.SESSION: "You have made many tests in a short time.",
    Scope.ADDRESS: "Many tests came from your network in a short time.",
    Scope.TARGET: "Many tests went to this address in a short time.",
    Scope.GLOBAL: "This portal has made many tests in a short time.",
}


def main() -> None:
    """Draw the page."""
    kept = stores(settings())
    live: LiveTest | None = st.session_state.get(LIVE)
    st.title("Test a key", anchor=False)
    st.markdown(LEAD)
    handed_in = _intake(kept, running=live is not None)
    if live is not None:
        _follow(live, kept)
    elif handed_in is not None:
        _begin(handed_in, kept)
    _outcome()
    _instead()


def _intake(kept: Stores, *, running: bool) -> Submission | None:
    models = key_form.choose_models()
    key = st.container()  # right below the models; what few need comes after the button, though the form depends on it
    asked, target = key_form.choose_path(from_settings(settings()), models)
    notebook.ask(kept.storage.ability(), running=running)
    with key:
        return key_form.hand_in(asked, target, running=running)


def _begin(handed_in: Submission, kept: Stores) -> None:
    """Start the test and draw the page anew, now without the key: from here on only the test's own thread holds it."""
    st.session_state[key_form.ROUND] += 1  # first, so that the field is forgotten whatever happens next
    for name in (RESULT, KEPT, WISH, REFUSED):
        st.session_state.pop(name, None)
    session = st.session_state.setdefault(VISITOR, secrets.token_urlsafe(16))
    visitor = Visitor(session=session, address=st.context.ip_address)
    now = dt.datetime.now(dt.UTC)
    decision = key_test.take_turn(kept.limits, handed_in.asked, handed_in.host, visitor, now)
    if decision.allowed:
        st.session_state[WISH] = notebook.wish(kept, handed_in)
        st.session_state[LIVE] = key_test.start(
            handed_in.asked,
            handed_in.key,
            surroundings=from_settings(settings()),
            header_value=handed_in.header_value,
        )
    else:
        st.session_state[REFUSED] = _words(decision, now)
    st.rerun()


def _words(decision: Decision, now: dt.datetime) -> str:
    minutes = 1 if decision.retry_at is None else max(1, round((decision.retry_at - now).total_seconds() / 60))
    why = _LIMITED[decision.refused_by or Scope.GLOBAL]
    return (
        f"{why} Nothing was sent, and your key was not judged. Try again in {minutes} min, or use the self-test below."
    )


@st.fragment(run_every=POLL_SECONDS)
def _follow(live: LiveTest, kept: Stores) -> None:
    """Draw the steps so far, again and again until the test ends.

    The page itself must come to its end meanwhile: until then the browser keeps the old key field, with the key in it
    (streamlit 1.67.0).
    """
    with st.container(border=True, key="test_key_running", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Stop the test", on_click=live.stop, key="test_key_stop")
            st.text(f"{live.seconds:.0f} s")
        key_result.timeline(live.events)
    if not live.done:
        return
    st.session_state.pop(LIVE)
    if live.reference is not None:
        st.session_state[REFUSED] = (
            f"The test failed inside this portal, so your key was not judged. Give support this reference: "
            f"{live.reference}"
        )
    elif live.result is not None:
        _finish(live.result, kept)
    st.rerun()


def _finish(result: ProbeResult, kept: Stores) -> None:
    st.session_state[RESULT] = result
    wished = st.session_state.get(WISH)
    if wished is not None:
        st.session_state[KEPT] = notebook.keep(kept, result, wished, dt.datetime.now(dt.UTC))


def _outcome() -> None:
    refused = st.session_state.get(REFUSED)
    if refused:
        st.warning(refused)
    result: ProbeResult | None = st.session_state.get(RESULT)
    if result is None:
        return
    key_result.draw(result, key_test.problems(result))
    if KEPT in st.session_state:
        notebook.draw_kept(st.session_state[KEPT], st.session_state[WISH])


def _instead() -> None:
    with st.expander("Rather not paste your key?", icon=":material/shield:"):
        st.markdown(SELF_TEST)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.download_button(
                "Download the self-test",
                _self_test(),
                file_name="reconnect-self-test.json",
                mime="application/json",
                icon=":material/download:",
                on_click="ignore",
            )
            st.page_link(links.DIAGNOSE, label="Paste its report", icon=":material/search:")


@st.cache_data(max_entries=1)
def _self_test() -> str:
    """The workflow to import; it depends on nothing that a visitor chose."""
    return generate(Kind.SELF_TEST, NodeChoices())


main()
