"""Any JSON value in any place of a node or a workflow: "check my node" answers, and its copy can be checked again."""

import copy
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.n8n.check import NotANodeError, check_nodes
from tests.n8n.check.test_rules import BAD, CLEAN, http

TODAY: Final = dt.date(2026, 11, 23)
MANY: Final = settings(suppress_health_check=list(HealthCheck))
QUOTED: Final = (
    '={"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{"role": "user", "content": "{{ $json.p }}"}]}'
)
FLOWS: Final = [
    {
        "nodes": [node, {"type": "n8n-nodes-base.set", "name": "Next", "parameters": {"a": "error"}}],
        "connections": {"Ask": {"main": [[{"node": "Next", "type": "main", "index": 0}], []]}},
    }
    for node in [*(node for _, node in BAD), *CLEAN]
]
TELLING: Final = st.sampled_from(
    [
        "Ask",
        "Next",
        "={{ $json.x }}",
        QUOTED,
        "claude-sonnet-5",
        "json",
        "raw",
        "https://[",
        "continueErrorOutput",
        "{{",
    ]
)
HUGE: Final = st.sampled_from([10**399, -(10**399), float("nan"), float("inf"), 1e308, -0.0])
ATOMS: Final = st.none() | st.booleans() | st.integers() | st.floats() | HUGE | st.text(max_size=20) | TELLING
VALUES: Final = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | TELLING, inner, max_size=3)
)
Path = tuple[str | int, ...]


def places(value: Any, at: Path = ()) -> Iterator[Path]:
    """Every place below a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield (*at, name)
        yield from places(one, (*at, name))


def put(flow: Any, path: Path, value: Any) -> Any:
    """A copy of the flow with another value in that place."""
    changed = copy.deepcopy(flow)
    holder = changed
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = value
    return changed


PLACES: Final = [(flow, path) for flow in FLOWS for path in places(flow)]


def check(flow: Any) -> None:
    """The check answers; what it calls fixed is not found in the copy again."""
    try:
        checked = check_nodes(json.dumps(flow), today=TODAY)
    except NotANodeError:
        return
    if checked.corrected is not None:
        left = {(each.node, each.says) for each in check_nodes(checked.corrected, today=TODAY).findings}
        assert not left & {(each.node, each.says) for each in checked.findings if each.fixed}


@MANY
@given(st.sampled_from(PLACES), VALUES)
def test_any_value_in_any_place_is_answered(place: tuple[Any, Path], value: Any) -> None:
    check(put(*place, value))


@MANY
@given(st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=2, max_size=4))
def test_several_odd_values_at_once_are_answered(changes: list[tuple[tuple[Any, Path], Any]]) -> None:
    flow = changes[0][0][0]
    for (_, path), value in changes:
        if path in set(places(flow)):
            flow = put(flow, path, value)
    check(flow)


@MANY
@given(
    st.sampled_from(["httpRequest", "httpRequestTool", "code"]), st.dictionaries(TELLING, VALUES, max_size=4), VALUES
)
def test_a_node_of_anything_is_answered(kind: str, parameters: dict[str, Any], value: Any) -> None:
    node = {"type": f"n8n-nodes-base.{kind}", "parameters": parameters | {"url": value}, "typeVersion": 4.2}
    check([node, {"type": "n8n-nodes-base.set", "parameters": {}, "name": value}])


@pytest.mark.parametrize("name", ["body", "bodyParametersJson"])
def test_a_quoted_template_is_fixed_where_it_stands(name: str) -> None:
    node = http(jsonBody=None, **{name: QUOTED})
    checked = check_nodes(json.dumps(node), today=TODAY)
    assert checked.corrected is not None
    assert "JSON.stringify([$json.p].join(''))" in json.loads(checked.corrected)["parameters"][name]


@pytest.mark.parametrize("name", [[1], {"a": 1}, 5, None])
def test_a_name_that_is_no_text_does_no_harm(name: Any) -> None:
    check({"nodes": [http() | {"onError": "continueRegularOutput"}, http() | {"name": name}], "connections": {}})


@pytest.mark.parametrize("version", [10**399, -(10**399), 100, -1, float("nan"), float("inf"), True, "4.2", [4]])
def test_a_version_that_n8n_cannot_have_counts_as_the_first(version: Any) -> None:
    checked = check_nodes(json.dumps(http(method="GET") | {"typeVersion": version}), today=TODAY)
    assert [each.says for each in checked.findings] == [
        "The node has the old typeVersion 1; newer ones say more when a call fails."
    ]


@pytest.mark.parametrize("number", [10**399, float("inf"), float("nan")])
def test_a_number_beyond_measure_does_no_harm(number: Any) -> None:
    chat = {"type": "@n8n/n8n-nodes-langchain.lmChatAnthropic", "typeVersion": 1.3, "name": "Chat"}
    parameters = {"model": {"value": "claude-haiku-4-5"}, "options": {"maxTokensToSample": number}}
    check([chat | {"parameters": parameters}])


@pytest.mark.parametrize("depth", [50, 300, 900, 2_000, 20_000])
def test_deep_nesting_is_answered(depth: int) -> None:
    node = json.dumps(http(method="GET") | {"extra": "DEEP"}).replace('"DEEP"', "[" * depth + "]" * depth)
    try:
        assert check_nodes(node, today=TODAY).findings
    except NotANodeError:
        assert depth > 100
