"""The words of the page that makes a node: each closed set and each field as a person reads it."""

from typing import Final

from core.models.catalogue import Access, ThinkingMode
from core.n8n.choices import Auth, OnError, ReportTo
from core.n8n.generate import OutputKind, WorkflowForm
from pages.parts.node.page_links import FALLBACK, ONE_NODE, SELF_TEST

KINDS: Final = {
    ONE_NODE: OutputKind.CLIPBOARD,
    "Workflow": OutputKind.WORKFLOW,
    SELF_TEST: OutputKind.SELF_TEST,
    FALLBACK: OutputKind.FALLBACK,
    "Error report": OutputKind.ERROR_WORKFLOW,
    "curl": OutputKind.CURL,
}
ABOUT: Final = {
    OutputKind.CLIPBOARD: "One HTTP Request node that calls Claude. You paste it into a workflow that you have.",
    OutputKind.WORKFLOW: "A small workflow that runs at once: a start, a prompt, the call and the answer.",
    OutputKind.SELF_TEST: "It calls Claude from inside your n8n and writes a short report without your key. "
    "Paste the report here to learn what works from there.",
    OutputKind.FALLBACK: "When Claude is busy, it waits as long as it is told and tries again. "
    "Then it asks a second model, or uses a backup key.",
    OutputKind.ERROR_WORKFLOW: "It tells this portal or your chat when a run fails. It sends facts, not your data.",
    OutputKind.CURL: "The same call for a terminal, to try it without n8n. It reads the key from your machine.",
}
FORMS: Final = {
    "Paste on the canvas": WorkflowForm.CLIPBOARD,
    "Import a file": WorkflowForm.WORKFLOW,
    "Send to n8n's API": WorkflowForm.PUBLIC_API,
}
AUTHS: Final = {"Header Auth": Auth.HEADER, "Anthropic": Auth.PREDEFINED}
ABOUT_AUTHS: Final = (
    "Header Auth works in every n8n. Anthropic is the one of the built-in Claude nodes. You may have it already."
)
ENDS_SOON: Final = " (ends soon)"
SAME_MODEL: Final = "The same model, with a backup key"

LABELS: Final = {
    "model": "Model",
    "second_model": "Second model",
    "auth": "Credential",
    "n8n_version": "Your n8n version",
    "prompt": "What to ask, or where it stands in your data",
    "system": "System prompt (how Claude should behave)",
    "sample_prompt": "Prompt for the first try",
    "max_tokens": "Longest answer, in tokens",
    "base_url": "Base URL",
    "anthropic_version": "API version",
    "timeout_s": "Wait for an answer, in seconds",
    "tries": "Tries in all",
    "wait_between_tries_ms": "Wait between tries, in milliseconds",
    "on_error": "If the call fails",
    "temperature": "Temperature",
    "top_p": "Top P",
    "top_k": "Top K",
    "thinking": "Thinking",
    "thinking_budget": "Thinking budget, in tokens",
    "effort": "Effort",
    "workspace_id": "Workspace id (only if Anthropic asks for one)",
    "node_name": "Name of the node",
    "credential_name": "Name of your credential in n8n (if you have one)",
    "rounds": "How often to ask before the second way",
    "longest_wait_s": "Longest wait, in seconds",
    "report_to": "Send the report to",
    "report_url": "Its address",
}
REPORT_TO: Final = {
    "This portal": ReportTo.INTAKE,
    "Slack, Teams, Google Chat, Mattermost": ReportTo.SLACK,
    "Discord": ReportTo.DISCORD,
}
ON_ERROR: Final = {"Stop the run": OnError.STOP, "Go on at a second output, for errors": OnError.ERROR_OUTPUT}
BY_ITSELF: Final = "As the model does by itself"
THINKING: Final = {
    BY_ITSELF: None,
    "As much as the task needs": ThinkingMode.ADAPTIVE,
    "Up to a budget": ThinkingMode.ENABLED,
    "Between tools only": ThinkingMode.BETWEEN_TOOLS,
    "Off": ThinkingMode.DISABLED,
}
ACCESS: Final = {
    Access.OPEN: "",
    Access.LIMITED: " Anthropic gives it to some accounts only.",
    Access.INVITATION: " Anthropic gives it by invitation only.",
}
