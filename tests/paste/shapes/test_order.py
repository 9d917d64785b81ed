"""The tables of shapes: every shape has a row with an example, and no row takes what belongs to one below it."""

import itertools
import json

import pytest

from core.paste import Shape, read
from core.paste.documents import DOCUMENTS, VALUES, read_json
from core.paste.formats.structs import Document
from core.paste.reader import TEXTS, PastedText
from core.paste.shapes import WITHOUT_READER, ShapeReader
from core.paste.shapes.words import KINDS, shape_of_words

NAMED = {DOCUMENTS: "document", VALUES: "value", TEXTS: "text", KINDS: "words"}
ROWS = [
    pytest.param(table, place, id=f"{NAMED[table]}-{place}-{row.shape}")
    for table in NAMED
    for place, row in enumerate(table)
]


def takes(row: object, example: str) -> bool:
    """Whether a row of any table takes an example."""
    if not isinstance(row, ShapeReader):
        return row.is_it(example)
    if row in DOCUMENTS:
        return row.read(Document(example.encode())) is not None
    return row.read(PastedText(example) if row in TEXTS else json.loads(example)) is not None


def test_every_shape_has_a_row_or_a_reason_for_none():
    read_by_rows = {row.shape for table in NAMED for row in table}
    assert read_by_rows | set(WITHOUT_READER) == set(Shape)
    assert not read_by_rows & set(WITHOUT_READER)
    assert all(WITHOUT_READER.values())


@pytest.mark.parametrize(("table", "place"), ROWS)
def test_the_first_row_that_takes_an_example_is_its_own(table, place):
    example = table[place].example
    assert next(number for number, row in enumerate(table) if takes(row, example)) == place


@pytest.mark.parametrize(("table", "place"), ROWS)
def test_a_row_names_the_later_rows_that_would_take_its_example(table, place):
    row = table[place]
    later = [other for other in table[place + 1 :] if other.shape is not row.shape and other is not TEXTS[-1]]
    assert {other.shape for other in later if takes(other, row.example)} == set(row.before)


@pytest.mark.parametrize(("table", "place"), ROWS)
def test_an_example_pasted_by_itself_has_the_shape_of_its_row(table, place):
    assert read(table[place].example).shape is table[place].shape


@pytest.mark.parametrize("row", VALUES, ids=lambda row: row.shape.value)
def test_a_small_value_is_left_over_by_the_rows_that_look_at_outer_fields(row):
    assert not any(takes(other, row.example) for other in DOCUMENTS)
    assert read_json(row.example.encode()).shape is row.shape


@pytest.mark.parametrize("table", NAMED, ids=NAMED.values())
def test_rows_whose_order_matters_cannot_change_places(table):
    """A misordered table gives an example to the wrong row."""
    for one, two in itertools.combinations(range(len(table)), 2):
        if table[two].shape in table[one].before and takes(table[two], table[one].example):
            changed = [*table]
            changed[one], changed[two] = changed[two], changed[one]
            first = next(row for row in changed if takes(row, table[one].example))
            assert first is not table[one]


def test_words_without_any_sign_are_text():
    assert shape_of_words("it does not work") is Shape.TEXT
    assert TEXTS[-1].shape is Shape.TEXT


def test_the_texts_last_row_takes_everything():
    assert all(takes(TEXTS[-1], row.example) for table in NAMED for row in table)
