"""n8n's versions: reading them, ranges of them, and what each does to a Claude call."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.catalogue import ModelState, load
from core.n8n import versions
from core.n8n.versions import Range, Version, credential_test, limits, parse

numbers = st.integers(min_value=0, max_value=130)
any_version = st.builds(Version, st.integers(min_value=0, max_value=9), numbers, numbers, st.booleans())


# --- reading a version --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("2.41.1", Version(2, 41, 1)),
        ("2.41.1 (Self Hosted)", Version(2, 41, 1)),
        ("1.123.66 (Cloud)", Version(1, 123, 66)),
        ("n8n version: 2.15.1", Version(2, 15, 1)),
        ("n8n@1.70.0", Version(1, 70, 0)),
        ("v2.16", Version(2, 16, 0)),
        ("docker.n8n.io/n8nio/n8n:2.3.6", Version(2, 3, 6)),
        ("2.14.0-2.15.1", Version(2, 14, 0)),
        ("2.0.0-rc.1", Version(2, 0, 0, final=False)),
        ("0.236.3", Version(0, 236, 3)),
        ("10.0.0.1 runs 2.9.4", Version(2, 9, 4)),
    ],
)
def test_parse(text, version):
    assert parse(text) == version


@pytest.mark.parametrize(
    "text", ["", "latest", "2", "2.x", "192.168.1.1", "23.11.2026", "2026.11.23", "n8n", "9" * 999]
)
def test_parse_nothing(text):
    assert parse(text) is None


@given(any_version)
def test_a_version_survives_being_printed(version):
    assert parse(str(version)) == version


@given(st.text())
def test_parse_never_fails(text):
    parse(text)


def test_versions_are_ordered_by_number_and_a_prerelease_comes_before_its_release():
    ordered = [Version(1, 123, 81), Version(2, 0, 0, final=False), Version(2, 0, 0), Version(2, 9, 4), Version(2, 10)]
    assert all(older < newer for older, newer in itertools.pairwise(ordered))


# --- ranges -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (">=2.10.0,<=2.11.4", ["2.10.0", "2.10.9", "2.11.4"], ["2.9.9", "2.11.5", "1.123.81"]),
        ("2.14.0-2.15.1", ["2.14.0", "2.15.1"], ["2.13.9", "2.15.2"]),
        (">=2.16", ["2.16.0", "2.16.1", "2.41.1", "3.0.0"], ["2.15.9", "2.16.0-rc.1", "1.123.81"]),
        ("<2.16", ["2.15.9", "2.16.0-rc.1", "0.1.0"], ["2.16.0"]),
        ("<=2.11", ["2.11.4", "2.10.0"], ["2.12.0"]),
        (">2.11", ["2.12.0"], ["2.11.4"]),
        ("2.11", ["2.11.0", "2.11.4"], ["2.12.0", "2.1.0"]),
        ("==1.123.66", ["1.123.66"], ["1.123.6"]),
        (">=2", ["2.0.0", "2.5.0-rc.1"], ["1.123.81", "2.0.0-rc.1"]),
        ("<1.69", ["1.68.0"], ["1.69.0", "1.123.81"]),
        ("*", ["0.1.0", "9.9.9"], []),
    ],
)
def test_range(text, inside, outside):
    found = Range.parse(text)
    assert [v for v in inside if not found.holds(parse(v))] == []
    assert [v for v in outside if found.holds(parse(v))] == []


@pytest.mark.parametrize("text", ["", "2.x", ">=", "~2.1", ">=2.1 <3", "2.1,", "latest", ">=2.1.0.0", "-"])
def test_a_bad_range_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="write it like"):
        Range.parse(text)


@given(any_version, any_version)
def test_at_least_and_below_share_the_versions_out(version, bound):
    at = f"{bound.major}.{bound.minor}.{bound.patch}"
    assert Range.parse(f">={at}").holds(version) != Range.parse(f"<{at}").holds(version)


# --- the credential test ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "call", "model"),
    [
        ("0.236.3", "POST /v1/complete", "claude-2"),
        ("1.68.0", "POST /v1/complete", "claude-2"),
        ("1.70.0", "POST /v1/messages", "claude-3-haiku-20240307"),
        ("1.123.66", "POST /v1/messages", "claude-3-haiku-20240307"),
        ("1.123.81", "POST /v1/messages", "claude-3-haiku-20240307"),
        ("2.10.0", "POST /v1/messages", "claude-3-haiku-20240307"),
        ("2.11.4", "POST /v1/messages", "claude-3-haiku-20240307"),
        ("2.12.3", "POST /v1/messages", "claude-3-haiku-20240307"),
        ("2.13.4", "POST /v1/messages", None),
        ("2.14.0", "POST /v1/messages", "claude-haiku-4-5-20251001"),
        ("2.15.1", "POST /v1/messages", "claude-haiku-4-5-20251001"),
        ("2.16.0", "GET /v1/models", None),
        ("2.41.1", "GET /v1/models", None),
    ],
)
def test_credential_test(version, call, model):
    fact = credential_test(parse(version))
    assert f"{fact.method} {fact.path}" == call
    assert fact.model == model


@given(any_version)
def test_every_version_has_exactly_one_credential_test(version):
    facts = [f for f in versions._facts().credential_test if Range.parse(f.n8n).holds(version)]
    assert facts == [credential_test(version)]


def test_what_the_facts_say_of_retired_models_agrees_with_the_catalogue():
    for fact in versions._facts().credential_test:
        if fact.model is not None:
            retired = load().state(fact.model, dt.date(2026, 11, 23)) is ModelState.RETIRED
            assert retired == fact.green_proves.startswith("nothing today"), fact.n8n


def test_a_red_test_never_proves_a_bad_key_by_itself():
    for fact in versions._facts().credential_test:
        assert "nothing about the key" in fact.red_proves


def test_a_green_test_always_leaves_the_model_open():
    for fact in versions._facts().credential_test:
        assert any("model" in question for question in fact.green_leaves_open)


# --- limits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "holds", "not_in"),
    [
        ("env_blocked", ["2.0.0", "2.41.1"], ["1.123.81"]),
        ("proxy_ignored", ["1.79.0"], ["1.123.66", "2.41.1"]),
        ("top_p_minus_one", ["1.79.0", "1.110.0"], ["1.118.1", "2.41.1"]),
        ("chat_model_one_hour", ["2.41.1"], ["2.35.0", "1.123.81"]),
        ("chat_model_five_minutes", ["1.123.81", "2.16.0"], ["2.41.1"]),
        ("thinking_budget_only", ["1.123.66", "2.16.0"], ["2.20.7"]),
        ("vendor_node_five_minutes", ["1.123.66", "2.41.1"], []),
        ("code_node_credentials", ["1.123.66", "2.41.1"], []),
    ],
)
def test_limits(limit, holds, not_in):
    assert [v for v in holds if limit not in {f.id for f in limits(parse(v))}] == []
    assert [v for v in not_in if limit in {f.id for f in limits(parse(v))}] == []


def test_limits_are_sentences_with_ids_of_their_own():
    facts = versions._facts().limit
    assert len({f.id for f in facts}) == len(facts)
    assert [f.id for f in facts if not f.what.endswith(".") or not f.what[0].isupper()] == []


@given(any_version)
def test_the_chat_model_never_waits_two_different_times(version):
    ids = {fact.id for fact in limits(version)}
    assert not {"chat_model_five_minutes", "chat_model_one_hour"} <= ids
    assert not {"sampling_always_sent", "sampling_left_out"} <= ids


def test_wrong_facts_are_refused_at_load():
    good = 'verified = 2026-11-23\ncredential_test = []\n[[limit]]\nid = "a"\nn8n = "*"\nwhat = "B."\nchecked = ["c"]\n'
    assert len(versions.load(good.encode()).limit) == 1
    for wrong in (
        good.replace('n8n = "*"', 'n8n = "newest"'),
        good.replace('["c"]', "[]"),
        good.replace("what", "waht"),
    ):
        with pytest.raises(ValueError):
            versions.load(wrong.encode())
