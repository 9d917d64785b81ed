"""What the rows of a notebook say together: the matrix, a cell's history, and what changed."""

import datetime as dt

from core.storage.access_results import AccessOutcome, AccessResult, CallPath, ChangeKind, changes, history, matrix
from tests.storage.samples import NOW

HOUR = dt.timedelta(hours=1)


def result(number: int, hours: int = 0, outcome: AccessOutcome = AccessOutcome.OK, **changed) -> AccessResult:
    facts = {
        "key_label": "A",
        "key_fingerprint": "aa" * 16,
        "environment": "production",
        "model": "claude-sonnet-5",
        "path": CallPath.DIRECT,
        "host": "api.anthropic.com",
    }
    return AccessResult(id=number, outcome=outcome, tested_at=NOW + hours * HOUR, **(facts | changed))


def test_the_matrix_shows_the_latest_state_whatever_the_order_of_rows():
    rows = [result(2, 5, AccessOutcome.FAILED), result(1, 1), result(3, 3, model="claude-opus-5")]
    found = matrix(rows)
    assert found.models == ("claude-opus-5", "claude-sonnet-5")
    (row,) = found.rows
    assert [cell.outcome for cell in row.cells] == [AccessOutcome.OK, AccessOutcome.FAILED]


def test_keys_environments_and_paths_have_rows_of_their_own():
    rows = [
        result(1),
        result(2, key_fingerprint="bb" * 16, key_label="B"),
        result(3, environment="staging"),
        result(4, path=CallPath.GATEWAY, host="gateway.internal:4000", model="claude-opus-5"),
    ]
    found = matrix(rows)
    assert [(row.key_label, row.environment, row.path) for row in found.rows] == [
        ("A", "production", CallPath.DIRECT),
        ("A", "production", CallPath.GATEWAY),
        ("A", "staging", CallPath.DIRECT),
        ("B", "production", CallPath.DIRECT),
    ]
    assert found.rows[0].cells[0] is None


def test_rows_are_in_the_order_of_label_key_environment_path_and_host():
    rows = [
        result(1, key_label="B", key_fingerprint="aa" * 16),
        result(2, key_label="A", key_fingerprint="cc" * 16, host="b.example"),
        result(3, key_label="A", key_fingerprint="cc" * 16, host="a.example"),
        result(4, key_label="A", key_fingerprint="cc" * 16, path=CallPath.GATEWAY, host="0.example"),
        result(5, key_label="A", key_fingerprint="bb" * 16, environment="z"),
        result(6, key_label="A", key_fingerprint="bb" * 16, environment="a"),
    ]
    found = matrix(rows)
    assert [row.cells[0].id for row in found.rows] == [6, 5, 3, 2, 4, 1]
    assert [(row.key_fingerprint[:2], row.host) for row in found.rows][:2] == [("bb", "api.anthropic.com")] * 2


def test_a_renamed_key_is_one_row_under_its_newest_name():
    found = matrix([result(1, 1, key_label="new", model="claude-opus-5"), result(2, 0, key_label="old")])
    assert [row.key_label for row in found.rows] == ["new"]


def test_of_the_same_moment_the_row_kept_later_counts():
    assert matrix([result(2, 0, AccessOutcome.FAILED), result(1)]).rows[0].cells[0].id == 2


def test_the_history_of_a_cell_is_its_own_oldest_first():
    rows = [result(2, 5), result(1, 1), result(3, model="claude-opus-5")]
    assert [each.id for each in history(rows, rows[0].cell)] == [1, 2]


def test_lost_access_is_dated_by_the_first_failure():
    rows = [
        result(1),
        result(2, 1, AccessOutcome.FAILED, cause="invalid_key"),
        result(3, 2, AccessOutcome.FAILED, cause="invalid_key"),
    ]
    (change,) = changes(rows)
    assert (change.kind, change.before.id, change.after.id, change.latest.id) == (ChangeKind.LOST, 1, 2, 3)


def test_regained_access_and_another_cause_are_told_apart():
    regained = [result(1, 0, AccessOutcome.FAILED, cause="rate_limited"), result(2, 1)]
    other = [
        result(1, 0, AccessOutcome.FAILED, cause="rate_limited"),
        result(2, 1, AccessOutcome.FAILED, cause="invalid_key"),
    ]
    assert [change.kind for change in changes(regained)] == [ChangeKind.REGAINED]
    assert [change.kind for change in changes(other)] == [ChangeKind.OTHER_CAUSE]


def test_a_change_is_from_the_last_other_state_and_every_cell_has_its_own():
    rows = [
        result(1),
        result(2, 1, AccessOutcome.FAILED, cause="rate_limited"),
        result(3, 2, AccessOutcome.FAILED, cause="invalid_key"),
        result(4, 3, AccessOutcome.NOT_TRIED),
        result(5, 4, AccessOutcome.FAILED, cause="invalid_key"),
        result(6, model="claude-opus-5"),
        result(7, 5, AccessOutcome.FAILED, model="claude-opus-5"),
    ]
    assert [(each.kind, each.before.id, each.after.id, each.latest.id) for each in changes(rows)] == [
        (ChangeKind.LOST, 6, 7, 7),
        (ChangeKind.OTHER_CAUSE, 2, 3, 5),
    ]


def test_a_cause_beside_an_answer_is_no_other_state():
    assert changes([result(1, cause="overloaded"), result(2, 1)]) == ()


def test_what_stayed_or_was_not_tried_did_not_change():
    assert changes([result(1), result(2, 1)]) == ()
    assert changes([result(1), result(2, 1, AccessOutcome.NOT_TRIED)]) == ()
    assert changes([]) == ()


def test_only_changes_since_the_last_look():
    rows = [result(1), result(2, 1, AccessOutcome.FAILED)]
    assert changes(rows, since=NOW + HOUR) == ()
    assert len(changes(rows, since=NOW)) == 1
