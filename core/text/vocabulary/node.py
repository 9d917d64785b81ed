"""The words of a node: what is generated for n8n, each choice with its options, and how bad a finding on a node is."""

from typing import Final

from core.models.catalogue import ThinkingMode
from core.n8n.check.rules import Severity
from core.n8n.choices import Auth, OnError, ReportTo
from core.n8n.generate import Form, Kind

KIND: Final = {
    Kind.CLIPBOARD: "One node",
    Kind.WORKFLOW: "Workflow",
    Kind.PUBLIC_API: "Workflow for n8n's API",
    Kind.SELF_TEST: "Self-test",
    Kind.FALLBACK: "Fallback",
    Kind.ERROR_WORKFLOW: "Error report",
    Kind.CURL: "curl",
}

KIND_ABOUT: Final = {
    Kind.CLIPBOARD: "One HTTP Request node that calls Claude. You paste it into a workflow that you have.",
    Kind.WORKFLOW: "A small workflow that runs at once: a start, a prompt, the call and the answer.",
    Kind.PUBLIC_API: "The same workflow, as n8n's API takes it.",
    Kind.SELF_TEST: "It calls Claude from inside your n8n and writes a short report without your key. "
    "Paste the report here to learn what works from there.",
    Kind.FALLBACK: "When Claude is busy, it waits as long as it is told and tries again. "
    "Then it asks a second model, or uses a backup key.",
    Kind.ERROR_WORKFLOW: "It tells this portal or your chat when a run fails. It sends facts, not your data.",
    Kind.CURL: "The same call for a terminal, to try it without n8n. It reads the key from your machine.",
}

FORM: Final = {
    Form.CLIPBOARD: "Paste on the canvas",
    Form.WORKFLOW: "Import a file",
    Form.PUBLIC_API: "Send to n8n's API",
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
