"""Notebooks: rows are only added, read back as they were, and gone when they are deleted."""

import datetime as dt

import pytest

from core.storage import NotFound, Refused, Stores
from core.storage.access_results import AccessOutcome
from core.storage.deployment_secret import shown
from core.storage.notebooks import MOST_RESULTS
from tests.storage.samples import DAY, NOW, access_facts

HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


def test_results_come_back_as_they_were_kept(kept: Stores):
    link = kept.notebooks.create(NOW)
    added = kept.notebooks.add(link, [access_facts(), access_facts(outcome=AccessOutcome.FAILED, status=429)], NOW)
    notebook = kept.notebooks.open(link, NOW)
    assert notebook.results == added
    assert [(each.outcome, each.status) for each in notebook.results] == [
        (AccessOutcome.OK, 200),
        (AccessOutcome.FAILED, 429),
    ]
    assert (notebook.created_at, notebook.kept_until) == (NOW, NOW + 180 * DAY)


def test_times_of_any_zone_come_back_as_the_same_moment(kept: Stores):
    link = kept.notebooks.create(NOW)
    berlin = NOW.astimezone(dt.timezone(dt.timedelta(hours=1)))
    kept.notebooks.add(link, [access_facts(tested_at=berlin)], berlin)
    (result,) = kept.notebooks.open(link, NOW).results
    assert result.tested_at == NOW
    assert result.tested_at.tzinfo is dt.UTC


def test_a_time_without_a_zone_is_refused(kept: Stores):
    link = kept.notebooks.create(NOW)
    with pytest.raises(ValueError, match="without a zone"):
        kept.notebooks.add(link, [access_facts(tested_at=NOW.replace(tzinfo=None))], NOW)


def test_another_notebook_is_out_of_reach(kept: Stores):
    mine, other = kept.notebooks.create(NOW), kept.notebooks.create(NOW)
    (theirs,) = kept.notebooks.add(other, [access_facts()], NOW)
    assert kept.notebooks.delete_results(mine, [theirs.id], NOW) == 0
    assert kept.notebooks.open(mine, NOW).results == ()
    assert len(kept.notebooks.open(other, NOW).results) == 1


def test_chosen_rows_or_all_can_be_deleted(kept: Stores):
    link = kept.notebooks.create(NOW)
    first, second = kept.notebooks.add(link, [access_facts(), access_facts(model="claude-opus-5")], NOW)
    assert kept.notebooks.delete_results(link, [first.id], NOW) == 1
    assert kept.notebooks.open(link, NOW).results == (second,)
    kept.notebooks.delete(link, NOW)
    with pytest.raises(NotFound):
        kept.notebooks.open(link, NOW)


def test_a_case_keeps_its_copy_when_the_notebook_is_deleted(kept: Stores):
    link, links = kept.notebooks.create(NOW), kept.cases.create("Ticket", NOW)
    (row,) = kept.notebooks.add(link, [access_facts()], NOW)
    kept.contributions.add_results(links.contribute, [row], NOW)
    kept.notebooks.delete(link, NOW)
    (copy,) = kept.cases.look(links.view, NOW).results
    assert (copy.cell, copy.tested_at, copy.request_id) == (row.cell, row.tested_at, row.request_id)


def test_use_keeps_a_notebook_alive(kept: Stores):
    link, idle = kept.notebooks.create(NOW), kept.notebooks.create(NOW)
    assert kept.notebooks.open(link, NOW + 100 * DAY).kept_until == NOW + 280 * DAY
    assert kept.notebooks.open(link, NOW + 200 * DAY).results == ()
    with pytest.raises(NotFound):
        kept.notebooks.open(idle, NOW + 200 * DAY)
    with pytest.raises(NotFound):
        kept.notebooks.add(idle, [access_facts()], NOW + 200 * DAY)


def test_opening_counts_as_use_from_half_a_day_on(kept: Stores):
    link = kept.notebooks.create(NOW)
    for later, kept_until in ((12 * HOUR - SECOND, NOW), (12 * HOUR, NOW + 12 * HOUR), (13 * HOUR, NOW + 12 * HOUR)):
        assert kept.notebooks.open(link, NOW + later).kept_until == kept_until + 180 * DAY
    kept.notebooks.add(link, [access_facts()], NOW + 13 * HOUR)
    assert kept.notebooks.open(link, NOW + 13 * HOUR).kept_until == NOW + 13 * HOUR + 180 * DAY


def test_a_notebook_that_cannot_be_written_opens_and_is_kept_no_longer(kept: Stores):
    link = kept.notebooks.create(NOW)
    (result,) = kept.notebooks.add(link, [access_facts()], NOW)
    # The database was written two days later, so a clock one day later writes nothing.
    kept.notebooks.create(NOW + 2 * DAY)
    notebook = kept.notebooks.open(link, NOW + DAY)
    assert (notebook.results, notebook.kept_until) == ((result,), NOW + 180 * DAY)


def test_a_notebook_ends_180_days_after_its_last_use(kept: Stores):
    one, two = kept.notebooks.create(NOW), kept.notebooks.create(NOW)
    with pytest.raises(NotFound):
        kept.notebooks.open(one, NOW + 180 * DAY)
    assert kept.notebooks.open(two, NOW + 180 * DAY - SECOND).results == ()


def test_results_are_in_the_order_of_their_tests(kept: Stores):
    link = kept.notebooks.create(NOW)
    hours = (2, 0, 1, 0)
    kept.notebooks.add(link, [access_facts(tested_at=NOW + each * HOUR) for each in hours], NOW)
    results = kept.notebooks.open(link, NOW).results
    assert [(each.tested_at - NOW) // HOUR for each in results] == [0, 0, 1, 2]
    assert results[0].id < results[1].id


def test_deleting_one_notebook_leaves_the_others(kept: Stores):
    one, other = kept.notebooks.create(NOW), kept.notebooks.create(NOW)
    kept.notebooks.add(other, [access_facts()], NOW)
    before = kept.notebooks.open(other, NOW)
    kept.notebooks.add(one, [access_facts()], NOW + DAY)
    kept.notebooks.delete(one, NOW + DAY)
    assert kept.notebooks.open(other, NOW) == before


@pytest.mark.parametrize(
    ("status", "latency_ms", "stored"),
    [
        (999, 3_600_000, (999, 3_600_000)),
        (1_000, 3_600_001, (999, 3_600_000)),
        (-1, -1, (0, 0)),
        (None, None, (None, None)),
    ],
)
def test_numbers_are_stored_within_bounds(kept: Stores, status, latency_ms, stored):
    link = kept.notebooks.create(NOW)
    (result,) = kept.notebooks.add(link, [access_facts(status=status, latency_ms=latency_ms)], NOW)
    assert (result.status, result.latency_ms) == stored


def test_labels_that_are_empty_get_a_name(kept: Stores):
    link = kept.notebooks.create(NOW)
    (result,) = kept.notebooks.add(link, [access_facts(key_label=" ", environment="")], NOW)
    assert (result.key_label, result.environment) == ("unnamed", "unnamed")


@pytest.mark.parametrize(
    ("field", "name"), [("key_label", "label of the key"), ("environment", "name of the environment")]
)
def test_a_label_that_is_too_long_is_refused_by_name(kept: Stores, field, name):
    link = kept.notebooks.create(NOW)
    kept.notebooks.add(link, [access_facts(**{field: "x y" * 40})], NOW)
    with pytest.raises(Refused, match=f"The {name} is longer than 120"):
        kept.notebooks.add(link, [access_facts(**{field: "x y" * 40 + "z"})], NOW)


def test_what_does_not_look_like_a_fact_is_left_out(kept: Stores, fake_key):
    link, key = kept.notebooks.create(NOW), fake_key()
    odd = access_facts(
        model=f"my key is {key}", host=key, cause="a b", request_id="<b>", key_label=f"old {key}", status=99_999
    )
    (result,) = kept.notebooks.add(link, [odd], NOW)
    assert key not in repr(kept.notebooks.open(link, NOW))
    assert (result.model, result.host, result.cause, result.request_id) == ("unknown", "unknown", None, None)
    assert result.key_label.startswith("old [Anthropic API key #")


@pytest.mark.parametrize("bad", ["", "0f" * 15, "0F" * 16, "sk-ant-" + "x" * 25])
def test_only_a_fingerprint_is_stored_as_one(kept: Stores, bad):
    link = kept.notebooks.create(NOW)
    with pytest.raises(ValueError, match="32 hex digits"):
        kept.notebooks.add(link, [access_facts(key_fingerprint=bad)], NOW)
    assert kept.notebooks.open(link, NOW).results == ()


def test_all_or_none_of_a_batch_is_kept(kept: Stores):
    link = kept.notebooks.create(NOW)
    with pytest.raises(Refused, match="label of the key is longer than 120"):
        kept.notebooks.add(link, [access_facts(), access_facts(key_label="x" * 200)], NOW)
    assert kept.notebooks.open(link, NOW).results == ()


def test_a_notebook_has_an_end(kept: Stores):
    link = kept.notebooks.create(NOW)
    kept.notebooks.add(link, [access_facts()] * 2, NOW)
    with pytest.raises(Refused, match="Delete old ones first"):
        kept.notebooks.add(link, [access_facts()] * (MOST_RESULTS - 1), NOW)
    assert len(kept.notebooks.open(link, NOW).results) == 2


def test_a_fingerprint_is_the_same_for_the_same_key_and_secret(kept: Stores, fake_key):
    secret = kept.storage.secret
    assert secret.fingerprint(fake_key(seed=1)) == secret.fingerprint(fake_key(seed=1))
    assert secret.fingerprint(fake_key(seed=1)) != secret.fingerprint(fake_key(seed=2))
    assert len(shown(secret.fingerprint(fake_key()))) == 6
