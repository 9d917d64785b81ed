"""Stack traces: which lines belong to one, where the call was made, and whose code failed.

Frames are read wherever they are: a line each, one line with blanks between them, a JSON array, a Python traceback.
JavaScript, Java and .NET print the frame that failed first, Python prints it last. The package behind the last
``node_modules/`` or ``site-packages/`` owns a frame; frames of packages that say nothing (Node itself, zod) are passed
over, so that their caller counts. Paths as in n8n 1.90, 2.41.1 and its Docker images, @langchain/anthropic 1.5 and
Python 3.13 (November 2026).
"""

from collections.abc import Iterable
from itertools import islice
from typing import Final

import re2

from core.paste.draft import Draft
from core.paste.failure import FailedIn, Provider, Surface

_STARTS: Final = ("at ", 'File "', "Traceback (most", "During handling", "The above exception")
_MARKS: Final = re2.compile(r"^(?:\^+\s*$|~+\^|\.\.\. \d+ )")
_QUOTED_CODE: Final = re2.compile(r"^\s{4,}\S")
_SURFACES: Final = (
    ("nodes/vendors/Anthropic/", Surface.VENDOR_NODE),
    ("n8nLlmFailedAttemptHandler", Surface.CHAT_MODEL),
    ("@langchain/anthropic", Surface.CHAT_MODEL),
    ("nodes/HttpRequest/", Surface.HTTP_REQUEST),
    ("nodes/Code/", Surface.CODE_NODE),
)
_FAULT: Final = re2.compile(r"^\s*((?:Type|Reference|Range|Assertion)Error\b[^\n]{0,300}?)(?:$|\n| at )")
"""The head of a stack, whose class n8n leaves out of the message."""
_FRAMES: Final = 12
"""Frames that are looked at, from the one that failed."""
_TEXT_LIMIT: Final = 20_000
_JAVASCRIPT: Final = re2.compile(
    r"\bat (?:async |new )?(?:[^\s()@/\\][^()\n@/\\]* )?\(?(?:file://)?[/\\A-Za-z@.][^\s()\"]+:\d+:\d+"
)
"""A frame as a whole: its function and path are not taken apart, which would take several times longer."""
_PYTHON: Final = re2.compile(r'File \\?"([^"\n]{1,300}?)\\?", line \d{1,7}(?:, in (\S{1,80}))?')
_OTHERS: Final = re2.compile(
    r"\bat [\w.$<>/`]{3,200}\((?:[\w$]{1,80}\.(?:java|kt|scala):\d|Native Method|Unknown Source)"
    r"|\bat [\w.`<>|\[\]]{3,200}\([^()\n]{0,200}\) in \S[^\n]{1,200}:line \d|\bat System\.[\w.]{3,200}\("
    r"|\bgoroutine \d{1,9} \[|/\S{1,200}\.go:\d{1,7}\b"
)
_OTHER_MARKS: Final = (
    ".java:", ".kt:", ".scala:", "(Native Method", "(Unknown Source", ":line ", "at System.", "goroutine ", ".go:",
)  # fmt: skip
"""One of these is in every frame that `_OTHERS` finds."""
_PACKAGE: Final = re2.compile(r"^.*(?:node_modules|site-packages|dist-packages)[/\\]((?:@[\w.-]+[/\\])?[\w.-]+)")
_SOURCES: Final = re2.compile(r"[/\\]packages[/\\](@n8n[/\\][\w.-]+|core|workflow|cli|nodes-base)[/\\]")
"""n8n's own paths where its source maps are read: ``/build/packages/@n8n/nodes-langchain/…``."""
_CODE_NODE: Final = re2.compile(
    r"VmCodeWrapper|evalmachine\.<anonymous>|JsTaskRunnerSandbox|JavaScriptSandbox|js-task-runner|[/\\]nodes[/\\]Code[/\\]|[/\\]vm2[/\\]"
    r"|WrappedExecutionError"
)
_EXPRESSION: Final = re2.compile(
    r"@n8n[/\\]tournament|riot-tmpl|[/\\]expression(?:-evaluator-proxy|-sandboxing)?\.[jt]s|Expression\.(?:renderExpression|resolveSimpleParameterValue)"
)
_MESSAGES: Final = re2.compile(
    r"message_inputs|messages[/\\](?:utils|ai|tool|base)\.|chat_memory|chat_history|stores[/\\]message|message_history"
    r"|_formatContent|_?convertMessages?To|mapStoredMessage|mapChatMessagesTo|mapV1MessageTo|coerceMessageLike"
    r"|_convertMessages|_formatMessages|_format_messages|loadMemoryVariables"
)
_BUILDING: Final = 3
"""Frames from the one that failed in which the building of messages is looked for."""
_N8N: Final = frozenset(("n8n", "n8n-core", "n8n-workflow", "core", "workflow", "cli"))
_N8N_NODES: Final = frozenset(("n8n-nodes-base", "nodes-base", "@n8n/n8n-nodes-langchain", "@n8n/nodes-langchain"))
_SDKS: Final = frozenset(
    (
        *("openai", "axios", "undici", "node-fetch", "follow-redirects", "got", "ai"),
        *("anthropic", "httpx", "httpcore", "botocore", "boto3", "litellm", "requests", "urllib3", "aiohttp"),
    )
)
_SDK_SCOPES: Final = ("@anthropic-ai/", "@ai-sdk/", "@aws-sdk/", "@smithy/", "@google")


def is_stack_line(line: str) -> bool:
    """Return whether a line belongs to a stack trace."""
    start = line.lstrip()
    return start.startswith(_STARTS) or (start[:1] in ("^", "~", ".") and bool(_MARKS.search(start)))


def is_quoted_code(line: str) -> bool:
    """Return whether a line below a frame can be the program's code, as Python's tracebacks quote it."""
    return bool(_QUOTED_CODE.search(line))


def place_in(line: str) -> Draft | None:
    """Return where the call was made, as far as a frame tells; None where it tells nothing."""
    surface = next((surface for mark, surface in _SURFACES if mark in line), None)
    if surface:
        return Draft(surface=surface)
    return Draft(provider=Provider.ANTHROPIC) if "@anthropic-ai/sdk" in line or "/anthropic/" in line else None


def learn_stack(draft: Draft, lines: Iterable[object]) -> None:
    """Learn whose code failed from a stack's lines or from one text that holds it; other values are passed over."""
    text = "\n".join(line for line in lines if isinstance(line, str))[:_TEXT_LIMIT]
    owner = failed_in(text)
    draft.learn(failed_in=owner, surface=Surface.CODE_NODE if owner is FailedIn.CODE_NODE else None)
    fault = _FAULT.search(text) if owner else None
    if fault:
        draft.say(fault.group(1))


def failed_in(text: str) -> FailedIn | None:
    """Return whose code failed, as the frames in a text tell; None without a frame of an owner that is known.

    >>> failed_in("TypeError: x at run (/n8n/node_modules/@langchain/core/dist/runnables/base.cjs:4:2)")
    <FailedIn.LANGCHAIN: 'langchain'>
    """
    text = text[:_TEXT_LIMIT]
    frames = _frames_of(text)
    if not frames:
        return FailedIn.OTHER_PROGRAM if any(mark in text for mark in _OTHER_MARKS) and _OTHERS.search(text) else None
    if _CODE_NODE.search(text):
        return FailedIn.CODE_NODE
    owners = [owner for owner in map(_owner, dict.fromkeys(frames)) if owner is not None]
    if FailedIn.COMMUNITY_NODE in owners:
        return FailedIn.COMMUNITY_NODE
    if _EXPRESSION.search("\n".join(frames)):
        return FailedIn.EXPRESSION
    building = frames[:_BUILDING]
    if _MESSAGES.search("\n".join(building)) and any(_MESSAGES.search(each) and _owner(each) for each in building):
        return FailedIn.MESSAGE_BUILDING
    return owners[0] if owners else None


def _frames_of(text: str) -> list[str]:
    """Return the frames of a text, the one that failed first."""
    javascript = [match.group() for match in islice(_JAVASCRIPT.finditer(text), _FRAMES)] if "at " in text else []
    if javascript:
        return javascript
    python = _PYTHON.findall(text)[-_FRAMES:] if 'File "' in text or 'File \\"' in text else []
    return [f"{function} {path}" for path, function in reversed(python)]


def _owner(frame: str) -> FailedIn | None:
    found = _PACKAGE.search(frame) or _SOURCES.search(frame)
    if found is None:
        return None
    package = found.group(1).replace("\\", "/")
    if "site-packages" in frame or "dist-packages" in frame:
        return _python_owner(package)
    if package in _N8N_NODES:
        return FailedIn.N8N_NODE
    if package in _N8N or package.startswith("@n8n/"):
        return FailedIn.N8N
    if package.rsplit("/", 1)[-1].startswith("n8n-nodes-"):
        return FailedIn.COMMUNITY_NODE
    if package == "langchain" or package.startswith("@langchain/"):
        return FailedIn.LANGCHAIN
    return FailedIn.SDK if package in _SDKS or package.startswith(_SDK_SCOPES) else None


def _python_owner(package: str) -> FailedIn:
    if package.startswith(("langchain", "langgraph")):
        return FailedIn.LANGCHAIN
    return FailedIn.SDK if package in _SDKS else FailedIn.PYTHON
