"""The Diagnose page as a visitor meets it, run by Streamlit's own test runner from the entry."""

import gzip
import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import Settings
from core.sizes import MAX_PASTE_CHARS
from core.text import vocabulary
from pages.parts import error_box, shell
from pages.parts.links import PortalPage
from pages.parts.paste_box import Origin, Paste
from tests.paths import ROOT
from tests.reading_grade import reading_grade

DATA = Path(__file__).with_name("data")
BOX = "diagnose_box"


@pytest.fixture
def page():
    """The page as it opens."""
    return AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30).run()


def paste(page, text):
    page.text_area(BOX).set_value(text).run()
    return shown(page)


def shown(page):
    """All our own markup on the page, as text; the page must not have failed."""
    assert not page.exception
    return "\n".join(each.proto.body for each in page.get("html"))


def problems(page):
    return [each.value for each in page.error]


def test_the_empty_page_says_what_to_paste_and_what_happens_to_it(page):
    text = shown(page)
    assert [title.value for title in page.title] == ["Why does Claude fail in n8n?"]
    assert "Keys and passwords are hidden before anything is read." in text
    assert "nothing is kept" in text
    assert "Error details" in page.markdown[1].value
    assert "<h2>" not in text


def test_a_pasted_error_becomes_a_finding_with_steps(page):
    text = paste(page, (ROOT / "pages/samples/bad_request.json").read_text())
    assert "<h2>The Anthropic account has run out of credit</h2>" in text
    assert "<ol><li>" in text
    assert "How to check:" in text
    assert 'role="status"' in text
    assert "1 failed call (Basic LLM Chain)" in text


def test_every_verdict_is_a_word_beside_its_icon(page):
    paste(page, (ROOT / "pages/samples/bad_request.json").read_text())
    badges = [each.value for each in page.markdown if "-badge[" in each.value]
    assert any("Key: valid" in badge and "check_circle" in badge for badge in badges)
    assert any("Cause: certain" in badge for badge in badges)


def test_a_key_is_called_rejected_when_anthropic_said_so(page):
    paste(page, (DATA / "rejected_key.json").read_text())
    assert any("Key: rejected by Anthropic" in each.value for each in page.markdown)


def test_a_blocked_call_leaves_the_key_unproven(page):
    paste(page, (ROOT / "pages/samples/forbidden.txt").read_text())
    assert any("Key: not checked" in each.value for each in page.markdown)
    assert "Keep it." in shown(page)


@pytest.mark.parametrize("name", ["bad_request.json", "not_found.txt", "forbidden.txt"])
def test_each_sample_gives_a_finding_and_leaves_the_box_alone(page, name):
    page.text_area(BOX).set_value("what I had typed").run()
    page.button("diagnose_clear").click().run()
    page.text_area(BOX).set_value("").run()
    page.button(f"diagnose_sample_{name}").click().run()
    assert "A sample." in shown(page)
    assert "<h2>" in shown(page)
    assert page.text_area(BOX).value == ""


def test_several_findings_show_the_first_open_and_the_others_closed(page):
    text = paste(page, (DATA / "two_findings.json").read_text())
    assert text.count("<h2>") == 2
    assert "1 more problem in the same paste, below." in text
    assert [each.label for each in page.expander].count("Steps for this one") == 1


def test_an_upload_is_read_and_dropped(page):
    page.file_uploader("diagnose_upload_0").upload("run.json", (DATA / "two_findings.json").read_bytes()).run()
    assert "run.json. A list of n8n executions" in shown(page)
    assert page.file_uploader("diagnose_upload_1").value is None
    assert "diagnose_waiting" not in page.session_state


def test_a_big_upload_is_read_in_a_process_of_its_own(page):
    padded = (DATA / "two_findings.json").read_bytes() + b" " * 1_000_001
    page.file_uploader("diagnose_upload_0").upload("big.json", padded).run()
    assert "<h2>The Anthropic account has run out of credit</h2>" in shown(page)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(50), b"%PDF-1.7 ..."])
def test_a_picture_is_refused_in_one_sentence(page, content):
    page.file_uploader("diagnose_upload_0").upload("screen.png", content).run()
    assert len(problems(page)) == 1
    assert "picture" in problems(page)[0]
    assert not page.exception


def test_a_paste_over_the_limit_stays_in_the_box_and_says_what_to_do(page):
    long = "x" * (MAX_PASTE_CHARS + 1)
    paste(page, long)
    assert page.text_area(BOX).value == long
    assert len(problems(page)) == 1
    assert "It is still in the box" in problems(page)[0]


def test_an_empty_box_is_answered(page):
    page.button("diagnose_find").click().run()
    assert problems(page) == ["The box is empty. Copy the error from n8n and paste it here."]


def test_the_text_outlives_a_rerun_and_a_refusal(page):
    paste(page, "Bad request - please check your parameters")
    page.button("diagnose_find").click().run()
    assert page.text_area(BOX).value == "Bad request - please check your parameters"


def test_start_over_clears_the_box_and_the_finding(page):
    paste(page, "Bad request - please check your parameters")
    page.button("diagnose_clear").click().run()
    assert page.text_area(BOX).value == ""
    assert "<h2>" not in shown(page)


def test_a_key_in_the_paste_is_hidden_everywhere_and_in_the_box_too(page, fake_key):
    key = fake_key()
    text = paste(page, f"401 invalid x-api-key\nx-api-key: {key}")
    drawn = text + "".join(str(each.value) for each in (*page.code, *page.markdown, *page.text))
    assert key[14:40] not in drawn
    assert re.fullmatch(r"401 invalid x-api-key\nx-api-key: \[Anthropic API key #\w{6}\]", page.text_area(BOX).value)
    assert any("We hid 1 secret before reading" in each.label for each in page.expander)


def test_what_is_typed_after_a_hidden_key_stays(page, fake_key):
    paste(page, f"401 invalid x-api-key\nx-api-key: {fake_key()}")
    changed = page.text_area(BOX).value + "\nSince we changed the node."
    paste(page, changed)
    assert page.text_area(BOX).value == changed
    paste(page, "529 Overloaded")
    assert page.text_area(BOX).value == "529 Overloaded"


def test_a_strangers_markup_is_escaped(page):
    hostile = '{"errorMessage": "<img src=x onerror=alert(1)> ![x](https://evil.example/x.png)", "n8nDetails": {}}'
    text = paste(page, hostile)
    assert "<img" not in text
    assert all("evil.example" not in each.value for each in page.markdown)


def test_the_ticket_text_holds_the_engineers_facts(page):
    paste(page, (ROOT / "pages/samples/bad_request.json").read_text())
    ticket = next(each.value for each in page.code if "Facts for the engineer" in each.value)
    assert "credit_exhausted (certain)" in ticket
    assert "Request id: req_011C5Ngy0fJAPZfefppPUoQc" in ticket


def test_the_footer_says_how_old_the_facts_are(page):
    assert "Facts about Claude and n8n as of" in shown(page)


def test_the_pages_own_sentences_are_easy_to_read(page):
    privacy = shown(page).split('<p class="rc-small">')[1].split("</p>")[0]
    sentences = [*(each.value for each in page.markdown), privacy, *vocabulary.KEY_PROOF.values()]
    assert reading_grade(" ".join(sentences)) <= 8


def test_the_footer_stays_when_the_page_runs_again(page):
    paste(page, "Bad request - please check your parameters")
    assert "<footer" in shown(page)
    page.button("diagnose_clear").click().run()
    assert "<footer" in shown(page)


RED_TEST = "Couldn’t connect with these settings\nNot Found"


def test_the_version_decides_what_a_red_test_means(page):
    text = paste(page, RED_TEST)
    assert "<h2>The real reason is not in this text" in text
    assert "It depends on the n8n version." in text
    page.text_input("diagnose_n8n_version").set_value("1.123.66").run()
    assert "<h2>n8n&#x27;s own test asks for a model that is gone" in shown(page)
    assert "When you save the credential, n8n 1.123.66 sends a message to claude-3-haiku-20240307" in shown(page)
    page.text_input("diagnose_n8n_version").set_value("n8n@2.41.1 (Self Hosted)").run()
    assert "n8n 2.41.1 asks for the list of models" in shown(page)
    assert "whether there is credit" in shown(page)


def test_what_is_no_version_is_answered_and_changes_nothing(page):
    paste(page, RED_TEST)
    page.text_input("diagnose_n8n_version").set_value("the newest").run()
    assert "This is no n8n version. Write it like 2.41.1." in shown(page)
    assert "<h2>The real reason is not in this text" in shown(page)


def test_the_version_in_the_paste_is_not_overruled(page):
    before = paste(page, (ROOT / "pages/samples/bad_request.json").read_text())
    page.button("diagnose_clear").click().run()
    page.text_input("diagnose_n8n_version").set_value("1.79.0").run()
    assert paste(page, (ROOT / "pages/samples/bad_request.json").read_text()) == before


def test_a_person_who_is_stuck_gets_texts_to_copy_and_a_contact(page, monkeypatch):
    monkeypatch.setattr(shell, "settings", lambda: Settings(support_contact="help@example.com"))
    paste(page, (ROOT / "pages/samples/bad_request.json").read_text())
    assert "Still stuck?" in [each.label for each in page.expander]
    assert any(each.value.startswith("Hello,") and "Request id: req_" in each.value for each in page.code)
    assert any("Do not ask me for my API key." in each.value for each in page.code)
    assert shown(page).count("Write to <a href=") == 2  # in the finding, and in the footer


def test_a_finding_leads_to_a_test_with_the_model_that_failed(page):
    paste(page, '404 {"type":"error","error":{"type":"not_found_error","message":"model: claude-opus-5-5"}}')
    assert "model=claude-opus-5-5" in str([link.proto for link in page.get("page_link")])


def test_a_hidden_key_gives_advice_and_hidden_data_does_not(page, fake_key):
    assert "Replace it only if" in paste(page, f"401 invalid x-api-key, sent {fake_key()}")
    encrypted = "U2FsdGVkX1" + "9" * 60
    text = paste(page, f'Credentials could not be decrypted: "data": "{encrypted}"')
    assert "Replace it only if" not in text
    assert any("We hid" in each.label for each in page.expander)


def test_the_version_is_not_asked_for_where_the_paste_says_it(page):
    paste(page, "529 Overloaded")
    assert [field for field in page.text_input if "n8n version" in field.label]
    paste(page, "529 Overloaded\nn8nVersion: 2.41.1")
    assert not [field for field in page.text_input if "n8n version" in field.label]


def test_a_packed_upload_is_read_in_a_process_of_its_own():
    packed = Paste(origin=Origin.FILE, data=gzip.compress(b"529 Overloaded"), name="log.gz")
    assert packed.is_big
    assert error_box.read(packed, salt=b"x" * 16).result.findings[0].cause == "overloaded"


def test_the_same_key_has_the_same_mark_on_every_page(page, fake_key):
    mark = re.compile(r"\[Anthropic API key #(\w{6})\]")
    paste(page, f"401 invalid x-api-key, sent {fake_key()}")
    here = mark.search(page.text_area(BOX).value).group(1)
    node = {"type": "n8n-nodes-base.httpRequest", "name": "Claude", "parameters": {"url": fake_key()}}
    page.switch_page(PortalPage.CHECK_NODE.file).run()
    page.text_area[0].set_value(json.dumps({"nodes": [node], "connections": {}})).run()
    assert mark.search(page.text_area[0].value).group(1) == here
