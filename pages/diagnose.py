"""Home: paste an error, learn in plain words what is wrong, whose side it is on and what to do."""

from typing import Final

import streamlit as st

from core.diagnosis import Diagnosis, Finding, again
from core.n8n import versions
from core.redaction import KEYS
from core.sizes import MAX_PASTE_CHARS, MAX_UPLOAD_MB
from core.text import diagnosis as diagnosis_text
from core.text import vocabulary
from pages.parts import error_box, escaped, finding, guide_answers, typed
from pages.parts.paste_box import Origin, PasteAnswer

BOX: Final = error_box.error_box("diagnose_{}".format, height=160, can_start_over=True)
VERSION: Final = "diagnose_n8n_version"

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
    st.title("Why does Claude fail in n8n?", anchor=False)
    st.markdown(LEAD)
    BOX.draw()
    answer = BOX.answer
    diagnosis = answer.result if answer else None
    if diagnosis is None:
        _beside_the_box()
    BOX.read_waiting()
    if answer is None:
        _empty()
    elif diagnosis is None:
        st.error(answer.problem, icon=":material/error:")
    else:
        _result(answer, _with_version(diagnosis))
        # An answer comes before the small print.
        _beside_the_box(diagnosis)


def _beside_the_box(read: Diagnosis | None = None) -> None:
    if read is None or read.reading.n8n_version is None:
        _ask_version()
    escaped.paragraph(f"{LIMITS} {PRIVACY}", small=True)


def _ask_version() -> None:
    """Ask for the n8n version, which some verdicts depend on; what cannot be one is answered under the field."""
    version = typed.line(
        "Your n8n version (if the paste does not say)",
        key=VERSION,
        placeholder="2.41.1",
        max_chars=40,
        persist_state="session",
        width=320,
    )
    if version.strip() and versions.parse(version) is None:
        escaped.paragraph("This is no n8n version. Write it like 2.41.1. In n8n you find it under Help → About n8n.")


def _with_version(diagnosis: Diagnosis) -> Diagnosis:
    """Judge by the version that the person gave, where the paste names none."""
    version = versions.parse(st.session_state.get(VERSION) or "")
    if version is None or diagnosis.reading.n8n_version:
        return diagnosis
    return again(diagnosis, n8n_version=str(version))


def _version_of(shown: Finding, diagnosis: Diagnosis) -> versions.Version | None:
    """Return the n8n version of a finding: the paste's own, else the person's."""
    of_call = shown.failure.n8n_version if shown.failure else None
    return versions.parse(of_call or diagnosis.reading.n8n_version or st.session_state.get(VERSION) or "")


def _empty() -> None:
    st.markdown(EMPTY)
    st.markdown("No error at hand? Try a real one:")
    with st.container(horizontal=True, gap="small"):
        for label, name in SAMPLES.items():
            st.button(label, on_click=_take_sample, args=(name,), key=f"diagnose_sample_{name}")


def _take_sample(name: str) -> None:
    BOX.take(error_box.sample(name))


def _result(answer: PasteAnswer[Diagnosis], diagnosis: Diagnosis) -> None:
    _understood(answer, diagnosis)
    first, *others = diagnosis.findings
    if first.card.names_no_cause:
        guide_answers.draw(diagnosis.text)
    finding.draw(first, diagnosis, key="0", first=True, version=_version_of(first, diagnosis))
    if others:
        escaped.paragraph(f"{vocabulary.count(len(others), 'more problem')} in the same paste, below.")
    for number, other in enumerate(others, start=1):
        finding.draw(other, diagnosis, key=str(number), first=False, version=_version_of(other, diagnosis))


def _understood(answer: PasteAnswer[Diagnosis], diagnosis: Diagnosis) -> None:
    origin = {Origin.SAMPLE: "A sample. ", Origin.FILE: f"{answer.name}. "}.get(answer.origin, "")
    escaped.announcement(
        f"{origin}{_sentence(diagnosis_text.understood(diagnosis))}",
        lead="What we read:",
        unseen=f"The answer: {diagnosis.findings[0].title}.",
    )
    if note := diagnosis_text.version_note(diagnosis):
        escaped.paragraph(note, small=True)
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
