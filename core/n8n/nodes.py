"""The single nodes that generated workflows are made of, as n8n's JSON.

Every function returns a fresh dict that n8n's canvas, import and public API take: `id`, `name`, `type`, `typeVersion`,
`position`, `parameters`. Facts: n8n 2.41.1 run against a loopback API, and the node descriptions inside n8n-nodes-base
1.20.0, 1.50.0, 1.80.0, 1.110.0, 1.121.0 and 2.41.1 (November 2026).
"""

import json
import uuid
from functools import cache
from pathlib import Path
from typing import Any, Final

from core.n8n import urls
from core.n8n.choices import Auth, NodeChoices, OnError
from core.n8n.expressions import literal, to_javascript
from core.n8n.type_versions import TypeVersions, for_n8n

Node = dict[str, Any]
"""One node of n8n; its form is n8n's, so it stays a dict."""

HEADER_NAME: Final = "x-api-key"
_IDS: Final = uuid.UUID("5f1c1d3e-7a51-4c3e-9d0a-6f7265636f6e")


def node(name: str, kind: str, version: float, parameters: dict[str, Any], at: tuple[int, int]) -> Node:
    """Return a node; its id depends on its name alone, so that the same choices give the same JSON."""
    return {
        "parameters": parameters,
        "id": str(uuid.uuid5(_IDS, name)),
        "name": name,
        "type": f"n8n-nodes-base.{kind}",
        "typeVersion": version,
        "position": list(at),
    }


def versions_for(choices: NodeChoices) -> TypeVersions:
    """Return the typeVersions for the chosen n8n."""
    return for_n8n(choices.n8n_version)


def json_body(choices: NodeChoices, prompt: str | None = None, model: str | None = None) -> str:
    """Return the JSON Body parameter: an expression that gives the request's body as text.

    `prompt` is a JavaScript expression, by default the chosen prompt; `model` replaces the chosen one.
    """
    return f"={{{{ JSON.stringify({_body(choices, prompt or to_javascript(choices.prompt), model)}) }}}}"


def _body(choices: NodeChoices, prompt: str, model: str | None) -> str:
    """Return the body as a JavaScript object in which no two braces meet: n8n would take them for its own.

    None do in a literal, a prompt, or a fixed value, and each of those is between a word and a comma or a blank.
    """
    fields = [f"model: {literal(model or choices.model)}", f"max_tokens: {choices.max_tokens}"]
    if choices.system:
        fields.append(f"system: {to_javascript(choices.system)}")
    fields += [f"{name}: {json.dumps(value)}" for name, value in static_parameters(choices).items()]
    fields.append(f"messages: [ {{ role: 'user', content: {prompt} }} ]")
    return "{ " + ", ".join(fields) + " }"


def static_parameters(choices: NodeChoices) -> dict[str, Any]:
    """Return the optional fields of the request that are fixed by the choices."""
    chosen = {name: getattr(choices, name) for name in ("temperature", "top_p", "top_k")}
    fields: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    if choices.thinking is not None:
        budget = {} if choices.thinking_budget is None else {"budget_tokens": choices.thinking_budget}
        fields["thinking"] = {"type": choices.thinking.value, **budget}
    if choices.effort is not None:
        fields["output_config"] = {"effort": choices.effort}
    return fields


def call_claude(
    choices: NodeChoices, name: str, at: tuple[int, int], *, prompt: str | None = None, model: str | None = None
) -> Node:
    """Return the HTTP Request node that calls the Messages API; `prompt` is JavaScript, by default the chosen one."""
    parameters = {
        "method": "POST",
        "url": urls.messages_url(choices.base_url),
        **_authentication(choices),
        "sendHeaders": True,
        "headerParameters": {"parameters": _headers(choices)},
        "sendBody": True,
        "specifyBody": "json",
        "jsonBody": json_body(choices, prompt, model),
        "options": {"timeout": choices.timeout_s * 1000},
    }
    http_node = node(name, "httpRequest", versions_for(choices).http_request, parameters, at)
    if choices.credential_name is not None:
        http_node["credentials"] = {credential_type(choices): {"id": None, "name": choices.credential_name}}
    return http_node


def with_error_handling(http_node: Node, choices: NodeChoices) -> Node:
    """Return the node with Retry On Fail and On Error as chosen."""
    if choices.tries > 1:
        http_node |= {"retryOnFail": True, "maxTries": choices.tries, "waitBetweenTries": choices.wait_between_tries_ms}
    if choices.on_error is OnError.ERROR_OUTPUT:
        http_node["onError"] = "continueErrorOutput"
    return http_node


def keeping_every_answer(http_node: Node) -> Node:
    """Return the node set so that any outcome (an answer, an error, no answer) goes on as data to the next node.

    The body is requested as text: if it is broken JSON, n8n 2.41.1 would otherwise pass on an empty object.
    """
    as_text = {"fullResponse": True, "neverError": True, "responseFormat": "text", "outputPropertyName": "data"}
    http_node["parameters"]["options"]["response"] = {"response": as_text}
    http_node["onError"] = "continueRegularOutput"
    return http_node


def credential_type(choices: NodeChoices) -> str:
    """Return n8n's name for the chosen credential type."""
    return "httpHeaderAuth" if choices.auth is Auth.HEADER else "anthropicApi"


def set_fields(versions: TypeVersions, name: str, fields: dict[str, str], at: tuple[int, int]) -> Node:
    """Return an Edit Fields (Set) node with text fields; a value that begins with ``=`` is an expression."""
    if versions.set < 3.3:
        values = [{"name": key, "type": "stringValue", "stringValue": value} for key, value in fields.items()]
        # n8n up to 1.2x keeps the incoming fields unless `include` says otherwise
        return node(name, "set", versions.set, {"fields": {"values": values}, "include": "none", "options": {}}, at)
    values = [{"id": f"field-{key}", "name": key, "value": value, "type": "string"} for key, value in fields.items()]
    return node(name, "set", versions.set, {"assignments": {"assignments": values}, "options": {}}, at)


def fixed_text(text: str) -> str:
    """Return `text` as a parameter's value that n8n takes literally, even if it looks like an expression."""
    return f"={{{{ {literal(text)} }}}}" if text.startswith("=") else text


def code(versions: TypeVersions, name: str, files: tuple[str, ...], settings: str, at: tuple[int, int]) -> Node:
    """Return a Code node with JavaScript from the files in ``code/``; `settings` is a line before them."""
    parts = [settings, *(script(file) for file in files)]
    return node(name, "code", versions.code, {"jsCode": "\n".join(part for part in parts if part)}, at)


def note(versions: TypeVersions, name: str, text: str, at: tuple[int, int], size: tuple[int, int]) -> Node:
    """Return a sticky note."""
    parameters = {"content": text, "height": size[1], "width": size[0]}
    return node(name, "stickyNote", versions.sticky_note, parameters, at)


@cache
def script(name: str) -> str:
    """Return a JavaScript file of ``code/``."""
    return (Path(__file__).parent / "code" / f"{name}.js").read_text("utf-8")


def wire(*links: tuple[str, int, str]) -> dict[str, Any]:
    """Return n8n's `connections` for (from, output, to) links."""
    outputs: dict[str, list[list[dict[str, Any]]]] = {}
    for source, output, target in links:
        ports = outputs.setdefault(source, [])
        ports.extend([] for _ in range(output + 1 - len(ports)))
        ports[output].append({"node": target, "type": "main", "index": 0})
    return {source: {"main": ports} for source, ports in outputs.items()}


def _authentication(choices: NodeChoices) -> dict[str, str]:
    if choices.auth is Auth.HEADER:
        return {"authentication": "genericCredentialType", "genericAuthType": "httpHeaderAuth"}
    return {"authentication": "predefinedCredentialType", "nodeCredentialType": "anthropicApi"}


def _headers(choices: NodeChoices) -> list[dict[str, str]]:
    # Neither credential adds the version; without it Anthropic answers 400.
    headers = [{"name": "anthropic-version", "value": choices.anthropic_version}]
    if choices.workspace_id is not None:
        headers.append({"name": "anthropic-workspace-id", "value": choices.workspace_id})
    return headers
