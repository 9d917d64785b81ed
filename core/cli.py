"""The terminal contract: ``reconnect diagnose|redact|models|doctor`` (README, "In a terminal").

Exit 0: done, whatever was found. 2: the arguments cannot be used. 1: something could not be read or reached; one plain
sentence on stderr, never a traceback. Keys come from standard input or ``ANTHROPIC_API_KEY``, never from an argument.
"""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NoReturn

import msgspec

Command = Callable[[argparse.Namespace], int]
_STDIN: Final = "-"
_UNUSABLE: Final = 2
_FAILED: Final = 1


class _Parser(argparse.ArgumentParser):
    """An argument parser that answers with one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(_UNUSABLE, f"reconnect: {message}. See `{self.prog} --help`.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    with contextlib.suppress(AttributeError, ValueError):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `reconnect ... | head` ends quietly
    given = _parser().parse_args(arguments)
    try:
        command: Command = given.command
        return command(given)
    except KeyboardInterrupt:
        return _failed("stopped before it was done")
    except Exception as error:  # a traceback could hold what was pasted
        return _failed(
            f"this failed inside Reconnect ({type(error).__name__}). Report it with the command that you ran"
        )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="reconnect", description="Gets Claude working again in n8n.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for name, command, text in (
        ("diagnose", _diagnose, "say what is wrong in a paste or an n8n export"),
        ("redact", _redact, "hide the secrets in a text"),
    ):
        one = commands.add_parser(name, help=text, description=text)
        one.add_argument("files", nargs="+", metavar="FILE", help="a file, or - for standard input")
        one.add_argument("--json", action="store_true", help="one line of JSON a file")
        one.set_defaults(command=command)
    models = commands.add_parser("models", help="list the Claude models with their states and dates")
    models.add_argument("--json", action="store_true", help="one line of JSON a model")
    models.set_defaults(command=_models)
    doctor = commands.add_parser("doctor", help="check this portal's own health")
    doctor.set_defaults(command=_doctor)
    return parser


def _diagnose(given: argparse.Namespace) -> int:
    from core import report
    from core.diagnosis import diagnose
    from core.redaction import session_salt

    salt = session_salt()

    def one(source: str, data: bytes) -> str:
        diagnosis = diagnose(data, salt=salt)
        if given.json:
            return report.to_json(diagnosis, source=source).decode()
        return report.to_text(diagnosis, source=source).rstrip("\n") + "\n"

    return _for_each(given.files, one)


def _redact(given: argparse.Namespace) -> int:
    from core import paste
    from core.redaction import Redactor

    redactor = Redactor()

    def one(source: str, data: bytes) -> str:
        redacted = redactor.redact(paste.to_text(paste.to_utf8(data)))
        if not given.json:
            return redacted.text.rstrip("\n")
        hidden = [{"kind": each.kind, "count": each.count, "fingerprint": each.fingerprint} for each in redacted.hidden]
        return msgspec.json.encode({"source": source, "text": redacted.text, "hidden": hidden}).decode()

    return _for_each(given.files, one)


def _models(given: argparse.Namespace) -> int:
    from core.claude.listing import model_lines

    for line in model_lines(as_json=given.json):
        _say(line)
    return 0


def _doctor(_given: argparse.Namespace) -> int:
    from core.doctor import examine

    healthy = True
    for check in examine(os.environ):
        healthy = healthy and check.passed
        _say(f"{'ok  ' if check.passed else 'FAIL'}  {check.name}: {check.sentence}")
    return 0 if healthy else _FAILED


def _for_each(files: Sequence[str], one: Callable[[str, bytes], str]) -> int:
    """Print what `one` makes of each file; a file that cannot be read costs one sentence, not the others."""
    from core.paste import PasteError
    from core.redaction import RedactionFailed

    code = 0
    for source, data in _contents(files):
        if isinstance(data, str):
            code = _failed(data)
            continue
        try:
            _say(one(source, data))
        except PasteError as error:
            code = _failed(f"{source}: {error}")
        except RedactionFailed:
            code = _failed(f"{source}: its secrets could not be hidden for certain, so nothing of it is shown")
    return code


def _contents(files: Sequence[str]) -> Iterator[tuple[str, bytes | str]]:
    """Yield each file's bytes, or the sentence that says why it cannot be read."""
    for source in files:
        try:
            yield source, sys.stdin.buffer.read() if source == _STDIN else Path(source).read_bytes()
        except OSError as error:
            yield source, f"{source} cannot be read: {(error.strerror or type(error).__name__).lower()}"


def _say(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def _failed(sentence: str) -> int:
    sys.stderr.write(f"reconnect: {sentence.rstrip('.')}.\n")
    return _FAILED
