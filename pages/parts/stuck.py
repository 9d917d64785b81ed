"""What is left when the steps did not help: words for an assistant, a message for support, and whom to write to."""

import streamlit as st

from core.diagnosis import Finding
from core.text import diagnosis
from pages.parts import escaped, shell


def draw(finding: Finding) -> None:
    """Draw the texts to copy, filled with the facts of the finding, and the operator's contact."""
    escaped.paragraph("Ask an AI assistant. Copy this text; secrets are hidden in it.")
    for prompt in diagnosis.assistant_prompts(finding):
        st.code(prompt, language=None, wrap_lines=True)
    if finding.failure is not None:
        escaped.paragraph("Write to support. The request id lets Anthropic find the call.")
        st.code(diagnosis.support_message(finding), language=None, wrap_lines=True)
    words, links = shell.contact()
    if words:
        escaped.paragraph(words, links=links)
