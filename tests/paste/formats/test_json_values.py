"""JSON in a text: where a value begins and ends."""

import pytest

from core.paste.formats.json_values import parse_first


@pytest.mark.parametrize("value", ["{}", '{"a": [1, 2]}', "[3]", '"text"'])
@pytest.mark.parametrize("after", ["", " and more", "}"])
def test_the_first_value_is_read_from_the_beginning_and_what_follows_is_left(value: str, after: str):
    text = value + after
    assert parse_first(text) == parse_first(text, 0)
    assert parse_first(text)[1] == len(value)
    assert parse_first("x" + text, 1) == (parse_first(text)[0], 1 + len(value))
