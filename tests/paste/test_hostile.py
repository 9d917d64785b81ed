"""Hostile input ends in one clear sentence or an honest finding, soon; timing proper is in `benchmarks.repeated`."""

import gzip
import json
import subprocess
import sys
import time

import pytest

from core.diagnosis import diagnose
from core.paste import NotText, PasteError, TooDeep, TooLarge
from core.paste.failure import Shape
from core.redaction import RedactionFailed

DEEP = 100_000
SOON = 20.0
"""Seconds of processor time that nothing may need, on however slow a machine."""


def outcome(data: str | bytes) -> str:
    """The first cause, or the kind of the error; fails where it takes far too long or the sentence is none."""
    began = time.thread_time()
    try:
        ended = diagnose(data).findings[0].cause
    except PasteError as error:
        sentence = str(error)
        assert sentence.endswith(".")
        assert len(sentence) < 200
        ended = type(error).__name__
    except RedactionFailed:
        ended = "RedactionFailed"
    assert time.thread_time() - began < SOON
    return ended


@pytest.mark.parametrize(
    "bracket", ["[", "{", '{"a":', '[{"a":', '{"data":', '{"error":', '{"json":{"error":', '[[{"error":']
)
def test_a_document_nested_beyond_any_export_is_too_deep(bracket: str):
    assert outcome(bracket * DEEP) == "TooDeep"
    assert outcome((bracket * DEEP).encode()) == "TooDeep"


@pytest.mark.parametrize(
    "bracket", ["[", "{", '{"a":', "{'a':", "['", '[{"a":', '{"json":{"error":', "(", "<", '"[', '\\"']
)
def test_nesting_in_the_midst_of_words_does_not_hide_them(bracket: str):
    assert outcome(f"invalid x-api-key {bracket * DEEP} what now") in ("invalid_key", "unknown", "detail_lost")


def test_closed_nesting_is_too_deep_too():
    assert outcome("[" * DEEP + "]" * DEEP) == "TooDeep"
    assert outcome('{"a":' * DEEP + "1" + "}" * DEEP) == "TooDeep"
    assert outcome("{'a':" * DEEP + "1" + "}" * DEEP) in ("TooDeep", "unknown")


@pytest.mark.parametrize(
    "form",
    [
        "%s",
        '{"a":%s}',
        "[%s]",
        '{"httpCode":%s,"message":"x","name":"y"}',
        "error %s",
        '{"error":{"message":"x","code":%s}}',
    ],
)
def test_a_number_of_a_million_digits_is_read_without_an_error(form: str):
    assert outcome(form % ("9" * 1_000_000)) == "unknown"
    assert outcome(form % ("9" * 5_000)) == "unknown"
    assert outcome(form % "1e999999999") == "unknown"


@pytest.mark.parametrize(
    "form",
    [
        b"[%s{}]",
        b"%s",
        b'{"data":[%s{}],"nextCursor":"x"}',
        b'{"data":{"resultData":{"runData":{"a":[%s{}]}}}}',
        b'{"data":{"resultData":{}},"workflowData":{"nodes":[%s{}]}}',
    ],
)
@pytest.mark.parametrize("empty", [b"{},", b"[],"])
def test_thirty_megabytes_of_nothing_are_refused(form: bytes, empty: bytes):
    assert outcome(form % (empty * 10_000_000)) == "TooLarge"


@pytest.mark.parametrize("form", [b'"%s"', b'{"a":"%s"}', b'{"message":"%s","name":"x"}', b'{"data":"%s"}', b"%s"])
def test_one_string_of_fifty_megabytes_is_read_without_an_error(form: bytes):
    assert outcome(form % (b"a" * 50_000_000)) == "unknown"


def test_nul_bytes_are_no_text_unless_few():
    assert outcome(b"\0" * 1000) == "NotText"
    assert outcome(b"\0" * 2_000_000) == "NotText"
    assert outcome("invalid x-api-key\0\0") == "invalid_key"


@pytest.mark.parametrize(
    "scrap",
    [
        "a",
        " ",
        "\n",
        "{",
        '"',
        "\\",
        "é",
        "\u200b",
        "{'a':",
        '{"a":1}',
        '{"error":{"message":"x"}}\n',
        "> > \n",
        "```\n",
    ],
)
def test_a_megabyte_of_one_scrap_is_read(scrap: str):
    outcome((scrap * 1_000_000)[:1_000_000])
    outcome(("It says: " + scrap * 1_000_000)[:1_000_000])


def test_flatted_slots_that_point_everywhere_end():
    wide = "{" + ",".join(f'"k{number}":"2"' for number in range(20_000)) + "}"
    assert outcome('[{"version":1,"resultData":"1"},{"error":"2","runData":"2"},' + wide + "]") == "TooLarge"
    doubling = "".join(f',["{slot + 3}","{slot + 3}","{slot + 3}"]' for slot in range(60))
    assert outcome('[{"version":1,"resultData":"1"},{"error":"2"}' + doubling + ',"x"]') == "unknown"
    assert outcome('[{"version":1,"resultData":"0","error":"0","runData":"0"}]') == "unknown"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (gzip.compress(b"a" * 160_000_000), TooLarge),
        (b"\x1f\x8b" + b"x" * 100, NotText),
        (b"PK\x03\x04rest", NotText),
        (b"\x89PNG\r\n\x1a\n", NotText),
        (b"%PDF-1.7", NotText),
        (b" " * 150_000_001, TooLarge),
    ],
    ids=["gzip bomb", "broken gzip", "zip", "picture", "PDF", "too large"],
)
def test_what_is_no_text_is_refused_with_what_to_do(data: bytes, error: type[PasteError]):
    with pytest.raises(error, match=r"(?:Export|Paste|Unpack|Copy|upload)"):
        diagnose(data)


def test_the_errors_of_reading_are_one_family():
    assert all(issubclass(error, PasteError) for error in (TooLarge, TooDeep, NotText))


def test_a_stranger_cannot_make_python_print_warnings():
    texts = [json.dumps({"message": "{'a': '\\|', 'b': 0x1for x in y}"}), "it says {'error': {'message': 'a\\qb'}} 1if"]
    code = f"from core.diagnosis import diagnose\nfor text in {texts!r}: diagnose(text)"
    done = subprocess.run([sys.executable, "-W", "always", "-c", code], capture_output=True, text=True, check=True)
    assert "<unknown>" not in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "{'error': {'message': 'xy', 'n': 1j}}",
        "{None: 3}",
        "{(1, 2): 3}",
        "{'a': ...}",
        "{'a': b'x'}",
        "{'error': {1, 2}}",
        "{'error': 0x" + "f" * 5_000 + "}",
        "Error code: 401 - {'error': (1, {2: 3})}",
        "It says {'error': {'type': '\\ud83d', 'code': '\\ud83d', 'message': 'x'}} since today",
        "Bad request - please check your parameters [item " + "9" * 5_000 + "]",
        '"It failed \\ud800 with 401 invalid x-api-key"',
        "Problem in node ‘A‘\nError details\nOther info\nItem Index\n²\nn8n version\n2.41.1",
    ],
)
def test_what_python_can_write_and_json_cannot_is_no_crash(text: str):
    assert outcome(text)


def test_thousands_of_different_failures_are_read_soon():
    error = {"message": "Bad request - please check your parameters", "name": "NodeApiError", "httpCode": "400"}
    runs = {
        f"Node {number}": [{"executionStatus": "error", "error": {**error, "description": f"reason {number}"}}]
        for number in range(6_000)
    }
    document = json.dumps({"id": 1, "data": {"resultData": {"runData": runs}}, "workflowData": {"nodes": []}})
    began = time.thread_time()
    assert len(diagnose(document).reading.failures) == 200
    assert time.thread_time() - began < SOON / 2


def test_a_big_text_without_a_telling_word_is_text():
    assert diagnose(b"hello world, nothing here\n" * 60_000).reading.shape is Shape.TEXT
