"""Whose code failed: the frames of a stack in every form that people paste, and the causes that follow."""

import json

import pytest

from core.diagnosis import diagnose
from core.paste.facts.stack import failed_in
from core.paste.failure import FailedIn

N8N = "/usr/local/lib/node_modules/n8n/node_modules"
PNPM = "/usr/local/lib/node_modules/n8n/node_modules/.pnpm"
FAULTS = (
    "TypeError: Cannot read properties of undefined (reading 'entries')",
    "ReferenceError: options is not defined",
    "RangeError: Invalid array length",
    "AssertionError [ERR_ASSERTION]: The value is not what it should be",
    "TypeError: model.bindTools is not a function",
)
STACKS = {
    "agent": (
        FailedIn.N8N_NODE,
        "n8n_client_error",
        [
            f"Context.toolsAgentExecute ({N8N}/@n8n/n8n-nodes-langchain/nodes/agents/Agent/V3/execute.ts:88:11)",
            f"WorkflowExecute.executeNode ({N8N}/n8n-core/src/execution-engine/workflow-execute.ts:1180:9)",
        ],
    ),
    "n8n's own": (
        FailedIn.N8N,
        "n8n_client_error",
        [
            f"WorkflowExecute.runNode ({PNPM}/n8n-core_abc/node_modules/n8n-core/src/execute.ts:12:3)",
            "process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
        ],
    ),
    "langchain": (
        FailedIn.LANGCHAIN,
        "n8n_client_error",
        [
            f"{N8N}/zod/lib/types.js:1:9",
            f"RunnableSequence.invoke ({N8N}/@langchain/core/dist/runnables/base.cjs:1280:27)",
            f"execute ({N8N}/@n8n/n8n-nodes-langchain/nodes/chains/ChainLLM/ChainLlm.node.ts:90:5)",
        ],
    ),
    "sdk": (
        FailedIn.SDK,
        "n8n_client_error",
        [f"Anthropic.makeRequest ({N8N}/@anthropic-ai/sdk/src/client.ts:700:13)"],
    ),
    "messages": (
        FailedIn.MESSAGE_BUILDING,
        "memory_content_broken",
        [
            "Array.map (<anonymous>)",
            f"_formatContent ({N8N}/@langchain/anthropic/dist/utils/message_inputs.cjs:92:39)",
            f"ChatAnthropic._generate ({N8N}/@langchain/anthropic/dist/chat_models.cjs:600:20)",
        ],
    ),
    "community node": (
        FailedIn.COMMUNITY_NODE,
        "n8n_client_error",
        [
            "Claude.execute (/home/node/.n8n/nodes/node_modules/n8n-nodes-claude-extra/dist/Claude.node.js:40:15)",
            f"WorkflowExecute.executeNode ({N8N}/n8n-core/src/execution-engine/workflow-execute.ts:1180:9)",
        ],
    ),
    "code node": (
        FailedIn.CODE_NODE,
        "code_node_error",
        [
            "VmCodeWrapper (evalmachine.<anonymous>:3:21)",
            f"JsTaskRunner.runForAllItems ({N8N}/@n8n/task-runner/src/js-task-runner/js-task-runner.ts:270:5)",
        ],
    ),
    "expression": (
        FailedIn.EXPRESSION,
        "expression_error",
        [
            f"Expression.renderExpression ({N8N}/n8n-workflow/src/expression.ts:410:27)",
            f"WorkflowExecute.executeNode ({N8N}/n8n-core/src/execution-engine/workflow-execute.ts:1180:9)",
        ],
    ),
}


def _details(fault: str, frames: list[str]) -> dict[str, object]:
    return {
        "errorMessage": fault.split(": ", 1)[1],
        "errorDetails": {},
        "n8nDetails": {
            "nodeName": "Answer",
            "nodeVersion": 3.1,
            "n8nVersion": "2.41.1 (Self Hosted)",
            "stackTrace": [fault, *(f"    at {frame}" for frame in frames)],
        },
    }


FORMS = {
    "log": lambda fault, frames: fault + "".join(f"\n    at {frame}" for frame in frames),
    "one line": lambda fault, frames: fault + "".join(f" at {frame}" for frame in frames),
    "copy": lambda fault, frames: json.dumps(_details(fault, frames), indent=2),
    "copy in words": lambda fault, frames: "It stops since Monday:\n" + json.dumps(_details(fault, frames), indent=2),
    "error object": lambda fault, frames: json.dumps(
        {
            "name": fault.split(":", 1)[0].split(" ")[0],
            "message": fault.split(": ", 1)[1],
            "stack": fault + "".join(f"\n    at {frame}" for frame in frames),
        }
    ),
    "stack as an array": lambda fault, frames: json.dumps(
        {"name": "NodeOperationError", "message": fault, "stack": [fault, *(f"at {frame}" for frame in frames)]}
    ),
    "panel": lambda fault, frames: (
        f"{fault.split(': ', 1)[1]}\n\nError details\n\nOther info\n\nn8n version\n\n2.41.1 (Cloud)\n\nStack trace\n\n"
        f"{fault}" + "".join(f" at {frame}" for frame in frames)
    ),
    "JSON log": lambda fault, frames: "\n".join(
        json.dumps(line)
        for line in (
            {"level": "error", "message": fault, "metadata": {"stack": "\n".join(f"    at {f}" for f in frames)}},
            {"level": "info", "message": "Stopping n8n"},
        )
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", STACKS)
def test_a_stack_gives_its_cause_in_every_form(name: str, form: str) -> None:
    owner, cause, frames = STACKS[name]
    texts = {fault: FORMS[form](fault, frames) for fault in FAULTS}
    findings = {fault: diagnose(text).findings[0] for fault, text in texts.items()}
    assert {fault: finding.cause for fault, finding in findings.items()} == dict.fromkeys(FAULTS, cause)
    assert {finding.failure.failed_in for finding in findings.values() if finding.failure} == {owner}


@pytest.mark.parametrize("form", ["copy", "copy in words"])
def test_the_node_and_the_versions_are_in_view(form: str) -> None:
    failure = diagnose(FORMS[form](FAULTS[0], STACKS["agent"][2])).findings[0].failure
    assert failure is not None
    assert (failure.node, failure.node_version, failure.n8n_version) == ("Answer", "3.1", "2.41.1")


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        (
            'Traceback (most recent call last):\n  File "/app/main.py", line 4, in <module>\n'
            '  File "/usr/lib/python3.13/site-packages/langchain_anthropic/chat_models.py", line 9, in _generate',
            FailedIn.LANGCHAIN,
        ),
        (
            '  File "/v/lib/python3.13/site-packages/litellm/main.py", line 9, in completion\n'
            '  File "/v/lib/python3.13/site-packages/httpx/_client.py", line 3, in send',
            FailedIn.SDK,
        ),
        ('  File "C:\\\\v\\\\Lib\\\\site-packages\\\\pandas\\\\frame.py", line 3, in get', FailedIn.PYTHON),
        ('  File "/app/main.py", line 4, in <module>', None),
        ("java.lang.NullPointerException\n\tat com.anthropic.core.Call.run(Call.java:12)", FailedIn.OTHER_PROGRAM),
        ("   at System.Net.Http.HttpConnectionPool.ConnectAsync(HttpRequestMessage r)", FailedIn.OTHER_PROGRAM),
        ("goroutine 1 [running]:\nmain.main()\n\t/app/main.go:12 +0x1d", FailedIn.OTHER_PROGRAM),
        ("at execute (/build/packages/@n8n/nodes-langchain/nodes/agents/Agent/V2/execute.ts:30:9)", FailedIn.N8N_NODE),
        (
            "    at run (C:\\\\npm\\\\node_modules\\\\n8n\\\\node_modules\\\\n8n-core\\\\dist\\\\Execute.js:3:9)",
            FailedIn.N8N,
        ),
        ("at emit (node:events:530:35)", None),
        ("We meet at noon (room 3:15:00) at the office", None),
    ],
)
def test_a_frame_has_its_owner(text: str, owner: FailedIn | None) -> None:
    assert failed_in(text.replace("\\\\", "\\")) is owner


def test_a_fault_of_the_network_below_a_client_stays_one_of_the_network() -> None:
    frames = STACKS["sdk"][2]
    assert diagnose(FORMS["log"]("Error: read ECONNRESET", frames)).findings[0].cause == "connection_reset"


def test_an_answer_of_anthropic_above_a_stack_stays_its_own_cause() -> None:
    answer = '529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
    assert diagnose(FORMS["log"](answer, STACKS["langchain"][2])).findings[0].cause == "overloaded"
