"""CSV: no cell is a formula, numbers stay numbers, and a spreadsheet reads the letters."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.csv import defused, to_csv

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


BLANKS = (
    " \t\r\n\v\f\x00\x1b\x85\u00a0\u00ad\u1680\u2003\u200b\u200d\u200e\u2028\u202e\u2060\u2800\u3000\u3164\ufe0f\ufeff"
)
SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫−"


@given(st.text(BLANKS, max_size=4), st.sampled_from(SIGNS), st.text(max_size=5))
def test_a_formula_behind_anything_that_nobody_sees_is_written_as_text(before, sign, after):
    assert defused(before + sign + after) == f"'{before}{sign}{after}"


@given(st.text(" \u00a0\u200b\ufeff", max_size=3), st.sampled_from("\t\r\n"), st.text(max_size=5))
def test_a_cell_that_starts_with_a_tab_or_a_line_break_is_written_as_text(before, control, after):
    assert defused(before + control + after) == f"'{before}{control}{after}"


@given(st.text())
def test_a_text_gets_at_most_one_apostrophe_and_only_before_it(text):
    safe = defused(text)
    assert safe in (text, f"'{text}")
    assert defused(safe) == safe
    assert not safe.lstrip(BLANKS).startswith(tuple(SIGNS))


@pytest.mark.parametrize(
    "text", ["", "  ", "team key", 'my "best" key', "a=b", "#1", "'quoted", "\u200bteam", "é", "50 %"]
)
def test_plain_text_stays_as_it_is(text):
    assert defused(text) == text
