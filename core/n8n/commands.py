"""The terminal's `node` and `check-node`: typed choices in, text out; the caller prints and sets the exit code.

>>> node_command("curl", model="claude-sonnet-5").startswith("curl ")
True
"""

from typing import Any

import msgspec

from core.n8n.check import NodeCheck, NodeFinding, check_nodes, json_alone
from core.n8n.choices import Auth, ChoiceProblem, ChoiceRefusedError, NodeChoices, cautions
from core.n8n.generate import OutputKind, WorkflowForm, generate


def node_command(
    kind: str,
    *,
    model: str | None = None,
    auth: str | None = None,
    base_url: str | None = None,
    anthropic_version: str | None = None,
    max_tokens: int | None = None,
    n8n_version: str | None = None,
    form: str | None = None,
) -> str:
    """Return what `reconnect node` prints; None takes the default. Raises `ChoiceRefusedError`."""
    options: dict[str, Any] = {
        "model": model,
        "auth": None if auth is None else _one_of(Auth, "auth", auth),
        "base_url": base_url,
        "anthropic_version": anthropic_version,
        "max_tokens": max_tokens,
        "n8n_version": n8n_version,
    }
    choices = NodeChoices(**{name: value for name, value in options.items() if value is not None})
    text = generate(
        _one_of(OutputKind, "kind", kind), choices, None if form is None else _one_of(WorkflowForm, "form", form)
    )
    return text if text.endswith("\n") else text + "\n"


def node_cautions(model: str) -> str:
    """Return the sentences to print on standard error beside a generated node; empty if there are none."""
    return "".join(f"{caution.reason}\n" for caution in cautions(NodeChoices(model=model)))


def check_node_command(text: str, *, as_json: bool = False, fix: bool = False) -> str:
    """Return what `reconnect check-node` prints. Raises `core.n8n.check.NotANodeError`.

    With `as_json` one line: ``{"checked", "nodes", "findings": [...], "difference", "secrets": [...], "hidden_secrets",
    "corrected"?}``. With `fix` the corrected copy: by itself where the output is text, so that it can be piped, and as
    ``corrected`` in the JSON. The copy is the original, secrets and all, with its faults corrected (unchanged where
    nothing could be corrected); all the rest is redacted.
    """
    checked = check_nodes(text)
    if as_json:
        copy = {"corrected": checked.corrected or json_alone(text)} if fix else {}
        return msgspec.json.encode(_report(checked) | copy).decode() + "\n"
    if fix:
        return (checked.corrected or json_alone(text)) + "\n"
    return _words(checked)


def _report(checked: NodeCheck) -> dict[str, Any]:
    return {
        "checked": checked.checked,
        "nodes": checked.nodes,
        "findings": checked.findings,
        "difference": checked.difference,
        "secrets": checked.secrets,
        "hidden_secrets": sum(hidden.count for hidden in checked.hidden),
    }


def _words(checked: NodeCheck) -> str:
    if checked.checked == 0:
        return f"None of the {checked.nodes} nodes calls Claude.\n"
    if not checked.findings:
        return f"Nothing is wrong with the {checked.checked} node(s) that call Claude.\n"
    blocks = [_block(finding) for finding in checked.findings]
    tail = f"\nWhat --fix would change:\n\n{checked.difference}\n" if checked.difference else ""
    return "\n".join(blocks) + tail


def _block(finding: NodeFinding) -> str:
    cause = f" (cause: {finding.cause})" if finding.cause else ""
    fixed = "  Fixed in the corrected copy.\n" if finding.fixed else ""
    return (
        f"{finding.severity.upper()} {finding.rule}{cause}: {finding.node}\n"
        f"  {finding.says}\n  To do: {finding.fix}\n{fixed}"
    )


def _one_of(members: Any, field: str, value: str) -> Any:
    try:
        return members(value)
    except ValueError:
        raise ChoiceRefusedError(ChoiceProblem(field, f"{field} is one of {', '.join(members)}.")) from None
