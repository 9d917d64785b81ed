"""What "check my node" says about each workflow in tests/data/check_node: what it finds, and what it leaves alone."""

import datetime as dt
import json
from typing import Any, Final

import pytest

from core.n8n.check import NodeCheck, Rule, check_nodes
from tests.paths import DATA

FOLDER: Final = DATA / "check_node"
TODAY: Final = dt.date(2026, 11, 28)
EXPECTED: Final[dict[str, set[tuple[str, Rule]]]] = {
    "A1_masks": {("Claude", Rule.MODEL_RETIRED)},
    "A2_openrouter": set(),
    "A2b_openrouter_noauth": set(),
    "A3_literal": {("Claude", Rule.MODEL_RETIRED)},
    "A4_retired_elsewhere": {
        *((name, Rule.MODEL_RETIRED) for name in ("Fields", "IIFE", "FromAI", "Code", "Fallback")),
        ("Code", Rule.ENVIRONMENT_READ),
        ("Code", Rule.CODE_CALLS_API),
    },
    "A5_results_url": set(),
    "A6_routine": set(),
    "A7_bad_bodies": {
        ("DoubleEq", Rule.BODY_NOT_JSON),
        ("OneBrace", Rule.BODY_EXPRESSION_BROKEN),
        ("NoBraces", Rule.BODY_NOT_JSON),
        ("SingleQ", Rule.BODY_NOT_JSON),
    },
    "A8_fix_breaks": {("Braces", Rule.BODY_QUOTED_TEMPLATE)},
    "A9_legacy_v1": {
        ("Old", Rule.AUTHENTICATION_MISSING),
        ("Old", Rule.VERSION_MISSING),
        ("Old", Rule.BODY_QUOTED_TEMPLATE),
        ("Old", Rule.TYPE_VERSION_OLD),
    },
    "A10_wiring": {
        ("Score", Rule.MODEL_IN_MAIN_FLOW),
        ("Invented", Rule.NODE_TYPE_UNKNOWN),
        ("Empty", Rule.MODEL_MISSING),
        ("Empty2", Rule.MODEL_MISSING),
    },
    "A11_placeholder": {("P", Rule.KEY_PLACEHOLDER)},
    "A13_env_url": {("Batch", Rule.ENVIRONMENT_READ)},
    "A14_chatbase": set(),
    "B1_fan_out_and_old_agent": {
        ("Call Claude", Rule.BODY_QUOTED_TEMPLATE),
        ("Call Claude", Rule.MODEL_RETIRING),
        ("Call Claude", Rule.MANY_AT_ONCE),
        ("AI Agent", Rule.REMOVED_IN_N8N_3),
        ("Anthropic Chat Model", Rule.PARAMETER_REFUSED),
    },
    "C1_thinking": {("Claude", Rule.MODEL_RETIRED)},
    "C3_openrouter_chat": {("OpenRouter Chat Model", Rule.MODEL_GONE_AT_GATEWAY)},
}
CHANGED: Final = {
    "A1_masks": {"Claude"},
    "A3_literal": {"Claude"},
    "A4_retired_elsewhere": {"Fields", "IIFE", "FromAI", "Code", "Fallback"},
    "A7_bad_bodies": {"DoubleEq", "OneBrace", "NoBraces", "SingleQ"},
    "A8_fix_breaks": {"Braces"},
    "A9_legacy_v1": {"Old"},
    "A11_placeholder": {"P"},
    "B1_fan_out_and_old_agent": {"Call Claude", "Anthropic Chat Model"},
    "C1_thinking": {"Claude"},
}
"""The nodes that the corrected copy has otherwise; in every other file and node nothing changes."""


def _check(name: str) -> NodeCheck:
    return check_nodes((FOLDER / f"{name}.json").read_text("utf-8"), today=TODAY)


def _nodes(text: str) -> dict[str, Any]:
    return {node["name"]: node for node in json.loads(text)["nodes"]}


def test_every_file_is_here() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} - {"C2_damaged"} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_exactly_what_is_wrong_is_found(name: str) -> None:
    assert {(finding.node, finding.rule) for finding in _check(name).findings} == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_only_nodes_with_a_fault_change(name: str) -> None:
    checked = _check(name)
    before = _nodes((FOLDER / f"{name}.json").read_text("utf-8"))
    after = before if checked.corrected is None else _nodes(checked.corrected)
    assert {node for node in before if before[node] != after[node]} == CHANGED.get(name, set())


@pytest.mark.parametrize("name", CHANGED)
def test_the_copy_has_no_fault_that_was_called_fixed(name: str) -> None:
    checked = _check(name)
    assert checked.corrected is not None
    left = {(finding.node, finding.rule) for finding in check_nodes(checked.corrected, today=TODAY).findings}
    fixed = {(finding.node, finding.rule) for finding in checked.findings if finding.fixed}
    assert fixed
    assert left == EXPECTED[name] - fixed
