"""Every entry of vendors.toml hides its example, wherever it is, and leaves its near miss."""

import datetime
import random

import pytest

from core.redaction import redact
from core.redaction.secret_kinds import mask
from core.redaction.vendors import VendorShape, shapes
from tests.redaction.secrets import fill, secret_part, survives

SHAPES = pytest.mark.parametrize("shape", shapes(), ids=lambda shape: shape.name)


@SHAPES
def test_example_is_hidden(shape: VendorShape) -> None:
    generator = random.Random(shape.name)
    for sentence in ("I used {} and it fails", '{{"a": "{}"}}', "it is\\n{}\\nend"):
        example = fill(shape.example, generator)
        text = redact(sentence.format(example)).text
        assert not survives(secret_part(shape, example)[-12:], text), text


@SHAPES
def test_example_is_counted_once_and_stays_as_it_was_hidden(shape: VendorShape) -> None:
    result = redact(f"I used {fill(shape.example, random.Random(shape.name))} and it fails")
    assert all(result.text.count(mask(hidden.kind, hidden.fingerprint)) == hidden.count for hidden in result.hidden)
    assert redact(result.text).text == result.text


@SHAPES
@pytest.mark.parametrize("before", ["it is\\n", "it was\\n"])
def test_the_escaped_line_break_before_an_example_stays(shape: VendorShape, before: str) -> None:
    assert redact(before + fill(shape.example, random.Random(shape.name))).text.startswith(before)


@SHAPES
def test_near_miss_stays(shape: VendorShape) -> None:
    text = f"it says {shape.near_miss} here"
    assert redact(text).text == text


def test_each_entry_has_a_name_of_its_own_a_source_and_a_day() -> None:
    names = [shape.name for shape in shapes()]
    assert len(set(names)) == len(names)
    assert all(shape.source.startswith("https://") for shape in shapes())
    assert all(datetime.date(2026, 1, 1) <= shape.written for shape in shapes())
