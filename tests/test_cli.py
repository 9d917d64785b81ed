"""The terminal contract of diagnose, redact, models and doctor, as a script calls them: keys, exit codes, sentences."""

import argparse
import gzip
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.cli import argument_parser, attempt, main
from tests.labelled import RUNS, run

INVALID = '401 {"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}'
FINDING = {
    "cause",
    "certainty",
    "key_verdict",
    "who_fixes",
    "title",
    "evidence",
    "node",
    "model",
    "status",
    "request_id",
    "alternatives",
    "not_tested",
    "steps",
}


@dataclass(frozen=True)
class Done:
    """A command that has ended: its exit code and what it wrote."""

    returncode: int
    stdout: bytes
    stderr: bytes


def reconnect(*arguments: str, given: bytes = b"", **environ: str) -> Done:
    """Run a command in this process, with standard streams of its own; `as_program` takes a second longer."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for name in ("stdin", "stdout", "stderr")}
    streams["stdin"].buffer.write(given)
    streams["stdin"].buffer.seek(0)
    with pytest.MonkeyPatch.context() as patch:
        for name, stream in streams.items():
            patch.setattr(sys, name, stream)
        for name, value in environ.items():
            patch.setenv(name, value)
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
    for stream in streams.values():
        stream.flush()
    return Done(code, streams["stdout"].buffer.getvalue(), streams["stderr"].buffer.getvalue())


def as_program(*arguments: str, given: bytes = b"", **environ: str) -> Done:
    """Run ``python -m core`` as a script would."""
    done = subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        input=given,
        capture_output=True,
        env={**os.environ, **environ},
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def holds_to_one_sentence(done: Done, code: int) -> str:
    """One plain sentence on stderr, nothing on stdout, and the exit code."""
    said = done.stderr.decode()
    assert done.returncode == code
    assert done.stdout == b""
    assert said.startswith("reconnect: ")
    assert said.count("\n") == 1
    assert said.endswith(".\n")
    assert "Traceback" not in said
    return said


# diagnose


def test_diagnose_json_is_the_contract():
    done = as_program("diagnose", "--json", str(RUNS / "vendor_invalid/public_api.json"))
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 1
    line = json.loads(done.stdout)
    assert list(line) == ["source", "shape", "findings", "hidden_secrets", "version_note"]
    assert (line["source"], line["shape"]) == (str(RUNS / "vendor_invalid/public_api.json"), "execution")
    (finding,) = line["findings"]
    assert set(finding) == FINDING
    assert (finding["cause"], finding["key_verdict"], finding["who_fixes"]) == ("invalid_key", "rejected", "you")
    assert (finding["node"], finding["status"]) == ("Message a model", 401)
    assert finding["model"] == "claude-sonnet-4-5-20250929"
    assert finding["request_id"].startswith("req_")
    assert all(set(each) == {"fact", "value", "start", "end"} for each in finding["evidence"])
    assert all(set(each) == {"cause", "check"} for each in finding["alternatives"])
    assert finding["steps"]
    assert finding["not_tested"]
    assert line["hidden_secrets"] > 0


def test_diagnose_without_json_is_for_a_person():
    done = reconnect("diagnose", "-", given=INVALID.encode())
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert text.startswith("-: ")
    assert "\n  1. " in text
    assert "invalid x-api-key" in text


def test_whatever_is_found_is_done(tmp_path: Path):
    pastes = {"unknown": b"hello", "no_failure": run("predef_ok/public_api.json"), "invalid_key": INVALID.encode()}
    for cause, paste in pastes.items():
        (tmp_path / cause).write_bytes(paste)
    done = reconnect("diagnose", "--json", *(str(tmp_path / cause) for cause in pastes), "-")
    assert (done.returncode, done.stderr) == (0, b"")
    found = [[finding["cause"] for finding in json.loads(line)["findings"]] for line in done.stdout.splitlines()]
    assert found == [*([cause] for cause in pastes), ["unknown"]]


def test_several_files_give_a_line_each_and_a_bad_one_costs_a_sentence(tmp_path: Path):
    good = RUNS / "vendor_invalid/copy_error_details.json"
    packed = tmp_path / "packed.json.gz"
    packed.write_bytes(gzip.compress(run("predef_rl429ra/public_api.json")))
    done = reconnect(
        "diagnose", "--json", str(good), str(tmp_path / "nowhere"), str(packed), "-", given=INVALID.encode()
    )
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["source"] for line in lines] == [str(good), str(packed), "-"]
    assert [line["findings"][0]["cause"] for line in lines] == ["invalid_key", "rate_limited", "invalid_key"]
    assert done.stderr.decode() == f"reconnect: {tmp_path / 'nowhere'} cannot be read: no such file or directory.\n"


def test_a_file_in_another_encoding_is_read(tmp_path: Path):
    file = tmp_path / "paste.txt"
    file.write_bytes(INVALID.encode("utf-16"))
    done = as_program("diagnose", "--json", str(file), PYTHONIOENCODING="ascii", LC_ALL="C")
    assert json.loads(done.stdout)["findings"][0]["cause"] == "invalid_key"


# What cannot be read


BINARY = {
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "zeros": b"\x00" * 500,
    "zip": b"PK\x03\x04" + b"x" * 50,
    "broken gzip": b"\x1f\x8bxxxx",
}


@pytest.mark.parametrize("command", ["diagnose", "redact"])
def test_binary_input_is_one_sentence_each(command: str, tmp_path: Path):
    for name, data in BINARY.items():
        (tmp_path / name).write_bytes(data)
    done = reconnect(command, *(str(tmp_path / name) for name in BINARY))
    assert (done.returncode, done.stdout) == (1, b"")
    sentences = done.stderr.decode().splitlines()
    assert len(sentences) == len(BINARY)
    assert all(
        said.startswith(f"reconnect: {tmp_path / name}: This ") for said, name in zip(sentences, BINARY, strict=True)
    )


def test_what_is_no_file_is_one_sentence(tmp_path: Path):
    assert "is a directory" in holds_to_one_sentence(reconnect("diagnose", str(tmp_path)), 1)
    assert "no such file" in holds_to_one_sentence(reconnect("redact", str(tmp_path / "x")), 1)
    assert "cannot be read" in holds_to_one_sentence(reconnect("diagnose", "x" * 300), 1)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that even root cannot read")
def test_an_unreadable_file_is_one_sentence():
    assert "/proc/self/mem cannot be read: " in holds_to_one_sentence(reconnect("diagnose", "/proc/self/mem"), 1)


def test_a_closed_standard_input_is_one_sentence():
    command = ["sh", "-c", '"$0" -m core diagnose - <&-', sys.executable]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert "- cannot be read: it is closed" in holds_to_one_sentence(Done(done.returncode, done.stdout, done.stderr), 1)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file here")
def test_an_endless_file_ends():
    holds_to_one_sentence(reconnect("diagnose", "/dev/zero"), 1)


def test_nesting_beyond_any_export_is_one_sentence():
    said = holds_to_one_sentence(reconnect("diagnose", "--json", "-", given=b"[" * 100_000), 1)
    assert "nests far deeper" in said


# Unusable arguments


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("diagnose",),
        ("redact",),
        ("heal", "x"),
        ("diagnose", "--yaml", "-"),
        ("models", "extra"),
        ("doctor", "--fix"),
    ],
)
def test_arguments_that_cannot_be_used_are_one_sentence(arguments: tuple[str, ...]):
    assert "--help" in holds_to_one_sentence(reconnect(*arguments), 2)


def test_help_is_help():
    done = as_program("--help")
    assert done.returncode == 0
    assert b"diagnose" in done.stdout


# What fails inside Reconnect


def fails(*arguments: str) -> tuple[int, str]:
    """The exit code and standard error of a command whose output has nowhere to go."""
    with Path("/dev/full").open("wb") as nowhere:
        done = subprocess.run(
            [sys.executable, "-m", "core", *arguments], stdout=nowhere, stderr=subprocess.PIPE, timeout=60, check=False
        )
    return done.returncode, done.stderr.decode()


full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")


@full_device
def test_a_fault_is_one_sentence_that_says_how_to_see_more():
    code, said = fails("models")
    assert code == 1
    assert said == (
        "reconnect: this failed inside Reconnect (OSError). Run it again with --debug and report what it says.\n"
    )


@full_device
@pytest.mark.parametrize("arguments", [("--debug", "models"), ("models", "--debug"), ("models", "--json", "--debug")])
def test_debug_shows_where_it_failed_before_the_sentence(arguments: tuple[str, ...]):
    code, said = fails(*arguments)
    assert code == 1
    assert said.startswith("Traceback (most recent call last):\n")
    assert ", in _models\n" in said
    assert "OSError: [Errno 28]" in said
    assert said.endswith(
        "\nreconnect: this failed inside Reconnect (OSError). Report it with the command that you ran.\n"
    )


def test_debug_leaves_what_is_no_fault_of_ours_a_sentence():
    holds_to_one_sentence(reconnect("diagnose", "--debug", "/nowhere/at/all"), 1)
    holds_to_one_sentence(reconnect("--debug", "node", "--kind", "curl", "--max-tokens", "0"), 2)


def test_a_traceback_holds_no_secret(fake_key, capsys):
    unlike_any_key = "correct-horse-9-battery"

    def failing(options: argparse.Namespace) -> int:
        options.secrets.append(unlike_any_key)
        raise ValueError(f"no answer for {unlike_any_key}") from KeyError(f"x-api-key: {fake_key()}")

    assert attempt(argparse.Namespace(command=failing, debug=True)) == 1
    said = capsys.readouterr().err
    assert "The above exception was the direct cause" in said
    assert "[Anthropic API key #" in said
    assert "no answer for [hidden]" in said
    assert unlike_any_key not in said
    assert fake_key()[20:50] not in said


def test_the_key_of_a_test_is_among_what_no_traceback_shows(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setenv("ANTHROPIC_API_KEY", " a-gateways-own-key\t")
    options = argument_parser().parse_args(
        ["check-key", "--model", "claude-haiku-4-5", "--base-url", "https://127.0.0.1"]
    )
    attempt(options)
    assert options.secrets == [" a-gateways-own-key\t", "a-gateways-own-key"]
    assert "gateways-own" not in str(capsys.readouterr())


def test_a_traceback_whose_secrets_cannot_be_hidden_is_not_shown(capsys):
    def failing(_options: argparse.Namespace) -> int:
        raise ValueError("a plain line with the word Tuesday\n" * 1_000_000)

    assert attempt(argparse.Namespace(command=failing, debug=True)) == 1
    said = capsys.readouterr().err
    assert "Tuesday" not in said
    assert said.startswith("The traceback is not shown: ")
    assert said.count("\n") == 2


# redact


def test_a_text_that_is_too_long_to_redact_gets_a_sentence(tmp_path):
    long = tmp_path / "long.log"
    long.write_text("an ordinary line\n" * 1_000_000)
    said = holds_to_one_sentence(reconnect("redact", str(long)), 1)
    assert "more than 16 million characters" in said


def test_redact_hides_and_says_what(fake_key):
    key = fake_key(seed=3)
    text = f"x-api-key: {key}\nand again {key}\n"
    plain = reconnect("redact", "-", given=text.encode())
    assert (plain.returncode, plain.stderr) == (0, b"")
    assert key[13:30] not in plain.stdout.decode()
    assert plain.stdout.decode().count("[Anthropic API key #") == 2
    line = json.loads(reconnect("redact", "--json", "-", given=text.encode()).stdout)
    assert list(line) == ["source", "text", "hidden"]
    (hidden,) = line["hidden"]
    assert list(hidden) == ["kind", "count", "fingerprint"]
    assert hidden["count"] == 2
    assert len(hidden["fingerprint"]) == 6


def test_redact_leaves_harmless_text_alone():
    text = "Authorization failed - please check your credentials\nünï ‘quotes’\n"
    assert reconnect("redact", "-", given=text.encode()).stdout.decode() == text


# Secrets


FORMS = (
    "{}",
    "curl https://api.anthropic.com/v1/messages -H 'x-api-key: {}'\nHTTP/2 401\n",
    '{{"nodes":[{{"name":"{}","type":"n8n-nodes-base.httpRequest","parameters":{{}}}}],"connections":{{}}}}',
    '{{"message":"{}","name":"NodeApiError","stack":"x"}}',
    "\x00\x01{}",
)


@pytest.mark.parametrize("arguments", [("diagnose",), ("diagnose", "--json"), ("redact",), ("redact", "--json")])
def test_a_secret_is_never_printed(fake_key, tmp_path: Path, arguments: tuple[str, ...]):
    key = fake_key(seed=5)
    files = [tmp_path / str(number) for number in range(len(FORMS))]
    for file, form in zip(files, FORMS, strict=True):
        file.write_text(form.format(key))
    done = reconnect(*arguments, *map(str, files))
    assert done.stdout
    assert key[13:30] not in (done.stdout + done.stderr).decode()
    assert key[-20:] not in (done.stdout + done.stderr).decode()


@pytest.mark.parametrize(("before", "code"), [(["diagnose"], 1), ([], 2), (["models"], 2), (["diagnose", "--key"], 2)])
def test_a_secret_among_the_arguments_is_not_read_back(fake_key, before: list[str], code: int):
    key = fake_key(seed=6)
    done = reconnect(*before, key)
    assert done.returncode == code
    assert key[13:30] not in done.stderr.decode()


# models


def test_models_lists_states_and_dates():
    done = reconnect("models")
    assert (done.returncode, done.stderr) == (0, b"")
    assert any(line.startswith("claude-sonnet-4-5") for line in done.stdout.decode().splitlines())
    lines = [json.loads(line) for line in reconnect("models", "--json").stdout.splitlines()]
    assert len(lines) == len(done.stdout.splitlines())
    assert {"active", "retired"} <= {line["state"] for line in lines}


# doctor


def test_the_doctor_finds_a_fresh_portal_well(tmp_path: Path):
    done = reconnect("doctor", RECONNECT_DATA_DIR=str(tmp_path / "data"))
    assert (done.returncode, done.stderr) == (0, b"")
    assert all(line.startswith("ok    ") for line in done.stdout.decode().splitlines())


def test_the_doctor_names_what_is_ill(tmp_path: Path):
    file = tmp_path / "a file"
    file.write_text("x")
    done = reconnect("doctor", RECONNECT_DATA_DIR=str(file / "below"))
    assert done.returncode == 1
    assert done.stderr == b""
    assert "FAIL  data folder: " in done.stdout.decode()


@pytest.mark.parametrize("command", ["diagnose", "redact", "check-node"])
@pytest.mark.parametrize("content", [b"Connection error.", b"", None])
def test_a_key_in_a_files_name_is_not_read_back(tmp_path, fake_key, command, content):
    file = tmp_path / f"run-{fake_key()}.json"
    if content is not None:
        file.write_bytes(content)
    done = reconnect(command, "--json", str(file))
    said = (done.stdout + done.stderr).decode()
    assert fake_key()[20:50] not in said
    assert "Traceback" not in said
    plain = tmp_path / "run 4711.json"
    plain.write_bytes(b"Connection error.")
    if command != "check-node":
        assert json.loads(reconnect(command, "--json", str(plain)).stdout)["source"] == str(plain)


@pytest.mark.parametrize("option", ["--model", "--base-url", "--anthropic-version"])
def test_a_key_in_an_option_of_a_test_is_refused_and_not_read_back(fake_key, option):
    options = {"--model": "claude-haiku-4-5"} | {option: fake_key()}
    arguments = [part for pair in options.items() for part in pair]
    done = reconnect("check-key", *arguments, given=fake_key(seed=2).encode())
    sentence = holds_to_one_sentence(done, 2)
    assert "holds a key or password" in sentence
    assert fake_key()[20:50] not in sentence
