"""Generate JSON for n8n, or a curl command, from what a person chose.

>>> text = generate(OutputKind.CLIPBOARD, NodeChoices(model="claude-sonnet-5"))
>>> json.loads(text)["nodes"][0]["name"]
'Call Claude'

The ways into n8n differ in what they take (n8n 2.41.1, run): the canvas takes `nodes` and `connections` and would
rename the open workflow after a `name`; the import command needs `id` and `name`; the public API needs `settings` and
refuses `id`. `ChoiceRefusedError` is the only error.
"""

import hashlib
import json
import shlex
from enum import StrEnum
from typing import Any, Final

from core.n8n import nodes, urls, workflows
from core.n8n.choices import ChoiceProblem, ChoiceRefusedError, NodeChoices, checked
from core.redaction import redact


class OutputKind(StrEnum):
    """What to generate."""

    CLIPBOARD = "clipboard"  # one node, to paste on the canvas
    WORKFLOW = "workflow"  # a whole workflow that calls Claude, for the import
    PUBLIC_API = "public-api"  # the same, as the body of POST /api/v1/workflows
    SELF_TEST = "self-test"
    ERROR_WORKFLOW = "error-workflow"
    FALLBACK = "fallback"
    CURL = "curl"


class WorkflowForm(StrEnum):
    """The way by which a workflow gets into n8n."""

    CLIPBOARD = "clipboard"
    WORKFLOW = "workflow"  # import, by command line or menu
    PUBLIC_API = "public-api"


_MAKERS: Final = {
    OutputKind.WORKFLOW: workflows.call,
    OutputKind.PUBLIC_API: workflows.call,
    OutputKind.SELF_TEST: workflows.self_test,
    OutputKind.ERROR_WORKFLOW: workflows.error_workflow,
    OutputKind.FALLBACK: workflows.fallback,
}
_SETTINGS: Final = {"executionOrder": "v1"}


def generate(kind: OutputKind, choices: NodeChoices, form: WorkflowForm | None = None) -> str:
    """Return the text to copy or save; `form` is for kinds that are whole workflows. Raises `ChoiceRefusedError`."""
    if kind is OutputKind.CURL:
        command = curl(choices)
        _refuse_secrets(command)
        return command
    result = document(kind, choices, form)
    _refuse_secrets(json.dumps(_without_scripts(result), ensure_ascii=False))
    return json.dumps(result, ensure_ascii=False, indent=2)


def document(kind: OutputKind, choices: NodeChoices, form: WorkflowForm | None = None) -> dict[str, Any]:
    """Return the JSON document of any kind but curl, before it is written. Raises `ChoiceRefusedError`."""
    checked(choices)
    if choices.node_name in workflows.RESERVED:
        raise ChoiceRefusedError(ChoiceProblem("node_name", "Another node of the workflow has this name already."))
    if kind is OutputKind.CLIPBOARD:
        result = nodes.call_claude(choices, choices.node_name, (0, 0))
        return {"nodes": [nodes.with_error_handling(result, choices)], "connections": {}}
    default = WorkflowForm.PUBLIC_API if kind is OutputKind.PUBLIC_API else WorkflowForm.WORKFLOW
    return _in_form(form or default, _MAKERS[kind](choices))


def curl(choices: NodeChoices) -> str:
    """Return a curl command that asks the sample prompt, with the key from ``$ANTHROPIC_API_KEY``."""
    checked(choices)
    body = {
        "model": choices.model,
        "max_tokens": choices.max_tokens,
        **({"system": choices.system} if choices.system else {}),
        **nodes.static_parameters(choices),
        "messages": [{"role": "user", "content": choices.sample_prompt}],
    }
    headers = [f"anthropic-version: {choices.anthropic_version}", "content-type: application/json"]
    if choices.workspace_id is not None:
        headers.append(f"anthropic-workspace-id: {choices.workspace_id}")
    lines = [
        f"curl --max-time {choices.timeout_s} {shlex.quote(urls.messages_url(choices.base_url))}",
        f'--header "{nodes.HEADER_NAME}: $ANTHROPIC_API_KEY"',
        *(f"--header {shlex.quote(header)}" for header in headers),
        f"--data-raw {shlex.quote(json.dumps(body))}",
    ]
    return " \\\n  ".join(lines) + "\n"


def _in_form(form: WorkflowForm, workflow: workflows.GeneratedWorkflow) -> dict[str, Any]:
    content = {"nodes": workflow.nodes, "connections": workflow.connections}
    if form is WorkflowForm.CLIPBOARD:
        return content
    if form is WorkflowForm.PUBLIC_API:
        return {"name": workflow.name, **content, "settings": dict(_SETTINGS)}
    # The import overwrites a workflow with the same id, so equal content gets the same id and other choices another.
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return {"id": digest[:16], "name": workflow.name, **content, "settings": dict(_SETTINGS)}


def _without_scripts(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all parameters but our own JavaScript, which mentions keys and holds none."""
    return [{k: v for k, v in node["parameters"].items() if k != "jsCode"} for node in result["nodes"]]


def _refuse_secrets(text: str) -> None:
    """Refuse a finished text that holds a secret, although every field was checked before."""
    hidden = redact(text).hidden
    if hidden:
        sentence = f"Put together, this would hold a secret ({hidden[0].kind.value}). Keep it in a credential."
        raise ChoiceRefusedError(ChoiceProblem("prompt", sentence))
