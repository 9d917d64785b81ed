"""The model catalogue in itself, and in the words that people read; test_sdk.py compares it with the official SDK."""

import datetime as dt
import re

import msgspec
import pytest

from core.causes import card
from core.models import catalogue as module
from core.models.catalogue import Allowed, Availability, Catalogue, ModelState, Sampling, ThinkingMode, load

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def raw() -> dict:
    return msgspec.toml.decode(module.Path(module.__file__).with_name("models.toml").read_bytes())


def build(data: dict) -> Catalogue:
    return Catalogue(msgspec.convert(data, type=module._CatalogueFile))


# --- the data -----------------------------------------------------------------------------------------------------


def test_what_is_not_retired_has_rules_and_sizes_and_what_is_retired_has_no_rules(catalogue):
    for model in catalogue:
        if model.state(TODAY) is ModelState.RETIRED:
            assert model.rules is None, model.id
        else:
            assert model.rules is not None, model.id
            assert model.max_output, model.id
            assert model.context, model.id


def test_ending_models_name_a_replacement_that_lasts(catalogue):
    for model in catalogue:
        if model.state(TODAY) is not ModelState.ACTIVE:
            (instead,) = catalogue.instead(model.id, TODAY)
            assert catalogue.state(instead, TODAY) is ModelState.ACTIVE, model.id


def test_dates_are_in_order(catalogue):
    for model in catalogue:
        assert not (model.not_before and model.retires_on), model.id
        if model.retires_on:
            assert model.deprecated_on < model.retires_on, model.id


def test_every_model_names_its_sources(catalogue):
    assert all(model.sources for model in catalogue)


@pytest.mark.parametrize(
    "change",
    [
        {"replacement": "claude-nowhere"},
        {"aliases": ["claude-opus-4-8"]},
        {"rules": "no_such_rules"},
        {"sources": ["hearsay"]},
        {"colour": "blue"},
        {"retires_on": "soon"},
    ],
)
def test_wrong_data_is_refused_at_load(change):
    first, *rest = raw()["model"]
    with pytest.raises(ValueError, match=r"models\.toml|unknown field|Invalid"):
        build({**raw(), "model": [{**first, **change}, *rest]})


def test_cards_use_the_same_states():
    assert card.ModelState is ModelState


# --- states -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model_id", "today", "state"),
    [
        ("claude-sonnet-5-5", TODAY, ModelState.ACTIVE),
        ("claude-sonnet-4-5", dt.date(2026, 9, 29), ModelState.ACTIVE),
        ("claude-sonnet-4-5", dt.date(2026, 9, 30), ModelState.DEPRECATED),
        ("claude-sonnet-4-5", dt.date(2026, 11, 29), ModelState.DEPRECATED),
        ("claude-sonnet-4-5", dt.date(2026, 11, 30), ModelState.RETIRED),
        ("claude-sonnet-4-5-20250929", dt.date(2027, 1, 1), ModelState.RETIRED),
        ("claude-3-haiku-20240307", TODAY, ModelState.RETIRED),
        ("claude-haiku-4-5", TODAY, ModelState.ACTIVE),
        ("claude-2", TODAY, ModelState.RETIRED),
        ("claude-instant-1", TODAY, ModelState.RETIRED),
        ("claude-mythos-preview", TODAY, ModelState.DEPRECATED),
        ("claude-sonnet-4.5", TODAY, ModelState.NEVER_EXISTED),
        ("anthropic/claude-sonnet-5-5", TODAY, ModelState.NEVER_EXISTED),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", TODAY, ModelState.NEVER_EXISTED),
        ("Claude-Sonnet-5-5", TODAY, ModelState.NEVER_EXISTED),
        ("", TODAY, ModelState.NEVER_EXISTED),
    ],
)
def test_state(catalogue, model_id, today, state):
    assert catalogue.state(model_id, today) is state


@pytest.mark.parametrize(
    ("model_id", "words"),
    [
        ("claude-opus-4-20250514", "retired on 15 June 2026; use claude-opus-4-8"),
        ("claude-sonnet-4-0", "retired on 15 June 2026; use claude-sonnet-5-5"),
        ("claude-sonnet-4-5", "retires in 7 days, on 30 November 2026; use claude-sonnet-5-5"),
        ("claude-haiku-5-5", "active; stays until at least 7 October 2027"),
        ("claude-fable-5-2", "active"),
        (
            "claude-haiku-4-5",
            "active; no end date announced, but Anthropic promised to keep it only until 15 October 2026",
        ),
        ("claude-mythos-preview", "deprecated since 9 June 2026, end date not known; use claude-mythos-5"),
        ("claude-opus-4.8", "not in Anthropic's list of models of 23 November 2026; did you mean claude-opus-4-8?"),
        (
            "claude-sonnet-4.5",
            "not in Anthropic's list of models of 23 November 2026; did you mean claude-sonnet-4-5 "
            "(retires in 7 days, on 30 November 2026)? Use claude-sonnet-5-5",
        ),
        ("gpt-4o", "not in Anthropic's list of models of 23 November 2026"),
    ],
)
def test_describe_state(catalogue, model_id, words):
    assert catalogue.describe_state(model_id, TODAY) == words


def test_the_last_day_is_called_tomorrow(catalogue):
    words = catalogue.describe_state("claude-sonnet-4-5", dt.date(2026, 11, 29))
    assert words.startswith("retires tomorrow, on 30 November 2026")


def test_a_replacement_that_has_ended_gives_way_to_its_own():
    models = [{**m, "retires_on": TODAY} if m["id"] == "claude-opus-4-8" else m for m in raw()["model"]]
    for model in models:
        if model["id"] == "claude-opus-4-8":
            del model["not_before"]
    assert build({**raw(), "model": models}).instead("claude-3-opus-20240229", TODAY) == ("claude-opus-5-5",)


# --- did you mean -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "model_id"),
    [
        ("claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250930", "claude-sonnet-4-5-20250929"),
        ("claude-sonnet-4-5-2025-09-29", "claude-sonnet-4-5-20250929"),
        ("claude-4-5-sonnet", "claude-sonnet-4-5"),
        ("claude-4.5-sonnet-20250929", "claude-sonnet-4-5-20250929"),
        ("anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("anthropic/claude-3.7-sonnet:thinking", "claude-3-7-sonnet-latest"),
        ("anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku-20240307"),
        ("anthropic.claude-3-haiku-20240307-v1:0:200k", "claude-3-haiku-20240307"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929"),
        ("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929"),
        ("anthropic.claude-opus-5-5", "claude-opus-5-5"),
        ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-opus-4-8", "claude-opus-4-8"),
        ("vertex_ai/claude-opus-4@20250514", "claude-opus-4-20250514"),
        ("openrouter/anthropic/claude-opus-4.8", "claude-opus-4-8"),
        ("anthropic:claude-haiku-5-5", "claude-haiku-5-5"),
        ("models/claude-sonnet-5", "claude-sonnet-5"),
        ("claude-opus-4-8-latest", "claude-opus-4-8"),
        ("claude-opus-4-8-20260528", "claude-opus-4-8"),
        ("claude-sonnet-latest", "claude-sonnet-5-5"),
        ("claude-haiku", "claude-haiku-5-5"),
        ("opus", "claude-opus-5-5"),
        ("CLAUDE-OPUS-5-5", "claude-opus-5-5"),
        ("Claude Sonnet 5.5", "claude-sonnet-5-5"),
        (" claude-sonnet-5-5\n", "claude-sonnet-5-5"),
        ('"claude-sonnet-5-5"', "claude-sonnet-5-5"),
        ("claude_haiku_5_5", "claude-haiku-5-5"),
        ("claude-sonet-5.5", "claude-sonnet-5-5"),
        ("cluade-hiaku-4-5", "claude-haiku-4-5"),
        ("claude-opus-4", "claude-opus-4-0"),
        ("claude-haiku-5", "claude-haiku-5-5"),
        ("claude-3-5-sonnet-20250101", "claude-3-5-sonnet-20241022"),
        ("claude-instant", "claude-instant-1.2"),
    ],
)
def test_suggest(catalogue, written, model_id):
    assert catalogue.suggest(written) == model_id


@pytest.mark.parametrize(
    "foreign",
    ["gpt-4o", "gpt-5-sonnet", "gemini-2.5-pro", "deepseek-chat", "mistral-large-latest", "o3-mini", "llama-3-opus",
     "claude", "claude-3", "claude-code", "", " ", "-", "={{ $json.model }}", "claude-" * 40, "é" * 300],
)  # fmt: skip
def test_suggest_nothing_for_what_is_not_like_claude(catalogue, foreign):
    assert catalogue.suggest(foreign) is None


def test_every_id_survives_what_platforms_and_people_do_to_it(catalogue):
    """All but the oldest ids, whose Bedrock names differ by more than a wrapping."""
    for model_id in (i for i in catalogue.ids if not i.startswith(("claude-1", "claude-2", "claude-instant"))):
        assert catalogue.suggest(model_id) is None
        for written in (f"anthropic/{model_id}", f"us.anthropic.{model_id}-v1:0", model_id.upper(), f" {model_id} "):
            assert catalogue.suggest(written) == model_id
            assert catalogue.canonical(written) == model_id
        assert catalogue.suggest(re.sub(r"(?<=-\d)-(?=\d\b)", ".", f"{model_id} ")) == model_id


def test_instead_offers_the_replacement_behind_an_ending_id(catalogue):
    assert catalogue.instead("claude-sonnet-4.5", TODAY) == ("claude-sonnet-4-5", "claude-sonnet-5-5")
    assert catalogue.instead("claude-opus-4.8", TODAY) == ("claude-opus-4-8",)
    assert catalogue.instead("claude-opus-5-5", TODAY) == ()
    assert catalogue.instead("gpt-4o", TODAY) == ()


# --- rules and pickers --------------------------------------------------------------------------------------------


def test_rules_as_anthropic_documents_them(catalogue):
    rules = catalogue.rules
    assert rules("claude-haiku-4-5").sampling is Sampling.ONE_OF_TEMPERATURE_TOP_P
    assert rules("claude-opus-4-7").sampling is Sampling.NONE
    assert rules("claude-sonnet-5-5").thinking == (ThinkingMode.ADAPTIVE, ThinkingMode.BETWEEN_TOOLS)
    assert rules("claude-opus-5-5").always_thinks
    assert rules("claude-opus-5-5").forced_tool_choice is Allowed.NO
    assert rules("claude-fable-5").forced_tool_choice is Allowed.YES
    assert rules("claude-sonnet-4-6").prefill is Allowed.NO
    assert rules("claude-opus-4-5").prefill is Allowed.NOT_WITH_THINKING
    assert rules("claude-opus-4-5").effort
    assert not rules("claude-sonnet-4-5").effort
    assert rules("claude-opus-5").effort_without_thinking == "high"
    assert rules("claude-3-haiku-20240307") is None
    assert rules("gpt-4o") is None


def test_between_tools_is_for_sonnet_5_5_alone(catalogue):
    taking = [m.id for m in catalogue if m.rules and ThinkingMode.BETWEEN_TOOLS in m.rules.thinking]
    assert taking == ["claude-sonnet-5-5"]


def test_the_newest_api_version_takes_no_sampling_from_any_model(catalogue):
    usable = [c.model.id for c in catalogue.usable(TODAY)]
    assert {catalogue.rules(i, "2026-10-21").sampling for i in usable} == {Sampling.NONE}
    assert catalogue.rules("claude-haiku-4-5", "2026-10-21").thinking == catalogue.rules("claude-haiku-4-5").thinking


def test_the_picker_offers_newest_first_and_marks_what_ends(catalogue):
    choices = catalogue.usable(TODAY)
    assert choices[0].model.id == "claude-fable-5-2"
    assert choices[0].label == "Claude Fable 5.2 (claude-fable-5-2)"
    assert {c.model.id for c in choices if c.retiring} == {"claude-sonnet-4-5-20250929", "claude-mythos-preview"}
    assert choices[-1].label.endswith(": retires in 7 days, on 30 November 2026")
    after = {c.model.id for c in catalogue.usable(dt.date(2026, 11, 30))}
    assert {c.model.id for c in choices} - after == {"claude-sonnet-4-5-20250929"}


def test_mythos_is_marked_as_not_open_to_everybody(catalogue):
    assert {m.family for m in catalogue if m.access is not Availability.OPEN} == {"mythos"}


@pytest.mark.parametrize(
    ("family", "model_id"),
    [("opus", "claude-opus-5-5"), ("sonnet", "claude-sonnet-5-5"), ("haiku", "claude-haiku-5-5")],
)
def test_the_newest_of_a_family(catalogue, family, model_id):
    assert catalogue.newest(family).id == model_id


def test_a_family_without_a_model_to_offer_has_no_newest(catalogue):
    with pytest.raises(KeyError):
        catalogue.newest("instant")


@pytest.mark.parametrize(
    ("failed", "tested"),
    [
        ("claude-sonnet-5-5", ("claude-sonnet-5-5",)),
        ("claude-sonnet-4-5-20250929", ("claude-sonnet-4-5-20250929",)),  # ends, but still answers
        ("claude-3-5-sonnet-20241022", ("claude-sonnet-5-5",)),
        ("claude-sonet-5-5", ("claude-sonnet-5-5",)),
        ("gpt-4o", ()),
    ],
)
def test_the_model_to_test_a_key_with(catalogue, failed, tested):
    assert catalogue.worth_testing(failed, TODAY) == tested
