"""The intake: reports of one workflow and cause are one group for 24 hours, with one link."""

import datetime as dt

import pytest

from core.storage import NotFound, Stores
from core.storage.kept_facts import KeptFacts
from tests.storage.samples import NOW

HOUR = dt.timedelta(hours=1)
KEY = KeptFacts(cause="invalid_key", certainty="certain", key_verdict="rejected", status=401, model="claude-sonnet-5")
LIMIT = KeptFacts(cause="rate_limited", certainty="certain", key_verdict="good", status=429)


def test_alike_reports_are_one_group_with_one_link(kept: Stores):
    answers = [kept.intake.report("7hKq2", KEY, NOW + number * HOUR) for number in range(3)]
    assert [answer.reports for answer in answers] == [1, 2, 3]
    assert len({answer.link for answer in answers}) == 1
    group = kept.intake.open(answers[0].link, NOW + 3 * HOUR)
    assert (group.workflow, group.cause, group.reports) == ("7hKq2", "invalid_key", 3)
    assert (group.first_at, group.last_at, group.facts) == (NOW, NOW + 2 * HOUR, KEY)


def test_other_workflows_and_causes_are_other_groups(kept: Stores):
    links = {kept.intake.report(workflow, facts, NOW).link for workflow in ("a", "b") for facts in (KEY, LIMIT)}
    assert len(links) == 4
    assert len(kept.intake.recent(NOW)) == 4


def test_after_a_day_of_silence_a_new_group_begins(kept: Stores):
    old = kept.intake.report("a", KEY, NOW)
    new = kept.intake.report("a", KEY, NOW + 24 * HOUR)
    assert (new.reports, new.link != old.link) == (1, True)
    with pytest.raises(NotFound):
        kept.intake.open(old.link, NOW + 24 * HOUR)


def test_an_old_group_is_not_shown(kept: Stores):
    link = kept.intake.report("a", KEY, NOW).link
    with pytest.raises(NotFound):
        kept.intake.open(link, NOW + 24 * HOUR)
    assert kept.intake.recent(NOW + 24 * HOUR) == ()


def test_the_latest_report_comes_first(kept: Stores):
    for workflow, hours in (("a", 0), ("b", 1), ("c", 2), ("b", 3)):
        kept.intake.report(workflow, KEY, NOW + hours * HOUR)
    assert [group.workflow for group in kept.intake.recent(NOW + 3 * HOUR)] == ["b", "c", "a"]
    assert len(kept.intake.recent(NOW + 3 * HOUR, limit=1)) == 1


@pytest.mark.parametrize("workflow", [None, "", "Invoices for Maria", "<script>", "x" * 500])
def test_a_text_is_never_kept_as_a_workflow(kept: Stores, workflow):
    link = kept.intake.report(workflow, KEY, NOW).link
    assert kept.intake.open(link, NOW).workflow == "unknown"


def test_a_text_is_never_kept_as_a_fact(kept: Stores, fake_key):
    odd = KeptFacts(
        cause="invalid_key", certainty="certain", key_verdict="rejected", model=fake_key(), host="Maria's laptop"
    )
    facts = kept.intake.open(kept.intake.report("a", odd, NOW).link, NOW).facts
    assert (facts.model, facts.host) == (None, None)


def test_without_the_secret_a_link_cannot_be_made(kept: Stores):
    for guess in ("", "a", "invalid_key", "0" * 22):
        with pytest.raises(NotFound):
            kept.intake.open(guess, NOW)
