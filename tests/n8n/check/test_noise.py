"""The noise budget of "check my node": false findings, and planted faults that are found.

Goals: false findings on at most 0.5 % of the nodes that are looked at; at least 95 % of all faults found, those of the
labelled workflows as well as the planted ones; a corrected copy is JSON and has no fault of its own making.
`pytest -s tests/n8n/check/test_noise.py` prints the figures.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
import re2

from core.n8n.check import NodeCheck, NodeFinding, Rule, check_nodes
from tests.n8n.check.corpus import KINDS, NO_FAULT, Sample, samples, with_key
from tests.n8n.check.planted import FAULTS, Fault, planted

pytestmark = pytest.mark.xdist_group("noise budget")

TODAY: Final = dt.date(2026, 11, 28)
MOST_FALSE: Final = 0.005
LEAST_FOUND: Final = 0.95
PLANTED_EACH: Final = 6
"""How many workflows each fault is planted into."""

_TEMPLATE: Final = re2.compile(r"(?s)\{\{.*?\}\}")


@dataclass(frozen=True)
class Checked:
    """One workflow of the corpus as it is, the text that was pasted, and what was found."""

    sample: Sample
    pasted: str
    check: NodeCheck

    @property
    def title(self) -> str:
        """The name in reports."""
        return self.sample.name


@dataclass(frozen=True)
class Trial(Checked):
    """One workflow with a fault planted in one node."""

    fault: Fault
    node: str

    @property
    def title(self) -> str:
        """The name in reports."""
        return f"{self.fault.name} in {self.sample.name} / {self.node}"


@pytest.fixture(scope="module")
def checked(fake_key: Callable[..., str]) -> list[Checked]:
    """Every workflow of the corpus as it is, checked."""
    pasted = [(sample, with_key(sample.content, fake_key)) for sample in samples()]
    return [Checked(sample, text, check_nodes(text, today=TODAY)) for sample, text in pasted]


@pytest.fixture(scope="module")
def trials(fake_key: Callable[..., str]) -> list[Trial]:
    """Every planted fault, checked."""
    return [
        Trial(sample, text := with_key(workflow, fake_key), check_nodes(text, today=TODAY), fault, name)
        for fault, sample, workflow, name in planted(samples(), PLANTED_EACH)
    ]


def false_findings(one: Checked) -> list[str]:
    """Return the findings that no label allows, as node and rule."""
    return [
        f"{one.title} / {finding.node}: {finding.rule}"
        for finding in one.check.findings
        if not one.sample.labels.get(finding.node, NO_FAULT).allows(str(finding.rule))
    ]


def rules_at(check: NodeCheck, node: str) -> set[str]:
    """Return the rules that found something in a node."""
    return {str(finding.rule) for finding in check.findings if finding.node == node}


def test_false_findings_are_rare(checked: list[Checked]) -> None:
    wrong = [line for one in checked for line in false_findings(one)]
    nodes = sum(one.check.nodes for one in checked)
    looked_at = sum(one.check.checked for one in checked)
    report(f"{len(checked)} workflows, {nodes} nodes, {looked_at} looked at; {len(wrong)} false findings", wrong)
    assert len(wrong) <= MOST_FALSE * looked_at, wrong


def test_labelled_faults_are_found(checked: list[Checked]) -> None:
    labelled = [
        (one, node, kind)
        for one in checked
        for node, labels in one.sample.labels.items()
        for kind in sorted(labels.must)
    ]
    missed = [
        f"{one.title} / {node}: {kind}"
        for one, node, kind in labelled
        if rules_at(one.check, node).isdisjoint(KINDS[kind])
    ]
    report(f"{len(labelled) - len(missed)} of {len(labelled)} labelled faults found; missed", missed)
    assert len(missed) <= (1 - LEAST_FOUND) * len(labelled), missed


def test_planted_faults_are_found(trials: list[Trial]) -> None:
    missed = [
        f"{one.title}: {one.fault.kind}"
        for one in trials
        if rules_at(one.check, one.node).isdisjoint(KINDS[one.fault.kind])
    ]
    report(f"{len(trials) - len(missed)} of {len(trials)} planted faults found; missed", missed)
    assert len(missed) <= (1 - LEAST_FOUND) * len(trials), missed


def test_a_planted_fault_brings_no_false_findings(trials: list[Trial]) -> None:
    wrong = [
        f"{one.title}: {finding.rule} at {finding.node}"
        for one in trials
        for finding in one.check.findings
        if finding.node != one.node or not one.fault.explains(str(finding.rule))
    ]
    looked_at = sum(one.check.checked for one in trials)
    report(f"{len(wrong)} false findings in {len(trials)} workflows with a planted fault, {looked_at} nodes", wrong)
    assert len(wrong) <= MOST_FALSE * looked_at, wrong


def test_every_fault_could_be_planted(trials: list[Trial]) -> None:
    assert {one.fault.name for one in trials} == {fault.name for fault in FAULTS}


def test_corrected_copies_are_json_without_faults_of_their_own(checked: list[Checked], trials: list[Trial]) -> None:
    made = [(one, one.check.corrected) for one in [*checked, *trials] if one.check.corrected is not None]
    wrong = [f"{one.title}: {left}" for one, copy in made for left in faults_of_the_copy(one, copy)]
    report(f"{len(made)} corrected copies; faults of their own", wrong)
    assert made
    assert not wrong


def test_corrected_copies_leave_every_other_node_alone(checked: list[Checked], trials: list[Trial]) -> None:
    made = [(one, one.check.corrected) for one in [*checked, *trials] if one.check.corrected is not None]
    wrong = [f"{one.title}: {name}" for one, copy in made for name in changed_without_reason(one, copy)]
    report(f"{len(made)} corrected copies; nodes changed in which nothing was found", wrong)
    assert not wrong


@pytest.mark.parametrize("layout", [{"separators": (",", ":")}, {"indent": 4}, {"ensure_ascii": True}], ids=str)
def test_white_space_does_not_count(checked: list[Checked], layout: dict[str, Any]) -> None:
    wrong = []
    for one in checked:
        again = check_nodes(json.dumps(json.loads(one.pasted), **layout), today=TODAY)
        if [found_at(each) for each in again.findings] != [found_at(each) for each in one.check.findings]:
            wrong.append(one.title)
    report(f"{len(wrong)} workflows in which another layout gives other findings", wrong)
    assert not wrong


def found_at(finding: NodeFinding) -> tuple[str, str]:
    """Return the node and the rule of a finding."""
    return finding.node, str(finding.rule)


def faults_of_the_copy(one: Checked, corrected: str) -> list[str]:
    """Return what is found in a corrected copy that the original did not have, or was said to be fixed."""
    left = Counter(found_at(found) for found in check_nodes(corrected, today=TODAY).findings)
    left.subtract(found_at(found) for found in one.check.findings if not is_fixed(found))
    new = [f"{rule} at {node}" for (node, rule), count in left.items() if count > 0]
    before, after = nodes_of(one.pasted), nodes_of(corrected)
    changed = [name for name in before if before[name] != after[name]]
    bodies = [
        f"the body of {name} is no JSON"
        for name in changed
        if body_of(before[name]) != body_of(after[name]) and is_broken(after[name], one.check)
    ]
    addresses = [
        f"the URL of {name} is none" for name in changed if address_is_new_and_wrong(before[name], after[name])
    ]
    return new + bodies + addresses


def body_of(node: dict[str, Any]) -> str:
    """Return the JSON body of a node as it is written."""
    return str(node["parameters"].get("jsonBody"))


def _filled(template: Any) -> str:
    """Return what n8n puts in the place of a template; a text without its quotes where the code takes them off."""
    return "x" if template[0].removesuffix("}}").rstrip().endswith(".slice(1, -1)") else '"x"'


def is_broken(node: dict[str, Any], check: NodeCheck) -> bool:
    """Whether a template body, filled in as n8n does, is no JSON, although no finding is left that says so."""
    body = body_of(node)
    if not body.startswith("=") or body.startswith(("={{", "=={{")):
        return False
    if any(found.node == node["name"] and "body" in found.rule and not is_fixed(found) for found in check.findings):
        return False
    try:
        json.loads(_TEMPLATE.sub(_filled, body.removeprefix("=")))
    except ValueError:
        return True
    return False


def address_is_new_and_wrong(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether a corrected URL has braces that n8n takes as they are."""
    old, new = (str(node["parameters"].get("url")) for node in (before, after))
    return old != new and "{{" in new and not new.startswith("=")


def changed_without_reason(one: Checked, corrected: str) -> list[str]:
    """Return the nodes that a corrected copy changes although nothing was found in them."""
    before, after = nodes_of(one.pasted), nodes_of(corrected)
    found = {finding.node for finding in one.check.findings}
    return [name for name in before if name not in found and before[name] != after.get(name)]


def nodes_of(text: str) -> dict[str, dict[str, Any]]:
    """Return the nodes of a workflow by name."""
    content = json.loads(text)
    workflow = content[0] if isinstance(content, list) else content
    return {node["name"]: node for node in workflow["nodes"]}


def is_fixed(finding: NodeFinding) -> bool:
    """Whether the corrected copy is said to have a finding right."""
    return bool(finding.fixed)


def test_rules_that_nothing_here_breaks(checked: list[Checked], trials: list[Trial]) -> None:
    fired = {finding.rule for one in checked for finding in one.check.findings}
    by_planting = {finding.rule for one in trials for finding in one.check.findings}
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
