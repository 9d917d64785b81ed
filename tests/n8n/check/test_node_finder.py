"""Reading a paste: whole JSON in any surroundings is read, damaged JSON is called so and never read in part."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.n8n.check import DamagedJsonError, NotANodeError, check_nodes
from core.n8n.check.node_finder import read
from core.sizes import MAX_NODE_CHARS
from tests.n8n.check.test_rules import chat, http
from tests.paths import DATA

DATA = DATA / "check_node"


def named(name: str) -> dict[str, Any]:
    return http() | {"name": name}


SET = {
    "parameters": {"values": {"string": [{"name": "a", "value": '{"type": "x, [y]: z"}'}]}},
    "type": "n8n-nodes-base.set",
}
NODES = [named("a"), SET | {"name": "s"}, chat({"value": "claude-sonnet-5"}) | {"name": "c"}]
LINKS = {"a": {"main": [[{"node": "s", "type": "main", "index": 0}]]}}
FLOWS: list[tuple[int, Any]] = [
    (
        3,
        {"name": "t", "nodes": NODES, "connections": LINKS, "pinData": {}, "meta": {"instanceId": "x", "n": [1, None]}},
    ),
    (1, {"nodes": [named("a")], "connections": {}}),
    (3, NODES),
    (1, named("a")),
    (3, [{"name": "w", "nodes": NODES, "connections": LINKS}]),
    (3, {"data": {"id": 1, "nodes": NODES, "connections": LINKS}}),
]
WRITTEN = [(count, json.dumps(flow, indent=indent)) for count, flow in FLOWS for indent in (None, 2)]
AROUND = ["%s", "Here it is:\n```json\n%s\n```\nThanks [a] {b}"]


def structural(text: str) -> Iterator[int]:
    """Where the characters are that give JSON its structure, the quotes of strings included."""
    inside = escaped = False
    for at, char in enumerate(text):
        if escaped:
            escaped = False
        elif inside and char == "\\":
            escaped = True
        elif char == '"':
            inside = not inside
            yield at
        elif not inside and char in "{}[],:":
            yield at


PLACES = [(text, at) for _, text in WRITTEN for at in structural(text)]


@settings(max_examples=3 * settings.default.max_examples)
@given(st.sampled_from(PLACES), st.booleans(), st.sampled_from(AROUND))
def test_one_structural_character_less_or_more_is_damage(place: tuple[str, int], doubled: bool, around: str) -> None:
    text, at = place
    broken = text[:at] + (text[at] * 2 if doubled else "") + text[at + 1 :]
    with pytest.raises(DamagedJsonError, match=r"damaged at line \d+, column \d+: .+\. Copy it from n8n again"):
        read(around.replace("%s", broken))


@given(st.sampled_from([text for _, text in WRITTEN]), st.floats(0.05, 0.95), st.booleans())
def test_a_text_cut_anywhere_is_never_read_in_part(text: str, share: float, end: bool) -> None:
    at = int(len(text) * share)
    with pytest.raises(NotANodeError):
        read(text[:at] if end else text[at:])


@pytest.mark.parametrize(("count", "text"), WRITTEN)
@pytest.mark.parametrize(
    "around",
    [
        "%s",
        "My node: %s",
        "%s thanks",
        "Look at [this]: {a}\n%s\n(ok) :-} ]",
        'I see "error": %s',
        "```json\n%s\n```",
        'The answer was {"message": "x", "code": 5} and\n%s',
        'Error: {"message": "x...\n\n%s',
        "code: {{ $json.x }}\n%s\n",
        "“%s”",
        "'%s'",
        "const x = %s;",
        "\ufeff%s\r\n",
    ],
)
def test_whole_json_is_read_whatever_is_around_it(count: int, text: str, around: str) -> None:
    pasted = read(around.replace("%s", text))
    assert (len(pasted.nodes), pasted.text) == (count, text)
    assert [json.loads(pasted.text[start:end]) for start, end in pasted.spans] == pasted.nodes


@pytest.mark.parametrize("between", ["\n\n", ", ", "\n```\nand the other\n```\n"])
def test_several_values_become_one(between: str) -> None:
    one, two = json.dumps(named("a")), json.dumps({"nodes": [named("b")], "connections": LINKS}, indent=1)
    pasted = read(one + between + two)
    assert pasted.text == f"[{one},\n{two}]"
    three = json.dumps(named("c"), indent=1)
    alone = read(one + between + three)
    assert alone.text == f'{{"nodes": [{one},\n{three}], "connections": {{}}}}'
    assert [node["name"] for node in alone.nodes] == ["a", "c"]
    assert [node["name"] for node in pasted.nodes] == ["a", "b"]
    assert pasted.connections == LINKS


@pytest.mark.parametrize(
    ("change", "line", "column", "reason"),
    [
        (("}\n  {", "}\n  {"), 6, 3, "a comma or a closing bracket is missing before this"),
        (('"name": "t",', '"name" "t",'), 2, 9, "a colon is missing before this"),
        (('"name": "t",', '"name": "t,'), 2, 13, "a line break or tab is inside a text here"),
        (('"connections": {}\n}', '"connections": {}\n'), 10, 1, "it ends here, before its last bracket is closed"),
        (('"name": "t",', '"name": "t\\x",'), 2, 12, "a backslash is wrong here"),
        (('{\n "name"', ' "name"'), 1, 2, "an opening bracket is missing before this"),
    ],
)
def test_the_error_has_the_position_and_reason(change: tuple[str, str], line: int, column: int, reason: str) -> None:
    text = (DATA / "C2_damaged.json").read_text()
    text = text if change[0] == change[1] else text.replace("}}\n  {", "}},\n  {").replace(*change)
    with pytest.raises(DamagedJsonError) as caught:
        check_nodes(text)
    assert (caught.value.line, caught.value.column, caught.value.reason) == (line, column, reason)


def test_the_damaged_line_is_shown_without_its_secrets(fake_key: Any) -> None:
    key = fake_key()
    text = json.dumps({"nodes": [named("a") | {"notes": key, "x": 1}]}, indent=1).replace('"x": 1', '"x" 1')
    with pytest.raises(DamagedJsonError) as caught:
        check_nodes(text)
    assert '"x" 1' in caught.value.excerpt
    one_line = " ".join(text.split())
    with pytest.raises(DamagedJsonError) as caught:
        check_nodes(one_line)
    assert key[14:30] not in caught.value.excerpt + str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "hello", "{}", "[1, 2]", '{"nodes": "no"}', '{"a": 1', "{" * 5000, "[" * 5000, "{ }}"]
)
def test_what_is_not_from_n8n_is_not_called_damaged(text: str) -> None:
    with pytest.raises(NotANodeError, match="no n8n node"):
        read(text)


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(NotANodeError, match="longer than"):
        read(" " * (MAX_NODE_CHARS + 1))


def test_half_of_a_character_beside_the_json_does_no_harm() -> None:
    assert len(read(f"x \ud83d {json.dumps(named('a'))}").nodes) == 1
