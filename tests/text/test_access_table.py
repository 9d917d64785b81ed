"""The model access table: what is shown of a notebook's results."""

import csv
import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest

from core.storage.access_results import AccessOutcome, AccessResult, CallPath, changes, matrix
from core.text import access_table
from core.text.access_table import Filters

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)  # a Monday
BERLIN = ZoneInfo("Europe/Berlin")
KEY_A, KEY_B = "a" * 32, "b" * 32


def result(number, *, days_ago=0.0, outcome=AccessOutcome.OK, cause=None, **more):
    facts = {
        "key_label": "team key",
        "key_fingerprint": KEY_A,
        "environment": "production",
        "model": "claude-sonnet-5",
        "path": CallPath.DIRECT,
        "host": "api.anthropic.com",
        "latency_ms": 640 if outcome is AccessOutcome.OK else None,
    }
    moment = NOW - dt.timedelta(days=days_ago)
    return AccessResult(id=number, outcome=outcome, cause=cause, tested_at=moment, **(facts | more))


LOST = (
    result(1, days_ago=10),
    result(2, days_ago=4),
    result(3, days_ago=3, outcome=AccessOutcome.FAILED, cause="credit_exhausted", status=400),
    result(4, outcome=AccessOutcome.FAILED, cause="credit_exhausted", status=400),
)


def test_the_matrix_shows_the_latest_state_in_words_and_colours():
    said, colours = access_table.matrix_frame(matrix([*LOST, result(5, model="claude-haiku-4-5")]))
    assert list(said.columns) == ["team key #aaaaaa"]
    assert said.loc["claude-sonnet-5"].item() == "✗ fails: money"
    assert said.loc["claude-haiku-4-5"].item() == "✓ answers"
    assert colours.loc["claude-sonnet-5"].item() != colours.loc["claude-haiku-4-5"].item()


def test_a_model_that_a_key_never_met_is_called_untested():
    said, _ = access_table.matrix_frame(matrix([LOST[0], result(9, model="other", key_fingerprint=KEY_B)]))
    assert said.loc["other", "team key #aaaaaa"] == access_table.NEVER
    assert said.loc["other", "team key #bbbbbb"] == "✓ answers"


def test_environments_and_paths_are_named_where_they_differ():
    more = result(9, environment="staging", path=CallPath.GATEWAY, host="gateway.example.com")
    said, _ = access_table.matrix_frame(matrix([LOST[0], more]))
    assert set(said.columns) == {
        "team key #aaaaaa, production, direct",
        "team key #aaaaaa, staging, through gateway.example.com",
    }


def test_keys_alike_in_label_and_digits_still_get_a_column_each():
    twin = result(9, key_fingerprint="a" * 31 + "0")
    said, _ = access_table.matrix_frame(matrix([LOST[0], twin]))
    assert len(set(said.columns)) == 2


def test_a_loss_says_what_between_which_days_and_why():
    (change,) = changes(LOST)
    assert access_table.change_words(change, NOW, BERLIN) == (
        "team key #aaaaaa (production) lost claude-sonnet-5 between Thursday and Friday. "
        "The Anthropic account has run out of credit."
    )


def test_change_words_show_what_came_back_and_what_fails_for_another_reason():
    (back,) = changes([*LOST, result(5)])  # at the same moment as the failure before it
    assert access_table.change_words(back, NOW, BERLIN).endswith("got claude-sonnet-5 back today at 13:00.")
    (other,) = changes([*LOST, result(5, outcome=AccessOutcome.FAILED, cause="rate_limited")])
    assert "for another reason" in access_table.change_words(other, NOW, BERLIN)


def test_a_day_long_ago_has_its_date():
    old = (result(1, days_ago=40), result(2, days_ago=30, outcome=AccessOutcome.FAILED, cause="rate_limited"))
    (change,) = changes(old)
    assert "between 14 October 2026 and 24 October 2026" in access_table.change_words(change, NOW, BERLIN)


def test_the_history_is_newest_first_and_in_the_readers_zone():
    frame = access_table.history_frame(LOST, BERLIN)
    assert list(frame.index) == [4, 3, 2, 1]
    assert frame[access_table.WHEN].iloc[0].isoformat() == "2026-11-23T13:00:00+01:00"
    assert frame[access_table.CAUSE].iloc[0] == "The Anthropic account has run out of credit"
    assert access_table.history_frame((), BERLIN).empty


def test_a_cause_of_another_release_stays_as_it_is():
    assert (
        access_table.cause_title(result(1, outcome=AccessOutcome.FAILED, cause="invented_tomorrow"))
        == "invented_tomorrow"
    )
    assert access_table.cell_words(result(1, outcome=AccessOutcome.FAILED, cause="invented_tomorrow")) == "✗ fails"


def test_filters_let_through_what_fits_every_choice():
    rows = [*LOST, result(5, model="claude-haiku-4-5", environment="staging")]
    assert [each.id for each in rows if Filters(models=("claude-haiku-4-5",)).let_through(each)] == [5]
    assert [each.id for each in rows if Filters(outcomes=("fails",)).let_through(each)] == [3, 4]
    assert not [each for each in rows if Filters(outcomes=("fails",), environments=("staging",)).let_through(each)]
    assert len([each for each in rows if Filters().let_through(each)]) == 5


def test_the_chart_leaves_out_what_was_not_tried():
    rows = [*LOST, result(5, outcome=AccessOutcome.NOT_TRIED)]
    assert list(access_table.chart_frame(rows, BERLIN)[access_table.RESULT]) == ["answers", "answers", "fails", "fails"]
    assert access_table.chart_words(rows) == "4 results: 2 answered, 2 failed. The answers took 640 to 640 ms."


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_the_csv_holds_every_fact():
    (newest, *_) = rows_of(access_table.to_csv(LOST))
    assert newest == {
        "tested_at": "2026-11-23T12:00:00+00:00",
        "key": "team key",
        "fingerprint": "#aaaaaa",
        "environment": "production",
        "model": "claude-sonnet-5",
        "path": "direct",
        "host": "api.anthropic.com",
        "outcome": "failed",
        "cause": "credit_exhausted",
        "status": "400",
        "latency_ms": "",
        "request_id": "",
    }
    assert access_table.to_csv(LOST).count(b"\r\n") == 5
    assert rows_of(access_table.to_csv(())) == []


@pytest.mark.parametrize(
    "label", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "＠x", '=HYPERLINK("https://x","y")']
)
def test_no_cell_of_the_csv_is_a_formula(label):
    (row,) = rows_of(
        access_table.to_csv([result(1, key_label=label, environment=label, model=label, request_id=label)])
    )
    for name in ("key", "environment", "model", "request_id"):
        assert row[name] == f"'{label}"


def test_plain_labels_stay_as_they_are_in_the_csv():
    (row,) = rows_of(access_table.to_csv([result(1, key_label='my "best" key, really', request_id="req_011C")]))
    assert (row["key"], row["request_id"]) == ('my "best" key, really', "req_011C")
