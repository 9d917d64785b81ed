"""Files above a megabyte are read as bytes: the same causes as small ones, and nothing that leaves holds a secret."""

import gzip
import json
from collections.abc import Callable

import pytest

from core.diagnosis import Diagnosis, diagnose
from core.paste import TEXT_LIMIT, Shape
from tests.labelled import AS_OF, run

PADDED = [
    ("vendor_invalid/public_api.json", "invalid_key", "Message a model"),
    ("agent_credit_errout/public_api.json", "credit_exhausted", "Anthropic Chat Model"),
    ("vendor_multi_cont/public_api.json", "rate_limited", "Message a model"),
    ("hdr_plain_key_in_header/public_api.json", "invalid_key", "HTTP Request"),
]


def padded(execution: dict, count: int = 20_000) -> dict:
    """Add a node whose many items make the export large."""
    items = [
        {"json": {"id": number, "text": f"row {number} of the table"}, "pairedItem": {"item": 0}}
        for number in range(count)
    ]
    runs = execution["data"]["resultData"]["runData"]
    runs["Rows"] = [{"executionStatus": "success", "executionIndex": 0, "data": {"main": [items]}}]
    return execution


def export(file: str) -> dict:
    return padded(json.loads(run(file)))


FORMS: dict[str, Callable[[dict], bytes]] = {
    "compact": lambda value: json.dumps(value, separators=(",", ":")).encode(),
    "pretty": lambda value: json.dumps(value, indent=2).encode(),
    "gzip": lambda value: gzip.compress(json.dumps(value).encode()),
    "UTF-16": lambda value: json.dumps(value).encode("utf-16"),
    "mark": lambda value: b"\xef\xbb\xbf" + json.dumps(value).encode(),
    "a byte of Windows": lambda value: json.dumps(value).encode().replace(b"row 7 ", b"row\x92s ", 1),
    "a byte of Windows in the error": lambda value: (
        json.dumps(value).encode().replace(b'"stack": "', b'"stack": "\x92 ', 1)
    ),
    "lone surrogate": lambda value: json.dumps(value).encode().replace(b"row 7 ", b"row \\ud83d ", 1),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("file", "cause", "node"), PADDED)
def test_a_large_export_gives_the_cause_of_the_small_one(file: str, cause: str, node: str, form: str):
    small = diagnose(run(file), today=AS_OF)
    large = diagnose(FORMS[form](export(file)), today=AS_OF)
    assert [finding.cause for finding in large.findings] == [finding.cause for finding in small.findings]
    assert large.findings[0].cause == cause
    assert large.findings[0].failure.node == node
    assert large.reading.shape is small.reading.shape


@pytest.mark.parametrize("share", [0.99, 0.9])
def test_a_large_export_that_was_cut_off_still_tells(share: float):
    execution = export("vendor_invalid/public_api.json")
    runs = execution["data"]["resultData"]["runData"]
    runs["Rows"] = runs.pop("Rows")  # the padding last, so that the cut falls into it
    data = json.dumps(execution).encode()
    diagnosis = diagnose(data[: int(len(data) * share)], today=AS_OF)
    assert [finding.cause for finding in diagnosis.findings] == ["invalid_key"]
    assert diagnosis.reading.cut_off
    assert diagnosis.findings[0].failure.node == "Message a model"


def test_a_large_list_with_a_trailing_comma_still_tells():
    data = FORMS["compact"](export("vendor_invalid/public_api.json"))
    diagnosis = diagnose(data[:-1] + b",}", today=AS_OF)
    assert diagnosis.findings[0].cause == "invalid_key"


def test_large_lines_are_read_one_by_one():
    lines = b"\n".join(
        FORMS["compact"](export(file)) for file in ("vendor_invalid/public_api.json", "predef_rl429ra/public_api.json")
    )
    assert [finding.cause for finding in diagnose(lines, today=AS_OF).findings] == ["invalid_key", "rate_limited"]


def test_a_large_page_of_executions_gives_each():
    one, two = export("vendor_invalid/public_api.json"), export("predef_rl429ra/public_api.json")
    diagnosis = diagnose(json.dumps({"data": [one, two], "nextCursor": None}), today=AS_OF)
    assert diagnosis.reading.shape is Shape.EXECUTION_LIST
    assert [finding.cause for finding in diagnosis.findings] == ["invalid_key", "rate_limited"]


def test_large_flatted_run_data_is_read_in_every_wrapping():
    slots = json.loads(run("predef_perm403/db_data.flatted.txt"))
    slots += [f"row {number} of the table, long enough to fill the file" for number in range(20_000)]
    flatted = json.dumps(slots)
    row = {"executionId": 1, "workflowData": "{}", "data": flatted}
    for value in (slots, row, {"data": {"id": "1", "mode": "manual", "status": "error", "data": flatted}}):
        diagnosis = diagnose(json.dumps(value), today=AS_OF)
        assert [finding.cause for finding in diagnosis.findings] == ["key_lacks_permission"]


def test_a_large_log_is_read_by_its_telling_lines():
    noise = "\n".join(
        f"2026-11-20T10:00:00.000Z | info | row {number} was written to the table" for number in range(30_000)
    )
    body = '{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}'
    told = f"2026-11-20T10:00:01.000Z | error | 401 {body}"
    for text in (f"{noise}\n{told}\n", f"{told}\n{noise}", f"{noise}\n{told}\n{noise}"):
        assert [finding.cause for finding in diagnose(text).findings] == ["invalid_key"]


# Secrets


def everything(diagnosis: Diagnosis) -> str:
    """All text that leaves: the reading, the findings and the redacted paste."""
    return repr((diagnosis.findings, diagnosis.reading, diagnosis.text))


@pytest.mark.parametrize("form", FORMS)
def test_no_part_of_a_key_leaves_a_large_file(fake_key, form: str):
    key = fake_key(seed=7)
    execution = export("hdr_plain_key_in_header/public_api.json")
    text = json.dumps(execution)
    for known in {word for word in text.split('"') if "LABTESTKEY" in word}:
        text = text.replace(known, key)
    assert key in text
    diagnosis = diagnose(FORMS[form](json.loads(text)), today=AS_OF)
    assert diagnosis.findings[0].cause == "invalid_key"
    assert key[13:40] not in everything(diagnosis)
    assert key[-30:] not in everything(diagnosis)
    assert sum(hidden.count for hidden in diagnosis.hidden) >= 1


@pytest.mark.parametrize("place", ["message", "description", "node", "model"])
@pytest.mark.parametrize("before", [0, 1_900, 1_960, 1_999, 7_950, 199_950])
def test_a_key_that_a_limit_cuts_in_two_is_hidden_too(fake_key, place: str, before: int):
    key = fake_key(seed=9)
    execution = export("vendor_invalid/public_api.json")
    error = execution["data"]["resultData"]["error"]
    text = "x" * before + " " + key + " and more"
    if place == "node":
        error["node"]["name"] = text
    elif place == "model":
        error["node"]["parameters"]["modelId"] = {"value": text}
    else:
        error[place] = text
        error["context"] = {}
    shown = everything(diagnose(json.dumps(execution), today=AS_OF))
    assert key[13:33] not in shown
    assert key[-20:] not in shown


def test_the_names_of_answered_calls_are_redacted_too(fake_key):
    key = fake_key(seed=11)
    text = json.dumps(export("predef_ok/public_api.json")).replace("HTTP Request", f"Call {key}")
    diagnosis = diagnose(text, today=AS_OF)
    assert diagnosis.findings[0].cause == "no_failure"
    assert key[13:40] not in everything(diagnosis)


def test_the_excerpt_of_a_large_file_is_small_and_holds_the_evidence():
    diagnosis = diagnose(FORMS["compact"](export("vendor_invalid/public_api.json")), today=AS_OF)
    finding = diagnosis.findings[0]
    assert len(finding.excerpt) <= 8_000
    assert len(FORMS["compact"](export("vendor_invalid/public_api.json"))) > TEXT_LIMIT
    placed = {each.fact: finding.excerpt[each.start : each.end] for each in finding.evidence if each.start is not None}
    assert placed["message"] == "invalid x-api-key"
    assert placed["error_type"] == "authentication_error"
