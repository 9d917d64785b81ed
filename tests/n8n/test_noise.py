"""The noise budget of "check my node": false findings, and planted faults that are found.

Goals: false findings on at most 0.5 % of the nodes that are looked at; at least 95 % of all faults found, those of the
labelled workflows as well as the planted ones; a corrected copy is JSON and has no fault of its own making.
`pytest -n 0 -s tests/n8n/test_noise.py` prints the figures.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from core.n8n.check import NodeCheck, Rule, check_nodes
from tests.n8n.corpus import KINDS, NO_FAULT, Sample, samples, with_key
from tests.n8n.planted import FAULTS, Fault, planted

TODAY = dt.date(2026, 11, 28)
MOST_FALSE = 0.005
LEAST_FOUND = 0.95
PLANTED_EACH = 10
"""How many workflows each fault is planted into."""

Checked = tuple[Sample, NodeCheck]
Trial = tuple[Fault, Sample, str, NodeCheck]


@pytest.fixture(scope="module")
def checked(fake_key: Callable[..., str]) -> list[Checked]:
    """Every workflow of the corpus as it is, checked."""
    return [(sample, check_nodes(with_key(sample.content, fake_key), today=TODAY)) for sample in samples()]


@pytest.fixture(scope="module")
def trials(fake_key: Callable[..., str]) -> list[Trial]:
    """Every planted fault, checked: fault, sample, name of the node, what was found."""
    return [
        (fault, sample, name, check_nodes(with_key(workflow, fake_key), today=TODAY))
        for fault, sample, workflow, name in planted(samples(), PLANTED_EACH)
    ]


def false_findings(sample: Sample, check: NodeCheck) -> list[str]:
    """Return the findings that no label allows, as node and rule."""
    return [
        f"{sample.name} / {finding.node}: {finding.rule}"
        for finding in check.findings
        if not sample.labels.get(finding.node, NO_FAULT).allows(finding.rule)
    ]


def rules_at(check: NodeCheck, node: str) -> set[str]:
    """Return the rules that found something in a node."""
    return {str(finding.rule) for finding in check.findings if finding.node == node}


def test_false_findings_are_rare(checked: list[Checked]) -> None:
    wrong = [line for sample, check in checked for line in false_findings(sample, check)]
    nodes = sum(check.nodes for _, check in checked)
    looked_at = sum(check.checked for _, check in checked)
    report(f"{len(checked)} workflows, {nodes} nodes, {looked_at} looked at; {len(wrong)} false findings", wrong)
    assert len(wrong) <= MOST_FALSE * looked_at, wrong


def test_labelled_faults_are_found(checked: list[Checked]) -> None:
    labelled = [
        (sample, node, kind, check)
        for sample, check in checked
        for node, labels in sample.labels.items()
        for kind in sorted(labels.must)
    ]
    missed = [
        f"{sample.name} / {node}: {kind}"
        for sample, node, kind, check in labelled
        if rules_at(check, node).isdisjoint(KINDS[kind])
    ]
    report(f"{len(labelled) - len(missed)} of {len(labelled)} labelled faults found; missed", missed)
    assert len(missed) <= (1 - LEAST_FOUND) * len(labelled), missed


def test_planted_faults_are_found(trials: list[Trial]) -> None:
    missed = [
        f"{fault.name} in {sample.name} / {node}"
        for fault, sample, node, check in trials
        if rules_at(check, node).isdisjoint(KINDS[fault.kind])
    ]
    report(f"{len(trials) - len(missed)} of {len(trials)} planted faults found; missed", missed)
    assert len(missed) <= (1 - LEAST_FOUND) * len(trials), missed


def test_a_planted_fault_is_said_of_its_node_only(trials: list[Trial]) -> None:
    wrong = [
        f"{fault.name} in {sample.name}: {finding.rule} at {finding.node}"
        for fault, sample, node, check in trials
        for finding in check.findings
        if finding.node != node
    ]
    report("planted faults said of another node", wrong)
    looked_at = sum(check.checked for *_, check in trials)
    assert len(wrong) <= MOST_FALSE * looked_at, wrong


def test_every_fault_could_be_planted(trials: list[Trial]) -> None:
    assert {fault.name for fault, *_ in trials} == {fault.name for fault in FAULTS}


def test_corrected_copies_are_json_without_faults_of_their_own(checked: list[Checked], trials: list[Trial]) -> None:
    every = [(sample.name, check) for sample, check in checked]
    every += [(f"{fault.name} in {sample.name}", check) for fault, sample, _, check in trials]
    made = [(name, check, check.corrected) for name, check in every if check.corrected is not None]
    wrong = [f"{name}: {left}" for name, check, copy in made for left in faults_of_the_copy(check, copy)]
    report(f"{len(made)} corrected copies; faults of their own", wrong)
    assert made
    assert not wrong


def faults_of_the_copy(check: NodeCheck, corrected: str) -> list[str]:
    """Return what is found in a corrected copy that the original did not have, or was said to be fixed."""
    assert isinstance(json.loads(corrected), dict | list)
    left = Counter((finding.node, str(finding.rule)) for finding in check_nodes(corrected, today=TODAY).findings)
    left.subtract((finding.node, str(finding.rule)) for finding in check.findings if not is_fixed(finding))
    return [f"{node}: {rule}" for (node, rule), count in left.items() if count > 0]


def is_fixed(finding: Any) -> bool:
    """Whether the corrected copy is said to have a finding right."""
    return bool(finding.mended)


def test_rules_that_nothing_here_breaks(checked: list[Checked], trials: list[Trial]) -> None:
    fired = {finding.rule for _, check in checked for finding in check.findings}
    by_planting = {finding.rule for *_, check in trials for finding in check.findings}
    report("rules that fired on no workflow as it is", sorted(set(Rule) - fired))
    report("rules that fired on nothing at all", sorted(set(Rule) - fired - by_planting))


def test_every_rule_has_a_kind() -> None:
    assert {str(rule) for rule in Rule} <= {rule for rules in KINDS.values() for rule in rules}


def test_the_corpus_is_large_and_varied() -> None:
    every = samples()
    kinds = {kind for sample in every for labels in sample.labels.values() for kind in labels.must | labels.may}
    assert len(every) >= 80
    assert sum(sample.is_clean for sample in every) >= 40
    assert kinds <= set(KINDS)
    assert {fault.kind for fault in FAULTS} <= set(KINDS)


def report(title: str, lines: list[Any]) -> None:
    """Print a figure and what is behind it."""
    print(f"\n{title}" + "".join(f"\n  {line}" for line in lines))
