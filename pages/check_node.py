"""Check my node: paste a node or a workflow, read what is wrong with it, and take a corrected copy."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import re2
import streamlit as st

from core import paste, words
from core.n8n.check import NodeCheck, NodeFinding, NotANodeError, check_redacted
from core.n8n.check.findings import Severity
from core.redaction import RedactionFailed, Redactor
from core.redaction.kinds import mask_pattern
from core.settings import MAX_PASTE_CHARS
from core.workers import NOT_REDACTED
from pages.parts import escaped, links, session, to_node

BOX: Final = "check_node_box"
OUTCOME: Final = "check_node_outcome"
UPLOADS: Final = "check_node_uploads"  # counts uploads; a new key drops the last file from memory
MAX_FILE_MB: Final = 2  # the check reads two million characters
MOST_SHOWN: Final = 100  # findings; a browser cannot hold thousands of boxes

LEAD: Final = "Paste a node or a whole workflow. You learn what would make a call to Claude fail, and get it fixed."
PRIVACY: Final = (
    "Keys and passwords are hidden before anything is read. Nothing is sent anywhere, and nothing is kept: "
    "your text is gone a minute after you close this tab."
)
EMPTY: Final = (
    "**How to copy a node:** click it once on the canvas in n8n and press Ctrl+C. On a Mac, press Cmd+C. "
    "To copy all of a workflow, press Ctrl+A first."
)
CLEAN: Final = (
    "What we cannot see from here: whether your key works, whether there is credit, and what your data holds. "
    "A run from inside your n8n shows that."
)
BADGES: Final = {
    Severity.ERROR: ("This fails", ":material/cancel:", "red"),
    Severity.WARNING: ("Watch out", ":material/warning:", "orange"),
    Severity.NOTE: ("Good to know", ":material/info:", "gray"),
}
_MARK: Final = re2.compile(mask_pattern())


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a paste: a check, or a problem in one sentence; `text` is the paste with its secrets hidden."""

    checked: NodeCheck | None = None
    problem: str = ""
    text: str | None = None


def main() -> None:
    """Draw the box, and what was found."""
    st.session_state.setdefault(UPLOADS, 0)
    st.title("Check my node", anchor=False)
    st.markdown(LEAD)
    _intake()
    outcome: Outcome | None = st.session_state.get(OUTCOME)
    if outcome is None:
        st.markdown(EMPTY)
        to_node.make(label="No node yet? Get one that works")
    elif outcome.checked is None:
        st.error(outcome.problem, icon=":material/error:")
        st.page_link(links.DIAGNOSE, label="Is it an error from n8n? Find the cause", icon=":material/search:")
    else:
        _result(outcome.checked)


def _intake() -> None:
    st.text_area("The node or workflow", key=BOX, height=160, on_change=_take_box, persist_state="session")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Check it", type="primary", on_click=_take_box, key="check_node_check")
        with st.popover("Upload a file", icon=":material/upload_file:", key=f"check_node_files_{_uploads()}"):
            st.file_uploader(
                f"A workflow that n8n has downloaded, up to {MAX_FILE_MB} MB",
                key=_upload_key(),
                on_change=_take_upload,
                max_upload_size=MAX_FILE_MB,
            )
        if st.session_state.get(OUTCOME) or st.session_state.get(BOX):
            st.button("Start over", type="tertiary", on_click=_start_over, key="check_node_clear")
    escaped.paragraph(PRIVACY, small=True)


def _take_box() -> None:
    text = st.session_state.get(BOX) or ""
    before: Outcome | None = st.session_state.get(OUTCOME)
    if before is not None and before.text == text:
        return  # leaving the box checks it, and so does the button: the second look would find no secret any more
    st.session_state[OUTCOME] = outcome = _read_box(text)
    if outcome.text is not None:
        st.session_state[BOX] = outcome.text  # so that no key stays on the screen or in the session


def _read_box(text: str) -> Outcome:
    if not text.strip():
        return Outcome(problem="The box is empty. Copy a node in n8n and paste it here.")
    if len(text) > MAX_PASTE_CHARS:
        return Outcome(
            problem=f"This text has {len(text):,} characters, and the box reads up to {MAX_PASTE_CHARS:,}. It is still "
            "in the box: save it as a file and upload that, or copy only the node that fails."
        )
    return _check(text)


def _take_upload() -> None:
    upload = st.session_state.get(_upload_key())
    if upload is None:
        return
    data = upload.getvalue()
    if len(data) > MAX_FILE_MB * 1_000_000:
        problem = f"This file is larger than {MAX_FILE_MB} MB. Copy only the node that fails."
        st.session_state[OUTCOME] = Outcome(problem=problem)
    else:
        st.session_state[OUTCOME] = _check(data)
    st.session_state[UPLOADS] += 1


def _check(given: str | bytes) -> Outcome:
    try:
        text = given if isinstance(given, str) else paste.to_text(paste.to_utf8(given))
        redacted = Redactor(session.salt()).redact(text)
    except paste.PasteError as error:
        return Outcome(problem=str(error))
    except RedactionFailed:
        return Outcome(problem=NOT_REDACTED)
    try:
        return Outcome(checked=check_redacted(redacted), text=redacted.text)
    except NotANodeError as error:
        return Outcome(problem=str(error), text=redacted.text)


def _start_over() -> None:
    st.session_state[BOX] = ""
    st.session_state.pop(OUTCOME, None)


def _uploads() -> int:
    return st.session_state[UPLOADS]


def _upload_key() -> str:
    return f"check_node_upload_{_uploads()}"


def _result(checked: NodeCheck) -> None:
    escaped.announcement(_summary(checked), lead="What we read:")
    if checked.hidden:
        total = sum(each.count for each in checked.hidden)
        with st.expander(f"We hid {words.count(total, 'secret')} before reading", icon=":material/visibility_off:"):
            rows = [(each.kind.value, str(each.count), f"#{each.fingerprint}") for each in checked.hidden]
            escaped.table("The same mark stands for the same secret", ("Kind", "Times", "Mark"), rows)
    if not checked.checked:
        to_node.make(label="Get a node that calls Claude")
    elif not checked.findings:
        _clean()
    else:
        _findings(checked)
        _copy(checked)


def _summary(checked: NodeCheck) -> str:
    read = words.count(checked.nodes, "node")
    if not checked.checked:
        return f"{read}. None of them calls Claude, so there is nothing to check."
    verb = "calls" if checked.checked == 1 else "call"
    calls = "it calls Claude" if checked.nodes == 1 else f"{checked.checked} of them {verb} Claude"
    if not checked.findings:
        return f"{read}, {calls}. Nothing is wrong with what we can see."
    return f"{read}, {calls}. We found {words.count(len(checked.findings), 'thing')} to look at."


def _clean() -> None:
    st.markdown(CLEAN)
    to_node.make(to_node.SELF_TEST, label="Test it from inside your n8n")
    st.page_link(links.DIAGNOSE, label="It still fails? Find the cause", icon=":material/search:")


def _findings(checked: NodeCheck) -> None:
    worst = checked.findings[:MOST_SHOWN]
    if len(checked.findings) > MOST_SHOWN:
        escaped.paragraph(f"Here are the worst {MOST_SHOWN} of them.")
    by_node = sorted(worst, key=lambda each: each.node)  # stable: the worst stays first within a node
    for name, members in groupby(by_node, key=lambda each: each.node):
        escaped.heading(f"In the node “{name}”", level=2)
        for finding in members:
            _finding(finding, has_copy=checked.corrected is not None)


def _finding(finding: NodeFinding, *, has_copy: bool) -> None:
    label, icon, color = BADGES[finding.severity]
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, gap="small"):
            st.badge(label, icon=icon, color=color)
            if finding.fixed:
                st.badge("Fixed in the copy", icon=":material/build:", color="green")
            elif has_copy:
                st.badge("Not fixed in the copy", icon=":material/front_hand:", color="gray")
        escaped.paragraph(finding.says)
        escaped.paragraph(finding.fix, lead="To do:")
        if finding.cause:
            links.to_cause(finding.cause, "About this error", icon=":material/menu_book:")


def _copy(checked: NodeCheck) -> None:
    if checked.corrected is None:
        escaped.paragraph("Reconnect can’t fix this automatically.")
        to_node.make()
        return
    escaped.heading("The corrected copy", level=2)
    escaped.paragraph(_how_to_paste(checked))
    _by_hand(checked)
    if _MARK.search(checked.corrected):
        escaped.paragraph("Where a secret stood there is a mark. Put no key back in: pick a credential.", lead="Note:")
    # No language: in its light theme, Streamlit colours JSON too pale to read.
    st.code(checked.corrected, language=None, height=320, wrap_lines=True)
    st.download_button(
        "Download the copy",
        checked.corrected,
        file_name="n8n-corrected.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
        key="check_node_download",
    )
    escaped.heading("What is different", level=2)
    escaped.paragraph("A minus marks a line of yours, a plus the line that stands there now.")
    st.code(checked.difference, language=None, wrap_lines=True)


def _how_to_paste(checked: NodeCheck) -> str:
    new = "the new node" if checked.checked == 1 else "each new node that calls Claude"
    old = "the old node" if checked.nodes == 1 else "the old nodes"
    return (
        "Copy it and press Ctrl+V on the canvas in n8n. On a Mac, press Cmd+V. "
        f"Then pick your credential in {new}. Then delete {old}. Keep the credential."
    )


def _by_hand(checked: NodeCheck) -> None:
    """List what Reconnect cannot fix; without it, the copy would look as if it were done."""
    left = [each for each in checked.findings if not each.fixed and each.severity is not Severity.NOTE]
    if not left:
        return
    fails = any(each.severity is Severity.ERROR for each in left)
    escaped.paragraph("Without this, the copy fails too." if fails else "", lead="Still to do by hand:")
    todo = [each.fix if checked.nodes == 1 else f"In “{each.node}”: {each.fix}" for each in left]
    escaped.bullets(list(dict.fromkeys(todo))[:MOST_SHOWN])


main()
