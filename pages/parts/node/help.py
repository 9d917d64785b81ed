"""From a generated text to a node that runs: what to click in n8n, and what is in each of its fields."""

from typing import Final

import streamlit as st

from core.causes.places import places
from core.n8n import urls, versions
from core.n8n.choices import Auth, NodeChoices, OnError, ReportTo
from core.n8n.generate import OutputKind, WorkflowForm
from core.n8n.nodes import HEADER_NAME, call_claude
from pages.parts import escaped, links
from pages.parts.links import PortalPage
from pages.parts.node.form import Chosen

_NEWEST: Final = 2
_LONGEST_BODY: Final = 260  # characters of the body that the drawing shows
_SEND: Final = (
    "curl --request POST 'https://YOUR-N8N/api/v1/workflows' \\\n"
    '  --header "X-N8N-API-KEY: $N8N_API_KEY" \\\n'
    "  --header 'content-type: application/json' \\\n"
    "  --data @{file}"
)


def steps(chosen: Chosen, file: str) -> None:
    """Draw the steps from the text on this page to a run in n8n."""
    escaped.heading("Then in n8n" if chosen.kind is not OutputKind.CURL else "Then in a terminal", level=2)
    if chosen.kind is OutputKind.CURL:
        escaped.steps(
            (
                "Put your key into the variable ANTHROPIC_API_KEY of the terminal.",
                "Copy the command, paste it there and press Enter.",
            )
        )
        return
    escaped.steps((*_door(chosen, file), *_afterwards(chosen)), links=links.outside())
    if chosen.form is WorkflowForm.PUBLIC_API:
        st.code(_SEND.format(file=file), language=None, wrap_lines=True)
    if chosen.kind is OutputKind.ERROR_WORKFLOW:
        escaped.paragraph(
            "n8n reports only runs that start by themselves, not those that you start by hand.", small=True
        )
    if chosen.kind is OutputKind.SELF_TEST:
        links.to(PortalPage.DIAGNOSE, "Paste the report here", icon=":material/search:")


def credential(chosen: Chosen) -> None:
    """Draw the credential that the node needs."""
    if chosen.kind is OutputKind.CURL:
        return
    if chosen.kind is OutputKind.ERROR_WORKFLOW:
        if chosen.choices.report_to is ReportTo.INTAKE:
            escaped.heading("The credential for the report", level=2)
            _fields(
                "n8n: Header Auth",
                (
                    ("Name", "Authorization", "Just this word."),
                    ("Value", "Bearer, a space, the portal's token", "The portal's admin has the token."),
                ),
            )
        return
    escaped.heading("The credential with your key", level=2)
    escaped.paragraph("Your key goes into n8n only. Never paste it here, and never into a field of the node.")
    if chosen.choices.auth is Auth.HEADER:
        _fields(
            "n8n: Header Auth",
            (
                ("Name", HEADER_NAME, "Just this, in small letters. No colon behind it."),
                ("Value", "your key, and nothing else", "No word before it, no quotes, no space."),
            ),
        )
        escaped.paragraph("n8n has no test for this kind of credential. A run shows if it works.", small=True)
    else:
        _fields(
            "n8n: Anthropic",
            (
                ("API Key", "your key, and nothing else", "The key from the Claude Console."),
                ("Base URL", "as it is", "The node has an address of its own and does not read this."),
            ),
        )


def picture(chosen: Chosen) -> None:
    """Draw the node's own form: each field with what is in it, and beside it what it is for."""
    choices = chosen.choices
    escaped.heading("What is in the node, and why", level=2)
    made = call_claude(choices, choices.node_name, (0, 0))
    # The sign = before an expression is in the JSON only; n8n's own form does not show it.
    body = str(made["parameters"]["jsonBody"]).removeprefix("=")
    shown = body if len(body) <= _LONGEST_BODY else f"{body[:_LONGEST_BODY]} …"
    _fields(
        "HTTP Request: Parameters",
        (
            (_label("method", choices), "POST", "A message is sent with POST. With GET the answer is 405."),
            (_label("url", choices), urls.messages_url(choices.base_url), "Where the call goes, with /v1 just once."),
            *_authentication(choices),
            *_headers(choices),
            (_label("send_body", choices), "on: JSON", "What Claude is asked."),
            (
                f"{_label('specify_body', choices)}: {_label('json_body', choices)}",
                shown,
                "If you type this by hand, switch the field to Expression first. "
                "JSON.stringify puts your data in, so that quotes and line breaks do no harm.",
            ),
            (_label("timeout", choices), f"{choices.timeout_s * 1000}", "In milliseconds. A long answer needs time."),
        ),
        note="Why",
    )
    if chosen.kind in (
        OutputKind.CLIPBOARD,
        OutputKind.WORKFLOW,
    ):  # in the others, the nodes behind it read every error
        _fields("HTTP Request: Settings", tuple(_settings(choices)), note="Why")


def _fields(form: str, rows: tuple[tuple[str, str, str], ...], *, note: str = "Note") -> None:
    """Draw the fields of a form of n8n as plain text: what looks like a field to type in would be asked for a key."""
    escaped.table(form, ("Field", "What is in it", note), rows)


def _authentication(choices: NodeChoices) -> tuple[tuple[str, str, str], ...]:
    pick = "Pick your credential here. The text that you copy holds none, and no key."
    if choices.auth is Auth.HEADER:
        return (
            (_label("authentication", choices), _label("generic_credential", choices), "n8n sends the key for you."),
            (_label("generic_auth_type", choices), _label("header_auth", choices), "The key travels in a header."),
            (_label("header_auth", choices), choices.credential_name or "your credential", pick),
        )
    return (
        (_label("authentication", choices), _label("predefined_credential", choices), "n8n knows Anthropic's form."),
        (_label("credential_type", choices), "Anthropic", "The one of the built-in Claude nodes."),
        ("Anthropic", choices.credential_name or "your credential", pick),
    )


def _headers(choices: NodeChoices) -> tuple[tuple[str, str, str], ...]:
    version = f"anthropic-version: {choices.anthropic_version}"
    label = _label("send_headers", choices)
    needed = (label, version, "Anthropic asks for it. No credential adds it for you.")
    if choices.workspace_id is None:
        return (needed,)
    return (needed, (label, f"anthropic-workspace-id: {choices.workspace_id}", "Which workspace pays."))


def _settings(choices: NodeChoices) -> list[tuple[str, str, str]]:
    rows = [(_label("retry_on_fail", choices), "off", "One try. An error shows at once.")]
    if choices.tries > 1:
        rows = [
            (_label("retry_on_fail", choices), "on", "It tries again by itself."),
            (_label("max_tries", choices), str(choices.tries), "All tries together, also the first."),
            (_label("wait_between_tries", choices), str(choices.wait_between_tries_ms), "The time between two tries."),
        ]
    if choices.on_error is OnError.STOP:
        why = "The run turns red, so that you see the error."
        return [*rows, (_label("on_error", choices), _label("on_error_stop", choices), why)]
    why = "The error leaves by a second output. Connect something to it, or it is lost."
    return [*rows, (_label("on_error", choices), _label("on_error_output", choices), why)]


def _door(chosen: Chosen, file: str) -> tuple[str, ...]:
    if chosen.form is WorkflowForm.PUBLIC_API:
        return (
            f"Make a key for n8n's own API: {_label('api', chosen.choices)}.",
            f"Download {file}.",
            "Run the command below, with your n8n's address and that key.",
            "Open the new workflow in n8n.",
        )
    if chosen.form is WorkflowForm.WORKFLOW:
        return (
            f"Download {file}.",
            "Make a new workflow in n8n.",
            f"Open {_label('import_file', chosen.choices)}, and pick the file.",
        )
    where = "Open your workflow" if chosen.kind is OutputKind.CLIPBOARD else "Make a new workflow"
    return (
        "Copy the text with the icon in its corner.",
        f"{where} and click an empty place on the canvas.",
        "Press Ctrl+V. On a Mac, press Cmd+V.",
    )


def _afterwards(chosen: Chosen) -> tuple[str, ...]:
    choices = chosen.choices
    if chosen.kind is OutputKind.ERROR_WORKFLOW:
        return _watch(choices)
    field = _label("header_auth", choices) if choices.auth is Auth.HEADER else "Anthropic"
    create = _label("create_credential", choices)
    run = _label("execute_workflow", choices)
    name = choices.node_name if chosen.kind in (OutputKind.CLIPBOARD, OutputKind.WORKFLOW) else "Call Claude"
    pick = f"Open the node {name}. Under {field} pick your credential, or {create}."
    if chosen.kind is OutputKind.CLIPBOARD:
        return (pick, "Connect the node to the one that brings your data.", f"Press {run}.")
    if chosen.kind is OutputKind.SELF_TEST:
        return (pick, f"Press {run}.", "Open the node Report, copy its output and paste it on the page Diagnose.")
    if chosen.kind is OutputKind.FALLBACK:
        second = "Do the same in Call Claude again, with the same credential or the one of a backup key."
        return (pick, second, f"Press {run}.")
    return (pick, f"Press {run}.")


def _watch(choices: NodeChoices) -> tuple[str, ...]:
    address = "Open the node Send the report. Put in the address if it is not there yet."
    watched = f"In each workflow to watch: {_label('workflow_settings', choices)}, then"
    return (
        address,
        *(("Pick the credential with the portal's token.",) if choices.report_to is ReportTo.INTAKE else ()),
        f"Press {_label('publish', choices)}.",
        f"{watched} {_label('error_workflow', choices)}: pick this workflow.",
    )


def _label(name: str, choices: NodeChoices) -> str:
    """Return what the chosen n8n prints for a place."""
    version = versions.parse(choices.n8n_version or "")
    return places()[f"n8n.{name}"].label_for(version.major if version else _NEWEST)
