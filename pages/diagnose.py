"""Home: paste an error, learn in plain words what is wrong, whose side it is on and what to do."""

from typing import Final

import streamlit as st

from core.diagnosis import Diagnosis, Finding, again
from core.n8n import versions
from core.redaction import KEYS
from core.sizes import MAX_PASTE_CHARS, MAX_UPLOAD_MB, MEGABYTE
from core.text import diagnosis as diagnosis_text
from core.text import vocabulary
from pages.parts import escaped, finding, reading, session, typed
from pages.parts.reading import Origin, Outcome, Request

BOX: Final = "diagnose_box"
WAITING: Final = "diagnose_waiting"  # the Request that is read in this run
OUTCOME: Final = "diagnose_outcome"
VERSION: Final = "diagnose_n8n_version"
UPLOADS: Final = "diagnose_uploads"  # counts uploads; a new key drops the last file from memory

SAMPLES: Final = {
    "“Bad request”": "bad_request.json",
    "“Could not be found”": "not_found.txt",
    "“Forbidden”": "forbidden.txt",
}
LEAD: Final = "Paste what n8n shows you. You learn what is wrong, whose side it is on, and what to do now."
PRIVACY: Final = (
    "Keys and passwords are hidden before anything is read. Nothing is sent anywhere, and nothing is kept: "
    "your text is gone a minute after you close this tab."
)
LIMITS: Final = f"The box takes {MAX_PASTE_CHARS:,} characters. For more, upload a file of up to {MAX_UPLOAD_MB} MB."
HIDDEN: Final = (
    "Pasting a key here does it no harm: it was hidden on arrival, in the box too, and is not kept. "
    "Replace it only if the same text also went to other people, such as into a chat or a ticket."
)
EMPTY: Final = (
    "**What helps most:** open the red node in n8n, then click the copy icon beside *Error details*. "
    "A sentence, a log, a whole execution or a workflow will do as well."
)


def main() -> None:
    """Draw the page."""
    st.session_state.setdefault(UPLOADS, 0)
    _read_waiting(big=False)  # before anything is drawn, so that one run of the page is enough
    _hide_in_the_box()
    st.title("Why does Claude fail in n8n?", anchor=False)
    st.markdown(LEAD)
    _intake()
    outcome: Outcome | None = st.session_state.get(OUTCOME)
    answered = outcome is not None and outcome.diagnosis is not None
    if not answered:
        _beside_the_box()
    _read_waiting(big=True)
    if outcome is None:
        _empty()
    elif outcome.problem:
        st.error(outcome.problem, icon=":material/error:")
    elif outcome.diagnosis:
        _result(outcome, _with_version(outcome.diagnosis))
    if answered:
        _beside_the_box(outcome.diagnosis)  # an answer comes before the small print


def _intake() -> None:
    st.text_area(
        "The error, or anything else from n8n",
        key=BOX,
        height=160,
        on_change=_take_box,
        persist_state="session",
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Find the cause", type="primary", on_click=_take_box, key="diagnose_find")
        with st.popover("Upload a file", icon=":material/upload_file:", key=f"diagnose_files_{_uploads()}"):
            st.file_uploader(
                f"An export, a log or another text file, up to {MAX_UPLOAD_MB} MB",
                key=_upload_key(),
                on_change=_take_upload,
                max_upload_size=MAX_UPLOAD_MB,
            )
        if st.session_state.get(OUTCOME) or st.session_state.get(BOX):
            st.button("Start over", type="tertiary", on_click=_start_over, key="diagnose_clear")


def _beside_the_box(read: Diagnosis | None = None) -> None:
    if read is None or read.reading.n8n_version is None:
        _ask_version()
    escaped.paragraph(f"{LIMITS} {PRIVACY}", small=True)


def _ask_version() -> None:
    """Ask for the n8n version, which some verdicts depend on; what cannot be one is answered under the field."""
    given = typed.line(
        "Your n8n version (if the paste does not say)",
        key=VERSION,
        placeholder="2.41.1",
        max_chars=40,
        persist_state="session",
        width=320,
    )
    if given.strip() and versions.parse(given) is None:
        escaped.paragraph("This is no n8n version. Write it like 2.41.1. In n8n you find it under Help → About n8n.")


def _with_version(diagnosis: Diagnosis) -> Diagnosis:
    """Judge by the version that the person gave, where the paste names none."""
    version = versions.parse(st.session_state.get(VERSION) or "")
    if version is None or diagnosis.reading.n8n_version:
        return diagnosis
    return again(diagnosis, n8n_version=str(version))


def _version_of(shown: Finding, diagnosis: Diagnosis) -> versions.Version | None:
    """The n8n version of a finding: the paste's own, else the person's."""
    of_call = shown.failure.n8n_version if shown.failure else None
    return versions.parse(of_call or diagnosis.reading.n8n_version or st.session_state.get(VERSION) or "")


def _empty() -> None:
    st.markdown(EMPTY)
    st.markdown("No error at hand? Try a real one:")
    with st.container(horizontal=True, gap="small"):
        for label, name in SAMPLES.items():
            st.button(label, on_click=_take_sample, args=(name,), key=f"diagnose_sample_{name}")


def _take_box() -> None:
    text = st.session_state.get(BOX) or ""
    if text.strip():
        st.session_state[WAITING] = Request(origin=Origin.BOX, data=text)
    else:
        outcome = Outcome(origin=Origin.BOX, problem="The box is empty. Copy the error from n8n and paste it here.")
        st.session_state[OUTCOME] = outcome


def _take_upload() -> None:
    upload = st.session_state.get(_upload_key())
    if upload is not None:
        st.session_state[WAITING] = reading.uploaded(upload.name, upload.getvalue())
        st.session_state[UPLOADS] += 1


def _take_sample(name: str) -> None:
    st.session_state[WAITING] = reading.sample(name)


def _start_over() -> None:
    st.session_state[BOX] = ""
    _cancel()
    st.session_state.pop(OUTCOME, None)


def _cancel() -> None:
    st.session_state.pop(WAITING, None)


def _uploads() -> int:
    return st.session_state[UPLOADS]


def _upload_key() -> str:
    return f"diagnose_upload_{_uploads()}"


def _read_waiting(*, big: bool) -> None:
    """Read what waits if it is of this size; a run that a click cuts short leaves it waiting for the next."""
    request: Request | None = st.session_state.get(WAITING)
    if request is None or request.is_big is not big:
        return
    try:
        outcome = _read_with_progress(request) if big else _read(request)
    except Exception:
        _cancel()  # or every rerun would meet the same fault
        raise
    st.session_state[OUTCOME] = outcome
    _cancel()
    if big:
        st.rerun()  # to draw the page without the progress


def _hide_in_the_box() -> None:
    """Put the masked text in place of what was pasted, so that no key stays on the screen or in the session."""
    outcome: Outcome | None = st.session_state.get(OUTCOME)
    if WAITING in st.session_state or outcome is None or outcome.origin is not Origin.BOX:
        return
    if outcome.diagnosis and outcome.diagnosis.hidden:
        st.session_state[BOX] = outcome.diagnosis.text


def _read(request: Request) -> Outcome:
    return reading.read(request, salt=session.salt())


def _read_with_progress(request: Request) -> Outcome:
    size = len(request.data) / MEGABYTE
    st.button("Cancel", on_click=_cancel, key="diagnose_cancel")
    with st.status(f"Hiding secrets and reading {size:.0f} MB", expanded=False) as status:
        outcome = _read(request)
        status.update(label="Read", state="error" if outcome.problem else "complete")
    return outcome


def _result(outcome: Outcome, diagnosis: Diagnosis) -> None:
    _understood(outcome, diagnosis)
    first, *others = diagnosis.findings
    finding.draw(first, diagnosis, key="0", first=True, version=_version_of(first, diagnosis))
    if others:
        escaped.paragraph(f"{vocabulary.count(len(others), 'more problem')} in the same paste, below.")
    for number, other in enumerate(others, start=1):
        finding.draw(other, diagnosis, key=str(number), first=False, version=_version_of(other, diagnosis))


def _understood(outcome: Outcome, diagnosis: Diagnosis) -> None:
    origin = {Origin.SAMPLE: "A sample. ", Origin.FILE: f"{outcome.name}. "}.get(outcome.origin, "")
    escaped.announcement(
        f"{origin}{_sentence(diagnosis_text.understood(diagnosis))}",
        lead="What we read:",
        unseen=f"The answer: {diagnosis.findings[0].title}.",
    )
    if diagnosis.hidden:
        total = sum(each.count for each in diagnosis.hidden)
        with st.expander(
            f"We hid {vocabulary.count(total, 'secret')} before reading", icon=":material/visibility_off:"
        ):
            rows = [(each.kind.value, str(each.count), f"#{each.fingerprint}") for each in diagnosis.hidden]
            escaped.table("The same mark stands for the same secret", ("Kind", "Times", "Mark"), rows)
            if any(each.kind in KEYS for each in diagnosis.hidden):
                escaped.paragraph(HIDDEN)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


main()
