"""Any combination of choices: either refused in a sentence, or JSON that n8n's own checks take and that is clean."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.n8n.check import check_nodes
from core.n8n.choices import NodeChoices, problems
from core.n8n.generate import OutputKind, WorkflowForm, document
from core.n8n.nodes import json_body
from tests.n8n import install
from tests.n8n.strategies import CHOICES

NODE_SCHEMA: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "type", "typeVersion", "position", "parameters"],
    "properties": {
        **{name: {"type": "string"} for name in ("id", "name", "type", "onError")},
        **{name: {"type": "number"} for name in ("typeVersion", "maxTries", "waitBetweenTries")},
        "retryOnFail": {"type": "boolean"},
        "position": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "parameters": {"type": "object"},
        "credentials": {"type": "object"},
    },
}
"""What we use of the schema `node` of n8n 2.41.1's public API (openapi.yml), with the fields that we always write."""

WORKFLOW_SCHEMA: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "nodes", "connections", "settings"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 128},
        "nodes": {"type": "array", "items": NODE_SCHEMA},
        "connections": {"type": "object"},
        "settings": {
            "type": "object",
            "properties": {"executionOrder": {"const": "v1"}},
            "additionalProperties": False,
        },
    },
}

KINDS: Final = st.sampled_from([kind for kind in OutputKind if kind is not OutputKind.CURL])
MANY: Final = settings(max_examples=settings.default.max_examples // 2, suppress_health_check=list(HealthCheck))


def _made(choices: NodeChoices, kind: OutputKind, form: WorkflowForm | None = None) -> dict[str, Any]:
    assume(not problems(choices))
    return document(kind, choices, form)


@MANY
@given(CHOICES)
def test_problems_are_sentences_about_a_field(choices: NodeChoices) -> None:
    for problem in problems(choices):
        assert problem.field in NodeChoices.__struct_fields__
        assert problem.reason.endswith((".", ")"))


@MANY
@given(CHOICES, KINDS)
def test_what_can_be_chosen_is_clean_for_the_checker(choices: NodeChoices, kind: OutputKind) -> None:
    made = _made(choices, kind)
    checked = check_nodes(json.dumps(made))
    shown = {finding.rule.value for finding in checked.findings}
    assert shown <= {"model_retiring", "model_unknown"}, checked.findings  # cautions of the choices say these
    assert checked.hidden == ()


@MANY
@given(CHOICES, KINDS)
def test_public_api_schema_takes_it(choices: NodeChoices, kind: OutputKind) -> None:
    assume(kind is not OutputKind.CLIPBOARD)
    made = _made(choices, kind, WorkflowForm.PUBLIC_API)
    jsonschema.validate(made, WORKFLOW_SCHEMA)
    names = [node["name"] for node in made["nodes"]]
    assert len(set(names)) == len(names)
    assert len({node["id"] for node in made["nodes"]}) == len(names)
    targets = [
        link["node"] for outputs in made["connections"].values() for output in outputs["main"] for link in output
    ]
    assert set(targets) | set(made["connections"]) <= set(names)


@MANY
@given(CHOICES)
def test_no_two_braces_meet_inside_the_expression_of_the_body(choices: NodeChoices) -> None:
    """n8n takes them for its own wherever they are."""
    assume(not problems(choices))
    inside = json_body(choices).removeprefix("={{").removesuffix("}}")
    assert "{{" not in inside
    assert "}}" not in inside


Judge = Callable[[dict[str, Any], str], list[str]]


@pytest.fixture(scope="module")
def judge(installed: Path) -> Iterator[Judge]:
    """Asks n8n's own code what it makes of a node, under the descriptions of an n8n-nodes-base version."""
    script = Path(__file__).with_name("judge.cjs")
    process = subprocess.Popen(
        [str(install.node()), str(script), str(installed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def ask(node: dict[str, Any], version: str) -> list[str]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"node": node, "descriptions": str(install.descriptions(version))}) + "\n")
        process.stdin.flush()
        issues: list[str] = json.loads(process.stdout.readline())["issues"]
        return issues

    yield ask
    process.kill()
    process.communicate()


FITTING: Final = {None: (1, 50), "1.20": (1, 20), "1.45.1": (1, 20)}


@pytest.mark.n8n
@MANY
@given(CHOICES, KINDS)
def test_n8ns_own_code_keeps_every_parameter(judge: Judge, choices: NodeChoices, kind: OutputKind) -> None:
    made = _made(choices, kind)
    oldest = FITTING.get(choices.n8n_version, (1, 50))
    for version in (*install.OLDER_NODES, install.VERSION):
        if tuple(int(part) for part in version.split(".")[:2]) >= oldest:
            for node in made["nodes"]:
                assert judge(node, version) == [], (version, node)


@pytest.mark.n8n
def test_the_judge_finds_faults(judge: Judge) -> None:
    node = document(OutputKind.CLIPBOARD, NodeChoices())["nodes"][0]
    assert judge(node | {"typeVersion": 9.9}, install.VERSION)
    assert judge(node, "1.20.0")  # typeVersion 4.2 is not known there
    unknown = node | {"parameters": node["parameters"] | {"unknownField": 1}}
    assert judge(unknown, install.VERSION)
    empty = node | {"parameters": node["parameters"] | {"url": ""}}
    assert judge(empty, install.VERSION)
