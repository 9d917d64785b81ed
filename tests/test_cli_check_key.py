"""``reconnect check-key``, run as a program against a fake Anthropic."""

import json
import os
import subprocess
import sys

import pytest

from tests.probe import fake_server as fake
from tests.probe.fake_server import Anthropic
from tests.wire import wire

HAIKU, SONNET = "claude-haiku-4-5", "claude-sonnet-5"
STEPS = ["key_format", "url", "dns", "tcp", "tls", "http", "authentication", "model", "message"]


@pytest.fixture
def out(tmp_path):
    with wire(tmp_path) as opened:
        yield opened


def check_key(out, *arguments, stdin=b"", **environ):
    ours = {name: value for name, value in os.environ.items() if name != "ANTHROPIC_API_KEY"}
    return subprocess.run(
        [sys.executable, "-m", "core", "check-key", *arguments],
        input=stdin,
        env=ours | out.settings | environ,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_the_json_is_the_contract(out, fake_key):
    done = check_key(out, "--json", "--model", HAIKU, "--model", SONNET, stdin=fake_key().encode() + b"\n")
    assert (done.returncode, done.stderr) == (0, b"")
    (line,) = done.stdout.decode().splitlines()
    report = json.loads(line)
    assert [each["name"] for each in report["steps"]] == STEPS
    assert {each["outcome"] for each in report["steps"]} <= {"ok", "skipped"}
    assert [each["model"] for each in report["results"]] == [HAIKU, SONNET]
    first = report["results"][0]
    assert (first["outcome"], first["sample"], first["status"]) == ("ok", "CONNECTION_OK", 200)
    assert first["usage"] == {"input_tokens": 14, "output_tokens": 8}
    assert first["request_id"] == fake.REQUEST_ID
    assert report["key_verdict"] == "good"
    assert report["not_tested"]


def test_a_refused_key_is_a_result_and_no_failure(out, fake_key):
    out.script = Anthropic(models=fake.error(401, "authentication_error", "invalid x-api-key"))
    done = check_key(out, "--model", HAIKU, stdin=fake_key().encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"Anthropic does not accept this key.\nRejected by Anthropic: ")


def test_the_key_may_be_in_the_environment(out, fake_key):
    done = check_key(out, "--json", "--model", HAIKU, ANTHROPIC_API_KEY=fake_key())
    assert json.loads(done.stdout)["key_verdict"] == "good"
    assert out.requests[-1].headers["x-api-key"] == fake_key()


def test_a_key_that_is_piped_in_wins_over_the_environment(out, fake_key):
    check_key(out, "--model", HAIKU, stdin=fake_key(seed=2).encode(), ANTHROPIC_API_KEY=fake_key())
    assert out.requests[-1].headers["x-api-key"] == fake_key(seed=2)


def test_a_silent_pipe_does_not_hold_up_the_environments_key(out, fake_key):
    read, write = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "core", "check-key", "--model", HAIKU],
            stdin=read,
            env=os.environ | out.settings | {"ANTHROPIC_API_KEY": fake_key()},
            capture_output=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(read)
        os.close(write)
    assert done.returncode == 0
    assert out.requests[-1].headers["x-api-key"] == fake_key()


def test_options_reach_the_request(out, fake_key):
    check_key(out, "--model", HAIKU, "--auth", "bearer", "--anthropic-version", "2026-10-21", stdin=fake_key().encode())
    sent = out.requests[-1].headers
    assert sent["authorization"] == f"Bearer {fake_key()}"
    assert sent["anthropic-version"] == "2026-10-21"


def test_no_connection_is_exit_1_with_one_sentence_and_the_result(out, fake_key):
    out.proxy.__exit__()
    done = check_key(out, "--json", "--model", HAIKU, stdin=fake_key().encode())
    assert done.returncode == 1
    assert done.stderr == b"reconnect: no answer came from api.anthropic.com, so nothing was proven.\n"
    report = json.loads(done.stdout)
    assert report["key_verdict"] == "unknown"
    assert next(each["name"] for each in report["steps"] if each["outcome"] == "failed") == "tcp"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--model", HAIKU, "--timeout", "0"),
        ("--model", HAIKU, "--timeout", "soon"),
        ("--model", HAIKU, "--auth", "basic"),
        ("--model", "two\nlines"),
        ("--model", HAIKU, "--anthropic-version", "a b"),
        ("--model", HAIKU, "the-key-as-an-argument"),
    ],
)
def test_arguments_that_cannot_be_used_are_exit_2(out, fake_key, arguments):
    done = check_key(out, *arguments, stdin=fake_key().encode())
    assert done.returncode == 2
    assert done.stderr.startswith(b"reconnect: ")
    assert done.stderr.count(b"\n") == 1
    assert out.requests == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RECONNECT_EGRESS_PROXY", "ftp://x"),
        ("RECONNECT_EGRESS_PROXY", "http://p:99999"),
        ("RECONNECT_CA_FILE", "/nonexistent.pem"),
    ],
)
def test_a_setting_that_cannot_be_used_is_exit_2(out, fake_key, name, value):
    done = check_key(out, "--model", HAIKU, stdin=fake_key().encode(), **{name: value})
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(f"reconnect: {name} must be".encode())


def test_no_key_at_all_is_exit_2(out):
    done = check_key(out, "--model", HAIKU)
    assert done.returncode == 2
    assert b"pipe it into this command, or set ANTHROPIC_API_KEY" in done.stderr


def test_the_key_is_printed_nowhere_even_if_the_answer_echoes_it(out, fake_key):
    echo = fake.error(400, "invalid_request_error", f"bad key {fake_key()} and {fake_key()[::-1]}")
    out.script = Anthropic(messages=echo)
    for more in ((), ("--json",)):
        done = check_key(out, "--model", HAIKU, *more, stdin=fake_key().encode())
        assert fake_key()[20:60].encode() not in done.stdout + done.stderr
        assert fake_key()[::-1][20:60].encode() not in done.stdout + done.stderr
