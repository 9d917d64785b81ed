"""The box that takes a paste: as text, as a file or as a sample, with what can come of it.

A page makes one `PasteBox`, draws it, and draws its `answer`. The box refuses what is empty, too long or too large; a
text that is too long stays in it, beside the uploader. What it reads comes back without secrets, and takes the place
of what was pasted, so that no key stays on the screen or in the session. A big file waits until `read_waiting`, which
shows that it is being read and can be cancelled.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Generic, TypeVar

import streamlit as st

from core.diagnosis.worker import is_read_apart
from core.redaction import RedactionFailed, redact
from core.sizes import MAX_PASTE_CHARS, MEGABYTE
from pages.parts import typed

Result = TypeVar("Result")
_UNNAMED: Final = "A file"


class Origin(StrEnum):
    """How a paste came in."""

    BOX = "box"
    FILE = "file"
    SAMPLE = "sample"


@dataclass(frozen=True, kw_only=True)
class Paste:
    """What was handed in; `name` is a file's or a sample's."""

    origin: Origin
    data: bytes | str
    name: str | None = None

    @property
    def is_big(self) -> bool:
        """Whether it is read in a process of its own, which takes a moment."""
        return is_read_apart(self.data)


def uploaded(name: str, data: bytes) -> Paste:
    """Return a file as a paste; a key in its name is hidden, since the name is shown."""
    try:
        return Paste(origin=Origin.FILE, data=data, name=redact(name).text)
    except RedactionFailed:
        return Paste(origin=Origin.FILE, data=data, name=_UNNAMED)


@dataclass(frozen=True, kw_only=True)
class PasteAnswer(Generic[Result]):
    """What came of a paste: a result, or a problem in one sentence and the line that it is about.

    `text` is what is left in the box, the paste with its secrets hidden; None leaves what is there. `origin` and `name`
    are the paste's; the box fills them in.
    """

    result: Result | None = None
    problem: str = ""
    excerpt: str = ""
    text: str | None = None
    origin: Origin | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class PasteBox(Generic[Result]):
    """The box of one page, with its words; `key` makes the keys of its widgets and of what the session keeps of it.

    `if_empty`, `if_too_long` and `if_too_large` say what to do instead. With `reads_apart`, `read` reads a big paste
    in a process of its own.
    """

    key: Callable[[str], str]
    label: str
    button: str
    button_key: str
    file_label: str
    max_file_mb: int
    if_empty: str
    if_too_long: str
    if_too_large: str
    read: Callable[[Paste], PasteAnswer[Result]]
    reads_apart: bool = False
    height: int = 160
    can_start_over: bool = True

    @property
    def answer(self) -> PasteAnswer[Result] | None:
        """What came of the last paste."""
        last: PasteAnswer[Result] | None = st.session_state.get(self.key("outcome"))
        return last

    def draw(self) -> None:
        """Draw the box, the button that reads it, and the uploader."""
        uploads = st.session_state.setdefault(self.key("uploads"), 0)
        st.text_area(
            self.label,
            key=self.key("box"),
            height=self.height,
            on_change=self._take_box,
            persist_state="session",
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button(self.button, type="primary", on_click=self._take_box, key=self.key(self.button_key))
            # A new key after each upload closes the popover and drops the file from memory.
            with st.popover("Upload a file", icon=":material/upload_file:", key=self.key(f"files_{uploads}")):
                st.file_uploader(
                    self.file_label,
                    key=self._upload_key,
                    on_change=self._take_upload,
                    max_upload_size=self.max_file_mb,
                )
            if self.can_start_over and (self.answer or st.session_state.get(self.key("box"))):
                st.button("Start over", type="tertiary", on_click=self.clear, key=self.key("clear"))

    def read_waiting(self) -> None:
        """Read the big paste that waits, if any; a run that a click cuts short leaves it waiting for the next."""
        paste: Paste | None = st.session_state.get(self.key("waiting"))
        if paste is None:
            return
        st.button("Cancel", on_click=self._cancel, key=self.key("cancel"))
        size = len(paste.data) / MEGABYTE
        with st.status(f"Hiding secrets and reading {size:.0f} MB", expanded=False) as status:
            try:
                answer = self.read(paste)
            except Exception:
                # Otherwise every rerun would meet the same fault.
                self._cancel()
                raise
            status.update(label="Read", state="error" if answer.problem else "complete")
        self._keep(paste, answer)
        self._cancel()
        # Draw the page without the progress.
        st.rerun()

    def take(self, paste: Paste) -> None:
        """Refuse a paste, read it, or let it wait where reading takes long."""
        problem = self._refusal(paste)
        if problem:
            self._keep(paste, PasteAnswer(problem=problem))
        elif self.reads_apart and paste.is_big:
            st.session_state[self.key("waiting")] = paste
        else:
            self._keep(paste, self.read(paste))

    def clear(self) -> None:
        """Empty the box and forget what came of it."""
        typed.clear(self.key("box"))
        self._cancel()
        st.session_state.pop(self.key("outcome"), None)

    @property
    def _upload_key(self) -> str:
        return self.key(f"upload_{st.session_state[self.key('uploads')]}")

    def _take_box(self) -> None:
        text = st.session_state.get(self.key("box")) or ""
        if self.answer is not None and self.answer.text == text:
            # Leaving the box reads it, and so does the button: the second look would find no secret any more.
            return
        self.take(Paste(origin=Origin.BOX, data=text))

    def _take_upload(self) -> None:
        file = st.session_state.get(self._upload_key)
        if file is not None:
            self.take(uploaded(file.name, file.getvalue()))
            st.session_state[self.key("uploads")] += 1

    def _refusal(self, paste: Paste) -> str:
        size = len(paste.data)
        if paste.origin is Origin.BOX and not paste.data.strip():
            return f"The box is empty. {self.if_empty}"
        if paste.origin is Origin.BOX and size > MAX_PASTE_CHARS:
            return (
                f"This text has {size:,} characters, and the box reads up to {MAX_PASTE_CHARS:,}. It is still in the "
                f"box: save it as a file and upload that, or {self.if_too_long}"
            )
        if paste.origin is Origin.FILE and size > self.max_file_mb * MEGABYTE:
            return f"This file is larger than {self.max_file_mb} MB. {self.if_too_large}"
        return ""

    def _keep(self, paste: Paste, answer: PasteAnswer[Result]) -> None:
        """Remember what came of a paste, and put its text without secrets into the box that it came from."""
        text = answer.text if paste.origin is Origin.BOX else None
        st.session_state[self.key("outcome")] = replace(answer, origin=paste.origin, name=paste.name, text=text)
        if text is not None:
            typed.clear(self.key("box"))
            st.session_state[self.key("box")] = text

    def _cancel(self) -> None:
        st.session_state.pop(self.key("waiting"), None)
