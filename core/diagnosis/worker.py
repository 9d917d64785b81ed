"""Where a paste is read: small ones where they arrive, big ones in a process of their own, two at a time.

`diagnose_by_size` decides it for the pages and the API:

* up to `core.paste.TEXT_LIMIT` (1 MB): here; `core.diagnosis.diagnose` redacts the whole text, then reads it;
* above, and whatever is packed, since a packed file may hold any amount: `diagnose_apart`; what is above the limit once
  it is unpacked is read as raw bytes, and each string taken from it is redacted.

The command line is a process of its own already and calls `diagnose` with a file of any size up to
`core.paste.FILE_LIMIT`, unpacked.

A process can be ended when it takes too long, gives its memory back when it is done, and leaves the other sessions
their share of the interpreter. The file goes in by standard input and is never written to disk; the diagnosis comes
back as msgpack. Errors: `TooBusy`, `TooSlow` and `Failed`, all `WorkerError`.
"""

import datetime as dt
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import msgspec

from core.diagnosis import Diagnosis, diagnose
from core.paste import TEXT_LIMIT, PasteError
from core.paste.formats.decode import GZIP
from core.redaction import RedactionFailed

AT_ONCE: Final = 2
WAIT_SECONDS: Final = 20.0
READ_SECONDS: Final = 60.0
NOT_REDACTED: Final = "We could not make sure that every secret in this text is hidden, so we did not read it."

_ROOT: Final = Path(__file__).resolve().parents[2]
_slots: Final = threading.BoundedSemaphore(AT_ONCE)


class WorkerError(Exception):
    """A big file could not be read; the message is a sentence for the person."""


class TooBusy(WorkerError):
    """As many files as may be read at once are being read."""


class TooSlow(WorkerError):
    """Reading took longer than `READ_SECONDS`."""


class Failed(WorkerError):
    """The process ended without a diagnosis."""


class _WorkerResult(msgspec.Struct, frozen=True):
    """What a worker gives back: a diagnosis, or why the file cannot be read."""

    diagnosis: Diagnosis | None = None
    problem: str | None = None


class _Job(msgspec.Struct, frozen=True):
    """What a worker needs beside the file."""

    salt: bytes | None
    today: dt.date | None


def is_read_apart(data: bytes | str) -> bool:
    """Return whether a paste is read in a process of its own, which takes a moment.

    >>> is_read_apart("401 invalid x-api-key"), is_read_apart(bytes(2_000_000))
    (False, True)
    """
    return len(data) > TEXT_LIMIT or (isinstance(data, bytes) and data.startswith(GZIP))


def diagnose_by_size(data: bytes | str, *, salt: bytes | None = None, today: dt.date | None = None) -> Diagnosis:
    """Run `core.diagnosis.diagnose` here for a small paste, in a process of its own for a big one.

    Raises what `core.diagnosis.diagnose` and `diagnose_apart` raise.
    """
    if not is_read_apart(data):
        return diagnose(data, salt=salt, today=today)
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    return diagnose_apart(raw, salt=salt, today=today)


def diagnose_apart(data: bytes, *, salt: bytes | None = None, today: dt.date | None = None) -> Diagnosis:
    """Run `core.diagnosis.diagnose` in a process of its own; wait up to `WAIT_SECONDS` for its turn."""
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise TooBusy("Two big files are being read right now. Wait a minute and press the button again.")
    try:
        return _run(msgspec.msgpack.encode(_Job(salt, today)), data)
    finally:
        _slots.release()


def _run(job: bytes, data: bytes) -> Diagnosis:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "core.diagnosis.worker"],
            input=len(job).to_bytes(4, "big") + job + data,
            capture_output=True,
            timeout=READ_SECONDS,
            cwd=_ROOT,
            check=True,
        )
        answer = msgspec.msgpack.decode(done.stdout, type=_WorkerResult)
    except subprocess.TimeoutExpired:
        raise TooSlow("This file took too long to read. Export only the run that failed and try that.") from None
    except (subprocess.CalledProcessError, msgspec.MsgspecError):
        raise Failed("This file could not be read. Export only the run that failed and try that.") from None
    if answer.diagnosis is None:
        raise Failed(answer.problem or "This file could not be read.")
    return answer.diagnosis


def main() -> None:
    """Read one job from standard input, write its diagnosis to standard output."""
    length = int.from_bytes(sys.stdin.buffer.read(4), "big")
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(length), type=_Job)
    data = sys.stdin.buffer.read()
    sys.stdout.buffer.write(msgspec.msgpack.encode(_result_of(job, data)))


def _result_of(job: _Job, data: bytes) -> _WorkerResult:
    try:
        return _WorkerResult(diagnosis=diagnose(data, salt=job.salt, today=job.today))
    except PasteError as error:
        return _WorkerResult(problem=str(error))
    except RedactionFailed:
        return _WorkerResult(problem=NOT_REDACTED)


if __name__ == "__main__":
    main()
