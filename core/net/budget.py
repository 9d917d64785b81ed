"""The limits of a call, and the error when it brings no whole answer.

`Deadline` ends a whole probe, `CallBudget` one call in it: seconds and bytes. `Fault` carries the code that Node uses
for a transport error, because that is what n8n shows.
"""

import contextlib
import errno
import socket
import threading
import time
from enum import StrEnum
from typing import Final

from core.net.certificate import Certificate

CANCELLED: Final = "ECANCELED"
MAX_HEADER_BYTES: Final = 64 * 1024
MAX_BODY_BYTES: Final = 1024 * 1024


class Phase(StrEnum):
    """How far a call came."""

    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"


class Fault(Exception):
    """A call brought no whole answer: where it stopped, Node's code for it, and a sentence without any secret."""

    def __init__(
        self,
        phase: Phase,
        code: str | None,
        message: str,
        *,
        status: int | None = None,
        certificate: Certificate | None = None,
    ) -> None:
        super().__init__(message)
        self.phase = phase
        self.status = status
        self.code = code
        self.message = message
        self.certificate = certificate


def system_fault(phase: Phase, error: OSError, message: str) -> Fault:
    """Return the fault for an operating system's error, with Node's code; `message` has ``{code}`` in it."""
    code = "ETIMEDOUT" if isinstance(error, TimeoutError) else errno.errorcode.get(error.errno or 0, "ECONNRESET")
    return Fault(phase, code, message.format(code=code))


def cancelled(phase: Phase) -> Fault:
    """Return the fault of a call that was cancelled."""
    return Fault(phase, CANCELLED, "The test was stopped.")


class Deadline:
    """The end of a whole test, which another thread can bring forward with `cancel`."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._cancelled = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """Seconds left, never below 0."""
        return 0.0 if self._cancelled.is_set() else max(0.0, self._end - time.monotonic())

    @property
    def cancelled(self) -> bool:
        """Whether the test was cancelled before its time was over."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """End everything now: open sockets are shut down, so that threads waiting on them wake up."""
        self._cancelled.set()
        with self._lock:
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def watch(self, sock: socket.socket) -> None:
        """Shut `sock` down when `cancel` is called."""
        with self._lock:
            self._sockets.add(sock)
        if self.cancelled:
            self.cancel()

    def unwatch(self, sock: socket.socket) -> None:
        """Forget `sock`, which is about to be closed."""
        with self._lock:
            self._sockets.discard(sock)


class CallBudget:
    """The seconds (within the probe's deadline) and bytes that one call may use, and has used."""

    def __init__(self, deadline: Deadline, seconds: float) -> None:
        self.deadline = deadline
        self.limit = min(seconds, deadline.left)
        self._end = time.monotonic() + self.limit
        self.headers_done = False
        self._received = 0

    @property
    def left(self) -> float:
        """Seconds left for this call."""
        return min(self.deadline.left, max(0.0, self._end - time.monotonic()))

    def slice(self, phase: Phase, longest: float | None = None) -> float:
        """Return the seconds that the next wait may take; raises `Fault` when there are none."""
        left = self.left
        if self.deadline.cancelled:
            raise cancelled(phase)
        if left <= 0.001:
            raise self.timed_out(phase)
        return left if longest is None else min(left, longest)

    def timed_out(self, phase: Phase) -> Fault:
        """Return the fault of a call that got no whole answer in time."""
        return Fault(phase, "ETIMEDOUT", f"no whole answer within {self.limit:.3g} s (ETIMEDOUT)")

    def count(self, size: int) -> None:
        """Add received bytes."""
        self._received += size

    def before_read(self) -> None:
        """Raise `Fault` when the headers do not end, or the whole answer is too big."""
        if not self.headers_done and self._received > MAX_HEADER_BYTES:
            size = MAX_HEADER_BYTES // 1024
            raise Fault(Phase.HTTP, "HPE_HEADER_OVERFLOW", f"the headers of the answer have more than {size} KB")
        if self._received > MAX_HEADER_BYTES + MAX_BODY_BYTES:
            raise body_too_big()


def body_too_big() -> Fault:
    """Return the fault of an answer that is far bigger than any of Claude's in a test."""
    return Fault(Phase.HTTP, "ERR_BODY_TOO_LARGE", f"the answer has more than {MAX_BODY_BYTES // 1024} KB")
