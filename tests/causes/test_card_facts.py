"""Facts about a cause are on its card: which card says what, and no code that names a cause by itself."""

import ast
from collections.abc import Iterator

import msgspec
import pytest

from core.causes import loader
from core.causes.card import Card, ChosenWhen, KeyVerdict, ProbeFacts
from core.causes.ids import CauseId
from core.causes.loader import CardError, catalogue_of, load
from core.keys.key_text import KeyFault
from core.net.base_url import TargetProblem
from tests.causes.card_facts import FACTS
from tests.paths import ROOT

NO_FACTS = {
    "id", "family", "who_fixes", "key_verdict",
    "title", "what_happened", "why", "steps", "how_to_check", "not_tested", "verified", "sources", "links",
    "assistant_prompts", "still_needs", "still_unknown", "copy_next", "beats",
    "match", "variant", "alternative", "example", "near_miss", "probe",
}  # fmt: skip
"""Fields that class a card, hold its words or recognise it: data/causes.csv and the card's examples pin these."""

HOMONYMS = {
    ("core/causes/card.py", "unknown"): "a verdict on the key",
    ("core/causes/card.py", "detail_lost"): "when the diagnosis chooses a cause",
    ("core/causes/search.py", "overloaded"): "a word of a query",
    ("core/causes/search.py", "request_too_large"): "an error type of Anthropic",
    ("core/keys/kinds.py", "unknown"): "a kind of key",
    ("core/n8n/check/callee.py", "unknown"): "whom a node calls",
    ("core/n8n/check/layouts.py", "unknown"): "where a node keeps its fields",
    ("core/n8n/check/rules.py", "body_not_json"): "a rule",
    ("core/n8n/check/rules.py", "max_tokens_too_large"): "a rule",
    ("core/n8n/nodes.py", "timeout"): "a setting of n8n",
    ("core/n8n/workflows.py", "timeout"): "a setting of n8n",
    ("core/net/base_url.py", "doubled_path"): "why an address is refused",
    ("core/paste/facts/envelopes.py", "request_too_large"): "an error type of Anthropic",
    ("core/paste/failure.py", "connection_refused"): "a line of n8n",
    ("core/paste/failure.py", "n8n_ai_credits"): "a surface",
    ("core/paste/failure.py", "other_node"): "a surface",
    ("core/storage/access_results.py", "unknown"): "instead of a model or a host",
    ("core/storage/kept_facts.py", "unknown"): "instead of a fact",
    ("core/storage/reports.py", "unknown"): "instead of a workflow",
    ("core/text/case.py", "unknown"): "instead of a model",
    ("core/text/vocabulary/__init__.py", "unknown"): "the state of a model that is in no catalogue",
    ("core/web/intake.py", "unknown"): "instead of an address",
    ("pages/parts/node/help.py", "timeout"): "a setting of n8n",
}
"""Strings that are spelled like a cause and mean something else."""


def said(card: Card, field: str) -> list[object]:
    """What a card says in a field, ``probe.`` before those of `ProbeFacts`; empty where it says nothing."""
    source, name = (card.probe, field.removeprefix("probe.")) if field.startswith("probe.") else (card, field)
    value = getattr(source, name)
    return value if isinstance(value, list) else [value] if value else []


@pytest.mark.parametrize("field", FACTS)
def test_exactly_these_cards_say_it(field: str):
    cards: dict[object, set[str]] = {}
    for card in load().values():
        for value in said(card, field):
            cards.setdefault(value, set()).add(card.id)
    assert cards == FACTS[field]


def test_every_fact_that_a_card_can_say_is_written_down_here():
    fields = {*Card.__struct_fields__} - NO_FACTS | {f"probe.{name}" for name in ProbeFacts.__struct_fields__}
    assert fields == set(FACTS)


def test_what_only_this_portal_refuses_is_no_cause():
    unsaid = {problem for problem in TargetProblem if loader.card_of_base_url_problem(problem) is None}
    assert unsaid == {TargetProblem.SHORT_HOST, TargetProblem.PORT_CLOSED}


def test_a_card_is_found_by_its_fact():
    assert {fault: loader.card_of_key_fault(fault).id for fault in KeyFault} == {
        KeyFault(value): cause for value, (cause,) in FACTS["key_fault"].items()
    }
    assert {each: loader.card_chosen_when(each).id for each in ChosenWhen} == {
        ChosenWhen(value): cause for value, (cause,) in FACTS["chosen_when"].items()
    }


def test_only_a_card_that_names_a_cause_is_called_certain():
    assert {card.id for card in load().values() if card.names_no_cause} == {"unknown", "detail_lost"}


def with_changed(cause: str, **fields: object) -> list[Card]:
    """The catalogue's cards with some fields of one replaced."""
    return [msgspec.structs.replace(card, **fields) if card.id == cause else card for card in load().values()]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (
            {"key_fault": KeyFault.MISSING},
            "overloaded.toml: only one card may have key_fault missing",
        ),
        ({"chosen_when": ChosenWhen.DETAIL_LOST}, "only one card may have chosen_when detail_lost"),
        ({"base_url_problems": [TargetProblem.DOUBLED_PATH]}, "only one card may have base_url_problems doubled_path"),
        ({"model_state": load()["retired_model"].model_state}, "only one card may have model_state retired"),
    ],
)
def test_a_fact_that_code_asks_for_is_on_one_card(fields: dict[str, object], says: str):
    with pytest.raises(CardError) as refused:
        catalogue_of(with_changed("overloaded", **fields))
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("cause", "field", "says"),
    [("missing_key", "key_fault", "no card has key_fault missing"),
     ("unknown", "chosen_when", "no card has chosen_when nothing_said")],
)  # fmt: skip
def test_a_fact_that_code_asks_for_may_not_be_dropped(cause: str, field: str, says: str):
    with pytest.raises(CardError, match=says):
        catalogue_of(with_changed(cause, **{field: None}))


@pytest.mark.parametrize("cause", CauseId)
def test_the_catalogue_does_not_load_without_a_cause_that_code_names(cause: CauseId):
    with pytest.raises(CardError, match=rf"ids\.py: names {cause}, which is no cause"):
        catalogue_of(card for card in load().values() if card.id != cause)


def test_the_cards_as_they_are_fit_together():
    assert catalogue_of(load().values()) == load()


def test_only_a_cause_with_a_good_key_proves_the_key_valid():
    proving = [card for card in load().values() if card.probe.proves_key_valid]
    assert {card.key_verdict for card in proving} == {KeyVerdict.GOOD}


def strings(source: str) -> Iterator[str]:
    yield from (
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_no_code_names_a_cause():
    """A cause that code has to name is a member of `CauseId`; anything else that code wants to know is on the card."""
    files = [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "streamlit_app.py"]
    named = {
        (file.relative_to(ROOT).as_posix(), text)
        for file in files
        for text in strings(file.read_text(encoding="utf-8"))
        if text in load()
    }
    assert {pair for pair in named if pair[0] != "core/causes/ids.py"} == set(HOMONYMS)


def test_each_cause_that_code_may_name_is_named():
    """An id that nothing asks for any more goes out of `CauseId`."""
    files = [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    used = {
        node.attr
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "CauseId"
    }
    assert used == {member.name for member in CauseId}
