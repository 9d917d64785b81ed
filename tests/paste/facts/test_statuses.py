"""The status that a sentence names, as the registry of HTTP status codes has it."""

import http

import pytest

from core.paste.facts.statuses import status_in


@pytest.mark.parametrize(
    ("words", "status"),
    [
        *(
            (http.HTTPStatus(code).phrase, code)
            for code in (400, 401, 402, 403, 404, 405, 407, 429, 500, 502, 503, 504)
        ),
        ("Request Entity Too Large", 413),
        ("Payload Too Large", 413),
        ("Gateway Time-out", 504),
        ("Bad gateway!", 502),
        ("NodeApiError: Not Found", 404),
        ("The page was not found", None),
    ],
)
def test_a_reason_phrase_alone_is_its_status(words: str, status: int | None):
    assert status_in(words) == status


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("BadRequest", 400),
        ("ContextWindowExceeded", 400),
        ("Authentication", 401),
        ("PermissionDenied", 403),
        ("NotFound", 404),
        ("RateLimit", 429),
        ("Overloaded", 529),
        ("APITimeout", None),
    ],
)
def test_the_class_of_an_sdks_error_is_its_status(name: str, status: int | None):
    assert status_in(f"anthropic.{name}Error: it failed") == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("HTTP/1.1 404", 404),
        ("status code: 529", 529),
        ("the server answered 503", 503),
        ("status code 300", 300),
        ("status code 299", None),
        ("status code 2000", None),
    ],
)
def test_a_number_is_a_status_from_300_on(text: str, status: int | None):
    assert status_in(text) == status
