"""The page that checks a node, as a visitor meets it, run by Streamlit's own test runner from the entry."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.n8n.choices import NodeChoices
from core.n8n.generate import OutputKind, WorkflowForm, document, generate
from core.sizes import MAX_PASTE_CHARS
from pages.parts.links import PortalPage
from pages.parts.node import page_links
from tests.paths import ROOT
from tests.reading_grade import reading_grade

BOX = "check_node_box"
MARK = re.compile(r"\[Anthropic API key #\w{6}\]")
OTHER = {"nodes": [{"type": "n8n-nodes-base.set", "name": "a", "parameters": {}}], "connections": {}}


@pytest.fixture
def page():
    """The page as it opens."""
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30).run()
    return page.switch_page(PortalPage.CHECK_NODE.file).run()


def paste(page, text):
    page.text_area(BOX).set_value(text).run()
    return shown(page)


def shown(page):
    """All our own markup on the page, as text; the page must not have failed."""
    assert not page.exception
    return "\n".join(each.proto.body for each in page.get("html"))


def problems(page):
    return [each.value for each in page.error]


def broken(**parameters):
    """A workflow whose call has these parameters in the place of the right ones."""
    made = document(OutputKind.WORKFLOW, NodeChoices(), WorkflowForm.CLIPBOARD)
    for node in made["nodes"]:
        if node["name"] == "Call Claude":
            node["parameters"] |= parameters
    return json.dumps(made)


def badges(page):
    return [each.value for each in page.markdown if "-badge[" in each.value]


def links(page):
    return [each.proto.label for each in page.get("page_link")]


def test_the_empty_page_says_what_to_paste_and_what_happens_to_it(page):
    text = shown(page)
    assert [title.value for title in page.title] == ["Check my node"]
    assert "Keys and passwords are hidden on this page." in text
    assert any("press Ctrl+C" in each.value for each in page.markdown)
    assert "No node yet? Get one that works" in links(page)
    assert not page.code


def test_a_fault_shows_its_words_its_error_and_a_corrected_copy(page):
    text = paste(page, broken(method="GET"))
    assert "5 nodes, 1 of them calls Claude. We found 1 thing to look at." in text
    assert "<h2>In the node “Call Claude”</h2>" in text
    assert "The method is GET." in text
    assert any("This fails" in badge and "cancel" in badge for badge in badges(page))
    assert any("Fixed in the copy" in badge for badge in badges(page))
    assert "About this error" in links(page)
    corrected, difference = (each.value for each in page.code)
    assert json.loads(corrected) == document(OutputKind.WORKFLOW, NodeChoices(), WorkflowForm.CLIPBOARD)
    assert '+    "method": "POST",' in difference


def test_a_link_leads_to_the_errors_own_page(page):
    paste(page, broken(method="GET"))
    link = next(each.proto for each in page.get("page_link") if each.proto.label == "About this error")
    assert "cause=wrong_path" in link.query_string


def test_several_nodes_have_their_findings_under_their_names(page):
    one = document(OutputKind.CLIPBOARD, NodeChoices(node_name="First"))["nodes"][0]
    two = document(OutputKind.CLIPBOARD, NodeChoices(node_name="Second"))["nodes"][0]
    for node in (one, two):
        node["parameters"]["method"] = "GET"
    text = paste(page, json.dumps({"nodes": [two, one], "connections": {}}))
    assert text.index("“First”") < text.index("“Second”")


def test_a_clean_node_says_what_cannot_be_seen_from_here(page):
    text = paste(page, generate(OutputKind.CLIPBOARD, NodeChoices()))
    assert "1 node, it calls Claude. Nothing is wrong with what we can see." in text
    assert any("whether your key works" in each.value for each in page.markdown)
    assert {"Test it from inside your n8n", "It still fails? Find the cause"} <= set(links(page))
    assert not page.code


def test_nodes_that_do_not_call_claude_lead_to_one_that_does(page):
    text = paste(page, json.dumps(OTHER))
    assert "None of them calls Claude" in text
    assert "Get a node that calls Claude" in links(page)


@pytest.mark.parametrize("text", ["hello", "{}", "[", "<html>", "{" * 5_000])
def test_what_is_no_node_is_answered_in_a_sentence(page, text):
    paste(page, text)
    (problem,) = problems(page)
    assert problem.startswith("There is no n8n node in this.")
    assert page.text_area(BOX).value == text


def test_an_empty_box_is_answered(page):
    page.button("check_node_check").click().run()
    assert problems(page) == ["The box is empty. Copy a node in n8n and paste it here."]


def test_a_paste_over_the_limit_stays_in_the_box(page):
    long = "x" * (MAX_PASTE_CHARS + 1)
    paste(page, long)
    assert "It is still in the box" in problems(page)[0]
    assert page.text_area(BOX).value == long


def with_key(key):
    return broken(headerParameters={"parameters": [{"name": "x-api-key", "value": key}]})


def with_secret(secret):
    """A workflow with a fault in its call, and with a secret in another node."""
    flow = json.loads(broken(method="GET"))
    slack = {"type": "n8n-nodes-base.set", "name": "Notify", "parameters": {"token": secret}}
    return json.dumps(flow | {"nodes": [*flow["nodes"], slack]}, indent=1)


def drawn(page):
    """Every text that the page puts on the screen, the box included."""
    kinds = (page.code, page.markdown, page.text, page.error, page.text_area, page.radio, page.expander)
    texts = [f"{getattr(each, 'label', '')} {getattr(each, 'value', '')}" for kind in kinds for each in kind]
    return "\n".join([shown(page), *texts])


def found(page):
    """What was found in the last paste."""
    return page.session_state["check_node_outcome"].result.check


def test_a_key_is_hidden_everywhere_and_in_the_box_too(page, fake_key):
    key = fake_key()
    text = paste(page, with_key(key))
    assert key[14:40] not in drawn(page)
    assert key[14:40] not in repr(page.session_state)
    assert MARK.search(page.text_area(BOX).value)
    assert "A key is in the node itself." in text
    assert any("1 secret hidden on this page" in each.label for each in page.expander)
    assert '"name": "x-api-key"' not in page.code[0].value
    assert json.loads(page.code[0].value)
    assert key not in found(page).corrected


def test_a_copy_with_secrets_is_kept_as_it_is_and_not_drawn(page, fake_key):
    key = fake_key()
    pasted = with_secret(key)
    text = paste(page, pasted)
    assert key[14:40] not in drawn(page)
    assert found(page).corrected == pasted.replace('"GET"', '"POST"')
    assert page.radio("check_node_secrets").value == "Keep them"
    assert "Your workflow holds what looks like secrets." in text
    assert '<th scope="row">Notify</th><td data-label="Field">parameters.token</td>' in text
    assert [each.value for each in page.code] == [found(page).difference]
    assert page.get("download_button")


def test_a_key_in_any_place_is_never_drawn(page, fake_key, caplog):
    key = fake_key()
    flow = json.loads(broken(method="GET"))
    for node in flow["nodes"]:
        node |= {"notes": key, "name": f"{node['name']} {key}", "id": key, key: key, "webhookId": f"x{key}"}
        node["parameters"] |= {"more": [{"a": key}], key: 1, "text": f"={{{{ '{key}' }}}}"}
    flow |= {"name": key, "pinData": {key: [{"json": {"x": key}}]}, "meta": {"instanceId": key}}
    paste(page, json.dumps(flow))
    assert key in found(page).corrected
    for choice in ("Keep them", "Replace them with placeholders"):
        page.radio("check_node_secrets").set_value(choice).run()
        assert key[13:40] not in drawn(page) + caplog.text


def test_the_secrets_are_replaced_on_request_and_listed(page, fake_key):
    paste(page, with_secret(fake_key()))
    page.radio("check_node_secrets").set_value("Replace them with placeholders").run()
    copy = page.code[0].value
    assert json.loads(copy)["nodes"][-1]["parameters"] == {"token": "YOUR_ANTHROPIC_API_KEY_HERE"}
    assert copy.replace("YOUR_ANTHROPIC_API_KEY_HERE", fake_key()) == found(page).corrected
    assert "YOUR_ANTHROPIC_API_KEY_HERE" in shown(page)
    assert any("What was replaced: 1 field" in each.label for each in page.expander)
    paste(page, with_secret(fake_key(seed=1)))
    assert page.radio("check_node_secrets").value == "Keep them"


def test_checking_again_what_was_hidden_says_the_same(page, fake_key):
    text = paste(page, with_secret(fake_key()))
    corrected = found(page).corrected
    page.button("check_node_check").click().run()
    assert shown(page) == text
    assert found(page).corrected == corrected
    assert fake_key() in corrected
    assert any("1 secret hidden on this page" in each.label for each in page.expander)


def test_no_copy_is_made_of_a_text_with_marks_in_it(page, fake_key):
    paste(page, with_secret(fake_key()))
    changed = page.text_area(BOX).value + "\n"
    text = paste(page, changed)
    assert page.text_area(BOX).value == changed
    assert "The method is GET." in text
    assert "Paste the original from n8n again to get one." in text
    assert not page.code
    assert not page.get("download_button")
    paste(page, with_secret(fake_key()))
    assert fake_key() in found(page).corrected
    assert page.get("download_button")


def test_a_text_that_only_looks_like_a_mark_is_no_mark_of_ours(page):
    paste(page, broken(method="GET", notes="[token #abc123]"))
    assert "[token #abc123]" in page.code[0].value


def test_a_key_in_what_is_no_node_is_hidden_in_the_box(page, fake_key):
    key = fake_key()
    paste(page, f"my key is {key}")
    assert problems(page)[0].startswith("There is no n8n node in this.")
    assert key[14:40] not in page.text_area(BOX).value


def test_damaged_json_shows_its_position_and_its_line(page, fake_key):
    key = fake_key()
    text = with_secret(key).replace('"token": ', '"token" ')
    paste(page, text)
    line = next(at for at, each in enumerate(text.splitlines(), 1) if '"token"' in each)
    assert f"The JSON is damaged at line {line}, column" in problems(page)[0]
    assert '"token"' in page.code[0].value
    assert key[14:40] not in drawn(page)
    assert not page.get("download_button")


def test_the_same_key_keeps_its_mark_under_the_one_salt_of_the_session(page, fake_key):
    paste(page, with_key(fake_key()))
    (mark,) = set(MARK.findall(page.text_area(BOX).value))
    page.button("check_node_clear").click().run()
    paste(page, f"my key is {fake_key()}")
    assert MARK.findall(page.text_area(BOX).value) == [mark]
    assert "session_salt" in page.session_state
    assert "check_node_salt" not in page.session_state


def test_the_old_node_goes_and_the_credential_stays(page):
    text = paste(page, broken(method="GET"))
    assert "Then pick your credential in the new node. Then delete the old nodes. Keep the credential." in text
    text = paste(page, generate(OutputKind.CLIPBOARD, NodeChoices()).replace('"POST"', '"GET"'))
    assert "Then delete the old node. Keep the credential." in text


def test_what_the_copy_still_needs_is_above_it(page):
    body = '{"model": "claude-sonnet-5", "max_tokens": 9}'
    text = paste(page, broken(method="GET", jsonBody=body))
    order = ("The corrected copy", "Still to do by hand", "What was changed", "In the node “Call Claude”")
    assert [text.index(f"<h2>{each}</h2>") for each in order] == sorted(
        text.index(f"<h2>{each}</h2>") for each in order
    )
    assert "Without this, the copy fails too." in text
    assert "<li>In “Call Claude”: Add messages, for example &quot;messages&quot;: [" in text
    assert text.count("Add messages, for example") == 1
    assert [("Not fixed" in badge) for badge in badges(page) if "fixed" in badge.lower()] == [False, True]


def test_a_key_that_was_removed_is_still_to_be_changed(page, fake_key):
    text = paste(page, with_key(fake_key()))
    assert "Fixed in the copy" in "".join(badges(page))
    assert text.count("make a new key in the Console") == 1
    assert "Without this, the copy fails too." not in text


def test_a_copy_that_needs_nothing_more_lists_nothing(page):
    text = paste(page, broken(jsonBody='{"model": "claude-sonnet-5", "messages": []}'))
    assert "Still to do by hand" not in text
    assert '\\"max_tokens\\": 1024' in page.code[0].value


def test_of_a_thousand_faults_the_worst_are_drawn(page):
    bad = {"type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "parameters": {"url": "api.anthropic.com"}}
    text = paste(page, json.dumps([bad | {"name": f"Call {number}"} for number in range(300)]))
    assert "Here are the worst 100 findings." in text
    assert len([badge for badge in badges(page) if "This fails" in badge]) == 100
    assert text.count("<li>") <= 100


def test_a_strangers_name_is_escaped(page):
    hostile = broken(method="GET").replace("Call Claude", "<img src=x> ![x](https://evil.example/x.png)")
    text = paste(page, hostile)
    assert "<img" not in text
    assert all("evil.example" not in each.value for each in page.markdown)


def test_half_a_character_does_no_harm(page):
    """JSON can write half of a character, which no answer to a browser can hold."""
    text = paste(page, broken(method="GET").replace("Call Claude", r"Call \ud83d"))
    assert "The method is GET." in text
    assert json.loads(page.code[0].value)


def test_a_file_is_read_and_dropped(page):
    page.file_uploader("check_node_upload_0").upload("flow.json", broken(method="GET").encode()).run()
    assert "The method is GET." in shown(page)
    assert page.file_uploader("check_node_upload_1").value is None


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(50), b"%PDF-1.7 ..."])
def test_a_picture_is_refused_in_a_sentence(page, content):
    page.file_uploader("check_node_upload_0").upload("screen.png", content).run()
    assert "picture" in problems(page)[0]


def test_start_over_clears_the_box_and_the_findings(page):
    paste(page, broken(method="GET"))
    page.button("check_node_clear").click().run()
    assert page.text_area(BOX).value == ""
    assert "<h2>" not in shown(page)


def test_what_reconnect_cannot_fix_says_so_and_offers_a_node(page):
    code = {"type": "n8n-nodes-base.code", "name": "Ask", "typeVersion": 2, "position": [0, 0]}
    script = "const key = '{{ $credentials.anthropicApi.apiKey }}'; return this.helpers.httpRequest({url: 'https://api.anthropic.com/v1/messages'})"
    text = paste(page, json.dumps({"nodes": [code | {"parameters": {"jsCode": script}}], "connections": {}}))
    assert "Reconnect can’t fix this automatically." in text
    assert "Get a node that works" in links(page)


def test_the_pages_sentences_are_easy_to_read(page):
    texts = [each.value for each in page.markdown] + [shown(page).split('class="rc-small">')[1].split("</p>")[0]]
    paste(page, generate(OutputKind.CLIPBOARD, NodeChoices()))
    texts += [each.value for each in page.markdown]
    assert reading_grade(" ".join(texts)) <= 8


def test_the_finding_of_a_code_node_leads_to_the_node(page):
    """A cause that a new node does not have leads to one."""
    page.switch_page(PortalPage.ERRORS.file)
    page.query_params["cause"] = "code_node_credentials"
    page.run()
    assert "Get a node that works" in links(page)


@pytest.mark.parametrize(
    ("cause", "label"),
    [
        ("overloaded", "Get a workflow that waits and tries again"),
        ("dns_failure", "Test it from inside your n8n"),
        ("credit_exhausted", None),
    ],
)
def test_a_cause_leads_to_the_workflow_that_helps(page, cause, label):
    page.switch_page(PortalPage.ERRORS.file)
    page.query_params["cause"] = cause
    page.run()
    offered = {"Get a workflow that waits and tries again", "Test it from inside your n8n", "Get a node that works"}
    assert offered & set(links(page)) == ({label} if label else set())


def test_the_links_name_states_that_the_page_knows():
    from pages.parts.node.words import KINDS

    assert {page_links.ONE_NODE, page_links.SELF_TEST, page_links.FALLBACK} <= set(KINDS)
