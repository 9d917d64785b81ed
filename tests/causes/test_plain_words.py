"""What people read is plain: grade 8 at most, by Flesch and Kincaid, with a short list of words that must be."""

from collections.abc import Iterator
from types import ModuleType

import pytest
import re2

from core.causes import templates
from core.causes.card import Card, Variant
from core.causes.loader import load
from tests.paths import DATA

pytestmark = pytest.mark.xdist_group("reading grade")  # one process loads the dictionary
WORDS = tuple((DATA / "technical_words.txt").read_text(encoding="utf-8").split())
TECHNICAL = re2.compile(r"(?i)\b(?:" + "|".join(WORDS) + r")s?\b")
SECTIONS = ("what_happened", "why", "steps", "how_to_check", "still_unknown", "copy_next")
GRADE = 8.0


def sections(part: Card | Variant) -> Iterator[str]:
    """Each text as a person meets it, placeholders filled as where the paste says nothing."""
    for name in SECTIONS:
        text = getattr(part, name)
        if text:
            yield templates.fill(" ".join(text) if isinstance(text, list) else text, None)


def shown(card: Card) -> str:
    return " ".join((f"{templates.fill(card.title, None)}.", *sections(card)))


CARDS = list(load().values())


def test_the_list_of_technical_words_is_short():
    assert len(WORDS) <= 40
    assert len(set(WORDS)) == len(WORDS)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_card_reads_easily_as_a_whole(card: Card, textstat: ModuleType):
    assert textstat.flesch_kincaid_grade(shown(card)) <= GRADE


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_each_part_of_a_card_reads_easily_apart_from_technical_words(card: Card, textstat: ModuleType):
    hard = {}
    for part in (card, *card.variant):
        for text in sections(part):
            grade = textstat.flesch_kincaid_grade(TECHNICAL.sub("word", text))
            if grade > GRADE:
                hard[text] = grade
    assert hard == {}
