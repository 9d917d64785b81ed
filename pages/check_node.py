"""Check my node: paste a node or a workflow, read what is wrong with it, and take a corrected copy."""

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import re2
import streamlit as st

from core.diagnosis.worker import NOT_REDACTED
from core.n8n.check import (
    WHOLE,
    DamagedJsonError,
    NodeCheck,
    NodeFinding,
    NotANodeError,
    Rule,
    Severity,
    check_nodes,
    text_of_file,
)
from core.paste import PasteError
from core.redaction import RedactionFailed, Redactor
from core.redaction.secret_kinds import mask_pattern
from core.sizes import MAX_NODE_CHARS, MEGABYTE
from core.text import vocabulary
from core.text.vocabulary.node import SEVERITY
from pages.parts import escaped, links, session
from pages.parts.links import PortalPage
from pages.parts.node import corrected_copy, page_links
from pages.parts.paste_box import Paste, PasteAnswer, PasteBox

MARKS: Final = "check_node_marks"  # what was drawn in the box in the places of secrets
MAX_FILE_MB: Final = MAX_NODE_CHARS // MEGABYTE
MOST_SHOWN: Final = 100  # findings; a browser cannot hold thousands of boxes

LEAD: Final = "Paste a node or a whole workflow. You learn what would make a call to Claude fail, and get it fixed."
PRIVACY: Final = (
    "Keys and passwords are hidden on this page. Nothing is sent anywhere, and nothing is kept: "
    "your text is gone a minute after you close this tab."
)
EMPTY: Final = (
    "**How to copy a node:** click it once on the canvas in n8n and press Ctrl+C. On a Mac, press Cmd+C. "
    "To copy all of a workflow, press Ctrl+A first."
)
MARKED: Final = (
    "There is no corrected copy, because this text holds marks where your secrets were. "
    "Paste the original from n8n again to get one."
)
CLEAN: Final = (
    "What we cannot see from here: whether your key works, whether there is credit, and what your data holds. "
    "A run from inside your n8n shows that."
)
BADGES: Final = {
    Severity.ERROR: (":material/cancel:", "red"),
    Severity.WARNING: (":material/warning:", "orange"),
    Severity.NOTE: (":material/info:", "gray"),
}
_MARK: Final = re2.compile(mask_pattern())


@dataclass(frozen=True, kw_only=True)
class CheckedPaste:
    """What was found in a paste; `marked` says that it held marks of ours in the places of secrets."""

    check: NodeCheck
    marked: bool = False


def main() -> None:
    """Draw the box, and what was found."""
    st.title("Check my node", anchor=False)
    st.markdown(LEAD)
    BOX.draw()
    escaped.paragraph(PRIVACY, small=True)
    answer = BOX.answer
    if answer is None:
        st.markdown(EMPTY)
        page_links.make(label="No node yet? Get one that works")
    elif answer.result is None:
        st.error(answer.problem, icon=":material/error:")
        if answer.excerpt:
            st.code(answer.excerpt, language=None, wrap_lines=True)
        links.to(PortalPage.DIAGNOSE, "Is it an error from n8n? Find the cause", icon=":material/search:")
    else:
        _result(answer.result.check, marked=answer.result.marked)


def _read(paste: Paste) -> PasteAnswer[CheckedPaste]:
    """Check a paste; what was chosen about the secrets of another copy does not count for this one."""
    st.session_state.pop(corrected_copy.CHOICE, None)
    if isinstance(paste.data, str):
        return _check_box(paste.data)
    try:
        text = text_of_file(paste.data)
    except (PasteError, NotANodeError) as error:
        return PasteAnswer(problem=str(error))
    return _check(text)


def _check_box(text: str) -> PasteAnswer[CheckedPaste]:
    """Check what is in the box; where secrets are in it, say too what may stay there."""
    try:
        hidden = Redactor(session.salt()).redact(text).text
    except RedactionFailed:
        return PasteAnswer(problem=NOT_REDACTED)
    marks: set[str] = st.session_state.get(MARKS) or set()
    answer = _check(text, marked=not marks.isdisjoint(_MARK.findall(text)))
    st.session_state[MARKS] = marks | set(_MARK.findall(hidden))
    return replace(answer, text=hidden)


def _check(text: str, *, marked: bool = False) -> PasteAnswer[CheckedPaste]:
    """Check the original, never what is drawn of it: a copy of that would have marks in the places of its values."""
    try:
        return PasteAnswer(result=CheckedPaste(check=check_nodes(text, salt=session.salt()), marked=marked))
    except DamagedJsonError as error:
        return PasteAnswer(problem=str(error), excerpt=error.excerpt)
    except NotANodeError as error:
        return PasteAnswer(problem=str(error))
    except RedactionFailed:
        return PasteAnswer(problem=NOT_REDACTED)


BOX: Final = PasteBox(
    key="check_node_{}".format,
    label="The node or workflow",
    button="Check it",
    button_key="check",
    file_label=f"A workflow that n8n has downloaded, up to {MAX_FILE_MB} MB",
    max_file_mb=MAX_FILE_MB,
    if_empty="Copy a node in n8n and paste it here.",
    if_too_long="copy only the node that fails.",
    if_too_large="Copy only the node that fails.",
    read=_read,
)


def _result(checked: NodeCheck, *, marked: bool) -> None:
    escaped.announcement(_summary(checked), lead="What we read:")
    if not checked.checked:
        page_links.make(label="Get a node that calls Claude")
    elif not checked.findings:
        _clean()
    else:
        _copy(checked, marked=marked)
        _by_hand(checked)
        if checked.corrected is not None and not marked:
            corrected_copy.changes(checked.difference)
        _findings(checked)
    _hidden(checked)


def _copy(checked: NodeCheck, *, marked: bool) -> None:
    """Draw the corrected copy, which comes first: it is what the person came for."""
    if checked.corrected is None:
        escaped.paragraph("Reconnect can’t fix this automatically.")
        page_links.make()
    elif marked:
        escaped.paragraph(MARKED)
    else:
        corrected_copy.draw(checked, checked.corrected)


def _hidden(checked: NodeCheck) -> None:
    if not checked.hidden:
        return
    total = sum(each.count for each in checked.hidden)
    with st.expander(f"{vocabulary.count(total, 'secret')} hidden on this page", icon=":material/visibility_off:"):
        rows = [(each.kind.value, str(each.count), f"#{each.fingerprint}") for each in checked.hidden]
        escaped.table("The same mark means the same secret", ("Kind", "Times", "Mark"), rows)


def _summary(checked: NodeCheck) -> str:
    read = vocabulary.count(checked.nodes, "node")
    if not checked.checked:
        return f"{read}. None of them calls Claude, so there is nothing to check."
    verb = "calls" if checked.checked == 1 else "call"
    calls = "it calls Claude" if checked.nodes == 1 else f"{checked.checked} of them {verb} Claude"
    if not checked.findings:
        return f"{read}, {calls}. Nothing is wrong with what we can see."
    return f"{read}, {calls}. We found {vocabulary.count(len(checked.findings), 'thing')} to look at."


def _clean() -> None:
    st.markdown(CLEAN)
    page_links.make(page_links.SELF_TEST, label="Test it from inside your n8n")
    links.to(PortalPage.DIAGNOSE, "It still fails? Find the cause", icon=":material/search:")


def _by_hand(checked: NodeCheck) -> None:
    """List what the copy alone does not fix; without it, the copy would look as if it were done."""
    left = [each for each in checked.findings if _is_by_hand(each)]
    if not left or checked.corrected is None:
        return
    escaped.heading("Still to do by hand", level=2)
    if any(each.left and each.severity is Severity.ERROR for each in left):
        escaped.paragraph("Without this, the copy fails too.")
    todo = [each.fix if checked.nodes == 1 else f"In “{each.node}”: {each.fix}" for each in left]
    escaped.bullets(list(dict.fromkeys(todo))[:MOST_SHOWN])


def _is_by_hand(finding: NodeFinding) -> bool:
    """Return whether a person has to act too; a key that was shown stays known after it is removed."""
    return finding.severity is not Severity.NOTE and (finding.left or finding.rule is Rule.KEY_IN_PLAIN_TEXT)


def _findings(checked: NodeCheck) -> None:
    worst = checked.findings[:MOST_SHOWN]
    if len(checked.findings) > MOST_SHOWN:
        escaped.paragraph(f"Here are the worst {MOST_SHOWN} findings.")
    # Stable: the worst stays first within a node.
    by_node = sorted(worst, key=lambda each: (each.node == WHOLE, each.node))
    for name, members in groupby(by_node, key=lambda each: each.node):
        escaped.heading(f"In the node “{name}”" if name != WHOLE else "In the whole workflow", level=2)
        for finding in members:
            _finding(finding, has_copy=checked.corrected is not None)


def _finding(finding: NodeFinding, *, has_copy: bool) -> None:
    icon, color = BADGES[finding.severity]
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, gap="small"):
            st.badge(SEVERITY[finding.severity], icon=icon, color=color)
            if finding.fixed:
                st.badge("Fixed in the copy", icon=":material/build:", color="green")
            elif has_copy and finding.left and finding.severity is not Severity.NOTE:
                st.badge("Not fixed in the copy", icon=":material/front_hand:", color="gray")
            elif not finding.left:
                st.badge("Changed in the copy, more to do", icon=":material/front_hand:", color="gray")
        escaped.paragraph(finding.says)
        # Beside a copy, what is to be done by hand is listed once, below it.
        if finding.left and not (has_copy and _is_by_hand(finding)):
            escaped.paragraph(finding.fix, lead="To do:")
        if finding.cause:
            links.to_cause(finding.cause, "About this error", icon=":material/menu_book:")


main()
