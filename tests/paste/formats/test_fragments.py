"""Values that stand inside a text, and where they end."""

import pytest

from core.paste.formats.fragments import fragments_in


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("a ", '{"type": "x", "y": [1]}', " b {"),
        ("a ", "{'type': 'x', 'y': [1]}", " b }"),
        ("a ", "{'type': 'it has } and ]', 'y': {'z': 1}}", " b"),
        ("", '[{"type": "x"}]', ""),
    ],
)
def test_a_value_ends_where_its_bracket_closes(before: str, value: str, after: str):
    (found,) = fragments_in(before + value + after)
    assert (before + value + after)[found.start : found.end] == value


def test_values_follow_each_other():
    text = '{"type": "x"} then {\'type\': \'y\'} then {"type": "z"}'
    assert [found.value["type"] for found in fragments_in(text)] == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("value", "found"), [('{"error": 4}', [{"error": 4}]), ('{"item": 40}', [{"item": 40}]), ('{"item": 4}', [])]
)
def test_a_value_of_twelve_characters_is_found_and_a_shorter_one_is_not(value: str, found: list[object]):
    assert [fragment.value for fragment in fragments_in(f"it is {value} there")] == found
