"""The file of places: complete, sourced, and enough for every card."""

import tomllib
from urllib.parse import urlsplit

import pytest
import re2

from core.causes import places as module
from core.causes.places import parse, places

OURS = {
    "platform.claude.com",
    "claude.ai",
    "status.claude.com",
    "support.claude.com",
    "api.anthropic.com",
    "docs.n8n.io",
}
CARDS = sorted(module.Path(module.__file__).parent.glob("*/*.toml"))


@pytest.mark.parametrize("place", places().values(), ids=lambda place: place.name)
def test_every_place_is_sourced_and_leads_to_a_vendor_page(place):
    assert place.seen
    if place.address is not None:
        assert urlsplit(place.address).scheme == "https"
        assert urlsplit(place.address).hostname in OURS


@pytest.mark.parametrize("place", [p for p in places().values() if not p.name.startswith("n8n.")], ids=lambda p: p.name)
def test_websites_have_an_address_and_one_label(place):
    assert place.address is not None
    assert place.label_for(1) == place.label_for(2)


def test_n8n_1_keeps_its_own_labels():
    assert places()["n8n.publish"].label_for(2) == "Publish"
    assert places()["n8n.publish"].label_for(1) == "the Active switch"
    assert places()["n8n.retry_on_fail"].label_for(1) == "Retry On Fail"


def test_labels_of_n8n_name_the_versions_they_were_read_in():
    read_in_2 = [p.name for p in places().values() if p.name.startswith("n8n.") and not any("n8n" in s for s in p.seen)]
    assert read_in_2 == []
    for place in places().values():
        if place.label_1x != place.label:
            assert any("1.123.66" in source for source in place.seen), place.name
            assert any("2.41.1" in source for source in place.seen), place.name


def test_every_place_that_a_card_names_is_known():
    named = {
        (card.stem, name)
        for card in CARDS
        for name in re2.findall(r"\{((?:console|anthropic|n8n)\.[a-z0-9_]+)", card.read_text())
    }
    assert {(card, name) for card, name in named if name not in places()} == set()


def test_every_link_of_a_card_opens_a_page():
    links = {(card.stem, link) for card in CARDS for link in tomllib.loads(card.read_text()).get("links", [])}
    assert len(links) > 10
    assert {(card, link) for card, link in links if places()[link].address is None} == set()


def test_labels_are_plain_words():
    """They go into sentences: no markup, no placeholder, no full stop at the end."""
    for place in places().values():
        for label in (place.label, place.label_1x):
            assert not set(label) & set("{}<>*`_[]") or label.startswith(("N8N_", "NODE_", "HTTPS_")), place.name
            assert label == label.strip().removesuffix("."), place.name


def test_the_places_cannot_be_changed_by_a_reader():
    with pytest.raises(TypeError):
        places()["n8n.credentials"] = places()["n8n.api_key"]


@pytest.mark.parametrize(
    "data",
    [
        b'[sources]\na = "A"\n[n8n.x]\nlabel = " "\nseen = ["a"]',
        b'[sources]\na = "A"\n[n8n.x]\nlabel = "X"\nseen = []',
        b'[sources]\na = "A"\n[n8n.x]\nlabel = "X"\nseen = ["b"]',
        b'[sources]\na = "A"\n[n8n.x]\nlabel = "X"\nseen = ["a"]\ncolour = "blue"',
        b'[sources]\na = "A"\n[n8n.x]\nseen = ["a"]',
        b"[sources",
    ],
)
def test_wrong_data_is_refused_at_load(data):
    with pytest.raises(ValueError):
        parse(data)
