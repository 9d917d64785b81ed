"""Tests of core.n8n.commands."""

import json

import pytest

from core.n8n.check import NotANodeError
from core.n8n.choices import ChoiceRefusedError
from core.n8n.commands import check_node_command, node_cautions, node_command
from core.n8n.generate import OutputKind


@pytest.mark.parametrize("kind", [kind for kind in OutputKind if kind is not OutputKind.CURL])
def test_node_prints_json(kind: OutputKind) -> None:
    assert json.loads(node_command(kind))["nodes"]


def test_node_takes_every_option() -> None:
    text = node_command(
        "clipboard",
        auth="predefined",
        model="claude-opus-5",
        base_url="https://g.example.com",
        anthropic_version="2026-10-21",
        max_tokens=7,
        n8n_version="1.20",
    )
    (node,) = json.loads(text)["nodes"]
    assert node["typeVersion"] == 4.1
    assert node["parameters"]["url"] == "https://g.example.com/v1/messages"
    assert node["parameters"]["nodeCredentialType"] == "anthropicApi"
    assert node["parameters"]["headerParameters"]["parameters"][0]["value"] == "2026-10-21"
    assert '"claude-opus-5", max_tokens: 7' in node["parameters"]["jsonBody"]


def test_curl_is_text_that_ends_with_a_line_break() -> None:
    assert node_command("curl").startswith("curl ")
    assert node_command("curl").endswith("\n")


def test_form_turns_the_self_test_into_a_body_for_the_public_api() -> None:
    assert "id" not in json.loads(node_command("self-test", form="public-api"))


@pytest.mark.parametrize(("field", "value"), [("kind", "x"), ("auth", "x"), ("form", "x")])
def test_unknown_words_are_refused_with_the_known_ones(field: str, value: str) -> None:
    arguments = {"kind": "clipboard"} | {field: value}
    with pytest.raises(ChoiceRefusedError, match="is one of"):
        node_command(**arguments)


def test_caution_for_an_unknown_model_and_none_for_a_good_one() -> None:
    assert "not in Anthropic's list" in node_cautions("claude-future-9")
    assert node_cautions("claude-sonnet-5") == ""


def test_check_node_speaks_in_words() -> None:
    assert check_node_command(node_command("workflow")) == "Nothing is wrong with the 1 node(s) that call Claude.\n"
    other = '{"nodes": [{"type": "n8n-nodes-base.set", "name": "a", "parameters": {}}]}'
    assert check_node_command(other) == "None of the 1 nodes calls Claude.\n"


def test_check_node_shows_finding_and_difference_and_fixes_it() -> None:
    broken = node_command("clipboard").replace('"POST"', '"GET"')
    words = check_node_command(broken)
    assert words.startswith("ERROR method_wrong (cause: wrong_path): Call Claude\n")
    assert '+    "method": "POST",' in words
    assert json.loads(check_node_command(broken, fix=True)) == json.loads(node_command("clipboard"))


def test_check_node_as_json_is_one_line() -> None:
    line = check_node_command(node_command("clipboard").replace('"POST"', '"GET"'), as_json=True, fix=True)
    assert line.count("\n") == 1
    report = json.loads(line)
    assert report["checked"] == 1
    assert report["findings"][0]["rule"] == "method_wrong"
    assert report["findings"][0]["cause"] == "wrong_path"
    assert json.loads(report["corrected"])["nodes"]


def test_check_node_refuses_other_texts() -> None:
    with pytest.raises(NotANodeError):
        check_node_command("hello")
