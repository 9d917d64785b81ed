"""The steps of each card on n8n Cloud, on an own server and where the paste does not tell, in each line of n8n."""

import itertools

import pytest
import re2

from core.causes.card import Card, Certainty
from core.causes.loader import load
from core.causes.matcher import Circumstances
from core.causes.places import places
from core.diagnosis import diagnose
from core.diagnosis.finding import finding_for, situation_of
from core.paste.failure import Failure, Hosting, Surface

CARDS = list(load().values())
LINES = ("1.123.66", "2.41.1", "3.3.0", None)
OWN = re2.compile(
    r"(?i)\bon your own server\b|\bperson who runs n8n\b|\bdocker\b|\bnpm\b|\bthe n8n server\b|\b(re)?start (n8n|it)\b"
)
CLOUD = re2.compile(r"(?i)\bn8n cloud\b|help@n8n\.io")


def steps(card: Card, hosting: Hosting | None, version: str | None, surface: Surface | None = None) -> tuple[str, ...]:
    failure = Failure(message="x", surface=surface, hosting=hosting, n8n_version=version)
    situation = situation_of(failure, Circumstances(n8n_version=version), Certainty.CERTAIN, card.key_verdict)
    return finding_for(card, situation).steps


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_every_combination_has_steps_for_its_own_n8n_only(card: Card):
    surfaces = (None, Surface.VENDOR_NODE, Surface.CHAT_MODEL, Surface.HTTP_REQUEST, Surface.CREDENTIAL_TEST)
    for hosting, version, surface in itertools.product((*Hosting, None), LINES, surfaces):
        some = steps(card, hosting, version, surface)
        assert 2 <= len(some) <= 7 or card.chosen_when
        assert all(step.strip() for step in some)
        others = {Hosting.CLOUD: OWN, Hosting.OWN_SERVER: CLOUD}.get(hosting)
        if others is not None and card.id not in SAYS_BOTH:
            assert [step for step in some if others.search(step)] == [], (hosting, version)


SAYS_BOTH = {"region_blocked": "the first step asks where n8n runs, in which country"}


@pytest.mark.parametrize("name", [name for name, place in places().items() if place.label_cloud != place.label])
def test_a_text_that_does_not_tell_names_both_ways(name: str):
    place = places()[name]
    assert CLOUD.search(place.label)
    assert OWN.search(place.label)
    assert CLOUD.search(place.label_cloud)
    assert not CLOUD.search(place.label_own)


def test_n8n_3_is_updated_as_an_image_only():
    update = places()["n8n.update"]
    assert "npm" in update.label_for(2, Hosting.OWN_SERVER)
    assert "npm" not in update.label_for(3, Hosting.OWN_SERVER)
    assert update.label_for(3, Hosting.CLOUD) == update.label_for(2, Hosting.CLOUD)


@pytest.mark.parametrize(
    ("version", "noted"),
    [("2.41.1", False), ("2.41.3", False), ("2.41.4", True), ("2.48.5", True), ("3.3.0", True), ("1.123.66", False)],
)
def test_a_version_newer_than_the_newest_checked_is_known(version: str, noted: bool):
    diagnosis = diagnose(f"Problem in node ‘AI Agent‘\nOverloaded\n\nError details\n\nn8n version\n\n{version} (Cloud)")
    assert (diagnosis.unchecked_version is not None) is noted
