"""The box that takes an error, on the page Diagnose and in a case: its words, and how a paste becomes a diagnosis."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.diagnosis import Diagnosis
from core.diagnosis.worker import NOT_REDACTED, WorkerError, diagnose_by_size
from core.paste import PasteError
from core.redaction import RedactionFailed
from core.sizes import MAX_UPLOAD_MB
from pages.parts import session
from pages.parts.paste_box import Origin, Paste, PasteAnswer, PasteBox

SAMPLES: Final = Path(__file__).resolve().parents[1] / "samples"


def error_box(key: Callable[[str], str], *, height: int, can_start_over: bool) -> PasteBox[Diagnosis]:
    """Return the box for an error; `key` makes the keys of its widgets."""
    return PasteBox(
        key=key,
        label="The error, or anything else from n8n",
        button="Find the cause",
        button_key="find",
        file_label=f"An export, a log or another text file, up to {MAX_UPLOAD_MB} MB",
        max_file_mb=MAX_UPLOAD_MB,
        if_empty="Copy the error from n8n and paste it here.",
        if_too_long="paste only the red node's error.",
        if_too_large="Export only the run that failed and upload that.",
        read=lambda paste: read(paste, salt=session.salt()),
        reads_apart=True,
        height=height,
        can_start_over=can_start_over,
    )


def sample(name: str) -> Paste:
    """Return a bundled sample as a paste."""
    return Paste(origin=Origin.SAMPLE, data=(SAMPLES / name).read_text(encoding="utf-8"), name=name)


def read(paste: Paste, *, salt: bytes) -> PasteAnswer[Diagnosis]:
    """Diagnose a paste; a big file is read in a process of its own."""
    if not paste.data.strip():
        return PasteAnswer(problem="There is no text in this. Copy the error from n8n and paste it in the box.")
    try:
        diagnosis = diagnose_by_size(paste.data, salt=salt)
    except (PasteError, WorkerError) as error:
        return PasteAnswer(problem=str(error))
    except RedactionFailed:
        return PasteAnswer(problem=NOT_REDACTED)
    return PasteAnswer(result=diagnosis, text=diagnosis.text if diagnosis.hidden else None)
