"""Measure "check my node": `python -m benchmarks.check_node [FOLDER | NODES]`.

With a folder: every workflow in it (files that end in .json), such as a collection of public ones; prints how many
nodes there are and how many are checked, findings per rule, corrected copies that are valid JSON without new faults,
and the time per workflow. Without one: a workflow of 4,000 nodes, or of `NODES`, in which every call is broken, and one
with as many fields that have a secret's name; target: under 3 s, and twice the nodes take about twice the time. Times
are processor seconds.
"""

import itertools
import json
import random
import statistics
import string
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.n8n.check import NodeCheck, NotANodeError, check_nodes

NODES = 4_000
TARGET = 3.0
NODE = {"type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "onError": "continueRegularOutput"}
SET = {"type": "n8n-nodes-base.set", "typeVersion": 3.4}
PARAMETERS = {
    "method": "GET",
    "url": "https://api.anthropic.com/v1/messages",
    "sendBody": True,
    "specifyBody": "json",
    "jsonBody": '={"model": "claude-sonnet-5", "max_tokens": 9, "messages": {{ $json.m }} }',
}


@dataclass
class Figures:
    """The figures of a folder; `seconds` has one number per workflow."""

    nodes: int = 0
    looked_at: int = 0
    with_findings: int = 0
    copies: int = 0
    broken_copies: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def measure(folder: Path) -> Figures:
    """Check every workflow under a folder."""
    figures = Figures()
    for path in sorted(folder.rglob("*.json")):
        text = path.read_text("utf-8", errors="replace")
        start = time.process_time()
        try:
            check = check_nodes(text)
        except NotANodeError as error:
            figures.unreadable.append(f"{path.name}: {error}")
            continue
        figures.seconds.append(time.process_time() - start)
        _count(figures, path.name, check)
    return figures


def _count(figures: Figures, name: str, check: NodeCheck) -> None:
    figures.nodes += check.nodes
    figures.looked_at += check.checked
    figures.rules.update(str(finding.rule) for finding in check.findings)
    figures.with_findings += len({finding.node for finding in check.findings})
    if check.corrected is None:
        return
    figures.copies += 1
    fault = _fault_of(check, check.corrected)
    if fault:
        figures.broken_copies.append(f"{name}: {fault}")


def _fault_of(check: NodeCheck, corrected: str) -> str:
    """Return what is wrong with a corrected copy that was not wrong before; an empty text if nothing is."""
    try:
        json.loads(corrected)
    except ValueError as error:
        return f"not JSON, {error}"
    before = Counter((finding.node, finding.rule) for finding in check.findings)
    after = Counter((finding.node, finding.rule) for finding in check_nodes(corrected).findings)
    return ", ".join(f"{rule} at {node}" for node, rule in after - before)


def show(figures: Figures) -> None:
    """Print the figures of a folder."""
    print(f"{len(figures.seconds):,} workflows, {figures.nodes:,} nodes, {figures.looked_at:,} looked at")
    print(f"{figures.rules.total():,} findings on {figures.with_findings:,} nodes")
    for rule, count in figures.rules.most_common():
        print(f"  {count:6,} {rule}")
    print(f"{figures.copies - len(figures.broken_copies):,} of {figures.copies:,} corrected copies valid")
    for line in [*figures.broken_copies, *figures.unreadable]:
        print(f"  {line}")
    if figures.seconds:
        middle, longest = statistics.median(figures.seconds), max(figures.seconds)
        print(f"{middle * 1000:.1f} ms a workflow (median), {longest * 1000:,.0f} ms at most")


def workflow(size: int) -> dict[str, Any]:
    """Return a chain of calls, each with a wrong method and with errors that no node reads."""
    nodes = [NODE | {"name": f"Call {number}", "parameters": dict(PARAMETERS)} for number in range(size)]
    links = {f"Call {number}": {"main": [[{"node": f"Call {number + 1}"}]]} for number in range(size - 1)}
    return {"nodes": nodes, "connections": links}


def with_secrets(size: int) -> dict[str, Any]:
    """Return one broken call, and nodes that each have a field with a secret's name and a random value."""
    generator = random.Random(size)
    values = ("".join(generator.choices(string.ascii_letters + string.digits, k=24)) for _ in range(size))
    setters = [SET | {"name": f"Set {number}", "parameters": {"password": each}} for number, each in enumerate(values)]
    return {"nodes": [*workflow(1)["nodes"], *setters], "connections": {}}


def time_sizes(size: int) -> None:
    """Print a line for half the nodes and one for all, for both kinds of workflow."""
    for make, nodes in itertools.product((workflow, with_secrets), (size // 2, size)):
        text = json.dumps(make(nodes), separators=(",", ":"))
        start = time.process_time()
        findings = check_nodes(text).findings
        took = time.process_time() - start
        size_of = f"{make.__name__}: {nodes:,} nodes, {len(text) / 1000:,.0f} KB, {len(findings):,} findings"
        print(f"{size_of}: {took:.2f} s (target {TARGET} s)")


def main() -> None:
    """Measure a folder where one is named, else one large workflow."""
    argument = sys.argv[1] if len(sys.argv) > 1 else str(NODES)
    if argument.isdigit():
        time_sizes(int(argument))
    elif Path(argument).is_dir():
        show(measure(Path(argument)))
    else:
        sys.exit(f"{argument} is neither a folder nor a number of nodes")


if __name__ == "__main__":
    main()
