"""The terminal contract: ``reconnect diagnose|redact|node|check-node|check-key|models|doctor`` (README).

Exit 0: done, whatever was found. 2: the arguments cannot be used. 1: something could not be read or reached; one plain
sentence on stderr; with ``--debug`` a traceback comes before it if the fault is ours. Keys come from standard input or
``ANTHROPIC_API_KEY``, never from an argument.
"""

import argparse
import contextlib
import errno
import getpass
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NoReturn, TextIO

import msgspec

Command = Callable[[argparse.Namespace], int]
_STDIN: Final = "-"
_LONGEST_KEY: Final = 65_536
_PATIENCE: Final = 1.0
"""Seconds that a pipe may stay silent before the key of the environment is used."""

_UNUSABLE: Final = 2
_FAILED: Final = 1
_FORMS: Final = ("clipboard", "workflow", "public-api")
_DEBUG_HELP: Final = "show a traceback, without secrets, if this program itself fails"
_KINDS: Final = (*_FORMS, "self-test", "error-workflow", "fallback", "curl")


class _Parser(argparse.ArgumentParser):
    """An argument parser that answers with one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(_UNUSABLE, f"reconnect: {_hidden(message)}. See `{self.prog} --help`.\n")


def run() -> NoReturn:
    """Run as a program, which a closed pipe ends quietly (``reconnect ... | head``)."""
    with contextlib.suppress(AttributeError, ValueError):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; changes nothing of the process it runs in."""
    return attempt(argument_parser().parse_args(arguments))


def attempt(options: argparse.Namespace) -> int:
    """Run ``options.command``; for what fails inside it, write one sentence, and with ``debug`` a traceback before it.

    ``options.secrets`` takes the keys that the command has read, which then appear in no traceback.
    """
    options.secrets = []
    command: Command = options.command
    try:
        return command(options)
    except KeyboardInterrupt:
        return _failed("stopped before it was done")
    except Exception as error:
        name = type(error).__name__
        if not options.debug:
            return _failed(f"this failed inside Reconnect ({name}). Run it again with --debug and report what it says")
        sys.stderr.write(_traceback(error, options.secrets))
        return _failed(f"this failed inside Reconnect ({name}). Report it with the command that you ran")


def _traceback(error: BaseException, secrets: Sequence[str]) -> str:
    """Return a traceback without secrets: it shows no values, but an error's message can quote what was pasted."""
    from core.redaction import RedactionFailed, redact, scrub_known

    try:
        return redact(scrub_known("".join(traceback.format_exception(error)), secrets)).text
    except RedactionFailed:
        return "The traceback is not shown: its secrets could not be hidden for certain.\n"


def argument_parser() -> argparse.ArgumentParser:
    """Return the parser; ``--debug`` may come before the command or after it."""
    parser = _Parser(prog="reconnect", description="Gets Claude working again in n8n.")
    parser.add_argument("--debug", action="store_true", help=_DEBUG_HELP)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for name, command, text in (
        ("diagnose", _diagnose, "say what is wrong in a paste or an n8n export"),
        ("redact", _redact, "hide the secrets in a text"),
    ):
        one = commands.add_parser(name, help=text, description=text)
        one.add_argument("files", nargs="+", metavar="FILE", help="a file, or - for standard input")
        one.add_argument("--json", action="store_true", help="one line of JSON a file")
        one.set_defaults(command=command)
    _add_node(commands)
    _add_check_key(commands)
    models = commands.add_parser("models", help="list the Claude models with their states and dates")
    models.add_argument("--json", action="store_true", help="one line of JSON a model")
    models.set_defaults(command=_models)
    doctor = commands.add_parser("doctor", help="check this portal's own health")
    doctor.set_defaults(command=_doctor)
    for one in commands.choices.values():
        # No default of its own, which would undo what came before the command.
        one.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=_DEBUG_HELP)
    return parser


def _add_node(commands: "argparse._SubParsersAction[_Parser]") -> None:
    text = "print a node, a workflow or a curl command that calls Claude"
    node = commands.add_parser("node", help=text, description=text)
    node.add_argument("--kind", required=True, choices=_KINDS, help="what to print")
    node.add_argument("--form", choices=_FORMS, help="how a workflow goes into n8n (default: as a file to import)")
    node.add_argument("--auth", choices=("header", "predefined"), help="which n8n credential the node uses")
    node.add_argument("--model", metavar="ID", help="the model's id")
    node.add_argument("--base-url", metavar="URL", help="a gateway's address, without /v1")
    node.add_argument("--anthropic-version", metavar="DATE", help="the header anthropic-version")
    node.add_argument("--max-tokens", metavar="N", type=int, help="the most tokens of an answer")
    node.add_argument("--n8n-version", metavar="VERSION", help="your n8n, such as 1.62.3")
    node.set_defaults(command=_node)
    text = "say what is wrong with the nodes that call Claude, and fix them"
    check = commands.add_parser("check-node", help=text, description=text)
    check.add_argument("file", metavar="FILE", help="a node or a workflow as JSON, or - for standard input")
    check.add_argument("--json", action="store_true", help="one line of JSON")
    check.add_argument("--fix", action="store_true", help="print the corrected copy")
    check.set_defaults(command=_check_node)


def _add_check_key(commands: "argparse._SubParsersAction[_Parser]") -> None:
    text = "test a key live with models; the key comes from standard input or ANTHROPIC_API_KEY"
    check = commands.add_parser("check-key", help=text, description=text)
    check.add_argument("--json", action="store_true", help="one line of JSON")
    check.add_argument("--model", metavar="ID", action="append", required=True, help="a model to test; may be repeated")
    check.add_argument("--base-url", metavar="URL", help="a gateway's address, without /v1")
    check.add_argument("--anthropic-version", metavar="DATE", help="the header anthropic-version")
    check.add_argument("--auth", choices=("x-api-key", "bearer"), help="the header that carries the key")
    check.add_argument("--timeout", metavar="S", type=float, help="seconds that the whole test may take")
    check.set_defaults(command=_check_key)


def _diagnose(options: argparse.Namespace) -> int:
    from core.diagnosis import diagnose
    from core.redaction import session_salt
    from core.text import diagnosis as diagnosis_text

    salt = session_salt()

    def one(source: str, data: bytes) -> str:
        # of any size: this process serves nobody else (core.diagnosis.worker)
        diagnosis = diagnose(data, salt=salt)
        if options.json:
            return diagnosis_text.to_json(diagnosis, source=source).decode()
        return diagnosis_text.to_text(diagnosis, source=source).rstrip("\n") + "\n"

    return _for_each(options.files, one)


def _redact(options: argparse.Namespace) -> int:
    from core import paste
    from core.redaction import LONGEST_TEXT, Redactor

    redactor = Redactor()

    def one(source: str, data: bytes) -> str:
        text = paste.to_text(paste.to_utf8(data))
        if len(text) > LONGEST_TEXT:
            raise paste.TooLarge(
                f"This text has more than {LONGEST_TEXT // 1_000_000} million characters. Cut it into smaller files."
            )
        redacted = redactor.redact(text)
        if not options.json:
            return redacted.text.rstrip("\n")
        hidden = [{"kind": each.kind, "count": each.count, "fingerprint": each.fingerprint} for each in redacted.hidden]
        return msgspec.json.encode({"source": source, "text": redacted.text, "hidden": hidden}).decode()

    return _for_each(options.files, one)


def _node(options: argparse.Namespace) -> int:
    from core.n8n.choices import ChoiceRefusedError
    from core.n8n.commands import node_cautions, node_command
    from core.settings import SettingsError, load
    from core.web.intake import KEPT_OUT, holds_token

    names = ("model", "auth", "base_url", "anthropic_version", "max_tokens", "n8n_version", "form")
    try:
        text = node_command(options.kind, **{name: getattr(options, name) for name in names})
        if holds_token([text], load(os.environ)):
            return _failed(KEPT_OUT, code=_UNUSABLE)
    except (ChoiceRefusedError, SettingsError) as error:
        return _failed(str(error), code=_UNUSABLE)
    _say(text.removesuffix("\n"))
    for caution in node_cautions(options.model).splitlines() if options.model else ():
        _warn(caution)
    return 0


def _check_node(options: argparse.Namespace) -> int:
    from core import paste
    from core.n8n.check import NotANodeError, text_of_file
    from core.n8n.commands import check_node_command

    def one(_source: str, data: bytes) -> str:
        try:
            return check_node_command(text_of_file(data), as_json=options.json, fix=options.fix).removesuffix("\n")
        except NotANodeError as error:
            raise paste.PasteError(str(error)) from None

    return _for_each([options.file], one)


def _models(options: argparse.Namespace) -> int:
    from core.text.models import model_lines

    for line in model_lines(as_json=options.json):
        _say(line)
    return 0


def _check_key(options: argparse.Namespace) -> int:
    """Return 0 whatever the test found, but 1 when no connection was made; the result says where it stopped."""
    from core.probe import live_run
    from core.probe.policy import from_settings
    from core.probe.request import MAX_SECONDS, AuthWay, ProbeRequest, complaint
    from core.settings import SettingsError, load
    from core.text.key_report import result_lines

    chosen = {
        "base_url": options.base_url,
        "api_version": options.anthropic_version,
        "auth": AuthWay(options.auth) if options.auth else None,
        "seconds": options.timeout,
    }
    request = ProbeRequest(
        models=tuple(options.model), **{name: value for name, value in chosen.items() if value is not None}
    )
    problem = complaint(request, "")
    if problem is None and not 0 < request.seconds <= MAX_SECONDS:
        problem = f"--timeout takes more than 0 and at most {MAX_SECONDS:.0f} seconds"
    if problem:
        return _failed(problem, code=_UNUSABLE)
    try:
        surroundings = from_settings(load(os.environ))
    except SettingsError as error:
        return _failed(str(error), code=_UNUSABLE)
    key = _key()
    if key is None:
        return _failed("there is no key: pipe it into this command, or set ANTHROPIC_API_KEY", code=_UNUSABLE)
    options.secrets += [key, key.strip()]
    result = live_run.run(request, key, surroundings=surroundings)
    for line in result_lines(result, as_json=options.json):
        _say(line)
    return 0 if live_run.got_through(result) else _failed(f"no answer came from {result.host}, so nothing was proven")


def _key() -> str | None:
    """Return the key from standard input, else from the environment; never from an argument."""
    from_environment = os.environ.get("ANTHROPIC_API_KEY") or None
    if sys.stdin is None or (from_environment and not _brings_something(sys.stdin)):
        return from_environment
    if sys.stdin.isatty():
        return getpass.getpass("Key (it is not shown): ")
    piped = sys.stdin.buffer.read(_LONGEST_KEY).decode("utf-8", "replace").rstrip("\r\n")
    return piped or from_environment


def _brings_something(stream: TextIO) -> bool:
    """Return whether standard input is a pipe or file with something in it, not a terminal or a silent pipe."""
    if stream.isatty():
        return False
    try:
        return bool(select.select([stream], [], [], _PATIENCE)[0])
    except (OSError, ValueError):  # no such wait for this stream or on this system
        return True


def _doctor(_options: argparse.Namespace) -> int:
    from core.doctor import examine

    healthy = True
    for check in examine(os.environ):
        healthy = healthy and check.passed
        _say(f"{'ok  ' if check.passed else 'FAIL'}  {check.name}: {check.sentence}")
    return 0 if healthy else _FAILED


def _for_each(files: Sequence[str], one: Callable[[str, bytes], str]) -> int:
    """Print what `one` returns for each file; a file that cannot be read gives a sentence and stops no other."""
    from core.paste import PasteError
    from core.redaction import RedactionFailed

    code = 0
    for source, data in _contents(files):
        if isinstance(data, str):
            code = _failed(data)
            continue
        try:
            _say(one(_hidden(source), data))
        except PasteError as error:
            code = _failed(f"{_hidden(source)}: {error}")
        except RedactionFailed:
            code = _failed(f"{_hidden(source)}: its secrets could not be hidden for certain, so nothing of it is shown")
    return code


def _contents(files: Sequence[str]) -> Iterator[tuple[str, bytes | str]]:
    """Yield each file's bytes, or the sentence that says why it cannot be read."""
    for source in files:
        try:
            yield source, _content(source)
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
            yield source, f"{_hidden(source)} cannot be read: {reason.lower()}"


def _content(source: str) -> bytes:
    """Return a file's bytes, at most one more than the limit, so that an endless file ends."""
    from core.paste import FILE_LIMIT

    if source != _STDIN:
        with Path(source).open("rb") as file:
            return file.read(FILE_LIMIT + 1)
    if sys.stdin is None:
        raise OSError(errno.EBADF, "it is closed")
    return sys.stdin.buffer.read(FILE_LIMIT + 1)


def _hidden(argument: str) -> str:
    """Return an argument as it may be shown: a key typed where a file belongs is not repeated."""
    from core.redaction import RedactionFailed, redact

    try:
        return redact(argument).text
    except RedactionFailed:
        return "an argument"


def _say(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def _failed(sentence: str, code: int = _FAILED) -> int:
    _warn(sentence)
    return code


def _warn(sentence: str) -> None:
    sys.stderr.write(f"reconnect: {sentence.rstrip('.')}.\n")
