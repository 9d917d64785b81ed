"""Logs: no key, no share link's id, no text of an exception; and nothing at all when redaction fails."""

import io
import logging

import pytest

from core import logs
from core.logs import WITHHELD


@pytest.fixture
def printed():
    """What a handler with a formatter of its own prints, as Streamlit's and uvicorn's loggers have."""
    before = logging.getLogRecordFactory()
    logs.configure(logging.INFO)
    stream = io.StringIO()
    logger = logging.getLogger("somebody.else")
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)
    logging.setLogRecordFactory(before)


def test_a_key_in_the_message_or_in_its_arguments_is_masked(printed, fake_key):
    logger, stream = printed
    logger.info("message with %s", fake_key())
    logger.info("argument with %(key)s", {"key": fake_key(seed=2)})
    assert fake_key()[12:40] not in stream.getvalue()
    assert fake_key(seed=2)[12:40] not in stream.getvalue()
    assert stream.getvalue().count("Anthropic API key #") == 2


def test_a_query_string_is_left_out_of_every_address(printed):
    logger, stream = printed
    logger.info('"GET /case?id=9f8e7d6c5b4a HTTP/1.1" 200, from https://help.example.com/case?id=9f8e7d6c5b4a&x=1')
    assert "9f8e7d6c5b4a" not in stream.getvalue()
    assert "/case HTTP/1.1" in stream.getvalue()


def test_an_exception_is_logged_by_type_and_place_without_its_text(printed):
    logger, stream = printed
    try:
        try:
            {}["text of a paste"]
        except KeyError as error:
            raise ValueError("more text of a paste") from error
    except ValueError:
        logger.exception("A page failed")
    shown = stream.getvalue()
    assert "builtins.ValueError" in shown
    assert "builtins.KeyError" in shown
    assert "test_logs.py" in shown
    assert "text of a paste" not in shown


def test_a_record_that_cannot_be_redacted_is_withheld(printed):
    class Unprintable:
        def __str__(self):
            raise RuntimeError("no text")

    logger, stream = printed
    logger.error("planted-secret %s", Unprintable())
    assert stream.getvalue().strip() == WITHHELD


def test_the_access_log_keeps_its_arguments_for_its_formatter(printed, fake_key):
    record = logging.getLogRecordFactory()(
        "uvicorn.access", logging.INFO, __file__, 1, '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1", "GET", f"/case?id=abc&key={fake_key()}", "1.1", 200), None,
    )  # fmt: skip
    assert record.args == ("127.0.0.1", "GET", "/case", "1.1", 200)


def test_a_long_message_is_cut(printed):
    logger, stream = printed
    logger.info("word " * 2_000)
    assert len(stream.getvalue()) < logs.LONGEST + 10


def test_what_httpx_says_of_addresses_is_not_logged(printed):
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert not logging.getLogger("httpcore").isEnabledFor(logging.DEBUG)


def test_the_id_of_a_session_is_left_out(printed):
    logger, stream = printed
    session = "3f2b8c1a-0000-4000-8000-00000000000a"
    logger.warning("Session with id %s is already connected! Reconnecting to existing session.", session)
    logger.info('"PUT /_stcore/upload_file/%s/%s HTTP/1.1" 204', session, session.upper())
    assert session not in stream.getvalue().lower()
    assert "already connected" in stream.getvalue()
