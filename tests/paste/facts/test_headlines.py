"""n8n's own sentences."""

import pytest

from core.paste import read
from core.paste.facts.headlines import node_in_headline
from core.paste.failure import Headline


@pytest.mark.parametrize(
    ("line", "node", "rest"),
    [
        ("Problem in node ‘HTTP Request‘", "HTTP Request", ""),
        ("Problem in node ‘Bob's node‘", "Bob's node", ""),
        ("Problem in node ‘AI: Agent‘", "AI: Agent", ""),
        ("Error in sub-node Anthropic Chat Model", "Anthropic Chat Model", ""),
        ("Error in sub-node Simple Memory: No session ID found", "Simple Memory", "No session ID found"),
        ("Error in sub-node 'MCP Client'. Could not connect", "MCP Client", "Could not connect"),
        ("Error in sub-node MCP Client at ExecuteContext.getData (/usr/n8n.ts:1:1)", "MCP Client", ""),
        ("Problem in node ‘Ask‘ - The connection timed out", "Ask", "The connection timed out"),
    ],
)
def test_the_node_ends_where_the_sentence_goes_on(line, node, rest):
    found = node_in_headline(line)
    assert found is not None
    assert found[1:] == (node, rest)


def test_a_line_without_a_node_names_none():
    assert node_in_headline("The node has a problem") is None


def test_what_follows_the_node_is_the_reason():
    failure = read("Problem in node ‘Ask Claude‘ - Overloaded").failures[0]
    assert (failure.headline, failure.node, failure.message) == (Headline.PROBLEM_IN_NODE, "Ask Claude", "Overloaded")


def test_an_items_number_is_no_reason():
    assert read("Error in sub-node ‘Anthropic Chat Model‘ [item 0]").failures[0].message is None
