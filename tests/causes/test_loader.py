"""A card that cannot be used is refused when the catalogue loads, with a sentence that names the file and the fault."""

from importlib import resources

import pytest

from core.causes import loader
from core.causes.card import Family
from core.causes.loader import CardError, catalogue_of, load, parse

GOOD = """
id = "rate_limited"
family = "limits"
who_fixes = "wait"
key_verdict = "good"
title = "Too many calls in a short time"
what_happened = "Anthropic asks you to slow down."
why = "Your key is fine."
steps = ["Wait for {fact.retry_after|a minute}.", "Open {n8n.credentials}."]
how_to_check = "The node turns green."
not_tested = ["your limits"]
links = ["console.keys"]
verified = 2026-11-23
sources = ["Claude docs, 2026-10-10"]
node_help = "fallback"

[probe]
proves_key_valid = true
shows = "rate_limits"
stops = "there were too many calls"

[[match]]
status = [429]
certainty = "certain"

[[variant]]
when = { n8n = ">=2.10,<2.14" }
why = "Your n8n is older."

[[alternative]]
cause = "overloaded"
check = "Look at {console.keys}."
"""


def refusal(old: str, new: str) -> str:
    assert old in GOOD
    with pytest.raises(CardError) as refused:
        parse(GOOD.replace(old, new), "limits", "rate_limited")
    return str(refused.value)


def test_a_sound_card_is_read():
    card = parse(GOOD, "limits", "rate_limited")
    assert card.match[0].status == [429]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "rate_limited"', 'id = "rate_limited', "Illegal character '\\n'"),
        ('id = "rate_limited"', 'id = "other"', "says it is limits/other; file, folder and card must agree"),
        ('family = "limits"', 'family = "key"', "says it is key/rate_limited"),
        ('family = "limits"', 'family = "limit"', "Invalid enum value 'limit' - at `$.family`"),
        ('who_fixes = "wait"', 'who_fixes = "them"', "Invalid enum value 'them'"),
        ('key_verdict = "good"', 'key_verdict = "bad"', "Invalid enum value 'bad'"),
        ('title = "Too many calls in a short time"', "", "missing required field `title`"),
        ("title = ", "headline = ", "unknown field `headline`"),
        ("verified = 2026-11-23", 'verified = "last week"', "$.verified"),
        ("status = [429]", 'status = ["429"]', "Expected `int`, got `str`"),
        ("status = [429]", "", "match 1 holds for everything"),
        ("status = [429]", "stati = [429]", "unknown field `stati`"),
        ('[[match]]\nstatus = [429]\ncertainty = "certain"', "", "has no [[match]]"),
        ("status = [429]", 'message = "("', "match 1: message: missing )"),
        ("status = [429]", 'message = "a(?=b)"', "match 1: message: invalid perl operator"),
        ("status = [429]", 'host = "["', "match 1: host: missing ]"),
        ("status = [429]", 'absent = ["colour"]', "match 1: absent names colour, which is no fact"),
        ("status = [429]", 'n8n = "new"', "match 1: 'new' is no range of n8n versions"),
        ("status = [429]", "status = [429]\ninvented = true", "match 1 is invented, so it can only be possible"),
        ('certainty = "certain"', 'certainty = "sure"', "Invalid enum value 'sure'"),
        ('certainty = "certain"', "", "missing required field `certainty`"),
        (">=2.10,<2.14", "old", "variant: 'old' is no range of n8n versions"),
        ('"Your key is fine."', '" "', "has an empty text"),
        ('"Open {n8n.credentials}."', '""', "has an empty text"),
        ("{n8n.credentials}", "{n8n.nowhere}", "{n8n.nowhere} is no place; places.toml lists them"),
        ("{fact.retry_after|a minute}", "{fact.patience|a minute}", "{fact.patience} is no fact"),
        ("{fact.retry_after|a minute}", "{fact.retry_after}", "needs words for when the paste does not say"),
        ("{fact.retry_after|a minute}", "{fact.retry_after| }", "needs words for when the paste does not say"),
        ("Look at {console.keys}", "Look at {console.keyring}", "{console.keyring} is no place"),
        ('links = ["console.keys"]', 'links = ["console.keyring"]', "{console.keyring} is no place"),
        ('["your limits"]', "[]", "needs steps, sources and what was not tested"),
        ('["Claude docs, 2026-10-10"]', "[]", "needs steps, sources and what was not tested"),
        ("node_help = ", "node_helps = ", "unknown field `node_helps`"),
        ('node_help = "fallback"', 'node_help = "fall back"', "Invalid enum value 'fall back' - at `$.node_help`"),
        ('node_help = "fallback"', "node_help = true", "Expected `str | null`, got `bool` - at `$.node_help`"),
        ("proves_key_valid = true", "proves_valid = true", "unknown field `proves_valid` - at `$.probe`"),
        ("proves_key_valid = true", 'proves_key_valid = "yes"', "got `str` - at `$.probe.proves_key_valid`"),
        ('key_verdict = "good"', 'key_verdict = "unknown"', "proves_key_valid needs the key verdict good, not unknown"),
        ('"rate_limits"', '"limits"', "Invalid enum value 'limits' - at `$.probe.shows`"),
        ('"there were too many calls"', '" "', "has an empty text"),
        ('"fallback"', '"fallback"\nkey_fault = "lost"', "Invalid enum value 'lost' - at `$.key_fault`"),
        ('"fallback"', '"fallback"\nchosen_when = "never"', "Invalid enum value 'never' - at `$.chosen_when`"),
        ('"fallback"', '"fallback"\nmodel_state = "old"', "Invalid enum value 'old' - at `$.model_state`"),
        ('"fallback"', '"fallback"\nbase_url_problems = ["odd"]', "Invalid enum value 'odd' - at `$.base_url_problems"),
        ('"fallback"', '"fallback"\nabout_credential_test = 1', "got `int` - at `$.about_credential_test`"),
    ],
)
def test_a_broken_card_is_refused_by_name_and_reason(old: str, new: str, says: str):
    sentence = refusal(old, new)
    assert sentence.startswith("limits/rate_limited.toml: ")
    assert says in sentence


@pytest.mark.parametrize("line", ['beats = ["nobody"]', None])
def test_a_card_may_name_only_causes_that_there_are(line: str | None):
    text = GOOD.replace("verified", f"{line}\nverified") if line else GOOD.replace('"overloaded"', '"nobody"')
    card = parse(text, "limits", "rate_limited")
    with pytest.raises(CardError, match=r"limits/rate_limited.toml: names nobody, which is no cause"):
        catalogue_of([*load().values(), card])


def test_every_folder_is_a_family_and_every_card_is_loaded():
    files = {path.stem for path in loader.resources.files("core.causes").glob("*/*.toml")}
    folders = {path.parent.name for path in loader.resources.files("core.causes").glob("*/*.toml")}
    assert set(load()) == files
    assert folders == {family.value for family in Family}


@pytest.mark.parametrize("cause", load())
def test_the_patterns_of_every_card_compile(cause: str):
    family = load()[cause].family.value
    text = (resources.files("core.causes") / family / f"{cause}.toml").read_text(encoding="utf-8")
    assert parse(text, family, cause) == load()[cause]
