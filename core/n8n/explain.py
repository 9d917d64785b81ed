"""What each field of the generated node is for: rows that a page draws as a table beside the steps in n8n.

Labels are those of the HTTP Request node in n8n 2.41.1 (typeVersions 4.1 to 4.5 name these fields alike).
"""

import msgspec

from core.n8n import nodes, urls
from core.n8n.choices import Auth, NodeChoices, OnError


class FieldNote(msgspec.Struct, frozen=True):
    """One field: its label in n8n, what the node has there, and why."""

    label: str
    value: str
    why: str


def explain(choices: NodeChoices) -> tuple[FieldNote, ...]:
    """Return the fields of the node from top to bottom, as n8n shows them."""
    return (
        FieldNote("Method", "POST", "Messages are sent with POST; GET is answered with 405."),
        FieldNote("URL", urls.messages_url(choices.base_url), "The whole address, with /v1/messages once at its end."),
        *_authentication(choices),
        FieldNote(
            "Send Headers → anthropic-version",
            choices.anthropic_version,
            "Anthropic requires it, and no credential adds it.",
        ),
        *_workspace(choices),
        FieldNote("Send Body → Body Content Type", "JSON", "Anthropic reads JSON only."),
        FieldNote(
            "Specify Body", "Using JSON", "Single fields would be sent as text, and messages cannot be written so."
        ),
        FieldNote(
            "JSON",
            nodes.json_body(choices),
            'JSON.stringify keeps quotes, line breaks and braces of the prompt; the usual "{{ … }}" breaks on them.',
        ),
        FieldNote("Options → Timeout", f"{choices.timeout_s * 1000:,} ms", "How long n8n waits for the answer."),
        *_settings(choices),
    )


def _authentication(choices: NodeChoices) -> tuple[FieldNote, ...]:
    if choices.auth is Auth.PREDEFINED:
        return (
            FieldNote("Authentication", "Predefined Credential Type", "n8n keeps the key; the node only names it."),
            FieldNote("Credential Type", "Anthropic", "The credential of n8n's own Anthropic nodes."),
        )
    return (
        FieldNote("Authentication", "Generic Credential Type", "n8n keeps the key; the node only names it."),
        FieldNote("Generic Auth Type", "Header Auth", "One header, and nothing around the key."),
        FieldNote("Header Auth → Name", nodes.HEADER_NAME, "Written exactly so, without a colon."),
        FieldNote("Header Auth → Value", "your key", "The key alone: no quotes, no “Bearer”, no space."),
    )


def _workspace(choices: NodeChoices) -> tuple[FieldNote, ...]:
    if choices.workspace_id is None:
        return ()
    why = "Keys that may act in several workspaces need it."
    return (FieldNote("Send Headers → anthropic-workspace-id", choices.workspace_id, why),)


def _settings(choices: NodeChoices) -> tuple[FieldNote, ...]:
    stops = choices.on_error is OnError.STOP
    on_error = FieldNote(
        "Settings → On Error",
        "Stop Workflow" if stops else "Continue (using error output)",
        "A failure is seen at once." if stops else "Failures leave by their own output: connect it.",
    )
    if choices.tries == 1:
        return (on_error,)
    tries = FieldNote(
        "Settings → Retry On Fail", f"{choices.tries} tries", "Helps when Anthropic is busy for a moment."
    )
    wait = FieldNote(
        "Settings → Wait Between Tries", f"{choices.wait_between_tries_ms:,} ms", "n8n allows 5,000 at most."
    )
    return (tries, wait, on_error)
