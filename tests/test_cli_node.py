"""``reconnect node`` and ``reconnect check-node`` as a script calls them: output, sentences, exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core import cli


def run(capfdbinary, *arguments):
    """The exit code, standard output and standard error of one command."""
    try:
        code = cli.main(arguments)
    except SystemExit as ended:
        code = ended.code
    out, err = capfdbinary.readouterr()
    return code, out.decode(), err.decode()


@pytest.mark.parametrize("kind", ["clipboard", "workflow", "public-api", "self-test", "error-workflow", "fallback"])
def test_every_kind_is_one_json_document(capfdbinary, kind):
    code, out, err = run(capfdbinary, "node", "--kind", kind)
    assert (code, err) == (0, "")
    assert json.loads(out)["nodes"]
    assert out.endswith("}\n")


def test_curl_is_a_command_without_a_key(capfdbinary):
    code, out, _ = run(capfdbinary, "node", "--kind", "curl")
    assert code == 0
    assert out.startswith("curl ")
    assert "$ANTHROPIC_API_KEY" in out


def test_the_options_reach_the_node(capfdbinary):
    _, out, _ = run(
        capfdbinary, "node", "--kind", "clipboard", "--auth", "predefined", "--model", "claude-opus-5", "--base-url",
        "https://gateway.example.com", "--anthropic-version", "2023-06-01",
        "--max-tokens", "7", "--n8n-version", "1.20",
    )  # fmt: skip
    (node,) = json.loads(out)["nodes"]
    assert node["typeVersion"] == 4.1
    assert node["parameters"]["url"] == "https://gateway.example.com/v1/messages"
    assert node["parameters"]["nodeCredentialType"] == "anthropicApi"
    assert '"claude-opus-5", max_tokens: 7' in node["parameters"]["jsonBody"]


def test_the_form_sets_the_import_path_of_a_workflow(capfdbinary):
    _, out, _ = run(capfdbinary, "node", "--kind", "self-test", "--form", "clipboard")
    assert set(json.loads(out)) == {"nodes", "connections"}


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--kind", "nothing"),
        ("--kind", "clipboard", "--max-tokens", "many"),
        ("--kind", "clipboard", "--model", "claude-3-haiku-20240307"),
        ("--kind", "clipboard", "--base-url", "http://gateway.example.com"),
        ("--kind", "clipboard", "--n8n-version", "0.9"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_one_sentence(capfdbinary, arguments):
    code, out, err = run(capfdbinary, "node", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("reconnect: ")
    assert err.endswith(".\n")
    assert err.count("\n") == 1


def test_a_key_is_refused_and_not_repeated(capfdbinary, fake_key):
    code, out, err = run(capfdbinary, "node", "--kind", "clipboard", "--base-url", f"https://{fake_key()}.example.com")
    assert (code, out) == (2, "")
    assert "looks like a secret" in err
    assert fake_key()[14:40] not in err


def test_the_portals_token_is_refused(capfdbinary, monkeypatch):
    monkeypatch.setenv("RECONNECT_INTAKE_TOKEN", "token-of-the-portal")
    address = "https://gateway.example.com/token-of-the-portal"
    code, out, err = run(capfdbinary, "node", "--kind", "curl", "--base-url", address)
    assert (code, out) == (2, "")
    assert "intake token" in err


def test_an_unknown_model_is_printed_with_a_caution(capfdbinary):
    code, out, err = run(capfdbinary, "node", "--kind", "clipboard", "--model", "claude-future-9")
    assert code == 0
    assert "claude-future-9" in out
    assert "not in Anthropic's list of models" in err


@pytest.fixture
def broken(tmp_path, capfdbinary):
    """A file with a node whose method is wrong."""
    _, out, _ = run(capfdbinary, "node", "--kind", "clipboard")
    file = tmp_path / "node.json"
    file.write_text(out.replace('"POST"', '"GET"'))
    return str(file)


def test_a_fault_is_printed_and_ends_with_0(capfdbinary, broken):
    code, out, err = run(capfdbinary, "check-node", broken)
    assert (code, err) == (0, "")
    assert out.startswith("ERROR method_wrong (cause: wrong_path): Call Claude\n")


def test_json_is_one_line(capfdbinary, broken):
    _, out, _ = run(capfdbinary, "check-node", "--json", broken)
    assert out.count("\n") == 1
    assert json.loads(out)["findings"][0]["rule"] == "method_wrong"


def test_the_corrected_copy_is_clean(broken):
    command = [sys.executable, "-m", "core", "check-node"]
    fixed = subprocess.run([*command, "--fix", broken], capture_output=True, check=True)
    again = subprocess.run([*command, "-"], input=fixed.stdout, capture_output=True, check=True)
    assert again.stdout == b"Nothing is wrong with the 1 node(s) that call Claude.\n"


@pytest.fixture
def with_secret(broken, fake_key):
    """The same file with a key in a note of the node."""
    text = Path(broken).read_text().replace('"method"', f'"notes": "{fake_key()}", "method"')
    Path(broken).write_text("My node:\n" + text)
    return broken


def test_the_copy_is_the_original_but_for_what_was_fixed(capfdbinary, with_secret):
    _, out, _ = run(capfdbinary, "check-node", "--fix", with_secret)
    text = Path(with_secret).read_text().removeprefix("My node:\n")
    assert out == text.rstrip("\n").replace('"GET"', '"POST"') + "\n"


def test_what_is_printed_beside_the_copy_is_redacted(capfdbinary, with_secret, fake_key):
    _, words, _ = run(capfdbinary, "check-node", with_secret)
    assert "key_in_plain_text" in words
    _, line, _ = run(capfdbinary, "check-node", "--json", with_secret)
    assert fake_key()[14:40] not in words + line
    report = json.loads(line)
    assert set(report) == {"checked", "nodes", "findings", "difference", "secrets", "hidden_secrets"}
    fields = {"rule", "severity", "node", "node_type", "says", "fix", "cause", "fixed", "left"}
    assert all(set(each) == fields for each in report["findings"])
    assert [(each["rule"], each["fixed"]) for each in report["findings"]] == [
        ("key_in_plain_text", False),
        ("method_wrong", True),
    ]
    assert report["secrets"][0]["field"] == "parameters.notes"
    _, line, _ = run(capfdbinary, "check-node", "--json", "--fix", with_secret)
    assert fake_key() in json.loads(line)["corrected"]
    assert fake_key()[14:40] not in json.dumps({**json.loads(line), "corrected": ""})


def test_without_a_fault_the_copy_is_what_was_pasted(capfdbinary, tmp_path):
    _, out, _ = run(capfdbinary, "node", "--kind", "clipboard")
    file = tmp_path / "node.json"
    file.write_text(f"```json\n{out}```\n")
    assert run(capfdbinary, "check-node", "--fix", str(file)) == (0, out, "")


def test_damaged_json_ends_with_1_and_says_where(capfdbinary, broken):
    text = Path(broken).read_text()
    Path(broken).write_text(text.replace('"parameters":', '"parameters"'))
    for flags in ((), ("--fix",), ("--json", "--fix")):
        code, out, err = run(capfdbinary, "check-node", *flags, broken)
        assert (code, out) == (1, "")
        assert "The JSON is damaged at line" in err
        assert err.count("\n") == 1


def test_a_file_whose_characters_would_be_lost_is_refused(capfdbinary, broken):
    data = Path(broken).read_bytes().replace(b'"method"', b'"notes": "caf\xe9", "method"')
    Path(broken).write_bytes(data)
    code, out, err = run(capfdbinary, "check-node", "--fix", broken)
    assert (code, out) == (1, "")
    assert err.endswith(": This file is not in UTF-8, so some of its characters cannot be read. Save it as UTF-8.\n")
    Path(broken).write_bytes(data.replace(b"\xe9", "é\ufffd".encode()))
    _, out, _ = run(capfdbinary, "check-node", "--fix", broken)
    assert "café\ufffd" in out
    Path(broken).write_bytes(data.replace(b"\xe9", "é".encode()).decode().encode("utf-16"))
    _, out, _ = run(capfdbinary, "check-node", "--fix", broken)
    assert '"POST"' in out
    assert "café" in out


@pytest.mark.parametrize("content", [b"hello", b"", b"\x89PNG\r\n\x1a\n" + bytes(90)])
def test_what_is_no_node_ends_with_1_and_one_sentence(capfdbinary, tmp_path, content):
    file = tmp_path / "other"
    file.write_bytes(content)
    code, out, err = run(capfdbinary, "check-node", str(file))
    assert (code, out) == (1, "")
    assert err.startswith("reconnect: ")
    assert err.count("\n") == 1


def test_a_missing_file_ends_with_1(capfdbinary):
    code, _, err = run(capfdbinary, "check-node", "no-such-file.json")
    assert code == 1
    assert err == "reconnect: no-such-file.json cannot be read: no such file or directory.\n"
