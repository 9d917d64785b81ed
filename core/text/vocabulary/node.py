"""The words of a node: what is generated for n8n, each choice with its options, and how bad a finding on a node is."""

from typing import Final

from core.models.catalogue import ThinkingMode
from core.n8n.check.rules import Severity
from core.n8n.choices import Auth, OnError, ReportTo
from core.n8n.generate import OutputKind, WorkflowForm

KIND: Final = {
    OutputKind.CLIPBOARD: "One node",
    OutputKind.WORKFLOW: "Workflow",
    OutputKind.PUBLIC_API: "Workflow for n8n's API",
    OutputKind.SELF_TEST: "Self-test",
    OutputKind.FALLBACK: "Fallback",
    OutputKind.ERROR_WORKFLOW: "Error report",
    OutputKind.CURL: "curl",
}

KIND_ABOUT: Final = {
    OutputKind.CLIPBOARD: "One HTTP Request node that calls Claude. You paste it into a workflow that you have.",
    OutputKind.WORKFLOW: "A small workflow that runs at once: a start, a prompt, the call and the answer.",
    OutputKind.PUBLIC_API: "The same workflow, as n8n's API takes it.",
    OutputKind.SELF_TEST: "It calls Claude from inside your n8n and writes a short report without your key. "
    "Paste the report here to learn what works from there.",
    OutputKind.FALLBACK: "When Claude is busy, it waits as long as it is told and tries again. "
    "Then it asks a second model, or uses a backup key.",
    OutputKind.ERROR_WORKFLOW: "It tells this portal or your chat when a run fails. It sends facts, not your data.",
    OutputKind.CURL: "The same call for a terminal, to try it without n8n. It reads the key from your machine.",
}

FORM: Final = {
    WorkflowForm.CLIPBOARD: "Paste on the canvas",
    WorkflowForm.WORKFLOW: "Import a file",
    WorkflowForm.PUBLIC_API: "Send to n8n's API",
}

AUTH: Final = {
    Auth.HEADER: "Header Auth",
    Auth.PREDEFINED: "Anthropic",
}
"""Types of credentials as n8n names them."""

REPORT_TO: Final = {
    ReportTo.INTAKE: "This portal",
    ReportTo.SLACK: "Slack, Teams, Google Chat, Mattermost",
    ReportTo.DISCORD: "Discord",
}

ON_ERROR: Final = {
    OnError.STOP: "Stop the run",
    OnError.ERROR_OUTPUT: "Go on at a second output, for errors",
}

THINKING: Final = {
    ThinkingMode.ADAPTIVE: "As much as the task needs",
    ThinkingMode.ENABLED: "Up to a budget",
    ThinkingMode.BETWEEN_TOOLS: "Between tools only",
    ThinkingMode.DISABLED: "Off",
}

SEVERITY: Final = {
    Severity.ERROR: "This fails",
    Severity.WARNING: "Watch out",
    Severity.NOTE: "Good to know",
}


def kind(kept: str) -> str:
    """Return the words for the kind of a kept node; one that this release does not know stays as it is."""
    return next((words for each, words in KIND.items() if each.value == kept), kept)
