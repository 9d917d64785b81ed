"""Measure "check my node": `python -m benchmarks.check_node [NODES]` checks a workflow in which every call is broken.

Redaction, rules, the corrected copy, its own check and the difference together; processor seconds. Target: under 3 s
for 4,000 nodes, about 1.5 MB, and twice the nodes take about twice the time.
"""

import json
import sys
import time
from typing import Any

from core.n8n.check import check_nodes

NODES = 4_000
TARGET = 3.0
NODE = {"type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "onError": "continueRegularOutput"}
PARAMETERS = {
    "method": "GET",
    "url": "https://api.anthropic.com/v1/messages",
    "sendBody": True,
    "specifyBody": "json",
    "jsonBody": '={"model": "claude-sonnet-5", "max_tokens": 9, "messages": {{ $json.m }} }',
}


def workflow(size: int) -> dict[str, Any]:
    """A chain of calls, each with a wrong method and with errors that nobody looks at."""
    nodes = [NODE | {"name": f"Call {number}", "parameters": dict(PARAMETERS)} for number in range(size)]
    links = {f"Call {number}": {"main": [[{"node": f"Call {number + 1}"}]]} for number in range(size - 1)}
    return {"nodes": nodes, "connections": links}


def main() -> None:
    """Print one line for half the nodes and one for all."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else NODES
    for nodes in (size // 2, size):
        text = json.dumps(workflow(nodes), separators=(",", ":"))
        start = time.process_time()
        found = check_nodes(text).findings
        took = time.process_time() - start
        print(f"{nodes:,} nodes, {len(text) / 1000:,.0f} KB, {len(found):,} findings: {took:.2f} s (target {TARGET} s)")


if __name__ == "__main__":
    main()
