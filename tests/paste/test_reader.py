"""Every shape is recognised, and a copy that was damaged on its way gives the same cause."""

import gzip
import json
import textwrap
from collections.abc import Callable

import pytest

from core.diagnosis import diagnose
from core.paste import Reading, Shape, read
from core.redaction import redact
from tests.labelled import AS_OF, run


def reading(text: str | bytes) -> Reading:
    return read(redact(text.decode() if isinstance(text, bytes) else text).text)


# Shapes


@pytest.mark.parametrize(
    ("file", "shape"),
    [
        ("vendor_invalid/public_api.json", Shape.EXECUTION),
        ("hdr_cred_deleted/internal_rest.json", Shape.EXECUTION_REST),
        ("chain_credit/db_row.json", Shape.EXECUTION_ROW),
        ("prod_vendor_invalid/db_data.flatted.txt", Shape.EXECUTION_FLATTED),
        ("vendor_invalid/cli.stdout.txt", Shape.EXECUTION_CLI),
        ("chain_credit/cli_raw.stdout.txt", Shape.EXECUTION_CLI),
        ("vendor_invalid/cli_jsonlog.stdout.txt", Shape.LOG),
        ("prod_vendor_invalid/error_trigger_input.json", Shape.ERROR_TRIGGER),
        ("vendor_invalid/copy_error_details.json", Shape.COPY_DETAILS),
        ("hdr45_invalid_errout/error_items.json", Shape.ITEMS),
        ("vendor_invalid/panel.txt", Shape.PANEL),
        ("vendor_invalid/toast.txt", Shape.TOAST),
    ],
)
def test_a_shape_of_n8n_is_recognised(file: str, shape: Shape):
    found = reading(run(file))
    assert found.shape is shape
    assert found.failures


def execution() -> dict[str, object]:
    return json.loads(run("vendor_invalid/public_api.json"))


WITHOUT_DATA = {
    name: value for name, value in execution().items() if name not in ("data", "workflowData", "customData")
}
TRIGGERED = json.loads(run("prod_vendor_invalid/error_trigger_input.json"))


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ({"data": [execution()], "nextCursor": None}, Shape.EXECUTION_LIST),
        ({"data": [WITHOUT_DATA], "nextCursor": "eyJsYXN0SWQiOiIxIn0="}, Shape.EXECUTION_WITHOUT_DATA),
        (WITHOUT_DATA, Shape.EXECUTION_WITHOUT_DATA),
        (execution()["data"]["resultData"], Shape.EXECUTION),
        (execution()["data"], Shape.EXECUTION),
        (execution()["workflowData"], Shape.WORKFLOW),
        (execution()["workflowData"]["nodes"], Shape.WORKFLOW),
        (execution()["workflowData"]["nodes"][1], Shape.WORKFLOW),
        (execution()["data"]["resultData"]["error"], Shape.N8N_ERROR),
        ({"type": "error", "error": {"type": "api_error", "message": "Internal server error"}}, Shape.HTTP_BODY),
        ([{"json": {"error": "Request failed with status code 401"}, "pairedItem": {"item": 0}}], Shape.ITEMS),
        ([{"json": json.loads(run("prod_vendor_invalid/error_trigger_input.json"))}], Shape.ERROR_TRIGGER),
        ({"reconnect_self_test": 1, "ok": False, "status": 401, "message": "invalid x-api-key"}, Shape.SELF_TEST),
    ],
)
def test_a_json_shape_is_recognised(value: object, shape: Shape):
    assert reading(json.dumps(value)).shape is shape


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", Shape.EMPTY),
        (" \n\t", Shape.EMPTY),
        ("Couldn’t connect with these settings\nForbidden - perhaps check your credentials?", Shape.CREDENTIAL_TEST),
        ("Problem in node ‘Message a model‘\nOverloaded", Shape.TOAST),
        ("<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>", Shape.HTML_PAGE),
        ("< HTTP/2 401\n< request-id: req_011CSHoEeqs5C35K2UUqR7Fy\n", Shape.HTTP_EXCHANGE),
        ("curl https://api.anthropic.com/v1/messages\ncurl: (7) Failed to connect", Shape.HTTP_EXCHANGE),
        ('Traceback (most recent call last):\n  File "a.py", line 1\nanthropic.RateLimitError: x', Shape.SDK_TRACEBACK),
        ("2026-11-20T10:00:00.000Z | error | Overloaded", Shape.LOG),
        ("it does not work", Shape.TEXT),
    ],
)
def test_a_text_shape_is_recognised(text: str, shape: Shape):
    assert reading(text).shape is shape


def test_the_error_trigger_of_a_trigger_that_failed():
    report = {
        "trigger": {
            "error": TRIGGERED[0]["execution"]["error"]
            if isinstance(TRIGGERED, list)
            else TRIGGERED["execution"]["error"],
            "mode": "trigger",
        },
        "workflow": {"id": "1", "name": "x"},
    }
    found = reading(json.dumps(report))
    assert found.shape is Shape.ERROR_TRIGGER
    assert found.failures[0].message == "invalid x-api-key"


def test_a_redacted_export_still_gives_the_status():
    whole = execution()
    result = whole["data"]["resultData"]
    redacted = {"type": "NodeOperationError", "httpCode": "401"}
    del result["error"]
    result["redactedError"] = redacted
    for runs in result["runData"].values():
        for one in runs:
            if one.pop("error", None):
                one["redactedError"] = redacted
            for output in (one.get("data") or {}).get("main", []):
                output[:] = [{"json": {}, "redaction": {"redacted": True, "reason": "user_requested"}}]
    diagnosis = diagnose(json.dumps(whole), today=AS_OF)
    assert diagnosis.reading.shape is Shape.EXECUTION_REDACTED
    assert [finding.cause for finding in diagnosis.findings] == ["detail_lost"]
    assert diagnosis.findings[0].failure.status == 401


def test_root_and_sub_node_are_one_failure_with_both_names():
    for file in (
        "agent_rl429/db_row.json",
        "chain_cred_missing/internal_rest.json",
        "summarize_invalid/internal_rest.json",
    ):
        (failure,) = reading(run(file)).failures
        assert failure.node == "Anthropic Chat Model"
        assert failure.root_node in ("AI Agent", "Basic LLM Chain", "Summarization Chain")


def test_the_item_that_failed_is_named():
    (failure,) = reading(run("vendor_multi_cont/public_api.json")).failures
    assert failure.item_index == 1


def test_circular_run_data_is_read():
    flatted = run("predef_perm403/db_data.flatted.txt").decode()
    slots = json.loads(flatted)
    slots.append({"self": str(len(slots)), "root": "0"})
    error = next(slot for slot in slots if isinstance(slot, dict) and "description" in slot)
    error["context"] = str(len(slots) - 1)
    (failure,) = reading(json.dumps(slots)).failures
    assert failure.status == 403


# Damage

PASTES = {
    "vendor_invalid/public_api.json": "invalid_key",
    "vendor_invalid/copy_error_details.json": "invalid_key",
    "predef_perm403/copy_error_details.json": "key_lacks_permission",
    "predef_perm403/db_data.flatted.txt": "key_lacks_permission",
    "agent_rl429/db_row.json": "rate_limited",
    "chain_multi_stop/internal_rest.json": "invalid_key",
}


def pretty(text: str) -> str:
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def quoted_by_mail(text: str) -> str:
    return "On Monday somebody wrote:\n" + textwrap.indent(pretty(text), "> > ")


def cut_by(width: int) -> Callable[[str], str]:
    """Wrap as a terminal does: at its width, within words."""
    return lambda text: "\n".join(
        line[at : at + width] for line in pretty(text).split("\n") for at in range(0, len(line), width)
    )


def ended(share: float) -> Callable[[str], str]:
    return lambda text: pretty(text)[: int(len(pretty(text)) * share)]


DAMAGE: dict[str, Callable[[str], str | bytes]] = {
    "gzip": lambda text: gzip.compress(text.encode()),
    "gzip twice": lambda text: gzip.compress(text[:100].encode()) + gzip.compress(text[100:].encode()),
    "mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "mark in text": lambda text: "\ufeff" + text,
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 LE without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-16 BE without a mark": lambda text: text.encode("utf-16-be"),
    "CRLF": lambda text: pretty(text).replace("\n", "\r\n"),
    "wrapped at 80": cut_by(80),
    "wrapped at 120": cut_by(120),
    "cut at 97 %": ended(0.97),
    "cut at 85 %": ended(0.85),
    "cut at 70 %": ended(0.7),
    "trailing comma": lambda text: text.rstrip()[:-1] + "," + text.rstrip()[-1],
    "no-break blanks": lambda text: pretty(text).replace("  ", "\u00a0\u00a0"),
    "Python quoting": lambda text: repr(json.loads(text)),
    "JSON in JSON": json.dumps,
    "JSON in JSON in text": lambda text: f"the log says: {json.dumps(text)} and stops",
    "JSON in JSON in JSON": lambda text: json.dumps({"message": json.dumps({"inner": text})}),
    "code fence": lambda text: f"Hello, I see this:\n```json\n{pretty(text)}\n```\nthanks",
    "in prose": lambda text: f"It fails since today, see {text} what can I do?",
    "quoted in mail": quoted_by_mail,
    "lone surrogate": lambda text: text.replace("Message a model", "Message \\ud83d a model").replace(
        "API", "A\\ud83dPI"
    ),
    "raw lone surrogate": lambda text: text + "\ud83d",
    "bytes that are no UTF-8": lambda text: text.encode().replace(b"Message", b"\xff\xfeMess"[:1] + b"Message"),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("file", PASTES)
def test_a_damaged_copy_gives_the_same_cause(file: str, damage: str):
    diagnosis = diagnose(DAMAGE[damage](run(file).decode()), today=AS_OF)
    assert [finding.cause for finding in diagnosis.findings] == [PASTES[file]]


def test_a_cut_off_copy_says_so():
    text = run("vendor_invalid/public_api.json").decode()
    assert reading(text[: int(len(text) * 0.8)]).cut_off
    assert not reading(text).cut_off


def test_lines_of_documents_are_read_one_by_one():
    lines = "\n".join(
        json.dumps(json.loads(run(file)))
        for file in ("vendor_invalid/public_api.json", "predef_rl429ra/public_api.json")
    )
    assert [failure.status for failure in reading(lines).failures] == [401, 429]


def test_more_than_two_hundred_failures_tell_nothing_new():
    line = '{"type":"error","error":{"type":"api_error","message":"fault %d"}}'
    assert len(reading("\n".join(line % number for number in range(500))).failures) == 200
