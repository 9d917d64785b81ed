"""Changes to JSON as it is written: the value is the new one, and what did not change keeps its spelling."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.n8n.check.json_source import decode, edited, items, same

ATOMS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
VALUES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcdé"), inner, max_size=4)
)
INDENTS = st.sampled_from([None, 1, 2, "\t"])
SEPARATORS = st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")])


@given(VALUES, VALUES, INDENTS, SEPARATORS, st.booleans())
def test_the_value_is_the_new_one_and_no_change_changes_nothing(
    before: Any, after: Any, indent: Any, separators: tuple[str, str], ascii_only: bool
) -> None:
    source = json.dumps(before, indent=indent, separators=separators, ensure_ascii=ascii_only)
    assert same(json.loads(edited(source, after)), after)
    assert edited(source, before) == source


@pytest.mark.parametrize(
    ("source", "after", "expected"),
    [
        ('{"a": 1.50, "b": "x"}', {"a": 1.5, "b": "y"}, '{"a": 1.50, "b": "y"}'),
        ('{"a":1e400,"b":1}', {"a": float("inf"), "b": 2}, '{"a":1e400,"b":2}'),
        ('{"a": 1, "a": 2, "b": 3}', {"a": 2, "b": 4}, '{"a": 1, "a": 2, "b": 4}'),
        ('{"a": 1, "a": 2}', {"a": 3}, '{"a": 1, "a": 3}'),
        ('{"a": 1, "a": 2, "b": 3}', {"b": 3}, '{"b": 3}'),
        (r'{"s": "caf\u00e9 \/x \ud83d"}', {"s": "café /y \ud83d"}, r'{"s": "caf\u00e9 \/y \ud83d"}'),
        (r'{"s": "\ud83d\ude00 a"}', {"s": "\U0001f600 b"}, r'{"s": "\ud83d\ude00 b"}'),
        ('{"s": "a"}', {"s": "a\ud83d"}, r'{"s": "a\ud83d"}'),
        ('{"a": 1}', {"a": True}, '{"a": true}'),
        ('{"a": 1}', {"a": 1, "b": [1, {"c": 2}]}, '{"a": 1, "b": [1, {"c": 2}]}'),
        ('{"a":1}', {"a": 1, "b": [1, 2]}, '{"a":1,"b":[1,2]}'),
        ('{\n  "a": {}\n}', {"a": {"b": 1}}, '{\n  "a": {\n    "b": 1\n  }\n}'),
        ('{\n  "a": [1,\n 2]\n}', {"a": []}, '{\n  "a": []\n}'),
        ('[{"n": 1}, {"n": 2.0}, {"n": 3}]', [{"n": 2.0}, {"n": 4}], '[{"n": 2.0}, {"n": 4}]'),
        ('[{"n":0.10},{"n":"x"}]', [{"n": "y"}, {"n": 0.1}, {"n": "x"}], '[{"n":"y"},{"n":0.10},{"n":"x"}]'),
        ("[1, 2, 3]", [2], "[2]"),
    ],
)
def test_only_what_changed_is_rewritten(source: str, after: Any, expected: str) -> None:
    assert edited(source, after) == expected


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), (0, False), ([1], [True]), ({"a": 1}, {"a": 1.0})])
def test_values_that_are_written_differently_are_not_the_same(one: Any, other: Any) -> None:
    assert not same(one, other)
    assert same(one, one)


def test_an_integer_longer_than_python_reads_is_left_alone() -> None:
    digits = "9" * 10_000
    assert edited(f'{{"a": {digits}, "b": 1}}', {**dict(decode(f'{{"a": {digits}}}')[0]), "b": 2}) == (
        f'{{"a": {digits}, "b": 2}}'
    )


def test_items_say_where_they_are() -> None:
    source = '{ "a" : [1, 22] , "b": 3}'
    first, second = items(source, 0)
    assert (source[first.start : first.end], source[first.value : first.end]) == ('"a" : [1, 22]', "[1, 22]")
    assert (second.name, second.between) == ("b", ": ")
    assert [source[each.start : each.end] for each in items(source, first.value)] == ["1", "22"]
