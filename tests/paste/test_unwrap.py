"""What is around a text: taken off as a whole, and only where it is no answer itself."""

import html
import json

import pytest

from core.diagnosis import diagnose
from core.paste import Shape, read
from core.paste.letters import is_letter, words_in
from core.paste.unwrap import unwrapped
from tests.labelled import AS_OF

TEXT = 'Problem in node ‘Claude‘\n529 {"type": "error", "error": {"type": "overloaded_error"}}'
HTML = "<p>" + html.escape(TEXT).replace("\n", "<br>") + "</p>"
PARAGRAPHS = [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in TEXT.split("\n")]
LETTERS = {
    "Zendesk": {"ticket": {"id": 7, "subject": "n8n", "description": TEXT, "status": "open", "tags": ["n8n"]}},
    "Zendesk comments": {"comments": [{"author_id": 7, "body": TEXT, "html_body": HTML, "public": True}]},
    "Freshdesk": {"id": 7, "subject": "n8n", "description": HTML, "description_text": TEXT, "status": 2, "priority": 1},
    "Intercom": {"type": "conversation", "source": {"subject": "", "body": HTML, "author": {"name": "Jo"}}},
    "Jira": {"key": "OPS-7", "fields": {"summary": "n8n", "description": {"type": "doc", "content": PARAGRAPHS}}},
    "GitHub": [{"title": "n8n", "user": {"login": "jo"}, "body": f"```\n{TEXT}\n```", "created_at": "2026-11-02"}],
    "Discourse": {"post_stream": {"posts": [{"username": "jo", "cooked": HTML, "topic_id": 7}]}},
    "Outlook": {"subject": "n8n", "from": {"name": "Jo"}, "body": {"contentType": "html", "content": HTML}},
    "form": {"subject": "n8n", "body": TEXT},
    "field": {"text": TEXT},
    "text in text": {"payload": json.dumps({"subject": "n8n", "body": TEXT})},
}
NO_LETTERS = {
    "answer": {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
    "message": {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "A subject"}]},
    "request": {"model": "claude-x", "messages": [{"role": "user", "content": "the body"}]},
    "aws": {"message": "The security token included in the request is invalid.", "__type": "X"},
    "problem": {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": "Access denied"},
    "credential test": {"status": "Error", "message": "Forbidden"},
    "n8n's error": {"name": "NodeApiError", "message": "Overloaded", "description": "x", "stack": "", "from": "y"},
    "log": {"level": "error", "message": "Overloaded", "date": "2026-11-02", "user": "n8n"},
}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_letter_is_read_as_its_words(letter: object, indent: int | None) -> None:
    finding = diagnose(json.dumps(letter, indent=indent), today=AS_OF).findings[0]
    assert finding.cause == "overloaded"
    assert finding.failure is not None
    assert finding.failure.node == "Claude"


@pytest.mark.parametrize("value", NO_LETTERS.values(), ids=NO_LETTERS)
def test_an_answer_is_no_letter(value: object) -> None:
    assert not is_letter(value)
    assert not is_letter([value])


def test_words_are_kept_once_and_names_are_none() -> None:
    letter = {"subject": "n8n stopped", "requester": {"name": "Jo Example"}, "body": "529", "html_body": "<p>529</p>"}
    assert words_in(letter) == "n8n stopped\n\n529"


def test_words_that_cast_doubt_are_read_wherever_they_are_in_a_letter() -> None:
    answer = json.dumps({"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}})
    for letter in (
        {"subject": "With my old key", "body": answer},
        {"subject": "x", "body": answer, "note": "my old key"},
    ):
        assert diagnose(json.dumps(letter), today=AS_OF).findings[0].key_verdict.value == "unknown"


@pytest.mark.parametrize("page", ["502 Bad Gateway", "Just a moment...", "Attention Required! | Cloudflare"])
def test_a_page_that_answered_is_still_a_page(page: str) -> None:
    text = f"<html>\n<head><title>{page}</title></head>\n<body><div><p>Sorry</p></div><p>x</p></body></html>"
    assert unwrapped(text) is text
    assert read(text).shape is Shape.HTML_PAGE


@pytest.mark.parametrize(
    ("lead", "is_programs"),
    [
        ("Error code: ", True),
        ("2026-11-02T10:00:00.000Z error: ", True),
        ("[2026-11-02 10:00:00] ERROR: ", True),
        ("n8n says: ", False),
        ("the Error code: ", False),
        ("2026-11-02 we got: ", False),
    ],
)
def test_an_answer_leaves_the_line_of_a_persons_words_and_not_that_of_a_client(lead: str, is_programs: bool) -> None:
    answer = "529 {'type': 'error'}"
    assert unwrapped(lead + answer) == (lead + answer if is_programs else f"{lead}\n{answer}")


@pytest.mark.parametrize("text", ["", "529 Overloaded", TEXT, '{"a": 1}', "[]", '{"text": 1', "<p", "&quot"])
def test_a_text_without_a_wrapping_is_the_same_object(text: str) -> None:
    assert unwrapped(text) is text


@pytest.mark.parametrize("joint", ["<b>", "</b><b>", "<span>", "\n> "])
def test_a_key_that_a_wrapping_cuts_is_hidden(fake_key, joint: str) -> None:
    key = fake_key(seed=3)
    cut = key[:40] + joint + key[40:]
    for text in (f"<p>my key is {cut} and</p><p>401</p>", json.dumps({"subject": "n8n", "body": f"<p>x {cut}</p>"})):
        diagnosis = diagnose(text, today=AS_OF)
        assert key[8:48] not in diagnosis.reading.excerpt
        assert key not in repr(diagnosis)


def test_evidence_is_placed_in_the_text_as_it_was_read() -> None:
    finding = diagnose(json.dumps({"subject": "n8n", "body": HTML}), today=AS_OF).findings[0]
    placed = {each.fact: finding.excerpt[each.start : each.end] for each in finding.evidence if each.start is not None}
    assert placed["status"] == "529"
    assert placed["error_type"] == "overloaded_error"


RUN = {
    "id": "1", "status": "success", "mode": "manual",
    "data": {"resultData": {"runData": {"A": [{"executionStatus": "success", "data": {"main": [[{"json": {}}]]}}]}}},
    "workflowData": {"nodes": [{"name": "A", "type": "n8n-nodes-base.webhook", "parameters": {}}], "connections": {}},
}  # fmt: skip


@pytest.mark.parametrize("value", [RUN, [RUN], [{"json": RUN}], {"data": [RUN]}, {"data": RUN}], ids=json.dumps)
def test_a_run_without_a_call_to_claude_is_a_run_in_any_list(value: object) -> None:
    diagnosis = diagnose(json.dumps(value), today=AS_OF)
    assert diagnosis.findings[0].cause == "unknown"
    assert diagnosis.findings[0].title == "A run without a failure; no call to Claude in it"
    assert diagnosis.reading.needs is None
