"""The whole workflows: call Claude, self-test, error workflow, fallback.

Each function takes checked choices and returns a `GeneratedWorkflow`; `core.n8n.generate` writes it in the form that
the canvas, the import or the public API takes. The JavaScript of Code nodes is in ``code/``.
"""

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from core.n8n import nodes, urls
from core.n8n.choices import NodeChoices, OnError, ReportTo
from core.n8n.expressions import literal
from core.n8n.type_versions import TypeVersions, known_version

START: Final = "When clicking ‘Execute workflow’"
TEXT: Final = (
    # a thinking model puts other parts before the text
    "={{ $json.content.filter((part) => part.type === 'text').map((part) => part.text).join('') }}"
)
RESERVED: Final = frozenset(
    {
        START,
        "Prompt",
        "Answer",
        "What went wrong",
        "Read me",
        "Start the clock",
        "Reach Anthropic without a key",
        "Report",
    }
)
"""Names that generated workflows use for their other nodes."""

SELF_TEST_PROMPT: Final = "Reply with the single word: ready"


class GeneratedWorkflow(msgspec.Struct, frozen=True):
    """A workflow before it is written: `nodes` and `connections` in n8n's own form."""

    name: str
    nodes: list[nodes.Node]
    connections: dict[str, Any]


def call(choices: NodeChoices) -> GeneratedWorkflow:
    """Return the workflow manual trigger → prompt → request → answer, with the error output if it was chosen."""
    versions = nodes.versions_for(choices)
    name = choices.node_name
    workflow_nodes = [
        _note(choices, "call", node=name),
        _manual(versions),
        nodes.set_fields(versions, "Prompt", {"prompt": nodes.fixed_text(choices.sample_prompt)}, (220, 0)),
        nodes.with_error_handling(nodes.call_claude(choices, name, (440, 0)), choices),
        nodes.set_fields(versions, "Answer", {"text": TEXT, "stop_reason": "={{ $json.stop_reason }}"}, (660, 0)),
    ]
    links = [(START, 0, "Prompt"), ("Prompt", 0, name), (name, 0, "Answer")]
    if choices.on_error is OnError.ERROR_OUTPUT:
        workflow_nodes.append(nodes.set_fields(versions, "What went wrong", {"error": _ERROR_TEXT}, (660, 200)))
        links.append((name, 1, "What went wrong"))
    return GeneratedWorkflow("Call Claude", workflow_nodes, nodes.wire(*links))


def self_test(choices: NodeChoices) -> GeneratedWorkflow:
    """Return the self-test: the call as chosen, a request without a key, and one report of both."""
    versions = nodes.versions_for(choices)
    keyless_call = nodes.node(
        "Reach Anthropic without a key",
        "httpRequest",
        versions.http_request,
        {"method": "GET", "url": urls.models_url(choices.base_url), "options": {"timeout": 15000}},
        (220, 0),
    )
    claude_call = nodes.call_claude(choices, "Call Claude", (660, 0), prompt=literal(SELF_TEST_PROMPT))
    clock = nodes.set_fields(versions, "Start the clock", {"started": "={{ $now.toMillis() }}"}, (440, 0))
    settings = f"const ASKED = {json.dumps(_request_facts(choices), ensure_ascii=False)};"
    workflow_nodes = [
        _note(choices, "self_test"),
        _manual(versions),
        nodes.keeping_every_answer(keyless_call),
        clock,
        nodes.keeping_every_answer(claude_call),
        nodes.code(versions, "Report", ("redact", "answer", "self_test"), settings, (880, 0)),
    ]
    # The clock starts right before the call.
    chain = [START, keyless_call["name"], clock["name"], claude_call["name"], "Report"]
    links = [(source, 0, target) for source, target in pairwise(chain)]
    return GeneratedWorkflow("Reconnect self-test", workflow_nodes, nodes.wire(*links))


def error_workflow(choices: NodeChoices) -> GeneratedWorkflow:
    """Return the workflow Error Trigger → report of allow-listed facts → HTTP POST to the portal's intake or a chat."""
    versions = nodes.versions_for(choices)
    workflow_nodes = [
        _note(choices, "to_intake" if choices.report_to is ReportTo.INTAKE else "to_chat"),
        nodes.node("Error Trigger", "errorTrigger", versions.error_trigger, {}, (0, 0)),
        nodes.code(versions, "Make the report", ("redact", "answer", "error_report"), "", (220, 0)),
        _send(choices),
    ]
    links = [("Error Trigger", 0, "Make the report"), ("Make the report", 0, "Send the report")]
    return GeneratedWorkflow("Report failed runs", workflow_nodes, nodes.wire(*links))


def fallback(choices: NodeChoices) -> GeneratedWorkflow:
    """Return the workflow that retries while Anthropic is busy, then calls the second way; it always ends."""
    versions = nodes.versions_for(choices)
    second_model = choices.second_model or choices.model
    workflow_nodes = [
        _note(choices, "fallback", second=second_model, rounds=str(choices.rounds)),
        _manual(versions),
        nodes.set_fields(versions, "Prompt", {"prompt": nodes.fixed_text(choices.sample_prompt)}, (220, 0)),
        nodes.node("First way", "noOp", 1, {}, (440, 0)),
        nodes.keeping_every_answer(nodes.call_claude(choices, "Call Claude", (660, 0))),
        _decide(choices, "Decide", "First way", (880, 0)),
        _switch(choices, "What next", (1100, 0)),
        nodes.set_fields(versions, "Answer", _FALLBACK_ANSWER, (2200, -160)),
        _wait(choices, (1320, 120)),
        nodes.node("Second way", "noOp", 1, {}, (1320, 300)),
        nodes.keeping_every_answer(nodes.call_claude(choices, "Call Claude again", (1540, 300), model=second_model)),
        _decide(choices, "Decide again", "Second way", (1760, 300)),
        _switch(choices, "What next again", (1980, 300)),
        nodes.node("Give up", "stopAndError", versions.stop_and_error, {"errorMessage": _GIVE_UP}, (2200, 420)),
    ]
    return GeneratedWorkflow("Call Claude with a fallback", workflow_nodes, nodes.wire(*_FALLBACK_LINKS))


_FALLBACK_LINKS: Final = (
    (START, 0, "Prompt"),
    ("Prompt", 0, "First way"),
    ("First way", 0, "Call Claude"),
    ("Call Claude", 0, "Decide"),
    ("Decide", 0, "What next"),
    ("What next", 0, "Answer"),
    ("What next", 1, "Wait as told"),
    ("Wait as told", 0, "First way"),
    ("What next", 2, "Second way"),
    ("What next", 3, "Give up"),
    ("Second way", 0, "Call Claude again"),
    ("Call Claude again", 0, "Decide again"),
    ("Decide again", 0, "What next again"),
    ("What next again", 0, "Answer"),
    ("What next again", 3, "Give up"),
)
_FALLBACK_ANSWER: Final = {key: f"={{{{ $json.{key} }}}}" for key in ("text", "model", "answered_by")}
_GIVE_UP: Final = (
    "={{ 'Claude did not answer: ' + ($json.failure.status || $json.failure.code || 'no status') + ' ' + "
    "($json.failure.error_type || '') + ' ' + $json.failure.message + "
    "($json.failure.request_id ? ' Request id: ' + $json.failure.request_id : '') }}"
)
_ERROR_TEXT: Final = "={{ $json.error?.message ?? $json.error ?? 'The call failed.' }}"


def _note(choices: NodeChoices, name: str, **words: str) -> nodes.Node:
    texts = _notes()
    credential = texts["credential"][choices.auth.value]
    text = texts["note"][name].strip().format(credential=credential, **words)
    return nodes.note(nodes.versions_for(choices), "Read me", text, (-40, -340), (460, 280))


@cache
def _notes() -> dict[str, dict[str, str]]:
    """Read the sticky notes' texts from ``notes.toml``."""
    data = Path(__file__).with_name("notes.toml").read_bytes()
    return msgspec.toml.decode(data, type=dict[str, dict[str, str]])


def _manual(versions: TypeVersions) -> nodes.Node:
    return nodes.node(START, "manualTrigger", versions.manual_trigger, {}, (0, 0))


def _request_facts(choices: NodeChoices) -> dict[str, str]:
    parts = urlsplit(urls.messages_url(choices.base_url))
    request = {
        "node": "Call Claude",
        "model": choices.model,
        "api_version": choices.anthropic_version,
        "credential_type": nodes.credential_type(choices),
        "host": parts.netloc,
        "path": parts.path,
    }
    return (
        request if choices.n8n_version is None else request | {"n8n_version": str(known_version(choices.n8n_version))}
    )


def _send(choices: NodeChoices) -> nodes.Node:
    bodies = {
        ReportTo.INTAKE: "={{ JSON.stringify($json.report) }}",
        ReportTo.SLACK: "={{ JSON.stringify({ text: $json.sentence }) }}",
        ReportTo.DISCORD: "={{ JSON.stringify({ content: $json.sentence }) }}",
    }
    to_portal = {"authentication": "genericCredentialType", "genericAuthType": "httpHeaderAuth"}
    parameters = {
        "method": "POST",
        "url": choices.report_address,
        **(to_portal if choices.report_to is ReportTo.INTAKE else {}),
        "sendBody": True,
        "specifyBody": "json",
        "jsonBody": bodies[choices.report_to],
        "options": {"timeout": 15000},
    }
    return nodes.node("Send the report", "httpRequest", nodes.versions_for(choices).http_request, parameters, (440, 0))


def _decide(choices: NodeChoices, name: str, asked_by: str, at: tuple[int, int]) -> nodes.Node:
    limits = {
        "rounds": choices.rounds,
        "longest_wait_s": choices.longest_wait_s,
        "is_last": name == "Decide again",
        "asked_by": asked_by,
        "name": "Call Claude again" if name == "Decide again" else "Call Claude",
    }
    settings = f"const LIMITS = {json.dumps(limits)};"
    return nodes.code(nodes.versions_for(choices), name, ("redact", "answer", "fallback"), settings, at)


def _switch(choices: NodeChoices, name: str, at: tuple[int, int]) -> nodes.Node:
    version = nodes.versions_for(choices).switch
    outputs = "numberOutputs" if version >= 3 else "outputsAmount"  # renamed with typeVersion 3
    parameters = {"mode": "expression", outputs: 4, "output": "={{ $json.route }}"}
    return nodes.node(name, "switch", version, parameters, at)


def _wait(choices: NodeChoices, at: tuple[int, int]) -> nodes.Node:
    parameters = {"resume": "timeInterval", "amount": "={{ $json.wait_s }}", "unit": "seconds"}
    return nodes.node("Wait as told", "wait", nodes.versions_for(choices).wait, parameters, at)
