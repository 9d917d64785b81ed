"""From what a person handed in to an outcome that the page can draw: a diagnosis, or one sentence on why not."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from core.diagnosis import Diagnosis, diagnose
from core.diagnosis.worker import NOT_REDACTED, WorkerError, diagnose_apart
from core.paste import PasteError
from core.redaction import RedactionFailed, redact
from core.sizes import IN_PROCESS_BYTES, MAX_PASTE_CHARS, MAX_UPLOAD_MB, MEGABYTE

_GZIP: Final = b"\x1f\x8b"
SAMPLES: Final = Path(__file__).resolve().parents[1] / "samples"


class Origin(StrEnum):
    """How the paste came in."""

    BOX = "box"
    FILE = "file"
    SAMPLE = "sample"


@dataclass(frozen=True, kw_only=True)
class Request:
    """A paste that waits to be read; `name` is a file's name."""

    origin: Origin
    data: bytes | str
    name: str | None = None

    @property
    def is_big(self) -> bool:
        """Whether it is read in a process of its own, which takes a moment; a packed file may hold any amount."""
        return len(self.data) > IN_PROCESS_BYTES or self.data[:2] == _GZIP


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a paste: a diagnosis, or a problem in one sentence."""

    origin: Origin
    name: str | None = None
    diagnosis: Diagnosis | None = None
    problem: str | None = None


def uploaded(name: str, data: bytes) -> Request:
    """A file as a paste; a key in its name is hidden, since the name is shown."""
    try:
        return Request(origin=Origin.FILE, data=data, name=redact(name).text)
    except RedactionFailed:
        return Request(origin=Origin.FILE, data=data, name="A file")


def sample(name: str) -> Request:
    """A bundled sample as a paste."""
    return Request(origin=Origin.SAMPLE, data=(SAMPLES / name).read_text(encoding="utf-8"), name=name)


def read(request: Request, *, salt: bytes) -> Outcome:
    """Check the paste against the limits and diagnose it; a big file is read in a process of its own."""
    problem = _refusal(request)
    if problem:
        return Outcome(origin=request.origin, name=request.name, problem=problem)
    try:
        if isinstance(request.data, bytes) and request.is_big:
            diagnosis = diagnose_apart(request.data, salt=salt)
        else:
            diagnosis = diagnose(request.data, salt=salt)
    except (PasteError, WorkerError) as error:
        return Outcome(origin=request.origin, name=request.name, problem=str(error))
    except RedactionFailed:
        return Outcome(origin=request.origin, name=request.name, problem=NOT_REDACTED)
    return Outcome(origin=request.origin, name=request.name, diagnosis=diagnosis)


def _refusal(request: Request) -> str | None:
    size = len(request.data)
    if request.origin is Origin.BOX and size > MAX_PASTE_CHARS:
        return (
            f"This text has {size:,} characters, and the box reads up to {MAX_PASTE_CHARS:,}. It is still in the box: "
            "save it as a file and upload that, or paste only the red node's error."
        )
    if request.origin is Origin.FILE and size > MAX_UPLOAD_MB * MEGABYTE:
        return f"This file is larger than {MAX_UPLOAD_MB} MB. Export only the run that failed and upload that."
    if not request.data.strip():
        return "There is no text in this. Copy the error from n8n and paste it in the box."
    return None
