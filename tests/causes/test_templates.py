"""Filling a card's words: places by their labels, facts only where they are harmless."""

import pytest

from core.causes.templates import check, fill, is_harmless
from core.models.catalogue import load
from core.paste.failure import Failure


def test_a_place_is_named_as_the_users_n8n_names_it():
    assert fill("Press {n8n.publish}.", None, 2) == "Press Publish."
    assert fill("Press {n8n.publish}.", None, 1) == "Press the Active switch."


def test_a_family_is_named_by_its_newest_model():
    assert fill("Use {model.sonnet}.", None) == f"Use {load().newest('sonnet').id}."
    check("{model.opus}, {model.sonnet} or {model.haiku}")
    with pytest.raises(ValueError, match=r"\{model\.sonet\} is no family; models\.toml lists them"):
        check("{model.sonet}")


def test_a_fact_stands_where_the_paste_says_it_else_the_words_after_the_bar():
    text = "Choose another model than {fact.model|the one in the node}."
    assert fill(text, Failure(model="claude-3-opus-20240229")) == "Choose another model than claude-3-opus-20240229."
    assert fill(text, Failure()) == "Choose another model than the one in the node."
    assert fill(text, None) == "Choose another model than the one in the node."


def test_a_number_is_a_fact_too():
    assert fill("{fact.status|the status}", Failure(status=529)) == "529"
    assert fill("item {fact.item_index|?}", Failure(item_index=0)) == "item 0"


@pytest.mark.parametrize(
    "value",
    [
        "claude-sonnet-4-5",
        "Message a model",
        "Frag’s Claude, 2. Versuch",
        "AI Agent (main)",
        "Frage_für_Zoë",
        "claude@20240229",
    ],
)
def test_ordinary_names_are_harmless(value: str):
    assert is_harmless(value)


@pytest.mark.parametrize(
    "value",
    [
        *("![x](http://e.x/p.png)", "[a](b)", "<b>", "`x`", "**x**", "# x", "$x$", "a\nb", "|", "{x}", "x\\y"),
        *(
            "https://e.example",
            "www.e.example",
            ":material/home:",
            ":smile:",
            ":red[x]",
            "_x_",
            "a __b__ c",
            "a@b.example",
            "",
            "x" * 121,
            "\ud83d",
        ),
    ],
)
def test_markup_links_and_long_texts_are_not(value: str):
    assert not is_harmless(value)
    assert fill("{fact.node|the node}", Failure(node=value)) == "the node"


def test_plain_text_outputs_may_quote_a_fact_as_it_is():
    assert fill("{fact.node|the node}", Failure(node="<b>"), quoting=True) == "<b>"


def test_a_fact_is_never_filled_twice():
    assert fill("{fact.node|x}", Failure(node="{n8n.publish}"), quoting=True) == "{n8n.publish}"


@pytest.mark.parametrize("text", ["{fact.colour|x}", "{fact.node}", "{fact.node| }", "{n8n.nowhere}", "{place.x}"])
def test_an_unknown_or_unfillable_name_is_refused(text: str):
    with pytest.raises(ValueError, match=r"^\{"):
        check(text)


def test_an_n8n_expression_is_no_placeholder():
    check("Write {{ $json.text }} there.")
    assert fill("Write {{ $json.text }} there.", None) == "Write {{ $json.text }} there."
