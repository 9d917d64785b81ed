"""Test a key: prove in seconds where access is lost, at the address, the network, the key, the model or the credit."""

import datetime as dt
import secrets
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.n8n.choices import NodeChoices
from core.n8n.generate import OutputKind, generate
from core.probe import live_run
from core.probe.live_run import LiveTest, Visitor
from core.probe.policy import from_settings
from core.probe.result import ProbeResult
from core.settings import settings
from core.storage import Stores, stores
from core.storage.limits import Decision, Scope
from core.text.vocabulary.probe import LIMITED
from pages.parts import escaped, links
from pages.parts.access import notebook
from pages.parts.key import form
from pages.parts.key import result as key_result
from pages.parts.key.form import Submission
from pages.parts.links import PortalPage

LIVE: Final = "test_key_live"
RESULT: Final = "test_key_result"
TO_KEEP: Final = "test_key_to_keep"  # what is to be kept of the test that runs
KEPT: Final = "test_key_kept"  # what was kept of the last one
REFUSED: Final = "test_key_refused"  # the limit that the last one met
VISITOR: Final = "visitor"
DRAWN_WHOLE: Final = "test_key_drawn_whole"  # the steps are drawn with the page, not by themselves
POLL_SECONDS: Final = 1.0
"""A page that takes longer than this from its steps to its end sends the old key field once more (`_follow`)."""

LEAD: Final = (
    "Paste a key and see where access is lost: the address, the network, the key, the model or the credit. "
    "A key is called rejected only when Anthropic itself says so."
)
SELF_TEST: Final = (
    "Run the self-test inside your n8n. It uses the credential that is stored there, so you paste no key anywhere, "
    "and it sees the network as your n8n does. Paste its report into Diagnose."
)


def main() -> None:
    """Draw the page."""
    kept = stores(settings())
    live = _running(kept)
    st.title("Test a key", anchor=False)
    if live is None and RESULT not in st.session_state and REFUSED not in st.session_state:
        # With a result it has been read by now, and the result needs the space on a phone.
        st.markdown(LEAD)
    submission, below = _intake(kept, running=live is not None)
    if submission is not None:
        _begin(submission, kept)
    with below:
        _outcome()
    _instead()
    if live is not None:
        st.session_state[DRAWN_WHOLE] = True
        with below:
            _follow(live)


def _running(kept: Stores) -> LiveTest | None:
    """Return the test that runs, if there is one; one that has ended is turned into its result."""
    live: LiveTest | None = st.session_state.get(LIVE)
    if live is None or not live.done:
        return live
    st.session_state.pop(LIVE)
    if live.reference is not None:
        st.session_state[REFUSED] = (
            f"The test failed inside this portal, so your key was not judged. Give support this reference: "
            f"{live.reference}"
        )
    elif live.result is not None:
        _finish(live.result, kept)
    return None


def _intake(kept: Stores, *, running: bool) -> tuple[Submission | None, DeltaGenerator]:
    """Draw the form; returns what was handed in, and the place right under the button.

    What few need comes after that place, though the form depends on it: on a phone the steps and the result would
    otherwise lie out of sight.
    """
    models = form.choose_models()
    key, below = st.container(), st.container()
    escaped.paragraph(form.PRIVACY, small=True)
    request, target = form.choose_path(from_settings(settings()), models)
    shown, held = RESULT in st.session_state, KEPT in st.session_state
    notebook.ask(kept.storage.ability(), running=running, too_late=shown and not held)
    with key:
        return form.hand_in(request, target, running=running), below


def _begin(submission: Submission, kept: Stores) -> None:
    """Start the test and draw the page again without the key, which only the test's own thread holds from here on."""
    # First, so that the field is forgotten whatever happens next.
    st.session_state[form.ROUND] += 1
    for name in (RESULT, KEPT, TO_KEEP, REFUSED):
        st.session_state.pop(name, None)
    session = st.session_state.setdefault(VISITOR, secrets.token_urlsafe(16))
    visitor = Visitor(session=session, address=st.context.ip_address)
    now = dt.datetime.now(dt.UTC)
    decision = live_run.take_turn(kept.limits, settings(), submission.host, visitor, now)
    if decision.allowed:
        st.session_state[TO_KEEP] = notebook.to_keep(kept, submission)
        st.session_state[LIVE] = live_run.start(
            submission.request,
            submission.key,
            surroundings=from_settings(settings()),
            header_value=submission.header_value,
        )
    else:
        st.session_state[REFUSED] = _words(decision, now)
    st.rerun()


def _words(decision: Decision, now: dt.datetime) -> str:
    minutes = 1 if decision.retry_at is None else max(1, round((decision.retry_at - now).total_seconds() / 60))
    why = LIMITED[decision.refused_by or Scope.GLOBAL]
    return (
        f"{why} Nothing was sent, and your key was not judged. Try again in {minutes} min, or use the self-test below."
    )


@st.fragment(run_every=POLL_SECONDS)
def _follow(live: LiveTest) -> None:
    """Draw the steps so far, again and again until the test ends.

    Until the page has come to its end the browser keeps the old key field, and each turn of this sends all fields
    (streamlit 1.67.0). So this is drawn last, and the page that it is drawn with is not broken off for the next.
    """
    with st.container(border=True, key="test_key_running", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Stop the test", on_click=live.stop, key="test_key_stop")
            st.text(f"{live.seconds:.0f} s")
        key_result.timeline(live.events, len(live.request.models))
    with_the_page = st.session_state.pop(DRAWN_WHOLE, False)
    if live.done and not with_the_page:
        st.rerun()


def _finish(result: ProbeResult, kept: Stores) -> None:
    st.session_state[RESULT] = result
    to_keep = st.session_state.get(TO_KEEP)
    if to_keep is not None:
        st.session_state[KEPT] = notebook.keep(kept, result, to_keep, dt.datetime.now(dt.UTC))


def _outcome() -> None:
    refused = st.session_state.get(REFUSED)
    if refused:
        st.warning(refused)
    result: ProbeResult | None = st.session_state.get(RESULT)
    if result is None:
        return
    key_result.draw(result, live_run.findings_of(result))
    if KEPT in st.session_state:
        notebook.draw_kept(st.session_state[KEPT], st.session_state[TO_KEEP])


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
            links.to(PortalPage.DIAGNOSE, "Paste its report", icon=":material/search:")


@st.cache_data(max_entries=1)
def _self_test() -> str:
    """Return the workflow to import; it depends on nothing that a visitor chose."""
    return generate(OutputKind.SELF_TEST, NodeChoices())


main()
