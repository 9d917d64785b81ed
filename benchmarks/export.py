"""Measure big exports: `python -m benchmarks.export` makes an 80 MB execution in each form and diagnoses it in a child.

Prints the processor seconds of ``reconnect diagnose --json`` and of ``json.loads`` alone on the same (decoded) text,
and the child's peak memory beyond an idle child and the (decompressed) input. Targets: less time
than ``json.loads``, at most 80 MiB. A form's name as argument measures only that form.
"""

import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.paths import ROOT

MIB = 1 << 20
SIZE = 80_000_000
NODES = 40
FAILED = (9, 21, 33)
SWALLOWED = 15
BODY = '{"type":"error","error":{"type":"%s","message":"%s"},"request_id":"req_011CSHoEeqs5C35K2UUqR7%s"}'
EXPECTED = {"invalid_key", "rate_limited", "overloaded", "credit_exhausted"}
FAILURES = (
    ("401", BODY % ("authentication_error", "invalid x-api-key", "Aa")),
    ("429", BODY % ("rate_limit_error", "Number of request tokens has exceeded your per-minute rate limit", "Bb")),
    ("529", BODY % ("overloaded_error", "Overloaded", "Cc")),
)


def execution(size: int = SIZE) -> dict[str, object]:
    """Return an execution in the public API's form: 40 nodes, three failed, one item error that was swallowed."""
    count = size // NODES // 193
    runs = {f"Node {number}": [_run(number, count)] for number in range(NODES)}
    last = _error(*FAILURES[0], f"Node {FAILED[0]}")
    return {
        "id": "4711",
        "mode": "trigger",
        "status": "error",
        "startedAt": "2026-11-20T10:00:00.000Z",
        "workflowId": "wf1",
        "data": {"resultData": {"runData": runs, "error": last, "lastNodeExecuted": f"Node {FAILED[0]}"}},
        "workflowData": {"name": "Big", "nodes": [_node(number) for number in range(NODES)], "connections": {}},
    }


def _node(number: int) -> dict[str, object]:
    kind = "n8n-nodes-base.httpRequest" if number in (*FAILED, SWALLOWED) else "n8n-nodes-base.set"
    parameters = {"url": "https://api.anthropic.com/v1/messages"} if kind.endswith("httpRequest") else {}
    return {
        "name": f"Node {number}",
        "type": kind,
        "typeVersion": 4.2,
        "position": [number * 200, 0],
        "parameters": parameters,
    }


def _run(number: int, count: int) -> dict[str, object]:
    run: dict[str, object] = {"startTime": 1795408357170, "executionIndex": number, "executionTime": 12, "source": []}
    if number in FAILED:
        return {**run, "executionStatus": "error", "error": _error(*FAILURES[FAILED.index(number)], f"Node {number}")}
    items = [_item(number * count + row) for row in range(count)]
    if number == SWALLOWED:
        items[count // 2]["json"] = {"error": "Your credit balance is too low to access the Anthropic API."}
    return {**run, "executionStatus": "success", "data": {"main": [items]}}


def _item(row: int) -> dict[str, object]:
    fields = {
        "id": row,
        "email": f"customer{row}@example.com",
        "name": f"Customer “{row}” é",
        "text": f"Order {row * 7 % 9973} was sent on the {row % 28 + 1}th and has arrived.",
        "tags": ["a", "b"],
        "total": row / 100,
    }
    return {"json": fields, "pairedItem": {"item": row % 100}}


def _error(status: str, body: str, node: str) -> dict[str, object]:
    return {
        "level": "error",
        "name": "NodeApiError",
        "message": "Authorization failed - please check your credentials" if status == "401" else "The service failed",
        "description": json.loads(body)["error"]["message"],
        "messages": [f"{status} - {json.dumps(body)}"],
        "httpCode": status,
        "timestamp": 1795408357170,
        "context": {"itemIndex": 0},
        "node": {"name": node, "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "parameters": {}},
        "stack": "NodeApiError: x\n    at ExecuteContext.execute (/usr/local/lib/node_modules/n8n/node.ts:1:1)",
    }


def flatted(value: object) -> str:
    """Return a value as n8n's database keeps it: the npm package flatted's array of slots."""
    slots: list[object] = []
    indexes: dict[object, str] = {}

    def index(one: object) -> object:
        if isinstance(one, str):
            if one not in indexes:
                indexes[one] = str(len(slots))
                slots.append(one)
            return indexes[one]
        if isinstance(one, dict | list):
            position = len(slots)
            slots.append(None)
            slots[position] = (
                {name: index(child) for name, child in one.items()}
                if isinstance(one, dict)
                else [index(child) for child in one]
            )
            return str(position)
        return one

    index(value)
    return json.dumps(slots, separators=(",", ":"), ensure_ascii=False)


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


FORMS: dict[str, Callable[[dict[str, object]], bytes]] = {
    "public API": _compact,
    "pretty": lambda _: json.dumps(execution(SIZE * 5 // 11), indent=2, ensure_ascii=False).encode(),
    "flatted": lambda value: flatted({"version": 1, **value["data"]}).encode(),
    "database row": lambda value: _compact(
        {
            "executionId": 1,
            "workflowData": json.dumps(value["workflowData"]),
            "data": flatted({"version": 1, **value["data"]}),
        }
    ),
    "gzip": lambda value: gzip.compress(_compact(value), 1),
    "UTF-16": lambda _: _compact(execution(SIZE * 9 // 10)).decode().encode("utf-16"),
    "cut off": lambda value: _compact(value)[: SIZE * 3 // 4],
    "lines of two": lambda _: b"\n".join([_compact(execution(SIZE // 2))] * 2),
    "lone surrogate": lambda value: _compact(value).replace(b"Order 0 ", b"Order \\ud83d ", 1),
}


def main() -> None:
    """Print one line for each form."""
    names = sys.argv[1:] or list(FORMS)
    idle, _, _ = _child(b"idle")
    value = execution()
    print(f"{'form':16}{'MB':>7}{'diagnose s':>12}{'json.loads s':>14}{'MiB above':>11}  causes")
    for name in names:
        data = FORMS[name](value)
        text = _decoded(data)
        peak, seconds, causes = _child(data)
        loads = _loads_seconds(text)
        above = peak - idle - len(text) / MIB
        causes_line = "all" if causes == EXPECTED else ", ".join(sorted(causes))
        loads_column = f"{loads:14.2f}" if loads is not None else f"{'refuses':>14}"
        print(f"{name:16}{len(text) / 1e6:7.0f}{seconds:12.2f}{loads_column}{above:11.0f}  {causes_line}", flush=True)


def _decoded(data: bytes) -> bytes:
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    return data


def _child(data: bytes) -> tuple[float, float, set[str]]:
    """Diagnose in a child; return its peak memory in MiB, its processor seconds, and the causes it found."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(data)
        file.flush()
        command = [sys.executable, "-m", "benchmarks.export", "--child", file.name]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT)
    peak, seconds, line = done.stdout.split(b"\n", 2)
    findings = json.loads(line)["findings"] if line else []
    return float(peak), float(seconds), {finding["cause"] for finding in findings}


def _diagnose_here(file: str) -> None:
    import contextlib
    import io

    from core.cli import main as reconnect
    from core.diagnosis import diagnose

    diagnose("warm up")
    out = io.TextIOWrapper(io.BytesIO())
    began = time.process_time()
    with contextlib.redirect_stdout(out):
        reconnect(["diagnose", "--json", file])
    seconds = time.process_time() - began
    # getrusage would count the parent's memory too
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    sys.stdout.write(f"{peak}\n{seconds}\n{out.buffer.getvalue().decode()}")


def _loads_seconds(text: bytes) -> float | None:
    began = time.process_time()
    try:
        json.loads(text)
    except ValueError:
        return None
    return time.process_time() - began


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _diagnose_here(sys.argv[2])
    else:
        main()
