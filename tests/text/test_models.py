"""The models as rows: every name, with the state of the day and rules that nobody must look up."""

import datetime as dt
from types import ModuleType

import pytest

from core.models import catalogue
from core.models.catalogue import ModelState
from core.text.models import rows, rules_in_words
from tests.causes.test_plain_words import GRADE

pytestmark = pytest.mark.xdist_group("reading grade")
TODAY = dt.date(2026, 11, 23)
KNOWN = catalogue.load()


def row(name: str, today: dt.date = TODAY):
    return next(each for each in rows(KNOWN, today) if each.id == name)


def test_every_id_and_alias_has_one_row():
    names = [each.id for each in rows(KNOWN, TODAY)]
    assert sorted(names) == sorted(KNOWN.ids)
    assert row("claude-sonnet-4-5").alias_of == "claude-sonnet-4-5-20250929"


def test_what_ends_comes_first_and_what_is_gone_last():
    states = [each.state for each in rows(KNOWN, TODAY)]
    assert states == sorted(states, key=[ModelState.DEPRECATED, ModelState.ACTIVE, ModelState.RETIRED].index)


def test_dates_are_words_as_of_the_day():
    assert row("claude-sonnet-4-5").lifetime == "retires in 7 days, on 30 November 2026"
    assert row("claude-sonnet-4-5", dt.date(2026, 11, 29)).lifetime == "retires tomorrow, on 30 November 2026"
    after = row("claude-sonnet-4-5", dt.date(2026, 11, 30))
    assert (after.state, after.lifetime) == (ModelState.RETIRED, "retired on 30 November 2026")
    assert row("claude-sonnet-4-5").replacement == "claude-sonnet-5-5"
    assert row("claude-fable-5-2").lifetime == "no end date announced"
    assert row("claude-haiku-5-5").lifetime == "stays until at least 7 October 2027"


def test_rules_are_written_in_words():
    assert "Leave out Temperature, Top P and Top K." in row("claude-opus-5-5").rules
    assert "It always thinks first. This cannot be switched off." in row("claude-opus-5-5").rules
    assert "Set Temperature or Top P, not both." in row("claude-haiku-4-5").rules
    assert "Thinking can be adaptive, or only between tools." in row("claude-sonnet-5-5").rules
    assert "Only for accounts that Anthropic has cleared for it." in row("claude-mythos-5-2").rules
    assert row("claude-3-haiku-20240307").rules == ()


def test_every_usable_model_says_what_it_takes_in_plain_words(textstat: ModuleType):
    for choice in KNOWN.usable(TODAY):
        said = rules_in_words(choice.model)
        assert len(said) >= 2
        assert textstat.flesch_kincaid_grade(" ".join(said)) <= GRADE
