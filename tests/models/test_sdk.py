"""The model catalogue has not drifted from the official SDK."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import get_args

import pytest

from core.models.catalogue import STABLE_VERSION, Catalogue, ModelState, ThinkingMode, load

pytestmark = pytest.mark.xdist_group("SDK")

TODAY = dt.date(2026, 11, 23)


@dataclass(frozen=True)
class Sdk:
    """What the installed `anthropic` says about models."""

    ids: tuple[str, ...]
    deprecated: dict[str, str]
    takes_thinking_enabled: list[str]
    api_version: str


@pytest.fixture(scope="module")
def sdk() -> Sdk:
    # imported here: it takes longer than all of these tests
    from anthropic._constants import ANTHROPIC_API_VERSION
    from anthropic._data.deprecated_models import DEPRECATED_MODELS
    from anthropic._data.models_to_warn_with_thinking_enabled import MODELS_TO_WARN_WITH_THINKING_ENABLED
    from anthropic.types import Model

    ids = get_args(get_args(Model)[0])
    return Sdk(ids, DEPRECATED_MODELS, MODELS_TO_WARN_WITH_THINKING_ENABLED, ANTHROPIC_API_VERSION)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def sdk_day(words: str) -> dt.date:
    return dt.datetime.strptime(re.sub(r"(?<=\d)(st|nd|rd|th)", "", words), "%B %d, %Y").date()


def test_every_id_of_the_sdk_is_in_the_catalogue_and_not_retired(catalogue, sdk):
    usable = {choice.model.id for choice in catalogue.usable(TODAY)}
    assert [i for i in sdk.ids if (model := catalogue.find(i)) is None or model.id not in usable] == []


def test_every_usable_id_of_the_catalogue_is_in_the_sdk(catalogue, sdk):
    usable = {i for i in catalogue.ids if catalogue.state(i, TODAY) is not ModelState.RETIRED}
    assert usable - set(sdk.ids) == set()


def test_usable_models_are_in_the_order_of_the_sdk(catalogue, sdk):
    ours = [model.id for model in catalogue if model.state(TODAY) is not ModelState.RETIRED]
    assert ours == [i for i in sdk.ids if i in set(ours)]


def test_end_dates_are_those_of_the_sdk_but_for_declared_disagreements(catalogue, sdk):
    for model_id, words in sdk.deprecated.items():
        model = catalogue.find(model_id)
        assert model is not None
        if model.disagreement is None:
            assert model.retires_on == sdk_day(words), model_id
        else:
            assert model.disagreement.sdk_says == words, "the SDK has changed its mind: look again"
            assert model.retires_on != sdk_day(words), "the disagreement is over: take it out"


def test_deprecated_ids_are_those_of_the_sdk(catalogue, sdk):
    ours = {i for i in catalogue.ids if catalogue.state(i, TODAY) is ModelState.DEPRECATED}
    assert ours == set(sdk.deprecated)


def test_a_disagreement_is_with_something_the_sdk_says(catalogue, sdk):
    assert {m.id for m in catalogue if m.disagreement} <= set(sdk.deprecated)


def test_models_the_sdk_warns_about_still_accept_thinking_enabled(catalogue, sdk):
    for model_id in sdk.takes_thinking_enabled:
        assert ThinkingMode.ENABLED in catalogue.rules(model_id).thinking


def test_the_version_that_the_sdk_sends_is_a_published_one(catalogue, sdk):
    assert sdk.api_version in catalogue.api_versions
    assert STABLE_VERSION in catalogue.api_versions
