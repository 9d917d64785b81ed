"""Reports: the terminal contract to the letter, and texts that no ticket system takes for markup."""

import json

import msgspec
import pytest

from core.causes.card import Certainty, Family, KeyVerdict, WhoFixes
from core.causes.loader import load
from core.diagnosis import diagnose, explain
from core.paste.failure import FACTS, AnsweredBy, Shape, Surface
from core.text import diagnosis as diagnosis_text
from core.text import vocabulary
from core.text.markdown import prose
from tests.paths import ROOT

CONTRACT = {"source", "shape", "findings", "hidden_secrets", "version_note"}
FINDING = {
    "cause", "certainty", "key_verdict", "who_fixes", "title", "evidence", "node", "model", "status", "request_id",
    "alternatives", "not_tested", "steps",
}  # fmt: skip


@pytest.fixture(scope="module")
def credit():
    return diagnose((ROOT / "pages/samples/bad_request.json").read_text())


def test_the_json_is_the_terminal_contract(credit):
    line = diagnosis_text.to_json(credit, source="bad_request.json")
    read = msgspec.json.decode(line)
    assert b"\n" not in line
    assert set(read) == CONTRACT
    assert read["source"] == "bad_request.json"
    assert read["shape"] == "copy_details"
    finding = read["findings"][0]
    assert set(finding) == FINDING
    assert finding["cause"] == "credit_exhausted"
    assert (finding["certainty"], finding["key_verdict"], finding["who_fixes"]) == ("certain", "good", "account_admin")
    assert (finding["node"], finding["status"]) == ("Basic LLM Chain", 400)
    assert set(finding["evidence"][0]) == {"fact", "value", "start", "end"}
    assert set(finding["alternatives"][0]) == {"cause", "check"}


def test_the_offsets_of_the_evidence_point_at_its_text(credit):
    finding = credit.findings[0]
    placed = [each for each in finding.evidence if each.start is not None and each.fact == "request_id"]
    assert placed
    assert all(finding.excerpt[each.start : each.end] == each.value for each in placed)


NEWER = "Problem in node ‘AI Agent‘\nOverloaded\n\nError details\n\nn8n version\n\n3.3.0 (Cloud)"
NOTE = "Your n8n is 3.3.0. Reconnect was checked with n8n up to 2.41.3, so a label or a step can differ."


def test_an_n8n_newer_than_the_newest_checked_is_named_once():
    newer, known = diagnose(NEWER), diagnose(NEWER.replace("3.3.0", "2.41.1"))
    assert diagnosis_text.report(newer, source="-").version_note == NOTE
    assert diagnosis_text.to_text(newer, source="-").count(NOTE) == 1
    assert diagnosis_text.report(known, source="-").version_note is None
    assert "checked with" not in diagnosis_text.to_text(known, source="-")


def test_hidden_secrets_are_counted_by_their_masks(fake_key):
    diagnosis = diagnose(f"x-api-key: {fake_key()}\nagain {fake_key()}\nother {fake_key(seed=2)}")
    assert msgspec.json.decode(diagnosis_text.to_json(diagnosis, source="-"))["hidden_secrets"] == 3


def test_a_paste_that_says_nothing_gives_one_finding():
    read = msgspec.json.decode(diagnosis_text.to_json(diagnose("hello"), source="-"))
    assert [finding["cause"] for finding in read["findings"]] == ["unknown"]


def test_the_ticket_starts_with_words_for_the_customer_and_goes_on_with_facts(credit):
    ticket = diagnosis_text.ticket_text(credit.findings[0], credit)
    customer, engineer = ticket.split("Facts for the engineer")
    assert customer.startswith("The Anthropic account has run out of credit")
    assert "Your key is valid: Anthropic knows it." in customer
    assert "1. " in customer
    assert "invalid_request_error" not in customer
    for fact in ("credit_exhausted (certain)", "HTTP status: 400", "Request id: req_", "n8n version: 2.41.1"):
        assert fact in engineer
    assert "Not tested: " in engineer
    assert "To decide: " in engineer


def test_the_ticket_says_what_the_paste_leaves_unknown():
    diagnosis = diagnose("Bad request - please check your parameters")
    finding = diagnosis.findings[0]
    assert finding.still_unknown
    for text in (diagnosis_text.ticket_text(finding, diagnosis), diagnosis_text.to_text(diagnosis, source="-")):
        assert f"Still unknown: {finding.still_unknown}\n" in text
    assert f"- {prose(f'Still unknown: {finding.still_unknown}')}\n" in diagnosis_text.ticket_markdown(
        finding, diagnosis
    )


HOSTILE = "![x](https://evil.example/x.png) <img src=x> `tick` [a](javascript:1) # no\n# heading"


def test_no_text_of_a_paste_is_markup_in_a_markdown_ticket():
    paste = msgspec.json.encode(
        {"errorMessage": "Authorization failed", "errorDescription": HOSTILE, "n8nDetails": {"nodeName": HOSTILE}}
    )
    diagnosis = diagnose(paste)
    ticket = diagnosis_text.ticket_markdown(diagnosis.findings[0], diagnosis)
    assert "\n# heading" not in ticket
    for line in ticket.splitlines():
        if "evil.example" in line:
            assert line.startswith("- ")
            quoted = line.split(": ", 1)[1]
            fence = quoted[: len(quoted) - len(quoted.lstrip("`"))]
            assert fence
            assert quoted.endswith(fence)
            assert fence not in quoted[len(fence) : -len(fence)].replace(fence + "`", "")


def test_the_terminal_text_names_the_source_the_key_and_the_steps(credit):
    text = diagnosis_text.to_text(credit, source="run.json")
    assert text.startswith("run.json: error details copied from n8n, 1 failed call (Basic LLM Chain)\n")
    assert "Key: valid. Certainty: certain." in text
    assert "  1. " in text
    assert text.endswith("\n")


def test_a_text_without_an_error_counts_no_failed_call():
    assert diagnosis_text.understood(diagnose("It does not work, please help.")) == "plain text, no error found in it"


def test_the_time_of_a_run_is_written_as_a_time():
    assert vocabulary.value("started_at", "1795407865023") == "2026-11-23 04:24:25 UTC"
    assert vocabulary.value("started_at", "²" * 13) == "²" * 13
    assert vocabulary.value("started_at", "11/23/2026, 4:24:10 AM") == "11/23/2026, 4:24:10 AM"


def test_text_outside_ascii_survives_the_escaping():
    diagnosis = diagnose('{"errorMessage": "Größe → 漢字", "n8nDetails": {"nodeName": "Köln → 東京"}}')
    assert "Köln → 東京" in diagnosis_text.ticket_markdown(diagnosis.findings[0], diagnosis)


def test_a_prompt_for_an_assistant_holds_the_facts_and_asks_for_no_key(credit):
    prompts = diagnosis_text.assistant_prompts(credit.findings[0])
    assert prompts
    for prompt in prompts:
        assert "Request id: req_011C5Ngy0fJAPZfefppPUoQc" in prompt
        assert "Node: Basic LLM Chain" in prompt
        assert "Key: valid." in prompt
        assert "Do not ask me for my API key." in prompt
        assert "{fact." not in prompt


def test_every_cause_has_a_prompt_even_where_its_card_has_none():
    for cause, card in load().items():
        prompts = diagnosis_text.assistant_prompts(explain(cause))
        assert len(prompts) == max(1, len(card.assistant_prompts))
        assert all("{" not in prompt or "{{" in prompt for prompt in prompts)


def test_the_message_to_support_starts_with_the_request_id(credit):
    message = diagnosis_text.support_message(credit.findings[0])
    assert "\n\nRequest id: req_011C5Ngy0fJAPZfefppPUoQc\n" in message
    assert message.count("req_011C5Ngy0fJAPZfefppPUoQc") == 1
    assert "Status: 400" in message.replace("HTTP status", "Status")
    assert "(cause credit_exhausted, certain)" in message
    assert "There is no key in this message." in message


def test_the_support_message_shows_a_missing_request_id():
    message = diagnosis_text.support_message(diagnose("Bad request - please check your parameters").findings[0])
    assert "Request id: not in what I have" in message


def test_texts_for_others_hold_no_key(fake_key):
    finding = diagnose(f"401 invalid x-api-key\nx-api-key: {fake_key()}").findings[0]
    texts = "".join((diagnosis_text.support_message(finding), *diagnosis_text.assistant_prompts(finding)))
    assert fake_key()[14:40] not in texts


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (">=2.16.0", "from 2.16.0 on"),
        (">=2.14.0,<2.16.0", "from 2.14.0, before 2.16.0"),
        ("<1.69.0", "before 1.69.0"),
        ("*", "every version"),
    ],
)
def test_a_range_of_versions_is_written_in_words(written, said):
    assert vocabulary.version_range(written) == said


@pytest.mark.parametrize(
    ("table", "names"),
    [
        (vocabulary.CERTAINTY, Certainty),
        (vocabulary.KEY_VERDICT, KeyVerdict),
        (vocabulary.KEY_PROOF, KeyVerdict),
        (vocabulary.WHO_FIXES, WhoFixes),
        (vocabulary.FAMILY, Family),
        (vocabulary.SHAPE, Shape),
        (vocabulary.SURFACE, Surface),
        (vocabulary.ANSWERED_BY, AnsweredBy),
        (vocabulary.FACT, FACTS),
    ],
)
def test_everything_that_a_person_reads_has_words(table, names):
    assert set(names) <= set(table)
    assert all(text.strip() for text in table.values())


def test_a_sentence_that_no_card_knows_is_a_failed_call_and_shown():
    body = {"type": "error", "error": {"type": "invalid_request_error", "message": "flux: the capacitor is unplugged"}}
    diagnosis = diagnose(f"400 {json.dumps(body)}")
    text = diagnosis_text.to_text(diagnosis, source="x")
    assert diagnosis_text.understood(diagnosis) == "plain text, 1 failed call"
    assert "Reconnect does not know this answer yet" in text
    assert "flux: the capacitor is unplugged" in text
    assert "copy" not in text.split("How to check")[0].lower(), "a better copy would hold no more"
    assert "Could also be" not in text


def test_the_nearest_causes_of_an_unknown_text_are_in_every_form_that_leaves():
    diagnosis = diagnose("the tool schema of your input cannot be compiled by the decoder")
    (finding,) = diagnosis.findings
    row = json.loads(diagnosis_text.to_json(diagnosis, source="-"))["findings"][0]
    assert (row["cause"], row["key_verdict"]) == ("unknown", "unknown")
    nearest = row["alternatives"][0]
    assert (nearest["cause"], nearest["certainty"]) == ("tool_schema_invalid", "possible")
    assert nearest["words"] == ["schema", "tool", "input"]
    assert not {"key_verdict", "status"} & set(nearest)
    title = finding.nearest[0].title
    for text in (
        diagnosis_text.to_text(diagnosis, source="-"),
        diagnosis_text.ticket_text(finding, diagnosis),
        diagnosis_text.ticket_markdown(finding, diagnosis),
    ):
        lines = text.split("It looks most like:")[1].splitlines()
        shown = lines[1].replace("\\", "")  # Markdown's
        assert f"{title} (possible). Same words: schema, tool, input." in shown
        assert f"Could also be: {title}" not in text
