"""Get a node that works: choose, copy or download, and see what to click in n8n."""

from typing import Final

import re2
import streamlit as st

from core.n8n.choices import ChoiceRefusedError
from core.n8n.generate import OutputKind, WorkflowForm, generate
from core.settings import settings
from core.web.intake import KEPT_OUT, holds_token
from pages.parts import escaped
from pages.parts.node import form, help, page_links, words
from pages.parts.node.form import Chosen

LEAD: Final = (
    "Choose the model, copy the text and paste it into n8n. It calls Claude without the built-in node. "
    "Your key stays in n8n."
)
NAMES: Final = {
    OutputKind.CLIPBOARD: "n8n-node",
    OutputKind.WORKFLOW: "n8n-workflow",
    OutputKind.PUBLIC_API: "n8n-workflow",
    OutputKind.SELF_TEST: "n8n-self-test",
    OutputKind.FALLBACK: "n8n-fallback",
    OutputKind.ERROR_WORKFLOW: "n8n-error-report",
    OutputKind.CURL: "curl",
}
_NOT_IN_NAMES: Final = re2.compile(r"[^a-z0-9.]+")


def main() -> None:
    """Draw the choices, and beside them the text and what to do with it."""
    st.title("Get a node that works", anchor=False)
    st.markdown(LEAD)
    left, right = st.columns([5, 6], gap="large")
    with left:
        chosen = form.draw()
    with right:
        text = _text(chosen)
        if text is not None:
            _offer(chosen, text)
    if text is not None and chosen.kind not in (OutputKind.CURL, OutputKind.ERROR_WORKFLOW):
        help.picture(chosen)
    st.markdown("Do you have a node already that fails?")
    page_links.check()


def _text(chosen: Chosen) -> str | None:
    """Return the generated text; where the choices cannot become one, draw what to fix and return None."""
    reasons = [f"{words.LABELS.get(each.field, each.field)}: {each.reason}" for each in chosen.problems]
    if not reasons:
        try:
            text = generate(chosen.kind, chosen.choices, chosen.form)
        except ChoiceRefusedError as refused:
            reasons = [str(refused)]
        else:
            if not holds_token([text], settings()):
                return text
            reasons = [KEPT_OUT]
    st.error("There is nothing to copy yet. Fix this first:", icon=":material/error:")
    escaped.bullets(dict.fromkeys(reasons))
    return None


def _offer(chosen: Chosen, text: str) -> None:
    name = file_name(chosen)
    for caution in chosen.cautions:
        escaped.paragraph(caution.reason, lead="Good to know:")
    escaped.announcement(
        "no key is in it." if chosen.kind is OutputKind.CURL else "no key and no credential is in it.",
        lead="Ready to copy:",
    )
    # No language: in its light theme, Streamlit colours JSON and commands too pale to read.
    st.code(text, language=None, height="content" if chosen.kind is OutputKind.CURL else 320, wrap_lines=True)
    st.download_button(
        f"Download {name}",
        text,
        file_name=name,
        mime="text/plain" if chosen.kind is OutputKind.CURL else "application/json",
        icon=":material/download:",
        on_click="ignore",
        type="primary" if chosen.form in (WorkflowForm.WORKFLOW, WorkflowForm.PUBLIC_API) else "secondary",
        key="node_download",
    )
    help.steps(chosen, name)
    help.credential(chosen)


def file_name(chosen: Chosen) -> str:
    """Return a name that says what is in the file, such as ``n8n-node-claude-sonnet-5.json``."""
    ending = "sh" if chosen.kind is OutputKind.CURL else "json"
    model = "" if chosen.kind is OutputKind.ERROR_WORKFLOW else chosen.choices.model.lower()
    parts = [NAMES[chosen.kind], str(_NOT_IN_NAMES.sub("-", model)).strip("-.")]
    return f"{'-'.join(part for part in parts if part)}.{ending}"


main()
