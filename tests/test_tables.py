"""CSV: no cell is a formula, numbers stay numbers, and a spreadsheet reads the letters."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tables import defused, to_csv

FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "  =HYPERLINK(1)"]


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_written_as_text(text):
    assert cells(to_csv(pd.DataFrame({"note": [text]})))[1] == [f"'{text}"]


def test_a_line_break_in_a_cell_starts_no_new_cell():
    assert cells(to_csv(pd.DataFrame({"note": ["a\r=1", "b\n=1"]})))[1:] == [["a\r=1"], ["b\n=1"]]


def test_a_formula_in_a_heading_is_written_as_text():
    assert cells(to_csv(pd.DataFrame({"=1+1": ["x"]})))[0] == ["'=1+1"]


def test_numbers_and_missing_values_stay_what_they_are():
    frame = pd.DataFrame({"tokens": pd.array([-5, None], dtype="Int64"), "id": ["a", None]})
    assert cells(to_csv(frame)) == [["tokens", "id"], ["-5", "a"], ["", ""]]


def test_the_frame_itself_is_left_as_it_was():
    frame = pd.DataFrame({"note": ["=1"]})
    to_csv(frame)
    assert list(frame["note"]) == ["=1"]


@given(st.text())
def test_no_text_starts_as_a_formula(text):
    assert not defused(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert defused(text).endswith(text)
